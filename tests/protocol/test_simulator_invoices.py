"""Reading invoices from the simulator: download, metadata, export packages, high-water mark."""

from __future__ import annotations

import datetime
import io
import json
import tarfile
import zipfile
from base64 import b64encode
from typing import Any

import pytest
from invoices import invoice, today
from wire import BUYER, SELLER, Session, SessionCrypto, Wire, await_status, fetch, sha256

from simulator.panel import Control

STRANGER = "1111111111"


@pytest.fixture
def session(seller: Wire) -> Session:
    return seller.open_session()


@pytest.fixture
def buyer(wire: Wire, control: Control) -> Wire:
    return wire.login_with_token(BUYER, control.token(BUYER))


def moment(**ago: float) -> str:
    now = datetime.datetime.now(datetime.timezone.utc)
    return (now - datetime.timedelta(**ago)).isoformat()


def filters(subject: str = "Subject1", date_type: str = "PermanentStorage", **more: Any) -> Any:
    """Everything of the last hour; `since`, `until` and `restrict` change the range."""
    span: dict[str, Any] = {"dateType": date_type, "from": more.pop("since", moment(hours=1))}
    if "until" in more:
        span["to"] = more.pop("until")
    if "restrict" in more:
        span["restrictToPermanentStorageHwmDate"] = more.pop("restrict")
    return {"subjectType": subject, "dateRange": span, **more}


def numbers(wire: Wire, query: str = "", **wanted: Any) -> list[str]:
    found = wire.post(f"/invoices/query/metadata{query}", filters(**wanted))
    assert found.status == 200, found.content
    return [item["invoiceNumber"] for item in found.json["invoices"]]


# Download.


def test_download_gives_the_very_bytes(session: Session) -> None:
    xml = invoice()
    number = session.send_and_wait(xml)["ksefNumber"]
    downloaded = session.wire.get(f"/invoices/ksef/{number}")
    assert downloaded.content == xml
    assert downloaded.headers["x-ms-meta-hash"] == sha256(xml)


def test_buyer_may_download_and_stranger_may_not(
    session: Session, wire: Wire, buyer: Wire, control: Control
) -> None:
    number = session.send_and_wait(invoice())["ksefNumber"]
    stranger = wire.login_with_token(STRANGER, control.token(STRANGER))
    assert buyer.get(f"/invoices/ksef/{number}").status == 200
    assert stranger.get(f"/invoices/ksef/{number}").codes == [21164]


def test_writer_may_not_read(session: Session, wire: Wire, control: Control) -> None:
    number = session.send_and_wait(invoice())["ksefNumber"]
    writer = wire.login_with_token(SELLER, control.token(SELLER, ("InvoiceWrite",)))
    assert writer.get(f"/invoices/ksef/{number}").status == 403
    assert writer.post("/invoices/query/metadata", filters()).status == 403


def test_invoice_is_not_there_before_it_is_stored(session: Session, control: Control) -> None:
    control.delays(storage_seconds=100)
    described = session.send_and_wait(invoice())
    path = f"/invoices/ksef/{described['ksefNumber']}"
    assert described["permanentStorageDate"] is None
    assert session.wire.get(path).codes == [21165]
    assert numbers(session.wire) == []
    control.shift_clock(101)
    assert session.wire.get(path).status == 200
    reference = described["referenceNumber"]
    assert session.wire.get(f"{session.path}/invoices/{reference}").json["permanentStorageDate"]


def test_unknown_number_is_not_found_and_nonsense_is_refused(seller: Wire) -> None:
    assert seller.get(f"/invoices/ksef/{SELLER}-20260101-0123456789AB-00").codes == [21164]
    assert seller.get("/invoices/ksef/nonsense").codes == [21405]


# Check 27: wrong queries.


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"subjectType": "Subject1"},
        {"dateRange": {"dateType": "Issue", "from": "2026-01-01T00:00:00Z"}},
        filters(subject="Subject4"),
        filters(date_type="Sending"),
        filters(since="2026-01-01"),
        filters(since="2026-01-01T00:00:00"),
        filters(since=moment(days=101)),
        filters(until=moment(hours=2)),
        filters(invoiceTypes=["VAT"]),
        filters(sellerNip="0123456789"),
        filters(ksefNumber="1"),
    ],
)
@pytest.mark.parametrize("path", ["/invoices/query/metadata", "/invoices/exports"])
def test_wrong_filters_are_refused(seller: Wire, path: str, body: dict[str, Any]) -> None:
    encryption = SessionCrypto().encryption(seller)
    sent = body if path.endswith("metadata") else {"filters": body, "encryption": encryption}
    assert seller.post(path, sent).codes == [21405]


