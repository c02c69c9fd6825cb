"""`/testdata`: what the authority offers on its test environment only. No body in answers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Annotated, Literal

from ..answers import Answer, empty_answer
from ..bodies import Description, Range, Text
from ..call import Call, NoBody
from ..clock import WARSAW
from ..errors import bad_request, invalid_input
from ..limits import PRODUCTION, UNLIMITED, Windows
from ..numbers import NIP
from ..operations import PUBLIC, Handler, Operation
from ..permissions import grant, new_grant_id
from ..state import ContextLimits, Grant, Identifier, SessionLimits, SubjectLimits
from .certificates import own_certificate

Nip = Annotated[str, Text(pattern=NIP)]
Pesel = Annotated[str, Text(pattern=re.compile(r"\d{11}"))]
Identified = Literal["Nip", "Pesel", "Fingerprint"]
Permission = Literal[
    "InvoiceRead",
    "InvoiceWrite",
    "Introspection",
    "CredentialsRead",
    "CredentialsManage",
    "EnforcementOperations",
    "SubunitManage",
    "CollectiveIdentifierManage",
]


@dataclass(frozen=True, kw_only=True)
class Subunit:
    subject_nip: Nip
    description: Description


@dataclass(frozen=True, kw_only=True)
class SubjectBody:
    subject_nip: Nip
    subject_type: Literal["EnforcementAuthority", "VatGroup", "JST"]
    description: Description
    subunits: tuple[Subunit, ...] | None = None
    created_date: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class SubjectRemovalBody:
    subject_nip: Nip


@dataclass(frozen=True, kw_only=True)
class PersonBody:
    nip: Nip
    pesel: Pesel
    is_bailiff: bool
    description: Description
    is_deceased: bool = False
    created_date: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class NipBody:
    nip: Nip


@dataclass(frozen=True, kw_only=True)
class AttachmentEndBody:
    nip: Nip
    expected_end_date: date | None = None


@dataclass(frozen=True, kw_only=True)
class ContextBody:
    type: Literal["Nip"]
    value: Nip


@dataclass(frozen=True, kw_only=True)
class AuthorizedBody:
    type: Identified
    value: Annotated[str, Text(minimum=10, maximum=64)]


@dataclass(frozen=True, kw_only=True)
class PermissionBody:
    permission_type: Permission
    description: Description


@dataclass(frozen=True, kw_only=True)
class GrantBody:
    context_identifier: ContextBody
    authorized_identifier: AuthorizedBody
    permissions: tuple[PermissionBody, ...]


@dataclass(frozen=True, kw_only=True)
class WithdrawalBody:
    context_identifier: ContextBody
    authorized_identifier: AuthorizedBody


@dataclass(frozen=True, kw_only=True)
class BlockedContext:
    type: Literal["Nip", "InternalId", "NipVatUe", "PeppolId"]
    value: str


@dataclass(frozen=True, kw_only=True)
class BlockBody:
    context_identifier: BlockedContext


@dataclass(frozen=True, kw_only=True)
class SessionLimitsBody:
    max_invoice_size_in_mb: Annotated[int, Range(minimum=0, maximum=5)]
    max_invoice_with_attachment_size_in_mb: Annotated[int, Range(minimum=0, maximum=10)]
    max_invoices: Annotated[int, Range(minimum=0, maximum=100_000)]


@dataclass(frozen=True, kw_only=True)
class CollectiveLimitsBody:
    max_invoices: Annotated[int, Range(minimum=2, maximum=5000)]


@dataclass(frozen=True, kw_only=True)
class ContextLimitsBody:
    online_session: SessionLimitsBody
    batch_session: SessionLimitsBody
    collective_identifier: CollectiveLimitsBody


@dataclass(frozen=True, kw_only=True)
class MaxEnrolments:
    max_enrollments: Annotated[int, Range(minimum=0)] | None = None


@dataclass(frozen=True, kw_only=True)
class MaxCertificates:
    max_certificates: Annotated[int, Range(minimum=0)] | None = None


@dataclass(frozen=True, kw_only=True)
class SubjectLimitsBody:
    subject_identifier_type: Identified | None = None
    enrollment: MaxEnrolments | None = None
    certificate: MaxCertificates | None = None


@dataclass(frozen=True, kw_only=True)
class WindowsBody:
    per_second: Annotated[int, Range(minimum=UNLIMITED)]
    per_minute: Annotated[int, Range(minimum=UNLIMITED)]
    per_hour: Annotated[int, Range(minimum=UNLIMITED)]


@dataclass(frozen=True, kw_only=True)
class GroupsBody:
    online_session: WindowsBody
    batch_session: WindowsBody
    invoice_send: WindowsBody
    invoice_status: WindowsBody
    session_list: WindowsBody
    session_invoice_list: WindowsBody
    session_misc: WindowsBody
    invoice_metadata: WindowsBody
    invoice_export: WindowsBody
    invoice_export_status: WindowsBody
    invoice_download: WindowsBody
    collective_identifier: WindowsBody
    other: WindowsBody

    def windows(self) -> dict[str, Windows]:
        """By the names of `GET /rate-limits`."""
        return {
            "onlineSession": _windows(self.online_session),
            "batchSession": _windows(self.batch_session),
            "invoiceSend": _windows(self.invoice_send),
            "invoiceStatus": _windows(self.invoice_status),
            "sessionList": _windows(self.session_list),
            "sessionInvoiceList": _windows(self.session_invoice_list),
            "sessionMisc": _windows(self.session_misc),
            "invoiceMetadata": _windows(self.invoice_metadata),
            "invoiceExport": _windows(self.invoice_export),
            "invoiceExportStatus": _windows(self.invoice_export_status),
            "invoiceDownload": _windows(self.invoice_download),
            "collectiveIdentifier": _windows(self.collective_identifier),
            "other": _windows(self.other),
        }


@dataclass(frozen=True, kw_only=True)
class RateLimitsBody:
    rate_limits: GroupsBody


@dataclass(frozen=True, kw_only=True)
class CertificateEndBody:
    valid_to: datetime


def add_subject(call: Call[SubjectBody]) -> Answer:
    """Raises 30001. CHOICE: the type of a subject has no effect here."""
    with call.state.lock:
        if call.body.subject_nip in call.state.subjects:
            raise bad_request(30001)
        call.state.subjects[call.body.subject_nip] = call.body.subject_type
    return empty_answer(200)


def remove_subject(call: Call[SubjectRemovalBody]) -> Answer:
    call.state.subjects.pop(call.body.subject_nip, None)
    return empty_answer(200)


def add_person(call: Call[PersonBody]) -> Answer:
    """Links NIP and PESEL: the person becomes the owner. Raises 30001."""
    body, state = call.body, call.state
    with state.lock:
        if body.nip in state.pesel_of_nip:
            raise bad_request(30001)
        state.pesel_of_nip[body.nip] = body.pesel
        if body.is_deceased:
            state.deceased.update({body.nip, body.pesel})
    return empty_answer(200)


def remove_person(call: Call[NipBody]) -> Answer:
    with call.state.lock:
        pesel = call.state.pesel_of_nip.pop(call.body.nip, None)
        call.state.deceased.difference_update({call.body.nip, pesel})
    return empty_answer(200)


def grant_permissions(call: Call[GrantBody]) -> Answer:
    body = call.body
    context = Identifier(type="Nip", value=body.context_identifier.value)
    subject = _identifier(body.authorized_identifier)
    with call.state.lock:
        for wanted in body.permissions:
            grant(
                call.state,
                Grant(
                    id=new_grant_id(),
                    context=context,
                    subject=subject,
                    author=context,
                    permission=wanted.permission_type,
                    description=wanted.description,
                    granted_at=call.state.clock.now(),
                ),
            )
    return empty_answer(200)


def withdraw_permissions(call: Call[WithdrawalBody]) -> Answer:
    context = Identifier(type="Nip", value=call.body.context_identifier.value)
    subject = _identifier(call.body.authorized_identifier)
    with call.state.lock:
        call.state.grants = [
            given
            for given in call.state.grants
            if (given.context, given.subject) != (context, subject)
        ]
    return empty_answer(200)


def allow_attachments(call: Call[NipBody]) -> Answer:
    call.state.attachment_consents[call.body.nip] = None
    return empty_answer(200)


def end_attachments(call: Call[AttachmentEndBody]) -> Answer:
    """At once, or at the end of the given Polish day."""
    nip, last_day = call.body.nip, call.body.expected_end_date
    if nip in call.state.attachment_consents:
        end = datetime.combine(last_day, time.max, WARSAW) if last_day else call.state.clock.now()
        call.state.attachment_consents[nip] = end
    return empty_answer(200)


def block_context(call: Call[BlockBody]) -> Answer:
    call.state.blocked_contexts.add(_blocked(call.body))
    return empty_answer(200)


def unblock_context(call: Call[BlockBody]) -> Answer:
    call.state.blocked_contexts.discard(_blocked(call.body))
    return empty_answer(200)


def set_session_limits(call: Call[ContextLimitsBody]) -> Answer:
    call.state.context_limits[call.caller.context] = ContextLimits(
        online=_session_limits(call.body.online_session),
        batch=_session_limits(call.body.batch_session),
        max_collective_invoices=call.body.collective_identifier.max_invoices,
    )
    return empty_answer(200)


def restore_session_limits(call: Call[NoBody]) -> Answer:
    call.state.context_limits.pop(call.caller.context, None)
    return empty_answer(200)


def set_subject_limits(call: Call[SubjectLimitsBody]) -> Answer:
    """For the caller's own subject. Raises 21405 when it is of another type than named."""
    subject = _own_subject(call)
    wanted_type = call.body.subject_identifier_type
    if wanted_type not in (None, subject.type):
        raise invalid_input(f"'subjectIdentifierType': podmiot ma typ {subject.type}.")
    now = call.state.limits_of_subject(subject)
    enrolments = None if not call.body.enrollment else call.body.enrollment.max_enrollments
    certificates = None if not call.body.certificate else call.body.certificate.max_certificates
    call.state.subject_limits[subject] = SubjectLimits(
        max_enrolments=now.max_enrolments if enrolments is None else enrolments,
        max_certificates=now.max_certificates if certificates is None else certificates,
    )
    return empty_answer(200)


