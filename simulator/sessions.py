"""Life of a session: opening, taking invoices, closing, and what a client sees of it when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from .archive import BatchPackage
from .cipher import SymmetricKey
from .errors import bad_request
from .numbers import BATCH_SESSION, INVOICE, ONLINE_SESSION, UPO_PAGE, reference_number
from .state import (
    BATCH,
    ONLINE,
    Authentication,
    FormCode,
    Session,
    SessionInvoice,
    State,
    UpoPage,
    Verdict,
)
from .verdicts import BATCH_SESSION as BATCH_STATUS
from .verdicts import INVOICE as INVOICE_STATUS
from .verdicts import ONLINE_SESSION as ONLINE_STATUS
from .verdicts import verdict

SESSION_LIFETIME = timedelta(hours=12)
_DOCUMENTS_PER_PAGE = 10_000
_REFERENCE_KINDS = {ONLINE: ONLINE_SESSION, BATCH: BATCH_SESSION}
_TABLES: Mapping[str, Mapping[int, str]] = {ONLINE: ONLINE_STATUS, BATCH: BATCH_STATUS}
_WORKING = {ONLINE: 170, BATCH: 150}


@dataclass(frozen=True, kw_only=True)
class Opening:
    """What a client asks for when it opens a session of either kind."""

    kind: str
    form_code: FormCode
    symmetric_key: SymmetricKey | None = field(repr=False)
    lifetime: timedelta = SESSION_LIFETIME
    checks_identifiers: bool
    is_offline: bool = False
    package: BatchPackage | None = None


@dataclass(frozen=True, kw_only=True)
class Registration:
    """One document that is to be judged; the hash is that of its plain bytes."""

    invoice_hash: str
    is_offline: bool
    corrected_hash: str | None = None
    file_name: str | None = None


def open_session(state: State, authentication: Authentication, opening: Opening) -> Session:
    now = state.clock.now()
    session = Session(
        reference_number=reference_number(_REFERENCE_KINDS[opening.kind], state.clock.today()),
        kind=opening.kind,
        form_code=opening.form_code,
        context=authentication.context,
        authentication=authentication,
        symmetric_key=opening.symmetric_key,
        opened_at=now,
        updated_at=now,
        valid_until=now + opening.lifetime,
        unfolding=state.unfolding(),
        checks_identifiers=opening.checks_identifiers,
        is_offline=opening.is_offline,
        package=opening.package,
    )
    with state.lock:
        state.sessions[session.reference_number] = session
    return session


def take_invoice(state: State, session: Session, registration: Registration) -> SessionInvoice:
    """Registers an invoice for judgement. Raises 21155, 21166, 21167, 21180 and 21405."""
    with state.lock:
        check_open(state, session, "wysyłkę faktur")
        limit = state.session_limits(session).max_invoices
        if len(session.invoices) >= limit:
            raise bad_request(
                21155,
                f"Sesja o numerze referencyjnym {session.reference_number} osiągnęła dozwolony "
                f"limit liczby faktur {limit}.",
            )
        _check_correction(state, registration)
        return add_invoice(state, session, registration)


def add_invoice(state: State, session: Session, registration: Registration) -> SessionInvoice:
    now = state.clock.now()
    invoice = SessionInvoice(
        reference_number=reference_number(INVOICE, state.clock.today()),
        ordinal_number=len(session.invoices) + 1,
        session=session,
        invoice_hash=registration.invoice_hash,
        # A batch counts as sent when its session was opened, however long the upload took.
        invoicing_at=now if session.kind == ONLINE else session.opened_at,
        unfolding=state.unfolding(),
        is_declared_offline=registration.is_offline,
        corrected_hash=registration.corrected_hash,
        file_name=registration.file_name,
    )
    session.invoices.append(invoice)
    session.updated_at = now
    state.documents.append(invoice)
    state.by_reference[invoice.reference_number] = invoice
    state.by_hash.setdefault(invoice.invoice_hash, []).append(invoice)
    return invoice


def close_session(state: State, session: Session) -> None:
    """Raises 21180 unless the session is open."""
    with state.lock:
        check_open(state, session, "jej zamknięcie")
        close_at_once(state, session)


def check_open(state: State, session: Session, action: str) -> None:
    code = _current_code(state, session)
    if code != 100:
        raise bad_request(21180, f"Status sesji {code} uniemożliwia {action}.")


def look_at_session(state: State, session: Session) -> Verdict:
    """One poll of the session; its end shows only when every invoice's end may be shown."""
    ticks = state.clock.ticks()
    with state.lock:
        if _is_waiting_for_its_key(session) and not session.unfolding.look(ticks):
            return _status(session, 100)
        code = _current_code(state, session)
        if session.verdict is not None:
            return session.verdict
        if session.closed_at is None:
            return _status(session, code)
        is_shown = session.unfolding.look(ticks)
        are_shown = [invoice.unfolding.look(ticks) for invoice in session.invoices]
        if not (is_shown and all(are_shown) and _is_judged(session)):
            return _status(session, _WORKING[session.kind])
        return _finish(state, session)


