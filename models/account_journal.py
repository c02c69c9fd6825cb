from odoo import fields, models


class AccountJournal(models.Model):
    _inherit = "account.journal"

    ksef_factor_partner_id = fields.Many2one(
        "res.partner",
        string="Factor",
        help="To whom the receivables of this journal are assigned. Invoices name the factor and "
        "its bank account.",
    )
