"""`/collective-identifiers`."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Annotated

from ..answers import Answer, json_answer
from ..bodies import Items, Text
from ..call import Call, NoBody
from ..clock import wire_moment
from ..collective import create_collective_identifier, may_see_details
from ..errors import bad_request, invalid_input
from ..numbers import KSEF_NUMBER
from ..operations import Operation
from ..pages import PageSizes, continued_page
from ..permissions import COLLECTIVE_IDENTIFIER_MANAGE, INVOICE_READ, INVOICE_WRITE
from ..state import CollectiveEntry, CollectiveIdentifier
from ..visibility import roles_of

_PERMISSIONS = (INVOICE_READ, INVOICE_WRITE, COLLECTIVE_IDENTIFIER_MANAGE)
_SIZES = PageSizes(maximum=200)
_INVOICE_SIZES = PageSizes(maximum=500)
_MAX_RANGE = timedelta(days=100)
_NUMBER = re.compile(r"[1-9]\d{9}-IZ\d{6}-[0-9A-F]{12}-[0-9A-F]{2}")
Number = Annotated[str, Text(pattern=_NUMBER)]
# CHOICE: of a currency only the form is checked, not the contract's list.
Currency = Annotated[str, Text(pattern=re.compile(r"[A-Z]{3}"))]


@dataclass(frozen=True, kw_only=True)
class Payment:
    amount: Decimal
    currency: Currency


@dataclass(frozen=True, kw_only=True)
class InvoiceBody:
    ksef_number: Annotated[str, Text(pattern=KSEF_NUMBER)]
    payment: Payment | None = None
    description: Annotated[str, Text(maximum=512)] | None = None


@dataclass(frozen=True, kw_only=True)
class CreateBody:
    invoices: Annotated[tuple[InvoiceBody, ...], Items(minimum=2)]


@dataclass(frozen=True, kw_only=True)
class QueryBody:
    date_created_from: datetime
    date_created_to: datetime
    collective_identifier_number: Number | None = None
    invoice_count_from: int | None = None
    invoice_count_to: int | None = None
    created_in_current_context: bool | None = None


@dataclass(frozen=True, kw_only=True)
class InvoicesBody:
    collective_identifier_numbers: Annotated[tuple[Number, ...], Items(minimum=1, maximum=10)]


def create(call: Call[CreateBody]) -> Answer:
    limit = call.state.limits_of_context(call.caller.context).max_collective_invoices
    if len(call.body.invoices) > limit:
        raise invalid_input(f"'invoices': dozwolone najwyżej {limit} faktur.")
    entries = tuple(_entry(invoice) for invoice in call.body.invoices)
    identifier = create_collective_identifier(call.state, call.caller.context, entries)
    return json_answer({"collectiveIdentifierNumber": identifier.number}, 201)


def query(call: Call[QueryBody]) -> Answer:
    body = call.body
    if not timedelta(0) <= body.date_created_to - body.date_created_from <= _MAX_RANGE:
        raise invalid_input("'dateCreated': zakres nie może być ujemny ani przekraczać 100 dni.")
    page = continued_page(call, _visible(call, lambda found: _matches(call, found)), _SIZES)
    described = [
        {
            "collectiveIdentifierNumber": identifier.number,
            "dateCreated": wire_moment(identifier.created_at),
            "invoiceCount": len(identifier.entries),
            "createdInCurrentContext": identifier.context == call.caller.context,
        }
        for identifier in page.items
    ]
    return json_answer({"continuationToken": page.continuation, "collectiveIdentifiers": described})


def list_invoices(call: Call[InvoicesBody]) -> Answer:
    wanted = call.body.collective_identifier_numbers
    found = [
        (identifier, entry)
        for identifier in call.state.collective_identifiers.values()
        if identifier.number in wanted
        for entry in identifier.entries
    ]
    found.sort(key=lambda pair: pair[1].ksef_number, reverse=True)
    page = continued_page(call, found, _INVOICE_SIZES)
    invoices = [_described(call, identifier, entry) for identifier, entry in page.items]
    return json_answer({"continuationToken": page.continuation, "invoices": invoices})


def list_of_invoice(call: Call[NoBody]) -> Answer:
    number = call.arguments["ksef_number"]
    invoice = call.state.by_ksef_number.get(number)
    if invoice is None:
        raise bad_request(71001, f"Faktura o numerze KSeF {number} nie została znaleziona.")
    found = [
        identifier
        for identifier in call.state.collective_identifiers.values()
        if any(entry.ksef_number == number for entry in identifier.entries)
    ]
    found.sort(key=lambda identifier: (identifier.created_at, identifier.number), reverse=True)
    page = continued_page(call, found, _SIZES)
    described = [
        {
            "collectiveIdentifierNumber": identifier.number,
            "createdInCurrentContext": identifier.context == call.caller.context,
            "dateCreated": wire_moment(identifier.created_at),
        }
        for identifier in page.items
    ]
    return json_answer({"continuationToken": page.continuation, "collectiveIdentifiers": described})


def _entry(body: InvoiceBody) -> CollectiveEntry:
    return CollectiveEntry(
        ksef_number=body.ksef_number,
        amount=None if body.payment is None else body.payment.amount,
        currency=None if body.payment is None else body.payment.currency,
        description=body.description,
    )


def _visible(
    call: Call[QueryBody], wanted: Callable[[CollectiveIdentifier], bool]
) -> list[CollectiveIdentifier]:
    """Own ones, and those with an invoice on which the context stands; the newest first."""
    found = [
        identifier
        for identifier in call.state.collective_identifiers.values()
        if (identifier.context == call.caller.context or _is_on(call, identifier))
        and wanted(identifier)
    ]
    return sorted(found, key=lambda identifier: identifier.created_at, reverse=True)


def _is_on(call: Call[QueryBody], identifier: CollectiveIdentifier) -> bool:
    numbers = call.state.by_ksef_number
    return any(
        roles_of(call.caller.context, numbers[entry.ksef_number]) for entry in identifier.entries
    )


def _matches(call: Call[QueryBody], identifier: CollectiveIdentifier) -> bool:
    body, count = call.body, len(identifier.entries)
    is_own = identifier.context == call.caller.context
    return (
        body.date_created_from <= identifier.created_at <= body.date_created_to
        and body.collective_identifier_number in (None, identifier.number)
        and (body.invoice_count_from is None or count >= body.invoice_count_from)
        and (body.invoice_count_to is None or count <= body.invoice_count_to)
        and body.created_in_current_context in (None, is_own)
    )


def _described(
    call: Call[InvoicesBody], identifier: CollectiveIdentifier, entry: CollectiveEntry
) -> dict[str, object]:
    is_hidden = entry.has_details and not may_see_details(
        call.state, call.caller.context, identifier, entry
    )
    payment = None
    if entry.amount is not None and not is_hidden:
        payment = {"amount": entry.amount, "currency": entry.currency}
    return {
        "ksefNumber": entry.ksef_number,
        "collectiveIdentifierNumber": identifier.number,
        "payment": payment,
        "description": None if is_hidden else entry.description,
        "detailsHidden": is_hidden,
    }


OPERATIONS = (
    Operation(
        name="collective-create",
        method="POST",
        path="/collective-identifiers",
        handler=create,
        group="collectiveIdentifier",
        permissions=_PERMISSIONS,
        body=CreateBody,
    ),
    Operation(
        name="collective-query",
        method="POST",
        path="/collective-identifiers/query",
        handler=query,
        group="collectiveIdentifier",
        permissions=_PERMISSIONS,
        body=QueryBody,
    ),
    Operation(
        name="collective-invoices",
        method="POST",
        path="/collective-identifiers/invoices",
        handler=list_invoices,
        group="collectiveIdentifier",
        permissions=_PERMISSIONS,
        body=InvoicesBody,
    ),
    Operation(
        name="collective-of-invoice",
        method="GET",
        path="/collective-identifiers/ksef/<ksef_number>",
        handler=list_of_invoice,
        group="collectiveIdentifier",
        permissions=_PERMISSIONS,
    ),
)