def restore_subject_limits(call: Call[NoBody]) -> Answer:
    call.state.subject_limits.pop(_own_subject(call), None)
    return empty_answer(200)


def set_rate_limits(call: Call[RateLimitsBody]) -> Answer:
    call.state.context_windows[call.caller.context] = call.body.rate_limits.windows()
    return empty_answer(200)


def restore_rate_limits(call: Call[NoBody]) -> Answer:
    call.state.context_windows.pop(call.caller.context, None)
    return empty_answer(200)


def set_production_rate_limits(call: Call[NoBody]) -> Answer:
    call.state.context_windows[call.caller.context] = PRODUCTION
    return empty_answer(200)


def shorten_certificate(call: Call[CertificateEndBody]) -> Answer:
    """Moves the end of a certificate's validity forward. Raises 25008 and 21405."""
    entry = own_certificate(call)
    if call.body.valid_to > entry.valid_to:
        raise invalid_input("'validTo': późniejsze niż obecny koniec ważności.")
    entry.valid_to = call.body.valid_to
    return empty_answer(200)


def _own_subject(call: Call[SubjectLimitsBody] | Call[NoBody]) -> Identifier:
    subject = call.caller.subject
    if subject is None:
        raise invalid_input("Nieznany podmiot uwierzytelniony.")
    return subject


