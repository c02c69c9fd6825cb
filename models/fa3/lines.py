from odoo import models

from ...ksef.fa3 import text
from ...ksef.fa3.amounts import round_money
from .material import Charge, Row

_ROUNDING_REASON = "Zaokrąglenie"


class KsefFa3Lines(models.AbstractModel):
    """Reads the lines of an invoice: rows of the sale, and what is charged beside it."""

    _inherit = "ksef.fa3"

    def _read_rows(self, move, base_lines):
        """Rows in the order of the invoice; lines without quantity and value are left out."""
        day = self._supply_day(move)
        rows = [self._read_row(b, day) for b in base_lines if self._is_part_of_sale(b)]
        rows = [row for row in rows if row.line.quantity or row.net]
        return tuple(sorted(rows, key=lambda row: (row.line.sequence, row.line.id)))

    def _read_charges(self, base_lines):
        """Deposits, fees and cash rounding, which are no part of the sale."""
        charges = []
        for base_line in base_lines:
            if base_line["special_type"] == "cash_rounding":
                charges.append(self._charge(_ROUNDING_REASON, self._net_of(base_line)))
            elif self._is_part_of_sale(base_line):
                charges += self._charges_of_taxes(base_line)
            elif not base_line["special_type"]:
                charges.append(self._charge_of_line(base_line))
        return tuple(charge for charge in charges if charge.amount)

    def _is_part_of_sale(self, base_line):
        if base_line["special_type"]:
            return False
        return bool(
            self._vats_of(base_line) or not base_line["record"].product_id.ksef_is_out_of_vat
        )

    def _read_row(self, base_line, day):
        vats = self._vats_of(base_line)
        excise = sum(
            data["tax_amount_currency"]
            for data in base_line["tax_details"]["taxes_data"]
            if data["tax"].ksef_is_excise
        )
        return Row(
            line=base_line["record"],
            taxes=self.env["account.tax"].union(*(data["tax"] for data in vats)),
            net=round_money(self._base_of(base_line)),
            vat=round_money(self._vat_of(base_line)),
            excise=round_money(excise),
            supplied_on=base_line["record"].ksef_supplied_on or day,
        )

    def _vats_of(self, base_line):
        """Tax data of the line but for what is no VAT or is charged and deducted at once."""
        return [
            data
            for data in base_line["tax_details"]["taxes_data"]
            if data["tax"].ksef_rate_code != "none" and not data["is_reverse_charge"]
        ]

    def _vat_of(self, base_line):
        """Nothing where the tax is charged and deducted at once."""
        return sum(
            data["tax_amount_currency"]
            for data in base_line["tax_details"]["taxes_data"]
            if data["tax"].ksef_rate_code != "none"
        )

    def _base_of(self, base_line):
        """What the VAT is on: the booked amount of the line and the taxes that the VAT is on too.

        Odoo's base of the tax is rounded for each tax apart, so with several taxes the bases may
        miss the ledger, and the total of the invoice, by a cent.
        """
        vats = self._vats_of(base_line)
        below = (
            data["tax_amount_currency"]
            for data in base_line["tax_details"]["taxes_data"]
            if data["tax"].ksef_rate_code == "none" and self._is_in_base(data["tax"], vats)
        )
        return self._net_of(base_line) + sum(below)

    def _net_of(self, base_line):
        details = base_line["tax_details"]
        return details["total_excluded_currency"] + details["delta_total_excluded_currency"]

    def _charges_of_taxes(self, base_line):
        """What taxes that are no VAT add to the invoice beside the base of the VAT."""
        vats = self._vats_of(base_line)
        for data in base_line["tax_details"]["taxes_data"]:
            tax = data["tax"]
            if tax.ksef_rate_code == "none" and not self._is_in_base(tax, vats):
                reason = tax.invoice_label or tax.name
                yield self._charge(reason, data["tax_amount_currency"])

    def _is_in_base(self, tax, vats):
        """Whether Odoo computed the VAT on top of this tax."""
        vat = vats[0]["tax"] if vats else self.env["account.tax"]
        return (
            tax.include_base_amount
            and vat.is_base_affected
            and (tax.sequence, tax.id) < (vat.sequence, vat.id)
        )

    def _charge_of_line(self, base_line):
        taxes = sum(d["tax_amount_currency"] for d in base_line["tax_details"]["taxes_data"])
        return self._charge(self._name_of(base_line["record"]), self._net_of(base_line) + taxes)

    def _charge(self, reason, amount):
        return Charge(amount=round_money(amount), reason=text.clean_line(reason))
