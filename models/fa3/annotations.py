from decimal import Decimal

from odoo import models

from ...ksef.fa3 import text
from ...ksef.fa3.faktura.annotations import Adnotacje, PMarzy, Zwolnienie
from ...ksef.fa3.plan import limit_of
from .identity import identify_partner

# Above this, payment for goods and services of Annex 15 must be split (art. 108a(1a) VAT Act).
SPLIT_PAYMENT_LIMIT = Decimal("15000.00")
BASIS_LIMIT = limit_of(Zwolnienie, "P_19A")
_BASIS_FIELDS = {"A": "P_19A", "B": "P_19B", "C": "P_19C"}


class KsefFa3Annotations(models.AbstractModel):
    _inherit = "ksef.fa3"

    def _build_annotations(self, invoice):
        return Adnotacje(
            P_16=self._is_cash_method(invoice),
            P_17=invoice.move._ksef_is_self_billed(),
            P_18=self._is_reverse_charge(invoice),
            P_18A=self._is_split_payment(invoice),
            Zwolnienie=self._build_exemption(invoice),
            NoweSrodkiTransportu=self._build_new_transports(invoice),
            P_23=invoice.is_triangular,
            PMarzy=self._build_margin(invoice),
        )

    def _taxes_of(self, invoice):
        return self.env["account.tax"].union(*(row.taxes for row in invoice.rows))

    # === YES OR NO === #

    def _is_cash_method(self, invoice):
        move = invoice.move
        if move.ksef_cash_method:
            return move.ksef_cash_method == "yes"
        on_payment = "on_payment" in self._taxes_of(invoice).mapped("tax_exigibility")
        return on_payment or move.company_id.ksef_is_cash_method

    def _is_reverse_charge(self, invoice):
        if invoice.move.ksef_reverse_charge:
            return invoice.move.ksef_reverse_charge == "yes"
        kinds = {row.reverse_charge for row in invoice.rows}
        return "yes" in kinds or ("b2b" in kinds and self._is_taxpayer(invoice.buyer))

    def _is_split_payment(self, invoice):
        if invoice.move.ksef_split_payment:
            return invoice.move.ksef_split_payment == "yes"
        return (
            invoice.total_in_pln > SPLIT_PAYMENT_LIMIT
            and any(row.is_annex15 for row in invoice.rows)
            and self._is_taxpayer(invoice.buyer)
        )

    def _is_taxpayer(self, partner):
        return partner.is_company or not identify_partner(partner).is_missing

    def _is_on_cash_register(self, move):
        """FP: what a till sold has its fiscal receipt already (art. 109(3d) VAT Act)."""
        from_till = "pos_order_ids" in move._fields and bool(move.sudo().pos_order_ids)
        return move.company_id.ksef_is_with_jpk_codes and (move.ksef_is_fp or from_till)

    def _is_related(self, invoice):
        """TP."""
        is_related = self._other_party(invoice).l10n_pl_links_with_customer
        return bool(invoice.move.company_id.ksef_is_with_jpk_codes and is_related)

    def _other_party(self, invoice):
        """With whom our company does business."""
        return invoice.buyer

    # === EXEMPTION AND MARGIN === #

    def _exempt_rows(self, invoice):
        return [row for row in invoice.rows if row.code == "zw"]

    def _build_exemption(self, invoice):
        """One field for all bases: the first kind, the texts joined."""
        rows = self._exempt_rows(invoice)
        if not rows:
            return Zwolnienie(P_19N=True)
        field = _BASIS_FIELDS[min(row.taxes[:1].ksef_exempt_kind or "A" for row in rows)]
        return Zwolnienie(P_19=True, **{field: self._exemption_basis(rows)})

    def _exemption_basis(self, rows):
        """The distinct bases of exempt rows in one text."""
        bases = dict.fromkeys(text.clean_line(row.exempt_basis) for row in rows)
        return "; ".join(basis for basis in bases if basis)

    def _build_margin(self, invoice):
        kinds = self._margin_kinds(invoice)
        if not kinds:
            return PMarzy(P_PMarzyN=True)
        return PMarzy(P_PMarzy=True, **{f"P_PMarzy_{kind}": True for kind in kinds})

    def _margin_kinds(self, invoice):
        """Values of `ksef_margin_kind`, False where a tax has none."""
        return {row.taxes[:1].ksef_margin_kind for row in invoice.rows if row.is_margin}
