from __future__ import annotations

from decimal import Decimal

import pytest

from ksef.fa3 import amounts


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("200"), "200.00"),
        (Decimal("0.005"), "0.01"),
        (Decimal("-0.005"), "-0.01"),
        (Decimal("-0.004"), "0.00"),
        (Decimal("1234567890123456.789"), "1234567890123456.79"),
    ],
)
def test_money_has_two_decimals_rounded_away_from_zero(value: Decimal, text: str) -> None:
    assert amounts.format_money(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("89.99100000"), "89.991"),
        (Decimal("92.99") / 3, "30.99666667"),
        (Decimal("100"), "100"),
        (Decimal("0"), "0"),
        (Decimal("-0.000000001"), "0"),
        (Decimal("1E-5"), "0.00001"),
    ],
)
def test_price_has_no_decimals_that_say_nothing(value: Decimal, text: str) -> None:
    assert amounts.format_price(value) == text


def test_quantity_has_six_decimals_at_most() -> None:
    assert amounts.format_quantity(Decimal("0.12345678")) == "0.123457"


@pytest.mark.parametrize(
    ("value", "cents"), [(0.1, "0.10"), (2.675, "2.68"), (1.005, "1.01"), (1e-05, "0.00")]
)
def test_float_counts_as_what_it_shows(value: float, cents: str) -> None:
    assert amounts.round_money(value) == Decimal(cents)


def test_rounding_to_zero_leaves_no_sign() -> None:
    assert str(amounts.round_money("-0.001")) == "0.00"


def test_huge_float_is_a_number_not_an_exception() -> None:
    assert amounts.format_money(amounts.to_decimal(1e30)) == "1" + "0" * 30 + ".00"
