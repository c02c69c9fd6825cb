"""A document as the bytes that KSeF gets."""

from __future__ import annotations

from typing import Any

from lxml import etree

from ..errors import InvalidDocument
from .faktura import NAMESPACE, Faktura
from .plan import Part, Place, parts_of
from .schema import DocumentProblem

_PREFIXES: dict[Any, str] = {None: NAMESPACE}


def write(faktura: Faktura) -> bytes:
    """The same document always gives the same bytes: UTF-8 without BOM, not indented.

    Raises ``InvalidDocument`` for text that XML cannot hold: clean it first (``text``).
    """
    root = etree.Element(f"{{{NAMESPACE}}}Faktura", nsmap=_PREFIXES)
    _fill(root, faktura)
    document: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True)
    return document


def _fill(element: etree._Element, record: Any) -> None:
    for part in parts_of(type(record)):
        value = getattr(record, part.name)
        if value is None or value is part.default:
            continue
        if part.is_repeated:
            for item in value:
                _put(element, part, item)
        else:
            _put(element, part, value)


def _put(element: etree._Element, part: Part, value: Any) -> None:
    if part.simple_type is None:
        _put_record(element, part, value)
        return
    text = part.simple_type.write(value)
    if not text and not part.simple_type.may_be_empty:
        return
    try:
        _put_text(element, part, text)
    except ValueError as error:
        problem = DocumentProblem(
            code="E-XSD", path=_path_of(element, part), rule="XML 1.0 characters", value=repr(text)
        )
        raise InvalidDocument((problem,)) from error


def _put_record(element: etree._Element, part: Part, record: Any) -> None:
    child = etree.SubElement(element, f"{{{NAMESPACE}}}{part.name}")
    _fill(child, record)
    if not len(child) and not child.text:
        element.remove(child)


def _put_text(element: etree._Element, part: Part, text: str) -> None:
    if part.place is Place.ELEMENT:
        etree.SubElement(element, f"{{{NAMESPACE}}}{part.name}").text = text
    elif part.place is Place.ATTRIBUTE:
        element.set(part.name, text)
    else:
        element.text = text


def _path_of(element: etree._Element, part: Part) -> str:
    names = [etree.QName(step).localname for step in element.iterancestors()]
    return "/".join([*reversed(names), etree.QName(element).localname, part.name])
