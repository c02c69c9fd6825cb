"""Numbers of documents, compared as people compare them."""

from __future__ import annotations

import pytest

from ksef.bill.references import reference_key


@pytest.mark.parametrize("written", ["FV/2026/02/150", "fv 2026-2-150", " FV_2026.02.0150 "])
def test_ways_to_write_one_reference_have_one_key(written: str) -> None:
    assert reference_key(written) == ("FV", "2026", "2", "150")


@pytest.mark.parametrize("other", ["FV/2026/02/15", "FV/2026/021/50", "FK/2026/02/150", "150"])
def test_other_references_have_another_key(other: str) -> None:
    assert reference_key(other) != reference_key("FV/2026/02/150")


@pytest.mark.parametrize("nothing", ["", "/", " – "])
def test_signs_alone_are_no_reference(nothing: str) -> None:
    assert reference_key(nothing) == ()