@pytest.mark.parametrize(
    "query", ["?pageSize=9", "?pageSize=251", "?pageOffset=-1", "?sortOrder=up"]
)
def test_wrong_paging_is_refused(seller: Wire, query: str) -> None:
    assert seller.post(f"/invoices/query/metadata{query}", filters()).codes == [21405]


def test_a_hundred_days_are_allowed(seller: Wire) -> None:
    body = filters(since=moment(days=130), until=moment(days=30, seconds=1))
    assert seller.post("/invoices/query/metadata", body).status == 200


# Check 28: roles.


def test_invoice_shows_only_in_the_role_that_was_asked_for(
    session: Session, wire: Wire, buyer: Wire, control: Control
) -> None:
    third = f"""<Podmiot3><DaneIdentyfikacyjne><NIP>{STRANGER}</NIP><Nazwa>Faktor</Nazwa>
      </DaneIdentyfikacyjne><Rola>1</Rola></Podmiot3>"""
    session.send_and_wait(invoice("FV/1", third=third))
    factor = wire.login_with_token(STRANGER, control.token(STRANGER))
    seen = {
        (name, role)
        for name, bearer in (("seller", session.wire), ("buyer", buyer), ("factor", factor))
        for role in ("Subject1", "Subject2", "Subject3", "SubjectAuthorized")
        if numbers(bearer, subject=role)
    }
    assert seen == {("seller", "Subject1"), ("buyer", "Subject2"), ("factor", "Subject3")}


def test_metadata_describe_the_document(session: Session, buyer: Wire) -> None:
    xml = invoice("FV/1")
    described = session.send_and_wait(xml)
    found = buyer.post("/invoices/query/metadata", filters("Subject2")).json["invoices"][0]
    assert found["ksefNumber"] == described["ksefNumber"]
    assert found["invoiceHash"] == sha256(xml)
    assert found["issueDate"] == today()
    assert found["seller"]["nip"] == SELLER
    assert found["buyer"] == {"identifier": {"type": "Nip", "value": BUYER}, "name": "Nabywca"}
    assert (found["netAmount"], found["vatAmount"], found["grossAmount"]) == (100, 23, 123)
    assert (found["invoiceType"], found["currency"]) == ("Vat", "PLN")
    assert found["formCode"]["systemCode"] == "FA (3)"


@pytest.mark.parametrize(
    ("identifier", "expected"),
    [
        (
            "<KodUE>DE</KodUE><NrVatUE>123456789</NrVatUE>",
            {"type": "VatUe", "value": "DE123456789"},
        ),
        ("<NrID>P-1</NrID>", {"type": "Other", "value": "P-1"}),
        ("<BrakID>1</BrakID>", {"type": "None", "value": None}),
    ],
)
def test_buyer_without_nip_is_described(
    session: Session, identifier: str, expected: dict[str, Any]
) -> None:
    session.send_and_wait(invoice(buyer=identifier))
    found = session.wire.post("/invoices/query/metadata", filters()).json["invoices"][0]
    assert found["buyer"]["identifier"] == expected


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({"invoiceNumber": "FV/1"}, ["FV/1"]),
        ({"invoiceTypes": ["Kor"]}, ["FK/1"]),
        ({"invoicingMode": "Offline"}, ["FV/2"]),
        ({"currencyCodes": ["EUR"]}, []),
        ({"amount": {"type": "Brutto", "from": 123, "to": 123.0}}, ["FV/1", "FV/2", "FK/1"]),
        ({"amount": {"type": "Netto", "from": 100.01}}, []),
        ({"buyerIdentifier": {"type": "Nip", "value": BUYER}}, ["FV/1", "FV/2", "FK/1"]),
        ({"buyerIdentifier": {"type": "VatUe", "value": BUYER}}, []),
        ({"isSelfInvoicing": True}, []),
        ({"hasAttachment": False, "formType": "FA"}, ["FV/1", "FV/2", "FK/1"]),
        ({"sellerNip": BUYER}, []),
    ],
)
def test_filters_narrow_the_result(
    session: Session, wanted: dict[str, Any], expected: list[str]
) -> None:
    session.send_and_wait(invoice("FV/1"))
    session.send_and_wait(invoice("FV/2", issued_on=today(-1)))
    session.send_and_wait(invoice("FK/1", kind="KOR"))
    assert numbers(session.wire, **wanted) == expected


