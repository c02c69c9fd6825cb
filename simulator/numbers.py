"""Numbers the authority gives out, with their check digits, and those it checks."""

from __future__ import annotations

import re
import secrets
from datetime import date

KSEF_NUMBER = re.compile(
    r"([1-9](\d[1-9]|[1-9]\d)\d{7})-(20[2-9][0-9]|2[1-9]\d{2}|[3-9]\d{3})(0[1-9]|1[0-2])"
    r"(0[1-9]|[12]\d|3[01])-([0-9A-F]{6})-?([0-9A-F]{6})-([0-9A-F]{2})"
)
REFERENCE_NUMBER = re.compile(r"\d{8}-[A-Z]{2}-[0-9A-F]{10}-[0-9A-F]{10}-[0-9A-F]{2}")
NIP = re.compile(r"[1-9]((\d[1-9])|([1-9]\d))\d{7}")
INTERNAL_ID = re.compile(r"[1-9]((\d[1-9])|([1-9]\d))\d{7}-\d{5}")

CHALLENGE = "CR"
AUTHENTICATION = "AU"
ONLINE_SESSION = "SO"
BATCH_SESSION = "SB"
INVOICE = "EE"
UPO_PAGE = "EU"
KSEF_TOKEN = "EC"
EXPORT = "EH"
# The authority uses one code for exports and for certificate enrolments.
ENROLMENT = "EH"
PERMISSION_OPERATION = "EG"

_NIP_WEIGHTS = (6, 5, 7, 2, 3, 4, 5, 6, 7)


def crc8(text: str) -> str:
    """CRC-8, polynomial 0x07, no reflection, as two upper-case hex digits."""
    register = 0
    for byte in text.encode("ascii"):
        register ^= byte
        for _ in range(8):
            register = (register << 1) ^ (0x107 if register & 0x80 else 0)
    return f"{register:02X}"


def reference_number(kind: str, today: date) -> str:
    """36 characters, such as `20250625-SO-2C3E6C8000-B675CF5D68-07`; the end is a CRC-8."""
    body = f"{today:%Y%m%d}-{kind}-{_hex(10)}-{_hex(10)}"
    return f"{body}-{crc8(body)}"


def ksef_number(seller_nip: str, taken_on: date) -> str:
    """35 characters; the check digits cover the first 32."""
    body = f"{seller_nip}-{taken_on:%Y%m%d}-{_hex(12)}"
    return f"{body}-{crc8(body)}"


def collective_number(nip: str, today: date) -> str:
    """35 characters: an identifier for one payment of many invoices."""
    body = f"{nip}-IZ{today:%Y%m}-{_hex(12)}"
    return f"{body}-{crc8(body)}"


def nip_is_valid(nip: str) -> bool:
    if NIP.fullmatch(nip) is None:
        return False
    total = sum(int(nip[place]) * weight for place, weight in enumerate(_NIP_WEIGHTS))
    return total % 11 == int(nip[9])


def internal_id_is_valid(internal_id: str) -> bool:
    """`NIP-ddddD`: the NIP's own check digit, and weights 1, 3, 1, 3… over 14 digits."""
    if INTERNAL_ID.fullmatch(internal_id) is None or not nip_is_valid(internal_id[:10]):
        return False
    digits = internal_id.replace("-", "")
    total = sum(int(digit) * (1, 3)[place % 2] for place, digit in enumerate(digits[:14]))
    return total % 10 == int(digits[14])


def _hex(length: int) -> str:
    return secrets.token_hex(length // 2).upper()
