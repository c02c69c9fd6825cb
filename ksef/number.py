"""The KSeF number of an invoice and the number of a collective identifier."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from urllib.parse import unquote

LENGTH = 35
_NUMBER = re.compile(
    r"([1-9](?:\d[1-9]|[1-9]\d)\d{7})-((?:20[2-9]\d|2[1-9]\d\d|[3-9]\d{3})\d{4})"
    r"-([0-9A-F]{6}-?[0-9A-F]{6})-([0-9A-F]{2})",
    re.ASCII,
)
_COLLECTIVE = re.compile(
    r"([1-9](?:\d[1-9]|[1-9]\d)\d{7})-IZ((?:20[2-9]\d|2[1-9]\d\d|[3-9]\d{3})(?:0[1-9]|1[0-2]))"
    r"-([0-9A-F]{12})-([0-9A-F]{2})",
    re.ASCII,
)

_LOOSE = re.compile(
    r"(?<![0-9A-Z])[0-9]{10}-[0-9]{8}-[0-9A-F]{6}-?[0-9A-F]{6}-[0-9A-F]{2}(?![0-9A-Z])", re.ASCII
)
_DASHES = re.compile("[\u2010-\u2015\u2212]")
_BLANKS = re.compile("[\\s\u200b-\u200d\u2060\ufeff]+")


@dataclass(frozen=True, kw_only=True)
class KsefNumber:
    """What a KSeF number tells. ``accepted_on`` is when KSeF took the invoice, not its P_1."""

    text: str
    seller_nip: str
    accepted_on: date

    @property
    def check_digits(self) -> str:
        return self.text[-2:]


@dataclass(frozen=True, kw_only=True)
class CollectiveNumber:
    """What the number of a collective identifier tells; ``year`` and ``month`` of its making."""

    text: str
    seller_nip: str
    year: int
    month: int


def parse(number: str) -> KsefNumber:
    """Raises ValueError for a number of wrong form, with an impossible date or check digits.

    Numbers of KSeF 1.0 have 36 characters, a hyphen more.
    """
    match = _NUMBER.fullmatch(number)
    if match is None or check_digits(number) != match[4]:
        raise ValueError("not a KSeF number")
    year, month, day = int(match[2][:4]), int(match[2][4:6]), int(match[2][6:])
    return KsefNumber(text=number, seller_nip=match[1], accepted_on=date(year, month, day))


def is_valid(number: str) -> bool:
    try:
        parse(number)
    except ValueError:
        return False
    return True


def find(text: str) -> str | None:
    """The first text in the form of a KSeF number in what somebody pasted; its digits may be wrong.

    Other dashes, blanks within, lower case and words or a link around it are forgiven.
    """
    plain = _DASHES.sub("-", unquote(text)).upper()
    match = _LOOSE.search(plain) or _LOOSE.search(_BLANKS.sub("", plain))
    return match[0] if match else None


def parse_collective(number: str) -> CollectiveNumber:
    """Raises ValueError for a number of wrong form or with wrong check digits."""
    match = _COLLECTIVE.fullmatch(number)
    if match is None or check_digits(number) != match[4]:
        raise ValueError("not a number of a collective identifier")
    return CollectiveNumber(
        text=number, seller_nip=match[1], year=int(match[2][:4]), month=int(match[2][4:])
    )


def is_valid_collective(number: str) -> bool:
    try:
        parse_collective(number)
    except ValueError:
        return False
    return True


def check_digits(number: str) -> str:
    """The check digits that ``number`` should end in; its own last three characters don't count."""
    return crc8(number[:-3])


def crc8(text: str) -> str:
    """CRC-8 (polynomial 07, nothing reflected, no final XOR) as two upper-case hex digits."""
    remainder = 0
    for byte in text.encode():
        remainder ^= byte
        for _bit in range(8):
            remainder = (remainder << 1) ^ (0x107 if remainder & 0x80 else 0)
    return f"{remainder:02X}"
