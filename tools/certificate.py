"""A self-signed seal for a company, which KSeF's test environment takes as proof of identity."""

from __future__ import annotations

from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from ..ksef.credentials import CertificateCredential

VALIDITY = timedelta(days=365)


def self_signed_seal(nip: str, name: str, now: datetime) -> CertificateCredential:
    """A seal whose organizationIdentifier is ``VATPL-<nip>``, valid from ``now`` for a year."""
    key = generate_private_key(public_exponent=65537, key_size=2048)
    certificate = _certificate(_subject(nip, name), key, now)
    return CertificateCredential(
        certificate_der=certificate.public_bytes(Encoding.DER), private_key=key
    )


def _subject(nip: str, name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "PL"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, name),
            x509.NameAttribute(NameOID.ORGANIZATION_IDENTIFIER, f"VATPL-{nip}"),
            x509.NameAttribute(NameOID.COMMON_NAME, name),
        ]
    )


def _certificate(subject: x509.Name, key: RSAPrivateKey, now: datetime) -> x509.Certificate:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + VALIDITY)
        .sign(key, hashes.SHA256())
    )
