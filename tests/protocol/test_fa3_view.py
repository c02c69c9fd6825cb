"""What people are shown of a document: everything, once, whoever wrote it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import pytest
from fa3_samples import change_invoice, make_row, make_sale
from lxml import etree

from ksef.errors import InvalidDocument
from ksef.fa3.faktura import NAMESPACE
from ksef.fa3.faktura.payment import Obciazenia, Rozliczenie
from ksef.fa3.view import Block, Kind, Row, Section, Table, Value, View, indent, lay_out
from ksef.fa3.writer import write


def values_of(view: View) -> Iterator[Value]:
    for section in view.sections:
        for block in section.blocks:
            yield from block.values
            yield from _values_of_table(block.table) if block.table else ()


def _values_of_table(table: Table) -> Iterator[Value]:
    for column in table.columns:
        yield from filter(None, (column.caption, column.type))
    for row in table.rows:
        yield from filter(None, (*row.cells, *row.details, row.before))


def leaves_of(document: bytes) -> Counter[tuple[str, str]]:
    root = etree.fromstring(document)
    leaves = [(etree.QName(e).localname, e.text) for e in root.iter("*") if not len(e) and e.text]
    attributes = [item for e in root.iter("*") for item in e.attrib.items()]
    return Counter([*leaves, *attributes])


def section_of(view: View, name: str) -> Section:
    return next(section for section in view.sections if section.name == name)


def table_of(view: View, name: str) -> Table:
    blocks: list[Block] = list(section_of(view, name).blocks)
    return next(block.table for block in blocks if block.table)


def rows_of(view: View) -> tuple[Row, ...]:
    return table_of(view, "rows").rows


def change(document: bytes, path: str, xml: str) -> bytes:
    """The document with one more element at the end of the one at ``path``."""
    root = etree.fromstring(document)
    place = root if path == "." else root.find("/".join(f"{{*}}{name}" for name in path.split("/")))
    place.append(etree.fromstring(xml.replace(">", f" xmlns='{NAMESPACE}'>", 1)))
    return bytes(etree.tostring(root))


@pytest.mark.parametrize(
    ("path", "xml"),
    [
        (".", "<Podmiot4><NIP>1</NIP><Obcy><X>2</X></Obcy></Podmiot4>"),
        ("Fa", "<P_99>nowe</P_99>"),
        ("Fa", "<P_15>drugi raz</P_15>"),
        ("Fa", "<P_13_1>drugi raz</P_13_1>"),
        ("Fa", "<Fa>zagnieżdżona</Fa>"),
        ("Fa/FaWiersz", "<P_7>drugi raz</P_7>"),
        ("Fa/FaWiersz", "<Obcy><X>a</X><X>b</X></Obcy>"),
        ("Fa/FaWiersz", "<StanPrzed>tak</StanPrzed>"),
        ("Podmiot2", "<Adres><AdresL1>drugi raz</AdresL1></Adres>"),
    ],
)
def test_what_the_schema_does_not_allow_is_shown_once_too(path: str, xml: str) -> None:
    document = change(write(make_sale()), path, xml)
    shown = Counter((value.name, value.text) for value in values_of(lay_out(document)))
    assert shown == leaves_of(document)


def test_text_between_elements_is_shown() -> None:
    document = write(make_sale()).replace(b"<FaWiersz>", b"<FaWiersz>obok")
    document = document.replace(b"</P_15>", b"</P_15>za")
    texts = [value.text for value in values_of(lay_out(document))]
    assert {"obok", "za"} <= set(texts)


def test_sections_stand_in_the_order_that_people_look_for() -> None:
    names = [section.name for section in lay_out(write(make_sale())).sections]
    assert names == [
        *("document", "Podmiot1", "Podmiot2", "rows", "totals", "annotations", "technical")
    ]


def test_row_before_a_correction_is_marked_and_has_no_other_flag() -> None:
    rows = (replace(make_row(), StanPrzed=True), make_row())
    before, after = rows_of(lay_out(write(change_invoice(make_sale(), FaWiersz=rows))))
    assert (before.before is not None, after.before) == (True, None)
    assert "StanPrzed" not in [value.name for value in before.details]


def test_identifiers_of_rows_stand_at_the_end_and_not_with_the_rows() -> None:
    rows = (replace(make_row(), UU_ID="a1"), replace(make_row(2), UU_ID="b2"))
    view = lay_out(write(change_invoice(make_sale(), FaWiersz=rows)))
    assert [row.details for row in rows_of(view)] == [(), ()]
    found = table_of(view, "technical").rows
    assert [(row.name, row.cells[0].text) for row in found if row.cells[0]] == [
        ("1", "a1"),
        ("2", "b2"),
    ]


def test_column_that_no_row_fills_is_left_out() -> None:
    columns = [column.name for column in table_of(lay_out(write(make_sale())), "rows").columns]
    assert columns == ["NrWierszaFa", "P_7", "P_8B", "P_8A", "P_9A", "P_12", "P_11"]


def test_totals_are_a_row_for_each_rate_with_the_columns_they_fill() -> None:
    sale = change_invoice(make_sale(), P_13_7=Decimal("5.00"))
    table = table_of(lay_out(write(sale)), "totals")
    assert [column.name for column in table.columns] == ["base", "tax"]
    assert [row.name for row in table.rows] == ["P_13_1", "P_13_7"]
    assert table.rows[1].cells[1] is None


def test_several_small_records_become_a_table_and_one_does_not() -> None:
    charge = Obciazenia(Kwota=Decimal("1.00"), Powod="kaucja")
    for number, is_table in ((1, False), (2, True)):
        settlement = Rozliczenie(Obciazenia=(charge,) * number)
        view = lay_out(write(change_invoice(make_sale(), Rozliczenie=settlement)))
        assert (section_of(view, "settlement").blocks[0].table is not None) is is_table


def test_value_that_cannot_be_read_stays_as_it_is_written() -> None:
    document = write(make_sale()).replace(b"<P_15>123.00<", b"<P_15>sto<")
    total = next(value for value in values_of(lay_out(document)) if value.name == "P_15")
    assert (total.text, total.kind) == ("sto", Kind.TEXT)


def test_grid_of_an_attachment_keeps_empty_cells_in_their_place() -> None:
    grid = (
        "<Zalacznik><BlokDanych><Tabela><TNaglowek><Kol Typ='txt'><NKom>A</NKom></Kol>"
        "<Kol Typ='dec'><NKom>B</NKom></Kol></TNaglowek><Wiersz><WKom/><WKom>7</WKom></Wiersz>"
        "<Suma><SKom>razem</SKom></Suma></Tabela></BlokDanych></Zalacznik>"
    )
    document = change(write(make_sale()), ".", grid)
    table = table_of(lay_out(document), "attachment")
    assert [column.caption.text for column in table.columns if column.caption] == ["A", "B"]
    assert [cell and cell.text for cell in table.rows[0].cells] == [None, "7"]
    assert table.rows[1].is_sum


def test_other_namespace_is_laid_out_alike_but_is_no_fa3() -> None:
    document = write(make_sale())
    other = document.replace(NAMESPACE.encode(), b"http://crd.gov.pl/wzor/2023/06/29/12648/")
    assert lay_out(other).sections == lay_out(document).sections
    assert (lay_out(document).is_fa3, lay_out(other).is_fa3) == (True, False)


@pytest.mark.parametrize("document", [b"", b"<a>", b"<!DOCTYPE a><a/>", b"%PDF-1.7"])
def test_what_is_no_safe_xml_is_refused(document: bytes) -> None:
    for read in (lay_out, indent):
        with pytest.raises(InvalidDocument):
            read(document)


def test_indented_xml_says_the_same() -> None:
    document = write(make_sale())
    text = indent(document)
    assert "\n    <P_2>FV/2026/1</P_2>\n" in text
    assert leaves_of(text.encode()) >= leaves_of(document)
