"""What is read from Odoo's records once, before an invoice is checked and built."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from ...ksef.fa3.amounts import round_money
from ..account_tax import REVERSE_CHARGE_OF_CODE


@dataclass(frozen=True, kw_only=True, eq=False)
class Row:
    """A product line that becomes a row, with its amounts in the currency of the invoice.

    `taxes` are all taxes of the line (groups taken apart) but those that are no VAT; only a
    line with exactly one such tax can be built. `net` is the base of that tax as it was
    booked, with what Odoo distributed over the lines, so the nets add up; `vat` likewise.
    `excise` is the duty in the base.
    """

    line: Any
    taxes: Any
    net: Decimal
    vat: Decimal
    excise: Decimal
    supplied_on: date

    @cached_property
    def code(self):
        """P_12, "oss" or "margin"; False while the tax has no code."""
        return self.line.ksef_rate_code or self.taxes[:1].ksef_rate_code

    @property
    def rate(self):
        """PLN for one unit of the currency where the row, or what it corrects, has its own rate."""
        return self.line.ksef_rate or self.line._ksef_root_line().ksef_rate

    @property
    def is_margin(self):
        return self.code == "margin"

    @property
    def reverse_charge(self):
        """When the buyer accounts for the VAT: "yes", "b2b" or "no"."""
        if self.line.ksef_rate_code:
            return REVERSE_CHARGE_OF_CODE.get(self.code, "no")
        return self.taxes[:1].ksef_reverse_charge or "no"

    @property
    def procedure(self):
        """Of the line or its tax; False if there is none."""
        return self.line.ksef_procedure or self.taxes[:1].ksef_procedure

    @property
    def exempt_basis(self):
        """The provision that exempts the row: of the tax, else the product, else the company."""
        return (
            self.taxes[:1].ksef_exempt_basis
            or self.line.product_id.ksef_exempt_basis
            or self.line.company_id.ksef_exempt_basis
        )

    @cached_property
    def gross(self):
        return self.net + self.vat

    @cached_property
    def is_annex15(self):
        return self.line.ksef_is_annex15 or self.line.product_id.ksef_is_annex15


@dataclass(frozen=True, kw_only=True, eq=False)
class Charge:
    """What is due beside the sale, such as a deposit; negative if it is taken off."""

    amount: Decimal
    reason: str


@dataclass(frozen=True, kw_only=True, eq=False)
class Party:
    """A third party; `role` as in `ksef.party`, `share` in percent."""

    partner: Any
    role: str
    description: str = ""
    share: Decimal | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Payment:
    """A payment of the invoice, or a part of it, in its currency; `form` as in FormaPlatnosci."""

    amount: Decimal
    paid_on: date
    form: int | None


@dataclass(frozen=True, kw_only=True, eq=False)
class Invoice:
    """One invoice, ready to be checked and built.

    `seller` is the company that is the taxpayer: for a branch the one above it with a NIP.
    `rate` is PLN for one unit of the currency, None for PLN. `rate_on` is the day of the
    newest rate that could be used, None if there was none. `twin` is the submission of
    another invoice that already uses number and seller. `correction` is what it corrects, None
    for a sale.
    """

    move: Any
    seller: Any
    buyer: Any
    parties: tuple[Party, ...]
    rows: tuple[Row, ...]
    charges: tuple[Charge, ...]
    payments: tuple[Payment, ...]
    rate: Decimal | None
    rate_on: date | None
    twin: Any
    correction: Any = None

    @cached_property
    def net(self):
        return sum((row.net for row in self.rows), Decimal(0))

    @cached_property
    def total(self):
        """P_15: all that is due under VAT law, in the currency of the invoice."""
        return self.net + sum((row.vat for row in self.rows), Decimal(0))

    @property
    def due(self):
        """What the buyer has to pay in all: with deposits and cash rounding."""
        return self.total + sum((charge.amount for charge in self.charges), Decimal(0))

    @property
    def total_in_pln(self):
        return self.total if self.rate is None else round_money(self.total * self.rate)

    @cached_property
    def is_gross(self):
        """Whether rows show gross prices (art. 106e(7) and (8)): all taxes are in the price."""
        rows = [row for row in self.rows if not row.is_margin]
        return bool(rows) and all(row.taxes[:1].price_include for row in rows)

    @property
    def is_simplified(self):
        return bool(self.move.ksef_simplified)

    @property
    def is_triangular(self):
        """The seller is the second of three taxpayers (art. 135 VAT Act)."""
        return any(row.procedure == "TT_D" for row in self.rows)

    @cached_property
    def codes(self):
        return {row.code for row in self.rows}

    @cached_property
    def supply_days(self):
        return {row.supplied_on for row in self.rows}


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """What an invoice comes to before it is sent: its document, None where there cannot be one."""

    document: bytes | None = field(default=None, repr=False)
    problems: list
