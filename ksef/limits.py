"""What KSeF allows this context and this subject."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .budget import Limit, limits_from_json
from .operations import Operation
from .transport import Request
from .verbs import Verbs
from .wire import Fields

RATE_LIMITS = Operation("GET", "/rate-limits")
CONTEXT_LIMITS = Operation("GET", "/limits/context")
SUBJECT_LIMITS = Operation("GET", "/limits/subject")
ATTACHMENTS = Operation("GET", "/permissions/attachments/status")
_MEGABYTE = 1_000_000


@dataclass(frozen=True, kw_only=True)
class SessionLimits:
    """Limits of one session; sizes in bytes."""

    max_invoice_size: int
    max_invoice_with_attachment_size: int
    max_invoices: int

    @classmethod
    def from_json(cls, answer: Fields) -> SessionLimits:
        return cls(
            max_invoice_size=answer.integer("maxInvoiceSizeInMB") * _MEGABYTE,
            max_invoice_with_attachment_size=(
                answer.integer("maxInvoiceWithAttachmentSizeInMB") * _MEGABYTE
            ),
            max_invoices=answer.integer("maxInvoices"),
        )


@dataclass(frozen=True, kw_only=True)
class ContextLimits:
    """Limits of the context; None for collective identifiers before contract 2.9."""

    online_session: SessionLimits
    batch_session: SessionLimits
    max_collected_invoices: int | None

    @classmethod
    def from_json(cls, answer: Fields) -> ContextLimits:
        collective = answer.optional_fields("collectiveIdentifier") or Fields({})
        return cls(
            online_session=SessionLimits.from_json(answer.fields("onlineSession")),
            batch_session=SessionLimits.from_json(answer.fields("batchSession")),
            max_collected_invoices=collective.optional_integer("maxInvoices"),
        )


@dataclass(frozen=True, kw_only=True)
class SubjectLimits:
    """Limits of the one who logged in; None where KSeF does not tell."""

    max_enrollments: int | None
    max_certificates: int | None

    @classmethod
    def from_json(cls, answer: Fields) -> SubjectLimits:
        enrollment = answer.optional_fields("enrollment") or Fields({})
        certificate = answer.optional_fields("certificate") or Fields({})
        return cls(
            max_enrollments=enrollment.optional_integer("maxEnrollments"),
            max_certificates=certificate.optional_integer("maxCertificates"),
        )


class LimitVerbs(Verbs):
    """Verbs of limits and of the consent to attachments."""

    def rate_limits(self) -> Mapping[str, Limit]:
        """The limits of requests that hold for this context, by group, for its ``Budget``."""
        return limits_from_json(self._ask(Request(operation=RATE_LIMITS)).fields())

    def context_limits(self) -> ContextLimits:
        return ContextLimits.from_json(self._ask(Request(operation=CONTEXT_LIMITS)).fields())

    def subject_limits(self) -> SubjectLimits:
        return SubjectLimits.from_json(self._ask(Request(operation=SUBJECT_LIMITS)).fields())

    def may_send_attachments(self) -> bool:
        """Whether the context gave its consent to invoices with attachments."""
        answer = self._ask(Request(operation=ATTACHMENTS)).fields()
        return answer.optional_flag("isAttachmentAllowed") or False
