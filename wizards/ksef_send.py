from odoo import api, fields, models
from odoo.exceptions import UserError

SETTLED_STATES = ("accepted", "rejected", "error")


class KsefSend(models.TransientModel):
    """Shows what will be sent and what stands in the way, then how far it is."""

    _name = "ksef.send"
    _description = "Send to KSeF"

    line_ids = fields.One2many("ksef.send.line", "wizard_id", readonly=True)
    problem_ids = fields.One2many("ksef.send.problem", "wizard_id", readonly=True)
    is_started = fields.Boolean(readonly=True)
    is_running = fields.Boolean(compute="_compute_progress")
    ready_count = fields.Integer("To be sent", compute="_compute_progress")
    blocked_count = fields.Integer("With problems", compute="_compute_progress")
    skipped_count = fields.Integer("Skipped", compute="_compute_progress")
    accepted_count = fields.Integer("Accepted by KSeF", compute="_compute_progress")
    settled_count = fields.Integer("Done", compute="_compute_progress")
    progress = fields.Float(compute="_compute_progress", help="Percent of the invoices sent.")

    @api.depends("is_started", "line_ids.outlook", "line_ids.ksef_state")
    def _compute_progress(self):
        for wizard in self:
            wizard.ready_count = wizard._count(lambda line: line.outlook == "ready")
            wizard.blocked_count = wizard._count(lambda line: line.outlook == "blocked")
            wizard.skipped_count = wizard._count(lambda line: line.outlook == "skipped")
            wizard.accepted_count = wizard._count(lambda line: line._is_settled_as("accepted"))
            wizard.settled_count = wizard._count(lambda line: line._is_settled_as(*SETTLED_STATES))
            wizard.is_running = wizard.is_started and wizard.settled_count < wizard.ready_count
            wizard.progress = 100.0 * wizard.settled_count / (wizard.ready_count or 1)

    def _count(self, condition):
        return len(self.line_ids.filtered(condition))

    # === OPENING === #

    @api.model
    def _open_for(self, moves):
        """Return the action that shows a new wizard for these invoices."""
        return self.create({})._fill(moves)._action()

    def _fill(self, moves):
        """List the invoices, each with its outlook, and every problem found."""
        sendable = moves.filtered("ksef_is_sendable")
        problems = sendable._ksef_problems_by_move()
        self.line_ids = [
            fields.Command.create(self._line_values(move, problems.get(move, ()))) for move in moves
        ]
        self.problem_ids = [
            fields.Command.create(self._problem_values(move, problem))
            for move in sendable
            for problem in problems.get(move, ())
        ]
        return self

    def _line_values(self, move, problems):
        if not move.ksef_is_sendable:
            return {"move_id": move.id, "outlook": "skipped", "reason": self._reason(move)}
        is_blocked = any(problem.is_blocking for problem in problems)
        return {"move_id": move.id, "outlook": "blocked" if is_blocked else "ready"}

    def _reason(self, move):
        """Why an invoice of the selection is not sent."""
        if move.ksef_state == "accepted":
            return self.env._("Accepted by KSeF already")
        if move.ksef_state in ("sending", "sent"):
            return self.env._("On its way already")
        if move.state != "posted":
            return self.env._("Not posted")
        if not move.company_id.ksef_is_enabled:
            return self.env._("KSeF is switched off for %s", move.company_id.name)
        return self.env._("Not a document for KSeF")

    def _problem_values(self, move, problem):
        return {
            "move_id": move.id,
            "code": problem.code,
            "level": "error" if problem.is_blocking else "warning",
            "message": problem.message,
            "remedy": problem.remedy,
            "record_ref": f"{problem.record._name},{problem.record.id}"
            if problem.record
            else False,
        }

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
        ready.action_ksef_send()
        self.is_started = True
        return self._action()

    def action_check_again(self):
        """Look at the invoices anew after something was corrected."""
        return self._open_for(self.line_ids.move_id)


class KsefSendLine(models.TransientModel):
    _name = "ksef.send.line"
    _description = "Invoice to send to KSeF"

    wizard_id = fields.Many2one("ksef.send", required=True, ondelete="cascade")
    move_id = fields.Many2one("account.move", required=True, string="Invoice")
    partner_id = fields.Many2one(related="move_id.commercial_partner_id", string="Buyer")
    invoice_date = fields.Date(related="move_id.invoice_date")
    currency_id = fields.Many2one(related="move_id.currency_id")
    amount_total = fields.Monetary(related="move_id.amount_total")
    outlook = fields.Selection(
        [("ready", "Will be sent"), ("blocked", "Has problems"), ("skipped", "Will be skipped")],
        readonly=True,
    )
    reason = fields.Char(readonly=True)
    ksef_state = fields.Selection(related="move_id.ksef_state")
    ksef_number = fields.Char(related="move_id.ksef_number")
    ksef_explanation = fields.Text(related="move_id.ksef_explanation", string="Explanation")

    def _is_settled_as(self, *states):
        return self.outlook == "ready" and self.ksef_state in states


class KsefSendProblem(models.TransientModel):
    _name = "ksef.send.problem"
    _description = "Problem found before sending to KSeF"
    _order = "level, code, id"

    wizard_id = fields.Many2one("ksef.send", required=True, ondelete="cascade")
    move_id = fields.Many2one("account.move", required=True, string="Invoice")
    code = fields.Char(readonly=True)
    level = fields.Selection([("error", "Must be corrected"), ("warning", "To consider")])
    message = fields.Text(string="What is wrong", readonly=True)
    remedy = fields.Text(string="What to do", readonly=True)
    record_ref = fields.Reference(selection="_select_models", string="Record", readonly=True)

    @api.model
    def _select_models(self):
        return [(model.model, model.name) for model in self.env["ir.model"].sudo().search([])]

    def action_open_record(self):
        """Open the record to be mended."""
        record = self.record_ref or self.move_id
        return record.get_formview_action()
