"""Text that KSeF takes, out of text as people and programs leave it.

Limits count characters after cleaning, as the schema does.
"""

from __future__ import annotations

import re
import unicodedata

ELLIPSIS = "…"

# Not allowed in XML 1.0, discouraged by it and refused by KSeF, or of no width.
_UNWANTED = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f"
    r"\u200b-\u200d\u2060\ufeff\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
    + "".join(rf"\U{plane:04x}fffe\U{plane:04x}ffff" for plane in range(1, 17))
    + "]"
)
_BLANKS = str.maketrans(
    {"\x85": " ", "\xa0": " ", "\u2007": " ", "\u202f": " ", "\u2028": "\n", "\u2029": "\n"}
)
_LINE_BREAKS = re.compile(r"[ \t]*[\r\n]+[ \t]*")


def clean_text(text: str | None) -> str:
    """Text of several lines: ``\\n`` between them, no blanks around the whole."""
    if not text:
        return ""
    text = _UNWANTED.sub("", text.translate(_BLANKS))
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", text).strip()


def clean_line(text: str | None) -> str:
    """Text of one line with single blanks: what an ``xsd:token`` holds."""
    return " ".join(clean_text(text).split())


def join_lines(text: str | None, separator: str = ", ") -> str:
    """The lines of ``text`` in one, as ``clean_line`` leaves it."""
    return clean_line(_LINE_BREAKS.sub(separator, clean_text(text)))


def shorten(line: str, limit: int) -> tuple[str, str]:
    """``line`` in at most ``limit`` characters, and the rest, if any, that was cut off.

    A line that is cut ends with an ellipsis, between two words if there is a gap.
    """
    if len(line) <= limit:
        return line, ""
    head = _cut(line, limit - len(ELLIPSIS))
    return head + ELLIPSIS, line[len(head) :].strip()


def split(line: str, limit: int) -> tuple[str, ...]:
    """``line`` in pieces of at most ``limit`` characters, parted between words if it can be."""
    pieces = []
    while line:
        piece = line if len(line) <= limit else _cut(line, limit)
        pieces.append(piece)
        line = line[len(piece) :].strip()
    return tuple(pieces)


def _cut(line: str, limit: int) -> str:
    """The longest beginning of at most ``limit`` characters that ends with a whole word."""
    end = line.rfind(" ", 0, limit + 1)
    return line[:end] if end > 0 else line[:limit]
