"""A technical correction says the same as the document that KSeF refused."""

from __future__ import annotations

import pytest
from fa3_samples import make_sale

from ksef.errors import InvalidDocument
from ksef.fa3.comparison import Difference, compare
from ksef.fa3.writer import write

DOCUMENT = write(make_sale())


def changed(before: str, after: str) -> tuple[Difference, ...]:
    assert before.encode() in DOCUMENT
    return compare(DOCUMENT, DOCUMENT.replace(before.encode(), after.encode()))


def test_document_is_the_same_as_itself() -> None:
    assert compare(DOCUMENT, DOCUMENT) == ()


def test_price_date_number_and_names_are_content() -> None:
    for tag in ("P_1", "P_2", "P_7", "P_11", "P_15", "NIP", "Nazwa"):
        [difference, *_more] = changed(f"<{tag}>", f"<{tag}>9")
        assert difference.is_content, tag
        assert difference.after == "9" + difference.before


def test_header_and_addresses_are_technical() -> None:
    for tag in ("DataWytworzeniaFa", "AdresL1"):
        found = changed(f"<{tag}>", f"<{tag}>9")
        assert found
        assert not any(difference.is_content for difference in found), tag


def test_line_that_lacks_is_content() -> None:
    start, end = DOCUMENT.index(b"<FaWiersz>"), DOCUMENT.index(b"</FaWiersz>")
    row = DOCUMENT[start:end] + b"</FaWiersz>"
    found = compare(DOCUMENT.replace(row, row + row), DOCUMENT)
    assert any(d.path.startswith("Fa/FaWiersz[2]/") and not d.after for d in found)


def test_signs_that_nobody_sees_do_not_count() -> None:
    assert changed("<P_7>", "<P_7>\u200b \u0085 ") == ()


def test_what_is_no_xml_is_refused() -> None:
    with pytest.raises(InvalidDocument):
        compare(DOCUMENT, b"<a>")
