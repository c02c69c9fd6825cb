from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """The credentials of the company as the settings show them; all changes go through windows."""

    _inherit = "res.config.settings"

    ksef_certificate_id = fields.Many2one(related="company_id.ksef_certificate_id")
    ksef_certificate_holder = fields.Char(related="ksef_certificate_id.ksef_holder")
    ksef_certificate_identifier = fields.Char(related="ksef_certificate_id.ksef_identifier")
    ksef_certificate_issuer = fields.Char(related="ksef_certificate_id.ksef_issuer")
    ksef_certificate_serial = fields.Char(related="ksef_certificate_id.ksef_serial_number")
    ksef_certificate_key = fields.Char(related="ksef_certificate_id.ksef_key_name")
    ksef_certificate_start_at = fields.Datetime(related="ksef_certificate_id.date_start")
    ksef_certificate_end_at = fields.Datetime(related="ksef_certificate_id.date_end")
    ksef_certificate_validity = fields.Selection(related="ksef_certificate_id.ksef_validity")

    ksef_offline_id = fields.Many2one(related="company_id.ksef_offline_certificate_id")
    ksef_offline_holder = fields.Char(related="ksef_offline_id.ksef_holder")
    ksef_offline_identifier = fields.Char(related="ksef_offline_id.ksef_identifier")
    ksef_offline_issuer = fields.Char(related="ksef_offline_id.ksef_issuer")
    ksef_offline_serial = fields.Char(related="ksef_offline_id.ksef_serial_number")
    ksef_offline_key = fields.Char(related="ksef_offline_id.ksef_key_name")
    ksef_offline_start_at = fields.Datetime(related="ksef_offline_id.date_start")
    ksef_offline_end_at = fields.Datetime(related="ksef_offline_id.date_end")
    ksef_offline_validity = fields.Selection(related="ksef_offline_id.ksef_validity")

    def action_ksef_load_certificate(self):
        """Save what was entered, then open the window."""
        self.execute()
        return self.company_id.action_ksef_load_certificate()

    def action_ksef_load_offline_certificate(self):
        """Save what was entered, then open the window."""
        self.execute()
        return self.company_id.action_ksef_load_offline_certificate()
