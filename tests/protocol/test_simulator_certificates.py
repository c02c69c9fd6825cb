"""KSeF certificates and tokens in the simulator, and the pages behind both codes."""

from __future__ import annotations

from base64 import b64decode, b64encode, urlsafe_b64encode
from collections.abc import Sequence
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding
from invoices import invoice, today
from signing import PERSON_SUBJECT, Signer, login_request, self_signed, sign
from wire import BUYER, SELLER, Wire, await_status, fetch, sha256, urlsafe

from simulator.panel import Control

OIDS = {
    "commonName": "2.5.4.3",
    "surname": "2.5.4.4",
    "serialNumber": "2.5.4.5",
    "countryName": "2.5.4.6",
    "organizationName": "2.5.4.10",
    "givenName": "2.5.4.42",
    "uniqueIdentifier": "2.5.4.45",
    "organizationIdentifier": "2.5.4.97",
}
Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


def login(wire: Wire, signer: Signer) -> Wire:
    document = sign(login_request(wire.challenge()["challenge"]), signer)
    return wire.finish_login(wire.call("POST", "/auth/xades-signature", body=document))


@pytest.fixture
def owner(wire: Wire) -> Wire:
    """The company itself, logged in with its seal."""
    return login(wire, self_signed())


def make_csr(key: Key, names: dict[str, str], algorithm: Any = None) -> bytes:
    attributes = [
        x509.NameAttribute(x509.ObjectIdentifier(OIDS[name]), value)
        for name, value in names.items()
    ]
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name(attributes))
    return builder.sign(key, algorithm or hashes.SHA256()).public_bytes(Encoding.DER)


def enrol_body(csr: bytes, kind: str = "Offline", **more: Any) -> dict[str, Any]:
    return {
        "certificateName": "Certyfikat testowy",
        "certificateType": kind,
        "csr": b64encode(csr).decode(),
        **more,
    }


def enrolled(owner: Wire, key: Key | None = None, kind: str = "Offline") -> tuple[Key, str]:
    """A key and the serial number of its new certificate."""
    own_key = key or ec.generate_private_key(ec.SECP256R1())
    names = owner.get("/certificates/enrollments/data").json
    asked = owner.post("/certificates/enrollments", enrol_body(make_csr(own_key, names), kind))
    assert asked.status == 202, asked.content
    path = f"/certificates/enrollments/{asked.json['referenceNumber']}"
    done = await_status(lambda: owner.get(path).json)
    assert done["status"]["code"] == 200, done
    return own_key, done["certificateSerialNumber"]


def retrieved(owner: Wire, serial: str) -> x509.Certificate:
    body = {"certificateSerialNumbers": [serial]}
    found = owner.post("/certificates/retrieve", body).json["certificates"][0]
    return x509.load_der_x509_certificate(b64decode(found["certificate"]))


def test_certificate_is_enrolled_and_retrieved(owner: Wire) -> None:
    key, serial = enrolled(owner)
    certificate = retrieved(owner, serial)
    assert f"{certificate.serial_number:016X}" == serial
    assert certificate.public_key() == key.public_key()
    usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    assert (usage.digital_signature, usage.content_commitment) == (False, True)


def test_enrolment_shows_progress_first(owner: Wire) -> None:
    names = owner.get("/certificates/enrollments/data").json
    csr = make_csr(ec.generate_private_key(ec.SECP256R1()), names)
    asked = owner.post("/certificates/enrollments", enrol_body(csr)).json
    first = owner.get(f"/certificates/enrollments/{asked['referenceNumber']}").json
    assert (first["status"]["code"], first["certificateSerialNumber"]) == (100, None)


def test_authentication_certificate_logs_in(wire: Wire, owner: Wire) -> None:
    key, serial = enrolled(owner, kind="Authentication")
    certificate = retrieved(owner, serial)
    assert certificate.extensions.get_extension_for_class(x509.KeyUsage).value.digital_signature
    signer = Signer(key=key, certificate=certificate)
    found = login(wire, signer).get("/auth/sessions").json["items"][0]
    assert found["authenticationMethod"] == "InternalCertificate"


def test_trusted_chain_is_enough_where_self_signed_is_not(
    wire: Wire, owner: Wire, control: Control
) -> None:
    key, serial = enrolled(owner, kind="Authentication")
    signer = Signer(key=key, certificate=retrieved(owner, serial))
    control.switches(refuses_self_signed=True)
    assert login(wire, signer).get("/tokens").status == 200
    document = sign(login_request(wire.challenge()["challenge"]), self_signed())
    started = wire.call("POST", "/auth/xades-signature", body=document)
    assert wire.await_login(started)["code"] == 460


