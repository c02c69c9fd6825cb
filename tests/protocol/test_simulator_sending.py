"""Online sessions of the simulator: every wrong envelope and document, and what becomes of it."""

from __future__ import annotations

import threading
from base64 import b64encode
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from invoices import invoice, today
from wire import BUYER, FORM, OAEP, SELLER, Session, SessionCrypto, Wire, sha256

from simulator.numbers import crc8
from simulator.panel import Control, PanelError

PLN_LIMIT = 1_000_000
FEATURE = {"X-KSeF-Feature": "subject-identifier-validation"}


@pytest.fixture
def session(seller: Wire) -> Session:
    return seller.open_session()


def open_body(wire: Wire, **changes: Any) -> dict[str, Any]:
    return {"formCode": FORM, "encryption": SessionCrypto().encryption(wire), **changes}


def test_accepted_invoice_gets_a_number_with_right_check_digits(session: Session) -> None:
    described = session.send_and_wait(invoice("FV/1"))
    number = described["ksefNumber"]
    assert number.startswith(f"{SELLER}-{today().replace('-', '')}-")
    assert number[33:] == crc8(number[:32])
    assert described["invoiceNumber"] == "FV/1"
    assert described["invoicingMode"] == "Online"


def test_reference_numbers_carry_type_and_check_digits(session: Session) -> None:
    sent = session.send(invoice()).json["referenceNumber"]
    for reference, kind in ((session.reference, "SO"), (sent, "EE")):
        assert reference[9:11] == kind
        assert reference[34:] == crc8(reference[:33])


def test_verdict_needs_a_second_look(session: Session) -> None:
    sent = session.send(invoice())
    path = f"{session.path}/invoices/{sent.json['referenceNumber']}"
    assert session.wire.get(path).json["status"]["code"] == 100
    assert session.verdict(sent)["status"]["code"] == 200


def test_closed_session_is_processed_after_a_while(session: Session) -> None:
    session.send_and_wait(invoice())
    assert session.close().status == 204
    assert session.wire.get(session.path).json["status"]["code"] == 170
    final = session.final_status()
    assert final["status"]["code"] == 200
    assert (final["invoiceCount"], final["successfulInvoiceCount"]) == (1, 1)


def test_empty_session_is_cancelled(session: Session) -> None:
    session.close()
    status = session.final_status()["status"]
    assert (status["code"], status["details"]) == (440, ["Nie przesłano faktur"])


def test_session_with_refused_invoices_only_fails(session: Session) -> None:
    session.send(b"<x/>")
    session.close()
    final = session.final_status()
    assert (final["status"]["code"], final["failedInvoiceCount"]) == (445, 1)
    assert "upo" not in final


# Check 9: permissions.


def test_reader_cannot_open_a_session(wire: Wire, control: Control) -> None:
    reader = wire.login_with_token(SELLER, control.token(SELLER, ("InvoiceRead",)))
    refused = reader.post("/sessions/online", {})
    assert refused.status == 403
    assert refused.json["reasonCode"] == "missing-permissions"
    assert refused.json["security"] == {
        "requiredAnyOfPermissions": ["InvoiceWrite", "PefInvoiceWrite", "EnforcementOperations"],
        "presentPermissions": ["InvoiceRead"],
    }


def test_session_of_another_company_does_not_exist(
    session: Session, wire: Wire, control: Control
) -> None:
    other = wire.login_with_token(BUYER, control.token(BUYER))
    assert other.get(session.path).codes == [21173]
    assert other.post(f"/sessions/online/{session.reference}/close").codes == [21173]


# Checks 10 and 11: opening.


def test_key_for_tokens_cannot_open_a_session(seller: Wire) -> None:
    body = open_body(seller)
    body["encryption"]["publicKeyId"] = seller.public_key("KsefTokenEncryption")[0]
    assert seller.post("/sessions/online", body).codes == [21470]


def test_withdrawn_key_cannot_open_a_session(seller: Wire, control: Control) -> None:
    body = open_body(seller)
    control.rotate_keys("SymmetricKeyEncryption", emergency=True)
    assert seller.post("/sessions/online", body).codes == [21470]


