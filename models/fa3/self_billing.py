from odoo import models

from ...ksef.fa3 import text
from ...ksef.fa3.faktura.footer import Informacje, Stopka
from ...ksef.fa3.faktura.parties import Podmiot1, TPodmiot1
from ...ksef.nip import is_valid_nip
from ..problem import Problem
from .identity import identify_partner


class KsefFa3SelfBilling(models.AbstractModel):
    """Self-billing: the vendor is the seller (Podmiot1), and we, who issue it, are the buyer."""

    _inherit = "ksef.fa3"

    # === READING === #

    def _buyer_of(self, move):
        if move._ksef_is_self_billed():
            return move.company_id._ksef_taxpayer().partner_id
        return super()._buyer_of(move)

    def _subunit_of(self, move):
        """Units of the vendor are no units of the buyer."""
        if move._ksef_is_self_billed():
            return self.env["res.partner"]
        return super()._subunit_of(move)

    def _automatic_parties(self, move):
        """Settings name third parties of our sales; the issuer is the buyer and no third party."""
        return () if move._ksef_is_self_billed() else super()._automatic_parties(move)

    def _factor_of(self, move):
        if move._ksef_is_self_billed():
            return self.env["res.partner"]
        return super()._factor_of(move)

    def _sign_of_taxes(self, move):
        """Taxes of a purchase are debits."""
        return 1 if move._ksef_is_self_billed() else super()._sign_of_taxes(move)

    def _seller_partner(self, invoice):
        if invoice.move._ksef_is_self_billed():
            return invoice.move.commercial_partner_id
        return super()._seller_partner(invoice)

    def _other_party(self, invoice):
        if invoice.move._ksef_is_self_billed():
            return invoice.move.commercial_partner_id
        return super()._other_party(invoice)

    # === BUILDING === #

    def _build_seller(self, invoice):
        """A correction is of the seller of what it corrects, whatever became of the contact."""
        move, state = invoice.move, invoice.correction and invoice.correction.state
        if not move._ksef_is_self_billed():
            return super()._build_seller(invoice)
        if not state or move.ksef_is_formal:
            return self._build_vendor(invoice)
        is_kept = move.ksef_party_snapshot == "original" or self._has_other_nip(invoice)
        return state.last.Podmiot1 if is_kept else self._build_vendor(invoice)

    def _build_vendor(self, invoice):
        vendor = invoice.move.commercial_partner_id
        return Podmiot1(
            PrefiksPodatnika="PL" if self._is_community_sale(invoice) else None,
            NrEORI=text.clean_line(vendor.ksef_eori) if "0 EX" in invoice.codes else None,
            DaneIdentyfikacyjne=TPodmiot1(
                NIP=identify_partner(vendor).nip, Nazwa=text.clean_line(vendor.name)
            ),
            Adres=self._build_address(vendor),
        )

    def _has_other_nip(self, invoice):
        """Whether the vendor is somebody else now than the seller of what is corrected."""
        known = invoice.correction.state.last.Podmiot1.DaneIdentyfikacyjne
        return identify_partner(invoice.move.commercial_partner_id).nip != known.NIP

    def _build_footer(self, invoice):
        """The footer and the registers of our company say nothing of the vendor."""
        if not invoice.move._ksef_is_self_billed():
            return super()._build_footer(invoice)
        terms = self._shorten_footer(self._footer_text(invoice))
        return Stopka(Informacje=(Informacje(StopkaFaktury=terms),))

    def _is_cash_method(self, invoice):
        """Our own cash method is none of the vendor's."""
        move = invoice.move
        if move._ksef_is_self_billed() and not move.ksef_cash_method:
            return "on_payment" in self._taxes_of(invoice).mapped("tax_exigibility")
        return super()._is_cash_method(invoice)

    # === CHECKING === #

    def _obstacles(self, invoice):
        if not invoice.move._ksef_is_self_billed():
            yield from super()._obstacles(invoice)

    def _check_seller_nip(self, invoice):
        if not invoice.move._ksef_is_self_billed():
            yield from super()._check_seller_nip(invoice)
            return
        vendor = invoice.move.commercial_partner_id
        if not is_valid_nip(identify_partner(vendor).nip):
            yield Problem(
                code="E-NIP-01",
                record=vendor,
                field="vat",
                message=self.env._(
                    '%(vendor)s has no valid NIP: "%(number)s". A self-billed invoice is issued '
                    "in the name of the vendor, whom KSeF knows by it.",
                    vendor=vendor.name,
                    number=vendor.vat or "",
                ),
                remedy=self.env._("Correct the tax number of the vendor."),
            )

    def _check_corrected_vendor(self, invoice):
        """A wrong NIP is no wrong name: the bill was issued for somebody else."""
        state, move = invoice.correction.state, invoice.move
        is_of_data = state and move.ksef_is_formal and move._ksef_is_self_billed()
        if is_of_data and self._has_other_nip(invoice):
            yield self._problem(
                invoice,
                code="E-KOR-07",
                record=move.commercial_partner_id,
                field="vat",
                message=self.env._("the NIP of the vendor is another one than on the bill."),
                remedy=self.env._(
                    "A wrong NIP cannot be corrected: take the whole bill back and make a new "
                    "one for the right vendor."
                ),
            )

    def _check_seller_address(self, invoice):
        if invoice.move._ksef_is_self_billed():
            yield from self._check_address(invoice.move.commercial_partner_id)
        else:
            yield from super()._check_seller_address(invoice)

    def _check_context(self, invoice):
        """KSeF itself asks for the vendor's permission."""
        if not invoice.move._ksef_is_self_billed():
            yield from super()._check_context(invoice)
