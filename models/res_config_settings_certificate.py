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
    ksef_offline_holder = fields.Char(
        related="ksef_offline_id.ksef_holder", string="Offline certificate: holder"
    )
    ksef_offline_identifier = fields.Char(
        related="ksef_offline_id.ksef_identifier", string="Offline certificate: NIP or PESEL"
    )
    ksef_offline_issuer = fields.Char(
        related="ksef_offline_id.ksef_issuer", string="Offline certificate: issued by"
    )
    ksef_offline_serial = fields.Char(
        related="ksef_offline_id.ksef_serial_number", string="Offline certificate: serial number"
    )
    ksef_offline_key = fields.Char(
        related="ksef_offline_id.ksef_key_name", string="Offline certificate: key"
    )
    ksef_offline_start_at = fields.Datetime(
        related="ksef_offline_id.date_start", string="Offline certificate: valid from"
    )
    ksef_offline_end_at = fields.Datetime(
        related="ksef_offline_id.date_end", string="Offline certificate: valid until"
    )
    ksef_offline_validity = fields.Selection(
        related="ksef_offline_id.ksef_validity", string="Offline certificate: validity"
    )

    ksef_token_ends_on = fields.Date(related="company_id.ksef_token_ends_on", readonly=False)

    def action_ksef_load_certificate(self):
        """Save what was entered, then open the window."""
        self.execute()
        return self.company_id.action_ksef_load_certificate()

    def action_ksef_load_offline_certificate(self):
        """Save what was entered, then open the window."""
        self.execute()
        return self.company_id.action_ksef_load_offline_certificate()

    def action_ksef_enroll(self):
        """Save what was entered, then apply."""
        self.execute()
        return self.company_id.action_ksef_enroll()

    def action_ksef_enroll_offline(self):
        """Save what was entered, then apply."""
        self.execute()
        return self.company_id.action_ksef_enroll_offline()

    def action_ksef_generate_token(self):
        """Save what was entered, then ask."""
        self.execute()
        return self.company_id.action_ksef_generate_token()

    def action_ksef_tokens(self):
        """Save what was entered, then show them."""
        self.execute()
        return self.company_id.action_ksef_tokens()

    def action_ksef_certificates(self):
        """Save what was entered, then show them."""
        self.execute()
        return self.company_id.action_ksef_certificates()