@pytest.mark.parametrize("size", [12, 15, 17, 24, 32])
def test_vector_of_the_wrong_length_is_refused(seller: Wire, size: int) -> None:
    body = open_body(seller)
    body["encryption"]["initializationVector"] = b64encode(bytes(size)).decode()
    refused = seller.post("/sessions/online", body)
    assert refused.codes == [21405]
    assert f"otrzymano {size}" in refused.details


@pytest.mark.parametrize(
    "change",
    [
        {"systemCode": "FA(3)"},
        {"systemCode": "FA (9)"},
        {"schemaVersion": "1.0E"},
        {"value": "fa"},
    ],
)
def test_unknown_form_is_refused(seller: Wire, change: dict[str, str]) -> None:
    body = open_body(seller, formCode={**FORM, **change})
    refused = seller.post("/sessions/online", body)
    assert refused.codes == [21405]
    assert "Wskazany kod formularza nie jest wspierany." in refused.details


@pytest.mark.parametrize(
    "change",
    [
        {"invoiceHash": "00" * 32},
        {"invoiceHash": b64encode(bytes(20)).decode()},
        {"encryptedInvoiceHash": ""},
        {"invoiceSize": 0},
        {"encryptedInvoiceSize": -1},
        {"invoiceSize": "100"},
        {"offlineMode": "false"},
        {"encryptedInvoiceContent": "no base64!"},
        {"invoiceHash": None},
        {"hashOfCorrectedInvoice": "short"},
    ],
)
def test_malformed_sending_is_refused(session: Session, change: dict[str, Any]) -> None:
    body = session.send_body(invoice(), **change)
    assert session.post_body(body).codes == [21405]


def test_unreadable_sending_is_refused(session: Session) -> None:
    path = f"/sessions/online/{session.reference}/invoices"
    assert session.wire.call("POST", path, body=b"<xml/>").codes == [21001]


# Check 12: the symmetric key.


@pytest.mark.parametrize("wrong", ["short key", "base64 of the key", "old padding", "noise"])
def test_undecipherable_key_fails_the_session_later(
    seller: Wire, control: Control, wrong: str
) -> None:
    session = open_with_wrong_key(seller, wrong)
    codes = [session.wire.get(session.path).json["status"]["code"] for _ in range(2)]
    assert codes == [100, 415]
    refused = session.send(invoice())
    assert refused.codes == [21180]
    assert "Status sesji 415" in refused.details


def open_with_wrong_key(seller: Wire, wrong: str) -> Session:
    key = seller.public_key("SymmetricKeyEncryption")[1]
    old = padding.OAEP(mgf=padding.MGF1(hashes.SHA1()), algorithm=hashes.SHA1(), label=None)
    ciphertexts = {
        "short key": key.encrypt(bytes(16), OAEP),
        "base64 of the key": key.encrypt(b64encode(bytes(32)), OAEP),
        "old padding": key.encrypt(bytes(32), old),
        "noise": bytes(512),
    }
    body = open_body(seller)
    body["encryption"]["encryptedSymmetricKey"] = b64encode(ciphertexts[wrong]).decode()
    opened = seller.post("/sessions/online", body)
    assert opened.status == 201
    return Session(wire=seller, crypto=SessionCrypto(), reference=opened.json["referenceNumber"])


def test_invoice_sent_before_the_key_fails_is_cancelled_with_it(
    seller: Wire, control: Control
) -> None:
    control.delays(processing_seconds=0.5)
    session = open_with_wrong_key(seller, "noise")
    assert session.send_and_wait(invoice())["status"]["code"] == 405


# Check 13: the ciphertext.


def test_ciphertext_of_another_size_is_refused(session: Session) -> None:
    body = session.send_body(invoice())
    body["encryptedInvoiceSize"] += 16
    assert session.post_body(body).codes == [21402]


def test_ciphertext_with_another_hash_is_refused(session: Session) -> None:
    body = session.send_body(invoice(), encryptedInvoiceHash=sha256(b"another"))
    assert session.post_body(body).codes == [21403]


# Checks 14 and 15: the plain document.


def send_ciphertext(session: Session, xml: bytes, ciphertext: bytes) -> dict[str, Any]:
    return session.verdict(
        session.send(
            xml,
            encryptedInvoiceHash=sha256(ciphertext),
            encryptedInvoiceSize=len(ciphertext),
            encryptedInvoiceContent=b64encode(ciphertext).decode(),
        )
    )


