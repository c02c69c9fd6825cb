from odoo import api, fields, models

from ..models.ksef_announcement import MODES


class KsefOfflineIssue(models.TransientModel):
    """Tells what issuing offline means for these invoices, then does it."""

    _name = "ksef.offline.issue"
    _description = "Issue offline"

    move_ids = fields.Many2many("account.move", string="Invoices", required=True)
    company_id = fields.Many2one("res.company", compute="_compute_company_id")
    invoice_count = fields.Integer(compute="_compute_company_id")
    mode = fields.Selection(
        [("offline24", "Offline24, by your own decision"), *MODES], compute="_compute_mode"
    )
    announcement_id = fields.Many2one("ksef.announcement", compute="_compute_mode")
    obstacle = fields.Text(compute="_compute_obstacle")
    problems = fields.Text(compute="_compute_problems")

    @api.model
    def _open_for(self, moves):
        wizard = self.create({"move_ids": moves.ids})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Issue offline"),
            "res_model": self._name,
            "res_id": wizard.id,
            "view_mode": "form",
            "target": "new",
        }

    @api.depends("move_ids")
    def _compute_company_id(self):
        for wizard in self:
            wizard.company_id = wizard.move_ids.company_id[:1]
            wizard.invoice_count = len(wizard.move_ids)

    @api.depends("move_ids")
    def _compute_mode(self):
        for wizard in self:
            announcement = wizard.company_id.sudo().ksef_announcement_id
            wizard.announcement_id = announcement
            wizard.mode = announcement.mode or "offline24"

    @api.depends("move_ids")
    def _compute_obstacle(self):
        for wizard in self:
            obstacles = [
                company.ksef_offline_obstacle
                for company in wizard.move_ids.company_id
                if company.ksef_offline_obstacle
            ]
            is_needed = wizard.mode != "total_failure"
            wizard.obstacle = "\n".join(obstacles) if is_needed else False

    @api.depends("move_ids")
    def _compute_problems(self):
        for wizard in self:
            to_leave = wizard.move_ids.filtered(lambda move: not move._ksef_is_total_failure())
            found = to_leave._ksef_problems_by_move()
            wizard.problems = "\n".join(
                f"{move.display_name}: {problem.message} {problem.remedy}"
                for move, problems in found.items()
                for problem in problems
                if problem.is_blocking
            )

    def action_issue(self):
        """Issue the invoices offline; the window closes and each shows its codes on the print."""
        self.move_ids._ksef_issue_offline()
        return {"type": "ir.actions.act_window_close"}
