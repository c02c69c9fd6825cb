from odoo import api, fields, models

from .res_company_policy import OWN_POLICIES


class ResPartner(models.Model):
    _inherit = "res.partner"

    ksef_send_policy = fields.Selection(
        OWN_POLICIES,
        string="Sending to KSeF",
        company_dependent=True,
        help="Empty: as the journal or the company. A consumer for whom a way is chosen gets "
        "invoices in KSeF.",
    )

    @api.model
    def _commercial_fields(self):
        return [*super()._commercial_fields(), "ksef_send_policy"]
