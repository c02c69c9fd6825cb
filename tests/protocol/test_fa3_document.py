"""The classes against the schema; writer and reader against each other."""

from __future__ import annotations

import typing
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pytest
from fa3_samples import change_invoice, make_sale
from lxml import etree

from ksef.errors import InvalidDocument
from ksef.fa3.faktura import NAMESPACE, Faktura, TNaglowek
from ksef.fa3.faktura.annotations import NoweSrodkiTransportu
from ksef.fa3.faktura.attachment import (
    BlokDanych,
    Kol,
    MetaDane,
    NaglowekTabeli,
    Suma,
    Tabela,
    Wiersz,
    Zalacznik,
)
from ksef.fa3.faktura.footer import Stopka
from ksef.fa3.faktura.invoice import Fa
from ksef.fa3.faktura.payment import Platnosc
from ksef.fa3.plan import Part, Place, limit_of, parts_of
from ksef.fa3.reader import read
from ksef.fa3.writer import write

XSD = "{http://www.w3.org/2001/XMLSchema}"
SCHEMA = etree.parse(Path(__file__).parents[2] / "schemas" / "fa3.xsd").getroot()
GLOBAL_TYPES = {node.get("name"): node for node in SCHEMA}
XMLNS = NAMESPACE.encode()


@dataclass(frozen=True, kw_only=True)
class Declared:
    """What the schema says of a child element or attribute."""

    name: str
    is_required: bool
    is_repeated: bool


def content_of(element: etree._Element) -> etree._Element | None:
    """The complex type of an element, wherever it is written; mere text has none."""
    named = GLOBAL_TYPES.get((element.get("type") or "").partition(":")[2])
    inline = element.find(f"{XSD}complexType")
    content = named if inline is None else inline
    if content is None or content.tag != f"{XSD}complexType":
        return None
    extension = content.find(f"{XSD}complexContent/{XSD}extension")
    if extension is not None:
        return GLOBAL_TYPES[extension.get("base").partition(":")[2]]
    has_parts = any(True for _ in content.iter(f"{XSD}element", f"{XSD}attribute"))
    return content if has_parts else None


def child_elements(
    node: etree._Element, is_required: bool = True
) -> Iterator[tuple[etree._Element, bool]]:
    """The elements below a complex type, with whether every document must have them."""
    for child in node:
        needed = is_required and child.get("minOccurs") != "0" and node.tag != f"{XSD}choice"
        if child.tag == f"{XSD}element":
            yield child, needed
        elif child.tag in (f"{XSD}sequence", f"{XSD}choice"):
            yield from child_elements(child, needed)


def declared_children(content: etree._Element) -> list[Declared]:
    attributes = [
        Declared(name=node.get("name"), is_required=True, is_repeated=False)
        for node in content.iter(f"{XSD}attribute")
        if node.getparent() is content or node.getparent().getparent().getparent() is content
    ]
    elements = [
        Declared(
            name=node.get("name"),
            is_required=needed,
            is_repeated=node.get("maxOccurs", "1") != "1",
        )
        for node, needed in child_elements(content)
    ]
    return attributes + elements


def walk(
    element: etree._Element, record: type, path: str
) -> Iterator[tuple[str, etree._Element, type]]:
    """Every complex element of the schema with the class that stands for it."""
    content = content_of(element)
    assert content is not None
    yield path, content, record
    parts = {part.name: part for part in parts_of(record)}
    for child, _needed in child_elements(content):
        name = child.get("name")
        nested = parts[name].record if name in parts else None
        if content_of(child) is not None:
            assert nested is not None, f"{path}/{name} is not modelled"
            yield from walk(child, nested, f"{path}/{name}")


def all_records() -> list[tuple[str, etree._Element, type]]:
    return list(walk(SCHEMA.find(f"{XSD}element"), Faktura, "Faktura"))


def modelled_children(record: type) -> list[Declared]:
    return [
        Declared(name=part.name, is_required=part.is_required, is_repeated=part.is_repeated)
        for part in parts_of(record)
        if part.place is not Place.TEXT
    ]


def constants_of(record: type) -> set[str]:
    """Fields that the schema demands and that have only one value."""
    return {
        "TNaglowek": {"KodFormularza", "WariantFormularza"},
        "KodFormularza": {"kodSystemowy", "wersjaSchemy"},
    }.get(record.__name__, set())


