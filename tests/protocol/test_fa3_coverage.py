"""What the builder can fill: every element stands in a golden document, or here with a reason."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import is_dataclass
from pathlib import Path

from ksef.fa3.faktura import Faktura
from ksef.fa3.plan import Part, parts_of
from ksef.fa3.reader import read

ROOT = Path(__file__).parents[2]

# No record of Odoo can fill these, nor what is in them.
NOT_SUPPORTED = {
    "Podmiot1.AdresKoresp": "a company has one address",
    "Podmiot2.DaneKontaktowe": "personal data of the buyer that nobody needs in KSeF",
    "Podmiot3.AdresKoresp": "a third party has one address",
    "Podmiot3.DaneKontaktowe": "personal data that nobody needs in KSeF",
    "PodmiotUpowazniony.AdresKoresp": "an authorised entity has one address",
    "PodmiotUpowazniony.DaneKontaktowe": "personal data that nobody needs in KSeF",
    "ZaplataCzesciowa.PlatnoscInna": "what was paid is in a journal of cash, bank or card",
    "ZaplataCzesciowa.OpisPlatnosci": "what was paid is in a journal of cash, bank or card",
    "TerminPlatnosci.TerminOpis": "payment terms give days, not events",
    "ZamowienieWiersz.KwotaAkcyzyZ": "excise is a matter of the final invoice",
    "Rejestry.PelnaNazwa": "the name stands in Podmiot1",
    "Faktura.Zalacznik": "needs a notification to the tax office and data of meters",
}


def name_of(record: type, part: Part) -> str:
    return f"{record.__name__}.{part.name}"


def elements(record: type = Faktura) -> Iterator[str]:
    """Every element of the schema but what is in one that is not supported."""
    for part in parts_of(record):
        yield name_of(record, part)
        if part.record is not None and name_of(record, part) not in NOT_SUPPORTED:
            yield from elements(part.record)


def filled(record: object) -> Iterator[str]:
    """The elements that a document has."""
    for part in parts_of(type(record)):
        value = getattr(record, part.name)
        if value is None or value is part.default or value == ():
            continue
        yield name_of(type(record), part)
        for item in value if part.is_repeated else (value,):
            if is_dataclass(item):
                yield from filled(item)


def shown() -> set[str]:
    files = (ROOT / "tests" / "golden").glob("*.xml")
    return {name for file in files for name in filled(read(file.read_bytes()))}


def names_in_the_builder() -> set[str]:
    """The names that the builder gives values to: as arguments, or as keys."""
    names: set[str | None] = set()
    for file in (ROOT / "models" / "fa3").glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                names |= {keyword.arg for keyword in node.keywords}
            elif isinstance(node, ast.Dict):
                names |= {key.value for key in node.keys if isinstance(key, ast.Constant)}
    return {name for name in names if isinstance(name, str)}


def test_every_element_is_shown_or_not_supported() -> None:
    assert set(elements()) - shown() - NOT_SUPPORTED.keys() == set()


def test_what_is_not_supported_is_shown_nowhere() -> None:
    assert shown() & NOT_SUPPORTED.keys() == set()


def test_what_is_not_supported_is_part_of_the_schema() -> None:
    assert NOT_SUPPORTED.keys() - set(elements()) == set()


def test_what_is_not_supported_is_not_built() -> None:
    """As far as the name alone tells which element is meant."""
    owners = [name.partition(".")[2] for name in set(elements())]
    unique = {name for name in NOT_SUPPORTED if owners.count(name.partition(".")[2]) == 1}
    assert unique
    assert {name.partition(".")[2] for name in unique} & names_in_the_builder() == set()