def test_offline_certificate_of_the_authority_cannot_log_in(wire: Wire, owner: Wire) -> None:
    key, serial = enrolled(owner, kind="Offline")
    signer = Signer(key=key, certificate=retrieved(owner, serial))
    document = sign(login_request(wire.challenge()["challenge"]), signer)
    assert wire.call("POST", "/auth/xades-signature", body=document).codes == [21115]


def test_revoked_certificate_cannot_log_in(wire: Wire, owner: Wire) -> None:
    key, serial = enrolled(owner, kind="Authentication")
    signer = Signer(key=key, certificate=retrieved(owner, serial))
    revoked = owner.post(f"/certificates/{serial}/revoke", {"revocationReason": "Superseded"})
    assert revoked.status == 204
    document = sign(login_request(wire.challenge()["challenge"]), signer)
    status = wire.await_login(wire.call("POST", "/auth/xades-signature", body=document))
    assert (status["code"], status["details"]) == (460, ["Certyfikat odwołany"])
    assert owner.post(f"/certificates/{serial}/revoke").codes == [25009]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda names: names | {"commonName": "Ktoś Inny"}, 25003),
        (lambda names: {k: v for k, v in names.items() if k != "countryName"}, 25003),
        (lambda names: names | {"givenName": "Anna"}, 25003),
    ],
)
def test_changed_subject_is_refused(owner: Wire, change: Any, code: int) -> None:
    names = change(owner.get("/certificates/enrollments/data").json)
    csr = make_csr(ec.generate_private_key(ec.SECP256R1()), names)
    assert owner.post("/certificates/enrollments", enrol_body(csr)).codes == [code]


@pytest.mark.parametrize(
    "key",
    [
        rsa.generate_private_key(65537, 3072),
        ec.generate_private_key(ec.SECP384R1()),
    ],
)
def test_key_of_another_size_is_refused(owner: Wire, key: Key) -> None:
    csr = make_csr(key, owner.get("/certificates/enrollments/data").json)
    assert owner.post("/certificates/enrollments", enrol_body(csr)).codes == [25010]


def test_csr_that_is_none_or_is_damaged_is_refused(owner: Wire) -> None:
    assert owner.post("/certificates/enrollments", enrol_body(b"x")).codes == [25004]
    names = owner.get("/certificates/enrollments/data").json
    csr = bytearray(make_csr(ec.generate_private_key(ec.SECP256R1()), names))
    csr[-1] ^= 1
    assert owner.post("/certificates/enrollments", enrol_body(bytes(csr))).codes == [25004]


def test_csr_with_an_odd_algorithm_is_refused(owner: Wire) -> None:
    names = owner.get("/certificates/enrollments/data").json
    csr = make_csr(ec.generate_private_key(ec.SECP256R1()), names, hashes.SHA3_256())
    assert owner.post("/certificates/enrollments", enrol_body(csr)).codes == [25011]


@pytest.mark.parametrize("name", ["abcd", "nazwa!", "x" * 101])
def test_name_of_a_certificate_follows_its_pattern(owner: Wire, name: str) -> None:
    body = enrol_body(b"x", certificateName=name)
    assert owner.post("/certificates/enrollments", body).codes == [21405]


def test_token_login_cannot_enrol(seller: Wire) -> None:
    assert seller.get("/certificates/enrollments/data").codes == [25001]
    assert seller.post("/certificates/enrollments", enrol_body(b"x")).codes == [25002]
    assert not seller.get("/certificates/limits").json["canRequest"]


def test_limits_of_certificates_are_counted(owner: Wire) -> None:
    body = {"enrollment": {"maxEnrollments": 2}, "certificate": {"maxCertificates": 1}}
    assert owner.post("/testdata/limits/subject/certificate", body).status == 200
    enrolled(owner)
    assert owner.get("/certificates/limits").json == {
        "canRequest": False,
        "enrollment": {"remaining": 1, "limit": 2},
        "certificate": {"remaining": 0, "limit": 1},
    }
    csr = make_csr(
        ec.generate_private_key(ec.SECP256R1()),
        owner.get("/certificates/enrollments/data").json,
    )
    assert owner.post("/certificates/enrollments", enrol_body(csr)).codes == [25007]
    body = {"enrollment": {"maxEnrollments": 1}}
    owner.post("/testdata/limits/subject/certificate", body)
    assert owner.post("/certificates/enrollments", enrol_body(csr)).codes == [25006]
    assert owner.delete("/testdata/limits/subject/certificate").status == 200
    assert owner.get("/limits/subject").json["enrollment"] == {"maxEnrollments": 300}


