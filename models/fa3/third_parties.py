from odoo import models

from ...ksef.fa3 import text
from ...ksef.fa3.amounts import round_quantity
from ...ksef.fa3.faktura.parties import Podmiot3, PodmiotUpowazniony, TPodmiot1, TPodmiot3
from ..ksef_party import OTHER_ROLE
from .identity import identify_party
from .material import Party

FACTOR, RECIPIENT, ISSUER, PAYER = "1", "2", "5", "6"
ROLE_OF_UNIT = {"jst": "8", "vat_group": "10"}


class KsefFa3ThirdParties(models.AbstractModel):
    """Podmiot3 and PodmiotUpowazniony: who stands on an invoice beside seller and buyer."""

    _inherit = "ksef.fa3"

    # === READING === #

    def _buyer_of(self, move):
        """The taxpayer that buys: for a unit of a local government that government."""
        return self._subunit_of(move)._ksef_entity() or move.commercial_partner_id

    def _subunit_of(self, move):
        """The unit or group member on the invoice, or to which the goods go (may be empty)."""
        contact, branch = move.partner_id, move.partner_shipping_id
        if contact._ksef_entity():
            return contact
        is_own = branch._ksef_entity() == move.commercial_partner_id
        return branch if is_own else branch.browse()

    def _automatic_parties(self, move):
        """Third parties that follow from contacts, journal and settings."""
        unit = self._subunit_of(move)
        candidates = (
            (unit, ROLE_OF_UNIT.get(unit._ksef_entity().ksef_entity_kind)),
            (self._factor_of(move), FACTOR),
            (self._recipient_of(move), RECIPIENT),
            (move.company_id.ksef_issuer_partner_id, ISSUER),
            (move.ksef_payer_id, PAYER),
        )
        return tuple(Party(partner=partner, role=role) for partner, role in candidates if partner)

    def _factor_of(self, move):
        customer = move.commercial_partner_id
        return customer.ksef_factor_partner_id or move.journal_id.ksef_factor_partner_id

    def _recipient_of(self, move):
        """A branch of the buyer that gets the goods."""
        branch = move.partner_shipping_id
        is_branch = (
            move.company_id.ksef_is_shipping_recipient
            and branch.commercial_partner_id == move.commercial_partner_id
            and branch not in (move.partner_id, move.commercial_partner_id, self._subunit_of(move))
        )
        return branch if is_branch else branch.browse()

    def _named_parties(self, move):
        """Third parties that the accountant named on the invoice."""
        return tuple(
            Party(
                partner=party.partner_id,
                role=party.role,
                description=party.role_description or "",
                share=round_quantity(party.share) if party.share and party.role == "4" else None,
            )
            for party in move.ksef_party_ids
        )

    # === BUILDING === #

    def _build_party(self, party):
        is_other = party.role == OTHER_ROLE
        return Podmiot3(
            NrEORI=text.clean_line(party.partner.ksef_eori),
            DaneIdentyfikacyjne=self._build_party_identity(party.partner),
            Adres=self._build_address(party.partner) if self._has_address(party.partner) else None,
            Rola=None if is_other else int(party.role),
            RolaInna=is_other,
            OpisRoli=text.clean_line(party.description) if is_other else None,
            Udzial=party.share,
            NrKlienta=text.clean_line(party.partner.ref),
        )

    def _build_party_identity(self, partner):
        name = text.clean_line(partner.name or partner.display_name)
        if partner.ksef_internal_id:
            return TPodmiot3(IDWew=partner.ksef_internal_id, Nazwa=name)
        return TPodmiot3(**identify_party(partner).elements, Nazwa=name)

    def _build_authorized(self, move):
        partner = move.ksef_authorized_partner_id
        if not partner or not move.ksef_authorized_role:
            return None
        return PodmiotUpowazniony(
            NrEORI=text.clean_line(partner.ksef_eori),
            DaneIdentyfikacyjne=TPodmiot1(
                NIP=identify_party(partner).nip, Nazwa=text.clean_line(partner.name)
            ),
            Adres=self._build_address(partner),
            RolaPU=int(move.ksef_authorized_role),
        )
