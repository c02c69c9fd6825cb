from collections import defaultdict
from decimal import Decimal

from odoo import models

from ...ksef.fa3.amounts import round_money
from ...ksef.fa3.rates import GROUP_OF_CODE, MARGIN, OSS

# With the codes that stand in other fields than P_12
_GROUPS = {**GROUP_OF_CODE, "oss": OSS, "margin": MARGIN}


class KsefFa3Totals(models.AbstractModel):
    _inherit = "ksef.fa3"

    def _build_totals(self, invoice):
        """The fields P_13, P_14 and P_14…W of `Fa` by name.

        A group is there as soon as one row belongs to it, be its sum 0.00.
        """
        if invoice.move.ksef_simplified == "total":
            return {}
        totals = defaultdict(Decimal)
        for row in invoice.rows:
            group = _GROUPS[row.code]
            totals[group.base] += row.gross if group.is_gross else row.net
            if group.tax:
                totals[group.tax] += row.vat
        if invoice.rate is not None:
            totals.update(self._build_taxes_in_pln(invoice))
        return totals

    def _build_taxes_in_pln(self, invoice):
        """The taxes as they were booked, so that KSeF, JPK and ledger agree.

        Odoo books one rate: where rows have their own, the taxes are converted row by row.
        """
        if any(row.rate for row in invoice.rows):
            return self._convert_taxes(invoice)
        groups = [_GROUPS[code] for code in invoice.codes]
        taxes = {group.tax_in_pln: Decimal(0) for group in groups if group.tax_in_pln}
        sign = self._sign_of_taxes(invoice.move)
        for line in invoice.move.line_ids.filtered("tax_line_id"):
            group = _GROUPS.get(line.tax_line_id.ksef_rate_code)
            if group and group.tax_in_pln:
                taxes[group.tax_in_pln] += sign * round_money(line.balance)
        return taxes

    def _sign_of_taxes(self, move):
        """Taxes of a sale are credits."""
        return -1

    def _convert_taxes(self, invoice):
        taxes = defaultdict(Decimal)
        for row in invoice.rows:
            field = _GROUPS[row.code].tax_in_pln
            if field:
                taxes[field] += row.vat * self._rate_of_row(invoice, row)
        return taxes
