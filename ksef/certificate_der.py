"""Reading X.509 certificates, also those whose signature algorithm carries NULL parameters.

KSeF has issued certificates signed with ECDSA whose AlgorithmIdentifier holds ``NULL`` where
RFC 5758 wants nothing. ``cryptography`` refuses them since version 50. Such a certificate is
rebuilt without the NULLs *to be read only*: digests and the copy that is sent are always those of
the original bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timezone

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm

from .errors import KeyProblem, UnusableKey

_SEQUENCE = 0x30
_OWN_ERRORS = (x509.InvalidVersion, x509.DuplicateExtension, x509.UnsupportedGeneralNameType)
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ECDSA_WITH_NULL = re.compile(
    rb"\x30\x0c(\x06\x08\x2a\x86\x48\xce\x3d\x04\x03.)\x05\x00", re.DOTALL
)


def read_certificate(der: bytes) -> x509.Certificate:
    """Raises UnusableKey for anything that is no certificate, all of it."""
    try:
        certificate = _load(der)
        _read_all(certificate)
    except (ValueError, UnsupportedAlgorithm, *_OWN_ERRORS) as error:
        raise UnusableKey(KeyProblem.UNREADABLE) from error
    return certificate


def _load(der: bytes) -> x509.Certificate:
    try:
        return x509.load_der_x509_certificate(der)
    except ValueError:
        return x509.load_der_x509_certificate(_without_null_parameters(der))


def _read_all(certificate: x509.Certificate) -> None:
    """The library reads most parts when they are asked for only: find out now what is damaged."""
    certificate.public_key()
    for names in (certificate.subject, certificate.issuer):
        if _NOT_IN_XML.search(names.rfc4514_string()):
            raise ValueError("a name that no signature can quote")
    tuple(certificate.extensions)


def not_valid_before(certificate: x509.Certificate) -> datetime:
    """The first moment of a certificate, in UTC; ``cryptography`` before 42 knows naive ones."""
    if hasattr(certificate, "not_valid_before_utc"):
        return certificate.not_valid_before_utc
    return certificate.not_valid_before.replace(tzinfo=timezone.utc)


def not_valid_after(certificate: x509.Certificate) -> datetime:
    """The last moment of a certificate, in UTC."""
    if hasattr(certificate, "not_valid_after_utc"):
        return certificate.not_valid_after_utc
    return certificate.not_valid_after.replace(tzinfo=timezone.utc)


def _without_null_parameters(der: bytes) -> bytes:
    """The certificate with both AlgorithmIdentifiers bare; raises ValueError for broken DER."""
    signed, *rest = _children(der)
    signed = _sequence(b"".join(map(_bare, _children(signed))))
    return _sequence(signed + b"".join(map(_bare, rest)))


def _bare(element: bytes) -> bytes:
    match = _ECDSA_WITH_NULL.fullmatch(element)
    return _sequence(match[1]) if match else element


def _children(element: bytes) -> Iterator[bytes]:
    """The elements inside a constructed element."""
    position, end = _content_span(element, 0)
    while position < end:
        _start, following = _content_span(element, position)
        yield element[position:following]
        position = following


def _content_span(der: bytes, position: int) -> tuple[int, int]:
    """Where the content of the element at ``position`` begins and ends."""
    start = position + 2
    length = int.from_bytes(der[position + 1 : start], "big")
    if length & 0x80:
        start += length & 0x7F
        length = int.from_bytes(der[position + 2 : start], "big")
    if start + length > len(der):
        raise ValueError("truncated DER")
    return start, start + length


def _sequence(content: bytes) -> bytes:
    size = len(content)
    if size < 0x80:
        return bytes((_SEQUENCE, size)) + content
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((_SEQUENCE, 0x80 | len(octets))) + octets + content
