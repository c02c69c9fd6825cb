from decimal import Decimal

from odoo import fields, models

from ...ksef.bill.draft import Doubt, Remark
from ...ksef.bill.groups import codes_of

_CENT = Decimal("0.01")
_MOST = Decimal("1.00")  # of one rate, however many rows it has


class KsefBillReader(models.AbstractModel):
    """The VAT of a bill against that of its document, whose totals win."""

    _inherit = "ksef.bill.reader"

    def _settle_taxes(self, bill, draft):
        """Write the document's VAT on the tax lines; return remarks where that is too much."""
        commands, remarks = [], []
        for target in draft.targets:
            lines = self._tax_lines(bill, target)
            gap = target.tax - self._sum(lines, "amount_currency", bill)
            rows = sum(line.code == target.code for line in draft.lines)
            if not lines or abs(gap) > min(_MOST, _CENT * max(1, rows)):
                remarks += self._tax_remarks(target, gap)
                continue
            largest = max(lines, key=lambda line: abs(line.amount_currency))
            values = self._tax_values(bill, lines, largest, target)
            if not _has_one_sign(largest, values):
                remarks.append(_remark_on_pln(target))
            elif values:
                commands.append(fields.Command.update(largest.id, values))
        if commands:
            bill.write({"line_ids": commands})
        return (*remarks, *self._total_remarks(bill, draft))

    def _tax_lines(self, bill, target):
        """Tax lines of the group. VAT that is charged and deducted at once is left alone."""
        codes = codes_of(target.group)
        return bill.line_ids.filtered(
            lambda line: (
                line.tax_line_id.ksef_rate_code in codes
                and not line.tax_line_id.has_negative_factor
            )
        )

    def _sum(self, lines, name, bill):
        """Amounts as the document shows them: positive on a refund too."""
        total = sum((Decimal(repr(line[name])) for line in lines), Decimal(0))
        return round(total * bill.direction_sign, 2)

    def _tax_remarks(self, target, gap):
        if not gap:
            return []
        found = target.tax - gap
        return [
            Remark(
                doubt=Doubt.TAX_DIFFERS,
                subject=target.code,
                found=str(found),
                stated=str(target.tax),
            )
        ]

    def _tax_values(self, bill, lines, largest, target):
        """What the largest line becomes; in another currency the VAT in PLN is the document's."""
        sign = bill.direction_sign
        gap = target.tax - self._sum(lines, "amount_currency", bill)
        amount = largest.amount_currency + float(gap) * sign
        values = {"amount_currency": amount} if gap else {}
        if bill.currency_id == bill.company_currency_id:
            return {**values, "balance": amount} if gap else {}
        if target.tax_in_pln is not None:
            pln_gap = target.tax_in_pln - self._sum(lines, "balance", bill)
            values["balance"] = largest.balance + float(pln_gap) * sign
        return values

    def _total_remarks(self, bill, draft):
        """What is still wrong when all is done."""
        found = round(Decimal(repr(bill.amount_total)), 2)
        is_known = any(remark.doubt is Doubt.TOTAL_DIFFERS for remark in draft.remarks)
        if found == round(draft.total, 2) or is_known:
            return ()
        return (Remark(doubt=Doubt.TOTAL_DIFFERS, found=str(found), stated=str(draft.total)),)


def _has_one_sign(line, values):
    """Whether a journal item would have the same sign in both currencies, as Odoo demands."""
    after = {**{name: line[name] for name in ("amount_currency", "balance")}, **values}
    return after["amount_currency"] * after["balance"] >= 0


def _remark_on_pln(target):
    return Remark(doubt=Doubt.TAX_IN_PLN, subject=target.code, stated=str(target.tax_in_pln))
