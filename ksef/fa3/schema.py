"""What the schema and the rules on the file itself say about a document."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import islice
from pathlib import Path
from threading import Lock
from typing import Any, cast

import xmlschema
from lxml import etree

from ..errors import BadAnswer, InvalidDocument
from ..markup import parse_xml

SCHEMA_PATH = Path(__file__).parents[2] / "schemas" / "fa3.xsd"

MAX_PROBLEMS = 20

# KSeF refuses these although XML 1.0 only discourages them; U+0085 is let through.
_DISCOURAGED = re.compile(
    r"[\x7f-\x84\x86-\x9f\ufdd0-\ufdef"
    + "".join(rf"\U{plane:04x}fffe\U{plane:04x}ffff" for plane in range(1, 17))
    + "]"
)
_NAMES = re.compile(r"\{[^}]*\}|\btns:")
_XSD = "{http://www.w3.org/2001/XMLSchema}"

_schema_lock = Lock()


@dataclass(frozen=True, kw_only=True)
class DocumentProblem:
    """One place of a document that is wrong.

    ``code`` is that of the rule for people (E-… blocks, W-… warns), ``path`` leads from the root
    (``Fa/FaWiersz[2]/P_11``), ``rule`` is what must hold, ``value`` what stands there and
    ``expected`` what should, where that can be said.
    """

    code: str
    path: str
    rule: str
    value: str = ""
    expected: str = ""


def parse(document: bytes) -> etree._Element:
    """The root. Raises ``InvalidDocument`` for what is not well-formed or has a DOCTYPE."""
    try:
        root = parse_xml(document)
    except BadAnswer as error:
        raise InvalidDocument((_file_problem("well-formed XML without DOCTYPE"),)) from error
    etree.strip_tags(root, etree.Comment)
    return root


def find_problems(document: bytes) -> tuple[DocumentProblem, ...]:
    """What KSeF would refuse the bytes for before it looks at their meaning."""
    try:
        root = parse(document)
    except InvalidDocument as error:
        return tuple(error.problems)
    return tuple(_find_file_problems(document, root)) or find_schema_problems(root)


def find_schema_problems(root: etree._Element) -> tuple[DocumentProblem, ...]:
    """libxml2 decides; only what it refuses is counted, and explained by the slower validator."""
    refusal = _find_refusal(root)
    if not refusal:
        return ()
    if crowds := tuple(_find_crowds(root)):
        return crowds
    # xmlschema reads lxml's elements, though its annotations name those of the library only
    explained = islice(_load_explainer().iter_errors(cast(Any, root)), MAX_PROBLEMS)
    return tuple(_explain(error) for error in explained) or (_file_problem(refusal),)


def _find_crowds(root: etree._Element) -> Iterator[DocumentProblem]:
    """What there is too much of: the validator would only call the first one unexpected."""
    for path, limit in read_limits().items():
        parent, _, name = path.rpartition("/")
        for holder in root.iterfind(_in_any_namespace(parent)) if parent else [root]:
            count = len(holder.findall(_in_any_namespace(name)))
            if count > limit:
                yield DocumentProblem(
                    code="E-CNT-01",
                    path=path,
                    rule=f"at most {limit}",
                    value=str(count),
                    expected=str(limit),
                )


def _in_any_namespace(path: str) -> str:
    return "/".join(f"{{*}}{name}" for name in path.split("/"))


def _find_file_problems(document: bytes, root: etree._Element) -> Iterator[DocumentProblem]:
    if document.startswith(codecs.BOM_UTF8):
        yield _file_problem("no byte order mark")
    encoding = root.getroottree().docinfo.encoding or "UTF-8"
    if encoding.upper() != "UTF-8":
        yield _file_problem("UTF-8", encoding)
    if any(isinstance(node, etree._ProcessingInstruction) for node in _document_nodes(root)):
        yield _file_problem("no processing instructions")
    text = etree.tostring(root, encoding="unicode", method="text")
    if found := _DISCOURAGED.search(text):
        yield _file_problem("no discouraged characters", f"U+{ord(found[0]):04X}")


def _document_nodes(root: etree._Element) -> Iterator[etree._Element]:
    yield from root.itersiblings(preceding=True)
    yield from root.iter(etree.ProcessingInstruction)
    yield from root.itersiblings()


def _file_problem(rule: str, value: str = "") -> DocumentProblem:
    return DocumentProblem(code="E-XSD", path="", rule=rule, value=value)


def _find_refusal(root: etree._Element) -> str:
    """The first complaint of libxml2, empty if it has none."""
    # The error log of an lxml schema belongs to all threads, so one at a time.
    with _schema_lock:
        try:
            _load_schema().assertValid(root)
        except etree.DocumentInvalid as error:
            return _NAMES.sub("", str(error))
    return ""


@lru_cache(maxsize=1)
def _load_schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(SCHEMA_PATH))


@cache
def read_values(type_name: str) -> frozenset[str]:
    """The values that a simple type of the schema enumerates: currencies, countries, prefixes."""
    path = f"{_XSD}simpleType[@name='{type_name}']/{_XSD}restriction/{_XSD}enumeration"
    nodes = etree.parse(SCHEMA_PATH).getroot().iterfind(path)
    return frozenset(node.get("value", "") for node in nodes)


@cache
def read_limits() -> Mapping[str, int]:
    """How often an element may stand where it may stand more than once, by its path.

    The path is from below the root: ``Fa/Rozliczenie/Obciazenia``.
    """
    nodes = etree.parse(SCHEMA_PATH).getroot().iter(f"{_XSD}element")
    return {
        _path_of(node): int(node.get("maxOccurs", ""))
        for node in nodes
        if node.get("maxOccurs", "1") != "1"
    }


def _path_of(declaration: etree._Element) -> str:
    steps = [declaration, *declaration.iterancestors(f"{_XSD}element")]
    names = [step.get("name", "") for step in steps]
    return "/".join(reversed(names[:-1]))


@lru_cache(maxsize=1)
def _load_explainer() -> xmlschema.XMLSchema:
    return xmlschema.XMLSchema(str(SCHEMA_PATH), allow="local")


def _explain(error: xmlschema.XMLSchemaValidationError) -> DocumentProblem:
    """``path`` from below the root: ``Fa/FaWiersz[2]/P_11``."""
    path = (error.path or "").removeprefix("/Faktura").removeprefix("/")
    element = error.elem
    value = "" if element is None or len(element) else element.text or ""
    return DocumentProblem(
        code="E-XSD", path=path, rule=_NAMES.sub("", error.reason or ""), value=value
    )
