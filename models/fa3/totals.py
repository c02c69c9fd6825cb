from collections import defaultdict
from decimal import Decimal

from odoo import models

from ...ksef.fa3.amounts import round_money
from ...ksef.fa3.rates import GROUP_OF_CODE


class KsefFa3Totals(models.AbstractModel):
    _inherit = "ksef.fa3"

    def _build_totals(self, invoice):
        """The fields P_13, P_14 and P_14…W of `Fa` by name.

        A group is there as soon as one row belongs to it, be its sum 0.00.
        """
        totals = defaultdict(Decimal)
        for row in invoice.rows:
            group = GROUP_OF_CODE[row.code]
            totals[group.base] += row.net
            if group.tax:
                totals[group.tax] += row.vat
        if invoice.rate is not None:
            totals.update(self._build_taxes_in_pln(invoice))
        return totals

    def _build_taxes_in_pln(self, invoice):
        """The taxes as they were booked, so that KSeF, JPK and ledger agree."""
        groups = [GROUP_OF_CODE[code] for code in invoice.codes]
        taxes = {group.tax_in_pln: Decimal(0) for group in groups if group.tax_in_pln}
        for line in invoice.move.line_ids.filtered("tax_line_id"):
            field = GROUP_OF_CODE[line.tax_line_id.ksef_rate_code].tax_in_pln
            if field:
                taxes[field] -= round_money(line.balance)
        return taxes
