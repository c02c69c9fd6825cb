"""What is read from Odoo's records once, before an invoice is checked and built."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from ...ksef.fa3.amounts import round_money


@dataclass(frozen=True, kw_only=True, eq=False)
class Row:
    """A product line that becomes a row, with its amounts in the currency of the invoice.

    `taxes` are all taxes of the line (groups taken apart) but those that are no VAT; only a
    line with exactly one such tax can be built. `net` is the base of that tax as Odoo
    distributed it over the lines, so the nets add up to the total base; `vat` likewise.
    """

    line: Any
    taxes: Any
    net: Decimal
    vat: Decimal

    @property
    def code(self):
        """P_12; False while the tax has no code."""
        return self.taxes[:1].ksef_rate_code

    @property
    def gross(self):
        return self.net + self.vat

    @property
    def is_annex15(self):
        return self.line.product_id.ksef_is_annex15


@dataclass(frozen=True, kw_only=True, eq=False)
class Payment:
    """A payment of the invoice, or a part of it, in the currency of the invoice."""

    amount: Decimal
    paid_on: date
    journal_type: str


@dataclass(frozen=True, kw_only=True, eq=False)
class Invoice:
    """One invoice, ready to be checked and built.

    `seller` is the company that is the taxpayer: for a branch the one above it with a NIP.
    `rate` is PLN for one unit of the currency, None for PLN. `rate_on` is the day of the
    newest rate that could be used, None if there was none. `twin` is the submission of
    another invoice that already uses number and seller.
    """

    move: Any
    seller: Any
    buyer: Any
    rows: tuple[Row, ...]
    payments: tuple[Payment, ...]
    rate: Decimal | None
    rate_on: date | None
    twin: Any

    @property
    def net(self):
        return sum((row.net for row in self.rows), Decimal(0))

    @property
    def total(self):
        """P_15: all that is due under VAT law, in the currency of the invoice."""
        return self.net + sum((row.vat for row in self.rows), Decimal(0))

    @property
    def total_in_pln(self):
        return self.total if self.rate is None else round_money(self.total * self.rate)

    @property
    def is_gross(self):
        """Whether rows show gross prices (art. 106e(7) and (8)): all taxes are in the price."""
        return bool(self.rows) and all(row.taxes[:1].price_include for row in self.rows)

    @property
    def codes(self):
        return {row.code for row in self.rows}
