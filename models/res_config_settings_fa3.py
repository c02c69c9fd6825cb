from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    ksef_legal_name = fields.Char(related="company_id.ksef_legal_name", readonly=False)
    ksef_eori = fields.Char(related="company_id.ksef_eori", readonly=False)
    ksef_taxpayer_status = fields.Selection(
        related="company_id.ksef_taxpayer_status", readonly=False
    )
    ksef_krs = fields.Char(related="company_id.ksef_krs", readonly=False)
    ksef_regon = fields.Char(related="company_id.ksef_regon", readonly=False)
    ksef_bdo = fields.Char(related="company_id.ksef_bdo", readonly=False)
    ksef_issue_place = fields.Char(related="company_id.ksef_issue_place", readonly=False)
    ksef_footer = fields.Text(related="company_id.ksef_footer", readonly=False)
    ksef_discount_mode = fields.Selection(related="company_id.ksef_discount_mode", readonly=False)
    ksef_is_with_jpk_codes = fields.Boolean(
        related="company_id.ksef_is_with_jpk_codes", readonly=False
    )
    ksef_is_rate_on_zero_rows = fields.Boolean(
        related="company_id.ksef_is_rate_on_zero_rows", readonly=False
    )
    ksef_is_b2c_sent = fields.Boolean(related="company_id.ksef_is_b2c_sent", readonly=False)
    ksef_is_cash_method = fields.Boolean(related="company_id.ksef_is_cash_method", readonly=False)
    ksef_is_shipping_recipient = fields.Boolean(
        related="company_id.ksef_is_shipping_recipient", readonly=False
    )
    ksef_issuer_partner_id = fields.Many2one(
        related="company_id.ksef_issuer_partner_id", readonly=False
    )
    ksef_exempt_basis = fields.Char(related="company_id.ksef_exempt_basis", readonly=False)
