from collections import defaultdict
from decimal import Decimal

from odoo import models

from ...ksef.fa3.amounts import round_money
from .annotations import SPLIT_PAYMENT_LIMIT

_RULES = {
    "ZAL": ("_check_order", "_check_order_rows", "_check_partial_advances"),
    "KOR_ZAL": ("_check_order",),
    "ROZ": (
        "_check_advances_named",
        "_check_advance_numbers",
        "_check_deducted",
        "_check_remainder",
        "_check_split_payment_of_whole",
    ),
    "VAT": ("_check_forgotten_advances",),
}
_CENT = Decimal("0.01")


class KsefFa3ChecksAdvances(models.AbstractModel):
    """The rules on advance invoices and their settlement."""

    _inherit = "ksef.fa3"

    def _check_records(self, invoice):
        found = list(super()._check_records(invoice))
        yield from found
        if not any(problem.code in ("E-TYP-01", "E-ROZ-03") for problem in found):
            for rule in _RULES.get(invoice.move._ksef_kind(), ()):
                yield from getattr(self, rule)(invoice)

    def _check_kind(self, invoice):
        yield from super()._check_kind(invoice)
        move = invoice.move
        if move.is_sale_document() and not move._ksef_kind():
            yield self._problem(
                invoice,
                code="E-ROZ-03",
                field="invoice_line_ids",
                message=self.env._(
                    "the advances come to more than the sale, and KSeF has no such document."
                ),
                remedy=self.env._(
                    "Credit the advance invoice down to what was supplied, then make the final "
                    "invoice anew."
                ),
            )

    # === ADVANCE === #

    def _check_order(self, invoice):
        """A correction of data shows the order that KSeF has."""
        if invoice.move.ksef_is_formal:
            return
        orders = invoice.move._ksef_orders()
        if len(orders) > 1:
            yield self._problem(
                invoice,
                code="E-ZAL-02",
                field="invoice_line_ids",
                message=self.env._("an advance invoice can be for one order only."),
                remedy=self.env._("Make an advance invoice for each order."),
            )
        elif not orders and not invoice.move.ksef_order_total:
            yield self._problem(
                invoice,
                code="E-ZAL-01",
                field="ksef_order_total",
                message=self.env._("an advance invoice must tell the value of the whole order."),
                remedy=self.env._("Enter the value of the order with VAT."),
            )

    def _check_order_rows(self, invoice):
        if len(invoice.move._ksef_orders()) != 1:
            return
        order = self._build_current_order(invoice)
        total = sum((row.P_11NettoZ + row.P_11VatZ for row in order.ZamowienieWiersz), Decimal(0))
        if abs(total - order.WartoscZamowienia) > _CENT * len(order.ZamowienieWiersz):
            yield self._problem(
                invoice,
                code="W-ZAL-03",
                record=invoice.move._ksef_orders(),
                message=self.env._(
                    "the lines of the order come to %(sum)s, but the order to %(total)s.",
                    sum=total,
                    total=order.WartoscZamowienia,
                ),
                remedy=self.env._("Check the lines and taxes of the order."),
            )

    def _check_partial_advances(self, invoice):
        advances = invoice.move.ksef_partial_advance_ids
        paid = round_money(sum(advances.mapped("amount")))
        if advances and paid != invoice.total:
            yield self._problem(
                invoice,
                code="E-AMT-02",
                field="ksef_partial_advance_ids",
                message=self.env._(
                    "the advances received come to %(sum)s, but the invoice to %(total)s.",
                    sum=paid,
                    total=invoice.total,
                ),
                remedy=self.env._("List all payments that the advance invoice is for."),
            )

    # === SETTLEMENT === #

    def _check_advances_named(self, invoice):
        """A settlement without any advance is a plain invoice (art. 106f(3) VAT Act)."""
        if not invoice.move._ksef_advances() and not invoice.move.ksef_partial_advance_ids:
            yield self._problem(
                invoice,
                code="E-ROZ-01",
                field="ksef_invoice_type",
                message=self.env._("a settlement must name the advances that it settles."),
                remedy=self.env._(
                    "Make the invoice from the sale order, or list the advances received."
                ),
            )

    def _check_advance_numbers(self, invoice):
        for move in invoice.move._ksef_advances():
            if self._is_awaited(move):
                yield self._problem(
                    invoice,
                    code="E-ROZ-01",
                    record=move,
                    field="ksef_number",
                    message=self.env._(
                        "the advance invoice %(number)s has no KSeF number yet.",
                        number=move.name,
                    ),
                    remedy=self.env._("Send it first and wait for its number."),
                )

    def _check_deducted(self, invoice):
        """A settlement deducts what was paid in advance, rate by rate."""
        if invoice.move.ksef_partial_advance_ids:
            return
        missing = defaultdict(Decimal, self._open_advances(invoice))
        advances = invoice.move._ksef_advance_lines()
        for row in invoice.rows:
            if row.line in advances:
                missing[row.code] += row.net
        for code, amount in missing.items():
            if abs(amount) > _CENT:
                yield self._problem_of_deduction(invoice, code, amount)

    def _problem_of_deduction(self, invoice, code, amount):
        return self._problem(
            invoice,
            code="E-ROZ-04",
            field="invoice_line_ids",
            message=self.env._(
                "the advances of the order and what this invoice deducts differ by %(amount)s "
                "net at the rate %(code)s.",
                amount=amount,
                code=code,
            ),
            remedy=self.env._(
                'Reset the invoice to draft and press "Deduct advances": its lines then deduct '
                "what is left of the advances after their corrections."
            ),
        )

    def _check_remainder(self, invoice):
        if not invoice.total:
            yield self._problem(
                invoice,
                code="W-ROZ-02",
                message=self.env._("advances have paid for everything already."),
                remedy=self.env._("The law asks for no further invoice; you may send it."),
            )

    def _check_split_payment_of_whole(self, invoice):
        """The limit is one of the invoice, though the sale as a whole may be above it."""
        move = invoice.move
        advances = sum(abs(advance.amount_total_signed) for advance in move._ksef_advances())
        is_above = invoice.total_in_pln + round_money(advances) > SPLIT_PAYMENT_LIMIT
        is_annex15 = any(row.is_annex15 for row in invoice.rows)
        is_open = not move.ksef_split_payment and not self._is_split_payment(invoice)
        if is_above and is_annex15 and is_open and self._is_taxpayer(invoice.buyer):
            yield self._problem(
                invoice,
                code="W-MPP-02",
                field="ksef_split_payment",
                message=self.env._(
                    "with its advances the sale comes to more than 15 000 PLN and has goods "
                    "or services of Annex 15, but this invoice alone does not, so it does not "
                    "demand split payment."
                ),
                remedy=self.env._("Decide on split payment on the invoice, tab KSeF."),
            )

    def _check_forgotten_advances(self, invoice):
        left = sum(amount for amount in self._open_advances(invoice).values() if amount > _CENT)
        if left:
            yield self._problem(
                invoice,
                code="W-ROZ-05",
                field="invoice_line_ids",
                message=self.env._(
                    "the order has advances of %(amount)s net that this invoice does not deduct.",
                    amount=left,
                ),
                remedy=self.env._(
                    'If it is the final one, reset it to draft and press "Deduct advances".'
                ),
            )