def test_records_come_in_order_and_page_by_page(session: Session) -> None:
    for number in range(12):
        session.send_and_wait(invoice(f"{number}"))
    wanted = [str(number) for number in range(12)]
    assert numbers(session.wire, "?pageSize=250") == wanted
    assert numbers(session.wire, "?pageSize=250&sortOrder=Desc") == wanted[::-1]
    assert numbers(session.wire, "?pageOffset=1") == wanted[10:]
    first = session.wire.post("/invoices/query/metadata", filters()).json
    assert (first["hasMore"], first["isTruncated"]) == (True, False)


def test_truncated_result_says_so_on_its_last_page(session: Session, control: Control) -> None:
    for number in range(12):
        session.send_and_wait(invoice(f"{number}"))
    control.fault("record-limit", "query", times=None, limit=11)
    pages = [
        session.wire.post(f"/invoices/query/metadata?pageOffset={at}", filters()).json
        for at in range(2)
    ]
    assert [len(page["invoices"]) for page in pages] == [10, 1]
    assert [(p["hasMore"], p["isTruncated"]) for p in pages] == [(True, False), (True, True)]


# Check 29: the high-water mark.


def test_high_water_mark_lags_and_cuts(session: Session, control: Control) -> None:
    control.delays(hwm_lag_seconds=60)
    session.send_and_wait(invoice())
    free = session.wire.post("/invoices/query/metadata", filters()).json
    cut = session.wire.post("/invoices/query/metadata", filters(restrict=True)).json
    assert (len(free["invoices"]), len(cut["invoices"])) == (1, 0)
    assert free["permanentStorageHwmDate"] < moment(seconds=59)
    control.shift_clock(61)
    assert numbers(session.wire, restrict=True) == ["FV/1"]


def test_query_from_beyond_the_mark_is_refused(seller: Wire, control: Control) -> None:
    control.delays(hwm_lag_seconds=60)
    body = filters(since=moment(seconds=30), restrict=True)
    assert seller.post("/invoices/query/metadata", body).codes == [21183]


def test_other_dates_have_no_mark(seller: Wire) -> None:
    for date_type in ("Issue", "Invoicing"):
        found = seller.post("/invoices/query/metadata", filters(date_type=date_type)).json
        assert found["permanentStorageHwmDate"] is None


def test_reading_on_from_the_mark_loses_nothing(session: Session, control: Control) -> None:
    """Windows that touch each other, as a client reads them, bring every invoice."""
    control.delays(hwm_lag_seconds=0.3, storage_seconds=0.1)
    since, seen = moment(hours=1), set()
    for number in range(6):
        session.send(invoice(f"{number}"))
        body = filters(since=since, restrict=True)
        page = session.wire.post("/invoices/query/metadata", body).json
        seen.update(item["invoiceNumber"] for item in page["invoices"])
        since = page["permanentStorageHwmDate"]
    control.shift_clock(10)
    body = filters(since=since, restrict=True)
    page = session.wire.post("/invoices/query/metadata", body).json
    seen.update(item["invoiceNumber"] for item in page["invoices"])
    assert seen == {str(number) for number in range(6)}


# Exports.


def export(wire: Wire, crypto: SessionCrypto, **body: Any) -> dict[str, Any]:
    """Ordered and waited for; the whole description."""
    ordered = wire.post("/invoices/exports", export_body(wire, crypto, **body))
    assert ordered.status == 201, ordered.content
    path = f"/invoices/exports/{ordered.json['referenceNumber']}"
    return await_status(lambda: wire.get(path).json)


def export_body(wire: Wire, crypto: SessionCrypto, **body: Any) -> dict[str, Any]:
    return {"encryption": crypto.encryption(wire), "filters": filters(), **body}


def unpacked(package: dict[str, Any], crypto: SessionCrypto) -> bytes:
    """Checks every hash and size on the way."""
    plain = b""
    for part in package["parts"]:
        answer = fetch(part["url"], method=part["method"])
        assert answer.headers["x-ms-meta-hash"] == part["encryptedPartHash"]
        assert sha256(answer.content) == part["encryptedPartHash"]
        assert len(answer.content) == part["encryptedPartSize"]
        piece = crypto.decrypt(answer.content)
        assert (sha256(piece), len(piece)) == (part["partHash"], part["partSize"])
        plain += piece
    assert len(plain) == package["size"]
    return plain


