from collections import defaultdict

from odoo import api, fields, models

from ..models.fa3.rules import name_rule

LEVELS = [("error", "Must be corrected"), ("warning", "To be acknowledged")]


class KsefSendGroup(models.TransientModel):
    """Problems of one kind, so that hundreds of invoices stay readable."""

    _name = "ksef.send.group"
    _description = "Kind of problem found before sending to KSeF"
    _order = "level, invoice_count desc, code"

    wizard_id = fields.Many2one("ksef.send", required=True, ondelete="cascade", index=True)
    problem_ids = fields.One2many("ksef.send.problem", "group_id")
    code = fields.Char(readonly=True)
    title = fields.Char(string="What is wrong", readonly=True)
    level = fields.Selection(LEVELS, readonly=True)
    invoice_count = fields.Integer(string="Invoices", compute="_compute_invoice_count", store=True)
    is_shown = fields.Boolean(compute="_compute_is_shown")

    @api.depends("problem_ids.move_id")
    def _compute_invoice_count(self):
        for group in self:
            group.invoice_count = len(group.problem_ids.move_id)

    @api.depends("wizard_id.shown_group_id")
    def _compute_is_shown(self):
        for group in self:
            group.is_shown = group == group.wizard_id.shown_group_id

    @api.model
    def _create_for(self, wizard, problems_by_move):
        """Make one group for each rule that some invoice breaks."""
        rows = defaultdict(list)
        for move, problems in problems_by_move.items():
            for problem in problems:
                values = self._problem_values(wizard, move, problem)
                rows[problem.code].append(fields.Command.create(values))
        # in the order in which they are shown: E before W, the frequent ones first
        rows = dict(sorted(rows.items(), key=lambda row: (row[0][0], -len(row[1]), row[0])))
        return self.create(
            [
                {
                    "wizard_id": wizard.id,
                    "code": code,
                    "title": name_rule(self.env, code),
                    "level": "error" if code.startswith("E") else "warning",
                    "problem_ids": commands,
                }
                for code, commands in rows.items()
            ]
        )

    def _problem_values(self, wizard, move, problem):
        return {
            "wizard_id": wizard.id,
            "move_id": move.id,
            "message": problem.message,
            "remedy": problem.remedy,
            "fact": problem.fact,
            "record_model": problem.record._name,
            "record_id": problem.record.id,
        }

    def action_show(self):
        """List the invoices of this group."""
        self.wizard_id.shown_group_id = self
        return self.wizard_id._action()

    def action_acknowledge(self):
        """Acknowledge the warning for all invoices that have it."""
        return self.problem_ids.action_acknowledge()


class KsefSendProblem(models.TransientModel):
    _name = "ksef.send.problem"
    _description = "Problem found before sending to KSeF"
    _order = "id"

    wizard_id = fields.Many2one("ksef.send", required=True, ondelete="cascade", index=True)
    group_id = fields.Many2one("ksef.send.group", required=True, ondelete="cascade", index=True)
    move_id = fields.Many2one("account.move", required=True, string="Invoice")
    code = fields.Char(related="group_id.code")
    level = fields.Selection(related="group_id.level")
    message = fields.Text(string="What is wrong", readonly=True)
    remedy = fields.Text(string="What to do", readonly=True)
    fact = fields.Char(readonly=True)
    record_model = fields.Char(readonly=True)
    record_id = fields.Many2oneReference(model_field="record_model", readonly=True)

    def action_open_record(self):
        """Open the record to be mended; a line is mended on its invoice."""
        record = self.env[self.record_model].browse(self.record_id).exists() or self.move_id
        if record._name == "account.move.line":
            record = record.move_id
        return {**record.get_formview_action(), "name": record.display_name}

    def action_acknowledge(self):
        """Store that the user has seen these warnings, and go on with what is left."""
        wizard = self.wizard_id
        warnings = self.filtered(lambda problem: problem.level == "warning")
        warnings.move_id._ksef_acknowledge(
            [
                {
                    "move_id": warning.move_id.id,
                    "code": warning.code,
                    "fact": warning.fact,
                    "message": warning.message,
                }
                for warning in warnings
            ]
        )
        groups = warnings.group_id
        warnings.unlink()
        groups.filtered(lambda group: not group.problem_ids).unlink()
        if not wizard.shown_group_id:
            wizard._show_first_group()
        return wizard._action()
