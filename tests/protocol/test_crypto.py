"""Encryption: the published vector, and that whatever goes in comes out again."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from hypothesis import given
from hypothesis import strategies as st

from ksef.crypto import (
    SessionKey,
    decode_base64,
    encode_base64,
    encrypted_size,
    hash_base64,
    wrap,
)
from ksef.errors import BadAnswer

KEY = SessionKey(key=bytes(range(32)), initialization_vector=bytes(range(16)))
PLAIN = '<?xml version="1.0" encoding="UTF-8"?><Faktura>zażółć</Faktura>'.encode()
ENCRYPTED = (
    "0u46CvPadKGV2AWGpXIeUCjD29e1L83Z76Vse5v2l4jtNI0zT9fDjGr49Va1NKX6"
    "EOT/Yl3jSNzhSOAJPdskGI7vNASqo1L8uXo0jPmCxLQ="
)


def test_published_vector_is_encrypted_so() -> None:
    assert hash_base64(PLAIN) == "yea0uWO0i7hXyhXt3cJyw3Qu4UQtWK2ir6FGVD5nl6E="
    assert encode_base64(KEY.encrypt(PLAIN)) == ENCRYPTED
    assert hash_base64(KEY.encrypt(PLAIN)) == "S/dHSLdJpDV453iEzRLrCyBm0jybNuKg4n708G6mmps="
    assert KEY.decrypt(decode_base64(ENCRYPTED)) == PLAIN


@pytest.mark.parametrize(
    ("size", "encrypted"), [(6480, 6496), (16037, 16048), (22425060, 22425072), (0, 16)]
)
def test_sizes_are_those_of_the_contract(size: int, encrypted: int) -> None:
    assert encrypted_size(size) == encrypted


@given(st.binary(max_size=200))
def test_what_is_encrypted_is_decrypted(content: bytes) -> None:
    encrypted = KEY.encrypt(content)
    assert len(encrypted) == encrypted_size(len(content))
    assert KEY.decrypt(encrypted) == content


@given(st.lists(st.binary(max_size=50), max_size=8))
def test_pieces_are_encrypted_like_the_whole(pieces: list[bytes]) -> None:
    encryptor, decryptor = KEY.encryptor(), KEY.decryptor()
    encrypted = b"".join(map(encryptor.update, pieces)) + encryptor.finish()
    assert encrypted == KEY.encrypt(b"".join(pieces))
    assert decryptor.update(encrypted) + decryptor.finish() == b"".join(pieces)


@given(st.binary(max_size=100))
def test_garbage_is_no_ciphertext(content: bytes) -> None:
    try:
        plain = KEY.decrypt(content)
    except BadAnswer:
        return
    assert KEY.encrypt(plain) == content  # a padding that is right by chance


def test_session_keys_are_never_the_same() -> None:
    first, second = SessionKey.generate(), SessionKey.generate()
    assert first.key != second.key
    assert first.initialization_vector != second.initialization_vector


def test_session_key_survives_being_stored() -> None:
    key = SessionKey.generate()
    assert SessionKey.from_values(*key.to_values()) == key


def test_session_key_does_not_show() -> None:
    key = SessionKey.generate()
    assert repr(key) == "SessionKey()"


@pytest.mark.parametrize(("key", "vector"), [(31, 16), (32, 15), (16, 16), (0, 0)])
def test_session_key_of_wrong_size_is_refused(key: int, vector: int) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        SessionKey(key=bytes(key), initialization_vector=bytes(vector))


def test_wrapped_key_opens_with_oaep_and_sha256() -> None:
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    oaep = padding.OAEP(mgf=padding.MGF1(hashes.SHA256()), algorithm=hashes.SHA256(), label=None)
    assert private.decrypt(wrap(b"secret", private.public_key()), oaep) == b"secret"


@pytest.mark.parametrize("text", ["a", "!!!!", "żółć", "abc"])
def test_other_text_is_no_base64(text: str) -> None:
    with pytest.raises(BadAnswer):
        decode_base64(text)
