"""Lines against the totals of their rates: the totals win."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from ..fa3.rates import Group
from .draft import ZERO, Doubt, Line, Origin, Remark, Target
from .groups import group_of_code
from .rows import with_net

CENT = Decimal("0.01")
MOST_ROUNDING = Decimal("1.00")  # of the net amount of one rate, however many rows it has
MOST_TOTAL_ROUNDING = Decimal("0.05")


@dataclass(frozen=True, kw_only=True)
class Balanced:
    lines: tuple[Line, ...]
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Manner:
    """How the gap between rows and totals is to be read.

    ``name`` is for a line that stands for a whole rate. In an invoice that settles advances the
    gap is what they came to; ``settled`` names them.
    """

    name: str
    origin: Origin = Origin.GROUP
    is_settlement: bool = False
    settled: str = ""


def balance(lines: tuple[Line, ...], targets: tuple[Target, ...], manner: Manner) -> Balanced:
    """The lines with what their groups demand: a cent moved, a line added, or a doubt raised."""
    of_group: dict[Group | None, list[Line]] = defaultdict(list)
    for line in lines:
        of_group[group_of_code(line.code)].append(line)
    made: list[Line] = []
    remarks: list[Remark] = []
    for target in targets:
        balanced = _balance_group(of_group.pop(target.group, []), target, manner)
        made += balanced.lines
        remarks += balanced.remarks
    for left in of_group.values():
        made += left
        remarks += _stray(left, bool(targets))
    return Balanced(lines=_in_order(tuple(made), lines), remarks=tuple(remarks))


def _stray(lines: list[Line], is_with_targets: bool) -> list[Remark]:
    """Rows of a rate that has no total: the seller's mistake, or a rate that nobody named."""
    net = sum((line.net for line in lines), ZERO)
    code = lines[0].code
    if not code:
        return [Remark(doubt=Doubt.RATE_UNKNOWN, found=str(net))]
    if not net or not is_with_targets:
        return []
    return [Remark(doubt=Doubt.GROUP_DIFFERS, subject=code, found=str(net), stated="0.00")]


def _in_order(made: tuple[Line, ...], lines: tuple[Line, ...]) -> tuple[Line, ...]:
    """Rows as they stand in the document, what was added behind them."""
    places = {id(line.row): place for place, line in reversed(list(enumerate(lines)))}
    last = len(lines)
    return tuple(
        sorted(made, key=lambda line: places.get(id(line.row), last) if line.row else last)
    )


def _balance_group(lines: list[Line], target: Target, manner: Manner) -> Balanced:
    if not lines:
        return Balanced(lines=_whole_group(target, manner))
    gap = target.net - sum((line.net for line in lines), ZERO)
    if abs(gap) <= min(CENT * len(lines), MOST_ROUNDING):
        return Balanced(lines=_spread(lines, gap))
    if manner.is_settlement:
        return Balanced(lines=(*lines, _settlement(gap, target, manner)))
    remark = Remark(
        doubt=Doubt.GROUP_DIFFERS,
        subject=target.code,
        found=str(target.net - gap),
        stated=str(target.net),
    )
    return Balanced(lines=tuple(lines), remarks=(remark,))


def _whole_group(target: Target, manner: Manner) -> tuple[Line, ...]:
    if not target.net and not target.tax:
        return ()
    return (
        Line(
            origin=manner.origin,
            name=manner.name,
            net=target.net,
            code=target.code,
            price=target.net,
        ),
    )


def _settlement(gap: Decimal, target: Target, manner: Manner) -> Line:
    return Line(
        origin=Origin.SETTLEMENT,
        name=manner.settled,
        net=gap,
        code=target.code,
        quantity=Decimal(-1) if gap < 0 else Decimal(1),
        price=abs(gap),
    )


def _spread(lines: list[Line], gap: Decimal) -> tuple[Line, ...]:
    """Cents go to the largest line, where they matter least."""
    if not gap:
        return tuple(lines)
    largest = max(range(len(lines)), key=lambda place: abs(lines[place].net))
    changed = with_net(lines[largest], lines[largest].net + gap)
    return tuple(changed if place == largest else line for place, line in enumerate(lines))


def balance_total(targets: tuple[Target, ...], total: Decimal, name: str) -> Balanced:
    """What is missing between the rates and the total due: cents as a line, more as a doubt."""
    stated = sum((target.net + target.tax for target in targets), ZERO)
    gap = total - stated
    if not gap:
        return Balanced(lines=())
    if abs(gap) <= MOST_TOTAL_ROUNDING:
        return Balanced(lines=(Line(origin=Origin.ROUNDING, name=name, net=gap, price=gap),))
    remark = Remark(doubt=Doubt.TOTAL_DIFFERS, found=str(stated), stated=str(total))
    return Balanced(lines=(), remarks=(remark,))
