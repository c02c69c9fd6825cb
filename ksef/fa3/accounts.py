"""Bank account numbers."""

from __future__ import annotations

import re

_NRB = re.compile(r"\d{26}", re.ASCII)


def is_valid_nrb(number: str) -> bool:
    """A Polish account number: 26 digits, which are an IBAN without its ``PL``."""
    if not _NRB.fullmatch(number):
        return False
    return int(f"{number[2:]}2521{number[:2]}") % 97 == 1
