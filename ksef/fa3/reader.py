"""A document out of its bytes.

KSeF has checked what it hands out, other sources have not: the reader takes every document that
is well-formed and FA(3) by its namespace. What is missing or cannot be read is ``None``, in
fields that the schema demands too; ``schema.find_problems`` says what is wrong.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any, TypeVar

from lxml import etree

from ..errors import InvalidDocument
from .faktura import NAMESPACE, Faktura
from .plan import Part, Place, parts_of
from .schema import DocumentProblem, parse

R = TypeVar("R")

_ROOT = f"{{{NAMESPACE}}}Faktura"


@dataclass(frozen=True, kw_only=True)
class _Layout:
    """The parts of a class as the reader looks them up: child elements by their full tag."""

    defaults: dict[str, Any]
    elements: dict[str, Part]
    beside_elements: tuple[Part, ...]


_known_layouts: dict[type[Any], _Layout] = {}


def read(document: bytes) -> Faktura:
    """Raises ``InvalidDocument`` for what is not XML, has a DOCTYPE or is no FA(3)."""
    root = parse(document)
    if root.tag != _ROOT:
        problem = DocumentProblem(
            code="E-XSD", path=etree.QName(root).localname, rule=_ROOT, value=str(root.tag)
        )
        raise InvalidDocument((problem,))
    return _read_record(root, Faktura)


def _layout_of(record: type[Any]) -> _Layout:
    if record not in _known_layouts:
        _known_layouts[record] = _lay_out(parts_of(record))
    return _known_layouts[record]


def _lay_out(parts: tuple[Part, ...]) -> _Layout:
    inside = {part.name: part for part in parts if part.place is Place.ELEMENT}
    return _Layout(
        defaults={part.name: part.default for part in parts},
        elements={f"{{{NAMESPACE}}}{name}": part for name, part in inside.items()},
        beside_elements=tuple(part for part in parts if part.place is not Place.ELEMENT),
    )


def _read_record(element: etree._Element, record: type[R]) -> R:
    layout = _layout_of(record)
    values = dict(layout.defaults)
    for part in layout.beside_elements:
        values[part.name] = _read_beside(element, part)
    for name, found in _read_elements(element, layout).items():
        values[name] = tuple(found) if layout.defaults[name] == () else found[0]
    return record(**values)


def _read_elements(element: etree._Element, layout: _Layout) -> dict[str, list[Any]]:
    """The values of child elements. Where one stands too often, the first counts."""
    found: dict[str, list[Any]] = defaultdict(list)
    for child in element.iterchildren(f"{{{NAMESPACE}}}*"):
        part = layout.elements.get(str(child.tag))
        value = None if part is None else _read_element(part, child)
        if part is not None and value is not None:
            found[part.name].append(value)
    return found


def _read_beside(element: etree._Element, part: Part) -> Any:
    """An attribute of the element, or its own text."""
    text = element.get(part.name) if part.place is Place.ATTRIBUTE else element.text
    return _read_text(part, text)


def _read_element(part: Part, element: etree._Element) -> Any:
    if part.record is not None:
        return _read_record(element, part.record)
    return _read_text(part, element.text)


def _read_text(part: Part, text: str | None) -> Any:
    simple_type = part.simple_type
    if simple_type is None or (not text and not simple_type.may_be_empty):
        return None
    try:
        return simple_type.read(text or "")
    except ValueError:
        return None
