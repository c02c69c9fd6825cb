"""Batches: packed, cut, encrypted and sent with flat memory."""

from __future__ import annotations

import os
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from company import log_in, now
from hypothesis import given
from hypothesis import strategies as st
from invoices import invoice, today
from scripted_server import answer, draining, scripted

from ksef.archive import Compression, PackedFile, read_archive
from ksef.batch import (
    MAX_PARTS,
    Batch,
    OpenedBatch,
    PartUpload,
    measure_batch,
    pack_batch,
    split,
)
from ksef.client import Client
from ksef.codes import Outcome
from ksef.crypto import SessionKey, hash_base64
from ksef.environment import local
from ksef.errors import BadAnswer, NoAnswer, Refused, Unavailable
from ksef.messages import InvoiceStatus
from ksef.upo import read_upo
from ksef.wire import Fields
from simulator.panel import RunningSimulator

KEY = SessionKey(key=bytes(range(32)), initialization_vector=bytes(range(16)))
both = pytest.mark.parametrize("compression", list(Compression))


def documents(count: int) -> list[PackedFile]:
    return [PackedFile(name=f"{n}.xml", content=invoice(f"FV/{n}")) for n in range(count)]


def batch_of(tmp_path: Path, count: int = 3, **options: object) -> Batch:
    return pack_batch(tmp_path / "batch", documents(count), KEY, **options)  # type: ignore[arg-type]


def finished(client: Client, session: str) -> list[InvoiceStatus]:
    """The invoices of a closed session once it is judged."""
    for _ in range(200):
        if client.session_status(session).outcome is not Outcome.PENDING:
            return list(client.session_invoices(session))
    raise AssertionError("a session without end")


@both
def test_batch_is_sent_in_parts(
    simulator: RunningSimulator, tmp_path: Path, compression: Compression
) -> None:
    batch = batch_of(tmp_path, 12, compression=compression, part_size=300)
    assert len(batch.parts) > 1
    with log_in(simulator) as client:
        opened = client.open_batch_session(batch, KEY, now=now())
        for upload in reversed(opened.uploads):
            client.upload_part(upload, batch, KEY)
        client.close_batch_session(opened.reference_number)
        statuses = finished(client, opened.reference_number)
        status = client.session_status(opened.reference_number)
        [page] = status.upo_pages
        upo = read_upo(client.download_upo(page.download_url).content)
    hashes = {hash_base64(each.content): each.name for each in documents(12)}
    assert {each.invoice_hash: each.invoice_file_name for each in statuses} == hashes
    assert all(each.outcome is Outcome.ACCEPTED for each in statuses)
    assert {entry.invoice_hash for entry in upo.entries} == set(hashes)


def test_bad_invoice_does_not_spoil_the_batch(simulator: RunningSimulator, tmp_path: Path) -> None:
    bad = PackedFile(name="bad.xml", content=invoice("FV/X", issued_on=today(5)))
    batch = pack_batch(tmp_path / "batch", [*documents(2), bad], KEY)
    with log_in(simulator) as client:
        opened = client.open_batch_session(batch, KEY, now=now())
        client.upload_part(opened.uploads[0], batch, KEY)
        client.close_batch_session(opened.reference_number)
        statuses = finished(client, opened.reference_number)
        status = client.session_status(opened.reference_number)
    refused = [each for each in statuses if each.outcome is Outcome.REFUSED]
    assert [each.invoice_file_name for each in refused] == ["bad.xml"]
    assert (status.successful_invoice_count, status.failed_invoice_count) == (2, 1)


def test_offline_batch_holds_offline_invoices(simulator: RunningSimulator, tmp_path: Path) -> None:
    batch = batch_of(tmp_path)
    with log_in(simulator) as client:
        opened = client.open_batch_session(batch, KEY, offline=True, now=now())
        client.upload_part(opened.uploads[0], batch, KEY)
        client.close_batch_session(opened.reference_number)
        statuses = finished(client, opened.reference_number)
    assert {each.invoicing_mode for each in statuses} == {"Offline"}