def test_certificates_are_found_by_what_one_knows(owner: Wire) -> None:
    _, serial = enrolled(owner)
    _, other = enrolled(owner, kind="Authentication")

    def found(**body: Any) -> list[str]:
        answer = owner.post("/certificates/query?pageSize=10", body).json
        return [item["certificateSerialNumber"] for item in answer["certificates"]]

    assert found() == [other, serial]
    assert found(type="Offline") == found(certificateSerialNumber=serial) == [serial]
    assert found(name="TESTOWY", status="Active") == [other, serial]
    assert found(status="Revoked") == []


def test_key_certified_for_another_is_refused_later(wire: Wire, owner: Wire) -> None:
    key, _ = enrolled(owner)
    subject = (*PERSON_SUBJECT[:2], ("2.5.4.5", "PNOPL-44051401359"), *PERSON_SUBJECT[3:])
    wire.post(
        "/testdata/person",
        {"nip": SELLER, "pesel": "44051401359", "isBailiff": False, "description": "Osoba"},
    )
    person = login(wire, self_signed(subject=subject))
    csr = make_csr(key, person.get("/certificates/enrollments/data").json)
    asked = person.post("/certificates/enrollments", enrol_body(csr)).json
    path = f"/certificates/enrollments/{asked['referenceNumber']}"
    assert await_status(lambda: person.get(path).json)["status"]["code"] == 400


def test_enrolment_is_gone_after_thirty_days(wire: Wire, owner: Wire, control: Control) -> None:
    names = owner.get("/certificates/enrollments/data").json
    csr = make_csr(ec.generate_private_key(ec.SECP256R1()), names)
    asked = owner.post("/certificates/enrollments", enrol_body(csr)).json
    control.shift_clock(31 * 86400)
    later = login(wire, self_signed(days=1000))
    path = f"/certificates/enrollments/{asked['referenceNumber']}"
    assert later.get(path).status == 410


def test_certificate_of_others_is_unknown(wire: Wire, owner: Wire, control: Control) -> None:
    _, serial = enrolled(owner)
    other = wire.login_with_token(BUYER, control.token(BUYER))
    retrieved_by_other = other.post(
        "/certificates/retrieve", {"certificateSerialNumbers": [serial]}
    )
    assert retrieved_by_other.json["certificates"] == []
    assert other.post(f"/certificates/{serial}/revoke").status == 403


def test_test_data_shorten_the_life_of_a_certificate(owner: Wire, control: Control) -> None:
    _, serial = enrolled(owner)
    path = f"/testdata/certificates/{serial}"
    late = owner.call("PUT", path, body={"validTo": "2099-01-01T00:00:00Z"})
    assert late.codes == [21405]
    end = f"{today(1)}T00:00:00Z"
    assert owner.call("PUT", path, body={"validTo": end}).status == 200
    unknown = owner.call("PUT", "/testdata/certificates/0000000000000000", body={"validTo": end})
    assert unknown.codes == [25008]


def test_certificate_with_null_parameters_can_be_had(owner: Wire, control: Control) -> None:
    """As KSeF issued them; recent versions of cryptography refuse to read those."""
    _, serial = enrolled(owner)
    body = {"certificateSerialNumbers": [serial]}
    plain = owner.post("/certificates/retrieve", body).json["certificates"][0]["certificate"]
    control.fault("null-parameters", "certificate-retrieve")
    odd = owner.post("/certificates/retrieve", body).json["certificates"][0]["certificate"]
    assert len(b64decode(odd)) == len(b64decode(plain)) + 4
    assert b64decode(odd).count(bytes.fromhex("06082a8648ce3d0403040500")) == 2


# Check 31: the pages.


def results(page: bytes) -> dict[str, str]:
    """What the page says of every check."""
    text = page.decode()
    pieces = text.split('data-check="')[1:]
    return {
        piece.partition('"')[0]: piece.partition('data-result="')[2].partition('"')[0]
        for piece in pieces
    }


def polish(day: str) -> str:
    return "-".join(reversed(day.split("-")))


