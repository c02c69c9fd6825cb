from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    ksef_fetch_policy = fields.Selection(related="company_id.ksef_fetch_policy", readonly=False)
    ksef_fetch_interval = fields.Integer(related="company_id.ksef_fetch_interval", readonly=False)
    ksef_fetch_from = fields.Date(related="company_id.ksef_fetch_from", readonly=False)
    ksef_bill_journal_id = fields.Many2one(
        related="company_id.ksef_bill_journal_id", readonly=False
    )
    ksef_advance_account_id = fields.Many2one(
        related="company_id.ksef_advance_account_id", readonly=False
    )
    ksef_charge_account_id = fields.Many2one(
        related="company_id.ksef_charge_account_id", readonly=False
    )
    ksef_digest_user_ids = fields.Many2many(
        related="company_id.ksef_digest_user_ids", readonly=False
    )
