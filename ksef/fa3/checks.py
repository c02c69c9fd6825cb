"""What must be true of a document beyond its schema; KSeF itself checks little of it.

Every check takes the document as it was read back from its bytes and yields what is wrong. The
codes are those of the rules for people: E-… must not be sent, W-… should be looked at.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from .. import nip
from .amounts import format_money, round_money
from .faktura import Faktura
from .faktura.invoice import Fa, FaWiersz
from .faktura.parties import TPodmiot2, TPodmiot3
from .rates import GROUPS, Group, find_group, percent_of
from .schema import DocumentProblem

MAX_SIZE = 1_000_000
MAX_SIZE_WITH_ATTACHMENT = 3_000_000

CENT = Decimal("0.01")
PRICE_ROUNDING = Decimal("0.000000005")  # half of the last decimal that a price has
MAX_TAX_DIFFERENCE = Decimal(1)

# Their rows show full values and the totals a part, or there are no rows or totals.
_TYPES_WITHOUT_ROW_SUMS = ("ZAL", "KOR_ZAL", "ROZ", "KOR_ROZ", "UPR")
_ROLE_OF_UNIT, _ROLE_OF_MEMBER = 8, 10


def find_problems(faktura: Faktura, *, today: date) -> tuple[DocumentProblem, ...]:
    """For a document that is valid by its schema; ``today`` is the day in Warsaw."""
    problems = [problem for check in _CHECKS for problem in check(faktura)]
    return (*problems, *_check_issue_date(faktura, today))


def find_size_problems(document: bytes, faktura: Faktura) -> Iterator[DocumentProblem]:
    limit = MAX_SIZE if faktura.Zalacznik is None else MAX_SIZE_WITH_ATTACHMENT
    if len(document) > limit:
        yield DocumentProblem(
            code="E-SIZ", path="", rule="size", value=str(len(document)), expected=str(limit)
        )


# --- parties --------------------------------------------------------------------------------


def _check_seller(faktura: Faktura) -> Iterator[DocumentProblem]:
    yield from _check_nip("E-NIP-01", "Podmiot1", faktura.Podmiot1.DaneIdentyfikacyjne.NIP)


def _check_buyer(faktura: Faktura) -> Iterator[DocumentProblem]:
    buyer = faktura.Podmiot2.DaneIdentyfikacyjne
    yield from _check_nip("E-NIP-02", "Podmiot2", buyer.NIP)
    for index, corrected in enumerate(faktura.Fa.Podmiot2K, 1):
        path = f"Fa/Podmiot2K[{index}]"
        yield from _check_nip("E-NIP-03", path, corrected.DaneIdentyfikacyjne.NIP)


def _check_others(faktura: Faktura) -> Iterator[DocumentProblem]:
    for path, party in _iter_others(faktura):
        yield from _check_nip("E-NIP-03", path, party.NIP)
        internal_id = party.IDWew if isinstance(party, TPodmiot3) else None
        if internal_id is not None and not nip.is_valid_internal_id(internal_id):
            yield DocumentProblem(
                code="E-IDW-01",
                path=f"{path}/DaneIdentyfikacyjne/IDWew",
                rule="check digit",
                value=internal_id,
            )
    authorized = faktura.PodmiotUpowazniony
    if authorized is not None:
        yield from _check_nip("E-NIP-03", "PodmiotUpowazniony", authorized.DaneIdentyfikacyjne.NIP)


def _iter_others(faktura: Faktura) -> Iterator[tuple[str, TPodmiot2 | TPodmiot3]]:
    for index, party in enumerate(faktura.Podmiot3, 1):
        yield f"Podmiot3[{index}]", party.DaneIdentyfikacyjne
    conditions = faktura.Fa.WarunkiTransakcji
    for index, transport in enumerate(conditions.Transport if conditions else (), 1):
        if transport.Przewoznik is not None:
            path = f"Fa/WarunkiTransakcji/Transport[{index}]/Przewoznik"
            yield path, transport.Przewoznik.DaneIdentyfikacyjne


def _check_nip(code: str, path: str, number: str | None) -> Iterator[DocumentProblem]:
    if number is not None and not nip.is_valid_nip(number):
        yield DocumentProblem(
            code=code, path=f"{path}/DaneIdentyfikacyjne/NIP", rule="check digit", value=number
        )


def _check_units(faktura: Faktura) -> Iterator[DocumentProblem]:
    """A buyer that is a local government or a VAT group comes with the unit or the member."""
    named = {
        party.Rola
        for party in faktura.Podmiot3
        if party.DaneIdentyfikacyjne.NIP or party.DaneIdentyfikacyjne.IDWew
    }
    flags = (
        ("JST", faktura.Podmiot2.JST, _ROLE_OF_UNIT),
        ("GV", faktura.Podmiot2.GV, _ROLE_OF_MEMBER),
    )
    for name, is_set, role in flags:
        if is_set != (role in named):
            yield DocumentProblem(
                code="E-JST-01" if is_set else "W-JST-02",
                path=f"Podmiot2/{name}",
                rule=f"{name} = 1 with Podmiot3/Rola = {role}",
            )


# --- dates ----------------------------------------------------------------------------------


def _check_issue_date(faktura: Faktura, today: date) -> Iterator[DocumentProblem]:
    issued_on = faktura.Fa.P_1
    if issued_on > today:
        yield DocumentProblem(
            code="E-DAT-01",
            path="Fa/P_1",
            rule="not later than today",
            value=issued_on.isoformat(),
            expected=today.isoformat(),
        )


def _check_period(faktura: Faktura) -> Iterator[DocumentProblem]:
    period = faktura.Fa.OkresFa
    if period is not None and period.P_6_Od > period.P_6_Do:
        yield DocumentProblem(
            code="E-DAT-03", path="Fa/OkresFa", rule="P_6_Od <= P_6_Do", value=str(period.P_6_Od)
        )


# --- content --------------------------------------------------------------------------------


def _check_rows_present(faktura: Faktura) -> Iterator[DocumentProblem]:
    fa = faktura.Fa
    if fa.RodzajFaktury in ("VAT", "UPR", "ROZ") and not fa.FaWiersz:
        yield DocumentProblem(code="E-LIN-02", path="Fa", rule="at least one FaWiersz")
    for index, row in enumerate(fa.FaWiersz, 1):
        if row.P_7 is None:
            yield DocumentProblem(
                code="E-LIN-01", path=f"Fa/FaWiersz[{index}]", rule="P_7 names the goods"
            )


def _check_corrected(faktura: Faktura) -> Iterator[DocumentProblem]:
    is_correction = faktura.Fa.RodzajFaktury.startswith("KOR")
    if is_correction and not faktura.Fa.DaneFaKorygowanej:
        yield DocumentProblem(code="E-KOR-01", path="Fa", rule="at least one DaneFaKorygowanej")


def _check_exemption(faktura: Faktura) -> Iterator[DocumentProblem]:
    fa = faktura.Fa
    is_exempt = fa.P_13_7 is not None or any(row.P_12 == "zw" for row in fa.FaWiersz)
    if is_exempt != fa.Adnotacje.Zwolnienie.P_19:
        yield DocumentProblem(
            code="E-EXM-01", path="Fa/Adnotacje/Zwolnienie", rule="P_19 = 1 with rows of zw"
        )


# --- amounts --------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class _RowSum:
    """The rows of one group added up; rows that show the state before count negative."""

    net: Decimal | None
    gross: Decimal | None
    count: int


def _check_row_prices(faktura: Faktura) -> Iterator[DocumentProblem]:
    """Both readings of P_10 are in use: a discount of one unit, and one of the whole row."""
    for index, row in enumerate(faktura.Fa.FaWiersz, 1):
        is_net = row.P_11 is not None
        price, value = (row.P_9A, row.P_11) if is_net else (row.P_9B, row.P_11A)
        if row.P_8B is None or price is None or value is None:
            continue
        discount = row.P_10 or Decimal(0)
        readings = (row.P_8B * price - discount, row.P_8B * (price - discount))
        allowed = CENT + abs(row.P_8B) * PRICE_ROUNDING
        if min(abs(round_money(reading) - value) for reading in readings) > allowed:
            yield DocumentProblem(
                code="E-AMT-02",
                path=f"Fa/FaWiersz[{index}]/{'P_11' if is_net else 'P_11A'}",
                rule="P_8B * P_9A = P_11" if is_net else "P_8B * P_9B = P_11A",
                value=format_money(value),
                expected=format_money(readings[0]),
            )


def _check_groups(faktura: Faktura) -> Iterator[DocumentProblem]:
    fa = faktura.Fa
    sums = _sum_rows(fa.FaWiersz)
    if fa.RodzajFaktury in _TYPES_WITHOUT_ROW_SUMS or not sums:
        return
    for group in GROUPS:
        row_sum = sums.get(group)
        base = getattr(fa, group.base)
        if row_sum is None and base is None:
            continue
        found, wanted, rule = _compare_group(fa, group, row_sum)
        if found != wanted:
            yield DocumentProblem(
                code="E-AMT-02",
                path=f"Fa/{group.base}",
                rule=rule,
                value="" if base is None else format_money(wanted),
                expected=format_money(found),
            )


def _compare_group(fa: Fa, group: Group, row_sum: _RowSum | None) -> tuple[Decimal, Decimal, str]:
    """Sum of the rows, what the totals say, and the rule. Gross rows stand against base and tax."""
    base = getattr(fa, group.base) or Decimal(0)
    tax = (getattr(fa, group.tax) or Decimal(0)) if group.tax else Decimal(0)
    if row_sum is None:
        return Decimal(0), base, f"sum of rows = {group.base}"
    if row_sum.gross is None:
        return row_sum.net or Decimal(0), base, f"sum of P_11 = {group.base}"
    found = row_sum.gross + (row_sum.net or Decimal(0))
    if group.is_gross:
        return found, base, f"sum of P_11A = {group.base}"
    if row_sum.net is not None:
        return base, base, ""  # rows of both kinds: nothing to compare with
    return found, base + tax, f"sum of P_11A = {group.base} + {group.tax}"


def _sum_rows(rows: Iterable[FaWiersz]) -> dict[Group, _RowSum]:
    members: dict[Group, list[FaWiersz]] = defaultdict(list)
    for row in rows:
        group = find_group(row)
        if group is not None and (row.P_11 is not None or row.P_11A is not None):
            members[group].append(row)
    return {group: _sum_group(found) for group, found in members.items()}


def _sum_group(rows: list[FaWiersz]) -> _RowSum:
    nets = [-row.P_11 if row.StanPrzed else row.P_11 for row in rows if row.P_11 is not None]
    grosses = [
        -row.P_11A if row.StanPrzed else row.P_11A
        for row in rows
        if row.P_11 is None and row.P_11A is not None
    ]
    return _RowSum(
        net=sum(nets, Decimal(0)) if nets else None,
        gross=sum(grosses, Decimal(0)) if grosses else None,
        count=len(rows),
    )


def _check_total(faktura: Faktura) -> Iterator[DocumentProblem]:
    fa = faktura.Fa
    amounts = _group_amounts(fa)
    if fa.RodzajFaktury == "UPR" and not amounts:
        return
    total = sum(amounts, Decimal(0))
    if total != fa.P_15:
        yield DocumentProblem(
            code="E-AMT-02",
            path="Fa/P_15",
            rule="sum of P_13 + sum of P_14 = P_15",
            value=format_money(fa.P_15),
            expected=format_money(total),
        )


def _group_amounts(fa: Fa) -> list[Decimal]:
    fields = [name for group in GROUPS for name in (group.base, group.tax) if name]
    values = [getattr(fa, name) for name in fields]
    return [value for value in values if value is not None]


def _check_settlement(faktura: Faktura) -> Iterator[DocumentProblem]:
    settlement = faktura.Fa.Rozliczenie
    if settlement is None:
        return
    charges = sum((item.Kwota for item in settlement.Obciazenia), Decimal(0))
    deductions = sum((item.Kwota for item in settlement.Odliczenia), Decimal(0))
    to_pay = faktura.Fa.P_15 + charges - deductions
    shown = settlement.DoZaplaty
    if shown is None:
        shown = -settlement.DoRozliczenia if settlement.DoRozliczenia is not None else to_pay
    if shown != to_pay:
        yield DocumentProblem(
            code="E-AMT-02",
            path="Fa/Rozliczenie",
            rule="P_15 + SumaObciazen - SumaOdliczen = DoZaplaty",
            value=format_money(shown),
            expected=format_money(to_pay),
        )


def _check_negative_groups(faktura: Faktura) -> Iterator[DocumentProblem]:
    if faktura.Fa.RodzajFaktury.startswith("KOR"):
        return
    for group in GROUPS:
        base = getattr(faktura.Fa, group.base)
        if base is not None and base < 0:
            yield DocumentProblem(
                code="E-AMT-03",
                path=f"Fa/{group.base}",
                rule=f"{group.base} >= 0",
                value=format_money(base),
            )


def _check_taxes(faktura: Faktura) -> Iterator[DocumentProblem]:
    """A cent for each row is how far tax that is rounded row by row may be from the whole."""
    for group, codes in _codes_of_groups(faktura.Fa).items():
        percent = percent_of(codes[0]) if len(set(codes)) == 1 else None
        base, tax = getattr(faktura.Fa, group.base), _tax_of(faktura.Fa, group)
        if percent is None or base is None or tax is None:
            continue
        expected = round_money(base * percent / 100)
        difference = abs(tax - expected)
        if difference > CENT * len(codes):
            yield DocumentProblem(
                code="E-AMT-01" if difference > MAX_TAX_DIFFERENCE else "W-AMT-01",
                path=f"Fa/{group.tax}",
                rule=f"{group.base} * {percent}% = {group.tax}",
                value=format_money(tax),
                expected=format_money(expected),
            )


def _codes_of_groups(fa: Fa) -> dict[Group, list[str]]:
    codes: dict[Group, list[str]] = defaultdict(list)
    for row in fa.FaWiersz:
        group = find_group(row)
        if group is not None and row.P_12 is not None:
            codes[group].append(row.P_12)
    return codes


def _tax_of(fa: Fa, group: Group) -> Decimal | None:
    tax: Decimal | None = getattr(fa, group.tax) if group.tax else None
    return tax


def _check_tax_in_pln(faktura: Faktura) -> Iterator[DocumentProblem]:
    fa = faktura.Fa
    if fa.KodWaluty == "PLN":
        return
    rates = {row.KursWaluty for row in fa.FaWiersz}
    rate = rates.pop() if len(rates) == 1 else None
    for group in GROUPS:
        tax = _tax_of(fa, group)
        if tax is not None and group.tax_in_pln:
            yield from _check_converted(fa, group, tax, rate)


def _check_converted(
    fa: Fa, group: Group, tax: Decimal, rate: Decimal | None
) -> Iterator[DocumentProblem]:
    in_pln = getattr(fa, group.tax_in_pln)
    if in_pln is None:
        yield DocumentProblem(
            code="E-CUR-01", path="Fa", rule=f"{group.tax_in_pln} in a currency other than PLN"
        )
    elif rate and abs(in_pln - round_money(tax * rate)) > CENT * (2 + len(fa.FaWiersz)):
        yield DocumentProblem(
            code="W-CUR-03",
            path=f"Fa/{group.tax_in_pln}",
            rule=f"{group.tax} * KursWaluty = {group.tax_in_pln}",
            value=format_money(in_pln),
            expected=format_money(tax * rate),
        )


_CHECKS: tuple[Callable[[Faktura], Iterator[DocumentProblem]], ...] = (
    _check_seller,
    _check_buyer,
    _check_others,
    _check_units,
    _check_period,
    _check_rows_present,
    _check_corrected,
    _check_exemption,
    _check_row_prices,
    _check_groups,
    _check_total,
    _check_settlement,
    _check_negative_groups,
    _check_taxes,
    _check_tax_in_pln,
)