def test_vector_in_front_of_the_ciphertext_fails(session: Session) -> None:
    xml = invoice()
    described = send_ciphertext(session, xml, session.crypto.iv + session.crypto.encrypt(xml))
    assert described["status"]["code"] in (430, 435)


def test_another_key_fails(session: Session) -> None:
    xml = invoice()
    described = send_ciphertext(session, xml, SessionCrypto().encrypt(xml))
    assert described["status"]["code"] in (430, 435)


def test_ciphertext_without_padding_fails(session: Session) -> None:
    described = send_ciphertext(session, invoice(), b"x" * 33)
    assert described["status"]["code"] == 435


def test_wrong_plain_size_shows_in_status(session: Session) -> None:
    status = session.send_and_wait(invoice(), invoiceSize=2965)["status"]
    assert status["code"] == 430
    assert "2965" in status["details"][0]


def test_wrong_plain_hash_shows_in_status(session: Session) -> None:
    status = session.send_and_wait(invoice(), invoiceHash=sha256(b"another"))["status"]
    assert status["code"] == 430


# Check 16: the XML as such.


@pytest.mark.parametrize(
    "spoil",
    [
        lambda xml: b"\xef\xbb\xbf" + xml,
        lambda xml: xml.replace(b"UTF-8", b"ISO-8859-2"),
        lambda xml: xml.replace("Usługa".encode(), b"Us\xb3uga"),
        lambda xml: xml.replace(b"?>", b'?><?xml-stylesheet href="x.xsl"?>', 1),
        lambda xml: xml.replace(b"<FaWiersz>", b"<FaWiersz><?pi x?>"),
        lambda xml: xml + b"<?pi x?>",
        lambda xml: xml.replace(b"testowa", b"\xc2\x80"),
        lambda xml: xml.replace(b"testowa", b"&#x80;"),
        lambda xml: xml.replace(b"testowa", "\U0001fffe".encode()),
        lambda xml: xml.replace(b"testowa", b"\x01"),
        lambda xml: xml.replace(b"</Faktura>", b""),
        lambda xml: xml.replace(b"?>", b'?><!DOCTYPE Faktura [<!ENTITY a "b">]>', 1),
        lambda _: b"no xml",
    ],
)
def test_xml_that_the_authority_does_not_take(session: Session, spoil: Any) -> None:
    status = session.send_and_wait(spoil(invoice()))["status"]
    assert (status["code"], status["details"][0]) == (450, "Nieprawidłowy XML")


def test_declaration_may_be_missing_and_next_line_is_allowed(session: Session) -> None:
    xml = invoice(item="nowa\x85linia").partition(b"?>")[2].lstrip()
    assert session.send_and_wait(xml)["status"]["code"] == 200


# Check 17: the schema.


@pytest.mark.parametrize(
    "spoil",
    [
        lambda xml: xml.replace(b"<KodWaluty>PLN</KodWaluty>", b""),
        lambda xml: xml.replace(b"123.00", b"123,00"),
        lambda xml: xml.replace(b"<P_12>23", b"<P_12>24"),
        lambda xml: xml.replace(b"13775", b"12648"),
        lambda _: b"<Faktura/>",
    ],
)
def test_document_against_the_schema_is_refused_with_messages(session: Session, spoil: Any) -> None:
    status = session.send_and_wait(spoil(invoice()))["status"]
    assert status["code"] == 450
    assert status["details"]


# Check 18: uniqueness.


def test_same_number_is_a_duplicate_that_names_the_original(session: Session, seller: Wire) -> None:
    original = session.send_and_wait(invoice("FV/7"))
    second = seller.open_session().send_and_wait(invoice("FV/7", item="Inna usługa"))
    assert second["status"]["code"] == 440
    assert second["status"]["extensions"] == {
        "originalSessionReferenceNumber": session.reference,
        "originalKsefNumber": original["ksefNumber"],
    }
    assert second.get("ksefNumber") is None


def test_number_is_free_for_another_kind_of_invoice(session: Session) -> None:
    assert session.send_and_wait(invoice("FV/7"))["status"]["code"] == 200
    assert session.send_and_wait(invoice("FV/7", kind="KOR"))["status"]["code"] == 200


