"""Reading what KSeF writes: dates of many digits, missing fields, wrong types."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ksef.errors import BadAnswer
from ksef.wire import (
    Fields,
    dump_json,
    format_moment,
    parse_day,
    parse_json,
    parse_moment,
)

UTC = timezone.utc


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2025-07-11T12:23:56.0154302+00:00", datetime(2025, 7, 11, 12, 23, 56, 15430, UTC)),
        ("2025-07-11T12:23:56.9999999Z", datetime(2025, 7, 11, 12, 23, 56, 999999, UTC)),
        ("2025-07-11T12:23:56Z", datetime(2025, 7, 11, 12, 23, 56, 0, UTC)),
        ("2025-07-11T12:23:56.5", datetime(2025, 7, 11, 12, 23, 56, 500000, UTC)),
        ("2025-07-11T14:23:56+02:00", datetime(2025, 7, 11, 12, 23, 56, 0, UTC)),
        ("2025-07-11 12:23:56z", datetime(2025, 7, 11, 12, 23, 56, 0, UTC)),
    ],
)
def test_moments_are_read_in_all_forms(text: str, moment: datetime) -> None:
    assert parse_moment(text) == moment


@pytest.mark.parametrize(
    "text",
    ["", "2025-07-11", "12:23", "2025-13-11T00:00:00Z", "0001-01-01T00:00:00+02:00", "x" * 99],
)
def test_impossible_moment_is_a_bad_answer(text: str) -> None:
    with pytest.raises(BadAnswer):
        parse_moment(text)


@given(st.datetimes(min_value=datetime(1970, 1, 2), timezones=st.timezones()))
def test_written_moment_is_read_again(moment: datetime) -> None:
    assert parse_moment(format_moment(moment)) == moment.astimezone(UTC)


@given(st.integers(0, 9_999_999))
def test_seventh_digit_never_makes_a_moment_later(fraction: int) -> None:
    moment = parse_moment(f"2025-07-11T12:23:56.{fraction:07}Z")
    exact = timedelta(seconds=56) + timedelta(microseconds=fraction // 10)
    assert moment - datetime(2025, 7, 11, 12, 23, tzinfo=UTC) == exact


def test_moment_without_time_zone_is_never_written() -> None:
    with pytest.raises(ValueError, match="time zone"):
        format_moment(datetime(2025, 7, 11))


def test_amounts_are_exact() -> None:
    answer = Fields(parse_json(b'{"a": 0.1, "b": 3, "c": 1e3}'))
    assert [answer.amount(name) for name in "abc"] == [Decimal("0.1"), 3, 1000]
    assert dump_json({"a": Decimal("0.1")}) == b'{"a":0.1}'


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b"[" * 100_000, b"nil"])
def test_anything_else_is_no_json(content: bytes) -> None:
    with pytest.raises(BadAnswer):
        parse_json(content)


def test_byte_order_mark_does_no_harm() -> None:
    assert parse_json(b"\xef\xbb\xbf{}") == {}


@pytest.mark.parametrize(
    "value", [None, 1.5, True, [], {}, "text"], ids=lambda value: type(value).__name__
)
def test_wrong_types_are_bad_answers(value: object) -> None:
    answer = Fields({"field": value})
    if not isinstance(value, str):
        with pytest.raises(BadAnswer):
            answer.text("field")
    with pytest.raises(BadAnswer):
        answer.integer("field")
    with pytest.raises(BadAnswer):
        answer.moment("field")
    with pytest.raises(BadAnswer):
        answer.day("field")
    if not isinstance(value, bool):
        with pytest.raises(BadAnswer):
            answer.flag("field")
    if not isinstance(value, float):
        with pytest.raises(BadAnswer):
            answer.amount("field")
    if not isinstance(value, dict):
        with pytest.raises(BadAnswer):
            answer.fields("field")


def test_missing_and_null_fields_are_the_same() -> None:
    for answer in (Fields({}), Fields({"f": None})):
        assert answer.optional_text("f") is None
        assert answer.optional_moment("f") is None
        assert answer.optional_fields("f") is None
        assert answer.mapping("f") is None
        assert answer.objects("f") == answer.texts("f") == answer.amounts("f") == ()


def test_list_of_something_else_is_a_bad_answer() -> None:
    with pytest.raises(BadAnswer):
        Fields({"f": [1]}).objects("f")
    with pytest.raises(BadAnswer):
        Fields({"f": "text"}).texts("f")
    assert Fields({"f": ["a", None, 1]}).texts("f") == ("a",)


def test_only_the_date_of_a_moment_is_read() -> None:
    assert parse_day("2026-02-01T00:00:00Z") == date(2026, 2, 1)
    with pytest.raises(BadAnswer):
        parse_day("yesterday")
