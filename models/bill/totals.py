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
            commands += self._tax_commands(bill, lines, target, gap)
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

    def _tax_commands(self, bill, lines, target, gap):
        """Put the gap on the largest line; in another currency the VAT in PLN is the document's."""
        largest = max(lines, key=lambda line: abs(line.amount_currency))
        is_foreign = bill.currency_id != bill.company_currency_id
        in_pln = target.tax_in_pln if is_foreign else None
        values = {}
        if gap:
            values["amount_currency"] = largest.amount_currency + float(gap) * bill.direction_sign
            if not is_foreign:
                values["balance"] = values["amount_currency"]
        if in_pln is not None:
            pln_gap = in_pln - self._sum(lines, "balance", bill)
            values["balance"] = largest.balance + float(pln_gap) * bill.direction_sign
        return [fields.Command.update(largest.id, values)] if values else []

    def _total_remarks(self, bill, draft):
        """What is still wrong when all is done."""
        found = round(Decimal(repr(bill.amount_total)), 2)
        is_known = any(remark.doubt is Doubt.TOTAL_DIFFERS for remark in draft.remarks)
        if found == round(draft.total, 2) or is_known:
            return ()
        return (Remark(doubt=Doubt.TOTAL_DIFFERS, found=str(found), stated=str(draft.total)),)
