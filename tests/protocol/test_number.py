"""KSeF numbers, collective identifiers and Polish identifiers with their check digits."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ksef import number
from ksef.nip import is_valid_internal_id, is_valid_nip

NUMBERS = [
    "5265877635-20250826-0100001AF629-AF",
    "5265877635-20250626-010080DD2B5E-26",
    "5555555555-20250828-010080615740-E4",
    "5265877635-20250916-0200A0D6723E-C2",
    "5265877635-20250916-010040741B3E-46",
    "5265877635-20250925-010020A0A242-0A",
]
nips = st.from_regex(r"[1-9]([0-9][1-9]|[1-9][0-9])[0-9]{7}", fullmatch=True)
days = st.dates(min_value=date(2020, 1, 1), max_value=date(2999, 12, 31))
technical = st.text("0123456789ABCDEF", min_size=12, max_size=12)


def make_number(nip: str, day: date, part: str) -> str:
    body = f"{nip}-{day:%Y%m%d}-{part}"
    return f"{body}-{number.crc8(body)}"


@pytest.mark.parametrize("text", NUMBERS)
def test_official_numbers_are_valid(text: str) -> None:
    assert number.is_valid(text)
    assert number.parse(text).seller_nip == text[:10]


def test_crc_of_the_standard_check_string() -> None:
    assert number.crc8("123456789") == "F4"


def test_number_tells_seller_and_day_of_acceptance() -> None:
    parsed = number.parse(NUMBERS[0])
    assert parsed.accepted_on == date(2025, 8, 26)
    assert parsed.seller_nip == "5265877635"
    assert parsed.check_digits == "AF"


def test_number_of_the_old_system_has_one_hyphen_more() -> None:
    body = "5265877635-20230826-010000-1AF629"
    assert number.is_valid(f"{body}-{number.crc8(body)}")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "5265877635-20250826-0100001AF629-AE",  # check digits
        "5265877636-20250826-0100001AF629-AF",  # a digit of the NIP
        "5265877635-20250826-0100001af629-AF",  # lower case
        "5265877635-20250826-0100001AF629-AF ",
        "5265877635-20250826-0100001AF629",
        "1111111111-20260612-65ED02180000-E7",  # made up by hand in the contract
        "٥265877635-20250826-0100001AF629-AF",
    ],
)
def test_anything_else_is_not_a_number(text: str) -> None:
    assert not number.is_valid(text)


def test_number_of_an_impossible_day_is_not_valid() -> None:
    body = "5265877635-20250230-0100001AF629"
    assert not number.is_valid(f"{body}-{number.crc8(body)}")


@given(nips, days, technical)
def test_every_well_made_number_is_valid(nip: str, day: date, part: str) -> None:
    parsed = number.parse(make_number(nip, day, part))
    assert (parsed.seller_nip, parsed.accepted_on) == (nip, day)


@given(nips, days, technical, st.data())
def test_one_changed_character_is_noticed(
    nip: str, day: date, part: str, data: st.DataObject
) -> None:
    text = make_number(nip, day, part)
    place = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.sampled_from("0123456789ABCDEF-").filter(lambda c: c != text[place]))
    assert not number.is_valid(text[:place] + other + text[place + 1 :])


@given(st.text(max_size=40))
def test_no_text_breaks_the_check(text: str) -> None:
    assert number.is_valid(text) in (True, False)
    assert number.is_valid_collective(text) in (True, False)


def test_official_collective_identifier_is_valid() -> None:
    parsed = number.parse_collective("1111111111-IZ202607-65ED02180000-E7")
    assert (parsed.seller_nip, parsed.year, parsed.month) == ("1111111111", 2026, 7)


@pytest.mark.parametrize(
    "text",
    [
        "1111111111-IZ202607-65ED02180000-E8",
        "1111111111-IZ202613-65ED02180000-E7",
        "5265877635-20250826-0100001AF629-AF",
    ],
)
def test_wrong_collective_identifier_is_not_valid(text: str) -> None:
    assert not number.is_valid_collective(text)


@pytest.mark.parametrize(
    "nip", ["1234563218", "5265877635", "1111111111", "5555555555", "7762811692"]
)
def test_right_nip_is_valid(nip: str) -> None:
    assert is_valid_nip(nip)


@pytest.mark.parametrize(
    "nip", ["1234563219", "0000000000", "123456321", "PL1234563218", "1234567890", "1003456782"]
)
def test_wrong_nip_is_not_valid(nip: str) -> None:
    assert not is_valid_nip(nip)


@given(nips)
def test_at_most_one_last_digit_makes_a_nip(nip: str) -> None:
    assert sum(is_valid_nip(nip[:9] + str(digit)) for digit in range(10)) <= 1


def test_internal_identifier_has_two_check_digits() -> None:
    assert is_valid_internal_id("6824515772-12343")
    assert not is_valid_internal_id("5265877635-12345")  # an example of the documentation
    assert not is_valid_internal_id("1234563219-00000")
    assert not is_valid_internal_id("6824515772-1234")


@pytest.mark.parametrize(
    "pasted",
    [
        "5265877635-20250826-0100001AF629-AF",
        " 5265877635 - 20250826 - 0100001af629 - af ",
        "Numer KSeF:\t5265877635–20250826–0100001AF629–AF.",
        "https://ksef.podatki.gov.pl/web?n=5265877635%2D20250826-0100001AF629-AF&x=1",
        "5265877635-20250826-\u200b0100001AF629-AF",
    ],
)
def test_number_is_found_in_what_was_pasted(pasted: str) -> None:
    assert number.find(pasted) == "5265877635-20250826-0100001AF629-AF"


@pytest.mark.parametrize(
    "pasted",
    ["", "FV/1", "15265877635-20250826-0100001AF629-AF", "5265877635-20250826-0100001AF629-AF1"],
)
def test_no_number_is_made_of_other_texts(pasted: str) -> None:
    assert number.find(pasted) is None


@given(st.text())
def test_finding_a_number_never_fails(pasted: str) -> None:
    found = number.find(pasted)
    assert found is None or number.find(found) == found
