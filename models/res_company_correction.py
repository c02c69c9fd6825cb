from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    ksef_kor_method = fields.Selection(
        [("before_after", "Rows before and after"), ("difference", "Differences only")],
        string="Corrections show",
        default="before_after",
        required=True,
        help="Other programs cannot continue a correction that shows differences only.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    ksef_kor_method = fields.Selection(related="company_id.ksef_kor_method", readonly=False)
