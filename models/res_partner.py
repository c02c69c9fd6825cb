from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..ksef.nip import clean_nip, is_valid_internal_id, is_valid_nip


class ResPartner(models.Model):
    _inherit = "res.partner"

    ksef_is_without_id = fields.Boolean(
        string="No tax number on invoices",
        help="FA(3) invoices say that this contact has no tax number (BrakID).",
    )
    ksef_eori = fields.Char(string="EORI number", size=256)
    ksef_internal_id = fields.Char(
        string="Internal identifier in KSeF",
        size=16,
        help="IDWew of a unit without a NIP of its own: the NIP of the parent, a dash and five "
        "digits.",
    )
    ksef_entity_kind = fields.Selection(
        [("jst", "Local government"), ("vat_group", "VAT group")],
        string="Buys for its units",
        help="Invoices for a unit or a member are issued to this contact, with the unit as a "
        "third party.",
    )
    ksef_parent_entity_id = fields.Many2one(
        "res.partner",
        string="Unit or member of",
        domain="[('ksef_entity_kind', '!=', False)]",
        help="The local government or VAT group in whose name this contact buys.",
    )
    ksef_factor_partner_id = fields.Many2one(
        "res.partner",
        string="Factor",
        help="To whom the receivables from this customer are assigned. Invoices name the factor "
        "and its bank account.",
    )
    ksef_contract_no = fields.Char(string="Contract number", size=256)
    ksef_contract_on = fields.Date(string="Contract date")

    @api.constrains("ksef_internal_id")
    def _check_ksef_internal_id(self):
        for partner in self.filtered("ksef_internal_id"):
            if not is_valid_internal_id(partner.ksef_internal_id):
                raise ValidationError(
                    self.env._(
                        "%(number)s is no internal identifier of KSeF: it needs a valid NIP, a "
                        "dash and five digits, of which the last is a check digit.",
                        number=partner.ksef_internal_id,
                    )
                )

    def _ksef_nip(self):
        """The NIP of this contact as ten digits; empty if it has no valid one."""
        nip = clean_nip(self.vat or "")
        return nip if is_valid_nip(nip) else ""

    def _ksef_entity(self):
        """The local government or VAT group that buys for this contact (may be empty)."""
        above = self.commercial_partner_id if self.ksef_internal_id else self.browse()
        entity = self.ksef_parent_entity_id or (above if above != self else self.browse())
        return entity if entity.ksef_entity_kind else self.browse()
