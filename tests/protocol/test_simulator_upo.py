"""Receipts: what the simulator signs, and who may fetch it."""

from __future__ import annotations

import hashlib
import xml.dom.minidom
from base64 import b64decode
from copy import deepcopy
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from invoices import invoice, today
from lxml import etree
from packages import package, send_batch, zipped
from signing import DS, login_request, self_signed, sign
from wire import SELLER, Reply, Session, Wire, fetch, sha256

from simulator.panel import Control

UPO = "{http://upo.schematy.mf.gov.pl/KSeF/v4-3}"
SCHEMA = Path(__file__).resolve().parents[2] / "schemas" / "upo.xsd"
NAMES = {"ds": DS, "xades": "http://uri.etsi.org/01903/v1.3.2#"}


@pytest.fixture
def session(seller: Wire) -> Session:
    return seller.open_session()


def upo_of(session: Session, xml: bytes) -> Reply:
    described = session.send_and_wait(xml)
    assert described["status"]["code"] == 200
    return session.wire.get(f"{session.path}/invoices/{described['referenceNumber']}/upo")


def test_three_ways_lead_to_the_same_receipt(session: Session) -> None:
    described = session.send_and_wait(invoice())
    by_reference = session.wire.get(f"{session.path}/invoices/{described['referenceNumber']}/upo")
    by_number = session.wire.get(f"{session.path}/invoices/ksef/{described['ksefNumber']}/upo")
    by_link = fetch(described["upoDownloadUrl"])
    assert by_reference.content == by_number.content == by_link.content
    for reply in (by_reference, by_number, by_link):
        assert reply.headers["content-type"] == "application/xml"
        assert reply.headers["x-ms-meta-hash"] == sha256(reply.content)


def test_receipt_tells_the_truth_about_the_invoice(session: Session) -> None:
    xml = invoice("FV/1", issued_on=today(-1))
    described = session.send_and_wait(xml)
    document = etree.fromstring(fetch(described["upoDownloadUrl"]).content).find(f"{UPO}Dokument")
    assert document is not None
    told = {etree.QName(node).localname: node.text for node in document}
    assert told["NipSprzedawcy"] == SELLER
    assert told["NumerKSeFDokumentu"] == described["ksefNumber"]
    assert told["NumerFaktury"] == "FV/1"
    assert told["DataWystawieniaFaktury"] == today(-1)
    assert told["SkrotDokumentu"] == sha256(xml)
    assert told["TrybWysylki"] == "Offline"


def test_receipt_is_valid_but_for_its_signature_and_the_name_of_the_environment(
    session: Session,
) -> None:
    root = etree.fromstring(upo_of(session, invoice()).content)
    signature = root.find(f"{{{DS}}}Signature")
    name = root.find(f"{UPO}NazwaPodmiotuPrzyjmujacego")
    assert signature is not None
    assert name is not None
    assert name.text == "Ministerstwo Finansów - środowisko testowe (TE)"
    root.remove(signature)
    name.text = "Ministerstwo Finansów"
    etree.XMLSchema(etree.parse(str(SCHEMA))).assertValid(root)


def verify(content: bytes) -> None:
    """Checks both digests and the value; raises when one of them is wrong."""
    root = etree.fromstring(content)
    signature = root.find("ds:Signature", NAMES)
    assert signature is not None
    info = signature.find("ds:SignedInfo", NAMES)
    properties = signature.find(".//xades:SignedProperties", NAMES)
    assert info is not None
    assert properties is not None
    bare = deepcopy(root)
    bare.remove(bare.find("ds:Signature", NAMES))
    digests = [node.text for node in info.iterfind(".//ds:DigestValue", NAMES)]
    assert digests == [sha256(canonical(bare)), sha256(canonical(properties))]
    der = b64decode(signature.findtext(".//ds:X509Certificate", "", NAMES))
    key = x509.load_der_x509_certificate(der).public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    value = b64decode(signature.findtext("ds:SignatureValue", "", NAMES))
    key.verify(value, canonical(info), padding.PKCS1v15(), hashes.SHA256())


def canonical(node: etree._Element) -> bytes:
    return etree.tostring(node, method="c14n", exclusive=True)


def test_receipt_is_really_signed(session: Session) -> None:
    content = upo_of(session, invoice()).content
    verify(content)
    with pytest.raises(AssertionError):
        verify(content.replace(b"FV/1", b"FV/2"))
    with pytest.raises((AssertionError, InvalidSignature)):
        verify(content.replace(b"rsa-sha256", b"rsa-sha512"))


