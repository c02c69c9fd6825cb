"""What the authority remembers: records, and the one container that holds them under a lock."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from ipaddress import IPv4Network
from typing import TYPE_CHECKING

from cryptography import x509

from .archive import BatchPackage
from .cipher import SymmetricKey
from .clock import Clock
from .facts import InvoiceFacts
from .latarnia import Beacon
from .limits import LIFTED, PRODUCTION, RateLimiter, Windows

if TYPE_CHECKING:
    from .exports import Export

ONLINE = "Online"
BATCH = "Batch"


@dataclass(frozen=True, kw_only=True)
class Identifier:
    """A subject or a context: `Nip`, `Pesel`, `Fingerprint`, `InternalId`, `NipVatUe`…"""

    type: str
    value: str


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """A code of a status table with its words; `extensions` only in invoices."""

    code: int
    description: str
    details: tuple[str, ...] = ()
    extensions: Mapping[str, str] = field(default_factory=dict)


@dataclass(kw_only=True)
class Unfolding:
    """How an asynchronous result comes to light: never before a client has looked in vain."""

    ready_at: float
    looks_left: int

    def is_over(self, ticks: float) -> bool:
        return self.looks_left <= 0 and ticks >= self.ready_at

    def is_due(self, ticks: float) -> bool:
        """Time is up, whether or not anybody looked."""
        return ticks >= self.ready_at

    def look(self, ticks: float) -> bool:
        """One poll; says whether this one may see the result."""
        shown = self.is_over(ticks)
        self.looks_left -= 1
        return shown

    def end(self) -> None:
        self.ready_at, self.looks_left = 0.0, 0


@dataclass(frozen=True, kw_only=True)
class Method:
    """How somebody logged in, in the contract's three words and one old one."""

    category: str
    code: str
    display_name: str
    legacy_name: str


@dataclass(kw_only=True)
class Challenge:
    value: str
    timestamp_ms: int
    issued_at: datetime
    is_used: bool = False


@dataclass(kw_only=True)
class Authentication:
    """One login. `verdict` is known at once and shown when `unfolding` allows."""

    reference_number: str
    context: Identifier
    subject: Identifier | None
    method: Method
    started_at: datetime
    verdict: Verdict
    unfolding: Unfolding
    token_reference: str | None = None
    document_hash: str | None = None
    certificate_names: Mapping[str, str] = field(default_factory=dict)
    allowed_networks: tuple[IPv4Network, ...] | None = None
    is_redeemed: bool = False
    refreshed_at: datetime | None = None
    refresh_valid_until: datetime | None = None


@dataclass(kw_only=True)
class KsefToken:
    """`secret` is the whole token string; it leaves the simulator once."""

    reference_number: str
    secret: str = field(repr=False)
    context: Identifier
    author: Identifier
    permissions: tuple[str, ...]
    description: str
    created_at: datetime
    status: str
    unfolding: Unfolding
    last_used_at: datetime | None = None


@dataclass(kw_only=True)
class KsefCertificate:
    """A certificate the authority issued; `serial_number` is 16 upper-case hex digits."""

    serial_number: str
    name: str
    type: str
    certificate: x509.Certificate
    subject: Identifier
    requested_at: datetime
    valid_to: datetime
    status: str = "Active"
    last_used_at: datetime | None = None


@dataclass(kw_only=True)
class Enrolment:
    """A request for a certificate. `verdict` is known at once, `serial_number` on success."""

    reference_number: str
    subject: Identifier
    requested_at: datetime
    verdict: Verdict
    unfolding: Unfolding
    serial_number: str | None = None


@dataclass(kw_only=True)
class PermissionOperation:
    """A grant or a withdrawal of permissions, done at once and told later."""

    reference_number: str
    context: Identifier
    started_at: datetime
    verdict: Verdict
    unfolding: Unfolding


@dataclass(frozen=True, kw_only=True)
class CollectiveEntry:
    """One invoice of a collective identifier; payment and description are optional."""

    ksef_number: str
    amount: Decimal | None
    currency: str | None
    description: str | None

    @property
    def has_details(self) -> bool:
        return self.amount is not None or self.description is not None


@dataclass(frozen=True, kw_only=True)
class CollectiveIdentifier:
    """One number for the payment of several invoices of one seller."""

    number: str
    context: Identifier
    created_at: datetime
    entries: tuple[CollectiveEntry, ...]


@dataclass(frozen=True, kw_only=True)
class SubjectLimits:
    """How many certificates a subject may ask for, and have."""

    max_enrolments: int
    max_certificates: int


@dataclass(frozen=True, kw_only=True)
class Grant:
    """`subject` may do `permission` in `context`; a NIP as subject of an authorization too."""

    id: str
    context: Identifier
    subject: Identifier
    author: Identifier
    permission: str
    description: str
    granted_at: datetime
    can_delegate: bool = False


@dataclass(frozen=True, kw_only=True)
class FormCode:
    system_code: str
    schema_version: str
    value: str


@dataclass(kw_only=True)
class Session:
    """An online or batch session. `symmetric_key` is `None` if it could not be decrypted."""

    reference_number: str
    kind: str
    form_code: FormCode
    context: Identifier
    authentication: Authentication
    symmetric_key: SymmetricKey | None
    opened_at: datetime
    updated_at: datetime
    valid_until: datetime
    unfolding: Unfolding
    closed_at: datetime | None = None
    verdict: Verdict | None = None
    checks_identifiers: bool = False
    is_unavailable: bool = False
    is_offline: bool = False
    invoices: list[SessionInvoice] = field(default_factory=list)
    package: BatchPackage | None = None
    package_verdict: Verdict | None = None
    is_unpacking: bool = False
    upo_pages: list[UpoPage] = field(default_factory=list)


