"""Batch sessions of the simulator: packages, parts, and what is wrong with them."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from invoices import invoice, today
from packages import BLOB, Package, open_batch, package, send_batch, tarred, zipped
from wire import SELLER, Wire, fetch, sha256

from simulator.panel import Control


def documents(count: int = 3) -> dict[str, bytes]:
    return {f"{number}.xml": invoice(f"B/{number}") for number in range(count)}


@pytest.mark.parametrize(("make", "kind"), [(zipped, "Zip"), (tarred, "TarGz")])
@pytest.mark.parametrize("count", [1, 3])
def test_batch_of_either_kind_is_judged(
    seller: Wire, control: Control, make: Any, kind: str, count: int
) -> None:
    session = send_batch(seller, package(make(documents()), count=count), compressionType=kind)
    assert seller.get(session.path).json["status"]["code"] == 150
    final = session.final_status()
    assert (final["status"]["code"], final["successfulInvoiceCount"]) == (200, 3)
    found = {item["invoiceFileName"]: item["invoiceHash"] for item in session.invoices()}
    assert found == {name: sha256(xml) for name, xml in documents().items()}
    assert len(control.accepted_documents()) == 3


def test_documents_of_a_batch_are_judged_one_by_one(seller: Wire) -> None:
    mixed = {"ok.xml": invoice("B/1"), "bad.xml": b"<x/>", "again.xml": invoice("B/1", item="x")}
    session = send_batch(seller, package(zipped(mixed)))
    final = session.final_status()
    assert (final["successfulInvoiceCount"], final["failedInvoiceCount"]) == (1, 2)
    codes = {item["invoiceFileName"]: item["status"]["code"] for item in session.invoices()}
    assert codes == {"ok.xml": 200, "bad.xml": 450, "again.xml": 440}


def test_batch_of_refused_documents_fails(seller: Wire) -> None:
    session = send_batch(seller, package(zipped({"bad.xml": b"<x/>"})))
    assert session.final_status()["status"]["code"] == 445


def test_empty_batch_is_cancelled(seller: Wire) -> None:
    status = send_batch(seller, package(zipped({}))).final_status()["status"]
    assert (status["code"], status["details"]) == (440, ["Nie przesłano faktur"])


def test_batch_counts_as_sent_when_it_was_opened(
    wire: Wire, seller: Wire, control: Control
) -> None:
    """Opened a second before midnight, uploaded after it: the day is that of the opening."""
    control.set_clock("2027-10-03T21:59:50Z")
    evening = wire.login_with_token(SELLER, control.token(SELLER))
    packed = package(zipped({"a.xml": invoice("B/1", issued_on="2027-10-03")}))
    session = open_batch(evening, packed.body(evening))
    control.shift_clock(60)
    session.upload_all(packed)
    session.close()
    session.final_status()
    assert session.invoices()[0]["invoicingMode"] == "Online"


def test_offline_is_declared_for_the_whole_batch(seller: Wire) -> None:
    packed = package(zipped(documents(1)))
    session = open_batch(seller, {**packed.body(seller), "offlineMode": True})
    session.upload_all(packed)
    session.close()
    session.final_status()
    assert session.invoices()[0]["invoicingMode"] == "Offline"


def test_attachment_needs_consent(seller: Wire) -> None:
    packed = package(zipped({"a.xml": invoice("B/1", has_attachment=True)}))
    session = send_batch(seller, packed)
    session.final_status()
    status = session.invoices()[0]["status"]
    assert status["code"] == 410
    assert "nie posiada zgody" in status["details"][0]
    assert seller.post("/testdata/attachment", {"nip": SELLER}).status == 200
    again = send_batch(seller, packed)
    assert again.final_status()["status"]["code"] == 200


def test_attachment_makes_room_up_to_three_million_bytes(seller: Wire) -> None:
    seller.post("/testdata/attachment", {"nip": SELLER})
    xml = invoice("B/1", has_attachment=True)
    codes = []
    for size in (3_000_001, 3_000_000):
        padded = xml.replace(b"</Faktura>", b"</Faktura>" + b" " * (size - len(xml)))
        session = send_batch(seller, package(zipped({"a.xml": padded})))
        session.final_status()
        codes.append(session.invoices()[0]["status"]["code"])
    assert codes == [430, 200]


# Check 25: the package.


def declared(seller: Wire, parts: list[dict[str, Any]], size: int = 100) -> list[int]:
    packed = package(b"x" * 100)
    body = packed.body(seller, fileParts=parts, fileSize=size)
    return seller.post("/sessions/batch", body).codes


def part(number: int, size: int = 112) -> dict[str, Any]:
    return {"ordinalNumber": number, "fileSize": size, "fileHash": sha256(b"")}


def test_number_and_size_of_parts_have_limits(seller: Wire) -> None:
    assert declared(seller, [part(n) for n in range(1, 52)]) == [21161]
    assert declared(seller, [part(1, 100_000_017)]) == [21157]
    assert declared(seller, []) == [21405]
    assert declared(seller, [part(0)]) == [21405]
    assert declared(seller, [part(1), part(3)]) == [21405]
    assert declared(seller, [part(1), part(1)]) == [21405]
    assert declared(seller, [part(1)], size=5_000_000_001) == [21405]


def test_missing_part_keeps_the_session_open(seller: Wire) -> None:
    packed = package(zipped(documents()), count=2)
    session = open_batch(seller, packed.body(seller))
    session.upload(1, packed.parts[0])
    refused = session.close()
    assert refused.codes == [21205]
    assert "'2'" in refused.details
    session.upload(2, packed.parts[1])
    assert session.close().status == 204
    assert session.final_status()["status"]["code"] == 200


def test_part_of_another_size_is_refused_at_closing(seller: Wire) -> None:
    packed = package(zipped(documents()))
    session = open_batch(seller, packed.body(seller))
    session.upload(1, packed.parts[0] + bytes(16))
    assert session.close().codes == [21157]


def final_code(seller: Wire, packed: Package, sent: Package, **batch_file: Any) -> int:
    """Declares one package and uploads another."""
    session = open_batch(seller, packed.body(seller, **batch_file))
    session.upload_all(sent)
    assert session.close().status == 204
    return int(session.final_status()["status"]["code"])


def test_part_with_another_hash_fails(seller: Wire) -> None:
    packed = package(zipped(documents()))
    changed = dataclasses.replace(packed, parts=(packed.parts[0][::-1],))
    assert final_code(seller, packed, changed) == 405


def test_archive_with_another_hash_or_size_fails(seller: Wire) -> None:
    packed = package(zipped(documents()))
    assert final_code(seller, packed, packed, fileHash=sha256(b"another")) == 405
    assert final_code(seller, packed, packed, fileSize=len(packed.archive) + 1) == 405


def test_part_under_another_key_fails(seller: Wire) -> None:
    packed = package(zipped(documents()))
    broken = dataclasses.replace(packed, parts=(bytes(33),))
    assert final_code(seller, broken, broken) == 435


def test_archive_of_another_kind_fails(seller: Wire) -> None:
    packed = package(tarred(documents()))
    assert final_code(seller, packed, packed, compressionType="Zip") == 430
    packed = package(zipped(documents()))
    assert final_code(seller, packed, packed, compressionType="TarGz") == 430


def test_broken_archive_fails(seller: Wire) -> None:
    packed = package(zipped(documents())[:-30])
    assert final_code(seller, packed, packed) == 430


def test_undecipherable_key_fails_the_batch(seller: Wire) -> None:
    packed = package(zipped(documents()))
    body = packed.body(seller)
    body["encryption"]["encryptedSymmetricKey"] = "AAAA"
    session = open_batch(seller, body)
    codes = [seller.get(session.path).json["status"]["code"] for _ in range(2)]
    assert codes == [100, 415]


def test_too_many_documents_fail_the_batch(seller: Wire, control: Control) -> None:
    limits = {"maxInvoiceSizeInMB": 1, "maxInvoiceWithAttachmentSizeInMB": 3, "maxInvoices": 2}
    body = {
        "onlineSession": limits,
        "batchSession": limits,
        "collectiveIdentifier": {"maxInvoices": 2},
    }
    seller.post("/testdata/limits/context/session", body)
    session = send_batch(seller, package(zipped(documents(3))))
    assert session.final_status()["status"]["code"] == 420
    assert control.documents() == []


def test_upload_time_is_twenty_minutes_for_each_part(
    seller: Wire, wire: Wire, control: Control
) -> None:
    packed = package(zipped(documents()), count=2)
    session = open_batch(seller, packed.body(seller))
    control.shift_clock(2 * 20 * 60 - 10)
    assert session.upload(1, packed.parts[0]).status == 201
    control.shift_clock(20)
    assert session.upload(2, packed.parts[1]).status == 403
    later = wire.login_with_token(SELLER, control.token(SELLER))
    late = dataclasses.replace(session, wire=later)
    assert late.close().codes == [21208]
    status = late.final_status()["status"]
    assert (status["code"], status["details"]) == (440, ["Przekroczono czas wysyłki"])


def test_batch_is_closed_once(seller: Wire) -> None:
    session = send_batch(seller, package(zipped(documents(1))))
    assert session.close().codes == [21180]


def test_upload_with_a_token_is_refused(seller: Wire) -> None:
    packed = package(zipped(documents()))
    session = open_batch(seller, packed.body(seller))
    headers = {**BLOB, "Authorization": f"Bearer {seller.bearer}"}
    assert session.upload(1, packed.parts[0], headers).status == 403


def test_upload_without_the_blob_header_is_refused(seller: Wire) -> None:
    packed = package(zipped(documents()))
    session = open_batch(seller, packed.body(seller))
    refused = session.upload(1, packed.parts[0], {})
    assert refused.status == 400
    assert refused.headers["x-ms-error-code"] == "MissingRequiredHeader"


def test_upload_to_a_changed_link_is_refused(seller: Wire) -> None:
    packed = package(zipped(documents()))
    session = open_batch(seller, packed.body(seller))
    url = session.uploads[0]["url"].replace("/1?", "/2?")
    assert fetch(url, method="PUT", body=b"x", headers=BLOB).status == 403


def test_batch_takes_no_invoices_online(seller: Wire) -> None:
    session = open_batch(seller, package(zipped(documents())).body(seller))
    assert seller.post(f"/sessions/online/{session.reference}/close").codes == [21173]


def test_refused_invoice_of_a_batch_is_corrected_online(seller: Wire) -> None:
    refused = invoice("B/1", issued_on=today(1))
    send_batch(seller, package(zipped({"a.xml": refused}))).final_status()
    corrected = seller.open_session().send_and_wait(
        invoice("B/1"), offlineMode=True, hashOfCorrectedInvoice=sha256(refused)
    )
    assert corrected["status"]["code"] == 200