@pytest.mark.parametrize(
    ("path", "content", "record"), all_records(), ids=[path for path, _, _ in all_records()]
)
def test_class_has_every_element_of_the_schema_in_its_order(
    path: str, content: etree._Element, record: type
) -> None:
    constants = constants_of(record)
    modelled = [
        replace(child, is_required=child.is_required or child.name in constants)
        for child in modelled_children(record)
    ]
    assert modelled == declared_children(content)


def test_schema_is_walked_to_its_end() -> None:
    walked = {node for _, content, _ in all_records() for node, _ in child_elements(content)}
    declared = set(SCHEMA.iter(f"{XSD}element")) - {SCHEMA.find(f"{XSD}element")}
    assert {node.get("name") for node in declared - walked} == set()


def test_field_has_the_simple_type_of_the_schema() -> None:
    compared = 0
    for path, content, record in all_records():
        hints = {item.name: str(item.type) for item in fields(record)}
        for child, _needed in child_elements(content):
            name = (child.get("type") or "").replace("xsd:", ":").partition(":")[2]
            if name and content_of(child) is None:
                hint = hints[child.get("name")].removeprefix("tuple[").partition(",")[0]
                assert hint.removesuffix(" | None") == name, f"{path}/{child.get('name')}"
                compared += 1
    assert compared > 200


def max_length_of(node: etree._Element) -> int | None:
    """The limit that the schema sets to an element, in its type or in one it is derived from.

    Where the values themselves are listed there is none.
    """
    if node.find(f".//{XSD}enumeration") is not None:
        return None
    named = GLOBAL_TYPES.get((node.get("type") or node.get("base") or "").partition(":")[2])
    own = node.find(f".//{XSD}maxLength")
    if own is not None:
        return int(own.get("value"))
    inherited = named if named is not None else node.find(f".//{XSD}restriction")
    return None if inherited is None else max_length_of(inherited)


def test_limit_of_a_field_is_that_of_the_schema() -> None:
    compared = 0
    for path, content, record in all_records():
        for child, _needed in child_elements(content):
            limit = None if content_of(child) is not None else max_length_of(child)
            if limit is not None:
                assert limit_of(record, child.get("name")) == limit, f"{path}/{child.get('name')}"
                compared += 1
    assert compared > 100


def test_field_without_a_limit_has_none() -> None:
    with pytest.raises(LookupError):
        limit_of(Fa, "P_15")


# --- round trip -----------------------------------------------------------------------------

VALUES = {
    Decimal: Decimal("-12.25"),
    date: date(2026, 3, 2),
    datetime: datetime(2026, 3, 2, 9, 30, tzinfo=timezone.utc),
    bool: True,
    int: 7,
    str: "Zażółć & <gęślą>",
}


def fill(record: type) -> object:
    """An object with a value in every field: too much for the schema, not for the writer."""
    hints = typing.get_type_hints(record)
    return record(**{part.name: fill_part(part, hints[part.name]) for part in parts_of(record)})


def fill_part(part: Part, hint: object) -> object:
    if part.record is not None:
        value = fill(part.record)
    else:
        kinds = [hint, *typing.get_args(hint)]
        value = next(VALUES[kind] for kind in kinds if kind in VALUES)
    return (value, value) if part.is_repeated else value


def test_every_field_survives_writing_and_reading() -> None:
    full = fill(Faktura)
    assert read(write(full)) == full


def test_valid_document_survives_writing_and_reading() -> None:
    assert read(write(make_sale())) == make_sale()


def test_same_document_gives_the_same_bytes() -> None:
    assert write(make_sale()) == write(make_sale())


def test_document_is_utf8_without_bom_or_indentation() -> None:
    written = write(make_sale())
    assert written.startswith(b"<?xml version='1.0' encoding='UTF-8'?>\n<Faktura xmlns=")
    assert "ul. Próbna 1".encode() in written
    assert b"> " not in written
    assert written.count(b"\n") == 1


def test_what_is_empty_stays_out() -> None:
    sale = replace(
        change_invoice(make_sale(), P_1M="", Platnosc=Platnosc(), WZ=("", "WZ/1")), Stopka=Stopka()
    )
    written = write(sale)
    assert b"P_1M" not in written
    assert b"Platnosc" not in written
    assert b"Stopka" not in written
    assert written.count(b"<WZ>") == 1


