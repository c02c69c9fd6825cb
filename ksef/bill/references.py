"""Numbers of documents as different people write them."""

from __future__ import annotations


def reference_key(reference: str) -> tuple[str, ...]:
    """What is left without case, blanks, dashes and leading zeros; empty if that is nothing."""
    signs = "".join(sign if sign.isalnum() else " " for sign in reference.upper())
    return tuple(part.lstrip("0") for part in signs.split())
