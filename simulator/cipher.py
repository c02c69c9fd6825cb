"""AES-256-CBC with PKCS#7, one key and one initialization vector for a whole session."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

KEY_SIZE = 32
IV_SIZE = 16
_BLOCK_BITS = 128


@dataclass(frozen=True, kw_only=True)
class SymmetricKey:
    """What a client gave for a session or an export."""

    key: bytes = field(repr=False)
    initialization_vector: bytes = field(repr=False)

    def decrypt(self, ciphertext: bytes) -> bytes:
        """Takes the whole input for ciphertext: a vector in front of it is never assumed.

        Raises `ValueError` when length or padding is wrong.
        """
        return b"".join(self.decrypt_stream((ciphertext,)))

    def decrypt_stream(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        decryptor = self._cipher().decryptor()
        unpadder = PKCS7(_BLOCK_BITS).unpadder()
        for chunk in chunks:
            yield unpadder.update(decryptor.update(chunk))
        yield unpadder.update(decryptor.finalize())
        yield unpadder.finalize()

    def encrypt(self, plaintext: bytes) -> bytes:
        padder = PKCS7(_BLOCK_BITS).padder()
        encryptor = self._cipher().encryptor()
        padded = padder.update(plaintext) + padder.finalize()
        return encryptor.update(padded) + encryptor.finalize()

    def _cipher(self) -> Cipher[modes.CBC]:
        return Cipher(algorithms.AES(self.key), modes.CBC(self.initialization_vector))
