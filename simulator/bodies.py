"""Request bodies: dataclasses say what the contract demands, one reader enforces it.

A field is required unless it has a default. Names are camelCase on the wire; CHOICE: the
authority forgives other spellings of a name, the simulator does not. Properties it does not
know are ignored, as the authority ignores them.
"""

from __future__ import annotations

import binascii
import dataclasses
import json
import re
import types
from base64 import b64decode
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal, TypeVar, Union, cast, get_args, get_origin
from typing import get_type_hints as type_hints

from .clock import read_moment
from .errors import bad_request, invalid_input

T = TypeVar("T")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Text:
    """Length in characters, and a pattern that the whole text must match."""

    minimum: int = 0
    maximum: int | None = None
    pattern: re.Pattern[str] | None = None


@dataclasses.dataclass(frozen=True, kw_only=True)
class Range:
    minimum: int | None = None
    maximum: int | None = None


@dataclasses.dataclass(frozen=True, kw_only=True)
class Items:
    minimum: int = 0
    maximum: int | None = None


@dataclasses.dataclass(frozen=True)
class Sha256:
    """44 characters of standard Base64 that stand for 32 bytes."""


Hash = Annotated[str, Sha256()]
PositiveSize = Annotated[int, Range(minimum=1)]
Description = Annotated[str, Text(minimum=5, maximum=256)]


def read_body(shape: type[T], content: bytes) -> T:
    """Reads JSON into `shape`. Raises 21001 for what is no JSON object, else 21405."""
    try:
        value = json.loads(content.decode("utf-8"), parse_float=Decimal)
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise bad_request(21001, f"Treść żądania nie jest poprawnym JSON: {error}") from error
    if not isinstance(value, dict):
        raise bad_request(21001, "Treść żądania nie jest obiektem JSON.")
    return read_value(shape, value)


def read_value(shape: type[T], value: Mapping[str, object]) -> T:
    """Reads an object that is parsed already. Raises 21405 naming every wrong property."""
    reading = _Reading()
    result = reading.record(shape, value, "")
    if reading.problems:
        raise invalid_input(*reading.problems)
    return cast(T, result)


class _Reading:
    """Walks a value along its type; collects what is wrong instead of stopping at the first."""

    def __init__(self) -> None:
        self.problems: list[str] = []

    def record(self, shape: Any, value: object, path: str) -> object:
        if not isinstance(value, Mapping):
            self._refuse(path, "oczekiwano obiektu")
            return None
        hints = type_hints(shape, include_extras=True)
        values = {}
        for field in dataclasses.fields(shape):
            name = _wire_name(field.name)
            if value.get(name) is None:
                self._note_absent(field, hints[field.name], name in value, f"{path}{name}")
            else:
                values[field.name] = self.value(hints[field.name], value[name], f"{path}{name}")
        return None if self.problems else shape(**values)

    def _note_absent(
        self, field: dataclasses.Field[Any], hint: Any, is_null: bool, path: str
    ) -> None:
        is_required = (
            field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
        )
        if is_required or (is_null and not _takes_null(hint)):
            self._refuse(path, "pole jest wymagane")

    def value(self, hint: Any, value: object, path: str) -> object:
        rules: tuple[Any, ...] = ()
        hint = _without_none(hint)
        if get_origin(hint) is Annotated:
            hint, *extra = get_args(hint)
            rules = tuple(extra)
        result = self._typed(_without_none(hint), value, path)
        for rule in rules if result is not None else ():
            self._check(rule, result, path)
        return result

    def _typed(self, hint: Any, value: object, path: str) -> object:
        if dataclasses.is_dataclass(hint):
            return self.record(hint, value, f"{path}.")
        if get_origin(hint) is tuple:
            return self._list(get_args(hint)[0], value, path)
        if get_origin(hint) is Literal:
            if value in get_args(hint) and isinstance(value, str):
                return value
            self._refuse(path, f"niedozwolona wartość {value!r}")
            return None
        try:
            return _scalar_reader(hint)(value)
        except (TypeError, ValueError, binascii.Error) as error:
            self._refuse(path, str(error))
            return None

    def _list(self, hint: Any, value: object, path: str) -> object:
        if not isinstance(value, list):
            self._refuse(path, "oczekiwano listy")
            return None
        return tuple(self.value(hint, item, f"{path}[{at}]") for at, item in enumerate(value))

    def _check(self, rule: Any, value: Any, path: str) -> None:
        if isinstance(rule, Sha256):
            self._check_hash(value, path)
        elif isinstance(rule, Range):
            if not _is_within(value, rule.minimum, rule.maximum):
                self._refuse(path, f"wartość {value} poza zakresem")
        elif not _is_within(len(value), rule.minimum, rule.maximum):
            self._refuse(path, f"niedozwolona długość {len(value)}")
        elif isinstance(rule, Text) and rule.pattern and not rule.pattern.fullmatch(value):
            self._refuse(path, "nieprawidłowy format")

    def _check_hash(self, value: str, path: str) -> None:
        try:
            size = len(b64decode(value, validate=True))
        except binascii.Error:
            size = 0
        if len(value) != 44 or size != 32:
            self._refuse(path, "oczekiwano skrótu SHA-256 w Base64 (44 znaki)")

    def _refuse(self, path: str, words: str) -> None:
        self.problems.append(f"'{path.rstrip('.') or 'body'}': {words}.")


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("oczekiwano tekstu")
    return value


def _integer(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError("oczekiwano liczby całkowitej")
    return value


def _decimal(value: object) -> Decimal:
    if not isinstance(value, (int, Decimal)) or isinstance(value, bool):
        raise TypeError("oczekiwano liczby")
    return Decimal(value)


def _boolean(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError("oczekiwano true albo false")
    return value


def _base64(value: object) -> bytes:
    return b64decode(_text(value), validate=True)


def _moment(value: object) -> datetime:
    return read_moment(_text(value))


def _date(value: object) -> date:
    return date.fromisoformat(_text(value))


_SCALARS: Mapping[Any, Any] = {
    str: _text,
    int: _integer,
    bool: _boolean,
    bytes: _base64,
    Decimal: _decimal,
    datetime: _moment,
    date: _date,
}


def _scalar_reader(hint: Any) -> Any:
    """Tests that freeze time put a child of `datetime` in its place."""
    return next(_SCALARS[kind] for kind in hint.__mro__ if kind in _SCALARS)


_ACRONYMS = {"mb": "MB"}


def _wire_name(name: str) -> str:
    first, *rest = name.rstrip("_").split("_")
    return first + "".join(_ACRONYMS.get(word, word.capitalize()) for word in rest)


def _takes_null(hint: Any) -> bool:
    return get_origin(hint) in (Union, types.UnionType) and type(None) in get_args(hint)


def _without_none(hint: Any) -> Any:
    """The one type of `X | None` that is not None; any other hint as it is."""
    if not _takes_null(hint):
        return hint
    return next(part for part in get_args(hint) if part is not type(None))


def _is_within(value: int, minimum: int | None, maximum: int | None) -> bool:
    return (minimum is None or value >= minimum) and (maximum is None or value <= maximum)
