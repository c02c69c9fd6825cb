from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from fa3_samples import TODAY, change_invoice, make_row, make_sale

from ksef.fa3 import checks
from ksef.fa3.accounts import is_iban, is_valid_iban, is_valid_nrb
from ksef.fa3.faktura import Faktura
from ksef.fa3.faktura.annotations import Adnotacje, Zwolnienie
from ksef.fa3.faktura.attachment import Zalacznik
from ksef.fa3.faktura.conditions import Przewoznik, Transport, WarunkiTransakcji
from ksef.fa3.faktura.invoice import DaneFaKorygowanej, FaWiersz, OkresFa, Podmiot2K
from ksef.fa3.faktura.parties import (
    Podmiot3,
    PodmiotUpowazniony,
    TAdres,
    TPodmiot1,
    TPodmiot2,
    TPodmiot3,
)
from ksef.fa3.faktura.payment import Obciazenia, Odliczenia, Rozliczenie
from ksef.fa3.rates import GROUP_OF_CODE, GROUPS, MARGIN, OSS, find_group
from ksef.fa3.reader import read
from ksef.fa3.schema import DocumentProblem, read_values
from ksef.fa3.schema import find_problems as find_schema_problems
from ksef.fa3.writer import write


def codes(faktura: Faktura, today: date = TODAY) -> list[str]:
    """The codes found in a document that is valid by its schema."""
    document = write(faktura)
    assert find_schema_problems(document) == ()
    return [problem.code for problem in checks.find_problems(read(document), today=today)]


def with_party(faktura: Faktura, role: int, **identity: object) -> Faktura:
    party = Podmiot3(DaneIdentyfikacyjne=TPodmiot3(Nazwa="Inny", **identity), Rola=role)
    return replace(faktura, Podmiot3=(*faktura.Podmiot3, party))


def in_euro(faktura: Faktura, in_pln: str | None = "97.82") -> Faktura:
    """At 4.2531 PLN for an euro."""
    row = replace(faktura.Fa.FaWiersz[0], KursWaluty=Decimal("4.2531"))
    amount = None if in_pln is None else Decimal(in_pln)
    return change_invoice(faktura, KodWaluty="EUR", P_14_1W=amount, FaWiersz=(row,))


def exempt(basis: bool) -> Adnotacje:
    exemption = Zwolnienie(P_19=True, P_19A="art. 43") if basis else Zwolnienie(P_19N=True)
    return replace(make_sale().Fa.Adnotacje, Zwolnienie=exemption)


def test_plain_sale_has_no_problem() -> None:
    assert codes(make_sale()) == []


def test_seller_with_a_wrong_check_digit() -> None:
    seller = make_sale().Podmiot1
    identity = replace(seller.DaneIdentyfikacyjne, NIP="9999999998")
    wrong = replace(make_sale(), Podmiot1=replace(seller, DaneIdentyfikacyjne=identity))
    assert codes(wrong) == ["E-NIP-01"]


def test_buyer_with_a_wrong_check_digit() -> None:
    buyer = make_sale().Podmiot2
    identity = replace(buyer.DaneIdentyfikacyjne, NIP="1111111112")
    wrong = replace(make_sale(), Podmiot2=replace(buyer, DaneIdentyfikacyjne=identity))
    assert codes(wrong) == ["E-NIP-02"]


def test_other_party_with_a_wrong_check_digit() -> None:
    assert codes(with_party(make_sale(), 4, NIP="1111111112")) == ["E-NIP-03"]
    assert codes(with_party(make_sale(), 4, NIP="1111111111")) == []


def test_internal_identifier_with_a_wrong_check_digit() -> None:
    assert codes(with_party(make_sale(), 2, IDWew="1111111111-00010")) == ["E-IDW-01"]
    assert codes(with_party(make_sale(), 2, IDWew="1111111111-00013")) == []


