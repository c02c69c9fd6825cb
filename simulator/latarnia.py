"""Latarnia, the service that tells whether KSeF is available."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .clock import wire_moment

AVAILABLE = "AVAILABLE"
_TITLES = {
    "MAINTENANCE": "Prace serwisowe",
    "FAILURE": "Awaria KSeF",
    "TOTAL_FAILURE": "Awaria całkowita KSeF",
}
_TYPES = {
    "MAINTENANCE": "MAINTENANCE_ANNOUNCEMENT",
    "FAILURE": "FAILURE_START",
    "TOTAL_FAILURE": "FAILURE_START",
}


@dataclass(frozen=True, kw_only=True)
class Beacon:
    """What Latarnia answers. A message is passed on as a test wrote it."""

    status: str = AVAILABLE
    messages: tuple[Mapping[str, Any], ...] = ()
    is_reachable: bool = True


def announce(status: str, now: datetime, number: int) -> tuple[Mapping[str, Any], ...]:
    """The message that goes with a status, for a test that names none."""
    if status == AVAILABLE:
        return ()
    return (
        {
            "id": f"K/{now:%Y}/{'AWR' if 'FAILURE' in status else 'SRW'}/{number:02d}",
            "eventId": number,
            "category": status,
            "type": _TYPES[status],
            "title": _TITLES[status],
            "text": f"{_TITLES[status]} (symulator).",
            "start": wire_moment(now),
            "end": None,
            "version": 1,
            "published": wire_moment(now),
        },
    )