def test_reformatted_receipt_loses_its_signature(session: Session) -> None:
    content = upo_of(session, invoice()).content
    pretty = xml.dom.minidom.parseString(content).toprettyxml().encode()
    with pytest.raises(AssertionError):
        verify(pretty)


def test_receipt_names_the_token_or_the_document_of_the_login(
    wire: Wire, control: Control, session: Session
) -> None:
    with_token = etree.fromstring(upo_of(session, invoice("A")).content)
    reference = with_token.findtext(f".//{UPO}NumerReferencyjnyTokenaKSeF")
    assert reference == session.wire.get("/tokens").json["tokens"][0]["referenceNumber"]
    document = sign(login_request(wire.challenge()["challenge"]), self_signed())
    logged_in = wire.finish_login(wire.call("POST", "/auth/xades-signature", body=document))
    with_seal = etree.fromstring(upo_of(logged_in.open_session(), invoice("B")).content)
    digest = with_seal.findtext(f".//{UPO}SkrotDokumentuUwierzytelniajacego")
    assert b64decode(digest or "") == hashlib.sha256(document).digest()


def test_receipt_names_the_unit_that_logged_in(wire: Wire) -> None:
    unit = f"{SELLER}-12345"
    request = login_request(
        wire.challenge()["challenge"], context=f"<InternalId>{unit}</InternalId>"
    )
    document = sign(request, self_signed())
    logged_in = wire.finish_login(wire.call("POST", "/auth/xades-signature", body=document))
    root = etree.fromstring(upo_of(logged_in.open_session(), invoice()).content)
    assert root.findtext(f".//{UPO}IdWewnetrzny") == unit


def test_session_has_a_receipt_of_its_accepted_invoices(seller: Wire) -> None:
    files = {"a.xml": invoice("A"), "b.xml": b"<x/>", "c.xml": invoice("C")}
    batch = send_batch(seller, package(zipped(files)))
    page = batch.final_status()["upo"]["pages"][0]
    by_link = fetch(page["downloadUrl"])
    direct = seller.get(f"{batch.path}/upo/{page['referenceNumber']}")
    assert by_link.content == direct.content
    verify(direct.content)
    root = etree.fromstring(direct.content)
    numbers = [node.text for node in root.iter(f"{UPO}NumerFaktury")]
    assert numbers == ["A", "C"]
    ends = (
        root.findtext(f".//{UPO}ZakresDokumentowOd"),
        root.findtext(f".//{UPO}ZakresDokumentowDo"),
    )
    assert ends == ("1", "2")


def test_refused_invoice_has_no_receipt(session: Session) -> None:
    described = session.send_and_wait(b"<x/>")
    path = f"{session.path}/invoices/{described['referenceNumber']}/upo"
    assert session.wire.get(path).codes == [21405]
    assert described.get("upoDownloadUrl") is None


def test_receipt_of_another_session_is_not_found(session: Session, seller: Wire) -> None:
    number = session.send_and_wait(invoice())["ksefNumber"]
    other = seller.open_session()
    assert seller.get(f"{other.path}/invoices/ksef/{number}/upo").codes == [21178]
    unknown = session.reference.replace("-SO-", "-EU-")
    assert seller.get(f"{session.path}/upo/{unknown}").codes == [21178]


# Check 26: links.


def test_link_with_a_token_is_refused(session: Session) -> None:
    url = session.send_and_wait(invoice())["upoDownloadUrl"]
    refused = fetch(url, headers={"Authorization": f"Bearer {session.wire.bearer}"})
    assert refused.status == 403


def test_link_ends_after_three_days(session: Session, control: Control) -> None:
    url = session.send_and_wait(invoice())["upoDownloadUrl"]
    control.shift_clock(3 * 86400 - 60)
    assert fetch(url).status == 200
    control.shift_clock(120)
    assert fetch(url).status == 403


def test_forged_link_is_refused(session: Session) -> None:
    url = session.send_and_wait(invoice())["upoDownloadUrl"]
    assert fetch(url[:-1]).status == 403
    assert fetch(url.replace("se=2", "se=3")).status == 403
    assert fetch(url.partition("?")[0]).status == 403


def test_status_makes_a_new_link_every_time(session: Session, control: Control) -> None:
    described = session.send_and_wait(invoice())
    control.shift_clock(60)
    again = session.wire.get(f"{session.path}/invoices/{described['referenceNumber']}").json
    assert again["upoDownloadUrl"] != described["upoDownloadUrl"]
