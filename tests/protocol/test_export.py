"""Export packages: ordered, checked, unpacked, read on from."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from itertools import pairwise
from pathlib import Path

import pytest
from company import log_in, now, send
from hypothesis import given
from hypothesis import strategies as st
from invoices import invoice
from scripted_server import answer, raw, scripted
from wire import BUYER

from ksef import export
from ksef.archive import Compression, PackedFile, write_archive
from ksef.client import Client
from ksef.codes import Outcome
from ksef.crypto import SessionKey, hash_base64
from ksef.environment import local
from ksef.errors import BadAnswer, NoAnswer, Refused, Unavailable
from ksef.export import (
    Cursor,
    ExportStatus,
    Package,
    PackagePart,
    read_package,
    read_package_metadata,
)
from ksef.query import InvoiceFilter, MetadataPage, Role
from ksef.wire import Fields
from simulator.panel import RunningSimulator

UTC = timezone.utc
START = datetime(2026, 1, 1, tzinfo=UTC)
KEY = SessionKey(key=bytes(range(32)), initialization_vector=bytes(range(16)))
CONTENT = bytes(range(256)) * 1000
both = pytest.mark.parametrize("compression", list(Compression))


def part_of(content: bytes, url: str = "", number: int = 1) -> PackagePart:
    encrypted = KEY.encrypt(content)
    return PackagePart(
        ordinal_number=number,
        url=url,
        size=len(content),
        hash=hash_base64(content),
        encrypted_size=len(encrypted),
        encrypted_hash=hash_base64(encrypted),
        valid_until=None,
    )


def package_of(*parts: PackagePart, **values: object) -> Package:
    package = Package(
        invoice_count=1,
        parts=parts,
        is_truncated=False,
        compression=Compression.ZIP,
        last_stored_at=None,
        high_water_mark=None,
    )
    return replace(package, **values)  # type: ignore[arg-type]


def finished(client: Client, reference: str) -> ExportStatus:
    for _ in range(200):
        status = client.export_status(reference)
        if status.outcome is not Outcome.PENDING:
            return status
    raise AssertionError("an export without end")


@both
def test_package_holds_the_invoices_byte_for_byte(
    simulator: RunningSimulator, tmp_path: Path, compression: Compression
) -> None:
    documents = [invoice(f"FV/{number}") for number in range(5)]
    with log_in(simulator) as seller:
        sent = send(seller, *documents)
    cursor = Cursor(role=Role.BUYER, read_until=now() - timedelta(hours=1))
    with log_in(simulator, BUYER) as client:
        filters = cursor.filter(now=now())
        reference = client.order_export(filters, KEY, compression=compression, now=now())
        package = finished(client, reference).package
        assert package is not None
        client.download_package(package, KEY, tmp_path / "package")
    assert (package.compression, package.invoice_count) == (compression, 5)
    found = list(read_package(tmp_path / "package", package.compression))
    assert {each.ksef_number: each.content for each in found} == {
        status.ksef_number: document for status, document in zip(sent, documents, strict=True)
    }
    metadata = read_package_metadata(tmp_path / "package", package.compression)
    assert {each.ksef_number for each in metadata} == {each.ksef_number for each in found}
    assert cursor.after(package, filters).read_until == package.high_water_mark


def test_reading_goes_on_where_it_was(simulator: RunningSimulator, tmp_path: Path) -> None:
    cursor = Cursor(role=Role.SELLER, read_until=now() - timedelta(hours=1))
    seen: set[str] = set()
    with log_in(simulator) as client:
        for number in range(3):
            send(client, invoice(f"FV/{number}"))
            filters = cursor.filter(now=now())
            reference = client.order_export(filters, KEY, now=now())
            package = finished(client, reference).package
            assert package is not None
            client.download_package(package, KEY, tmp_path / "package")
            found = read_package(tmp_path / "package", package.compression)
            seen.update(each.ksef_number for each in found)
            cursor = cursor.after(package, filters)
    assert len(seen) == 3


def test_truncated_packages_bring_every_invoice(
    simulator: RunningSimulator, tmp_path: Path
) -> None:
    cursor = Cursor(role=Role.SELLER, read_until=now() - timedelta(hours=1))
    seen: list[str] = []
    with log_in(simulator) as client:
        for number in range(7):
            send(client, invoice(f"FV/{number}"))
        simulator.control.fault("record-limit", operation="export", times=None, limit=3)
        is_truncated = True
        while is_truncated:
            filters = cursor.filter(now=now())
            package = finished(client, client.order_export(filters, KEY, now=now())).package
            assert package is not None
            client.download_package(package, KEY, tmp_path / "package")
            found = read_package(tmp_path / "package", package.compression)
            seen += [each.ksef_number for each in found]
            cursor, is_truncated = cursor.after(package, filters), package.is_truncated
    assert len(set(seen)) == 7
    assert len(seen) > 7  # the last of a window is the first of the next


def test_strange_export_is_refused(simulator: RunningSimulator) -> None:
    with log_in(simulator) as client, pytest.raises(Refused) as caught:
        client.export_status("20260302-EH-2C3E6C8000-B675CF5D68-07")
    assert caught.value.code == 21175


def test_parts_are_put_together_in_order(tmp_path: Path) -> None:
    replies = [answer(body=KEY.encrypt(CONTENT)), answer(body=KEY.encrypt(b"end"))]
    with scripted(*replies) as server, Client(local(server.url), access_token="t") as client:
        package = package_of(part_of(CONTENT, server.url), part_of(b"end", server.url, 2))
        client.download_package(package, KEY, tmp_path / "package")
        assert b"Authorization" not in server.requests[0]
    assert (tmp_path / "package").read_bytes() == CONTENT + b"end"


@pytest.mark.parametrize(
    "change",
    [
        {"encrypted_hash": hash_base64(b"other")},
        {"hash": hash_base64(b"other")},
        {"size": 1},
        {"encrypted_size": 10},
        {"encrypted_size": 200_000_000},
    ],
)
def test_part_that_is_not_as_announced_is_refused(
    tmp_path: Path, change: dict[str, object]
) -> None:
    with scripted(answer(body=KEY.encrypt(CONTENT))) as server:
        part = replace(part_of(CONTENT, server.url), **change)  # type: ignore[arg-type]
        with Client(local(server.url)) as client, pytest.raises(BadAnswer):
            client.download_package(package_of(part), KEY, tmp_path / "package")


def test_part_of_another_key_is_refused(tmp_path: Path) -> None:
    with scripted(answer(body=KEY.encrypt(CONTENT))) as server:
        package = package_of(part_of(CONTENT, server.url))
        other = replace(KEY, key=bytes(32))
        with Client(local(server.url)) as client, pytest.raises(BadAnswer):
            client.download_package(package, other, tmp_path / "package")


def test_part_that_breaks_off_is_no_answer(tmp_path: Path) -> None:
    with scripted(raw(b"HTTP/1.1 200 OK\r\nContent-Length: 256016\r\n\r\nabc")) as server:
        package = package_of(part_of(CONTENT, server.url))
        with Client(local(server.url)) as client, pytest.raises(NoAnswer):
            client.download_package(package, KEY, tmp_path / "package")


@pytest.mark.parametrize(
    ("status", "error"), [("403 Forbidden", Refused), ("500 Error", Unavailable)]
)
def test_expired_link_is_told(tmp_path: Path, status: str, error: type[Exception]) -> None:
    with scripted(answer(status, b"<Error/>")) as server:
        package = package_of(part_of(CONTENT, server.url))
        with Client(local(server.url)) as client, pytest.raises(error):
            client.download_package(package, KEY, tmp_path / "package")


def test_package_beyond_all_limits_is_not_even_begun(tmp_path: Path) -> None:
    part = replace(part_of(b""), size=export.MAX_PACKAGE_SIZE + 1)
    with Client(local("http://127.0.0.1:9")) as client, pytest.raises(BadAnswer):
        client.download_package(package_of(part), KEY, tmp_path / "package")


def test_link_to_elsewhere_is_not_followed(tmp_path: Path) -> None:
    part = part_of(CONTENT, "http://192.0.2.1/part")
    with Client(local("http://127.0.0.1:9")) as client, pytest.raises(BadAnswer):
        client.download_package(package_of(part), KEY, tmp_path / "package")


def test_other_files_of_a_package_are_left_alone(tmp_path: Path) -> None:
    number = "5555555555-20260302-010080615740-E4"
    files = [
        PackedFile(name="readme.txt", content=b""),
        PackedFile(name=f"{number}.xml", content=b"<x/>"),
    ]
    write_archive(tmp_path / "package", files, Compression.ZIP)
    [found] = read_package(tmp_path / "package", Compression.ZIP)
    assert (found.ksef_number, found.content) == (number, b"<x/>")
    with pytest.raises(BadAnswer):
        read_package_metadata(tmp_path / "package", Compression.ZIP)


@pytest.mark.parametrize("content", [b"[]", b"{", b'{"invoices":[1]}', b'{"invoices":1}'])
def test_bad_metadata_are_told(tmp_path: Path, content: bytes) -> None:
    files = [PackedFile(name="_metadata.json", content=content)]
    write_archive(tmp_path / "package", files, Compression.ZIP)
    with pytest.raises(BadAnswer):
        read_package_metadata(tmp_path / "package", Compression.ZIP)


def test_package_of_the_older_contract_is_a_zip() -> None:
    values: dict[str, object] = {"invoiceCount": 0, "parts": [], "isTruncated": False}
    assert Package.from_json(Fields(values)).compression is Compression.ZIP
    with pytest.raises(BadAnswer):
        Package.from_json(Fields({**values, "compressionType": "Rar"}))


def metadata_page(**values: object) -> MetadataPage:
    page = MetadataPage(listed=(), has_more=False, is_truncated=False, high_water_mark=None)
    return replace(page, **values)  # type: ignore[arg-type]


CURSOR = Cursor(role=Role.BUYER, read_until=START)
SOON = CURSOR.filter(now=START + timedelta(days=1))


def test_cursor_asks_for_what_is_final() -> None:
    expected = InvoiceFilter(role=Role.BUYER, from_at=START, is_final_only=True)
    assert expected == SOON


def test_cursor_of_a_truncated_package_stops_at_its_last_invoice() -> None:
    last, mark = START + timedelta(hours=1), START + timedelta(hours=2)
    package = package_of(is_truncated=True, last_stored_at=last, high_water_mark=mark)
    assert CURSOR.after(package, SOON).read_until == last
    assert CURSOR.after(replace(package, is_truncated=False), SOON).read_until == mark


def test_cursor_stays_where_nothing_is_known() -> None:
    assert CURSOR.after(package_of(), SOON) == CURSOR
    assert CURSOR.after(metadata_page(is_truncated=True), SOON) == CURSOR


def test_cursor_of_long_ago_leaves_no_gap() -> None:
    today = START + timedelta(days=250)
    cursor, ranges = CURSOR, []
    while cursor.read_until < today:
        filters = cursor.filter(now=today)
        ranges.append((filters.from_at, filters.to_at or today))
        cursor = cursor.after(package_of(high_water_mark=today), filters)
    assert [(to - begin).days for begin, to in ranges] == [100, 100, 50]
    assert all(before[1] == after[0] for before, after in pairwise(ranges))


@given(st.timedeltas(timedelta(days=-9), timedelta(days=9)), st.booleans())
def test_cursor_never_goes_back(step: timedelta, is_truncated: bool) -> None:
    package = package_of(
        is_truncated=is_truncated, last_stored_at=START + step, high_water_mark=START + step
    )
    moved = CURSOR.after(package, SOON)
    assert moved.read_until == max(START, START + step)
    assert moved.role is Role.BUYER
    assert CURSOR.after(metadata_page(high_water_mark=START + step), SOON) == moved
