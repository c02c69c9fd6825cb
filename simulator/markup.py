"""XML as the authority takes it: strict about bytes, never fetching anything, never trusting."""

from __future__ import annotations

import re
import threading
from pathlib import Path

from lxml import etree

SCHEMA_DIRECTORY = Path(__file__).resolve().parent.parent / "schemas"
INVOICE_SCHEMA = "fa3.xsd"
LOGIN_SCHEMA = "auth.xsd"

_BOM = b"\xef\xbb\xbf"
_PROLOG_ENCODING = re.compile(rb"""<\?xml[^>]*?\sencoding\s*=\s*["']([^"']*)["']""")
_DISCOURAGED = re.compile(
    "[\x7f-\x84\x86-\x9f\ufdd0-\ufdef"
    + "".join(
        f"{chr(plane * 0x10000 + 0xFFFE)}{chr(plane * 0x10000 + 0xFFFF)}" for plane in range(1, 17)
    )
    + "]"
)
_compiled = threading.local()


class MalformedXml(Exception):
    """The bytes are not XML that the authority takes; the argument says why."""


class WrongEncoding(MalformedXml):
    """Not UTF-8, or a prolog that names another encoding, or a byte order mark."""


class SchemaViolation(Exception):
    """`messages` holds one line for each violation."""

    def __init__(self, messages: tuple[str, ...]) -> None:
        super().__init__(messages)
        self.messages = messages


def parse_strictly(content: bytes) -> etree._Element:
    """Well-formed XML 1.0 in UTF-8, without byte order mark, DOCTYPE, processing instruction
    or discouraged character. Raises `MalformedXml`."""
    _check_encoding(content)
    root = parse_safely(content)
    if any(True for _ in root.itersiblings(etree.PI)) or _has_instructions(root):
        raise MalformedXml("Instrukcje przetwarzania (PI) są niedozwolone.")
    if _DISCOURAGED.search(content.decode("utf-8")) or _has_discouraged_references(root):
        raise MalformedXml("Dokument zawiera niedozwolone znaki.")
    return root


def parse_safely(content: bytes) -> etree._Element:
    """Parses without network, entities or a document type. Raises `MalformedXml`."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise MalformedXml(f"Nieprawidłowy XML: {error}") from error
    if root.getroottree().docinfo.doctype:
        raise MalformedXml("Deklaracja DOCTYPE jest niedozwolona.")
    return root


def validate(root: etree._Element, schema_name: str) -> None:
    """Raises `SchemaViolation`."""
    schema = _schema(schema_name)
    if not schema.validate(root):
        messages = tuple(f"{entry.line}: {entry.message}" for entry in schema.error_log)
        raise SchemaViolation(messages[:10])


def _check_encoding(content: bytes) -> None:
    if content.startswith(_BOM):
        raise WrongEncoding("Niedozwolony znacznik kolejności bajtów (BOM).")
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise WrongEncoding("Treść nie jest zakodowana w UTF-8.") from error
    named = _PROLOG_ENCODING.match(content)
    if named is not None and named.group(1).upper() != b"UTF-8":
        raise WrongEncoding("Prolog wskazuje kodowanie inne niż UTF-8.")


def _has_instructions(root: etree._Element) -> bool:
    before = root.itersiblings(etree.PI, preceding=True)
    return any(True for _ in before) or any(True for _ in root.iter(etree.PI))


def _has_discouraged_references(root: etree._Element) -> bool:
    """Characters written as `&#x80;` show only in the parsed text."""
    for node in root.iter():
        texts = (node.text, node.tail, *node.attrib.values())
        if any(text and _DISCOURAGED.search(text) for text in texts):
            return True
    return False


def _schema(name: str) -> etree.XMLSchema:
    """One compiled schema per thread: lxml keeps the errors of a validation in the object."""
    schemas: dict[str, etree.XMLSchema] = _compiled.__dict__.setdefault("schemas", {})
    if name not in schemas:
        schemas[name] = etree.XMLSchema(etree.parse(str(SCHEMA_DIRECTORY / name)))
    return schemas[name]
