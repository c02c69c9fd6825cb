from odoo import api, fields, models
from odoo.exceptions import RedirectWarning, UserError


class AccountMove(models.Model):
    """Correcting an invoice that is in KSeF: when it is possible, and what was corrected so far."""

    _inherit = "account.move"

    ksef_is_correctable = fields.Boolean(compute="_compute_ksef_is_correctable")
    ksef_correction_ids = fields.One2many(
        "account.move", "ksef_origin_move_id", string="Corrections of the invoice"
    )
    ksef_correction_count = fields.Integer(compute="_compute_ksef_correction_count")

    @api.depends("state", "ksef_number", "move_type", "journal_id", "ksef_origin_move_id")
    def _compute_ksef_is_correctable(self):
        for move in self:
            root = move._ksef_root()
            move.ksef_is_correctable = (
                move.state == "posted"
                and bool(move.ksef_number)
                and root.move_type in ("out_invoice", "in_invoice")
                and root._ksef_is_issued_here()
                and move._ksef_is_possible()
            )

    @api.depends("ksef_correction_ids.state")
    def _compute_ksef_correction_count(self):
        for move in self:
            alive = move.ksef_correction_ids.filtered(lambda item: item.state != "cancel")
            move.ksef_correction_count = len(alive)

    def action_ksef_correct(self):
        """Open the wizard that corrects this invoice, or gives a rebate on several."""
        self._ksef_check_may_send()
        return self.env["ksef.correction"]._open_for(self)

    def action_ksef_open_corrections(self):
        """Show the corrections of this invoice."""
        self.ensure_one()
        return self._ksef_action_of_moves(self.ksef_correction_ids)

    def _ksef_action_of_moves(self, moves):
        """The action that shows one document in its form, several in a list."""
        action = {
            "type": "ir.actions.act_window",
            "name": self.env._("Corrections"),
            "res_model": "account.move",
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", moves.ids)],
        }
        if len(moves) == 1:
            action |= {"views": [(False, "form")], "res_id": moves.id}
        return action

    def _ksef_check_correctable(self):
        """What KSeF does not have, or what is not settled yet, is not corrected.

        :raises UserError: naming the invoices
        """
        missing = self.filtered(lambda move: not move.ksef_is_correctable)
        if missing:
            raise UserError(
                self.env._(
                    "%(invoices)s: only an invoice with a KSeF number is corrected here. Reset "
                    "one that is not in KSeF to draft and change it, or send it first.",
                    invoices=", ".join(missing.mapped("display_name")),
                )
            )
        self._ksef_check_no_open_correction()

    def _ksef_check_no_open_correction(self):
        """What is left of an invoice is certain only when its corrections are in KSeF."""
        unsettled = self.ksef_correction_ids.filtered(
            lambda move: move.state != "cancel" and not move.ksef_number
        )
        if unsettled:
            raise RedirectWarning(
                self.env._(
                    "%(corrections)s: this correction has no KSeF number yet, so it is not certain "
                    "what is left of the invoice. Send it and wait for its number, or delete it.",
                    corrections=", ".join(unsettled.mapped("display_name")),
                ),
                self._ksef_action_of_moves(unsettled),
                self.env._("Open it"),
            )
