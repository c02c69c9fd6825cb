from odoo import fields, models


class AccountPaymentMethodLine(models.Model):
    _inherit = "account.payment.method.line"

    ksef_payment_form = fields.Selection(
        [
            ("1", "Cash"),
            ("2", "Card"),
            ("3", "Voucher"),
            ("4", "Cheque"),
            ("5", "Credit"),
            ("6", "Transfer"),
            ("7", "Mobile"),
            ("other", "Other: the name of the method"),
        ],
        string="Form of payment in KSeF",
        help="Empty: as the kind of the journal says.",
    )
