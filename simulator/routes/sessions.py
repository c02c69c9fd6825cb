"""`/sessions`: status of sessions and invoices, and the receipts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from ..answers import Answer, json_answer, xml_answer
from ..call import Call, NoBody
from ..clock import wire_moment, wire_optional
from ..errors import bad_request, invalid_input
from ..operations import Operation
from ..pages import PageSizes, continued_page
from ..permissions import (
    ENFORCEMENT_OPERATIONS,
    INTROSPECTION,
    INVOICE_WRITE,
    PEF_INVOICE_WRITE,
)
from ..session_queries import is_wanted, read_session_query
from ..sessions import known_status, look_at_invoice, look_at_session, visible_verdict
from ..state import Session, SessionInvoice, UpoPage, Verdict
from ..upo import invoice_upo, session_upo
from .session_access import find_session, may_see
from .shared import status_info

UPO_LINK_LIFETIME = timedelta(days=3)
_PERMISSIONS = (INVOICE_WRITE, INTROSPECTION, PEF_INVOICE_WRITE, ENFORCEMENT_OPERATIONS)
_INVOICE_SIZES = PageSizes(maximum=1000)


def list_sessions(call: Call[NoBody]) -> Answer:
    query = read_session_query(call.incoming.query)
    with call.state.lock:
        found = [s for s in call.state.sessions.values() if may_see(call, s)]
        matching = [s for s in found if is_wanted(call.state, s, query)]
        matching.sort(key=lambda session: session.opened_at, reverse=True)
        page = continued_page(call, matching, _INVOICE_SIZES)
        sessions = [_listed(call, session) for session in page.items]
    return json_answer({"continuationToken": page.continuation, "sessions": sessions})


def session_status(call: Call[NoBody]) -> Answer:
    session = find_session(call)
    status = look_at_session(call.state, session)
    with call.state.lock:
        description = {
            "status": status_info(status),
            "dateCreated": wire_moment(session.opened_at),
            "dateUpdated": wire_moment(session.updated_at),
            "validUntil": wire_moment(session.valid_until),
            **_counts(call, session),
        }
    if status.code == 200:
        description["upo"] = {"pages": [_upo_page(call, page) for page in session.upo_pages]}
    return json_answer(description)


def list_invoices(call: Call[NoBody]) -> Answer:
    return _invoice_page(call, list(find_session(call).invoices))


def list_failed_invoices(call: Call[NoBody]) -> Answer:
    session = find_session(call)
    with call.state.lock:
        failed = [invoice for invoice in session.invoices if _is_failed(call, invoice)]
    return _invoice_page(call, failed)


def invoice_status(call: Call[NoBody]) -> Answer:
    invoice = _find_invoice(call)
    with call.state.lock:
        return json_answer(_described(call, invoice))


def upo_by_reference(call: Call[NoBody]) -> Answer:
    invoice = _find_invoice(call)
    if not _is_receipted(call, invoice):
        # CHOICE: the contract lists 21405 only where others have 21178.
        raise invalid_input(f"UPO dla faktury {invoice.reference_number} nie zostało znalezione.")
    return xml_answer(invoice_upo(call.state, call.authority.seal, invoice))


def upo_by_ksef_number(call: Call[NoBody]) -> Answer:
    session = find_session(call)
    number = call.arguments["ksef_number"]
    invoice = call.state.by_ksef_number.get(number)
    if invoice is not None and invoice.session is session and _is_receipted(call, invoice):
        return xml_answer(invoice_upo(call.state, call.authority.seal, invoice))
    raise bad_request(
        21178,
        f"UPO o numerze KSeF {number} i numerze referencyjnym sesji "
        f"{session.reference_number} nie zostało znalezione.",
    )


def upo_of_session(call: Call[NoBody]) -> Answer:
    session = find_session(call)
    reference = call.arguments["upo_reference_number"]
    for page in session.upo_pages:
        if page.reference_number == reference:
            return xml_answer(session_upo(call.state, call.authority.seal, session, page))
    raise bad_request(
        21178,
        f"UPO o numerze referencyjnym {reference} dla sesji {session.reference_number} "
        "nie zostało znalezione.",
    )


def _listed(call: Call[NoBody], session: Session) -> dict[str, object]:
    counts = _counts(call, session)
    return {
        "referenceNumber": session.reference_number,
        "status": status_info(known_status(call.state, session)),
        "dateCreated": wire_moment(session.opened_at),
        "dateUpdated": wire_moment(session.updated_at),
        "validUntil": wire_moment(session.valid_until),
        "totalInvoiceCount": counts["invoiceCount"],
        "successfulInvoiceCount": counts["successfulInvoiceCount"],
        "failedInvoiceCount": counts["failedInvoiceCount"],
    }


def _find_invoice(call: Call[NoBody]) -> SessionInvoice:
    """CHOICE: the contract names no code for an unknown invoice; 21405 is the only one listed."""
    session = find_session(call)
    reference = call.arguments["invoice_reference_number"]
    invoice = call.state.by_reference.get(reference)
    if invoice is not None and invoice.session is session:
        return invoice
    raise invalid_input(
        f"Faktura o numerze referencyjnym {reference} nie została znaleziona w sesji "
        f"{session.reference_number}."
    )


def _invoice_page(call: Call[NoBody], invoices: list[SessionInvoice]) -> Answer:
    page = continued_page(call, invoices, _INVOICE_SIZES)
    with call.state.lock:
        described = [_described(call, invoice) for invoice in page.items]
    return json_answer({"continuationToken": page.continuation, "invoices": described})


def _described(call: Call[Any], invoice: SessionInvoice) -> dict[str, object]:
    status = look_at_invoice(call.state, invoice)
    description: dict[str, object] = {
        "ordinalNumber": invoice.ordinal_number,
        "referenceNumber": invoice.reference_number,
        "invoiceHash": invoice.invoice_hash,
        "invoiceFileName": invoice.file_name,
        "invoicingDate": wire_moment(invoice.invoicing_at),
        "status": _invoice_status_info(status),
    }
    if status is invoice.verdict and invoice.facts is not None:
        description["invoiceNumber"] = invoice.facts.invoice_number
    if status.code == 200:
        description |= _acceptance(call, invoice)
    return description


def _acceptance(call: Call[Any], invoice: SessionInvoice) -> dict[str, object]:
    link = call.link(f"/storage/upo/{invoice.reference_number}", UPO_LINK_LIFETIME)
    return {
        "ksefNumber": invoice.ksef_number,
        "acquisitionDate": wire_optional(invoice.acquired_at),
        "permanentStorageDate": wire_optional(_stored_by_now(call, invoice)),
        "upoDownloadUrl": link.url,
        "upoDownloadUrlExpirationDate": wire_moment(link.expires_at),
        "invoicingMode": invoice.invoicing_mode,
    }


def _stored_by_now(call: Call[Any], invoice: SessionInvoice) -> datetime | None:
    stored_at = invoice.stored_at
    return stored_at if stored_at is not None and stored_at <= call.state.clock.now() else None


def _invoice_status_info(status: Verdict) -> dict[str, object]:
    return {**status_info(status), "extensions": dict(status.extensions) or None}


def _counts(call: Call[NoBody], session: Session) -> dict[str, object]:
    """CHOICE: the counts follow what polls may know, so they grow as verdicts show."""
    verdicts = [visible_verdict(call.state, invoice) for invoice in session.invoices]
    return {
        "invoiceCount": len(session.invoices),
        "successfulInvoiceCount": _count(verdicts, is_success=True),
        "failedInvoiceCount": _count(verdicts, is_success=False),
    }


def _count(verdicts: Iterable[Verdict | None], *, is_success: bool) -> int:
    return sum(1 for v in verdicts if v is not None and (v.code == 200) == is_success)


def _is_failed(call: Call[NoBody], invoice: SessionInvoice) -> bool:
    status = visible_verdict(call.state, invoice)
    return status is not None and status.code != 200


def _is_receipted(call: Call[NoBody], invoice: SessionInvoice) -> bool:
    return invoice.is_accepted and visible_verdict(call.state, invoice) is not None


def _upo_page(call: Call[NoBody], page: UpoPage) -> dict[str, object]:
    link = call.link(f"/storage/upo/{page.reference_number}", UPO_LINK_LIFETIME)
    return {
        "referenceNumber": page.reference_number,
        "downloadUrl": link.url,
        "downloadUrlExpirationDate": wire_moment(link.expires_at),
    }


OPERATIONS = (
    Operation(
        name="session-list",
        method="GET",
        path="/sessions",
        handler=list_sessions,
        group="sessionList",
        permissions=(INTROSPECTION, INVOICE_WRITE, ENFORCEMENT_OPERATIONS),
    ),
    Operation(
        name="session-status",
        method="GET",
        path="/sessions/<reference_number>",
        handler=session_status,
        group="sessionMisc",
        permissions=_PERMISSIONS,
    ),
    Operation(
        name="invoice-list",
        method="GET",
        path="/sessions/<reference_number>/invoices",
        handler=list_invoices,
        group="sessionInvoiceList",
        permissions=_PERMISSIONS,
    ),
    Operation(
        name="failed-invoice-list",
        method="GET",
        path="/sessions/<reference_number>/invoices/failed",
        handler=list_failed_invoices,
        group="sessionInvoiceList",
        permissions=_PERMISSIONS,
    ),
    Operation(
        name="invoice-status",
        method="GET",
        path="/sessions/<reference_number>/invoices/<invoice_reference_number>",
        handler=invoice_status,
        group="invoiceStatus",
        permissions=_PERMISSIONS,
    ),
    Operation(
        name="upo",
        method="GET",
        path="/sessions/<reference_number>/invoices/<invoice_reference_number>/upo",
        handler=upo_by_reference,
        group="sessionMisc",
        permissions=_PERMISSIONS,
    ),
    Operation(
        name="upo-by-ksef-number",
        method="GET",
        path="/sessions/<reference_number>/invoices/ksef/<ksef_number>/upo",
        handler=upo_by_ksef_number,
        group="sessionMisc",
        permissions=_PERMISSIONS,
    ),
    Operation(
        name="session-upo",
        method="GET",
        path="/sessions/<reference_number>/upo/<upo_reference_number>",
        handler=upo_of_session,
        group="sessionMisc",
        permissions=_PERMISSIONS,
    ),
)