def test_authorized_party_and_former_buyer_with_a_wrong_check_digit() -> None:
    sale = make_sale()
    identity = TPodmiot1(NIP="1111111112", Nazwa="Komornik")
    bailiff = PodmiotUpowazniony(DaneIdentyfikacyjne=identity, Adres=sale.Podmiot1.Adres, RolaPU=2)
    assert codes(replace(sale, PodmiotUpowazniony=bailiff)) == ["E-NIP-03"]
    former = Podmiot2K(DaneIdentyfikacyjne=TPodmiot2(NIP="1111111112", Nazwa="Dawny"))
    correction = change_invoice(
        sale, RodzajFaktury="KOR", DaneFaKorygowanej=(make_corrected(),), Podmiot2K=(former,)
    )
    assert codes(correction) == ["E-NIP-03"]


def make_corrected() -> DaneFaKorygowanej:
    return DaneFaKorygowanej(DataWystFaKorygowanej=TODAY, NrFaKorygowanej="FV/1", NrKSeFN=True)


def test_rows_that_only_name_goods_need_not_add_up() -> None:
    rebate = change_invoice(
        make_sale(),
        RodzajFaktury="KOR",
        DaneFaKorygowanej=(make_corrected(),),
        FaWiersz=(FaWiersz(NrWierszaFa=1, P_7="Towar"),),
    )
    assert codes(rebate) == []


def test_problem_names_place_rule_and_both_amounts() -> None:
    row = replace(make_row(), P_9A=Decimal("99.98"))
    document = write(change_invoice(make_sale(), FaWiersz=(row,)))
    (problem,) = checks.find_problems(read(document), today=TODAY)
    assert problem == DocumentProblem(
        code="E-AMT-02",
        path="Fa/FaWiersz[1]/P_11",
        rule="P_8B * P_9A = P_11",
        value="100.00",
        expected="99.98",
    )


def test_price_of_many_pieces_may_be_off_by_its_last_decimal() -> None:
    row = replace(
        make_row(), P_8B=Decimal(12345678), P_9A=Decimal("0.00000811"), P_11=Decimal("100.00")
    )
    assert codes(change_invoice(make_sale(), FaWiersz=(row,))) == ["E-AMT-02"]
    row = replace(row, P_9A=Decimal("0.0000081"))
    assert codes(change_invoice(make_sale(), FaWiersz=(row,))) == []


def test_carrier_with_a_wrong_check_digit() -> None:
    carrier = Przewoznik(
        DaneIdentyfikacyjne=TPodmiot2(NIP="1111111112", Nazwa="Przewoźnik"),
        AdresPrzewoznika=TAdres(KodKraju="PL", AdresL1="ul. Próbna 2"),
    )
    transport = Transport(RodzajTransportu=3, Przewoznik=carrier, OpisLadunku=13)
    wrong = change_invoice(make_sale(), WarunkiTransakcji=WarunkiTransakcji(Transport=(transport,)))
    assert codes(wrong) == ["E-NIP-03"]


def test_local_government_needs_its_unit_named() -> None:
    sale = make_sale()
    government = replace(sale, Podmiot2=replace(sale.Podmiot2, JST=True))
    assert codes(government) == ["E-JST-01"]
    assert codes(with_party(government, 8, BrakID=True)) == ["E-JST-01"]
    assert codes(with_party(government, 8, NIP="1111111111")) == []
    assert codes(with_party(sale, 8, NIP="1111111111")) == ["W-JST-02"]


def test_date_of_issue_may_not_be_tomorrow() -> None:
    assert codes(make_sale(), today=date(2026, 3, 1)) == ["E-DAT-01"]
    assert codes(make_sale(), today=date(2026, 3, 2)) == []


def test_period_may_not_run_backwards() -> None:
    period = OkresFa(P_6_Od=date(2026, 2, 28), P_6_Do=date(2026, 2, 1))
    assert codes(change_invoice(make_sale(), OkresFa=period)) == ["E-DAT-03"]


def test_invoice_needs_rows() -> None:
    assert codes(change_invoice(make_sale(), FaWiersz=())) == ["E-LIN-02"]


def test_row_needs_a_name() -> None:
    nameless = replace(make_row(), P_7=None)
    assert codes(change_invoice(make_sale(), FaWiersz=(nameless,))) == ["E-LIN-01"]


def test_correction_needs_what_it_corrects() -> None:
    assert "E-KOR-01" in codes(change_invoice(make_sale(), RodzajFaktury="KOR"))


