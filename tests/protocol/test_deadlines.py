"""Deadlines in Polish working days."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ksef.deadlines import (
    Deadline,
    Mode,
    Outage,
    add_working_days,
    deadline,
    easter,
    end_of_day,
    holidays,
    is_taken_as_offline,
    is_working_day,
    polish_day,
)

UTC = timezone.utc
years = st.integers(2026, 2199)
some_days = st.dates(date(2026, 1, 1), date(2199, 1, 1))


def test_official_example() -> None:
    issued_on = date(2025, 7, 8)
    assert deadline(Mode.OFFLINE24, issued_on).due_on == date(2025, 7, 9)
    failure = Outage(mode=Mode.EMERGENCY, began_on=date(2025, 7, 9), ended_on=date(2025, 7, 12))
    moved = deadline(Mode.OFFLINE24, issued_on, announced_since=[failure])
    assert moved.due_on == date(2025, 7, 22)


def test_failure_without_end_leaves_the_deadline_open() -> None:
    failure = Outage(mode=Mode.EMERGENCY, began_on=date(2026, 3, 3))
    result = deadline(Mode.OFFLINE24, date(2026, 3, 2), announced_since=[failure])
    assert result == Deadline(due_on=None)
    assert result.due_at is None
    assert result.is_required


def test_failure_announced_after_the_deadline_does_not_save_it() -> None:
    failure = Outage(mode=Mode.EMERGENCY, began_on=date(2026, 3, 4), ended_on=date(2026, 3, 5))
    result = deadline(Mode.OFFLINE24, date(2026, 3, 2), announced_since=[failure])
    assert result.due_on == date(2026, 3, 3)


def test_further_failure_starts_the_count_anew() -> None:
    first = Outage(mode=Mode.EMERGENCY, began_on=date(2026, 3, 2), ended_on=date(2026, 3, 2))
    second = Outage(mode=Mode.EMERGENCY, began_on=date(2026, 3, 9), ended_on=date(2026, 3, 10))
    result = deadline(Mode.EMERGENCY, date(2026, 3, 2), issued_in=first, announced_since=[second])
    assert result.due_on == date(2026, 3, 19)


def test_short_failure_inside_a_long_one_takes_no_day_away() -> None:
    long = Outage(mode=Mode.EMERGENCY, began_on=date(2026, 3, 2), ended_on=date(2026, 3, 13))
    short = Outage(mode=Mode.EMERGENCY, began_on=date(2026, 3, 4), ended_on=date(2026, 3, 5))
    result = deadline(Mode.EMERGENCY, date(2026, 3, 3), issued_in=long, announced_since=[short])
    assert result == deadline(Mode.EMERGENCY, date(2026, 3, 3), issued_in=long)
    lasting = Outage(mode=Mode.EMERGENCY, began_on=date(2026, 3, 2))
    result = deadline(Mode.EMERGENCY, date(2026, 3, 3), issued_in=lasting, announced_since=[short])
    assert result.due_on is None


def test_total_failure_ends_the_duty() -> None:
    assert not deadline(Mode.TOTAL_FAILURE, date(2026, 3, 2)).is_required
    crisis = Outage(mode=Mode.TOTAL_FAILURE, began_on=date(2026, 3, 3))
    result = deadline(Mode.OFFLINE24, date(2026, 3, 2), announced_since=[crisis])
    assert (result.due_on, result.is_required) == (None, False)


def test_planned_unavailability_gives_one_day_after_its_end() -> None:
    outage = Outage(mode=Mode.UNAVAILABILITY, began_on=date(2026, 3, 6), ended_on=date(2026, 3, 7))
    result = deadline(Mode.UNAVAILABILITY, date(2026, 3, 6), issued_in=outage)
    assert result.due_on == date(2026, 3, 9)
    assert deadline(Mode.UNAVAILABILITY, date(2026, 3, 6)).due_on is None


def test_planned_unavailability_moves_no_other_deadline() -> None:
    outage = Outage(mode=Mode.UNAVAILABILITY, began_on=date(2026, 3, 2))
    result = deadline(Mode.OFFLINE24, date(2026, 3, 2), announced_since=[outage])
    assert result.due_on == date(2026, 3, 3)


def test_online_invoice_is_due_on_its_day() -> None:
    assert deadline(Mode.ONLINE, date(2026, 3, 2)).due_on == date(2026, 3, 2)


@pytest.mark.parametrize(
    ("issued_on", "due_on"),
    [
        (date(2026, 4, 2), date(2026, 4, 3)),  # Good Friday is a working day
        (date(2026, 4, 3), date(2026, 4, 7)),  # Easter Monday is none
        (date(2026, 4, 30), date(2026, 5, 4)),  # 1 May on a Friday, 3 May on a Sunday
        (date(2026, 6, 3), date(2026, 6, 5)),  # Corpus Christi
        (date(2026, 12, 23), date(2026, 12, 28)),  # Christmas Eve since 2025
        (date(2024, 12, 23), date(2024, 12, 24)),
        (date(2026, 1, 5), date(2026, 1, 7)),  # Epiphany
    ],
)
def test_offline_invoice_is_due_on_the_next_working_day(issued_on: date, due_on: date) -> None:
    assert deadline(Mode.OFFLINE24, issued_on).due_on == due_on


def test_epiphany_is_free_since_2011() -> None:
    assert date(2010, 1, 6) not in holidays(2010)
    assert date(2011, 1, 6) in holidays(2011)


@pytest.mark.parametrize(
    ("year", "day"),
    [(2024, (3, 31)), (2025, (4, 20)), (2026, (4, 5)), (2027, (3, 28)), (2038, (4, 25))],
)
def test_easter_of_known_years(year: int, day: tuple[int, int]) -> None:
    assert easter(year) == date(year, *day)


@given(years)
def test_easter_is_a_sunday_in_spring(year: int) -> None:
    sunday = easter(year)
    assert sunday.weekday() == 6
    assert date(year, 3, 22) <= sunday <= date(year, 4, 25)
    assert not is_working_day(sunday + timedelta(days=1))


@given(some_days, st.integers(1, 10))
def test_working_days_are_counted_one_by_one(day: date, count: int) -> None:
    due = add_working_days(day, count)
    between = [day + timedelta(days=step) for step in range(1, (due - day).days + 1)]
    assert sum(map(is_working_day, between)) == count
    assert is_working_day(due)


@given(some_days, st.integers(1, 9))
def test_more_days_end_later(day: date, count: int) -> None:
    assert add_working_days(day, count) < add_working_days(day, count + 1)


def test_day_ends_at_midnight_in_warsaw() -> None:
    assert end_of_day(date(2026, 7, 1)) == datetime(2026, 7, 1, 21, 59, 59, tzinfo=UTC)
    assert end_of_day(date(2026, 1, 1)) == datetime(2026, 1, 1, 22, 59, 59, tzinfo=UTC)
    assert Deadline(due_on=date(2026, 1, 1)).due_at == end_of_day(date(2026, 1, 1))


@given(some_days)
def test_last_second_belongs_to_its_day(day: date) -> None:
    assert polish_day(end_of_day(day)) == day
    assert polish_day(end_of_day(day) + timedelta(seconds=1)) == day + timedelta(days=1)


def test_invoice_sent_after_midnight_is_taken_as_offline() -> None:
    issued_on = date(2025, 10, 3)
    assert not is_taken_as_offline(issued_on, datetime(2025, 10, 3, 21, 59, 59, tzinfo=UTC))
    assert is_taken_as_offline(issued_on, datetime(2025, 10, 3, 22, 0, 1, tzinfo=UTC))
