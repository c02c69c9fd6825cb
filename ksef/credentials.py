"""A certificate with its private key, read from the files that people have."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
    load_pem_private_key,
)
from cryptography.hazmat.primitives.serialization.pkcs12 import load_key_and_certificates

from .certificate_der import not_valid_after, not_valid_before, read_certificate
from .errors import KeyProblem, UnusableKey, WrongPassword
from .holder import Holder, read_holder
from .pkcs12 import open_pkcs12

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes

PrivateKey = RSAPrivateKey | EllipticCurvePrivateKey

MIN_RSA_BITS = 2048
_PEM_CERTIFICATE = re.compile(
    rb"-----BEGIN CERTIFICATE-----(.+?)-----END CERTIFICATE-----", re.DOTALL
)

# A clock of ours that is slow must not make a fresh certificate useless.
CLOCK_SKEW = timedelta(minutes=10)


class CertificateType(Enum):
    """What a KSeF certificate is for; each has exactly one type."""

    AUTHENTICATION = "Authentication"
    OFFLINE = "Offline"


@dataclass(frozen=True, kw_only=True)
class CertificateCredential:
    """A certificate as it was issued, byte for byte, and the key that belongs to it."""

    certificate_der: bytes
    private_key: PrivateKey = field(repr=False)

    @cached_property
    def certificate(self) -> x509.Certificate:
        """For reading only: the bytes that count are ``certificate_der``."""
        return read_certificate(self.certificate_der)

    @property
    def type(self) -> CertificateType | None:
        """By key usage, None if the certificate has none.

        Qualified certificates may bear the key usage of an Offline one and log in all the same.
        """
        try:
            extension = self.certificate.extensions.get_extension_for_class(x509.KeyUsage)
        except x509.ExtensionNotFound:
            return None
        if extension.value.digital_signature:
            return CertificateType.AUTHENTICATION
        return CertificateType.OFFLINE if extension.value.content_commitment else None

    @property
    def holder(self) -> Holder:
        return read_holder(self.certificate)

    @property
    def issuer_name(self) -> str:
        names = self.certificate.issuer.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
        return ", ".join(str(name.value) for name in names)

    @property
    def key_name(self) -> str:
        key = self.private_key
        return f"RSA {key.key_size}" if isinstance(key, RSAPrivateKey) else "EC P-256"

    def private_key_pem(self) -> bytes:
        """The key as PKCS#8 without a password. A secret."""
        return self.private_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    @property
    def valid_from(self) -> datetime:
        return not_valid_before(self.certificate)

    @property
    def valid_until(self) -> datetime:
        return not_valid_after(self.certificate)

    @property
    def is_issued_by_ksef(self) -> bool:
        return "KSeF" in self.issuer_name

    def check_for_login(self, now: datetime) -> None:
        """Raises UnusableKey for one that is not valid now, or that KSeF issued for links only."""
        self._check_validity(now)
        if self.is_issued_by_ksef and self.type is CertificateType.OFFLINE:
            raise UnusableKey(KeyProblem.WRONG_TYPE)

    def check_for_links(self, now: datetime) -> None:
        """Raises UnusableKey for one that is not valid now, or not of type Offline."""
        self._check_validity(now)
        if self.type is not CertificateType.OFFLINE:
            raise UnusableKey(KeyProblem.WRONG_TYPE)

    def _check_validity(self, now: datetime) -> None:
        if now < self.valid_from - CLOCK_SKEW:
            raise UnusableKey(KeyProblem.NOT_YET_VALID)
        if now > self.valid_until:
            raise UnusableKey(KeyProblem.EXPIRED)


def fixed_length_signature(der: bytes, key: EllipticCurvePrivateKey) -> bytes:
    """R and S, each as long as the curve's order, one after the other (IEEE P1363)."""
    size = (key.curve.key_size + 7) // 8
    r, s = decode_dss_signature(der)
    return r.to_bytes(size, "big") + s.to_bytes(size, "big")


def load_pkcs12(content: bytes, password: str) -> CertificateCredential:
    """From a ``.p12`` or ``.pfx`` file; raises WrongPassword or UnusableKey."""
    try:
        key, certificate, others = load_key_and_certificates(content, password.encode())
    except (ValueError, UnsupportedAlgorithm, x509.InvalidVersion):
        opened = open_pkcs12(content, password)
        return _pair(opened.certificates, opened.key)
    found = [*([certificate] if certificate else []), *others]
    return _pair([each.public_bytes(Encoding.DER) for each in found], key)


def load_files(certificate: bytes, key: bytes, password: str = "") -> CertificateCredential:
    """From a certificate (PEM or DER) and a key (PEM or DER, PKCS#8, encrypted or not).

    Both may be the same PEM file. Raises WrongPassword or UnusableKey.
    """
    return _pair(_certificates(certificate), _private_key(key, password))


def _pair(certificates: Sequence[bytes], key: object) -> CertificateCredential:
    """The credential of the certificate that the key belongs to."""
    if key is None:
        raise UnusableKey(KeyProblem.NO_KEY)
    if not certificates:
        raise UnusableKey(KeyProblem.NO_CERTIFICATE)
    private_key = _supported(key)
    public = _public_bytes(private_key.public_key())
    problem = KeyProblem.OTHER_KEY
    for der in certificates:
        try:
            if _public_bytes(read_certificate(der).public_key()) == public:
                return CertificateCredential(certificate_der=der, private_key=private_key)
        except UnusableKey as error:  # of an issuer, perhaps, whose certificate nobody needs
            problem = error.problem
    raise UnusableKey(problem)


def _supported(key: object) -> PrivateKey:
    if isinstance(key, RSAPrivateKey):
        if key.key_size < MIN_RSA_BITS:
            raise UnusableKey(KeyProblem.WEAK)
        return key
    if isinstance(key, EllipticCurvePrivateKey) and isinstance(key.curve, SECP256R1):
        return key
    raise UnusableKey(KeyProblem.UNSUPPORTED)


def _public_bytes(key: CertificatePublicKeyTypes) -> bytes:
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _certificates(content: bytes) -> list[bytes]:
    """The DER of all certificates in a PEM file, or of the one in a DER file."""
    if b"-----BEGIN" not in content:
        read_certificate(content)
        return [content]
    try:
        return [base64.b64decode(body) for body in _PEM_CERTIFICATE.findall(content)]
    except binascii.Error as error:
        raise UnusableKey(KeyProblem.UNREADABLE) from error


def _private_key(content: bytes, password: str) -> object:
    try:
        return _load_key(content, None)
    except TypeError:
        pass  # it is encrypted
    except ValueError as error:
        raise UnusableKey(KeyProblem.UNREADABLE) from error
    try:
        return _load_key(content, password.encode())
    except (TypeError, ValueError) as error:
        raise WrongPassword from error


def _load_key(content: bytes, password: bytes | None) -> object:
    load = load_pem_private_key if b"-----BEGIN" in content else load_der_private_key
    try:
        return load(content, password)
    except UnsupportedAlgorithm as error:
        raise UnusableKey(KeyProblem.UNSUPPORTED) from error