def test_exemption_and_its_basis_come_together() -> None:
    row = make_row(code="zw")
    sale = change_invoice(
        make_sale(), P_13_1=None, P_14_1=None, P_13_7=Decimal(100), P_15=Decimal(100)
    )
    assert codes(change_invoice(sale, FaWiersz=(row,))) == ["E-EXM-01"]
    assert codes(change_invoice(sale, FaWiersz=(row,), Adnotacje=exempt(True))) == []
    assert codes(change_invoice(make_sale(), Adnotacje=exempt(True))) == ["E-EXM-01"]


def test_price_times_quantity_is_the_value_of_the_row() -> None:
    row = replace(make_row(), P_9A=Decimal("99.98"))
    assert codes(change_invoice(make_sale(), FaWiersz=(row,))) == ["E-AMT-02"]
    row = replace(make_row(), P_9A=Decimal("99.99"))
    assert codes(change_invoice(make_sale(), FaWiersz=(row,))) == []


@pytest.mark.parametrize("discount", ["5", "10"])
def test_discount_of_the_unit_and_of_the_row_are_both_right(discount: str) -> None:
    """20 off two pieces at 60: 10 off each, or the 20 in P_10."""
    row = replace(make_row(), P_8B=Decimal(2), P_9A=Decimal(55), P_10=Decimal(discount))
    expected = {"5": [], "10": []}[discount]
    assert codes(change_invoice(make_sale(), FaWiersz=(row,))) == expected


def test_rows_add_up_to_their_group() -> None:
    rows = (make_row(1, net="60.00"), make_row(2, net="40.00"))
    assert codes(change_invoice(make_sale(), FaWiersz=rows)) == []
    rows = (make_row(1, net="60.00"), make_row(2, net="40.01"))
    assert codes(change_invoice(make_sale(), FaWiersz=rows)) == ["E-AMT-02"]


def test_group_of_a_row_may_not_be_missing() -> None:
    rows = (make_row(1), make_row(2, net="0.00", code="0 KR"))
    assert codes(change_invoice(make_sale(), FaWiersz=rows, P_13_6_1=Decimal(0))) == []
    rows = (make_row(1), make_row(2, net="10.00", code="0 KR"))
    assert codes(change_invoice(make_sale(), FaWiersz=rows)) == ["E-AMT-02"]


def test_rows_before_a_correction_count_negative() -> None:
    before = replace(make_row(net="80.00"), StanPrzed=True)
    after = make_row(net="180.00")
    found = codes(change_invoice(make_sale(), RodzajFaktury="KOR", FaWiersz=(before, after)))
    assert "E-AMT-02" not in found


def test_gross_rows_add_up_to_base_and_tax() -> None:
    row = replace(make_row(), P_9A=None, P_11=None, P_9B=Decimal("123.00"), P_11A=Decimal("123.00"))
    assert codes(change_invoice(make_sale(), FaWiersz=(row,))) == []
    row = replace(row, P_9B=Decimal("124.00"), P_11A=Decimal("124.00"))
    assert codes(change_invoice(make_sale(), FaWiersz=(row,))) == ["E-AMT-02"]


def test_groups_add_up_to_the_total() -> None:
    assert codes(change_invoice(make_sale(), P_15=Decimal("123.01"))) == ["E-AMT-02"]


def test_settlement_adds_up() -> None:
    settlement = Rozliczenie(
        Obciazenia=(Obciazenia(Kwota=Decimal(5), Powod="kaucja"),),
        SumaObciazen=Decimal(5),
        Odliczenia=(Odliczenia(Kwota=Decimal(2), Powod="saldo"),),
        SumaOdliczen=Decimal(2),
        DoZaplaty=Decimal(126),
    )
    assert codes(change_invoice(make_sale(), Rozliczenie=settlement)) == []
    wrong = replace(settlement, DoZaplaty=Decimal(125))
    assert codes(change_invoice(make_sale(), Rozliczenie=wrong)) == ["E-AMT-02"]


def test_negative_group_is_a_correction() -> None:
    negative = change_invoice(
        make_sale(),
        P_13_1=Decimal(-100),
        P_14_1=Decimal(-23),
        P_15=Decimal(-123),
        FaWiersz=(make_row(net="-100.00"),),
    )
    assert codes(negative) == ["E-AMT-03"]
    assert "E-AMT-03" not in codes(change_invoice(negative, RodzajFaktury="KOR"))


