from odoo import api, fields, models


class KsefTechnicalCorrection(models.TransientModel):
    """Tells why KSeF refused an invoice issued offline, and sends it again if it may be."""

    _name = "ksef.technical.correction"
    _description = "Technical correction"

    move_id = fields.Many2one("account.move", string="Invoice", required=True, readonly=True)
    reason = fields.Text(related="move_id.ksef_explanation")
    due_at = fields.Datetime(related="move_id.ksef_due_at")
    is_repetition = fields.Boolean(compute="_compute_verdict", compute_sudo=True)
    problems = fields.Text(compute="_compute_verdict")
    content = fields.Text(compute="_compute_verdict")
    technical = fields.Text(string="What is put right", compute="_compute_verdict")

    @api.model
    def _open_for(self, move):
        wizard = self.create({"move_id": move.id})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Technical correction"),
            "res_model": self._name,
            "res_id": wizard.id,
            "view_mode": "form",
            "target": "new",
        }

    @api.depends("move_id")
    def _compute_verdict(self):
        for wizard in self:
            move = wizard.move_id
            wizard.is_repetition = move._ksef_last_submission()._is_to_be_repeated()
            wizard.problems = "" if wizard.is_repetition else wizard._name_problems()
            is_compared = not wizard.is_repetition and not wizard.problems
            differences = move._ksef_differences() if is_compared else ()
            changed = [each for each in differences if each.is_content]
            wizard.content = move._ksef_say_content_differs(changed) if changed else False
            wizard.technical = wizard._name_repairs(differences)

    def _name_problems(self):
        """Name what forbids to send the invoice as it is now."""
        problems = self.move_id._ksef_problems()
        return "\n".join(f"{p.message} {p.remedy}" for p in problems if p.is_blocking)

    def _name_repairs(self, differences):
        """Name what differs without being content; the moment of making always does."""
        return "\n".join(
            f"{each.path}: “{each.before}” → “{each.after}”"
            for each in differences
            if not each.is_content and not each.path.endswith("DataWytworzeniaFa")
        )

    def action_correct(self):
        """Send the technical correction; the window closes and the invoice shows where it is."""
        self.move_id._ksef_correct_technically()
        return {"type": "ir.actions.act_window_close"}
