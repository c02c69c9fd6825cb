from __future__ import annotations

import pytest

from ksef.fa3 import text


@pytest.mark.parametrize(
    ("dirty", "clean"),
    [
        ("bell \x07rings", "bell rings"),
        ("no\xa0break\u202fat\u2007all", "no break at all"),
        ("zero\u200bwidth\ufeff\u2060", "zerowidth"),
        ("del\x7fete \x9f\ufdd0\ufffe\U0001ffff", "delete"),
        ("next\x85line", "next line"),
        ("lone \ud800surrogate", "lone surrogate"),
        ("  many \t\r\n blanks ", "many blanks"),
        ("e\u0301", "é"),
        ("e\u200b\u0301", "é"),
        ("🦉 sowa", "🦉 sowa"),
        (None, ""),
    ],
)
def test_line_keeps_only_what_ksef_takes(dirty: str | None, clean: str) -> None:
    assert text.clean_line(dirty) == clean


def test_text_keeps_its_lines() -> None:
    assert text.clean_text(" one\r\ntwo\u2028three\rfour \n") == "one\ntwo\nthree\nfour"


def test_lines_are_joined_by_commas() -> None:
    assert text.join_lines("one \n\n two\nthree") == "one, two, three"


def test_short_line_is_left_alone() -> None:
    assert text.shorten("x" * 512, 512) == ("x" * 512, "")


def test_long_line_is_cut_between_words_and_the_rest_kept() -> None:
    assert text.shorten("alpha beta gamma", 12) == ("alpha beta…", "gamma")


def test_word_longer_than_the_limit_is_cut_inside() -> None:
    assert text.shorten("x" * 20, 8) == ("x" * 7 + "…", "x" * 13)


def test_split_loses_no_word() -> None:
    line = " ".join(f"word{number}" for number in range(200))
    pieces = text.split(line, 256)
    assert max(map(len, pieces)) <= 256
    assert " ".join(pieces) == line


def test_split_of_nothing_is_nothing() -> None:
    assert text.split("", 256) == ()
