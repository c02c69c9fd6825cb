"""The simulator's login: what a wrong client gets, and where."""

from __future__ import annotations

import datetime
import hashlib
from base64 import b64decode, b64encode
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from lxml import etree
from signing import (
    DS,
    INCLUSIVE,
    NAMESPACE,
    PERSON_SUBJECT,
    SEAL_SUBJECT,
    Recipe,
    Signer,
    login_request,
    self_signed,
    sign,
)
from wire import BUYER, OAEP, SELLER, Reply, Wire

from simulator.panel import Control

TOKEN_USAGE = "KsefTokenEncryption"
INVOICE_USAGE = "SymmetricKeyEncryption"
OFFLINE_USAGE = x509.KeyUsage(
    digital_signature=False,
    content_commitment=True,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=False,
    crl_sign=False,
    encipher_only=False,
    decipher_only=False,
)


def post_signed(wire: Wire, document: bytes, query: str = "") -> Reply:
    headers = {"Content-Type": "application/xml"}
    return wire.call("POST", f"/auth/xades-signature{query}", body=document, headers=headers)


def signed_login(wire: Wire, signer: Signer, recipe: Recipe | None = None, **request: Any) -> bytes:
    return sign(login_request(wire.challenge()["challenge"], **request), signer, recipe)


def status_of_token_login(wire: Wire, body: dict[str, Any]) -> dict[str, Any]:
    started = wire.post("/auth/ksef-token", body)
    assert started.status == 202, started.content
    return wire.await_login(started)


def test_public_keys_differ_in_size_and_name_themselves(wire: Wire) -> None:
    published = wire.get("/security/public-key-certificates").json
    by_usage = {entry["usage"][0]: entry for entry in published}
    sizes = {}
    for usage, entry in by_usage.items():
        der = b64decode(entry["certificate"])
        key = x509.load_der_x509_certificate(der).public_key()
        spki = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        assert entry["publicKeyId"] == b64encode(hashlib.sha256(spki).digest()).decode()
        assert entry["certificateId"] == b64encode(hashlib.sha256(der).digest()).decode()
        sizes[usage] = key.key_size
    assert sizes == {TOKEN_USAGE: 2048, INVOICE_USAGE: 4096}


def test_login_with_token_shows_progress_before_success(wire: Wire, control: Control) -> None:
    body = wire.token_login_body(SELLER, control.token(SELLER))
    started = wire.post("/auth/ksef-token", body)
    waiting = wire.as_bearer(started.json["authenticationToken"]["token"])
    first = waiting.get(f"/auth/{started.json['referenceNumber']}").json
    second = waiting.get(f"/auth/{started.json['referenceNumber']}").json
    assert (first["status"]["code"], second["status"]["code"]) == (100, 200)
    assert second["authenticationMethodInfo"]["category"] == "Token"


def test_every_moment_has_seven_digits_of_a_second(wire: Wire) -> None:
    timestamp = wire.challenge()["timestamp"]
    assert timestamp.endswith("+00:00")
    assert len(timestamp.partition(".")[2]) == len("1234567+00:00")


# Check 1: the challenge.


def test_unknown_challenge_is_refused(wire: Wire, control: Control) -> None:
    body = wire.token_login_body(SELLER, control.token(SELLER))
    body["challenge"] = "20250514-CR-226FB7B000-3ACF9BE4C0-10"
    assert wire.post("/auth/ksef-token", body).codes == [21111]


def test_malformed_challenge_is_refused(wire: Wire, control: Control) -> None:
    body = wire.token_login_body(SELLER, control.token(SELLER))
    body["challenge"] = "x"
    assert wire.post("/auth/ksef-token", body).codes == [21405]


def test_challenge_lives_ten_minutes(wire: Wire, control: Control) -> None:
    body = wire.token_login_body(SELLER, control.token(SELLER))
    control.shift_clock(601)
    assert wire.post("/auth/ksef-token", body).codes == [21111]


def test_challenge_serves_once(wire: Wire, control: Control) -> None:
    body = wire.token_login_body(SELLER, control.token(SELLER))
    assert wire.post("/auth/ksef-token", body).status == 202
    assert wire.post("/auth/ksef-token", body).codes == [21111]


def test_switch_turns_a_wrong_challenge_into_a_status(wire: Wire, control: Control) -> None:
    control.switches(challenge_error_is_status=True)
    body = wire.token_login_body(SELLER, control.token(SELLER))
    body["challenge"] = "20250514-CR-226FB7B000-3ACF9BE4C0-10"
    status = status_of_token_login(wire, body)
    assert (status["code"], status["details"]) == (450, ["Nieprawidłowe wyzwanie autoryzacyjne"])


# Check 2: the encryption of the token.


