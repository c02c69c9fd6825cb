from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal

import pytest
from fa3_samples import change_invoice, make_sale

from ksef.fa3.faktura import Faktura
from ksef.fa3.faktura.parties import TAdres, TPodmiot2
from ksef.fa3.schema import find_problems
from ksef.fa3.writer import write


def buyer(**identity: object) -> Faktura:
    sale = make_sale()
    party = replace(sale.Podmiot2, DaneIdentyfikacyjne=TPodmiot2(Nazwa="Nabywca", **identity))
    return replace(sale, Podmiot2=party)


def paths(document: bytes) -> list[str]:
    return [problem.path for problem in find_problems(document)]


def test_plain_sale_is_valid() -> None:
    assert find_problems(write(make_sale())) == ()


@pytest.mark.parametrize(
    "identity",
    [
        {"NIP": "1111111111"},
        {"KodUE": "EL", "NrVatUE": "123456789"},
        {"KodKraju": "US", "NrID": "12-3456789"},
        {"NrID": "CHE123456788"},
        {"BrakID": True},
    ],
)
def test_buyer_is_identified_in_each_of_the_ways(identity: dict[str, object]) -> None:
    assert find_problems(write(buyer(**identity))) == ()


@pytest.mark.parametrize(
    "identity",
    [
        {},
        {"NIP": "PL1111111111"},
        {"NIP": "1111111111", "BrakID": True},
        {"KodUE": "GR", "NrVatUE": "123456789"},
        {"KodUE": "DE"},
        {"KodUE": "DE", "NrVatUE": "123 456 789"},
        {"KodKraju": "EL", "NrID": "123456789"},
    ],
)
def test_buyer_of_another_shape_is_refused(identity: dict[str, object]) -> None:
    assert paths(write(buyer(**identity)))[0].startswith("Podmiot2/DaneIdentyfikacyjne")


@pytest.mark.parametrize(
    ("values", "path"),
    [
        ({"KodWaluty": "ZIG"}, "Fa/KodWaluty"),
        ({"P_2": "x" * 257}, "Fa/P_2"),
        ({"P_15": Decimal("1e17")}, "Fa/P_15"),
        ({"P_13_2": Decimal(1)}, "Fa"),
        ({"RodzajFaktury": "FAKTURA"}, "Fa/RodzajFaktury"),
    ],
)
def test_problem_says_where(values: dict[str, object], path: str) -> None:
    assert paths(write(change_invoice(make_sale(), **values)))[0] == path


def test_problem_says_which_row() -> None:
    row = make_sale().Fa.FaWiersz[0]
    wrong = change_invoice(make_sale(), FaWiersz=(row, replace(row, P_12="23%")))
    (problem,) = find_problems(write(wrong))
    assert (problem.code, problem.path, problem.value) == ("E-XSD", "Fa/FaWiersz[2]/P_12", "23%")
    assert "'np II'" in problem.rule


def test_explanation_names_no_namespace() -> None:
    wrong = replace(make_sale(), Podmiot1=replace(make_sale().Podmiot1, Adres=None))
    (problem,) = find_problems(write(wrong))
    assert problem.path == "Podmiot1"
    assert "Adres" in problem.rule
    assert "tns:" not in problem.rule
    assert "{" not in problem.rule


@pytest.mark.parametrize(
    ("before", "after", "rule"),
    [
        (b"<?xml", b"\xef\xbb\xbf<?xml", "no byte order mark"),
        (b"<Faktura ", b"<?xml-stylesheet href='a'?><Faktura ", "no processing instructions"),
        (b"<Podmiot1>", b"<?x y?><Podmiot1>", "no processing instructions"),
        (b"</Faktura>", b"</Faktura><?x y?>", "no processing instructions"),
        (b"Nabywca", b"Nab\xc2\x86ywca", "no discouraged characters"),
        (b"Nabywca", b"Nab&#x1FFFE;ywca", "no discouraged characters"),
        (b"<Faktura ", b"<!DOCTYPE Faktura><Faktura ", "well-formed XML without DOCTYPE"),
        (b"</Fa>", b"", "well-formed XML without DOCTYPE"),
    ],
)
def test_file_that_ksef_does_not_take_is_refused(before: bytes, after: bytes, rule: str) -> None:
    document = write(make_sale()).replace(before, after, 1)
    assert [problem.rule for problem in find_problems(document)] == [rule]


def test_other_encoding_is_refused() -> None:
    text = write(make_sale()).decode().replace("UTF-8", "ISO-8859-2", 1)
    (problem,) = find_problems(text.encode("iso-8859-2"))
    assert (problem.rule, problem.value) == ("UTF-8", "ISO-8859-2")


def test_threads_do_not_mix_up_their_verdicts() -> None:
    right = write(make_sale())
    wrong = write(change_invoice(make_sale(), KodWaluty="ZIG"))
    with ThreadPoolExecutor(4) as pool:
        verdicts = list(pool.map(paths, [right, wrong] * 40))
    assert verdicts == [[], ["Fa/KodWaluty"]] * 40


def test_overlong_line_of_an_address_is_refused() -> None:
    address = TAdres(KodKraju="PL", AdresL1="x" * 513)
    wrong = replace(make_sale(), Podmiot1=replace(make_sale().Podmiot1, Adres=address))
    assert paths(write(wrong)) == ["Podmiot1/Adres/AdresL1"]
