from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    ksef_is_enabled = fields.Boolean(related="company_id.ksef_is_enabled", readonly=False)
    ksef_environment = fields.Selection(related="company_id.ksef_environment", readonly=False)
    ksef_local_url = fields.Char(related="company_id.ksef_local_url", readonly=False)
    ksef_auth_method = fields.Selection(related="company_id.ksef_auth_method", readonly=False)
    ksef_token = fields.Char(related="company_id.ksef_token", readonly=False)
    ksef_start_on = fields.Date(related="company_id.ksef_start_on", readonly=False)

    def action_ksef_test_connection(self):
        """Save what was entered, then try it."""
        self.execute()
        return self.company_id.action_ksef_test_connection()
