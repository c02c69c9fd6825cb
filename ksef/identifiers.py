"""Collective identifiers, one number for the payment of many invoices."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from .operations import Group, Operation
from .transport import Request
from .verbs import Verbs
from .wire import Fields, format_moment

_GROUP = Group.COLLECTIVE_IDENTIFIER
CREATE = Operation("POST", "/collective-identifiers", _GROUP)
QUERY = Operation("POST", "/collective-identifiers/query", _GROUP)
INVOICES = Operation("POST", "/collective-identifiers/invoices", _GROUP)
OF_INVOICE = Operation("GET", "/collective-identifiers/ksef/{ksefNumber}", _GROUP)
_PAGE_SIZE = ("pageSize", "200")
_INVOICE_PAGE_SIZE = ("pageSize", "500")


@dataclass(frozen=True, kw_only=True)
class Payment:
    """What of an invoice is paid."""

    amount: Decimal
    currency: str

    @classmethod
    def from_json(cls, answer: Fields) -> Payment:
        return cls(amount=answer.amount("amount"), currency=answer.text("currency"))

    def to_json(self) -> Mapping[str, object]:
        return {"amount": self.amount, "currency": self.currency}


@dataclass(frozen=True, kw_only=True)
class CollectedInvoice:
    """An invoice under a collective identifier; ``description`` has up to 512 characters."""

    ksef_number: str
    payment: Payment | None = None
    description: str | None = None

    def to_json(self) -> Mapping[str, object]:
        values = {
            "ksefNumber": self.ksef_number,
            "payment": self.payment and self.payment.to_json(),
            "description": self.description,
        }
        return {name: value for name, value in values.items() if value is not None}


@dataclass(frozen=True, kw_only=True)
class CollectiveIdentifier:
    """A collective identifier; ``invoice_count`` is not told when asked by an invoice."""

    number: str
    created_at: datetime
    is_of_this_context: bool
    invoice_count: int | None

    @classmethod
    def from_json(cls, answer: Fields) -> CollectiveIdentifier:
        return cls(
            number=answer.text("collectiveIdentifierNumber"),
            created_at=answer.moment("dateCreated"),
            is_of_this_context=answer.flag("createdInCurrentContext"),
            invoice_count=answer.optional_integer("invoiceCount"),
        )


@dataclass(frozen=True, kw_only=True)
class CollectedEntry:
    """An invoice as listed; what it says of the payment may be hidden from this context."""

    number: str
    invoice: CollectedInvoice
    is_hidden: bool

    @classmethod
    def from_json(cls, answer: Fields) -> CollectedEntry:
        payment = answer.optional_fields("payment")
        return cls(
            number=answer.text("collectiveIdentifierNumber"),
            invoice=CollectedInvoice(
                ksef_number=answer.text("ksefNumber"),
                payment=None if payment is None else Payment.from_json(payment),
                description=answer.optional_text("description"),
            ),
            is_hidden=answer.flag("detailsHidden"),
        )


class IdentifierVerbs(Verbs):
    """Verbs of collective identifiers."""

    def create_collective_identifier(self, invoices: Sequence[CollectedInvoice]) -> str:
        """A number for two invoices or more, all of one seller."""
        body = {"invoices": [invoice.to_json() for invoice in invoices]}
        answer = self._ask(Request(operation=CREATE, json=body)).fields()
        return answer.text("collectiveIdentifierNumber")

    def collective_identifiers(
        self, created_from: datetime, created_to: datetime
    ) -> Iterator[CollectiveIdentifier]:
        """Those made in a time of at most a hundred days."""
        body = {
            "dateCreatedFrom": format_moment(created_from),
            "dateCreatedTo": format_moment(created_to),
        }
        return self._identifiers(Request(operation=QUERY, parameters=(_PAGE_SIZE,), json=body))

    def collective_identifiers_of(self, ksef_number: str) -> Iterator[CollectiveIdentifier]:
        request = Request(
            operation=OF_INVOICE, values={"ksefNumber": ksef_number}, parameters=(_PAGE_SIZE,)
        )
        return self._identifiers(request)

    def collected_invoices(self, numbers: Sequence[str]) -> Iterator[CollectedEntry]:
        """The invoices of up to ten collective identifiers."""
        body = {"collectiveIdentifierNumbers": list(numbers)}
        request = Request(operation=INVOICES, parameters=(_INVOICE_PAGE_SIZE,), json=body)
        for page in self._pages(request):
            yield from map(CollectedEntry.from_json, page.objects("invoices"))

    def _identifiers(self, request: Request) -> Iterator[CollectiveIdentifier]:
        for page in self._pages(request):
            yield from map(CollectiveIdentifier.from_json, page.objects("collectiveIdentifiers"))
