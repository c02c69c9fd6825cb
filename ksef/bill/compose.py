"""From a document FA(3) to the draft of a bill.

The totals of the document win over its rows, whoever summed them up wrongly.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from ..fa3.faktura import Faktura
from ..fa3.faktura.invoice import Fa
from .balance import Balanced, Manner, balance, balance_total
from .corrections import Coded, difference_lines
from .draft import ZERO, Doubt, Draft, Line, Origin, Outcome, Remark, Target
from .groups import amount, code_of_row, read_targets
from .rows import name_of, negated
from .terms import find_doubts, rate_of, read_terms

CORRECTIONS = frozenset({"KOR", "KOR_ZAL", "KOR_ROZ"})
ROWLESS = frozenset({"ZAL", "KOR_ZAL", "KOR_ROZ"})  # their rows tell of more than this document
_LONGEST_NAME = 400


def compose(document: Faktura, *, is_by_rate: bool = False) -> Draft:
    """The bill of a document that is addressed to us; ``is_by_rate`` makes one line a rate."""
    fa = _invoice_of(document)
    if fa is None:
        return Draft(outcome=Outcome.NO_BILL, remarks=(Remark(doubt=Doubt.NO_AMOUNTS),))
    targets = read_targets(fa)
    outcome, doubt = _outcome_of(fa, targets)
    terms = read_terms(fa)
    if outcome is Outcome.NO_BILL:
        remarks = (Remark(doubt=doubt),) if doubt else ()
        return Draft(outcome=outcome, terms=terms, remarks=remarks)
    balanced = _lines_of(fa, targets, is_by_rate)
    draft = Draft(
        outcome=outcome,
        lines=balanced.lines,
        targets=targets,
        total=_total(fa, targets, balanced.lines),
        rate=rate_of(fa, targets),
        terms=terms,
        remarks=(
            *((Remark(doubt=doubt),) if doubt else ()),
            *balanced.remarks,
            *find_doubts(fa, targets, terms),
        ),
    )
    return _turned(draft) if outcome is Outcome.REFUND else draft


def _invoice_of(document: Faktura) -> Fa | None:
    """The schema demands it, a stranger's document may lack it all the same."""
    return document.Fa


# --- kind -----------------------------------------------------------------------------------


def _outcome_of(fa: Fa, targets: tuple[Target, ...]) -> tuple[Outcome, Doubt | None]:
    total = amount(fa.P_15)
    net = sum((target.net for target in targets), ZERO)
    if total is None and not targets and not any(_amounts_of_rows(fa)):
        return Outcome.NO_BILL, Doubt.NO_AMOUNTS
    if not total and not any(target.net or target.tax for target in targets):
        return _outcome_of_nothing(fa, targets)
    if (total or net) >= 0:
        return Outcome.BILL, None
    return Outcome.REFUND, None if fa.RodzajFaktury in CORRECTIONS else Doubt.NEGATIVE


def _outcome_of_nothing(fa: Fa, targets: tuple[Target, ...]) -> tuple[Outcome, Doubt | None]:
    """A document that changes no amount in its own currency."""
    if fa.RodzajFaktury not in CORRECTIONS:
        return Outcome.BILL, None
    is_in_pln = any(target.tax_in_pln for target in targets)
    return Outcome.NO_BILL, Doubt.RATE_ONLY if is_in_pln else Doubt.FORMAL


def _amounts_of_rows(fa: Fa) -> Iterator[Decimal | None]:
    for row in fa.FaWiersz:
        yield from (row.P_11, row.P_11A, row.P_9A, row.P_9B)


# --- lines ----------------------------------------------------------------------------------


def _lines_of(fa: Fa, targets: tuple[Target, ...], is_by_rate: bool) -> Balanced:
    rows = _coded(fa, targets)
    lines = () if is_by_rate or fa.RodzajFaktury in ROWLESS else _row_lines(fa, rows)
    balanced = balance(lines, targets, _manner_of(fa, rows)) if targets else Balanced(lines=lines)
    total = amount(fa.P_15)
    rounding = (
        balance_total(targets, total, "") if targets and total is not None else Balanced(lines=())
    )
    return Balanced(
        lines=(*balanced.lines, *rounding.lines, *_charges(fa)),
        remarks=(*balanced.remarks, *rounding.remarks),
    )


def _coded(fa: Fa, targets: tuple[Target, ...]) -> tuple[Coded, ...]:
    named = {row.P_12: row for row in fa.FaWiersz if row.P_12 is not None}
    rows = tuple(named.values())
    return tuple(Coded(row=row, code=code_of_row(row, targets, rows)) for row in fa.FaWiersz)


def _row_lines(fa: Fa, rows: tuple[Coded, ...]) -> tuple[Line, ...]:
    if fa.RodzajFaktury in CORRECTIONS:
        return tuple(difference_lines(rows))
    return tuple(line for coded in rows if (line := coded.line()))


def _manner_of(fa: Fa, rows: tuple[Coded, ...]) -> Manner:
    return Manner(
        name=_subject(fa, rows),
        origin=Origin.ADVANCE if fa.RodzajFaktury in ("ZAL", "KOR_ZAL") else Origin.GROUP,
        is_settlement=fa.RodzajFaktury == "ROZ",
        settled=_settled(fa),
    )


def _subject(fa: Fa, rows: tuple[Coded, ...]) -> str:
    """What a line without a row is about: the rows or the order, or why something is corrected."""
    names = [name_of(coded.row) for coded in rows]
    if fa.Zamowienie:
        names += [row.P_7Z or "" for row in fa.Zamowienie.ZamowienieWiersz]
    known = ", ".join(dict.fromkeys(name for name in names if name))
    return (known or fa.PrzyczynaKorekty or fa.P_2 or "")[:_LONGEST_NAME]


def _settled(fa: Fa) -> str:
    numbers = (
        advance.NrKSeFFaZaliczkowej or advance.NrFaZaliczkowej or ""
        for advance in fa.FakturaZaliczkowa
    )
    return ", ".join(number for number in numbers if number)[:_LONGEST_NAME]


def _charges(fa: Fa) -> Iterator[Line]:
    """What is to be paid beside the invoice, such as a deposit for packaging."""
    if fa.Rozliczenie is None:
        return
    for charge in fa.Rozliczenie.Obciazenia:
        due = amount(charge.Kwota)
        if due:
            yield Line(origin=Origin.CHARGE, name=charge.Powod or "", net=due, price=due)


# --- the whole ------------------------------------------------------------------------------


def _total(fa: Fa, targets: tuple[Target, ...], lines: tuple[Line, ...]) -> Decimal:
    """What the bill comes to: the total due, else the totals of the rates, and the charges."""
    stated = amount(fa.P_15)
    if stated is None:
        stated = sum((target.net + target.tax for target in targets), ZERO)
    charges = (line.net for line in lines if line.origin is Origin.CHARGE)
    return sum(charges, stated)


def _turned(draft: Draft) -> Draft:
    """A refund has positive amounts in Odoo."""
    return replace(
        draft,
        total=-draft.total,
        lines=tuple(negated(line) for line in draft.lines),
        targets=tuple(_turned_target(target) for target in draft.targets),
    )


def _turned_target(target: Target) -> Target:
    in_pln = None if target.tax_in_pln is None else -target.tax_in_pln
    return replace(target, net=-target.net, tax=-target.tax, tax_in_pln=in_pln)
