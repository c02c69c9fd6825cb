"""Identifiers of Polish taxpayers."""

from __future__ import annotations

import pytest

from ksef.nip import clean_nip, is_valid_nip, spellings_of


@pytest.mark.parametrize(
    "written", ["9999999999", "PL 999-999-99-99", "pl9999999999", " 999 999 99 99 "]
)
def test_nip_is_known_however_it_is_written(written: str) -> None:
    assert clean_nip(written) == "9999999999"
    assert is_valid_nip(clean_nip(written))


@pytest.mark.parametrize("written", ["", "/", "9999999998", "DE136695976", "99999999999"])
def test_what_is_no_nip_does_not_become_one(written: str) -> None:
    assert not is_valid_nip(clean_nip(written))


def test_every_spelling_is_that_of_the_nip() -> None:
    spellings = spellings_of("9999999999")
    assert {"9999999999", "PL9999999999", "999-999-99-99"} <= set(spellings)
    assert {clean_nip(spelling) for spelling in spellings} == {"9999999999"}
