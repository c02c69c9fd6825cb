"""Payment, exchange rate and what else of a document matters for its bill."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from ..fa3.faktura.annotations import Adnotacje
from ..fa3.faktura.invoice import Fa
from ..fa3.faktura.payment import TerminOpis, TerminPlatnosci, TRachunekBankowy
from .draft import ZERO, Account, Doubt, Remark, Target, Terms
from .facts import EARLIEST, LATEST
from .groups import amount

_MOST_DUE_DATES = 100
_DAYS = {"dzień": 1, "dni": 1, "day": 1, "days": 1, "tydzień": 7, "tygodnie": 7, "tygodni": 7}
_ISSUE = ("wystawi", "issue")
_SMALLEST_RATE, _LARGEST_RATE = Decimal("0.000001"), Decimal(1000000)


def day(value: date | None) -> date | None:
    """A date that can be booked."""
    return value if value and EARLIEST <= value < LATEST else None


def read_terms(fa: Fa) -> Terms:
    payment = fa.Platnosc
    if payment is None:
        return Terms()
    due = payment.TerminPlatnosci[:_MOST_DUE_DATES]
    dates = sorted({found for term in due if (found := _due_on(term, fa))})
    return Terms(
        due_dates=tuple(dates),
        descriptions=tuple(_describe(term.TerminOpis) for term in due if term.TerminOpis),
        accounts=(
            *_accounts(payment.RachunekBankowy, is_factors=False),
            *_accounts(payment.RachunekBankowyFaktora, is_factors=True),
        ),
        form=payment.FormaPlatnosci,
        paid_on=day(payment.DataZaplaty) if payment.Zaplacono else None,
        is_paid=bool(payment.Zaplacono or payment.ZnacznikZaplatyCzesciowej is False),
    )


def _due_on(term: TerminPlatnosci, fa: Fa) -> date | None:
    return day(term.Termin) or _days_after_issue(term.TerminOpis, fa)


def _days_after_issue(term: TerminOpis | None, fa: Fa) -> date | None:
    """Only what is certain: so many days or weeks after the day of issue."""
    issued_on = day(fa.P_1)
    if term is None or issued_on is None or not 0 <= (term.Ilosc or 0) <= 3650:
        return None
    length = _DAYS.get((term.Jednostka or "").lower())
    is_issue = any(word in (term.ZdarzeniePoczatkowe or "").lower() for word in _ISSUE)
    return issued_on + timedelta(days=length * (term.Ilosc or 0)) if length and is_issue else None


def _describe(term: TerminOpis) -> str:
    parts = (str(term.Ilosc or ""), term.Jednostka, term.ZdarzeniePoczatkowe)
    return " ".join(part for part in parts if part)


def _accounts(accounts: tuple[TRachunekBankowy, ...], *, is_factors: bool) -> Iterator[Account]:
    for account in accounts[:_MOST_DUE_DATES]:
        number = "".join(sign for sign in account.NrRB or "" if sign.isalnum()).upper()
        if number:
            yield Account(
                number=number[:34],
                bank=account.NazwaBanku or "",
                swift=(account.SWIFT or "").strip().upper(),
                is_factors=is_factors,
            )


# --- exchange rate --------------------------------------------------------------------------


def rate_of(fa: Fa, targets: tuple[Target, ...]) -> Decimal | None:
    """Units of the currency for one PLN: the VAT that the buyer deducts is that of P_14_xW.

    ``None`` where the document does not tell.
    """
    in_pln = [target for target in targets if target.tax_in_pln]
    tax = sum((target.tax for target in in_pln), ZERO)
    pln = sum((target.tax_in_pln or ZERO for target in in_pln), ZERO)
    if tax and pln and (tax > 0) == (pln > 0):
        return _sensible(tax / pln)
    rates = _rates(fa)
    return _sensible(1 / rates.pop()) if len(rates) == 1 else None


def _rates(fa: Fa) -> set[Decimal]:
    """What rows, or an advance, say PLN for one unit is."""
    found = {amount(row.KursWaluty) for row in fa.FaWiersz} | {amount(fa.KursWalutyZ)}
    return {rate for rate in found if rate and rate > 0}


def _sensible(rate: Decimal) -> Decimal | None:
    return rate if _SMALLEST_RATE <= rate <= _LARGEST_RATE else None


# --- doubts ---------------------------------------------------------------------------------


def find_doubts(fa: Fa, targets: tuple[Target, ...], terms: Terms) -> Iterator[Remark]:
    """What the person who books should know, whatever the amounts are."""
    if fa.FP:
        yield Remark(doubt=Doubt.RECEIPT)
    yield from _annotated(fa.Adnotacje, targets)
    if any(account.is_factors for account in terms.accounts):
        yield Remark(doubt=Doubt.FACTOR)
    if terms.is_paid:
        yield Remark(doubt=Doubt.PAID, stated=terms.paid_on.isoformat() if terms.paid_on else "")
    elif len(terms.due_dates) > 1:
        yield Remark(doubt=Doubt.INSTALMENTS, stated=", ".join(map(str, terms.due_dates[:12])))
    rates = _rates(fa)
    if len(rates) > 1:
        yield Remark(doubt=Doubt.RATES_DIFFER, found=", ".join(map(str, sorted(rates)[:5])))
    yield from _settlement_doubts(fa)


def _annotated(notes: Adnotacje | None, targets: tuple[Target, ...]) -> Iterator[Remark]:
    if notes and notes.P_16:
        yield Remark(doubt=Doubt.CASH_METHOD)
    if (notes and notes.P_18) or any(target.code == "oo" for target in targets):
        yield Remark(doubt=Doubt.REVERSE_CHARGE)


def _settlement_doubts(fa: Fa) -> Iterator[Remark]:
    settlement = fa.Rozliczenie
    if settlement is None:
        return
    for doubt, entries in (
        (Doubt.CHARGES, settlement.Obciazenia),
        (Doubt.DEDUCTIONS, settlement.Odliczenia),
    ):
        sums = [found for entry in entries if (found := amount(entry.Kwota))]
        if sums:
            yield Remark(doubt=doubt, stated=str(sum(sums, ZERO)))