def test_export_package_holds_documents_and_metadata(session: Session) -> None:
    xml = invoice()
    number = session.send_and_wait(xml)["ksefNumber"]
    crypto = SessionCrypto()
    package = export(session.wire, crypto)["package"]
    with zipfile.ZipFile(io.BytesIO(unpacked(package, crypto))) as archive:
        assert archive.read(f"{number}.xml") == xml
        listed = json.loads(archive.read("_metadata.json"))["invoices"]
    assert [item["ksefNumber"] for item in listed] == [number]
    assert (package["invoiceCount"], package["isTruncated"]) == (1, False)
    assert package["parts"][0]["partName"].endswith("-001.zip.aes")


def test_export_packs_as_tar_when_asked(session: Session) -> None:
    number = session.send_and_wait(invoice())["ksefNumber"]
    crypto = SessionCrypto()
    package = export(session.wire, crypto, compressionType="TarGz")["package"]
    with tarfile.open(fileobj=io.BytesIO(unpacked(package, crypto))) as archive:
        assert archive.getnames() == [f"{number}.xml", "_metadata.json"]


def test_export_of_metadata_leaves_documents_out(session: Session) -> None:
    session.send_and_wait(invoice())
    crypto = SessionCrypto()
    package = export(session.wire, crypto, onlyMetadata=True)["package"]
    with zipfile.ZipFile(io.BytesIO(unpacked(package, crypto))) as archive:
        assert archive.namelist() == ["_metadata.json"]


def test_truncated_export_says_where_to_go_on(session: Session, control: Control) -> None:
    for number in range(3):
        session.send_and_wait(invoice(f"{number}"))
    control.fault("record-limit", "export", limit=2)
    package = export(session.wire, SessionCrypto())["package"]
    assert (package["invoiceCount"], package["isTruncated"]) == (2, True)
    rest = export(
        session.wire, SessionCrypto(), filters=filters(since=package["lastPermanentStorageDate"])
    )
    assert rest["package"]["invoiceCount"] == 2
    assert rest["package"]["lastPermanentStorageDate"] is None


def test_export_shows_progress_first(seller: Wire) -> None:
    ordered = seller.post("/invoices/exports", export_body(seller, SessionCrypto()))
    path = f"/invoices/exports/{ordered.json['referenceNumber']}"
    first = seller.get(path).json
    assert (first["status"]["code"], "package" in first) == (100, False)


def test_export_with_an_undecipherable_key_fails_later(seller: Wire) -> None:
    encryption = SessionCrypto().encryption(seller)
    encryption["encryptedSymmetricKey"] = b64encode(bytes(512)).decode()
    assert export(seller, SessionCrypto(), encryption=encryption)["status"]["code"] == 415


def test_export_from_beyond_the_mark_fails_later(seller: Wire, control: Control) -> None:
    control.delays(hwm_lag_seconds=60)
    wanted = filters(since=moment(seconds=30), restrict=True)
    assert export(seller, SessionCrypto(), filters=wanted)["status"]["code"] == 420


def test_eleventh_running_export_is_refused(seller: Wire, control: Control) -> None:
    control.delays(processing_seconds=30)
    body = export_body(seller, SessionCrypto())
    assert [seller.post("/invoices/exports", body).status for _ in range(10)] == [201] * 10
    assert seller.post("/invoices/exports", body).codes == [21182]


def test_export_grows_old_and_goes(wire: Wire, seller: Wire, control: Control) -> None:
    ordered = seller.post("/invoices/exports", export_body(seller, SessionCrypto()))
    path = f"/invoices/exports/{ordered.json['referenceNumber']}"
    package = await_status(lambda: seller.get(path).json)["package"]
    control.shift_clock(3601)
    assert fetch(package["parts"][0]["url"]).status == 403
    control.shift_clock(3 * 86400)
    later = wire.login_with_token(SELLER, control.token(SELLER))
    assert later.get(path).json["status"]["code"] == 210
    control.shift_clock(4 * 86400)
    assert wire.login_with_token(SELLER, control.token(SELLER)).get(path).status == 410


def test_export_of_another_company_is_unknown(seller: Wire, buyer: Wire) -> None:
    ordered = seller.post("/invoices/exports", export_body(seller, SessionCrypto()))
    path = f"/invoices/exports/{ordered.json['referenceNumber']}"
    assert buyer.get(path).codes == [21175]


def test_export_link_with_a_token_is_refused(seller: Wire) -> None:
    url = export(seller, SessionCrypto())["package"]["parts"][0]["url"]
    assert fetch(url, headers={"Authorization": f"Bearer {seller.bearer}"}).status == 403
