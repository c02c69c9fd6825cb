from odoo import fields, models

from .res_company_policy import OWN_POLICIES


class AccountJournal(models.Model):
    _inherit = "account.journal"

    ksef_send_policy = fields.Selection(
        OWN_POLICIES,
        string="Sending to KSeF",
        help="Empty: as the company. A customer's own choice wins over the journal's.",
    )
