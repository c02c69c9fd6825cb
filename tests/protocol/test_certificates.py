"""Certificates that KSeF issues, from the request to the first login with one."""

from __future__ import annotations

import ssl
from collections.abc import Callable

import pytest
import requests
from certificates import make_certificate, make_rsa_key, seal_name
from company import connect, finish_login, issue, log_in, log_in_as_owner, now
from cryptography import x509
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from null_parameters import with_other_certificate
from wire import SELLER

from ksef.certificates import (
    CertificateFilter,
    EnrollmentData,
    IssuedCertificate,
    generate_key,
    make_request,
)
from ksef.codes import Outcome
from ksef.credentials import (
    CertificateCredential,
    CertificateType,
    PrivateKey,
    load_files,
    load_pkcs12,
)
from ksef.crypto import hash_base64
from ksef.errors import BadAnswer, KeyProblem, Refused, UnusableKey
from ksef.links import certificate_link, serial_number
from ksef.messages import Context
from simulator.panel import RunningSimulator

CONTEXT = Context(value=SELLER)


@pytest.mark.parametrize("make_key", [generate_key, make_rsa_key])
def test_issued_certificate_opens_the_door(
    simulator: RunningSimulator, make_key: Callable[[], PrivateKey]
) -> None:
    key = make_key()
    with log_in_as_owner(simulator) as client:
        issued = issue(client, CertificateType.AUTHENTICATION, key)
        credential = CertificateCredential(certificate_der=issued.der, private_key=key)
        assert credential.type is CertificateType.AUTHENTICATION
        assert serial_number(credential) == issued.serial_number
        started = client.authenticate_with_certificate(credential, CONTEXT, now=now())
        assert finish_login(client, started).outcome is Outcome.ACCEPTED


def test_offline_certificate_is_for_links_only(simulator: RunningSimulator) -> None:
    key = generate_key()
    with log_in_as_owner(simulator) as client:
        issued = issue(client, CertificateType.OFFLINE, key)
        credential = CertificateCredential(certificate_der=issued.der, private_key=key)
        credential.check_for_links(now())
        with pytest.raises(UnusableKey) as caught:
            client.authenticate_with_certificate(credential, CONTEXT, now=now())
    assert caught.value.problem is KeyProblem.WRONG_TYPE


def test_certificate_with_null_parameters_signs_links(simulator: RunningSimulator) -> None:
    key = generate_key()
    simulator.control.fault("null-parameters", operation="certificate-retrieve")
    with log_in_as_owner(simulator) as client:
        issued = issue(client, CertificateType.OFFLINE, key)
        with pytest.raises(ValueError, match="signature_alg"):
            x509.load_der_x509_certificate(issued.der)
        key_file = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        credential = load_files(issued.der, key_file)
        credential.check_for_links(now())
        link = certificate_link(
            client.environment, CONTEXT, SELLER, credential, hash_base64(b"document")
        )
    assert 'data-verdict="passed"' in requests.get(link, timeout=10).text


def from_pkcs12(der: bytes, key: PrivateKey) -> CertificateCredential:
    """Out of a file made with a certificate that the library takes, and then exchanged."""
    other = x509.load_der_x509_certificate(make_certificate(seal_name(SELLER), key))
    file = pkcs12.serialize_key_and_certificates(b"n", key, other, None, NoEncryption())
    return load_pkcs12(with_other_certificate(file, der), "")


def from_der(der: bytes, key: PrivateKey) -> CertificateCredential:
    return load_files(der, key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()))


def from_pem(der: bytes, key: PrivateKey) -> CertificateCredential:
    certificate = ssl.DER_cert_to_PEM_cert(der).encode()
    encryption = BestAvailableEncryption(b"secret")
    key_file = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption)
    return load_files(certificate, key_file, "secret")


@pytest.mark.parametrize("load", [from_pkcs12, from_der, from_pem])
@pytest.mark.parametrize("make_key", [generate_key, make_rsa_key])
def test_certificate_with_null_parameters_logs_in(
    simulator: RunningSimulator,
    make_key: Callable[[], PrivateKey],
    load: Callable[[bytes, PrivateKey], CertificateCredential],
) -> None:
    key = make_key()
    simulator.control.fault("null-parameters", operation="certificate-retrieve")
    with log_in_as_owner(simulator) as client:
        issued = issue(client, CertificateType.AUTHENTICATION, key)
        with pytest.raises(ValueError, match="signature_alg"):
            x509.load_der_x509_certificate(issued.der)
        started = client.authenticate_with_certificate(load(issued.der, key), CONTEXT, now=now())
        status = finish_login(client, started)
    assert status.outcome is Outcome.ACCEPTED


