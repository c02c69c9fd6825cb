"""The authority that issues KSeF certificates, of both types."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from .keys import authority_name

VALIDITY = timedelta(days=730)
AUTHENTICATION = "Authentication"
OFFLINE = "Offline"


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What the certificate shall say."""

    subject: x509.Name
    public_key: rsa.RSAPublicKey | ec.EllipticCurvePublicKey
    type: str
    valid_from: datetime


class CertificateAuthority:
    """Issues with an EC key of its own; knows its own certificates."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP384R1())
        self._name = authority_name("Symulator CCK KSeF")
        self.certificate = self._make_root()

    def issue(self, wish: Wish) -> x509.Certificate:
        """Serial number of eight bytes; the key usage tells the two types apart."""
        return (
            x509.CertificateBuilder()
            .subject_name(wish.subject)
            .issuer_name(self._name)
            .public_key(wish.public_key)
            .serial_number(_serial_number())
            .not_valid_before(wish.valid_from)
            .not_valid_after(wish.valid_from + VALIDITY)
            .add_extension(_key_usage(wish.type), critical=True)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .sign(self._key, hashes.SHA512())
        )

    def has_issued(self, certificate: x509.Certificate) -> bool:
        try:
            certificate.verify_directly_issued_by(self.certificate)
        except (ValueError, TypeError, InvalidSignature):
            return False
        return True

    def _make_root(self) -> x509.Certificate:
        now = datetime.now(timezone.utc)
        return (
            x509.CertificateBuilder()
            .subject_name(self._name)
            .issuer_name(self._name)
            .public_key(self._key.public_key())
            .serial_number(_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=3650))
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .sign(self._key, hashes.SHA512())
        )


def der_of(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.DER)


def _serial_number() -> int:
    """Eight bytes, positive, with a leading 01 like the real ones."""
    return (0x01 << 56) | int.from_bytes(secrets.token_bytes(7), "big")


def _key_usage(type_: str) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=type_ == AUTHENTICATION,
        content_commitment=type_ == OFFLINE,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
