"""A row as a line of a bill: its net amount, and a quantity and price that come to it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from ..fa3.amounts import round_half_up, round_money
from ..fa3.faktura.invoice import FaWiersz
from ..fa3.rates import percent_of
from .draft import ZERO, Line, Origin
from .groups import amount

QUANTITY_DIGITS = 2  # what Odoo keeps of a quantity and of a discount
_LONGEST_NAME = 2000


@dataclass(frozen=True, kw_only=True)
class Value:
    """What a row is worth: ``net`` and, where the row itself says so, how it comes about."""

    net: Decimal
    quantity: Decimal | None
    price: Decimal | None
    discount: Decimal | None


def value_of(row: FaWiersz, code: str) -> Value | None:
    """``None`` for a row that names things but no amount."""
    net = _net_of(row, code)
    if net is None:
        return None
    is_net = row.P_9A is not None and code not in ("margin", "oss")
    return Value(
        net=net,
        quantity=amount(row.P_8B),
        price=amount(row.P_9A) if is_net else None,
        discount=amount(row.P_10) if is_net else None,
    )


def _net_of(row: FaWiersz, code: str) -> Decimal | None:
    """Rows without a tax to deduct, of the margin scheme and of OSS, count gross."""
    net, gross = amount(row.P_11), amount(row.P_11A)
    if code == "margin":
        return _first(gross, net, _product(row, row.P_9B), _product(row, row.P_9A))
    if code == "oss":
        return _first(gross, _product(row, row.P_9B), _gross_of_oss(row))
    if net is not None:
        return net
    if gross is None and row.P_9A is None:
        gross = _product(row, row.P_9B)
    if gross is not None:
        return gross - _tax_in(gross, row, code)
    return _product(row, row.P_9A)


def _gross_of_oss(row: FaWiersz) -> Decimal | None:
    net = _first(amount(row.P_11), _product(row, row.P_9A))
    percent = amount(row.P_12_XII) or ZERO
    return None if net is None else net + round_money(net * percent / 100)


def _first(*amounts: Decimal | None) -> Decimal | None:
    return next((found for found in amounts if found is not None), None)


def _product(row: FaWiersz, price: Decimal | None) -> Decimal | None:
    """Quantity by price less the discount, which is taken to be that of the whole row."""
    quantity, price = amount(row.P_8B), amount(price)
    if quantity is None or price is None:
        return None
    return amount(round_money(quantity * price - (amount(row.P_10) or ZERO)))


def _tax_in(gross: Decimal, row: FaWiersz, code: str) -> Decimal:
    stated = amount(row.P_11Vat)
    if stated is not None:
        return stated
    percent = percent_of(code) or ZERO
    return round_money(gross * percent / (100 + percent))


# --- quantity and price ---------------------------------------------------------------------


def make_line(row: FaWiersz, value: Value, code: str) -> Line:
    line = Line(
        origin=Origin.ROW, name=name_of(row), net=value.net, code=code, price=value.net, row=row
    )
    quantity = value.quantity
    if not quantity:
        return line
    kept = round_half_up(quantity, QUANTITY_DIGITS)
    if not kept or (kept != quantity and value.net):
        return _odd_quantity(line, quantity, value)
    return _positive(_priced(replace(line, quantity=kept), value))


def _odd_quantity(line: Line, quantity: Decimal, value: Value) -> Line:
    """More decimals than Odoo keeps: the quantity moves into the text."""
    price = "" if value.price is None else f" × {value.price.normalize():f}"
    unit = f" {line.row.P_8A}" if line.row and line.row.P_8A else ""
    return replace(line, name=f"{line.name}\n{quantity.normalize():f}{unit}{price}")


def _priced(line: Line, value: Value) -> Line:
    """Odoo keeps the price unrounded, so that a quotient brings the net amount about."""
    by_net = replace(line, price=line.net / line.quantity)
    if value.price is None:
        return by_net
    full = line.quantity * value.price
    if round_money(full) == round_money(line.net):
        return replace(line, price=value.price)
    percent = _percent_between(full, line.net) if value.discount else None
    return by_net if percent is None else replace(line, price=value.price, discount=percent)


def _percent_between(full: Decimal, net: Decimal) -> Decimal | None:
    """The discount that makes ``net`` of ``full``, if one of two decimals does so exactly.

    Whether the document states it for a unit or for the row no longer matters here.
    """
    if not full:
        return None
    percent = round_half_up(100 - 100 * net / full, QUANTITY_DIGITS)
    is_exact = round_money(full * (100 - percent) / 100) == net
    return percent if is_exact and ZERO < percent <= 100 else None


def _positive(line: Line) -> Line:
    """Less of something that costs less than nothing is simply something."""
    if line.quantity < 0 and (line.price < 0 or line.net > 0):
        return replace(line, quantity=-line.quantity, price=-line.price)
    return line


def name_of(row: FaWiersz) -> str:
    return (row.P_7 or row.Indeks or row.GTIN or "")[:_LONGEST_NAME]


def negated(line: Line) -> Line:
    """The same the other way round: by the quantity where there is one of something."""
    turned = replace(line, net=-line.net, quantity=-line.quantity)
    if turned.quantity < 0 and turned.net >= 0:
        return replace(turned, quantity=-turned.quantity, price=-turned.price)
    return turned


def with_net(line: Line, net: Decimal) -> Line:
    """The line at another amount, by its price."""
    factor = line.quantity or Decimal(1)
    return replace(line, net=net, quantity=factor, price=net / factor, discount=ZERO)
