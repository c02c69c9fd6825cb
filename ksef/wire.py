"""Reading and writing the JSON of the API: leniently towards additions, strictly towards types."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date, datetime, timezone
from decimal import Decimal
from typing import TypeVar, cast

from .errors import BadAnswer

UTC = timezone.utc
T = TypeVar("T")
_MOMENT = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:\.(\d+))?\s*([Zz]|[+-]\d\d:\d\d)?", re.ASCII
)


class Fields:
    """The fields of one JSON object; any doubt about a field is a ``BadAnswer`` that names it.

    Fields that nobody asks for are ignored: the contract may grow at any time.
    """

    def __init__(self, value: object, name: str = "answer") -> None:
        if not isinstance(value, Mapping):
            raise BadAnswer(f"{name} is no object")
        self._values: Mapping[str, object] = value

    def text(self, name: str) -> str:
        return self._required(name, self.optional_text(name))

    def integer(self, name: str) -> int:
        return self._required(name, self.optional_integer(name))

    def moment(self, name: str) -> datetime:
        return self._required(name, self.optional_moment(name))

    def day(self, name: str) -> date:
        return self._required(name, self.optional_day(name))

    def amount(self, name: str) -> Decimal:
        return self._required(name, self.optional_amount(name))

    def flag(self, name: str) -> bool:
        return self._required(name, self.optional_flag(name))

    def fields(self, name: str) -> Fields:
        return self._required(name, self.optional_fields(name))

    def optional_text(self, name: str) -> str | None:
        return self._typed(name, str)

    def optional_integer(self, name: str) -> int | None:
        value = self._values.get(name)
        if isinstance(value, bool):
            raise BadAnswer(f"{name} is a {type(value).__name__}")
        return self._typed(name, int)

    def optional_flag(self, name: str) -> bool | None:
        return self._typed(name, bool)

    def optional_moment(self, name: str) -> datetime | None:
        value = self.optional_text(name)
        return None if value is None else parse_moment(value)

    def optional_day(self, name: str) -> date | None:
        value = self.optional_text(name)
        return None if value is None else parse_day(value)

    def optional_amount(self, name: str) -> Decimal | None:
        value = self._values.get(name)
        return None if value is None else _decimal(value, name)

    def optional_fields(self, name: str) -> Fields | None:
        value = self._values.get(name)
        return None if value is None else Fields(value, name)

    def texts(self, name: str) -> tuple[str, ...]:
        """The strings of a list; an absent or null list is an empty one."""
        return tuple(value for value in self._list(name) if isinstance(value, str))

    def objects(self, name: str) -> tuple[Fields, ...]:
        """The objects of a list; an absent or null list is an empty one."""
        return tuple(Fields(value, name) for value in self._list(name))

    def amounts(self, name: str) -> tuple[Decimal, ...]:
        """The numbers of a list; an absent or null list is an empty one."""
        return tuple(_decimal(value, name) for value in self._list(name))

    def names(self) -> tuple[str, ...]:
        return tuple(self._values)

    def mapping(self, name: str) -> Mapping[str, object] | None:
        """A free-form object, as it is."""
        nested = self.optional_fields(name)
        return None if nested is None else nested._values

    def _list(self, name: str) -> list[object]:
        return self._typed(name, list) or []

    def _typed(self, name: str, kind: type[T]) -> T | None:
        value = self._values.get(name)
        if value is not None and not isinstance(value, kind):
            raise BadAnswer(f"{name} is a {type(value).__name__}")
        return value

    def _required(self, name: str, value: T | None) -> T:
        if value is None:
            raise BadAnswer(f"{name} is missing")
        return value


def _decimal(value: object, name: str) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
        raise BadAnswer(f"{name} is a {type(value).__name__}")
    return Decimal(str(value))


def parse_json(content: bytes) -> object:
    """JSON with exact decimals; raises BadAnswer for anything that is not JSON."""
    try:
        return cast(object, json.loads(content.decode("utf-8-sig"), parse_float=Decimal))
    except (ValueError, RecursionError) as error:
        raise BadAnswer("no JSON") from error


def dump_json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=float).encode()


def parse_moment(text: str) -> datetime:
    """A date-time as KSeF writes it, in UTC. No offset means UTC.

    KSeF writes up to seven digits of a second: the rest is cut, never rounded, so that a moment
    never gets later than KSeF's own.
    """
    match = _MOMENT.fullmatch(text)
    if match is None:
        raise BadAnswer("unreadable date-time")
    day, time, fraction, offset = match.groups()
    offset = "+00:00" if offset in (None, "Z", "z") else offset
    try:
        moment = datetime.fromisoformat(f"{day}T{time}.{(fraction or '0')[:6]:0<6}{offset}")
        return moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise BadAnswer("impossible date-time") from error


def parse_day(text: str) -> date:
    """A date; of a date-time only the date is read."""
    try:
        return date.fromisoformat(text[:10])
    except ValueError as error:
        raise BadAnswer("unreadable date") from error


def format_moment(moment: datetime) -> str:
    """An aware date-time in UTC with its offset; without one KSeF refuses it."""
    if moment.tzinfo is None:
        raise ValueError("a date-time without time zone")
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