def test_token_encrypted_with_sha1_padding_fails(wire: Wire, control: Control) -> None:
    old = padding.OAEP(mgf=padding.MGF1(hashes.SHA1()), algorithm=hashes.SHA1(), label=None)
    assert_encryption_fails(wire, control, old, TOKEN_USAGE)


def test_token_encrypted_with_pkcs1_padding_fails(wire: Wire, control: Control) -> None:
    assert_encryption_fails(wire, control, padding.PKCS1v15(), TOKEN_USAGE)


def test_token_encrypted_with_the_invoice_key_fails(wire: Wire, control: Control) -> None:
    assert_encryption_fails(wire, control, OAEP, INVOICE_USAGE)


def assert_encryption_fails(
    wire: Wire, control: Control, scheme: padding.AsymmetricPadding, usage: str
) -> None:
    body = wire.token_login_body(SELLER, control.token(SELLER))
    challenge = wire.challenge()
    plain = f"{control.token(SELLER)}|{challenge['timestampMs']}".encode()
    key = wire.public_key(usage)[1]
    body["challenge"] = challenge["challenge"]
    body["encryptedToken"] = b64encode(key.encrypt(plain, scheme)).decode()
    status = status_of_token_login(wire, body)
    assert status["code"] == 450
    assert status["details"] == ["Nieprawidłowe szyfrowanie tokena"]


# Check 3: token and timestamp.


def test_timestamp_of_another_moment_fails(wire: Wire, control: Control) -> None:
    challenge = wire.challenge()
    wrong = encrypted_token(wire, f"{control.token(SELLER)}|{challenge['timestampMs'] + 1}")
    status = status_of_token_login(wire, login_body(challenge, wrong))
    assert (status["code"], status["details"]) == (450, ["Nieprawidłowy czas tokena"])


def test_token_that_is_no_text_fails(wire: Wire) -> None:
    challenge = wire.challenge()
    key = wire.public_key(TOKEN_USAGE)[1]
    wrong = b64encode(key.encrypt(b"\xff\xfe", OAEP)).decode()
    status = status_of_token_login(wire, login_body(challenge, wrong))
    assert status["details"] == ["Nieprawidłowe kodowanie tokena"]


def encrypted_token(wire: Wire, plain: str) -> str:
    return b64encode(wire.public_key(TOKEN_USAGE)[1].encrypt(plain.encode(), OAEP)).decode()


def login_body(challenge: dict[str, Any], encrypted: str) -> dict[str, Any]:
    return {
        "challenge": challenge["challenge"],
        "contextIdentifier": {"type": "Nip", "value": SELLER},
        "encryptedToken": encrypted,
    }


# Check 4: the token itself.


@pytest.mark.parametrize(
    ("status", "words"),
    [("Revoked", "Token unieważniony"), ("Pending", "Token nieaktywny")],
)
def test_token_that_is_not_active_fails(
    wire: Wire, control: Control, status: str, words: str
) -> None:
    control.delays(processing_seconds=0.5)
    body = wire.token_login_body(SELLER, control.token(SELLER, status=status))
    found = status_of_token_login(wire, body)
    assert (found["code"], found["details"]) == (450, [words])


def test_unknown_token_fails(wire: Wire) -> None:
    body = wire.token_login_body(SELLER, f"20250101-EC-0000000000-0000000000-00|nip-{SELLER}|00")
    status = status_of_token_login(wire, body)
    assert (status["code"], status["details"]) == (450, ["Nieprawidłowy token"])


def test_token_of_another_company_fails(wire: Wire, control: Control) -> None:
    status = status_of_token_login(wire, wire.token_login_body(BUYER, control.token(SELLER)))
    assert status["code"] == 450
    assert status["details"][0].startswith("Token nie może być użyty w kontekście")


# Check 5: the signature.


@pytest.mark.parametrize("namespace", [NAMESPACE, "http://ksef.mf.gov.pl/auth/token/2.1"])
@pytest.mark.parametrize("canonicalization", [Recipe().canonicalization, INCLUSIVE])
@pytest.mark.parametrize(
    ("make_key", "subject"),
    [
        (lambda: ec.generate_private_key(ec.SECP256R1()), SEAL_SUBJECT),
        (lambda: rsa.generate_private_key(65537, 2048), PERSON_SUBJECT),
    ],
)
def test_well_signed_document_logs_in(
    wire: Wire, make_key: Any, subject: Any, canonicalization: str, namespace: str
) -> None:
    signer = self_signed(make_key(), subject=subject)
    recipe = Recipe(canonicalization=canonicalization)
    logged_in = wire.finish_login(
        post_signed(wire, signed_login(wire, signer, recipe, namespace=namespace))
    )
    assert logged_in.get("/auth/sessions").json["items"][0]["isCurrent"]


