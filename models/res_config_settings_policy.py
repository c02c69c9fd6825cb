from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    ksef_send_policy = fields.Selection(related="company_id.ksef_send_policy", readonly=False)
    ksef_send_rhythm = fields.Selection(related="company_id.ksef_send_rhythm", readonly=False)
    ksef_send_interval = fields.Integer(related="company_id.ksef_send_interval", readonly=False)
    ksef_send_hour = fields.Float(related="company_id.ksef_send_hour", readonly=False)
    ksef_away_policy = fields.Selection(related="company_id.ksef_away_policy", readonly=False)
    ksef_small_seller_until = fields.Date(
        related="company_id.ksef_small_seller_until", readonly=False
    )
    ksef_warning_hours = fields.Integer(related="company_id.ksef_warning_hours", readonly=False)
    ksef_responsible_id = fields.Many2one(related="company_id.ksef_responsible_id", readonly=False)
