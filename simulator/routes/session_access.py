"""Finding a session for a caller, and the faults that touch whole sessions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..call import Call
from ..errors import bad_request, invalid_input
from ..permissions import ENFORCEMENT_OPERATIONS, INTROSPECTION
from ..state import FormCode, Session, Unfolding, Verdict
from ..verdicts import INVOICE, verdict

# CHOICE: the real system also takes PEF, PEF_KOR, FA_RR and, on its test environment, FA (2).
# The simulator has the schema of FA (3) only and refuses what it could not judge.
SUPPORTED_FORM = FormCode(system_code="FA (3)", schema_version="1-0E", value="FA")
_FEATURE_HEADER = "x-ksef-feature"
_IDENTIFIER_FEATURE = "subject-identifier-validation"
_SEES_ALL = frozenset({INTROSPECTION, ENFORCEMENT_OPERATIONS})


@dataclass(frozen=True, kw_only=True)
class FormCodeBody:
    system_code: str
    schema_version: str
    value: str


def read_form_code(body: FormCodeBody) -> FormCode:
    """Raises 21405 for a form the authority does not take."""
    code = FormCode(
        system_code=body.system_code, schema_version=body.schema_version, value=body.value
    )
    if code != SUPPORTED_FORM:
        raise invalid_input("Wskazany kod formularza nie jest wspierany.")
    return code


def checks_identifiers(call: Call[Any]) -> bool:
    """Whether the session asked for NIP checks outside production."""
    features = call.incoming.headers.get(_FEATURE_HEADER, "")
    return _IDENTIFIER_FEATURE in [feature.strip() for feature in features.split(",")]


def find_session(call: Call[Any], kind: str | None = None) -> Session:
    """Raises 21173 for a session that is unknown, foreign, or of the other kind."""
    reference = call.arguments["reference_number"]
    session = call.state.sessions.get(reference)
    is_known = session is not None and kind in (None, session.kind)
    if session is None or not is_known or not may_see(call, session):
        raise bad_request(
            21173, f"Sesja o numerze referencyjnym {reference} nie została znaleziona."
        )
    return session


def may_see(call: Call[Any], session: Session) -> bool:
    """Own sessions, or with Introspection all of the context."""
    if session.context != call.caller.context:
        return False
    is_own = session.authentication.subject == call.caller.subject
    return is_own or bool(call.caller.permissions & _SEES_ALL)


def apply_session_faults(call: Call[Any], session: Session) -> None:
    """`session-unavailable`: maintenance, for this session until a new one is opened."""
    if call.authority.faults.take("session-unavailable", call.operation) is not None:
        session.is_unavailable = True
    if session.is_unavailable:
        reference = session.reference_number
        raise bad_request(
            21184,
            f"Trwają prace serwisowe i sesja {reference} jest tymczasowo niedostępna. Spróbuj "
            "ponownie później lub otwórz nową sesję, aby wysłać kolejne faktury.",
        )


def apply_slowness(call: Call[Any], unfolding: Unfolding) -> None:
    """`slow-verdict`: the result stays hidden for `seconds`, or for `polls` looks."""
    slow = call.authority.faults.take("slow-verdict", call.operation)
    if slow is None:
        return
    seconds = float(slow.options.get("seconds", 0))
    unfolding.ready_at = call.state.clock.ticks() + seconds
    unfolding.looks_left = int(slow.options.get("polls", 1 if seconds else 10))


def forced_verdict(call: Call[Any]) -> Verdict | None:
    """`verdict`: the document is not judged, it gets this `code` with these `details`."""
    fault = call.authority.faults.take("verdict", call.operation)
    if fault is None:
        return None
    details = (str(detail) for detail in fault.options.get("details", ()))
    return verdict(INVOICE, int(fault.options.get("code", 550)), *details)
