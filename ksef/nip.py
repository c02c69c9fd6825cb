"""Identifiers of Polish taxpayers: NIP and the internal identifier made of it."""

from __future__ import annotations

import re

_NIP = re.compile(r"[1-9](\d[1-9]|[1-9]\d)\d{7}", re.ASCII)
_INTERNAL_ID = re.compile(r"(\d{10})-(\d{5})", re.ASCII)
_WEIGHTS = (6, 5, 7, 2, 3, 4, 5, 6, 7)


def clean_nip(number: str) -> str:
    """A NIP as people write it, without blanks, dashes and the prefix PL; it may be wrong still."""
    signs = "".join(sign for sign in number.upper() if sign.isascii() and sign.isalnum())
    return signs.removeprefix("PL")


def spellings_of(nip: str) -> list[str]:
    """The ways in which people write ten digits, for where only exact texts can be looked up."""
    dashed = f"{nip[:3]}-{nip[3:6]}-{nip[6:8]}-{nip[8:]}"
    return [f"{prefix}{number}" for prefix in ("", "PL", "PL ", "pl") for number in (nip, dashed)]


def is_valid_nip(nip: str) -> bool:
    """Ten bare digits of KSeF's pattern with the right check digit."""
    if not _NIP.fullmatch(nip):
        return False
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, nip[:9], strict=True))
    return total % 11 == int(nip[9])


def is_valid_internal_id(internal_id: str) -> bool:
    """``NIP-ddddd``: a valid NIP, four digits, and a check digit over the fourteen before it."""
    match = _INTERNAL_ID.fullmatch(internal_id)
    if match is None or not is_valid_nip(match[1]):
        return False
    digits = match[1] + match[2]
    total = sum(int(digit) * (3 if index % 2 else 1) for index, digit in enumerate(digits[:14]))
    return total % 10 == int(digits[14])
