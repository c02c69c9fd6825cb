"""The catalogue of stored invoices: who finds what, in which order, up to which moment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Literal

from .bodies import Text
from .clock import polish_date, wire_moment
from .errors import bad_request, invalid_input
from .facts import INVOICE_TYPES, InvoiceFacts, Party
from .numbers import KSEF_NUMBER, NIP
from .state import Identifier, SessionInvoice, State
from .visibility import roles_of

MAX_RANGE = timedelta(days=100)
MAX_RECORDS = 10_000
PERMANENT_STORAGE = "PermanentStorage"

InvoiceTypeName = Literal[
    "Vat",
    "Zal",
    "Kor",
    "Roz",
    "Upr",
    "KorZal",
    "KorRoz",
    "VatPef",
    "VatPefSp",
    "KorPef",
    "VatRr",
    "KorVatRr",
]
SubjectType = Literal["Subject1", "Subject2", "Subject3", "SubjectAuthorized"]


@dataclass(frozen=True, kw_only=True)
class DateRange:
    date_type: Literal["Issue", "Invoicing", "PermanentStorage"]
    from_: datetime
    to: datetime | None = None
    restrict_to_permanent_storage_hwm_date: bool | None = None


@dataclass(frozen=True, kw_only=True)
class AmountRange:
    type: Literal["Brutto", "Netto", "Vat"]
    from_: Decimal | None = None
    to: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class BuyerFilter:
    type: Literal["Nip", "VatUe", "Other", "None"]
    value: Annotated[str, Text(maximum=50)] | None = None


@dataclass(frozen=True, kw_only=True)
class Filters:
    """The filter set that queries and exports share."""

    subject_type: SubjectType
    date_range: DateRange
    ksef_number: Annotated[str, Text(pattern=KSEF_NUMBER)] | None = None
    invoice_number: Annotated[str, Text(maximum=256)] | None = None
    amount: AmountRange | None = None
    seller_nip: Annotated[str, Text(pattern=NIP)] | None = None
    buyer_identifier: BuyerFilter | None = None
    currency_codes: tuple[str, ...] | None = None
    invoicing_mode: Literal["Online", "Offline"] | None = None
    is_self_invoicing: bool | None = None
    form_type: Literal["FA", "PEF", "FA_RR"] | None = None
    invoice_types: tuple[InvoiceTypeName, ...] | None = None
    has_attachment: bool | None = None


@dataclass(frozen=True, kw_only=True)
class Record:
    """An accepted invoice with everything its metadata need."""

    invoice: SessionInvoice
    facts: InvoiceFacts
    ksef_number: str
    acquired_at: datetime
    stored_at: datetime


@dataclass(frozen=True, kw_only=True)
class Finding:
    """Records in ascending order of the filter's date, and the high-water mark if it applies."""

    records: tuple[Record, ...]
    hwm: datetime | None


def check_filters(filters: Filters, now: datetime) -> None:
    """Raises 21405 for a range that is reversed or longer than a hundred days."""
    span = filters.date_range
    end = span.to or now
    if end < span.from_:
        raise invalid_input("'dateRange.to': wcześniejsze niż 'dateRange.from'.")
    if end - span.from_ > MAX_RANGE:
        raise invalid_input("'dateRange': zakres nie może przekraczać 100 dni.")


def high_water_mark(state: State) -> datetime:
    """Nothing will ever be stored with a date before this one."""
    return state.clock.now() - timedelta(seconds=state.delays.hwm_lag_seconds)


def search(state: State, context: Identifier, filters: Filters) -> Finding:
    """What the context may see in the role asked for. Raises 21183."""
    by_storage = filters.date_range.date_type == PERMANENT_STORAGE
    hwm = high_water_mark(state) if by_storage else None
    end = _end(state, filters, hwm)
    with state.lock:
        stored = [_record(invoice) for invoice in state.by_ksef_number.values()]
    now = state.clock.now()
    found = [
        record
        for record in stored
        if record.stored_at <= now
        and _is_in_range(record, filters.date_range, end)
        and filters.subject_type in roles_of(context, record.invoice)
        and _matches(record, filters)
    ]
    key = date_key(filters)
    found.sort(key=lambda record: (key(record), record.ksef_number))
    return Finding(records=tuple(found), hwm=hwm)


def date_key(filters: Filters) -> Callable[[Record], datetime | date]:
    """The date of a record by which this filter set cuts and sorts."""
    return _DATES[filters.date_range.date_type]


