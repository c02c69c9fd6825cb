"""How a class of the document is laid out in XML; the writer and the reader both go by it."""

from __future__ import annotations

import types
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from enum import Enum
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from .simple_types import SimpleType


class Place(Enum):
    """Where a field stands: in a child element, in an attribute, or as the text itself."""

    ELEMENT = "element"
    ATTRIBUTE = "attribute"
    TEXT = "text"


ATTRIBUTE = Place.ATTRIBUTE
TEXT = Place.TEXT

_PLAIN = SimpleType(write=str, read=str)


@dataclass(frozen=True, kw_only=True)
class Part:
    """One field. Either ``simple_type`` or ``record``, the class of the nested object, is set.

    ``default`` is what the field holds when the document has nothing for it.
    """

    name: str
    place: Place
    is_required: bool
    is_repeated: bool
    default: Any
    simple_type: SimpleType | None
    record: type[Any] | None


_known_parts: dict[type[Any], tuple[Part, ...]] = {}


def parts_of(record: type[Any]) -> tuple[Part, ...]:
    """The parts of a class of ``faktura``, in the order of the schema."""
    if record not in _known_parts:
        hints = get_type_hints(record, include_extras=True)
        _known_parts[record] = tuple(_describe(item, hints[item.name]) for item in fields(record))
    return _known_parts[record]


def limit_of(record: type[Any], name: str) -> int:
    """How many characters a field takes. Raises ``LookupError`` for a field without a limit."""
    for part in parts_of(record):
        if part.name == name and part.simple_type and part.simple_type.limit:
            return part.simple_type.limit
    raise LookupError(name)


def _describe(item: Field[Any], hint: Any) -> Part:
    hint = _without_none(hint)
    is_repeated = get_origin(hint) is tuple
    if is_repeated:
        hint = get_args(hint)[0]
    marks = hint.__metadata__ if get_origin(hint) is Annotated else ()
    is_record = is_dataclass(hint)
    return Part(
        name=item.name,
        place=next((mark for mark in marks if isinstance(mark, Place)), Place.ELEMENT),
        is_required=item.default is MISSING and item.default_factory is MISSING,
        is_repeated=is_repeated,
        default=_default_of(item, is_repeated),
        simple_type=None if is_record else _simple_type(marks),
        record=hint if is_record else None,
    )


def _without_none(hint: Any) -> Any:
    if get_origin(hint) in (Union, types.UnionType):
        return next(option for option in get_args(hint) if option is not types.NoneType)
    return hint


def _simple_type(marks: tuple[Any, ...]) -> SimpleType:
    return next((mark for mark in marks if isinstance(mark, SimpleType)), _PLAIN)


def _default_of(item: Field[Any], is_repeated: bool) -> Any:
    if is_repeated:
        return ()
    return False if item.default is False else None
