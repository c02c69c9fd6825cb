"""What can be asked about the invoices that KSeF keeps, and what it tells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum

from .errors import BadAnswer
from .messages import Context, FormCode
from .wire import Fields, format_moment

MAX_RANGE = timedelta(days=100)  # that one query or export may span, in UTC


class Role(Enum):
    """As what our context appears on the invoices asked for."""

    SELLER = "Subject1"
    BUYER = "Subject2"
    THIRD_PARTY = "Subject3"
    AUTHORIZED = "SubjectAuthorized"


class DateType(Enum):
    """Which date of an invoice a range is about."""

    ISSUE = "Issue"
    INVOICING = "Invoicing"
    PERMANENT_STORAGE = "PermanentStorage"


@dataclass(frozen=True, kw_only=True)
class InvoiceFilter:
    """Which invoices: a role, a range of at most a hundred days, and what else narrows it.

    ``is_final_only`` (with permanent storage) leaves out what comes after KSeF's high-water mark:
    below it nothing will ever be added.
    """

    role: Role
    date_type: DateType = DateType.PERMANENT_STORAGE
    from_at: datetime
    to_at: datetime | None = None
    is_final_only: bool = False
    ksef_number: str | None = None
    invoice_number: str | None = None
    seller_nip: str | None = None
    buyer: Context | None = None  # its type: Nip, VatUe, Other or None
    currency_codes: tuple[str, ...] = ()
    invoicing_mode: str | None = None
    invoice_types: tuple[str, ...] = ()
    is_self_invoicing: bool | None = None
    has_attachment: bool | None = None

    def to_json(self) -> dict[str, object]:
        """Only what is set: the contract takes a missing field for no condition."""
        optional = {
            "ksefNumber": self.ksef_number,
            "invoiceNumber": self.invoice_number,
            "sellerNip": self.seller_nip,
            "buyerIdentifier": self.buyer and self.buyer.to_json(),
            "currencyCodes": list(self.currency_codes) or None,
            "invoicingMode": self.invoicing_mode,
            "invoiceTypes": list(self.invoice_types) or None,
            "isSelfInvoicing": self.is_self_invoicing,
            "hasAttachment": self.has_attachment,
        }
        return {
            "subjectType": self.role.value,
            "dateRange": self._date_range(),
            **{name: value for name, value in optional.items() if value is not None},
        }

    def _date_range(self) -> Mapping[str, object]:
        bounds: dict[str, object] = {
            "dateType": self.date_type.value,
            "from": format_moment(self.from_at),
        }
        if self.to_at is not None:
            bounds["to"] = format_moment(self.to_at)
        if self.is_final_only:
            bounds["restrictToPermanentStorageHwmDate"] = True
        return bounds


def split_range(filters: InvoiceFilter, *, now: datetime) -> Iterator[InvoiceFilter]:
    """The filter in as many ranges as the limit of a hundred days takes, the oldest first.

    The ranges touch, so an invoice at a border may come twice.
    """
    end = filters.to_at or now
    start = filters.from_at
    while end - start > MAX_RANGE:
        yield replace(filters, from_at=start, to_at=start + MAX_RANGE)
        start += MAX_RANGE
    yield replace(filters, from_at=start)


@dataclass(frozen=True, kw_only=True)
class Party:
    """Someone on an invoice; ``role`` is that of a third or authorised party in FA(3)."""

    identifier: Context
    name: str | None
    role: int | None = None


@dataclass(frozen=True, kw_only=True)
class InvoiceMetadata:
    """What KSeF tells about an invoice without giving it out. ``vat_amount`` is in PLN."""

    ksef_number: str
    invoice_number: str
    issued_on: date
    invoicing_at: datetime
    acquisition_at: datetime
    permanent_storage_at: datetime
    seller: Party
    buyer: Party
    net_amount: Decimal
    gross_amount: Decimal
    vat_amount: Decimal
    currency: str
    invoicing_mode: str
    invoice_type: str
    form_code: FormCode
    is_self_invoicing: bool
    has_attachment: bool
    invoice_hash: str
    corrected_hash: str | None
    third_parties: tuple[Party, ...]
    authorized: Party | None

    def date_of(self, date_type: DateType) -> datetime | date:
        """The date that a filter of this type goes by."""
        if date_type is DateType.ISSUE:
            return self.issued_on
        if date_type is DateType.INVOICING:
            return self.invoicing_at
        return self.permanent_storage_at

    @classmethod
    def from_json(cls, answer: Fields) -> InvoiceMetadata:
        return cls(
            ksef_number=answer.text("ksefNumber"),
            invoice_number=answer.text("invoiceNumber"),
            issued_on=answer.day("issueDate"),
            invoicing_at=answer.moment("invoicingDate"),
            acquisition_at=answer.moment("acquisitionDate"),
            permanent_storage_at=answer.moment("permanentStorageDate"),
            seller=_nip_party(answer.fields("seller")),
            buyer=_party(answer.fields("buyer")),
            net_amount=answer.amount("netAmount"),
            gross_amount=answer.amount("grossAmount"),
            vat_amount=answer.amount("vatAmount"),
            currency=answer.text("currency"),
            invoicing_mode=answer.text("invoicingMode"),
            invoice_type=answer.text("invoiceType"),
            form_code=FormCode.from_json(answer.fields("formCode")),
            is_self_invoicing=answer.flag("isSelfInvoicing"),
            has_attachment=answer.flag("hasAttachment"),
            invoice_hash=answer.text("invoiceHash"),
            corrected_hash=answer.optional_text("hashOfCorrectedInvoice"),
            third_parties=tuple(map(_party, answer.objects("thirdSubjects"))),
            authorized=_optional_nip_party(answer.optional_fields("authorizedSubject")),
        )


def _party(answer: Fields) -> Party:
    return Party(
        identifier=Context.from_json(answer.fields("identifier")),
        name=answer.optional_text("name"),
        role=answer.optional_integer("role"),
    )


def _nip_party(answer: Fields) -> Party:
    return Party(
        identifier=Context(value=answer.text("nip")),
        name=answer.optional_text("name"),
        role=answer.optional_integer("role"),
    )


def _optional_nip_party(answer: Fields | None) -> Party | None:
    return None if answer is None else _nip_party(answer)


@dataclass(frozen=True, kw_only=True)
class ListedInvoice:
    """An entry of a list: ``metadata`` is ``None`` where only the number can be read."""

    ksef_number: str
    metadata: InvoiceMetadata | None

    @classmethod
    def from_json(cls, answer: Fields) -> ListedInvoice:
        number = answer.text("ksefNumber")
        try:
            return cls(ksef_number=number, metadata=InvoiceMetadata.from_json(answer))
        except BadAnswer:
            return cls(ksef_number=number, metadata=None)


@dataclass(frozen=True, kw_only=True)
class MetadataPage:
    """A page of what was found. ``is_truncated``: there is more than KSeF lists at once."""

    listed: tuple[ListedInvoice, ...]
    has_more: bool
    is_truncated: bool
    high_water_mark: datetime | None

    @property
    def readable(self) -> tuple[InvoiceMetadata, ...]:
        return tuple(entry.metadata for entry in self.listed if entry.metadata)

    @property
    def invoices(self) -> tuple[InvoiceMetadata, ...]:
        """All of them; raises BadAnswer if one cannot be read."""
        if len(self.readable) < len(self.listed):
            raise BadAnswer("an entry of a list that cannot be read")
        return self.readable

    @classmethod
    def from_json(cls, answer: Fields) -> MetadataPage:
        return cls(
            listed=tuple(map(ListedInvoice.from_json, answer.objects("invoices"))),
            has_more=answer.flag("hasMore"),
            is_truncated=answer.flag("isTruncated"),
            high_water_mark=answer.optional_moment("permanentStorageHwmDate"),
        )
