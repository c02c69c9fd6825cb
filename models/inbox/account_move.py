"""Bills whose document was refused are neither posted nor paid."""

from odoo import api, fields, models
from odoo.exceptions import RedirectWarning

from .document import OBJECTED


class AccountMove(models.Model):
    _inherit = "account.move"

    ksef_inbox_ids = fields.One2many(
        "ksef.inbox",
        "bill_id",
        string="KSeF documents",
        groups="account_ksef.group_ksef_inbox,account.group_account_readonly",
    )
    ksef_is_tied = fields.Boolean(compute="_compute_ksef_is_tied", compute_sudo=True)
    ksef_objection = fields.Text(compute="_compute_ksef_objection", compute_sudo=True)

    @api.depends("ksef_inbox_ids")
    def _compute_ksef_is_tied(self):
        for move in self:
            move.ksef_is_tied = bool(move.ksef_inbox_ids)

    def _compute_ksef_objection(self):
        objected = self._ksef_objected().grouped("bill_id")
        for move in self:
            rows = objected.get(move._origin)
            move.ksef_objection = rows and rows[:1]._words_of_objection()

    def _ksef_objected(self):
        """The refused documents of these bills."""
        return (
            self.env["ksef.inbox"]
            .sudo()
            .search([("bill_id", "in", self.ids), ("state", "in", OBJECTED)])
        )

    def _ksef_check_objections(self):
        """Stop what must not be done with a refused document.

        :raises RedirectWarning: with the reason and the way to the document
        """
        row = self and self._ksef_objected()[:1]
        if row:
            raise RedirectWarning(
                row._words_of_objection(),
                row._get_records_action(name=self.env._("KSeF document")),
                self.env._("Open the document"),
            )

    def write(self, vals):
        """However a bill is posted, also past the button."""
        if vals.get("state") == "posted":
            self.filtered(lambda move: move.state != "posted")._ksef_check_objections()
        return super().write(vals)

    def _ksef_is_guarded(self, vals):
        """The number of a document in the inbox is that document's."""
        is_other = self.filtered(
            lambda bill: bill.ksef_is_tied and vals.get("ksef_number", "") != bill.ksef_number
        )
        return bool("ksef_number" in vals and is_other) or super()._ksef_is_guarded(vals)

    def unlink(self):
        """A document whose bill is gone is to be dealt with again."""
        rows = self.env["ksef.inbox"].sudo().search([("bill_id", "in", self.ids)])
        result = super().unlink()
        for row in rows.filtered(lambda row: row.state == "booked"):
            row._move_to(row._resting_state())
        return result


class KsefInbox(models.Model):
    _inherit = "ksef.inbox"

    def _words_of_objection(self):
        """Why the bill of this document is neither posted nor paid."""
        return self.env._(
            "The KSeF document %(document)s is marked “%(state)s”: %(reason)s\n"
            "Its bill can be neither posted nor paid. When the matter is settled, reopen the "
            "document in the inbox.",
            document=self.display_name,
            state=self._state_name(),
            reason=self.reason or "–",
        )
