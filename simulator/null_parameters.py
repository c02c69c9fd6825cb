"""Certificates whose ECDSA algorithm identifiers carry NULL parameters.

The authority has issued such certificates and takes them at login; RFC 5758 wants no parameters
there, and strict readers refuse them.
"""

from __future__ import annotations

import re

# AlgorithmIdentifier { ecdsa-with-SHA224 … SHA512 }, without and with NULL.
_BARE = re.compile(rb"\x30\x0a(\x06\x08\x2a\x86\x48\xce\x3d\x04\x03[\x01-\x04])")
_WITH_NULL = re.compile(rb"\x30\x0c(\x06\x08\x2a\x86\x48\xce\x3d\x04\x03[\x01-\x04])\x05\x00")


def with_null_parameters(der: bytes) -> bytes:
    """The same certificate as the authority has issued it. Its signature no longer verifies."""
    return _resized(_BARE.sub(b"\x30\x0c\\1\x05\x00", der), by=2)


def without_null_parameters(der: bytes) -> bytes:
    """The same certificate for strict readers; raises ValueError if it has no NULL parameters."""
    bare, count = _WITH_NULL.subn(b"\x30\x0a\\1", der)
    if not count:
        raise ValueError("no NULL parameters")
    return _resized(bare, by=-2)


def _resized(der: bytes, *, by: int) -> bytes:
    """Both identifiers grew by so many bytes: one stands in the part that is signed, the other
    behind it."""
    outer = bytearray(der)
    _grow(outer, 0, 2 * by)
    _grow(outer, 4, by)
    return bytes(outer)


def _grow(der: bytearray, at: int, by: int) -> None:
    """Adds to the length of a SEQUENCE whose length takes two bytes (`30 82 hh ll`)."""
    if der[at : at + 2] != b"\x30\x82":
        raise ValueError("not a SEQUENCE of 256 bytes or more")
    length = int.from_bytes(der[at + 2 : at + 4], "big") + by
    der[at + 2 : at + 4] = length.to_bytes(2, "big")
