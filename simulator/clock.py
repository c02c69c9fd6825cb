"""The time of the simulated authority: settable, and written as the authority writes it."""

from __future__ import annotations

import re
import threading
import time
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

# CHOICE: the documentation names no time zone for comparing days; tax law means Polish days.
WARSAW = ZoneInfo("Europe/Warsaw")

_MOMENT = re.compile(
    r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,7}))?(Z|[+-]\d\d:\d\d)", re.IGNORECASE
)


class Clock:
    """A wall clock that can be set, and a stopwatch that only ever runs forward."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.reset()

    def reset(self) -> None:
        """Back to the real time. The stopwatch keeps what it has counted."""
        with self._lock:
            self._shift = timedelta(0)
            self._skipped = getattr(self, "_skipped", 0.0)

    def now(self) -> datetime:
        return datetime.now(timezone.utc) + self._shift

    def today(self) -> date:
        """The date on a Polish calendar."""
        return polish_date(self.now())

    def ticks(self) -> float:
        """Seconds of a stopwatch. Setting the clock forward moves it, setting it back does not,
        so no delay that has begun can become endless."""
        return time.monotonic() + self._skipped

    def shift(self, by: timedelta) -> None:
        with self._lock:
            self._shift += by
            self._skipped += max(by.total_seconds(), 0.0)

    def set(self, moment: datetime) -> None:
        self.shift(moment - self.now())


def polish_date(moment: datetime) -> date:
    return moment.astimezone(WARSAW).date()


def wire_moment(moment: datetime) -> str:
    """UTC with seven digits of a second, one more than Python's parsers take."""
    utc = moment.astimezone(timezone.utc)
    return f"{utc:%Y-%m-%dT%H:%M:%S}.{utc.microsecond:06d}{utc.day % 9 + 1}+00:00"


def wire_optional(moment: datetime | None) -> str | None:
    return None if moment is None else wire_moment(moment)


def read_moment(text: str) -> datetime:
    """Reads ISO 8601 with `Z` or an offset; digits after the sixth are dropped.

    Raises `ValueError` for anything else, also for a moment without offset.
    """
    match = _MOMENT.fullmatch(text)
    if match is None:
        raise ValueError(f"not a date-time with an offset: {text!r}")
    seconds, fraction, offset = match.groups()
    fraction = (fraction or "0")[:6].ljust(6, "0")
    offset = "+00:00" if offset in "zZ" else offset
    return datetime.fromisoformat(f"{seconds}.{fraction}{offset}")
