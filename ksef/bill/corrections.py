"""The rows of a correction as lines: what changes between the state before and that after.

Corrections are written in three ways: before and after in pairs, differences only, and reversal
of the old rows with new ones behind. Only the first needs anything done; the others are sums.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from ..fa3.faktura.invoice import FaWiersz
from .draft import ZERO, Line
from .rows import Value, make_line, negated, value_of


@dataclass(frozen=True, kw_only=True)
class Coded:
    """A row with its rate."""

    row: FaWiersz
    code: str

    def line(self) -> Line | None:
        value = value_of(self.row, self.code)
        return make_line(self.row, value, self.code) if value else None


def difference_lines(rows: tuple[Coded, ...]) -> Iterator[Line]:
    """The lines of a correction; what only stands there for comparison makes none."""
    earlier = _Earlier(tuple(coded for coded in rows if coded.row.StanPrzed))
    for coded in rows:
        if not coded.row.StanPrzed:
            yield from _change(earlier.take_for(coded.row), coded)
    for coded in earlier.left():
        yield from _reversed(coded)


class _Earlier:
    """The rows of the state before, each to be taken once."""

    def __init__(self, rows: tuple[Coded, ...]) -> None:
        self._rows = dict(enumerate(rows))
        self._by_id: dict[str, list[int]] = {}
        self._by_number: dict[int, list[int]] = {}
        for place, coded in self._rows.items():
            if coded.row.UU_ID:
                self._by_id.setdefault(coded.row.UU_ID, []).append(place)
            if coded.row.NrWierszaFa is not None:
                self._by_number.setdefault(coded.row.NrWierszaFa, []).append(place)

    def take_for(self, row: FaWiersz) -> Coded | None:
        """The row before of the same identifier, else of the same number."""
        for places in (self._by_id.get(row.UU_ID or ""), self._by_number.get(row.NrWierszaFa)):
            while places:
                place = places.pop(0)
                if place in self._rows:
                    return self._rows.pop(place)
        return None

    def left(self) -> Iterator[Coded]:
        yield from self._rows.values()


def _change(before: Coded | None, after: Coded) -> Iterator[Line]:
    if before is None:
        line = after.line()
        if line:
            yield line
    elif before.code != after.code:
        yield from _reversed(before)
        yield from filter(None, [after.line()])
    else:
        yield from _difference(before, after)


def _reversed(coded: Coded) -> Iterator[Line]:
    line = coded.line()
    if line and line.net:
        yield negated(line)


def _difference(before: Coded, after: Coded) -> Iterator[Line]:
    old, new = value_of(before.row, before.code), value_of(after.row, after.code)
    if old is None and new is None:
        return
    nothing = Value(net=ZERO, quantity=ZERO, price=None, discount=None)
    old, new = old or nothing, new or nothing
    if old.net == new.net:
        return
    value = _explained(old, new)
    yield make_line(after.row, value, after.code)


def _explained(old: Value, new: Value) -> Value:
    """The difference as fewer pieces or as another price, where it is one of the two."""
    net = new.net - old.net
    old_quantity, new_quantity = old.quantity or ZERO, new.quantity or ZERO
    quantity: Decimal | None = None
    if old_quantity != new_quantity and old.price == new.price:
        quantity = new_quantity - old_quantity
    elif old_quantity == new_quantity and new_quantity:
        quantity = new_quantity
    price = net / quantity if quantity else None
    return Value(net=net, quantity=quantity, price=price, discount=None)
