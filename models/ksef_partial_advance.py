from odoo import fields, models


class KsefPartialAdvance(models.Model):
    """One of several payments that an advance invoice, or a sale of the same month, documents."""

    _name = "ksef.partial.advance"
    _inherit = ["ksef.document.part"]
    _description = "Advance payment on an invoice in KSeF"
    _order = "paid_on, id"

    currency_id = fields.Many2one(related="move_id.currency_id")
    paid_on = fields.Date(string="Received on", required=True)
    amount = fields.Monetary(required=True, help="With VAT, in the currency of the invoice.")
    rate = fields.Float(
        string="Exchange rate",
        digits=(16, 6),
        help="PLN for one unit of the currency, where the invoice is not in PLN.",
    )
