"""Numbers of FA(3): decimal values, commercial rounding, and their text."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal

MONEY_DIGITS = 2
QUANTITY_DIGITS = 6
PRICE_DIGITS = 8

# The default context gives up at 28 digits, which a float of an ERP may well exceed: the schema
# is to refuse such an amount, not an exception.
_CONTEXT = Context(prec=400)


def to_decimal(value: Decimal | float | str) -> Decimal:
    """The number that ``value`` shows: the float 0.1 becomes 0.1, not its binary neighbour."""
    return Decimal(repr(value)) if isinstance(value, float) else Decimal(value)


def round_half_up(value: Decimal | float | str, digits: int) -> Decimal:
    """``value`` with ``digits`` decimals, half away from zero, and never minus zero."""
    unit = Decimal(1).scaleb(-digits)
    rounded = to_decimal(value).quantize(unit, ROUND_HALF_UP, _CONTEXT)
    return rounded if rounded else abs(rounded)


def round_money(value: Decimal | float | str) -> Decimal:
    return round_half_up(value, MONEY_DIGITS)


def round_quantity(value: Decimal | float | str) -> Decimal:
    """For quantities and exchange rates."""
    return round_half_up(value, QUANTITY_DIGITS)


def round_price(value: Decimal | float | str) -> Decimal:
    return round_half_up(value, PRICE_DIGITS)


def format_money(value: Decimal) -> str:
    """Always two decimals: ``200.00``."""
    return format(round_money(value), "f")


def format_quantity(value: Decimal) -> str:
    """Up to six decimals, none that say nothing: ``2``, ``0.25``."""
    return _drop_zeros(format(round_quantity(value), "f"))


def format_price(value: Decimal) -> str:
    """Up to eight decimals, none that say nothing: ``89.991``."""
    return _drop_zeros(format(round_price(value), "f"))


def _drop_zeros(text: str) -> str:
    return text.rstrip("0").rstrip(".")
