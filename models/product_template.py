from odoo import fields, models


class ProductTemplate(models.Model):
    _inherit = "product.template"

    ksef_is_annex15 = fields.Boolean(
        string="Annex 15 to the VAT Act",
        help="Goods or services for which payment must be split (MPP) when an invoice to a "
        "taxpayer exceeds 15 000 PLN.",
    )