def test_empty_cell_of_a_table_stays() -> None:
    block = BlokDanych(
        MetaDane=(MetaDane(ZKlucz="a", ZWartosc="b"),),
        Tabela=(
            Tabela(
                TNaglowek=NaglowekTabeli(Kol=(Kol(Typ="txt", NKom=""),)),
                Wiersz=(Wiersz(WKom=("", "x", "")),),
                Suma=Suma(SKom=("",)),
            ),
        ),
    )
    sale = replace(make_sale(), Zalacznik=Zalacznik(BlokDanych=(block,)))
    assert read(write(sale)) == sale


def test_no_is_two_where_an_answer_is_due_and_nothing_where_it_is_a_flag() -> None:
    vehicles = NoweSrodkiTransportu(P_22=True, P_42_5=False)
    annotations = replace(make_sale().Fa.Adnotacje, NoweSrodkiTransportu=vehicles)
    written = write(change_invoice(make_sale(), Adnotacje=annotations))
    assert b"<P_42_5>2</P_42_5>" in written
    assert b"P_22N" not in written


def test_moment_is_written_in_utc() -> None:
    summer = datetime(2026, 7, 1, 12, 0, tzinfo=timezone(timedelta(hours=2)))
    header = TNaglowek(DataWytworzeniaFa=summer)
    assert b"<DataWytworzeniaFa>2026-07-01T10:00:00Z<" in write(
        replace(make_sale(), Naglowek=header)
    )


def test_character_that_xml_cannot_hold_is_named() -> None:
    with pytest.raises(InvalidDocument) as caught:
        write(change_invoice(make_sale(), P_2="FV\x07"))
    assert [problem.path for problem in caught.value.problems] == ["Faktura/Fa/P_2"]


# --- tolerance of the reader ----------------------------------------------------------------


def read_invoice(content: str) -> Fa:
    return read(b'<Faktura xmlns="%s"><Fa>%s</Fa></Faktura>' % (XMLNS, content.encode())).Fa


def test_missing_elements_are_none() -> None:
    empty = read(b'<Faktura xmlns="%s"/>' % XMLNS)
    assert empty.Podmiot1 is None
    assert empty.Podmiot3 == ()


@pytest.mark.parametrize("number", ["2051", " 2051.0 ", "+2051.00", "02051"])
def test_number_is_read_in_every_spelling(number: str) -> None:
    assert read_invoice(f"<P_15>{number}</P_15>").P_15 == 2051


@pytest.mark.parametrize("number", ["", "NaN", "1_0", "12,50", "1e3", "٣"])
def test_what_is_no_number_is_none(number: str) -> None:
    assert read_invoice(f"<P_15>{number}</P_15>").P_15 is None


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2026-03-02T09:30:00", datetime(2026, 3, 2, 9, 30)),
        ("2026-03-02T09:30:00Z", datetime(2026, 3, 2, 9, 30, tzinfo=timezone.utc)),
        ("2026-03-02T11:30:00+02:00", datetime(2026, 3, 2, 9, 30, tzinfo=timezone.utc)),
        ("2026-03-02T09:30:00.1234567Z", datetime(2026, 3, 2, 9, 30, 0, 123456, timezone.utc)),
    ],
)
def test_moment_is_read_with_and_without_zone(written: str, moment: datetime) -> None:
    header = f"<Naglowek><DataWytworzeniaFa>{written}</DataWytworzeniaFa></Naglowek>"
    found = read(b'<Faktura xmlns="%s">%s</Faktura>' % (XMLNS, header.encode()))
    assert found.Naglowek.DataWytworzeniaFa == moment


def test_impossible_date_is_none() -> None:
    assert read_invoice("<P_1>2026-02-30</P_1>").P_1 is None


def test_comment_inside_a_value_does_not_cut_it() -> None:
    assert read_invoice("<P_2>FV<!-- note -->/1</P_2>").P_2 == "FV/1"


def test_foreign_and_unknown_elements_are_passed_over() -> None:
    found = read_invoice('<x:P_2 xmlns:x="urn:x">no</x:P_2><New>1</New><P_2>FV/1</P_2>')
    assert found.P_2 == "FV/1"


def test_first_of_too_many_counts() -> None:
    assert read_invoice("<P_2>FV/1</P_2><P_2>FV/2</P_2>").P_2 == "FV/1"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no xml",
        b'<!DOCTYPE Faktura [<!ENTITY a "b">]><Faktura xmlns="%s"/>' % XMLNS,
        b'<Faktura xmlns="http://crd.gov.pl/wzor/2023/06/29/12648/"/>',
        b"<Faktura/>",
    ],
)
def test_what_is_no_fa3_document_is_refused(content: bytes) -> None:
    with pytest.raises(InvalidDocument):
        read(content)