def test_another_process_goes_on_with_the_upload(
    simulator: RunningSimulator, tmp_path: Path
) -> None:
    batch = batch_of(tmp_path, 6, part_size=1000)
    with log_in(simulator) as client:
        opened = client.open_batch_session(batch, KEY, now=now())
        client.upload_part(opened.uploads[0], batch, KEY)
        resumed = measure_batch(batch.path, KEY, compression=batch.compression, part_size=1000)
        assert resumed == batch
        for upload in opened.uploads:  # the first one twice
            client.upload_part(upload, resumed, KEY)
        client.close_batch_session(opened.reference_number)
        assert len(finished(client, opened.reference_number)) == 6


def test_missing_part_keeps_the_session_open(simulator: RunningSimulator, tmp_path: Path) -> None:
    batch = batch_of(tmp_path, 6, part_size=1000)
    with log_in(simulator) as client:
        opened = client.open_batch_session(batch, KEY, now=now())
        client.upload_part(opened.uploads[0], batch, KEY)
        with pytest.raises(Refused) as caught:
            client.close_batch_session(opened.reference_number)
    assert caught.value.code == 21205


def test_batch_of_another_key_is_refused_by_the_session(
    simulator: RunningSimulator, tmp_path: Path
) -> None:
    batch = batch_of(tmp_path)
    with log_in(simulator) as client:
        opened = client.open_batch_session(batch, replace(KEY, key=bytes(32)), now=now())
        client.upload_part(opened.uploads[0], batch, KEY)
        client.close_batch_session(opened.reference_number)
        finished(client, opened.reference_number)
        status = client.session_status(opened.reference_number)
    assert (status.outcome, status.status.code) == (Outcome.REFUSED, 435)


@given(st.integers(1, 10_000), st.integers(1, 3_000))
def test_parts_make_the_whole_and_none_is_empty(size: int, part_size: int) -> None:
    parts = split(size, part_size)
    assert [offset for offset, _ in parts] == [n * part_size for n in range(len(parts))]
    assert sum(length for _, length in parts) == size
    assert all(0 < length <= part_size for _, length in parts)


@both
def test_parts_are_stretches_of_the_archive(tmp_path: Path, compression: Compression) -> None:
    batch = batch_of(tmp_path, 5, compression=compression, part_size=777)
    content = batch.path.read_bytes()
    assert (batch.size, batch.hash) == (len(content), hash_base64(content))
    for part in batch.parts:
        encrypted = KEY.encrypt(content[part.offset : part.offset + part.size])
        assert part.encrypted_hash == hash_base64(encrypted)
        assert part.encrypted_size == len(encrypted)
    assert list(read_archive(batch.path, compression)) == documents(5)


def test_batch_without_documents_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="0 documents"):
        pack_batch(tmp_path / "batch", [], KEY)


def test_batch_of_too_many_documents_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ksef.batch.MAX_INVOICES", 2)
    with pytest.raises(ValueError, match="3 documents"):
        batch_of(tmp_path, 3)


def test_batch_of_too_many_parts_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "archive"
    path.write_bytes(bytes(MAX_PARTS * 10))
    assert len(measure_batch(path, KEY, compression=Compression.ZIP, part_size=10).parts) == 50
    path.write_bytes(bytes(MAX_PARTS * 10 + 1))
    with pytest.raises(ValueError, match="too large"):
        measure_batch(path, KEY, compression=Compression.ZIP, part_size=10)


def test_archive_that_shrank_is_noticed(tmp_path: Path) -> None:
    batch = batch_of(tmp_path)
    batch.path.write_bytes(b"short")
    with (
        scripted(answer("201 Created", b"")) as server,
        Client(local(server.url), timeout=2) as client,
        pytest.raises(NoAnswer),
    ):
        client.upload_part(upload_to(server.url), batch, KEY)


