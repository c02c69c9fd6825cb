"""The totals of a document: what it states for each group of rates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal

from ..fa3.amounts import round_money
from ..fa3.faktura.invoice import Fa, FaWiersz
from ..fa3.rates import GROUP_OF_CODE, GROUPS, MARGIN, OSS, Group, find_group, percent_of
from .draft import ZERO, Target
from .facts import MAX_AMOUNT

_CODES: dict[Group, tuple[str, ...]] = {
    group: tuple(code for code, owner in GROUP_OF_CODE.items() if owner is group)
    for group in GROUPS
} | {OSS: ("oss",), MARGIN: ("margin",)}


def amount(value: Decimal | None) -> Decimal | None:
    """A value that can be booked; what is larger than any money is taken for none."""
    return value if value is not None and abs(value) < MAX_AMOUNT else None


def codes_of(group: Group) -> tuple[str, ...]:
    """The codes whose rows belong to the group, the usual one first."""
    return _CODES[group]


def read_targets(fa: Fa) -> tuple[Target, ...]:
    """The groups that the document shows, in the order of the schema, or that follow from P_15."""
    found = tuple(_shown_groups(fa))
    if found or fa.RodzajFaktury != "UPR":
        return found
    return tuple(_groups_of_simplified(fa))


def _shown_groups(fa: Fa) -> Iterator[Target]:
    for group in GROUPS:
        net, tax = amount(getattr(fa, group.base)), _tax_of(fa, group)
        if net is None and tax is None:
            continue
        in_pln = amount(getattr(fa, group.tax_in_pln)) if group.tax_in_pln else None
        target = Target(group=group, code="", net=net or ZERO, tax=tax or ZERO, tax_in_pln=in_pln)
        if group is OSS:  # the VAT of another country is a cost
            target = replace(target, net=target.net + target.tax, tax=ZERO)
        yield replace(target, code=_code_of(target, fa.FaWiersz))


def _tax_of(fa: Fa, group: Group) -> Decimal | None:
    return amount(getattr(fa, group.tax)) if group.tax else None


def _code_of(target: Target, rows: Iterable[FaWiersz]) -> str:
    """The code for the whole group: that of its rows, else the one whose tax comes nearest."""
    codes = codes_of(target.group)
    named = next((row.P_12 for row in rows if row.P_12 in codes), None)
    if named or len(codes) == 1 or not target.net:
        return named or codes[0]
    return min(codes, key=lambda code: abs(_tax_at(code, target.net) - target.tax))


def _tax_at(code: str, net: Decimal) -> Decimal:
    return net * (percent_of(code) or ZERO) / 100


def _groups_of_simplified(fa: Fa) -> Iterator[Target]:
    """Of an invoice that shows its total only (art. 106e(5)(3)): one rate, read from its rows."""
    total = amount(fa.P_15)
    codes = {row.P_12 for row in fa.FaWiersz if row.P_12 in GROUP_OF_CODE}
    if total is None or len(codes) != 1:
        return
    code = str(codes.pop())
    percent = percent_of(code) or ZERO
    tax = round_money(total * percent / (100 + percent))
    yield Target(group=GROUP_OF_CODE[code], code=code, net=total - tax, tax=tax)


def code_of_row(row: FaWiersz, targets: tuple[Target, ...], rows: tuple[FaWiersz, ...]) -> str:
    """The rate of a row. One that names none belongs to the group that no other row names."""
    if row.P_12 in GROUP_OF_CODE:
        return str(row.P_12)
    if row.P_12_XII is not None:
        return "oss"
    named = {find_group(other) for other in rows if other.P_12 is not None}
    free = [target for target in targets if target.group not in named]
    if any(target.group is MARGIN for target in free):
        return "margin"
    if len(free) == 1:
        return free[0].code
    return targets[0].code if len(targets) == 1 else ""


def group_of_code(code: str) -> Group | None:
    return {"oss": OSS, "margin": MARGIN}.get(code) or GROUP_OF_CODE.get(code)