def test_page_of_an_invoice_checks_hash_seller_and_date(seller: Wire) -> None:
    xml = invoice("FV/1")
    number = seller.open_session().send_and_wait(xml)["ksefNumber"]
    base, digest = f"{seller.base_url}/qr/invoice", urlsafe(sha256(xml))
    good = fetch(f"{base}/{SELLER}/{polish(today())}/{digest}")
    assert set(results(good.content).values()) == {"passed"}
    assert number in good.content.decode()
    assert (
        results(fetch(f"{base}/{BUYER}/{polish(today())}/{digest}").content)["seller"] == "failed"
    )
    wrong_date = fetch(f"{base}/{SELLER}/{polish(today(-1))}/{digest}")
    assert results(wrong_date.content)["date"] == "failed"
    unknown = fetch(f"{base}/{SELLER}/{polish(today())}/{urlsafe(sha256(b'x'))}")
    assert results(unknown.content) == {"hash": "failed"}


def test_page_of_a_corrected_invoice_leads_to_the_correction(seller: Wire) -> None:
    session = seller.open_session()
    refused = invoice("FV/1", issued_on=today(1))
    session.send_and_wait(refused)
    corrected = session.send_and_wait(
        invoice("FV/1"), offlineMode=True, hashOfCorrectedInvoice=sha256(refused)
    )
    url = f"{seller.base_url}/qr/invoice/{SELLER}/{polish(today())}/{urlsafe(sha256(refused))}"
    assert corrected["ksefNumber"] in fetch(url).content.decode()


def certificate_url(wire: Wire, serial: str, key: Key, **changes: Any) -> str:
    """A link II; `changes` name its parts, `sign` the way of signing."""
    parts: Sequence[str] = (
        changes.get("context_type", "Nip"),
        SELLER,
        changes.get("seller", SELLER),
        serial,
        urlsafe(sha256(b"invoice")),
    )
    signed = f"{wire.base_url.removeprefix('http://')}/qr/certificate/{'/'.join(parts)}"
    signature = changes.get("sign", sign_link)(key, signed.encode())
    return f"http://{signed}/{urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def sign_link(key: Key, message: bytes) -> bytes:
    if isinstance(key, rsa.RSAPrivateKey):
        pss = padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=32)
        return key.sign(message, pss, hashes.SHA256())
    r, s = decode_dss_signature(key.sign(message, ec.ECDSA(hashes.SHA256())))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def sign_asn1(key: Key, message: bytes) -> bytes:
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return key.sign(message, ec.ECDSA(hashes.SHA256()))


def sign_pkcs1(key: Key, message: bytes) -> bytes:
    assert isinstance(key, rsa.RSAPrivateKey)
    return key.sign(message, padding.PKCS1v15(), hashes.SHA256())


def sign_with_long_salt(key: Key, message: bytes) -> bytes:
    assert isinstance(key, rsa.RSAPrivateKey)
    pss = padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=padding.PSS.MAX_LENGTH)
    return key.sign(message, pss, hashes.SHA256())


def sign_digest_again(key: Key, message: bytes) -> bytes:
    digest = hashes.Hash(hashes.SHA256())
    digest.update(message)
    return sign_link(key, digest.finalize())


def test_page_of_a_certificate_passes_for_both_kinds_of_key(owner: Wire) -> None:
    for key in (ec.generate_private_key(ec.SECP256R1()), rsa.generate_private_key(65537, 2048)):
        _, serial = enrolled(owner, key)
        found = results(fetch(certificate_url(owner, serial, key)).content)
        assert found.pop("known") == "told"
        assert set(found.values()) == {"passed"}
        if isinstance(key, ec.EllipticCurvePrivateKey):
            url = certificate_url(owner, serial, key, sign=sign_asn1)
            assert results(fetch(url).content)["signature"] == "passed"


@pytest.mark.parametrize("way", [sign_pkcs1, sign_with_long_salt, sign_digest_again])
def test_page_refuses_other_ways_of_signing(owner: Wire, way: Any) -> None:
    key, serial = enrolled(owner, rsa.generate_private_key(65537, 2048))
    url = certificate_url(owner, serial, key, sign=way)
    assert results(fetch(url).content)["signature"] == "failed"


def test_page_names_what_is_wrong_with_a_link(owner: Wire, seller: Wire) -> None:
    key, serial = enrolled(owner)
    url = certificate_url(owner, serial, key)

    def failed(changed: str) -> set[str]:
        found = results(fetch(changed).content)
        return {name for name, result in found.items() if result == "failed"}

    assert failed(url) == set()
    assert failed(url.replace("127.0.0.1", "localhost")) == {"signature"}
    assert failed(f"{url[:-3]}===") == {"signature"}
    assert failed(certificate_url(owner, serial, key, context_type="nip")) == {"context-type"}
    assert failed(certificate_url(owner, serial, key, seller=BUYER)) == {"seller"}
    assert failed(certificate_url(owner, serial.lstrip("0"), key)) == {"serial", "register"}
    login_key, login_serial = enrolled(owner, kind="Authentication")
    assert failed(certificate_url(owner, login_serial, login_key)) == {"type"}
    owner.post(f"/certificates/{serial}/revoke")
    assert failed(url) == {"status"}


