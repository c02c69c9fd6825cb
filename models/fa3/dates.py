from odoo import models

from ...ksef.fa3.faktura.invoice import OkresFa


class KsefFa3Dates(models.AbstractModel):
    """When the sale took place: one day, a day for each row, or a period."""

    _inherit = "ksef.fa3"

    def _supply_day(self, move):
        """The day of supply of the lines that have none of their own."""
        return (
            move.taxable_supply_date
            or self._delivery_day(move)
            or move.delivery_date
            or move.invoice_date
        )

    def _build_period(self, move):
        if not self._has_period(move):
            return None
        return OkresFa(P_6_Od=move.ksef_period_starts_on, P_6_Do=move.ksef_period_ends_on)

    def _has_period(self, move):
        return bool(move.ksef_period_starts_on and move.ksef_period_ends_on)

    def _common_supply_day(self, invoice):
        """P_6: the day of all rows, unless it is that of issue."""
        if len(invoice.supply_days) != 1 or self._has_period(invoice.move):
            return None
        (day,) = invoice.supply_days
        return day if day != invoice.move.invoice_date else None

    def _row_supply_day(self, invoice, row):
        """P_6A: the day of a row where the rows have different ones."""
        if len(invoice.supply_days) < 2 or self._has_period(invoice.move):
            return None
        return row.supplied_on if row.supplied_on != invoice.move.invoice_date else None