def _identifier(body: AuthorizedBody) -> Identifier:
    return Identifier(type=body.type, value=body.value)


def _blocked(body: BlockBody) -> Identifier:
    return Identifier(type=body.context_identifier.type, value=body.context_identifier.value)


def _session_limits(body: SessionLimitsBody) -> SessionLimits:
    return SessionLimits(
        max_invoice_megabytes=body.max_invoice_size_in_mb,
        max_invoice_with_attachment_megabytes=body.max_invoice_with_attachment_size_in_mb,
        max_invoices=body.max_invoices,
    )


def _windows(body: WindowsBody) -> Windows:
    return Windows(per_second=body.per_second, per_minute=body.per_minute, per_hour=body.per_hour)


def _public(name: str, path: str, handler: Handler, body: type, group: str) -> Operation:
    return Operation(
        name=f"testdata-{name}",
        method="POST",
        path=f"/testdata/{path}",
        handler=handler,
        group=group,
        bearer=PUBLIC,
        body=body,
    )


def _protected(
    name: str, method: str, path: str, handler: Handler, body: type = NoBody
) -> Operation:
    return Operation(
        name=f"testdata-{name}",
        method=method,
        path=f"/testdata/{path}",
        handler=handler,
        body=body,
    )


OPERATIONS = (
    _public("subject", "subject", add_subject, SubjectBody, "anonymous"),
    _public("subject-remove", "subject/remove", remove_subject, SubjectRemovalBody, "anonymous"),
    _public("person", "person", add_person, PersonBody, "anonymous"),
    _public("person-remove", "person/remove", remove_person, NipBody, "anonymous"),
    _public("permissions", "permissions", grant_permissions, GrantBody, "anonymous"),
    _public(
        "permissions-revoke",
        "permissions/revoke",
        withdraw_permissions,
        WithdrawalBody,
        "anonymous",
    ),
    _public("attachment", "attachment", allow_attachments, NipBody, "anonymous"),
    _public(
        "attachment-revoke", "attachment/revoke", end_attachments, AttachmentEndBody, "anonymous"
    ),
    _public("context-block", "context/block", block_context, BlockBody, "other"),
    _public("context-unblock", "context/unblock", unblock_context, BlockBody, "other"),
    _protected(
        "session-limits", "POST", "limits/context/session", set_session_limits, ContextLimitsBody
    ),
    _protected("session-limits-reset", "DELETE", "limits/context/session", restore_session_limits),
    _protected(
        "subject-limits",
        "POST",
        "limits/subject/certificate",
        set_subject_limits,
        SubjectLimitsBody,
    ),
    _protected(
        "subject-limits-reset", "DELETE", "limits/subject/certificate", restore_subject_limits
    ),
    _protected("rate-limits", "POST", "rate-limits", set_rate_limits, RateLimitsBody),
    _protected("rate-limits-reset", "DELETE", "rate-limits", restore_rate_limits),
    _protected(
        "rate-limits-production", "POST", "rate-limits/production", set_production_rate_limits
    ),
    _protected(
        "certificate",
        "PUT",
        "certificates/<serial_number>",
        shorten_certificate,
        CertificateEndBody,
    ),
)