@pytest.mark.parametrize(
    ("tax", "found"), [("23.01", []), ("23.02", ["W-AMT-01"]), ("24.01", ["E-AMT-01"])]
)
def test_tax_far_from_its_rate_is_found(tax: str, found: list[str]) -> None:
    total = Decimal(100) + Decimal(tax)
    assert codes(change_invoice(make_sale(), P_14_1=Decimal(tax), P_15=total)) == found


def test_foreign_currency_needs_the_tax_in_pln() -> None:
    assert codes(in_euro(make_sale())) == []
    assert codes(in_euro(make_sale(), in_pln=None)) == ["E-CUR-01"]
    assert codes(in_euro(make_sale(), in_pln="97.85")) == []
    assert codes(in_euro(make_sale(), in_pln="97.86")) == ["W-CUR-03"]


def size_codes(size: int, faktura: Faktura) -> list[str]:
    return [problem.code for problem in checks.find_size_problems(b"x" * size, faktura)]


def test_size_is_limited_in_bytes() -> None:
    attached = replace(make_sale(), Zalacznik=Zalacznik(BlokDanych=()))
    assert size_codes(1_000_000, make_sale()) == []
    assert size_codes(1_000_001, make_sale()) == ["E-SIZ"]
    assert size_codes(3_000_000, attached) == []
    assert size_codes(3_000_001, attached) == ["E-SIZ"]


def test_every_group_is_a_field_of_the_invoice_in_schema_order() -> None:
    names = list(make_sale().Fa.__dataclass_fields__)
    fields = [
        name for group in GROUPS for name in (group.base, group.tax, group.tax_in_pln) if name
    ]
    assert fields == [name for name in names if name.startswith(("P_13_", "P_14_"))]


def test_every_rate_code_of_the_schema_has_its_group() -> None:
    assert GROUP_OF_CODE.keys() == read_values("TStawkaPodatku")


@pytest.mark.parametrize(
    ("base", "rate_codes"),
    [
        ("P_13_1", {"23", "22"}),
        ("P_13_2", {"8", "7"}),
        ("P_13_3", {"5"}),
        ("P_13_4", {"4", "3"}),
        ("P_13_6_1", {"0 KR"}),
        ("P_13_6_2", {"0 WDT"}),
        ("P_13_6_3", {"0 EX"}),
        ("P_13_7", {"zw"}),
        ("P_13_8", {"np I"}),
        ("P_13_9", {"np II"}),
        ("P_13_10", {"oo"}),
    ],
)
def test_codes_share_a_group(base: str, rate_codes: set[str]) -> None:
    assert {code for code, group in GROUP_OF_CODE.items() if group.base == base} == rate_codes


def test_row_without_code_is_of_the_margin_or_the_oss_scheme() -> None:
    margin = replace(make_row(), P_12=None)
    assert find_group(margin) == MARGIN
    assert find_group(replace(margin, P_12_XII=Decimal(19))) == OSS


@pytest.mark.parametrize(
    ("number", "is_valid"),
    [
        ("61109010140000071219812874", True),
        ("61109010140000071219812875", False),
        ("PL61109010140000071219812874", False),
        ("6110901014000007121981287", False),
    ],
)
def test_account_number_has_check_digits(number: str, is_valid: bool) -> None:
    assert is_valid_nrb(number) is is_valid


@pytest.mark.parametrize(
    ("number", "is_valid"),
    [
        ("DE89370400440532013000", True),
        ("GB82WEST12345698765432", True),
        ("DE88370400440532013000", False),
        ("GB82WEST12345698765423", False),
        ("PL61109010140000071219812874", True),
    ],
)
def test_iban_has_two_check_digits(number: str, is_valid: bool) -> None:
    assert is_iban(number)
    assert is_valid_iban(number) is is_valid


@pytest.mark.parametrize("number", ["", "021000021", "DE", "de89370400440532013000"])
def test_other_numbers_are_no_iban(number: str) -> None:
    assert not is_iban(number)
    assert not is_valid_iban(number)
