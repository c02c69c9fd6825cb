"""Self-signed certificates as KSeF's test environment takes them for logging in.

Used by the tests, and by the developer's tools to give a demo company a login.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey

ORGANIZATION_IDENTIFIER = x509.ObjectIdentifier("2.5.4.97")  # unnamed before cryptography 42
_PERSON = "Jan Testowy"
_ORGANISATION = "Testowa Sp. z o.o."


def make_rsa_key(bits: int = 2048) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


def make_ec_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def person_name(nip: str) -> x509.Name:
    """The subject of a qualified signature whose holder is known by NIP."""
    given, surname = _PERSON.split()
    return _name(
        (NameOID.GIVEN_NAME, given),
        (NameOID.SURNAME, surname),
        (NameOID.SERIAL_NUMBER, f"TINPL-{nip}"),
        (NameOID.COMMON_NAME, _PERSON),
        (NameOID.COUNTRY_NAME, "PL"),
    )


def seal_name(nip: str, *, common_name: str = _ORGANISATION) -> x509.Name:
    """The subject of a qualified seal of an organisation."""
    return _name(
        (NameOID.ORGANIZATION_NAME, _ORGANISATION),
        (ORGANIZATION_IDENTIFIER, f"VATPL-{nip}"),
        (NameOID.COMMON_NAME, common_name),
        (NameOID.COUNTRY_NAME, "PL"),
    )


def make_certificate(
    subject: x509.Name,
    key: PrivateKey,
    *,
    issuer: x509.Name | None = None,
    issuer_key: PrivateKey | None = None,
    is_offline: bool = False,
    not_before: datetime | None = None,
    days: int = 730,
) -> bytes:
    """The DER of a certificate, self-signed unless an issuer is given.

    ``is_offline`` sets the key usage of a KSeF certificate of type Offline.
    """
    start = not_before or datetime.now(timezone.utc) - timedelta(minutes=61)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer or subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number() >> 96 | 1 << 56)
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=days))
        .add_extension(_usage(is_offline), critical=True)
    )
    return builder.sign(issuer_key or key, hashes.SHA256()).public_bytes(Encoding.DER)


def _name(*attributes: tuple[x509.ObjectIdentifier, str]) -> x509.Name:
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in attributes])


def _usage(is_offline: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not is_offline,
        content_commitment=is_offline,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
