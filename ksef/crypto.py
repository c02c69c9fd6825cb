"""Encryption of documents and secrets for KSeF: AES-256-CBC, RSA-OAEP, SHA-256."""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
from dataclasses import dataclass, field

from cryptography.hazmat.primitives import hashes, padding
from cryptography.hazmat.primitives.asymmetric import padding as rsa_padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.ciphers import Cipher, CipherContext
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import CBC

from .errors import BadAnswer

KEY_SIZE = 32  # bytes
BLOCK_SIZE = 16  # bytes
_BLOCK_BITS = BLOCK_SIZE * 8


@dataclass(frozen=True, kw_only=True)
class SessionKey:
    """The AES key of one session, export or batch, with the vector that all its files share.

    The vector is sent beside the key, never in front of a ciphertext.
    """

    key: bytes = field(repr=False)
    initialization_vector: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.key) != KEY_SIZE or len(self.initialization_vector) != BLOCK_SIZE:
            raise ValueError("a session key has 32 bytes, its vector 16")

    @classmethod
    def generate(cls) -> SessionKey:
        return cls(key=os.urandom(KEY_SIZE), initialization_vector=os.urandom(BLOCK_SIZE))

    @classmethod
    def from_values(cls, key: str, initialization_vector: str) -> SessionKey:
        """From two Base64 strings, as ``to_values`` gives them."""
        return cls(
            key=base64.b64decode(key, validate=True),
            initialization_vector=base64.b64decode(initialization_vector, validate=True),
        )

    def to_values(self) -> tuple[str, str]:
        """Key and vector in Base64, to be stored where only the system reads them."""
        return encode_base64(self.key), encode_base64(self.initialization_vector)

    def encrypt(self, content: bytes) -> bytes:
        encryptor = self.encryptor()
        return encryptor.update(content) + encryptor.finish()

    def decrypt(self, content: bytes) -> bytes:
        """Raises BadAnswer for anything that was not encrypted with this key."""
        decryptor = self.decryptor()
        return decryptor.update(content) + decryptor.finish()

    def encryptor(self) -> Encryptor:
        return Encryptor(self._cipher().encryptor())

    def decryptor(self) -> Decryptor:
        return Decryptor(self._cipher().decryptor())

    def _cipher(self) -> Cipher[CBC]:
        return Cipher(AES256(self.key), CBC(self.initialization_vector))


class Encryptor:
    """Encrypts one file piece by piece, with PKCS#7 padding at its end."""

    def __init__(self, cipher: CipherContext) -> None:
        self._cipher = cipher
        self._padder = padding.PKCS7(_BLOCK_BITS).padder()

    def update(self, content: bytes) -> bytes:
        return self._cipher.update(self._padder.update(content))

    def finish(self) -> bytes:
        return self._cipher.update(self._padder.finalize()) + self._cipher.finalize()


class Decryptor:
    """Decrypts one file piece by piece; raises BadAnswer at its end if the padding is wrong."""

    def __init__(self, cipher: CipherContext) -> None:
        self._cipher = cipher
        self._unpadder = padding.PKCS7(_BLOCK_BITS).unpadder()

    def update(self, content: bytes) -> bytes:
        return self._unpadder.update(self._cipher.update(content))

    def finish(self) -> bytes:
        try:
            return self._unpadder.update(self._cipher.finalize()) + self._unpadder.finalize()
        except ValueError as error:
            raise BadAnswer("a file that our key does not decrypt") from error


def encrypted_size(size: int) -> int:
    """Bytes of the ciphertext of ``size`` bytes: a full last block gets one block more."""
    return (size // BLOCK_SIZE + 1) * BLOCK_SIZE


def wrap(data: bytes, public_key: RSAPublicKey) -> bytes:
    """RSAES-OAEP with SHA-256, for session keys and for KSeF tokens."""
    return public_key.encrypt(
        data,
        rsa_padding.OAEP(
            mgf=rsa_padding.MGF1(hashes.SHA256()), algorithm=hashes.SHA256(), label=None
        ),
    )


def hash_base64(data: bytes) -> str:
    """SHA-256 in standard Base64: 44 characters, the form of every hash in the API's JSON."""
    return encode_base64(hashlib.sha256(data).digest())


def encode_base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def decode_base64(text: str) -> bytes:
    """Raises BadAnswer for anything that is not standard Base64."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadAnswer("no Base64") from error