def test_signature_may_cover_its_key_as_well(wire: Wire) -> None:
    document = signed_login(wire, self_signed(), Recipe(further_reference="#KeyInfo"))
    assert post_signed(wire, document).status == 202


@pytest.mark.parametrize("uri", ["#Nowhere", "http://localhost/x.xml", "KeyInfo"])
def test_signature_over_something_else_is_refused(wire: Wire, uri: str) -> None:
    document = signed_login(wire, self_signed(), Recipe(further_reference=uri))
    assert post_signed(wire, document).codes == [9105]


def test_line_break_after_the_signature_belongs_to_the_document(wire: Wire) -> None:
    request = login_request(wire.challenge()["challenge"])
    signed = sign(request.replace(b"</Auth", b"\n</Auth"), self_signed())
    moved = signed.replace(b">\n<ds:Signature", b"><ds:Signature")
    moved = moved.replace(b"</ds:Signature></Auth", b"</ds:Signature>\n</Auth")
    assert moved != signed
    assert post_signed(wire, moved).status == 202
    assert post_signed(wire, signed.replace(b">\n<ds:", b"> <ds:")).codes == [9105]


def test_signature_with_salt_is_accepted(wire: Wire) -> None:
    def with_salt(signer: Signer, data: bytes) -> bytes:
        assert isinstance(signer.key, rsa.RSAPrivateKey)
        pss = padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=32)
        return signer.key.sign(data, pss, hashes.SHA256())

    method = "http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1"
    signer = self_signed(rsa.generate_private_key(65537, 2048))
    document = signed_login(wire, signer, Recipe(sign=with_salt, method=method))
    assert post_signed(wire, document).status == 202


def test_fingerprint_logs_in_where_it_was_granted(wire: Wire) -> None:
    signer = self_signed(subject=(("2.5.4.3", "Foreign Ltd"),))
    document = signed_login(wire, signer, subject_type="certificateFingerprint")
    assert wire.await_login(post_signed(wire, document))["code"] == 415
    granted = {
        "contextIdentifier": {"type": "Nip", "value": SELLER},
        "authorizedIdentifier": {
            "type": "Fingerprint",
            "value": hashlib.sha256(signer.der).hexdigest().upper(),
        },
        "permissions": [{"permissionType": "InvoiceRead", "description": "Odczyt faktur"}],
    }
    assert wire.post("/testdata/permissions", granted).status == 200
    document = signed_login(wire, signer, subject_type="certificateFingerprint")
    assert wire.await_login(post_signed(wire, document))["code"] == 200


def test_certificate_that_is_none_is_refused(wire: Wire) -> None:
    signer = self_signed()
    content = b64encode(signer.der)
    document = signed_login(wire, signer).replace(content, b64encode(b"no certificate"))
    assert post_signed(wire, document).codes == [21115]


def test_document_without_signature_is_refused(wire: Wire) -> None:
    document = login_request(wire.challenge()["challenge"])
    assert post_signed(wire, document).codes == [9102]


def test_second_signature_is_refused(wire: Wire) -> None:
    once = signed_login(wire, self_signed())
    assert post_signed(wire, sign(once, self_signed())).codes == [9103]


def test_changed_document_is_refused(wire: Wire) -> None:
    document = signed_login(wire, self_signed()).replace(SELLER.encode(), BUYER.encode(), 1)
    assert post_signed(wire, document).codes == [9105]


def test_changed_signing_time_is_refused(wire: Wire) -> None:
    document = signed_login(wire, self_signed())
    year = f"{datetime.datetime.now(datetime.timezone.utc):%Y}-".encode()
    changed = document.replace(b"SigningTime>" + year, b"SigningTime>2001-")
    assert changed != document
    assert post_signed(wire, changed).codes == [9105]


def test_signature_of_another_key_is_refused(wire: Wire) -> None:
    thief = self_signed()
    recipe = Recipe(sign=lambda _, data: thief.raw_signature(data))
    assert post_signed(wire, signed_login(wire, self_signed(), recipe)).codes == [9105]


def test_ecdsa_signature_in_asn1_is_refused(wire: Wire) -> None:
    def as_asn1(signer: Signer, data: bytes) -> bytes:
        assert isinstance(signer.key, ec.EllipticCurvePrivateKey)
        return signer.key.sign(data, ec.ECDSA(hashes.SHA256()))

    document = signed_login(wire, self_signed(), Recipe(sign=as_asn1))
    assert post_signed(wire, document).codes == [9105]


