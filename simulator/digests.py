"""SHA-256 as the authority writes it everywhere: standard Base64, 44 characters."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Iterable


def sha256_base64(content: bytes) -> str:
    return sha256_of_chunks((content,))


def sha256_of_chunks(chunks: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    for chunk in chunks:
        digest.update(chunk)
    return b64encode(digest.digest()).decode()
