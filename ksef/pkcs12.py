"""Opening PKCS#12 files by hand, with the certificates left as bytes.

``cryptography`` reads the certificates while it opens a file, and fails as a whole on one with
NULL parameters, as KSeF issues them (see ``certificate_der``).
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from asn1crypto import pkcs12  # type: ignore[import-untyped]
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.serialization import load_der_private_key

try:
    from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
except ImportError:  # before cryptography 43
    from cryptography.hazmat.primitives.ciphers.algorithms import TripleDES

from .errors import KeyProblem, UnusableKey, WrongPassword

MAX_ITERATIONS = 10_000_000  # of a key derivation; a hostile file could ask for more
_KEY, _VECTOR, _MAC = 1, 2, 3  # what bytes are derived for (RFC 7292, appendix B.3)
_CIPHERS = {"aes": AES, "tripledes": TripleDES}


@dataclass(frozen=True, kw_only=True)
class OpenedFile:
    """The certificates (DER) and the first key of a PKCS#12 file."""

    certificates: tuple[bytes, ...]
    key: object = field(repr=False)


def open_pkcs12(content: bytes, password: str) -> OpenedFile:
    """Raises WrongPassword or UnusableKey."""
    try:
        return _open(pkcs12.Pfx.load(content), password)
    except UnsupportedAlgorithm as error:
        raise UnusableKey(KeyProblem.UNSUPPORTED) from error
    except (ValueError, TypeError, KeyError) as error:
        raise UnusableKey(KeyProblem.UNREADABLE) from error


def _open(pfx: Any, password: str) -> OpenedFile:
    _check_password(pfx, password)
    certificates: list[bytes] = []
    keys: list[object] = []
    for bag in _bags(pfx, password):
        kind, value = bag["bag_id"].native, bag["bag_value"]
        if kind == "cert_bag":
            certificates.append(bytes(value["cert_value"]))
        elif kind == "pkcs8_shrouded_key_bag":
            keys.append(load_der_private_key(value.untag().dump(), password.encode()))
        elif kind == "key_bag":
            keys.append(load_der_private_key(value.untag().dump(), None))
    return OpenedFile(certificates=tuple(certificates), key=keys[0] if keys else None)


def _check_password(pfx: Any, password: str) -> None:
    """The code over the content is right with the right password only.

    No password is written in two ways: as an empty text, or as no text at all.
    """
    mac = pfx["mac_data"]
    if not mac:
        return
    texts = [_utf16(password)] if password else [_utf16(""), b""]
    if not any(_is_authentic(pfx, mac, text) for text in texts):
        raise WrongPassword


def _is_authentic(pfx: Any, mac: Any, password: bytes) -> bool:
    derivation = _Derivation(
        digest=mac["mac"]["digest_algorithm"]["algorithm"].native,
        salt=mac["mac_salt"].native,
        iterations=mac["iterations"].native,
    )
    size = hashlib.new(derivation.digest).digest_size
    key = derivation.pkcs12(password, _MAC, size)
    code = hmac.new(key, pfx["auth_safe"]["content"].native, derivation.digest).digest()
    return hmac.compare_digest(code, mac["mac"]["digest"].native)


def _bags(pfx: Any, password: str) -> Iterator[Any]:
    for info in pfx.authenticated_safe:
        content = info["content"]
        if info["content_type"].native == "data":
            safe = content.native
        else:
            encrypted = content["encrypted_content_info"]
            safe = _decrypt(
                encrypted["content_encryption_algorithm"],
                encrypted["encrypted_content"].native,
                password,
            )
        yield from pkcs12.SafeContents.load(safe)


def _decrypt(algorithm: Any, content: bytes, password: str) -> bytes:
    """Raises UnusableKey for ciphers that are not AES or Triple DES, such as RC2."""
    if algorithm.encryption_cipher not in _CIPHERS:
        raise UnusableKey(KeyProblem.UNSUPPORTED)
    key, vector = _key_and_vector(algorithm, password)
    decryptor = Cipher(_CIPHERS[algorithm.encryption_cipher](key), CBC(vector)).decryptor()
    unpadder = padding.PKCS7(algorithm.encryption_block_size * 8).unpadder()
    padded = decryptor.update(content) + decryptor.finalize()
    return unpadder.update(padded) + unpadder.finalize()


def _key_and_vector(algorithm: Any, password: str) -> tuple[bytes, bytes]:
    derivation = _Derivation(
        digest=algorithm.kdf_hmac,
        salt=algorithm.kdf_salt,
        iterations=algorithm.kdf_iterations,
    )
    size = algorithm.key_length
    if algorithm.kdf == "pbkdf2":
        return derivation.pbkdf2(password.encode(), size), algorithm.encryption_iv
    text = _utf16(password)
    vector = derivation.pkcs12(text, _VECTOR, algorithm.encryption_block_size)
    return derivation.pkcs12(text, _KEY, size), vector


@dataclass(frozen=True, kw_only=True)
class _Derivation:
    """How bytes are made of a password."""

    digest: str
    salt: bytes
    iterations: int

    def __post_init__(self) -> None:
        if self.iterations > MAX_ITERATIONS:
            raise UnusableKey(KeyProblem.UNSUPPORTED)

    def pbkdf2(self, password: bytes, size: int) -> bytes:
        return hashlib.pbkdf2_hmac(self.digest, password, self.salt, self.iterations, size)

    def pkcs12(self, password: bytes, purpose: int, size: int) -> bytes:
        """The derivation of PKCS#12 itself (RFC 7292, appendix B.2)."""
        block = hashlib.new(self.digest).block_size
        source = _fill(self.salt, block) + _fill(password, block)
        derived = b""
        while len(derived) < size:
            piece = bytes([purpose]) * block + source
            for _ in range(self.iterations):
                piece = hashlib.new(self.digest, piece).digest()
            derived += piece
            source = _add_to_blocks(source, _fill(piece, block)[:block])
        return derived[:size]


def _utf16(password: str) -> bytes:
    return (password + "\0").encode("utf-16-be")


def _fill(data: bytes, block: int) -> bytes:
    """The data over and over, up to a whole number of blocks."""
    size = -(-len(data) // block) * block
    return (data * (size // len(data) + 1))[:size] if data else b""


def _add_to_blocks(source: bytes, addend: bytes) -> bytes:
    """``addend`` and 1 added to every block, as numbers that overflow."""
    block = len(addend)
    increment = int.from_bytes(addend, "big") + 1
    sums = (
        int.from_bytes(source[start : start + block], "big") + increment
        for start in range(0, len(source), block)
    )
    return b"".join((total % (1 << 8 * block)).to_bytes(block, "big") for total in sums)