def look_at_invoice(state: State, invoice: SessionInvoice) -> Verdict:
    """One poll of an invoice: queued first, then in progress, then its verdict."""
    is_first = invoice.unfolding.looks_left == state.delays.processing_polls
    is_shown = invoice.unfolding.look(state.clock.ticks())
    if is_shown and invoice.verdict is not None:
        return invoice.verdict
    return verdict(INVOICE_STATUS, 100 if is_first else 150)


def visible_verdict(state: State, invoice: SessionInvoice) -> Verdict | None:
    """What may be told of an invoice without counting this as a poll."""
    return invoice.verdict if invoice.unfolding.is_over(state.clock.ticks()) else None


def is_finished(session: Session) -> bool:
    return session.verdict is not None


def known_status(state: State, session: Session) -> Verdict:
    """The status for lists, which reveal nothing that a poll has not revealed."""
    return session.verdict or _status(session, _current_code(state, session))


def _is_waiting_for_its_key(session: Session) -> bool:
    """Open, with a key that will turn out to be undecipherable."""
    return session.symmetric_key is None and session.closed_at is None


def _current_code(state: State, session: Session) -> int:
    """The code before any polling; expires the session when its time is over."""
    if session.verdict is not None:
        return session.verdict.code
    ticks = state.clock.ticks()
    if session.closed_at is not None:
        return _WORKING[session.kind]
    if session.symmetric_key is None and session.unfolding.is_due(ticks):
        session.verdict = _status(session, 415)
        session.closed_at = state.clock.now()
        return 415
    if state.clock.now() > session.valid_until:
        close_at_once(state, session)
        if session.kind == BATCH:
            session.package_verdict = _status(session, 440, "Przekroczono czas wysyłki")
        return _WORKING[session.kind]
    return 100


def close_at_once(state: State, session: Session) -> None:
    now = state.clock.now()
    session.closed_at = min(now, session.valid_until)
    session.updated_at = now
    session.unfolding = state.unfolding()


def _is_judged(session: Session) -> bool:
    if session.is_unpacking:
        return False
    return all(invoice.verdict is not None for invoice in session.invoices)


def _finish(state: State, session: Session) -> Verdict:
    session.verdict = _final_verdict(session)
    session.updated_at = state.clock.now()
    if session.verdict.code == 200:
        accepted = [invoice for invoice in session.invoices if invoice.is_accepted]
        session.upo_pages = _make_pages(accepted, state.clock.today())
    return session.verdict


def _make_pages(accepted: Sequence[SessionInvoice], today: date) -> list[UpoPage]:
    return [
        UpoPage(
            reference_number=reference_number(UPO_PAGE, today),
            first_number=start + 1,
            invoices=tuple(accepted[start : start + _DOCUMENTS_PER_PAGE]),
        )
        for start in range(0, len(accepted), _DOCUMENTS_PER_PAGE)
    ]


def _final_verdict(session: Session) -> Verdict:
    if session.symmetric_key is None:
        return _status(session, 415)
    if session.package_verdict is not None:
        return session.package_verdict
    if not session.invoices:
        return _status(session, 440, "Nie przesłano faktur")
    if not any(invoice.is_accepted for invoice in session.invoices):
        return _status(session, 445)
    return _status(session, 200)


def _status(session: Session, code: int, *details: str) -> Verdict:
    return verdict(_TABLES[session.kind], code, *details)


def _check_correction(state: State, registration: Registration) -> None:
    """A technical correction names a refused document, once, and only an offline one.

    CHOICE: a hash nobody ever sent is 21405.
    """
    if registration.corrected_hash is None:
        return
    if not registration.is_offline:
        raise bad_request(21405, "'hashOfCorrectedInvoice': wymaga 'offlineMode' = true.")
    originals = state.by_hash.get(registration.corrected_hash, [])
    if not originals:
        raise bad_request(21405, "'hashOfCorrectedInvoice': nie znaleziono faktury.")
    if not all(_is_refused(original) for original in originals):
        raise bad_request(
            21167,
            "Nie można wysłać korekty technicznej do prawidłowo przetworzonej faktury.",
        )
    if _has_correction(state.documents, registration.corrected_hash):
        raise bad_request(21166, "Faktura posiada już przetworzoną prawidłowo korektę techniczną.")


def _is_refused(invoice: SessionInvoice) -> bool:
    return invoice.verdict is not None and invoice.verdict.code != 200


def _has_correction(documents: Iterable[SessionInvoice], corrected_hash: str) -> bool:
    return any(
        document.corrected_hash == corrected_hash and document.is_accepted for document in documents
    )