def metadata(record: Record) -> dict[str, object]:
    """`InvoiceMetadata` of the contract."""
    invoice, facts = record.invoice, record.facts
    form = invoice.session.form_code
    return {
        "ksefNumber": record.ksef_number,
        "invoiceNumber": facts.invoice_number,
        "issueDate": facts.issued_on.isoformat(),
        "invoicingDate": wire_moment(invoice.invoicing_at),
        "acquisitionDate": wire_moment(record.acquired_at),
        "permanentStorageDate": wire_moment(record.stored_at),
        "seller": {"nip": facts.seller_nip, "name": facts.seller_name},
        "buyer": {"identifier": _identifier(facts.buyer), "name": facts.buyer.name},
        "netAmount": facts.net_amount,
        "grossAmount": facts.gross_amount,
        "vatAmount": facts.vat_amount,
        "currency": facts.currency,
        "invoicingMode": invoice.invoicing_mode,
        "invoiceType": INVOICE_TYPES[facts.invoice_type],
        "formCode": {
            "systemCode": form.system_code,
            "schemaVersion": form.schema_version,
            "value": form.value,
        },
        "isSelfInvoicing": facts.is_self_invoicing,
        "hasAttachment": facts.has_attachment,
        "invoiceHash": invoice.invoice_hash,
        "hashOfCorrectedInvoice": invoice.corrected_hash,
        "thirdSubjects": [_third_subject(party) for party in facts.third_subjects],
        "authorizedSubject": _authorized_subject(facts.authorized_subject),
    }


def _record(invoice: SessionInvoice) -> Record:
    facts, number = invoice.facts, invoice.ksef_number
    if facts is None or number is None or not invoice.acquired_at or not invoice.stored_at:
        raise ValueError(f"{invoice.reference_number} was not accepted")
    return Record(
        invoice=invoice,
        facts=facts,
        ksef_number=number,
        acquired_at=invoice.acquired_at,
        stored_at=invoice.stored_at,
    )


_DATES: Mapping[str, Callable[[Record], datetime | date]] = {
    "Issue": lambda record: record.facts.issued_on,
    "Invoicing": lambda record: record.invoice.invoicing_at,
    PERMANENT_STORAGE: lambda record: record.stored_at,
}


def _end(state: State, filters: Filters, hwm: datetime | None) -> datetime:
    end = filters.date_range.to or state.clock.now()
    if hwm is None or not filters.date_range.restrict_to_permanent_storage_hwm_date:
        return end
    if filters.date_range.from_ > hwm:
        raise bad_request(
            21183,
            "Parametr dateRange.from jest późniejszy niż PermanentStorageHwmDate przy włączonym "
            "restrictToPermanentStorageHwmDate.",
        )
    return min(end, hwm)


def _is_in_range(record: Record, span: DateRange, end: datetime) -> bool:
    """CHOICE: both ends belong to the range; a date of issue is compared as a Polish day."""
    if span.date_type == "Issue":
        return polish_date(span.from_) <= record.facts.issued_on <= polish_date(end)
    moment = _DATES[span.date_type](record)
    return isinstance(moment, datetime) and span.from_ <= moment <= end


def _matches(record: Record, filters: Filters) -> bool:
    invoice, facts = record.invoice, record.facts
    found = {
        "ksef_number": record.ksef_number,
        "invoice_number": facts.invoice_number,
        "seller_nip": facts.seller_nip,
        "invoicing_mode": invoice.invoicing_mode,
        "is_self_invoicing": facts.is_self_invoicing,
        "form_type": invoice.session.form_code.value,
        "has_attachment": facts.has_attachment,
    }
    wanted = {name: getattr(filters, name) for name in found}
    return (
        all(value in (None, found[name]) for name, value in wanted.items())
        and _is_listed(facts.currency, filters.currency_codes)
        and _is_listed(INVOICE_TYPES[facts.invoice_type], filters.invoice_types)
        and _is_buyer(facts.buyer, filters.buyer_identifier)
        and _is_within(facts, filters.amount)
    )


def _is_listed(value: str, wanted: tuple[str, ...] | None) -> bool:
    return not wanted or value in wanted


def _is_buyer(buyer: Party, wanted: BuyerFilter | None) -> bool:
    return wanted is None or (wanted.type, wanted.value) == (buyer.type, buyer.value)


def _is_within(facts: InvoiceFacts, wanted: AmountRange | None) -> bool:
    if wanted is None:
        return True
    amounts = {"Brutto": facts.gross_amount, "Netto": facts.net_amount, "Vat": facts.vat_amount}
    amount = amounts[wanted.type]
    return (wanted.from_ is None or amount >= wanted.from_) and (
        wanted.to is None or amount <= wanted.to
    )


def _identifier(party: Party) -> dict[str, object]:
    return {"type": party.type, "value": party.value}


def _third_subject(party: Party) -> dict[str, object]:
    return {"identifier": _identifier(party), "name": party.name, "role": party.role}


def _authorized_subject(party: Party | None) -> dict[str, object] | None:
    if party is None:
        return None
    return {"nip": party.value, "name": party.name, "role": party.role}