@dataclass(kw_only=True)
class SessionInvoice:
    """One document that was sent. `verdict` is the truth, `unfolding` when it is told."""

    reference_number: str
    ordinal_number: int
    session: Session = field(repr=False)
    invoice_hash: str
    invoicing_at: datetime
    unfolding: Unfolding
    is_declared_offline: bool = False
    corrected_hash: str | None = None
    file_name: str | None = None
    content: bytes = field(default=b"", repr=False)
    verdict: Verdict | None = None
    facts: InvoiceFacts | None = None
    ksef_number: str | None = None
    acquired_at: datetime | None = None
    stored_at: datetime | None = None
    invoicing_mode: str | None = None
    upo: bytes | None = None

    @property
    def is_accepted(self) -> bool:
        return self.verdict is not None and self.verdict.code == 200


@dataclass(kw_only=True)
class UpoPage:
    """A receipt for at most ten thousand accepted invoices; `content` is made when asked for."""

    reference_number: str
    first_number: int
    invoices: tuple[SessionInvoice, ...] = field(repr=False)
    content: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, kw_only=True)
class Delays:
    """How long asynchronous work takes, and how far the high-water mark lags behind."""

    processing_polls: int = 1
    processing_seconds: float = 0.2
    storage_seconds: float = 1.0
    hwm_lag_seconds: float = 60.0


@dataclass(frozen=True, kw_only=True)
class Switches:
    """Oddities in which the authority's environments differ, or its documents do."""

    prd_like: bool = False
    challenge_error_is_status: bool = False
    refuses_self_signed: bool = False


@dataclass(frozen=True, kw_only=True)
class SessionLimits:
    """Limits of one kind of session; megabytes are decimal."""

    max_invoice_megabytes: int = 1
    max_invoice_with_attachment_megabytes: int = 3
    max_invoices: int = 10_000


@dataclass(frozen=True, kw_only=True)
class ContextLimits:
    online: SessionLimits = SessionLimits()
    batch: SessionLimits = SessionLimits()
    max_collective_invoices: int = 500


_SUBJECT_LIMITS: Mapping[str, SubjectLimits] = {
    "Nip": SubjectLimits(max_enrolments=300, max_certificates=100),
    "Pesel": SubjectLimits(max_enrolments=12, max_certificates=6),
    "Fingerprint": SubjectLimits(max_enrolments=12, max_certificates=6),
}


class State:
    """Everything a simulator forgets at a reset. Change it only while holding `lock`."""

    def __init__(self, clock: Clock, *, limits: Mapping[str, Windows], delays: Delays) -> None:
        self.lock = threading.RLock()
        self.clock = clock
        self.delays = delays
        self.switches = Switches()
        self.beacon = Beacon()
        self.secret = secrets.token_bytes(32)
        self.limiter = RateLimiter()
        self.limits: dict[str, Windows] = dict(limits)
        self.challenges: dict[str, Challenge] = {}
        self.authentications: dict[str, Authentication] = {}
        self.tokens: dict[str, KsefToken] = {}
        self.certificates: dict[str, KsefCertificate] = {}
        self.grants: list[Grant] = []
        self.subjects: dict[str, str] = {}
        self.deceased: set[str] = set()
        self.pesel_of_nip: dict[str, str] = {}
        self.attachment_consents: dict[str, datetime | None] = {}
        self.context_limits: dict[Identifier, ContextLimits] = {}
        self.blocked_contexts: set[Identifier] = set()
        self.sessions: dict[str, Session] = {}
        self.exports: dict[str, Export] = {}
        self.enrolments: dict[str, Enrolment] = {}
        self.collective_identifiers: dict[str, CollectiveIdentifier] = {}
        self.permission_operations: dict[str, PermissionOperation] = {}
        self.subject_limits: dict[Identifier, SubjectLimits] = {}
        self.context_windows: dict[Identifier, Mapping[str, Windows]] = {}
        self.documents: list[SessionInvoice] = []
        self.by_reference: dict[str, SessionInvoice] = {}
        self.by_ksef_number: dict[str, SessionInvoice] = {}
        self.by_hash: dict[str, list[SessionInvoice]] = {}
        self.by_identity: dict[tuple[str, str, str], SessionInvoice] = {}

    def unfolding(self) -> Unfolding:
        """A fresh delay of the configured length."""
        return Unfolding(
            ready_at=self.clock.ticks() + self.delays.processing_seconds,
            looks_left=self.delays.processing_polls,
        )

    def session_limits(self, session: Session) -> SessionLimits:
        limits = self.limits_of_context(session.context)
        return limits.online if session.kind == ONLINE else limits.batch

    def has_attachment_consent(self, nip: str) -> bool:
        """Consent given in the taxpayer's portal, and not ended."""
        if nip not in self.attachment_consents:
            return False
        ends_at = self.attachment_consents[nip]
        return ends_at is None or self.clock.now() < ends_at

    def limits_of_context(self, context: Identifier) -> ContextLimits:
        return self.context_limits.get(context, ContextLimits())

    def limits_of_subject(self, subject: Identifier) -> SubjectLimits:
        return self.subject_limits.get(subject, _SUBJECT_LIMITS[subject.type])

    def windows_of(self, context: Identifier | None) -> Mapping[str, Windows]:
        """The request limits in force for a context: the general ones, then its own."""
        own = {} if context is None else self.context_windows.get(context, {})
        return {**self.limits, **own}

    def lift_limits(self) -> None:
        self.limits = dict(LIFTED)

    def restore_limits(self) -> None:
        self.limits = dict(PRODUCTION)

    def tune(self, **settings: float) -> None:
        """Changes delays. Raises `TypeError` for an unknown one."""
        self.delays = replace(self.delays, **settings)  # type: ignore[arg-type]