def test_page_tells_whether_the_invoice_has_arrived(owner: Wire, seller: Wire) -> None:
    key, serial = enrolled(owner)
    before = fetch(certificate_url(owner, serial, key)).content.decode()
    assert "Faktury jeszcze nie ma w KSeF" in before


# Tokens.


def test_token_is_made_used_and_revoked(wire: Wire, owner: Wire) -> None:
    made = owner.post("/tokens", {"permissions": ["InvoiceRead"], "description": "Odczyt"}).json
    path = f"/tokens/{made['referenceNumber']}"
    assert [owner.get(path).json["status"] for _ in range(2)] == ["Pending", "Active"]
    program = wire.login_with_token(SELLER, made["token"])
    assert (
        program.post("/permissions/query/personal/grants", {}).json["permissions"][0][
            "permissionScope"
        ]
        == "InvoiceRead"
    )
    assert owner.delete(path).status == 204
    assert [owner.get(path).json["status"] for _ in range(2)] == ["Revoking", "Revoked"]
    started = wire.post("/auth/ksef-token", wire.token_login_body(SELLER, made["token"]))
    assert wire.await_login(started)["code"] == 450


def test_token_does_not_beget_tokens(seller: Wire) -> None:
    refused = seller.post("/tokens", {"permissions": ["InvoiceRead"], "description": "Odczyt"})
    assert (refused.status, refused.json["reasonCode"]) == (403, "auth-method-not-allowed")


@pytest.mark.parametrize(
    "body",
    [
        {"permissions": [], "description": "Odczyt"},
        {"permissions": ["Everything"], "description": "Odczyt"},
        {"permissions": ["InvoiceRead"], "description": "x"},
        {"permissions": ["InvoiceRead"]},
    ],
)
def test_wrong_wish_for_a_token_is_refused(owner: Wire, body: dict[str, Any]) -> None:
    assert owner.post("/tokens", body).codes == [21405]


def test_nobody_gives_away_more_than_he_has(wire: Wire) -> None:
    subject = (*PERSON_SUBJECT[:2], ("2.5.4.5", "PNOPL-44051401359"), *PERSON_SUBJECT[3:])
    granted = {
        "contextIdentifier": {"type": "Nip", "value": SELLER},
        "authorizedIdentifier": {"type": "Pesel", "value": "44051401359"},
        "permissions": [{"permissionType": "InvoiceRead", "description": "Odczyt faktur"}],
    }
    assert wire.post("/testdata/permissions", granted).status == 200
    clerk = login(wire, self_signed(subject=subject))
    body = {"permissions": ["InvoiceRead", "InvoiceWrite"], "description": "Za dużo"}
    refused = clerk.post("/tokens", body)
    assert refused.codes == [26001]
    assert "InvoiceWrite" in refused.details
    own = clerk.post("/permissions/query/personal/grants", {}).json
    assert [grant["permissionScope"] for grant in own["permissions"]] == ["InvoiceRead"]
    assert own["ownerPermissions"] is None


def test_program_sees_its_own_token_only(wire: Wire, owner: Wire, control: Control) -> None:
    issued = control.issued_token(SELLER)
    other = control.issued_token(SELLER)
    program = wire.login_with_token(SELLER, issued["token"])
    listed = program.get("/tokens").json["tokens"]
    assert [token["referenceNumber"] for token in listed] == [issued["referenceNumber"]]
    assert program.get(f"/tokens/{other['referenceNumber']}").codes == [21405]
    assert program.delete(f"/tokens/{other['referenceNumber']}").codes == [21405]
    assert len(owner.get("/tokens").json["tokens"]) == 2


def test_tokens_are_filtered(owner: Wire, control: Control) -> None:
    owner.post("/tokens", {"permissions": ["InvoiceRead"], "description": "Sklep w Łodzi"})
    control.issued_token(SELLER, status="Revoked")

    def found(query: str) -> int:
        return len(owner.get(f"/tokens?{query}").json["tokens"])

    assert found("description=sklep") == 1
    assert found("status=Revoked&status=Failed") == 1
    assert found(f"authorIdentifier={SELLER}&authorIdentifierType=Nip") == 2
    assert found("authorIdentifierType=Pesel") == 0
    assert owner.get("/tokens?description=ab").codes == [21405]
    assert owner.get("/tokens?pageSize=101").codes == [21405]
