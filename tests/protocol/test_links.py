"""Verification links: the ministry's worked examples, and our own signatures."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import date

import pytest
import requests
from certificates import PrivateKey, make_certificate, make_ec_key, make_rsa_key, seal_name
from company import issue, log_in, log_in_as_owner, send
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from hypothesis import given
from hypothesis import strategies as st
from invoices import invoice, today
from wire import SELLER

from ksef.certificate_der import read_certificate
from ksef.credentials import CertificateCredential, CertificateType
from ksef.crypto import hash_base64
from ksef.environment import TEST, local
from ksef.links import (
    InvoiceLink,
    certificate_link,
    invoice_link,
    read_invoice_link,
    serial_number,
    url_safe,
)
from ksef.messages import Context
from simulator.panel import RunningSimulator

# The certificate behind the worked example of link II in the ministry's documentation
# (github.com/CIRFMF/ksef-client-csharp, MIT, © Ministerstwo Finansów).
EXAMPLE_CERTIFICATE = b"""
-----BEGIN CERTIFICATE-----
MIIDYTCCAuagAwIBAgIIAfIKXTUq5ZAwDAYIKoZIzj0EAwQFADBtMQswCQYDVQQG
EwJQTDEfMB0GA1UECgwWTWluaXN0ZXJzdHdvIEZpbmFuc8OzdzEnMCUGA1UECwwe
S3Jham93YSBBZG1pbmlzdHJhY2phIFNrYXJib3dhMRQwEgYDVQQDDAtUSSBDQ0sg
S1NlRjAeFw0yNTA3MjkwOTI4MzdaFw0yNzA3MjkwOTI4MzdaMEwxCzAJBgNVBAYT
AlBMMRkwFwYDVQRhDBBWQVRQTC01MjY1ODc3NjM1MQ0wCwYDVQQKDARCZXRhMRMw
EQYDVQQDDAo1MjY1ODc3NjM1MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKC
AQEArf6b3J8GpbzWx90Xic7zQX4rrSkKgmNu2oaxqp8Y7F+NypawebUD3nyGl3ua
aHMg5oR9dwlDxRM3y9QdCwq98HLtGNOoETCtlMRxkjJHQQXMS4Y+3b+L5ot23PBM
Fibx0syblJvE7i3UhbXoD5BLu9wWxkMHKli7rk+6IOCR64qmee3+PorQbcjJE/K4
E5TV3tp7ZPjtreCbfo/M8obICSpjgLVyI8VvgAQqLTWCotzVlT13/QBtVylcGxTJ
eHXSKeYBzMoUe+YHjFdv/HP0SeGbngEDNZJ+IyxlPvNJsKvzfoPT6xNbKOD6YYKa
/TzGqbvlMZADhjgUoDUJHT1J0wIDAQABo4HDMIHAMB8GA1UdIwQYMBaAFLLUPCZi
2SvB4S1Svv2oHjU0v3ywMAwGA1UdEwEB/wQCMAAwDgYDVR0PAQH/BAQDAgeAMB0G
A1UdDgQWBBScmYgyDr7ZQ8sYeVL5Bx6r5z3ltjA7BgNVHR8ENDAyMDCgLqAshipo
dHRwczovL3B1ZXNjLmdvdi5wbC9wa2kvY3JsL21ma3NlZnRpMS5jcmwwIwYIKwYB
BQUHAQMEFzAVMBMGBgQAjkYBBjAJBgcEAI5GAQYCMAwGCCqGSM49BAMEBQADZwAw
ZAIwfH0op1zHItXmZIZNnb4bI6iCqvXe9YUiO9YX9zdjOQ0x6iaGoiN1ZPyYMVrW
ENenAjBe5/LegAjY71zzHz9Qdnw6GbfH+XdQlRNLeYEjqFXevGywZZ4j1p+13Hgq
Le3ut4E=
-----END CERTIFICATE-----
"""
EXAMPLE_SIGNED = (
    "qr-test.ksef.mf.gov.pl/certificate/Nip/1111111111/1111111111/01F20A5D352AE590/"
    "UtQp9Gpc51y-u3xApZjIjgkpZ01js-J8KflSPW8WzIE"
)
EXAMPLE_SIGNATURE = (
    "mSkm_XmM9fq7PgAJwiL32L9ujhyguOEV48cDB0ncemD2r9TMGa3lr0iRoFk588agCi8QPsOuscUY1rZ7ff76STbG"
    "quO-gZtQys5_fHdf2HUfDqPqVTnUS6HknBu0zLkyf9ygoW7WbH06Ty_8BgQTlOmJFzNWSt9WZa7tAGuAE9JOooNp"
    "s-KG2PYkkIP4q4jPMp3FKypAygHVnXtS0RDGgOxhhM7LWtFP7D-dWINbh5yXD8Lr-JVbeOpyQjHa6WmMYavCDQJ3"
    "X_Z-iS01LZu2s1B3xuOykl1h0sLObCdADrbxOONsXrvQa61Xt_rxyprVraj2Uf9pANQgR4-12HEcMw"
)
EXAMPLE_HASH = "UtQp9Gpc51y+u3xApZjIjgkpZ01js+J8KflSPW8WzIE="
PSS = padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=32)


EXAMPLE_DER = base64.b64decode(b"".join(EXAMPLE_CERTIFICATE.split()[2:-2]))


def decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def credential_of(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> CertificateCredential:
    der = make_certificate(seal_name(SELLER), key, is_offline=True)
    return CertificateCredential(certificate_der=der, private_key=key)


def signed_link(credential: CertificateCredential) -> tuple[bytes, bytes]:
    """What a link II of ours signs, and the signature."""
    context = Context(value="1111111111")
    link = certificate_link(TEST, context, SELLER, credential, EXAMPLE_HASH)
    address, _, signature = link.rpartition("/")
    return address.removeprefix("https://").encode(), decode(signature)


def test_official_link_of_an_invoice() -> None:
    link = invoice_link(TEST, "1111111111", date(2026, 2, 1), EXAMPLE_HASH)
    assert link == (
        "https://qr-test.ksef.mf.gov.pl/invoice/1111111111/01-02-2026/"
        "UtQp9Gpc51y-u3xApZjIjgkpZ01js-J8KflSPW8WzIE"
    )


def test_hash_of_a_link_has_the_alphabet_of_urls() -> None:
    standard = hash_base64(b"test")
    assert standard == "n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg="
    assert url_safe(standard) == "n4bQgYhMfWWaL-qgxVrQFaO_TxsrC4Is0V1sFbDwCgg"


@given(st.binary(max_size=80))
def test_url_safe_base64_loses_nothing(data: bytes) -> None:
    assert decode(url_safe(base64.b64encode(data).decode())) == data


def test_certificate_of_the_worked_example_is_read() -> None:
    credential = CertificateCredential(certificate_der=EXAMPLE_DER, private_key=make_rsa_key())
    assert credential.is_issued_by_ksef
    assert credential.certificate.not_valid_after_utc.year == 2027


def test_signature_of_the_worked_example_is_of_our_kind() -> None:
    key = read_certificate(EXAMPLE_DER).public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    key.verify(decode(EXAMPLE_SIGNATURE), EXAMPLE_SIGNED.encode(), PSS, hashes.SHA256())
    for other in (f"https://{EXAMPLE_SIGNED}", EXAMPLE_SIGNED + "/", EXAMPLE_SIGNED[3:]):
        with pytest.raises(InvalidSignature):
            key.verify(decode(EXAMPLE_SIGNATURE), other.encode(), PSS, hashes.SHA256())


def test_serial_number_of_the_worked_example() -> None:
    credential = CertificateCredential(certificate_der=EXAMPLE_DER, private_key=make_rsa_key())
    assert serial_number(credential) == "01F20A5D352AE590"


def test_link_signs_what_the_worked_example_signs() -> None:
    credential = CertificateCredential(certificate_der=EXAMPLE_DER, private_key=make_rsa_key())
    context = Context(value="1111111111")
    link = certificate_link(TEST, context, "1111111111", credential, EXAMPLE_HASH)
    assert link.rpartition("/")[0] == f"https://{EXAMPLE_SIGNED}"


def test_rsa_signature_is_pss_with_a_salt_of_32_bytes() -> None:
    key = make_rsa_key()
    signed, signature = signed_link(credential_of(key))
    key.public_key().verify(signature, signed, PSS, hashes.SHA256())
    assert len(url_safe(base64.b64encode(signature).decode())) == 342


def test_ec_signature_has_64_bytes() -> None:
    key = make_ec_key()
    signed, signature = signed_link(credential_of(key))
    assert len(signature) == 64
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    key.public_key().verify(encode_dss_signature(r, s), signed, ec.ECDSA(hashes.SHA256()))


def test_host_is_part_of_what_is_signed() -> None:
    credential = credential_of(make_ec_key())
    context = Context(type="InternalId", value="6824515772-12343")
    link = certificate_link(
        local("http://127.0.0.1:8080"), context, SELLER, credential, EXAMPLE_HASH
    )
    assert link.startswith(
        "http://127.0.0.1:8080/qr/certificate/InternalId/6824515772-12343/5555555555/"
    )


def test_short_serial_number_is_padded() -> None:
    key = make_ec_key()
    certificate = read_certificate(make_certificate(seal_name(SELLER), key))
    assert len(serial_number(credential_of(key))) == 16
    assert certificate.serial_number < 1 << 64


def test_page_behind_link_one_shows_the_invoice(simulator: RunningSimulator) -> None:
    document = invoice()
    issued_on = date.fromisoformat(today())
    with log_in(simulator) as client:
        send(client, document)
        link = invoice_link(client.environment, SELLER, issued_on, hash_base64(document))
        other = invoice_link(client.environment, SELLER, issued_on, hash_base64(b"other"))
    assert is_approved(link)
    assert not is_approved(other)


@pytest.mark.parametrize("make_key", [make_ec_key, make_rsa_key])
def test_page_behind_link_two_approves_the_issuer(
    simulator: RunningSimulator, make_key: Callable[[], PrivateKey]
) -> None:
    key = make_key()
    with log_in_as_owner(simulator) as client:
        issued = issue(client, CertificateType.OFFLINE, key)
        credential = CertificateCredential(certificate_der=issued.der, private_key=key)
        context = Context(value=SELLER)
        link = certificate_link(client.environment, context, SELLER, credential, EXAMPLE_HASH)
    assert is_approved(link)
    assert not is_approved(link.replace("UtQp", "UtQq"))


def is_approved(link: str) -> bool:
    """What the page behind a link says."""
    return 'data-verdict="passed"' in requests.get(link, timeout=10).text


def test_pasted_link_tells_seller_day_and_hash() -> None:
    link = invoice_link(TEST, "1111111111", date(2026, 2, 1), EXAMPLE_HASH)
    expected = InvoiceLink(
        seller_nip="1111111111", issued_on=date(2026, 2, 1), document_hash=EXAMPLE_HASH
    )
    for text in (link, f"  Kod I: {link}\n", f"{link}?lang=pl"):
        assert read_invoice_link(text) == expected


def test_other_texts_are_no_links() -> None:
    link = invoice_link(TEST, "1111111111", date(2026, 2, 1), EXAMPLE_HASH)
    for text in ("", "FV/1", link[:-1], link + "A", link.replace("01-02", "31-02")):
        assert read_invoice_link(text) is None