def test_certificates_are_listed_and_revoked(simulator: RunningSimulator) -> None:
    with log_in_as_owner(simulator) as client:
        before = client.certificate_limits()
        first = issue(client, CertificateType.OFFLINE, generate_key())
        second = issue(client, CertificateType.AUTHENTICATION, generate_key())
        after = client.certificate_limits()
        client.revoke_certificate(first.serial_number, "Superseded")
        listed = {
            each.serial_number: each for each in client.list_certificates(CertificateFilter())
        }
        narrow = CertificateFilter(
            serial_number=second.serial_number,
            name="Odoo",
            type=CertificateType.AUTHENTICATION,
            status="Active",
            expires_after=now(),
        )
        [found] = client.list_certificates(narrow)
        with pytest.raises(Refused) as caught:
            client.revoke_certificate(first.serial_number)
    assert before.certificates_left - after.certificates_left == 2
    assert before.can_request
    assert listed[first.serial_number].status == "Revoked"
    assert found == listed[second.serial_number]
    assert found.subject == CONTEXT
    assert caught.value.code == 25009


def test_revoked_certificate_opens_nothing(simulator: RunningSimulator) -> None:
    key = generate_key()
    with log_in_as_owner(simulator) as client:
        issued = issue(client, CertificateType.AUTHENTICATION, key)
        client.revoke_certificate(issued.serial_number)
    credential = CertificateCredential(certificate_der=issued.der, private_key=key)
    with connect(simulator) as client:
        started = client.authenticate_with_certificate(credential, CONTEXT, now=now())
        assert finish_login(client, started).status.code == 460


def test_token_cannot_ask_for_certificates(simulator: RunningSimulator) -> None:
    with log_in(simulator) as client, pytest.raises(Refused) as caught:
        client.enrollment_data()
    assert caught.value.code == 25001


def test_changed_names_are_refused(simulator: RunningSimulator) -> None:
    data = EnrollmentData(common_name="Someone else", country_name="PL")
    request = make_request(data, generate_key())
    with log_in_as_owner(simulator) as client, pytest.raises(Refused) as caught:
        client.enroll_certificate("Odoo - test", CertificateType.OFFLINE, request, valid_from=now())
    assert caught.value.code == 25003


def test_request_bears_the_names_in_the_order_of_the_ministry() -> None:
    data = EnrollmentData(
        common_name="Anna Testowa",
        country_name="PL",
        given_name="Anna",
        surname="Testowa",
        serial_number=f"TINPL-{SELLER}",
        unique_identifier="id",
        organization_name="Firma",
        organization_identifier=f"VATPL-{SELLER}",
    )
    request = x509.load_der_x509_csr(make_request(data, generate_key()))
    assert request.is_signature_valid
    assert [attribute.oid.dotted_string for attribute in request.subject] == [
        "2.5.4.3",
        "2.5.4.4",
        "2.5.4.42",
        "2.5.4.10",
        "2.5.4.97",
        "2.5.4.6",
        "2.5.4.5",
        "2.5.4.45",
    ]


@pytest.mark.parametrize(
    "data",
    [
        EnrollmentData(common_name="x" * 65, country_name="PL"),
        EnrollmentData(common_name="x", country_name="Polska"),
        EnrollmentData(common_name="x", country_name="PL", given_name="\ud800"),
        EnrollmentData(common_name="x", country_name="PL", serial_number="\0"),
    ],
    ids=["long", "country", "surrogate", "zero"],
)
def test_names_that_no_certificate_can_bear_are_a_bad_answer(data: EnrollmentData) -> None:
    with pytest.raises(BadAnswer):
        make_request(data, generate_key())


def test_certificate_does_not_show_its_bytes() -> None:
    der = make_certificate(seal_name(SELLER), generate_key())
    issued = IssuedCertificate(serial_number="0", name="n", type="Offline", der=der)
    assert "der" not in repr(issued)
