from odoo import api, fields, models
from odoo.exceptions import UserError


class KsefSend(models.TransientModel):
    """Shows what stands in the way and what will be sent, then how far it is."""

    _name = "ksef.send"
    _description = "Send to KSeF"

    line_ids = fields.One2many("ksef.send.line", "wizard_id", readonly=True)
    sendable_line_ids = fields.One2many(
        "ksef.send.line", "wizard_id", readonly=True, domain=[("reason", "=", False)]
    )
    skipped_line_ids = fields.One2many(
        "ksef.send.line", "wizard_id", readonly=True, domain=[("reason", "!=", False)]
    )
    group_ids = fields.One2many("ksef.send.group", "wizard_id", readonly=True)
    problem_ids = fields.One2many("ksef.send.problem", "wizard_id", readonly=True)
    shown_group_id = fields.Many2one("ksef.send.group", readonly=True)
    shown_title = fields.Char(related="shown_group_id.title", readonly=True)
    shown_problem_ids = fields.One2many(
        related="shown_group_id.problem_ids", string="Problems shown", readonly=True
    )
    is_started = fields.Boolean(readonly=True)
    is_running = fields.Boolean(compute="_compute_progress")
    ready_count = fields.Integer("To be sent", compute="_compute_progress")
    blocked_count = fields.Integer("To be corrected", compute="_compute_progress")
    warned_count = fields.Integer("With warnings", compute="_compute_progress")
    skipped_count = fields.Integer("Skipped", compute="_compute_progress")
    accepted_count = fields.Integer("Accepted by KSeF", compute="_compute_progress")
    settled_count = fields.Integer("Done", compute="_compute_progress")
    progress = fields.Float(compute="_compute_progress", help="Percent of the invoices sent.")

    @api.depends("is_started", "line_ids.outlook", "line_ids.ksef_state")
    def _compute_progress(self):
        """Counted by the database: the window looks again and again, at thousands of invoices."""
        for wizard in self:
            wizard._count_outlooks()
            wizard._count_states()

    # === OPENING === #

    @api.model
    def _open_for(self, moves):
        """Return the action that shows a new wizard for these invoices."""
        return self.create({})._fill(moves)._action()

    def _fill(self, moves):
        """List every problem that is open, and the invoices, in place of what was listed."""
        self.group_ids.unlink()
        problems = moves.filtered("ksef_is_sendable")._ksef_open_problems_by_move()
        self.env["ksef.send.group"]._create_for(self, problems)
        lines = [{"move_id": move.id, "reason": self._reason(move)} for move in moves]
        self.line_ids = [fields.Command.clear(), *map(fields.Command.create, lines)]
        self._show_first_group()
        return self

    def _show_first_group(self):
        self.shown_group_id = self.group_ids[:1]

    def _reason(self, move):
        """Why an invoice of the selection is not sent; False if it can be."""
        if move.ksef_is_sendable:
            return False
        if move.ksef_state == "accepted":
            return self.env._("Accepted by KSeF already")
        if move.ksef_state in ("sending", "sent"):
            return self.env._("On its way already")
        if move.state != "posted":
            return self.env._("Not posted")
        if not move.company_id.ksef_is_enabled:
            return self.env._("KSeF is switched off for %s", move.company_id.name)
        if move.ksef_is_excluded:
            return self.env._("Kept out of KSeF by the mark on the invoice")
        if move.ksef_is_technically_correctable:
            return self.env._("Issued offline and refused: it needs a technical correction")
        return self.env._("Not a document for KSeF")

    def _action(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Send to KSeF"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    # === BUTTONS === #

    def action_send(self):
        """Queue the invoices that are ready, and stay to show how far they are."""
        ready = self.line_ids.filtered(lambda line: line.outlook == "ready").move_id
        if not ready:
            raise UserError(
                self.env._("There is nothing to send. Remove the problems listed, then try again.")
            )
        # The problems are known, and the queue looks once more when it makes the documents
        ready._ksef_check_may_send()
        ready.filtered("ksef_is_sendable")._ksef_queue()
        self.is_started = True
        return self._action()

    def action_check_again(self):
        """Look at the invoices anew after something was corrected, at the same kind of problem."""
        code = self.shown_group_id.code
        self._fill(self.line_ids.move_id)
        same = self.group_ids.filtered(lambda group: group.code == code)
        self.shown_group_id = same or self.shown_group_id
        return self._action()


class KsefSendLine(models.TransientModel):
    _name = "ksef.send.line"
    _description = "Invoice to send to KSeF"

    wizard_id = fields.Many2one("ksef.send", required=True, ondelete="cascade", index=True)
    move_id = fields.Many2one("account.move", required=True, string="Invoice")
    partner_id = fields.Many2one(related="move_id.commercial_partner_id", string="Buyer")
    invoice_date = fields.Date(related="move_id.invoice_date")
    currency_id = fields.Many2one(related="move_id.currency_id")
    amount_total = fields.Monetary(related="move_id.amount_total")
    outlook = fields.Selection(
        [
            ("ready", "Will be sent"),
            ("warned", "Has open warnings"),
            ("blocked", "Must be corrected"),
            ("skipped", "Will be skipped"),
        ],
        compute="_compute_outlook",
        store=True,
    )
    reason = fields.Char(readonly=True)
    ksef_state = fields.Selection(related="move_id.ksef_state")
    ksef_number = fields.Char(related="move_id.ksef_number")
    ksef_explanation = fields.Text(related="move_id.ksef_explanation", string="Explanation")

    @api.depends("reason", "wizard_id.problem_ids")
    def _compute_outlook(self):
        """Warnings that somebody acknowledges leave the wizard, and the invoice becomes ready."""
        problems = self.wizard_id.problem_ids.grouped("move_id")
        for line in self:
            levels = problems.get(line.move_id, self.env["ksef.send.problem"]).mapped("level")
            if line.reason:
                line.outlook = "skipped"
            elif not levels:
                line.outlook = "ready"
            else:
                line.outlook = "blocked" if "error" in levels else "warned"
