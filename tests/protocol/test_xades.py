"""Our signatures under the eyes of an independent verifier."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from certificates import make_certificate, make_ec_key, make_rsa_key, person_name, seal_name
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree
from null_parameters import with_null_parameters
from signxml.exceptions import InvalidDigest, InvalidInput, InvalidSignature
from signxml.verifier import XMLVerifier
from signxml.xades import XAdESVerifier
from wire import SELLER

from ksef.credentials import CertificateCredential
from ksef.crypto import encode_base64, hash_base64
from ksef.messages import Context
from ksef.xades import SubjectIdentification, fingerprint, sign_request

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=timezone.utc)
CHALLENGE = "20260302-CR-2FDC223000-C2BFC98A9C-4E"
NAMESPACES = {
    "r": "http://ksef.mf.gov.pl/auth/token/2.0",
    "ds": "http://www.w3.org/2000/09/xmldsig#",
    "xades": "http://uri.etsi.org/01903/v1.3.2#",
}
RSA_KEY, EC_KEY = make_rsa_key(), make_ec_key()
CREDENTIALS = {
    "RSA": CertificateCredential(
        certificate_der=make_certificate(seal_name(SELLER), RSA_KEY), private_key=RSA_KEY
    ),
    "EC": CertificateCredential(
        certificate_der=make_certificate(person_name(SELLER), EC_KEY), private_key=EC_KEY
    ),
}
kinds = pytest.mark.parametrize("kind", ["RSA", "EC"])


def signed(kind: str, context: Context | None = None) -> bytes:
    return sign_request(CHALLENGE, context or Context(value=SELLER), CREDENTIALS[kind], now=NOW)


def verify(document: bytes, kind: str) -> list[object]:
    certificate = x509.load_der_x509_certificate(CREDENTIALS[kind].certificate_der)
    found = XAdESVerifier().verify(
        document, x509_cert=certificate.public_bytes(Encoding.PEM), expect_references=2
    )
    return list(found)


def text_of(document: bytes, path: str) -> str:
    return etree.fromstring(document).findtext(path, namespaces=NAMESPACES) or ""


@kinds
def test_independent_verifier_accepts_the_signature(kind: str) -> None:
    assert len(verify(signed(kind), kind)) == 2


@kinds
def test_independent_verifier_accepts_it_as_plain_xmldsig(kind: str) -> None:
    certificate = x509.load_der_x509_certificate(CREDENTIALS[kind].certificate_der)
    pem = certificate.public_bytes(Encoding.PEM)
    assert XMLVerifier().verify(signed(kind), x509_cert=pem, expect_references=2)


@kinds
@pytest.mark.parametrize(
    ("before", "after"),
    [
        (SELLER.encode(), b"1234563218"),
        (CHALLENGE.encode(), CHALLENGE.replace("4E", "4F").encode()),
        (b"T11:59:00Z", b"T11:58:00Z"),
        (b"certificateSubject", b"certificateFingerprint"),
    ],
)
def test_damaged_document_is_noticed(kind: str, before: bytes, after: bytes) -> None:
    damaged = signed(kind).replace(before, after, 1)
    with pytest.raises((InvalidDigest, InvalidSignature, InvalidInput)):
        verify(damaged, kind)


@kinds
def test_signature_of_another_key_is_noticed(kind: str) -> None:
    other = make_ec_key() if kind == "EC" else make_rsa_key()
    forged = CertificateCredential(
        certificate_der=CREDENTIALS[kind].certificate_der, private_key=other
    )
    document = sign_request(CHALLENGE, Context(value=SELLER), forged, now=NOW)
    with pytest.raises(InvalidSignature):
        verify(document, kind)


@pytest.mark.parametrize(
    ("context_type", "value"),
    [
        ("Nip", SELLER),
        ("InternalId", "6824515772-12343"),
        ("NipVatUe", f"{SELLER}-DE123456789"),
        ("PeppolId", "PPL123456"),
    ],
)
def test_context_is_an_element_of_its_own_name(context_type: str, value: str) -> None:
    document = signed("EC", Context(type=context_type, value=value))
    assert text_of(document, f"r:ContextIdentifier/r:{context_type}") == value
    verify(document, "EC")


def test_elements_come_in_the_order_of_the_schema() -> None:
    root = etree.fromstring(signed("EC"))
    names = [etree.QName(child).localname for child in root]
    assert names == ["Challenge", "ContextIdentifier", "SubjectIdentifierType", "Signature"]


def test_signing_time_leaves_room_for_a_fast_clock() -> None:
    path = ".//xades:SigningTime"
    moment = datetime.fromisoformat(text_of(signed("EC"), path).replace("Z", "+00:00"))
    assert moment == NOW - timedelta(minutes=1)


def test_signing_certificate_is_the_one_enclosed() -> None:
    document, credential = signed("RSA"), CREDENTIALS["RSA"]
    assert text_of(document, ".//ds:X509Certificate") == encode_base64(credential.certificate_der)
    digest = text_of(document, ".//xades:CertDigest/ds:DigestValue")
    assert digest == hash_base64(credential.certificate_der)
    serial = text_of(document, ".//ds:X509SerialNumber")
    assert serial == str(credential.certificate.serial_number)


def test_certificate_with_null_parameters_is_sent_as_it_was_issued() -> None:
    der = with_null_parameters(CREDENTIALS["EC"].certificate_der, EC_KEY)
    credential = CertificateCredential(certificate_der=der, private_key=EC_KEY)
    document = sign_request(CHALLENGE, Context(value=SELLER), credential, now=NOW)
    assert text_of(document, ".//ds:X509Certificate") == encode_base64(der)
    assert text_of(document, ".//xades:CertDigest/ds:DigestValue") == hash_base64(der)


def test_fingerprint_identifies_by_the_certificate() -> None:
    document = sign_request(
        CHALLENGE,
        Context(value=SELLER),
        CREDENTIALS["EC"],
        identification=SubjectIdentification.CERTIFICATE_FINGERPRINT,
        now=NOW,
    )
    assert text_of(document, "r:SubjectIdentifierType") == "certificateFingerprint"
    assert len(fingerprint(CREDENTIALS["EC"].certificate_der)) == 64


def test_special_characters_do_not_break_the_signature() -> None:
    document = signed("EC", Context(value="<&>żółć"))
    assert text_of(document, "r:ContextIdentifier/r:Nip") == "<&>żółć"
    verify(document, "EC")
