"""Latarnia, the ministry's lighthouse: is KSeF there?

Latarnia itself is not always there, and what it says for the test environments has been made up:
no answer means *unknown*, and nobody's legal duties change without a person.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from .errors import BadAnswer, KsefError
from .transport import JSON_LIMIT
from .verbs import Verbs
from .wire import Fields, parse_json


class Availability(Enum):
    """How KSeF stands."""

    AVAILABLE = "AVAILABLE"
    MAINTENANCE = "MAINTENANCE"
    FAILURE = "FAILURE"
    TOTAL_FAILURE = "TOTAL_FAILURE"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True, kw_only=True)
class Announcement:
    """A message of the ministry. ``category`` is FAILURE, TOTAL_FAILURE or MAINTENANCE,
    ``type`` FAILURE_START, FAILURE_END or MAINTENANCE_ANNOUNCEMENT; the words are Polish."""

    id: str
    event_id: int
    category: str
    type: str
    title: str
    text: str
    starts_at: datetime
    ends_at: datetime | None
    version: int
    published_at: datetime | None

    @classmethod
    def from_json(cls, answer: Fields) -> Announcement:
        return cls(
            id=answer.text("id"),
            event_id=answer.integer("eventId"),
            category=answer.text("category"),
            type=answer.text("type"),
            title=answer.optional_text("title") or "",
            text=answer.optional_text("text") or "",
            starts_at=answer.moment("start"),
            ends_at=answer.optional_moment("end"),
            version=answer.optional_integer("version") or 0,
            published_at=answer.optional_moment("published"),
        )


@dataclass(frozen=True, kw_only=True)
class SystemState:
    """What Latarnia shows now."""

    availability: Availability
    announcements: tuple[Announcement, ...] = ()

    @classmethod
    def from_json(cls, answer: Fields) -> SystemState:
        return cls(
            availability=_availability(answer.text("status")),
            announcements=tuple(map(Announcement.from_json, answer.objects("messages"))),
        )


def _availability(name: str) -> Availability:
    try:
        return Availability(name)
    except ValueError:
        return Availability.UNKNOWN


class LatarniaVerbs(Verbs):
    """Verbs of Latarnia; they need no login."""

    def system_state(self) -> SystemState:
        """How KSeF stands; unknown if Latarnia does not say. Raises nothing."""
        try:
            return SystemState.from_json(Fields(self._look("/status")))
        except KsefError:
            return SystemState(availability=Availability.UNKNOWN)

    def announcements(self) -> tuple[Announcement, ...]:
        """All messages of Latarnia; raises like every verb if it cannot be read."""
        listed = self._look("/messages")
        if not isinstance(listed, list):
            raise BadAnswer("no list of messages")
        return tuple(Announcement.from_json(Fields(message, "message")) for message in listed)

    def _look(self, path: str) -> object:
        answer = self._transport.fetch(self.environment.latarnia_url + path, limit=JSON_LIMIT)
        return parse_json(answer.content)
