"""The messages of the API that the client reads and writes, as frozen values.

``from_json`` ignores fields it does not know and keeps enum values as plain text, so that values
added to the contract later do no harm. Date-times are aware and in UTC.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from . import codes
from .codes import Outcome
from .errors import BadAnswer
from .wire import Fields


@dataclass(frozen=True, kw_only=True)
class Context:
    """On whose behalf: ``type`` is ``Nip``, ``InternalId``, ``NipVatUe`` or ``PeppolId``."""

    type: str = "Nip"
    value: str

    @classmethod
    def from_json(cls, answer: Fields) -> Context:
        return cls(type=answer.text("type"), value=answer.optional_text("value") or "")

    def to_json(self) -> Mapping[str, object]:
        return {"type": self.type, "value": self.value}


@dataclass(frozen=True, kw_only=True)
class Status:
    """A status of KSeF: branch on ``code``; the words are Polish and for people."""

    code: int
    description: str = ""
    details: tuple[str, ...] = ()
    extensions: Mapping[str, object] | None = None

    @classmethod
    def from_json(cls, answer: Fields) -> Status:
        return cls(
            code=answer.integer("code"),
            description=answer.optional_text("description") or "",
            details=answer.texts("details"),
            extensions=answer.mapping("extensions"),
        )


@dataclass(frozen=True, kw_only=True)
class Token:
    """A JWT of KSeF. Opaque: only its end is of interest."""

    value: str = field(repr=False)
    valid_until: datetime

    @classmethod
    def from_json(cls, answer: Fields) -> Token:
        return cls(value=answer.text("token"), valid_until=answer.moment("validUntil"))


@dataclass(frozen=True, kw_only=True)
class Challenge:
    """What a login has to encrypt or sign within ten minutes."""

    text: str
    timestamp: int  # milliseconds, to be used literally

    @classmethod
    def from_json(cls, answer: Fields) -> Challenge:
        text = answer.text("challenge")
        if not (text.isascii() and text.isprintable()):
            raise BadAnswer("a challenge that cannot be signed")
        return cls(text=text, timestamp=answer.integer("timestampMs"))


@dataclass(frozen=True, kw_only=True)
class AuthenticationStarted:
    """A login that KSeF is checking; its token is good for asking and for redeeming, once."""

    reference_number: str
    authentication_token: Token

    @classmethod
    def from_json(cls, answer: Fields) -> AuthenticationStarted:
        return cls(
            reference_number=answer.text("referenceNumber"),
            authentication_token=Token.from_json(answer.fields("authenticationToken")),
        )


@dataclass(frozen=True, kw_only=True)
class AuthenticationStatus:
    """How a login stands. ``method`` is the code of how it was made, e.g. ``token.ksef``."""

    status: Status
    started_at: datetime | None = None
    method: str = ""
    method_category: str = ""
    is_token_redeemed: bool = False
    refreshed_at: datetime | None = None
    refresh_token_valid_until: datetime | None = None

    @property
    def outcome(self) -> Outcome:
        return codes.authentication_outcome(self.status.code)

    @classmethod
    def from_json(cls, answer: Fields) -> AuthenticationStatus:
        method = answer.optional_fields("authenticationMethodInfo") or Fields({})
        return cls(
            status=Status.from_json(answer.fields("status")),
            started_at=answer.optional_moment("startDate"),
            method=method.optional_text("code") or "",
            method_category=method.optional_text("category") or "",
            is_token_redeemed=answer.optional_flag("isTokenRedeemed") or False,
            refreshed_at=answer.optional_moment("lastTokenRefreshDate"),
            refresh_token_valid_until=answer.optional_moment("refreshTokenValidUntil"),
        )


@dataclass(frozen=True, kw_only=True)
class AuthenticationSession:
    """A login of this subject in this context, as it is listed; revoking it ends its refreshes."""

    reference_number: str
    is_current: bool
    authentication: AuthenticationStatus

    @classmethod
    def from_json(cls, answer: Fields) -> AuthenticationSession:
        return cls(
            reference_number=answer.text("referenceNumber"),
            is_current=answer.optional_flag("isCurrent") or False,
            authentication=AuthenticationStatus.from_json(answer),
        )


@dataclass(frozen=True, kw_only=True)
class TokenPair:
    """The access token lives minutes, the refresh token days; the latter may be used often."""

    access_token: Token
    refresh_token: Token

    @classmethod
    def from_json(cls, answer: Fields) -> TokenPair:
        return cls(
            access_token=Token.from_json(answer.fields("accessToken")),
            refresh_token=Token.from_json(answer.fields("refreshToken")),
        )


@dataclass(frozen=True, kw_only=True)
class FormCode:
    """Which form the documents of a session have; one session takes one form."""

    system_code: str
    schema_version: str
    value: str

    @classmethod
    def from_json(cls, answer: Fields) -> FormCode:
        return cls(
            system_code=answer.text("systemCode"),
            schema_version=answer.text("schemaVersion"),
            value=answer.text("value"),
        )

    def to_json(self) -> Mapping[str, object]:
        return {
            "systemCode": self.system_code,
            "schemaVersion": self.schema_version,
            "value": self.value,
        }


FA3 = FormCode(system_code="FA (3)", schema_version="1-0E", value="FA")


@dataclass(frozen=True, kw_only=True)
class OpenedSession:
    """An online session; KSeF closes it by itself at ``valid_until``, twelve hours on."""

    reference_number: str
    valid_until: datetime

    @classmethod
    def from_json(cls, answer: Fields) -> OpenedSession:
        return cls(
            reference_number=answer.text("referenceNumber"),
            valid_until=answer.moment("validUntil"),
        )


@dataclass(frozen=True, kw_only=True)
class UpoPage:
    """A page of the UPO of a session; the link needs no token and expires."""

    reference_number: str
    download_url: str
    download_url_valid_until: datetime | None

    @classmethod
    def from_json(cls, answer: Fields) -> UpoPage:
        return cls(
            reference_number=answer.text("referenceNumber"),
            download_url=answer.text("downloadUrl"),
            download_url_valid_until=answer.optional_moment("downloadUrlExpirationDate"),
        )


@dataclass(frozen=True, kw_only=True)
class SessionStatus:
    """How a session stands. Accepted means that at least one of its invoices is valid."""

    status: Status
    created_at: datetime
    updated_at: datetime | None
    valid_until: datetime | None
    invoice_count: int | None
    successful_invoice_count: int | None
    failed_invoice_count: int | None
    upo_pages: tuple[UpoPage, ...]

    @property
    def outcome(self) -> Outcome:
        return codes.session_outcome(self.status.code)

    @classmethod
    def from_json(cls, answer: Fields) -> SessionStatus:
        upo = answer.optional_fields("upo") or Fields({})
        return cls(
            status=Status.from_json(answer.fields("status")),
            created_at=answer.moment("dateCreated"),
            updated_at=answer.optional_moment("dateUpdated"),
            valid_until=answer.optional_moment("validUntil"),
            invoice_count=answer.optional_integer("invoiceCount"),
            successful_invoice_count=answer.optional_integer("successfulInvoiceCount"),
            failed_invoice_count=answer.optional_integer("failedInvoiceCount"),
            upo_pages=tuple(UpoPage.from_json(page) for page in upo.objects("pages")),
        )


@dataclass(frozen=True, kw_only=True)
class ListedSession:
    """A session as listed; all of its own, or of the context for those who may see them."""

    reference_number: str
    status: Status
    created_at: datetime
    updated_at: datetime
    valid_until: datetime | None
    invoice_count: int
    successful_invoice_count: int
    failed_invoice_count: int

    @property
    def outcome(self) -> Outcome:
        return codes.session_outcome(self.status.code)

    @classmethod
    def from_json(cls, answer: Fields) -> ListedSession:
        return cls(
            reference_number=answer.text("referenceNumber"),
            status=Status.from_json(answer.fields("status")),
            created_at=answer.moment("dateCreated"),
            updated_at=answer.moment("dateUpdated"),
            valid_until=answer.optional_moment("validUntil"),
            invoice_count=answer.integer("totalInvoiceCount"),
            successful_invoice_count=answer.integer("successfulInvoiceCount"),
            failed_invoice_count=answer.integer("failedInvoiceCount"),
        )


@dataclass(frozen=True, kw_only=True)
class InvoiceStatus:
    """How one invoice of a session stands; ``invoice_hash`` is the way back to our document.

    ``acquisition_at`` is when the KSeF number was given, ``invoicing_at`` when KSeF took the
    invoice for processing; ``permanent_storage_at`` comes later than the number.
    """

    reference_number: str
    ordinal_number: int
    invoice_number: str | None
    ksef_number: str | None
    invoice_hash: str
    invoice_file_name: str | None
    acquisition_at: datetime | None
    invoicing_at: datetime
    permanent_storage_at: datetime | None
    invoicing_mode: str | None
    status: Status
    upo_download_url: str | None = field(repr=False)
    upo_download_url_valid_until: datetime | None

    @property
    def outcome(self) -> Outcome:
        return codes.invoice_outcome(self.status.code)

    @property
    def original_ksef_number(self) -> str | None:
        """For a duplicate (440): the KSeF number of the document that was there first."""
        return self._extension("originalKsefNumber")

    @property
    def original_session_reference(self) -> str | None:
        """For a duplicate (440): its session; KSeF has been seen to name a wrong one."""
        return self._extension("originalSessionReferenceNumber")

    def _extension(self, name: str) -> str | None:
        value = (self.status.extensions or {}).get(name)
        return value if isinstance(value, str) else None

    @classmethod
    def from_json(cls, answer: Fields) -> InvoiceStatus:
        return cls(
            reference_number=answer.text("referenceNumber"),
            ordinal_number=answer.integer("ordinalNumber"),
            invoice_number=answer.optional_text("invoiceNumber"),
            ksef_number=answer.optional_text("ksefNumber"),
            invoice_hash=answer.text("invoiceHash"),
            invoice_file_name=answer.optional_text("invoiceFileName"),
            acquisition_at=answer.optional_moment("acquisitionDate"),
            invoicing_at=answer.moment("invoicingDate"),
            permanent_storage_at=answer.optional_moment("permanentStorageDate"),
            invoicing_mode=answer.optional_text("invoicingMode"),
            status=Status.from_json(answer.fields("status")),
            upo_download_url=answer.optional_text("upoDownloadUrl"),
            upo_download_url_valid_until=answer.optional_moment("upoDownloadUrlExpirationDate"),
        )


@dataclass(frozen=True, kw_only=True)
class Upo:
    """An official receipt as received; ``content_hash`` was checked against the bytes."""

    content: bytes = field(repr=False)
    content_hash: str


@dataclass(frozen=True, kw_only=True)
class InvoiceDocument:
    """An invoice as KSeF keeps it; ``content_hash`` was checked against the bytes."""

    content: bytes = field(repr=False)
    content_hash: str


@dataclass(frozen=True, kw_only=True)
class GeneratedToken:
    """A new KSeF token: the secret is shown this once, and works once its status is Active."""

    reference_number: str
    token: str = field(repr=False)

    @classmethod
    def from_json(cls, answer: Fields) -> GeneratedToken:
        return cls(reference_number=answer.text("referenceNumber"), token=answer.text("token"))


@dataclass(frozen=True, kw_only=True)
class KsefToken:
    """A KSeF token as listed; ``status`` is Pending, Active, Revoking, Revoked or Failed."""

    reference_number: str
    status: str
    status_details: tuple[str, ...]
    description: str
    requested_permissions: tuple[str, ...]
    context: Context
    author: Context
    created_at: datetime
    used_at: datetime | None

    @property
    def is_active(self) -> bool:
        return self.status == "Active"

    @classmethod
    def from_json(cls, answer: Fields) -> KsefToken:
        return cls(
            reference_number=answer.text("referenceNumber"),
            status=answer.text("status"),
            status_details=answer.texts("statusDetails"),
            description=answer.text("description"),
            requested_permissions=answer.texts("requestedPermissions"),
            context=Context.from_json(answer.fields("contextIdentifier")),
            author=Context.from_json(answer.fields("authorIdentifier")),
            created_at=answer.moment("dateCreated"),
            used_at=answer.optional_moment("lastUseDate"),
        )


@dataclass(frozen=True, kw_only=True)
class PersonalGrant:
    """A permission that the authenticated subject was granted."""

    scope: str
    is_active: bool

    @classmethod
    def from_json(cls, answer: Fields) -> PersonalGrant:
        return cls(
            scope=answer.text("permissionScope"),
            is_active=answer.optional_text("permissionState") in (None, "Active"),
        )
