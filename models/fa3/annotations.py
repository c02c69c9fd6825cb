from decimal import Decimal

from odoo import models

from ...ksef.fa3 import faktura, text
from ...ksef.fa3.plan import limit_of
from .identity import identify

# Above this, payment for goods and services of Annex 15 must be split (art. 108a(1a) VAT Act).
SPLIT_PAYMENT_LIMIT = Decimal("15000.00")
BASIS_LIMIT = limit_of(faktura.Zwolnienie, "P_19A")
_BASIS_FIELDS = {"A": "P_19A", "B": "P_19B", "C": "P_19C"}


class KsefFa3Annotations(models.AbstractModel):
    _inherit = "ksef.fa3"

    def _build_annotations(self, invoice):
        taxes = self._taxes_of(invoice)
        return faktura.Adnotacje(
            P_16="on_payment" in taxes.mapped("tax_exigibility"),
            P_17=False,
            P_18=self._is_reverse_charge(invoice),
            P_18A=self._is_split_payment(invoice),
            Zwolnienie=self._build_exemption(invoice),
            NoweSrodkiTransportu=faktura.NoweSrodkiTransportu(P_22N=True),
            P_23=False,
            PMarzy=faktura.PMarzy(P_PMarzyN=True),
        )

    def _taxes_of(self, invoice):
        return self.env["account.tax"].union(*(row.taxes for row in invoice.rows))

    def _is_reverse_charge(self, invoice):
        kinds = set(self._taxes_of(invoice).mapped("ksef_reverse_charge"))
        return "yes" in kinds or ("b2b" in kinds and self._is_taxpayer(invoice.buyer))

    def _is_split_payment(self, invoice):
        return (
            invoice.total_in_pln > SPLIT_PAYMENT_LIMIT
            and any(row.is_annex15 for row in invoice.rows)
            and self._is_taxpayer(invoice.buyer)
        )

    def _is_taxpayer(self, partner):
        return partner.is_company or not identify(partner.vat, partner.country_id.code).is_missing

    def _build_exemption(self, invoice):
        """One field for all bases: the first kind, the texts joined."""
        taxes = self._taxes_of(invoice).filtered(lambda tax: tax.ksef_rate_code == "zw")
        if not taxes:
            return faktura.Zwolnienie(P_19N=True)
        field = _BASIS_FIELDS[min(tax.ksef_exempt_kind or "A" for tax in taxes)]
        return faktura.Zwolnienie(P_19=True, **{field: self._exemption_basis(taxes)})

    def _exemption_basis(self, taxes):
        """The distinct bases of exempt taxes in one text."""
        bases = dict.fromkeys(text.clean_line(tax.ksef_exempt_basis) for tax in taxes)
        return "; ".join(basis for basis in bases if basis)
