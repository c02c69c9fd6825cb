"""Every documented code has a class, and an unknown one never counts as a success."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ksef.codes import (
    ExceptionCode,
    Outcome,
    Remedy,
    authentication_outcome,
    enrollment_outcome,
    exception_remedy,
    export_outcome,
    invoice_outcome,
    is_known,
    session_outcome,
)

OUTCOMES = [
    invoice_outcome,
    session_outcome,
    authentication_outcome,
    export_outcome,
    enrollment_outcome,
]


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_beginning_and_end_are_the_same_everywhere(outcome: object) -> None:
    assert outcome(100) is Outcome.PENDING  # type: ignore[operator]
    assert outcome(200) is Outcome.ACCEPTED  # type: ignore[operator]
    assert outcome(550) is Outcome.AGAIN  # type: ignore[operator]


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        (150, Outcome.PENDING),
        (405, Outcome.AGAIN),
        (410, Outcome.REFUSED),
        (415, Outcome.REFUSED),
        (430, Outcome.REFUSED),
        (435, Outcome.REFUSED),
        (440, Outcome.REFUSED),
        (450, Outcome.REFUSED),
        (500, Outcome.AGAIN),
    ],
)
def test_invoice_codes(code: int, outcome: Outcome) -> None:
    assert invoice_outcome(code) is outcome


def test_same_code_means_different_things() -> None:
    assert invoice_outcome(405) is Outcome.AGAIN
    assert session_outcome(405) is Outcome.REFUSED
    assert session_outcome(170) is Outcome.PENDING
    assert authentication_outcome(425) is Outcome.AGAIN
    assert export_outcome(210) is Outcome.AGAIN


@given(st.integers(0, 9999), st.sampled_from(OUTCOMES))
def test_unknown_code_is_pending_only_in_the_first_hundred(code: int, outcome: object) -> None:
    if is_known(code):
        return
    expected = Outcome.PENDING if 100 <= code < 200 else Outcome.REFUSED
    assert outcome(code) is expected  # type: ignore[operator]


@pytest.mark.parametrize(
    ("code", "remedy"),
    [
        (21470, Remedy.NEW_KEYS),
        (21184, Remedy.NEW_SESSION),
        (21180, Remedy.NEW_SESSION),
        (21165, Remedy.LATER),
        (21182, Remedy.LATER),
        (21301, Remedy.NEW_LOGIN),
        (21405, Remedy.NONE),
        (99999, Remedy.NONE),
    ],
)
def test_remedies(code: int, remedy: Remedy) -> None:
    assert exception_remedy(code) is remedy


def test_all_exception_codes_are_known() -> None:
    assert all(is_known(code) for code in ExceptionCode)
    assert not is_known(99999)