def test_digest_of_another_certificate_is_refused(wire: Wire) -> None:
    recipe = Recipe(certificate_digest=lambda _: hashlib.sha256(b"another").digest())
    assert post_signed(wire, signed_login(wire, self_signed(), recipe)).codes == [9105]


@pytest.mark.parametrize(
    "recipe", [Recipe(references_properties=False), Recipe(names_certificate=False)]
)
def test_bare_xml_signature_is_refused(wire: Wire, recipe: Recipe) -> None:
    refused = post_signed(wire, signed_login(wire, self_signed(), recipe))
    assert refused.codes == [9105]
    assert "XAdES" in refused.details


def test_signature_from_the_future_is_refused(wire: Wire) -> None:
    tomorrow = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=1)
    document = signed_login(wire, self_signed(), Recipe(signed_at=tomorrow))
    assert post_signed(wire, document).codes == [9105]


def test_weak_algorithm_is_refused(wire: Wire) -> None:
    document = signed_login(wire, self_signed()).replace(b"ecdsa-sha256", b"ecdsa-md5")
    assert post_signed(wire, document).codes == [9105]


def test_short_rsa_key_is_refused(wire: Wire) -> None:
    signer = self_signed(rsa.generate_private_key(65537, 1024))
    assert post_signed(wire, signed_login(wire, signer)).codes == [21115]


def test_signature_outside_the_root_is_refused(wire: Wire) -> None:
    root = etree.fromstring(signed_login(wire, self_signed()))
    signature = root.find(f"{{{DS}}}Signature")
    assert signature is not None
    root[0].append(signature)
    assert post_signed(wire, etree.tostring(root)).codes == [9105]


@pytest.mark.parametrize(
    "subject",
    [
        (("2.5.4.3", "Nobody"),),
        (*SEAL_SUBJECT, ("2.5.4.42", "Anna"), ("2.5.4.4", "Testowa")),
        (*PERSON_SUBJECT[:2], ("2.5.4.5", "CC-123"), *PERSON_SUBJECT[3:]),
        (SEAL_SUBJECT[0], ("2.5.4.97", "LEI-123"), *SEAL_SUBJECT[2:]),
    ],
)
def test_certificate_without_polish_identifier_is_refused(wire: Wire, subject: Any) -> None:
    assert post_signed(wire, signed_login(wire, self_signed(subject=subject))).codes == [21115]


@pytest.mark.parametrize(("days", "starts"), [(10, -20), (10, 5)])
def test_certificate_out_of_date_shows_in_status(wire: Wire, days: int, starts: int) -> None:
    signer = self_signed(days=days, starts_in_days=starts)
    status = wire.await_login(post_signed(wire, signed_login(wire, signer)))
    assert (status["code"], status["details"]) == (460, ["Nieważny certyfikat"])


def test_offline_certificate_cannot_log_in(wire: Wire) -> None:
    signer = self_signed(extensions=(OFFLINE_USAGE,))
    assert post_signed(wire, signed_login(wire, signer)).codes == [21115]


def test_asking_for_the_chain_refuses_self_signed_certificates(wire: Wire) -> None:
    document = signed_login(wire, self_signed())
    status = wire.await_login(post_signed(wire, document, "?verifyCertificateChain=true"))
    assert (status["code"], status["details"]) == (460, ["Niezaufany łańcuch certyfikatów"])


def test_stranger_without_permissions_fails(wire: Wire) -> None:
    document = signed_login(wire, self_signed(), context=f"<Nip>{BUYER}</Nip>")
    status = wire.await_login(post_signed(wire, document))
    assert (status["code"], status["details"]) == (415, ["Brak przypisanych uprawnień"])


# Check 6: the schema of the document.


@pytest.mark.parametrize(
    "request_changes",
    [
        {"subject_type": "certificateColour"},
        {"context": "<Nip>123</Nip>"},
        {"context": "<Pesel>44051401359</Pesel>"},
        {"policy": "<Policy/>"},
    ],
)
def test_document_against_its_schema_is_refused(
    wire: Wire, request_changes: dict[str, str]
) -> None:
    document = signed_login(wire, self_signed(), **request_changes)
    assert post_signed(wire, document).codes == [21401]


def test_document_that_is_no_xml_is_refused(wire: Wire) -> None:
    assert post_signed(wire, b"<AuthTokenRequest").codes == [9101]


def test_document_in_another_encoding_is_refused(wire: Wire) -> None:
    document = '<?xml version="1.0" encoding="ISO-8859-2"?><a>\xf3</a>'.encode("iso-8859-2")
    assert post_signed(wire, document).codes == [21217]


def test_used_challenge_in_a_document_is_refused(wire: Wire) -> None:
    document = signed_login(wire, self_signed())
    assert post_signed(wire, document).status == 202
    assert post_signed(wire, document).codes == [21111]