def upload_to(url: str, method: str = "PUT", number: int = 1) -> PartUpload:
    return PartUpload(
        ordinal_number=number,
        method=method,
        url=f"{url}/part?sig=secret",
        headers={"x-ms-blob-type": "BlockBlob"},
    )


def test_upload_bears_the_headers_of_the_link_and_no_token(tmp_path: Path) -> None:
    batch = batch_of(tmp_path)
    with scripted(answer("201 Created", b"")) as server:
        with Client(local(server.url), access_token="secret-token") as client:
            client.upload_part(upload_to(server.url), batch, KEY)
        head, _, body = server.requests[0].partition(b"\r\n\r\n")
    assert head.startswith(b"PUT /part?sig=secret HTTP/1.1")
    assert b"x-ms-blob-type: BlockBlob" in head
    assert b"Authorization" not in head
    assert b"secret-token" not in head
    assert hash_base64(body) == batch.parts[0].encrypted_hash


def test_links_do_not_show() -> None:
    assert "secret" not in repr(upload_to("http://127.0.0.1"))


@pytest.mark.parametrize(
    "upload",
    [
        upload_to("http://127.0.0.1:9", method="DELETE"),
        upload_to("http://127.0.0.1:9", number=2),
        upload_to("http://192.0.2.1:9"),
        upload_to("https://storage.example.com"),
    ],
    ids=["method", "part", "host", "other host"],
)
def test_strange_upload_is_not_made(tmp_path: Path, upload: PartUpload) -> None:
    with Client(local("http://127.0.0.1:9")) as client, pytest.raises(BadAnswer):
        client.upload_part(upload, batch_of(tmp_path), KEY)


@pytest.mark.parametrize(
    ("status", "error"), [("403 Forbidden", Refused), ("503 Busy", Unavailable)]
)
def test_refused_upload_is_told(tmp_path: Path, status: str, error: type[Exception]) -> None:
    batch = batch_of(tmp_path)
    with (
        scripted(answer(status, b"<Error/>")) as server,
        Client(local(server.url)) as client,
        pytest.raises(error),
    ):
        client.upload_part(upload_to(server.url), batch, KEY)


def test_odd_headers_of_a_link_are_left_out() -> None:
    link = {"ordinalNumber": 1, "method": "PUT", "url": "https://x", "headers": {"a": None}}
    opened = OpenedBatch.from_json(Fields({"referenceNumber": "r", "partUploadRequests": [link]}))
    assert opened.uploads[0].headers == {}


def many(count: int) -> Iterator[PackedFile]:
    """Documents of four kilobytes that do not compress."""
    for number in range(count):
        yield PackedFile(name=f"{number}.xml", content=os.urandom(4000))


def peak_of(work: Callable[[], object]) -> int:
    """The most bytes that Python held for a piece of work."""
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@both
def test_memory_of_packing_stays_flat(tmp_path: Path, compression: Compression) -> None:
    """Four times the invoices, the same memory: nothing is held but the piece at hand."""

    def pack(count: int) -> None:
        pack_batch(tmp_path / str(count), many(count), KEY, compression=compression)

    pack(1)
    growth = peak_of(partial(pack, 1200)) - peak_of(partial(pack, 300))
    assert growth < 1_000_000


def test_memory_of_uploading_stays_flat(tmp_path: Path) -> None:
    """Ten times the bytes, the same memory: they go out as they are encrypted."""

    def upload(size: int) -> None:
        path = tmp_path / "archive"
        with path.open("wb") as archive:
            archive.truncate(size)
        batch = measure_batch(path, KEY, compression=Compression.ZIP)
        with draining(answer("201 Created", b"")) as url, Client(local(url)) as client:
            client.upload_part(upload_to(url), batch, KEY)

    upload(1)
    growth = peak_of(partial(upload, 20_000_000)) - peak_of(partial(upload, 2_000_000))
    assert growth < 1_000_000
