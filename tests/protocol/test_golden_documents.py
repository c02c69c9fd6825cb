"""The golden documents: valid, right, complete, and taken by KSeF.

The Odoo tests compare them with what the records of each scenario give.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from lxml import etree
from wire import Wire

from ksef.fa3.checks import find_problems
from ksef.fa3.reader import read
from ksef.fa3.schema import find_problems as find_schema_problems
from ksef.fa3.writer import write
from simulator.panel import Control

TESTS = Path(__file__).parents[1]
FOLDER = TESTS / "golden"
FILES = {file.stem: file for file in sorted(FOLDER.glob("*.xml"))}
ROW_OF_THE_LIST = re.compile(
    r"^\| (?P<code>[SKAE]\d\d) (?:★ )?\|[^|]+\|(?P<problems>[^|]*)\|$", re.M
)
TODAY = date(2026, 3, 2)


@dataclass(frozen=True, kw_only=True)
class ScenarioTest:
    """A test of a scenario, with the texts that stand in it."""

    code: str
    texts: frozenset[str]


def document_of(name: str) -> bytes:
    """The document in a file, without the indentation."""
    parser = etree.XMLParser(remove_blank_text=True, resolve_entities=False)
    tree = etree.parse(FILES[name], parser)
    return etree.tostring(tree, encoding="UTF-8", xml_declaration=True)


def scenario_of(name: str) -> str:
    return name.partition("_")[0]


def listed() -> dict[str, set[str]]:
    """The scenarios of the list with the codes of the problems that they show."""
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    return {row["code"]: set(row["problems"].split()) for row in ROW_OF_THE_LIST.finditer(text)}


def scenario_tests() -> Iterator[ScenarioTest]:
    for file in sorted(TESTS.glob("test_*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            named = isinstance(node, ast.FunctionDef) and re.match(r"test_([skae]\d\d)_", node.name)
            if named:
                yield ScenarioTest(code=named[1].upper(), texts=frozenset(_texts(node)))


def _texts(node: ast.AST) -> Iterator[str]:
    for inner in ast.walk(node):
        if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
            yield inner.value


def texts_of_scenarios() -> dict[str, set[str]]:
    texts = defaultdict(set)
    for test in scenario_tests():
        texts[test.code] |= test.texts
    return texts


every_document = pytest.mark.parametrize("name", FILES)


@every_document
def test_document_is_valid(name: str) -> None:
    assert find_schema_problems(document_of(name)) == ()


@every_document
def test_document_adds_up(name: str) -> None:
    assert find_problems(read(document_of(name)), today=TODAY) == ()


@every_document
def test_document_is_read_and_written_again_as_it_was(name: str) -> None:
    document = document_of(name)
    assert write(read(document)) == document


@every_document
def test_ksef_takes_the_document(name: str, wire: Wire, control: Control) -> None:
    document = document_of(name)
    seller = str(read(document).Podmiot1.DaneIdentyfikacyjne.NIP)
    session = wire.login_with_token(seller, control.token(seller)).open_session()
    verdict = session.send_and_wait(document)
    assert verdict["status"]["code"] == 200, verdict["status"]


def test_every_scenario_has_its_test() -> None:
    numbers = (("S", 51), ("K", 18), ("A", 10), ("E", 24))
    wanted = [f"{letter}{number:02}" for letter, last in numbers for number in range(1, last + 1)]
    assert list(listed()) == wanted
    assert sorted(texts_of_scenarios()) == sorted(wanted)


def test_every_scenario_has_a_document_or_a_problem() -> None:
    with_document = {scenario_of(name) for name in FILES}
    assert [
        code for code, problems in listed().items() if not problems and code not in with_document
    ] == []


def test_every_problem_of_the_list_is_asserted() -> None:
    texts = texts_of_scenarios()
    assert {code: problems - texts[code] for code, problems in listed().items()} == {
        code: set() for code in listed()
    }


def test_every_document_belongs_to_a_test() -> None:
    texts = texts_of_scenarios()
    strangers = [
        name
        for name in FILES
        if (variant := name.partition("_")[2]) and variant not in texts[scenario_of(name)]
    ]
    assert strangers == []
    assert {scenario_of(name) for name in FILES} <= set(texts)
