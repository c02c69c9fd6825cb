from odoo import fields, models


class ProductTemplate(models.Model):
    _inherit = "product.template"

    ksef_is_annex15 = fields.Boolean(
        string="Annex 15 to the VAT Act",
        help="Goods or services for which payment must be split (MPP) when an invoice to a "
        "taxpayer exceeds 15 000 PLN.",
    )
    ksef_pkwiu = fields.Char(string="PKWiU 2015", size=50)
    ksef_cn = fields.Char(string="CN code", size=50)
    ksef_pkob = fields.Char(string="PKOB", size=50, help="Classification of buildings.")
    ksef_exempt_basis = fields.Char(
        string="Legal basis of the exemption",
        size=256,
        help="Used where the exempt tax names none.",
    )
    ksef_is_out_of_vat = fields.Boolean(
        string="Not part of the sale",
        help="A refundable deposit or a cost that is passed on: lines without a tax are charged "
        "beside the invoice total (Rozliczenie).",
    )
