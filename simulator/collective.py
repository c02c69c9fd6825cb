"""Collective identifiers: one number for the payment of several invoices."""

from __future__ import annotations

from collections.abc import Iterable

from .errors import BadRequest, Problem, bad_request
from .numbers import collective_number
from .state import CollectiveEntry, CollectiveIdentifier, Identifier, SessionInvoice, State
from .visibility import roles_of

MAX_IDENTIFIERS_OF_INVOICE = 132


def create_collective_identifier(
    state: State, context: Identifier, entries: tuple[CollectiveEntry, ...]
) -> CollectiveIdentifier:
    """Raises 71001, 71002, 71004 and 71005."""
    with state.lock:
        _check_repetitions(entries)
        invoices = _check_known(state, context, entries)
        _check_seller(invoices)
        _check_room(state, context, entries)
        seller = invoices[0].ksef_number or ""
        identifier = CollectiveIdentifier(
            number=collective_number(seller[:10], state.clock.today()),
            context=context,
            created_at=state.clock.now(),
            entries=entries,
        )
        state.collective_identifiers[identifier.number] = identifier
        return identifier


def may_see_details(
    state: State, context: Identifier, identifier: CollectiveIdentifier, entry: CollectiveEntry
) -> bool:
    """Payment and description are for whoever created the identifier or stands on the invoice."""
    invoice = state.by_ksef_number.get(entry.ksef_number)
    return identifier.context == context or bool(invoice and roles_of(context, invoice))


def _check_repetitions(entries: Iterable[CollectiveEntry]) -> None:
    seen: set[str] = set()
    for entry in entries:
        if entry.ksef_number in seen:
            raise bad_request(71005, f"Powtórzony numer KSeF {entry.ksef_number}.")
        seen.add(entry.ksef_number)


def _check_known(
    state: State, context: Identifier, entries: Iterable[CollectiveEntry]
) -> list[SessionInvoice]:
    """Every unknown number is a problem of its own in the one 400."""
    found: list[SessionInvoice] = []
    problems: list[Problem] = []
    for entry in entries:
        invoice = state.by_ksef_number.get(entry.ksef_number)
        if invoice is None or not roles_of(context, invoice):
            detail = f"Faktura o numerze KSeF {entry.ksef_number} nie została znaleziona."
            problems.extend(bad_request(71001, detail).problems)
        else:
            found.append(invoice)
    _raise_if_any(problems)
    return found


def _check_seller(invoices: list[SessionInvoice]) -> None:
    first = (invoices[0].ksef_number or "")[:10]
    for invoice in invoices:
        number = invoice.ksef_number or ""
        if number[:10] != first:
            raise bad_request(71004, f"Faktura o numerze KSeF {number} ma innego sprzedawcę.")


def _check_room(state: State, context: Identifier, entries: Iterable[CollectiveEntry]) -> None:
    for entry in entries:
        count = sum(
            any(known.ksef_number == entry.ksef_number for known in identifier.entries)
            for identifier in state.collective_identifiers.values()
            if identifier.context == context
        )
        if count >= MAX_IDENTIFIERS_OF_INVOICE:
            raise bad_request(
                71002,
                f"Faktura o numerze KSeF {entry.ksef_number} jest już przypisana do "
                "maksymalnej liczby Identyfikatorów Zbiorczych.",
            )


def _raise_if_any(problems: list[Problem]) -> None:
    if problems:
        raise BadRequest(*problems)
