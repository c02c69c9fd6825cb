"""Bank account numbers."""

from __future__ import annotations

import re

_NRB = re.compile(r"\d{26}", re.ASCII)
_IBAN = re.compile(r"[A-Z]{2}\d{2}[0-9A-Z]{11,30}", re.ASCII)


def is_valid_nrb(number: str) -> bool:
    """A Polish account number: 26 digits, which are an IBAN without its ``PL``."""
    return bool(_NRB.fullmatch(number)) and is_valid_iban(f"PL{number}")


def is_iban(number: str) -> bool:
    """Whether it has the form of an IBAN, be its check digits right or not."""
    return bool(_IBAN.fullmatch(number))


def is_valid_iban(number: str) -> bool:
    """Whether the check digits are right (ISO 13616)."""
    turned = number[4:] + number[:4]
    return is_iban(number) and int("".join(str(int(sign, 36)) for sign in turned)) % 97 == 1
