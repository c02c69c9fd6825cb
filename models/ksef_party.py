from odoo import api, fields, models
from odoo.exceptions import ValidationError

OTHER_ROLE = "other"
ROLES = [
    ("1", "Factor"),
    ("2", "Recipient: a branch of the buyer"),
    ("3", "Predecessor of the seller"),
    ("4", "Additional buyer"),
    ("5", "Issuer in the name of the seller"),
    ("6", "Payer"),
    ("7", "Local government unit, issuer"),
    ("8", "Local government unit, recipient"),
    ("9", "Member of a VAT group, issuer"),
    ("10", "Member of a VAT group, recipient"),
    ("11", "Employee"),
    (OTHER_ROLE, "Other"),
]


class KsefParty(models.Model):
    """A third party that an invoice names. With a NIP it can read the invoice in KSeF."""

    _name = "ksef.party"
    _inherit = ["ksef.document.part"]
    _description = "Third party of an invoice in KSeF"
    _order = "sequence, id"

    sequence = fields.Integer(default=10)
    partner_id = fields.Many2one("res.partner", string="Party", required=True, ondelete="restrict")
    role = fields.Selection(ROLES, required=True, default="2")
    role_description = fields.Char(string="Description of the role", size=256)
    share = fields.Float(
        string="Share (%)",
        digits=(9, 6),
        help="Of an additional buyer; without shares all buyers have the same.",
    )

    @api.constrains("role", "role_description")
    def _check_role_description(self):
        for party in self:
            if party.role == OTHER_ROLE and not (party.role_description or "").strip():
                raise ValidationError(
                    self.env._(
                        "Describe the role of %(party)s on the invoice.",
                        party=party.partner_id.display_name,
                    )
                )

    @api.constrains("share")
    def _check_share(self):
        for party in self:
            if not 0 <= party.share <= 100:
                raise ValidationError(self.env._("A share is between 0 and 100%."))
