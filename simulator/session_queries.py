"""The filters of the list of sessions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from .bodies import read_value
from .sessions import known_status
from .state import Session, State

QueryParameters = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, kw_only=True)
class SessionQuery:
    session_type: Literal["Online", "Batch"]
    reference_number: str | None = None
    date_created_from: datetime | None = None
    date_created_to: datetime | None = None
    date_closed_from: datetime | None = None
    date_closed_to: datetime | None = None
    date_modified_from: datetime | None = None
    date_modified_to: datetime | None = None
    statuses: tuple[Literal["InProgress", "Succeeded", "Failed", "Cancelled"], ...] = ()


def read_session_query(parameters: QueryParameters) -> SessionQuery:
    """Raises 21405, among others when `sessionType` is missing."""
    values: dict[str, object] = {name: found[0] for name, found in parameters.items()}
    if "statuses" in parameters:
        values["statuses"] = list(parameters["statuses"])
    return read_value(SessionQuery, values)


def is_wanted(state: State, session: Session, query: SessionQuery) -> bool:
    return (
        session.kind == query.session_type
        and query.reference_number in (None, session.reference_number)
        and (not query.statuses or _common_status(state, session) in query.statuses)
        and _is_between(session.opened_at, query.date_created_from, query.date_created_to)
        and _is_between(session.closed_at, query.date_closed_from, query.date_closed_to)
        and _is_between(session.updated_at, query.date_modified_from, query.date_modified_to)
    )


def _common_status(state: State, session: Session) -> str:
    code = known_status(state, session).code
    if code < 200:
        return "InProgress"
    return {200: "Succeeded", 440: "Cancelled"}.get(code, "Failed")


def _is_between(moment: datetime | None, start: datetime | None, end: datetime | None) -> bool:
    if start is None and end is None:
        return True
    if moment is None:
        return False
    return (start is None or moment >= start) and (end is None or moment <= end)
