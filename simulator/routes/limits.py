"""`/limits` and `/rate-limits`: what is in force for the caller."""

from __future__ import annotations

from ..answers import Answer, json_answer
from ..call import Call, NoBody
from ..operations import Operation
from ..state import SessionLimits


def context_limits(call: Call[NoBody]) -> Answer:
    limits = call.state.limits_of_context(call.caller.context)
    return json_answer(
        {
            "onlineSession": _session_limits(limits.online),
            "batchSession": _session_limits(limits.batch),
            "collectiveIdentifier": {"maxInvoices": limits.max_collective_invoices},
        }
    )


def subject_limits(call: Call[NoBody]) -> Answer:
    """CHOICE: for a subject nobody knows, both are null, as the contract allows."""
    subject = call.caller.subject
    if subject is None:
        return json_answer({"enrollment": None, "certificate": None})
    limits = call.state.limits_of_subject(subject)
    return json_answer(
        {
            "enrollment": {"maxEnrollments": limits.max_enrolments},
            "certificate": {"maxCertificates": limits.max_certificates},
        }
    )


def rate_limits(call: Call[NoBody]) -> Answer:
    windows = call.state.windows_of(call.caller.context)
    return json_answer(
        {
            group: {
                "perSecond": values.per_second,
                "perMinute": values.per_minute,
                "perHour": values.per_hour,
            }
            for group, values in windows.items()
        }
    )


def _session_limits(limits: SessionLimits) -> dict[str, int]:
    return {
        "maxInvoiceSizeInMB": limits.max_invoice_megabytes,
        "maxInvoiceWithAttachmentSizeInMB": limits.max_invoice_with_attachment_megabytes,
        "maxInvoices": limits.max_invoices,
    }


OPERATIONS = (
    Operation(name="context-limits", method="GET", path="/limits/context", handler=context_limits),
    Operation(name="subject-limits", method="GET", path="/limits/subject", handler=subject_limits),
    Operation(name="rate-limits", method="GET", path="/rate-limits", handler=rate_limits),
)