def test_number_is_free_again_after_ten_full_years(wire: Wire, control: Control) -> None:
    def send_on(day: str) -> int:
        control.set_clock(f"{day}T12:00:00Z")
        company = wire.login_with_token(SELLER, control.token(SELLER))
        described = company.open_session().send_and_wait(invoice("FV/7", issued_on=day))
        return int(described["status"]["code"])

    found = [send_on(day) for day in ("2027-01-05", "2037-12-31", "2038-01-01")]
    assert found == [200, 440, 200]


def test_refused_invoice_does_not_take_its_number(session: Session) -> None:
    assert session.send_and_wait(invoice("FV/7", issued_on=today(1)))["status"]["code"] == 450
    assert session.send_and_wait(invoice("FV/7"))["status"]["code"] == 200


def test_of_concurrent_duplicates_one_is_accepted(session: Session, control: Control) -> None:
    control.delays(processing_polls=0)
    codes: list[int] = []

    def send_one(item: str) -> None:
        codes.append(session.send_and_wait(invoice("FV/1", item=item))["status"]["code"])

    threads = [threading.Thread(target=send_one, args=(f"x{n}",)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) == [200, *[440] * 7]
    assert len(control.accepted_documents()) == 1


# Check 19: the date.


def test_date_in_the_future_is_refused(session: Session) -> None:
    status = session.send_and_wait(invoice(issued_on=today(1)))["status"]
    assert status["code"] == 450
    assert "P_1" in status["details"][0]


def test_day_ends_in_poland_not_in_greenwich(seller: Wire, control: Control) -> None:
    """At 22:30 UTC it is half past midnight in Warsaw, in July."""
    control.set_clock("2027-07-01T22:30:00Z")
    fresh = seller.login_with_token(SELLER, control.token(SELLER))
    described = fresh.open_session().send_and_wait(invoice(issued_on="2027-07-02"))
    assert described["status"]["code"] == 200
    assert described["ksefNumber"][11:19] == "20270702"


def test_invoice_of_yesterday_counts_as_offline(session: Session) -> None:
    assert session.send_and_wait(invoice(issued_on=today(-1)))["invoicingMode"] == "Offline"


def test_declared_offline_stays_offline(session: Session) -> None:
    assert session.send_and_wait(invoice(), offlineMode=True)["invoicingMode"] == "Offline"


# Check 20: in whose name.


def test_seller_of_another_context_is_refused(session: Session) -> None:
    status = session.send_and_wait(invoice(seller=BUYER))["status"]
    assert status["code"] == 410


def grant_self_invoicing(wire: Wire, control: Control) -> str:
    """The buyer of our invoices lets us issue them in its name; the operation's reference."""
    permissions = ("InvoiceWrite", "CredentialsManage")
    owner = wire.login_with_token(BUYER, control.token(BUYER, permissions))
    granted = owner.post(
        "/permissions/authorizations/grants",
        {
            "subjectIdentifier": {"type": "Nip", "value": SELLER},
            "permission": "SelfInvoicing",
            "description": "Samofakturowanie",
            "subjectDetails": {"fullName": "Firma Testowa"},
        },
    )
    assert granted.status == 202, granted.content
    path = f"/permissions/operations/{granted.json['referenceNumber']}"
    assert [owner.get(path).json["status"]["code"] for _ in range(2)] == [100, 200]
    return path


def test_self_invoicing_needs_grant_mark_and_own_purchase(
    session: Session, wire: Wire, control: Control
) -> None:
    own = f"<NIP>{SELLER}</NIP>"
    wanted = invoice("S/1", seller=BUYER, buyer=own, is_self_invoiced=True)
    assert session.send_and_wait(wanted)["status"]["code"] == 410
    grant_self_invoicing(wire, control)
    assert session.send_and_wait(wanted)["status"]["code"] == 200
    unmarked = invoice("S/2", seller=BUYER, buyer=own)
    assert session.send_and_wait(unmarked)["status"]["code"] == 410
    sold_to_others = invoice("S/3", seller=BUYER, is_self_invoiced=True)
    assert session.send_and_wait(sold_to_others)["status"]["code"] == 410


def test_self_invoicing_is_granted_from_the_panel(session: Session, control: Control) -> None:
    wanted = invoice("S/4", seller=BUYER, buyer=f"<NIP>{SELLER}</NIP>", is_self_invoiced=True)
    control.authorize(SELLER, BUYER)
    assert session.send_and_wait(wanted)["status"]["code"] == 410
    control.authorize(BUYER, SELLER)
    assert session.send_and_wait(wanted)["status"]["code"] == 200
    with pytest.raises(PanelError):
        control.authorize(BUYER, SELLER, "InvoiceWrite")


# Check 21: check digits.

WRONG_NIP = "1234563219"
THIRD = """<Podmiot3><DaneIdentyfikacyjne>{id}<Nazwa>Oddział</Nazwa></DaneIdentyfikacyjne>
 <Rola>2</Rola></Podmiot3>"""
WITH_WRONG_DIGITS = [
    {"buyer": f"<NIP>{WRONG_NIP}</NIP>"},
    {"third": THIRD.format(id=f"<NIP>{WRONG_NIP}</NIP>")},
    {"third": THIRD.format(id="<IDWew>5265877635-12345</IDWew>")},
]


@pytest.mark.parametrize("parts", WITH_WRONG_DIGITS)
def test_check_digits_are_checked_as_in_production(
    session: Session, control: Control, parts: dict[str, str]
) -> None:
    assert session.send_and_wait(invoice("A", **parts))["status"]["code"] == 200
    control.switches(prd_like=True)
    assert session.send_and_wait(invoice("B", **parts))["status"]["code"] == 450


@pytest.mark.parametrize("parts", WITH_WRONG_DIGITS)
def test_header_at_opening_asks_for_check_digits(seller: Wire, parts: dict[str, str]) -> None:
    crypto = SessionCrypto()
    body = {"formCode": FORM, "encryption": crypto.encryption(seller)}
    opened = seller.call("POST", "/sessions/online", body=body, headers=dict(FEATURE))
    session = Session(wire=seller, crypto=crypto, reference=opened.json["referenceNumber"])
    assert session.send_and_wait(invoice("A", **parts))["status"]["code"] == 450


def test_right_check_digits_pass_in_production(session: Session, control: Control) -> None:
    control.switches(prd_like=True)
    third = THIRD.format(id="<IDWew>6824515772-12343</IDWew>")
    assert session.send_and_wait(invoice(third=third))["status"]["code"] == 200


# Check 22: size and attachments.


def filled_to(size: int, **parts: Any) -> bytes:
    """A valid invoice of exactly so many bytes."""
    xml = invoice("BIG", **parts)
    return xml.replace(b"</Faktura>", b"</Faktura>" + b" " * (size - len(xml)))


def test_a_million_bytes_are_the_limit(session: Session) -> None:
    assert session.send_and_wait(filled_to(PLN_LIMIT + 1))["status"]["code"] == 430
    assert session.send_and_wait(filled_to(PLN_LIMIT))["status"]["code"] == 200


def test_attachment_needs_a_batch_session(session: Session) -> None:
    assert session.send_and_wait(invoice(has_attachment=True))["status"]["code"] == 415


# Check 23: sending after the end.


def test_closed_session_takes_nothing(session: Session) -> None:
    session.send_and_wait(invoice())
    session.close()
    refused = session.send(invoice("FV/2"))
    assert refused.codes == [21180]
    assert session.close().codes == [21180]


def test_session_ends_by_itself_after_twelve_hours(
    session: Session, wire: Wire, control: Control
) -> None:
    session.send_and_wait(invoice())
    control.shift_clock(12 * 3600 + 1)
    later = wire.login_with_token(SELLER, control.token(SELLER))
    assert later.post(
        f"/sessions/online/{session.reference}/invoices", session.send_body(invoice("FV/2"))
    ).codes == [21180]
    again = Session(wire=later, crypto=session.crypto, reference=session.reference)
    assert again.final_status()["status"]["code"] == 200


def test_full_session_takes_nothing_more(session: Session) -> None:
    limits = {
        "maxInvoiceSizeInMB": 1,
        "maxInvoiceWithAttachmentSizeInMB": 3,
        "maxInvoices": 1,
    }
    body = {
        "onlineSession": limits,
        "batchSession": limits,
        "collectiveIdentifier": {"maxInvoices": 2},
    }
    assert session.wire.post("/testdata/limits/context/session", body).status == 200
    assert session.send(invoice("FV/1")).status == 202
    assert session.send(invoice("FV/2")).codes == [21155]
