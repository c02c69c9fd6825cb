import re

from odoo import models
from odoo.tools import email_normalize

from ...ksef.fa3 import text
from ...ksef.fa3.faktura.parties import (
    DaneKontaktowe,
    Podmiot1,
    Podmiot2,
    TAdres,
    TPodmiot1,
    TPodmiot2,
)
from ...ksef.fa3.plan import limit_of
from .identity import identify_partner

# With these the seller acts as a taxpayer of the EU (art. 97(10) VAT Act)
_COMMUNITY_CODES = {"0 WDT", "np II"}
_PHONE_LIMIT = limit_of(DaneKontaktowe, "Telefon")
_GLN_LIMIT = limit_of(TAdres, "GLN")


class KsefFa3Parties(models.AbstractModel):
    _inherit = "ksef.fa3"

    def _build_seller(self, invoice):
        company = invoice.seller
        partner = company.partner_id
        is_export = "0 EX" in invoice.codes
        return Podmiot1(
            PrefiksPodatnika="PL" if self._is_community_sale(invoice) else None,
            NrEORI=text.clean_line(company.ksef_eori) if is_export else None,
            DaneIdentyfikacyjne=TPodmiot1(
                NIP=company._ksef_nip(),
                Nazwa=text.clean_line(company.ksef_legal_name or partner.name),
            ),
            Adres=self._build_address(partner),
            DaneKontaktowe=self._build_contact(company),
            StatusInfoPodatnika=int(company.ksef_taxpayer_status or 0) or None,
        )

    def _is_community_sale(self, invoice):
        return bool(invoice.codes & _COMMUNITY_CODES) or invoice.is_triangular

    def _build_buyer(self, invoice):
        move, buyer = invoice.move, invoice.buyer
        kind = self._subunit_of(move)._ksef_entity().ksef_entity_kind
        return Podmiot2(
            NrEORI=text.clean_line(buyer.ksef_eori),
            DaneIdentyfikacyjne=self._build_identity(buyer),
            Adres=self._build_address(buyer) if self._has_address(buyer) else None,
            AdresKoresp=self._build_postal_address(invoice),
            NrKlienta=text.clean_line(buyer.ref),
            JST=move.ksef_is_jst or kind == "jst",
            GV=move.ksef_is_gv or kind == "vat_group",
        )

    def _build_identity(self, partner):
        return TPodmiot2(**identify_partner(partner).elements, Nazwa=text.clean_line(partner.name))

    def _has_address(self, partner):
        return bool(partner.country_id and (partner.street or partner.city))

    def _build_address(self, partner):
        country = partner.country_id.code
        street = " ".join(part for part in (partner.street, partner.street2) if part)
        town = " ".join(part for part in (partner.zip, partner.city) if part)
        if country != "PL" and partner.state_id:
            town = f"{town}, {partner.state_id.name}"
        return TAdres(
            KodKraju=country,
            AdresL1=text.clean_line(street) or text.clean_line(partner.city),
            AdresL2=text.clean_line(town),
            GLN=self._gln_of(partner),
        )

    def _gln_of(self, partner):
        """The location number, where `account_add_gln` is installed."""
        if "global_location_number" not in partner._fields:
            return None
        number = text.clean_line(partner.global_location_number)
        return number if len(number) == _GLN_LIMIT else None

    def _build_postal_address(self, invoice):
        """AdresKoresp: where a contact of the buyer has another address than the buyer."""
        contact = invoice.move.partner_id
        if contact.commercial_partner_id != invoice.buyer or not self._has_address(contact):
            return None
        address = self._build_address(contact)
        return address if address != self._build_address(invoice.buyer) else None

    def _build_contact(self, company):
        contact = DaneKontaktowe(
            Email=email_normalize(company.email or "", strict=False) or None,
            Telefon=self._clean_phone(company.phone),
        )
        return (contact,) if contact.Email or contact.Telefon else ()

    def _clean_phone(self, phone):
        """Digits and a leading plus; more than the schema takes is no number one can call."""
        phone = phone or ""
        digits = re.sub(r"\D", "", phone, flags=re.ASCII)
        number = f"+{digits}" if phone.strip().startswith("+") else digits
        return number if digits and len(number) <= _PHONE_LIMIT else None
