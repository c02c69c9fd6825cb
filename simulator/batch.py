"""Batch sessions: parts are uploaded, the package is unpacked, every document is judged."""

from __future__ import annotations

import logging
from datetime import timedelta

from .archive import BatchPart, PackageRefused, assembled, count_documents, documents
from .errors import NotFound, StorageRefused, bad_request
from .judge import judge_document
from .sessions import Registration, add_invoice, check_open, close_at_once
from .state import Session, State
from .verdicts import BATCH_SESSION, verdict

UPLOAD_TIME_PER_PART = timedelta(minutes=20)

_logger = logging.getLogger(__name__)


def find_part(state: State, session_reference: str, ordinal_number: int) -> BatchPart:
    """The part an upload is for. Raises `NotFound`, or `StorageRefused` when time is over."""
    session = state.sessions.get(session_reference)
    if session is None or session.package is None:
        raise NotFound
    if session.closed_at is not None or state.clock.now() > session.valid_until:
        raise StorageRefused(403, "AuthorizationFailure", "Czas wysyłki części minął.")
    parts = session.package.parts
    if not 1 <= ordinal_number <= len(parts):
        raise NotFound
    return parts[ordinal_number - 1]


def close_batch(state: State, session: Session) -> None:
    """Ends the upload. Raises 21157, 21180, 21205 and 21208."""
    with state.lock:
        if _is_late(state, session):
            raise bad_request(21208, "Sesja anulowana, przekroczony czas wysyłki.")
        check_open(state, session, "jej zamknięcie")
        _check_parts(session)
        session.is_unpacking = True
        close_at_once(state, session)


def process_package(state: State, session: Session) -> None:
    """Unpacks and judges; runs in the background and never raises."""
    try:
        _judge_documents(state, session)
    except PackageRefused as refusal:
        session.package_verdict = verdict(BATCH_SESSION, refusal.code, refusal.detail)
    except Exception:
        _logger.exception("processing %s failed", session.reference_number)
        session.package_verdict = verdict(BATCH_SESSION, 500)
    finally:
        session.is_unpacking = False


def _judge_documents(state: State, session: Session) -> None:
    if session.package is None or session.symmetric_key is None:
        return
    compression = session.package.compression
    limit = state.session_limits(session).max_invoices
    with assembled(session.package, session.symmetric_key) as archive:
        if count_documents(archive, compression) > limit:
            raise PackageRefused(420, f"Przekroczono dozwoloną liczbę faktur: {limit}.")
        for document in documents(archive, compression):
            registration = Registration(
                invoice_hash=document.content_hash,
                is_offline=session.is_offline,
                file_name=document.name,
            )
            with state.lock:
                invoice = add_invoice(state, session, registration)
            judge_document(state, invoice, document.content)


def _is_late(state: State, session: Session) -> bool:
    return session.closed_at is None and state.clock.now() > session.valid_until


def _check_parts(session: Session) -> None:
    for part in session.package.parts if session.package is not None else ():
        number = part.ordinal_number
        if part.received_size is None:
            raise bad_request(21205, f"Nie przesłano zadeklarowanej '{number}' części pliku.")
        if part.received_size != part.declared_size:
            raise bad_request(
                21157, f"Zadeklarowany rozmiar części '{number}' nie zgadza się z rzeczywistym."
            )
