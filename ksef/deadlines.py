"""Until when an invoice issued outside KSeF has to be sent to it.

The law counts in Polish working days: art. 106nda, 106nf and 106nh of the VAT Act.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum
from functools import lru_cache
from zoneinfo import ZoneInfo

from .wire import UTC

WARSAW = ZoneInfo("Europe/Warsaw")
EMERGENCY_DAYS = 7  # working days after the end of a failure
_DAY = timedelta(days=1)
_CHRISTMAS_EVE_SINCE = 2025
_EPIPHANY_SINCE = 2011
_FIXED_HOLIDAYS = ((1, 1), (5, 1), (5, 3), (8, 15), (11, 1), (11, 11), (12, 25), (12, 26))
# Days after Easter Sunday: Easter itself, Easter Monday, Pentecost, Corpus Christi.
_MOVABLE_HOLIDAYS = (0, 1, 49, 60)


class Mode(Enum):
    """How an invoice was issued."""

    ONLINE = "online"
    OFFLINE24 = "offline24"  # the taxpayer's own choice
    UNAVAILABILITY = "unavailability"  # KSeF announced that it would be away
    EMERGENCY = "emergency"  # KSeF announced a failure
    TOTAL_FAILURE = "total_failure"  # announced in the mass media


@dataclass(frozen=True, kw_only=True)
class Outage:
    """A time that KSeF was announced to be away for; ``ended_on`` is None while it lasts."""

    mode: Mode  # UNAVAILABILITY, EMERGENCY or TOTAL_FAILURE
    began_on: date
    ended_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class Deadline:
    """``due_on`` is the last day for sending, None while an outage without end runs.

    Where not ``is_required`` there is no duty to send at all.
    """

    due_on: date | None
    is_required: bool = True

    @property
    def due_at(self) -> datetime | None:
        return None if self.due_on is None else end_of_day(self.due_on)


NO_DUTY = Deadline(due_on=None, is_required=False)


def deadline(
    mode: Mode,
    issued_on: date,
    *,
    issued_in: Outage | None = None,
    announced_since: Sequence[Outage] = (),
) -> Deadline:
    """The deadline of an invoice that is still to be sent, as far as outages are known.

    ``issued_in`` is the outage that modes UNAVAILABILITY and EMERGENCY rest upon. Of those
    ``announced_since`` the invoice was issued, a failure moves the deadline and a total failure
    ends the duty, if they began before the deadline was over.
    """
    if mode is Mode.TOTAL_FAILURE:
        return NO_DUTY
    due_on = _first_due_on(mode, issued_on, issued_in)
    for outage in sorted(announced_since, key=lambda each: each.began_on):
        if due_on is not None and outage.began_on > due_on:
            break
        if outage.mode is Mode.TOTAL_FAILURE:
            return NO_DUTY
        if outage.mode is Mode.EMERGENCY:
            due_on = _later(due_on, _days_after(outage, EMERGENCY_DAYS))
    return Deadline(due_on=due_on)


def _first_due_on(mode: Mode, issued_on: date, issued_in: Outage | None) -> date | None:
    if mode is Mode.ONLINE:
        return issued_on
    if mode is Mode.OFFLINE24:
        return add_working_days(issued_on, 1)
    return _days_after(issued_in, 1 if mode is Mode.UNAVAILABILITY else EMERGENCY_DAYS)


def _days_after(outage: Outage | None, days: int) -> date | None:
    if outage is None or outage.ended_on is None:
        return None
    return add_working_days(outage.ended_on, days)


def _later(one: date | None, other: date | None) -> date | None:
    """None, a day that nobody knows yet, is the latest."""
    return None if one is None or other is None else max(one, other)


def add_working_days(day: date, count: int) -> date:
    """The ``count``-th working day after ``day``, which itself may be any day."""
    for _ in range(count):
        day += _DAY
        while not is_working_day(day):
            day += _DAY
    return day


def is_working_day(day: date) -> bool:
    """Neither Saturday nor Sunday nor a public holiday in Poland."""
    return day.weekday() < 5 and day not in holidays(day.year)


@lru_cache(maxsize=16)
def holidays(year: int) -> frozenset[date]:
    """Public holidays in Poland (act of 18 January 1951 on days free from work)."""
    days = {date(year, month, day) for month, day in _FIXED_HOLIDAYS}
    days.update(easter(year) + days_after * _DAY for days_after in _MOVABLE_HOLIDAYS)
    if year >= _EPIPHANY_SINCE:
        days.add(date(year, 1, 6))
    if year >= _CHRISTMAS_EVE_SINCE:
        days.add(date(year, 12, 24))
    return frozenset(days)


def easter(year: int) -> date:
    """Easter Sunday in the Gregorian calendar (the algorithm of Meeus, Jones and Butcher)."""
    century, year_of_century = divmod(year, 100)
    golden = year % 19
    correction = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - century // 4 - correction + 15) % 30
    weekday = (
        32 + 2 * (century % 4) + 2 * (year_of_century // 4) - epact - year_of_century % 4
    ) % 7
    shift = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * shift + 114, 31)
    return date(year, month, day + 1)


def end_of_day(day: date) -> datetime:
    """The last second of a Polish day, in UTC."""
    return datetime.combine(day, time(23, 59, 59), WARSAW).astimezone(UTC)


def polish_day(moment: datetime) -> date:
    """The day it is in Poland: what ``P_1`` is compared with."""
    return moment.astimezone(WARSAW).date()


def is_taken_as_offline(issued_on: date, accepted_at: datetime) -> bool:
    """Whether KSeF classifies an invoice that is declared online as offline.

    ``accepted_at`` is when it was sent, or when its batch session was opened.
    """
    return issued_on < polish_day(accepted_at)
