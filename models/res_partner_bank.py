from odoo import fields, models


class ResPartnerBank(models.Model):
    _inherit = "res.partner.bank"

    ksef_own_account_kind = fields.Selection(
        [
            ("1", "For settling purchased receivables"),
            ("2", "For collecting payments of buyers"),
            ("3", "Of the bank's own business"),
        ],
        string="Bank's own account",
        help="Only for an account of a bank itself, for example of one that buys receivables. "
        "Invoices in KSeF say what it is for.",
    )
