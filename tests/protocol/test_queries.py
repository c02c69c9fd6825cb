"""Reading what KSeF keeps: lists, pages, ranges."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest
from company import log_in, now, send
from hypothesis import given
from hypothesis import strategies as st
from invoices import invoice, today
from scripted_server import Reply, answer, scripted
from wire import BUYER, SELLER

from ksef import invoices
from ksef.archive import Compression, PackedFile, write_archive
from ksef.client import Client
from ksef.crypto import hash_base64
from ksef.environment import local
from ksef.errors import BadAnswer, Refused
from ksef.export import METADATA_FILE, Cursor, read_package_metadata
from ksef.messages import Context
from ksef.query import (
    MAX_RANGE,
    DateType,
    InvoiceFilter,
    InvoiceMetadata,
    MetadataPage,
    Role,
    split_range,
)
from ksef.wire import Fields
from simulator.panel import RunningSimulator

UTC = timezone.utc
START = datetime(2026, 1, 1, tzinfo=UTC)
FOUND: dict[str, object] = {
    "ksefNumber": "5555555555-20260302-010080615740-E4",
    "invoiceNumber": "FV/1",
    "issueDate": "2026-03-02",
    "invoicingDate": "2026-03-02T10:00:00.1234567+00:00",
    "acquisitionDate": "2026-03-02T10:00:01+00:00",
    "permanentStorageDate": "2026-03-02T10:00:02.9999999+00:00",
    "seller": {"nip": SELLER, "name": "Sprzedawca"},
    "buyer": {"identifier": {"type": "None"}, "name": None},
    "netAmount": 100.1,
    "grossAmount": 123,
    "vatAmount": 22.9,
    "currency": "PLN",
    "invoicingMode": "Online",
    "invoiceType": "TypeOfTomorrow",
    "formCode": {"systemCode": "FA (3)", "schemaVersion": "1-0E", "value": "FA"},
    "isSelfInvoicing": False,
    "hasAttachment": False,
    "invoiceHash": "yea0uWO0i7hXyhXt3cJyw3Qu4UQtWK2ir6FGVD5nl6E=",
    "thirdSubjects": [{"identifier": {"type": "Nip", "value": BUYER}, "role": 4}],
    "authorizedSubject": {"nip": BUYER, "role": 1},
}


def recent(role: Role = Role.SELLER) -> InvoiceFilter:
    return InvoiceFilter(role=role, from_at=now() - timedelta(hours=1))


def page(numbers: list[int], *, has_more: bool = False, is_truncated: bool = False) -> Reply:
    """A page of invoices that were stored in the given seconds of a minute."""
    found = [
        {
            **FOUND,
            "ksefNumber": f"number-{number}",
            "permanentStorageDate": f"2026-03-02T10:00:{number:02}+00:00",
        }
        for number in numbers
    ]
    body = {"hasMore": has_more, "isTruncated": is_truncated, "invoices": found}
    return answer(body=json.dumps(body).encode())


def test_both_sides_find_the_invoice(simulator: RunningSimulator) -> None:
    document = invoice("FV/1")
    with log_in(simulator) as seller:
        [status] = send(seller, document)
        [sold] = seller.query_metadata(recent())
        assert list(seller.query_metadata(recent(Role.BUYER))) == []
    with log_in(simulator, BUYER) as buyer:
        [bought] = buyer.query_metadata(recent(Role.BUYER))
        assert buyer.invoice_document(bought.ksef_number).content == document
    assert sold == bought
    assert (sold.ksef_number, sold.invoice_hash) == (status.ksef_number, hash_base64(document))
    assert (sold.net_amount, sold.vat_amount, sold.gross_amount) == (100, 23, 123)
    assert sold.issued_on == date.fromisoformat(today())
    assert sold.seller.identifier == Context(value=SELLER)
    assert sold.buyer.identifier == Context(value=BUYER)


def test_list_goes_on_over_pages(
    simulator: RunningSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(invoices, "PAGE_SIZE", 10)
    with log_in(simulator) as client:
        send(client, *(invoice(f"FV/{number}") for number in range(25)))
        found = [each.invoice_number for each in client.query_metadata(recent())]
    assert sorted(found) == sorted(f"FV/{number}" for number in range(25))


def test_truncated_list_brings_every_invoice_once(simulator: RunningSimulator) -> None:
    with log_in(simulator) as client:
        for number in range(12):
            send(client, invoice(f"FV/{number}"))
        simulator.control.fault("record-limit", operation="query", times=None, limit=10)
        found = [each.invoice_number for each in client.query_metadata(recent())]
    assert sorted(found) == sorted(f"FV/{number}" for number in range(12))


def test_filter_narrows(simulator: RunningSimulator) -> None:
    with log_in(simulator) as client:
        send(client, invoice("FV/1"), invoice("FV/2"))
        filters = InvoiceFilter(
            role=Role.SELLER,
            date_type=DateType.ISSUE,
            from_at=now() - timedelta(days=2),
            to_at=now() + timedelta(days=1),
            invoice_number="FV/2",
            currency_codes=("PLN",),
            invoice_types=("Vat",),
            invoicing_mode="Online",
            is_self_invoicing=False,
            has_attachment=False,
            buyer=Context(value=BUYER),
        )
        [found] = client.query_metadata(filters)
    assert found.invoice_number == "FV/2"


def test_range_of_more_than_hundred_days_is_refused(simulator: RunningSimulator) -> None:
    filters = InvoiceFilter(role=Role.SELLER, from_at=now() - timedelta(days=101))
    with log_in(simulator) as client, pytest.raises(Refused) as caught:
        client.metadata_page(filters)
    assert caught.value.code == 21405


def test_stranger_does_not_get_the_document(simulator: RunningSimulator) -> None:
    with log_in(simulator) as seller:
        [status] = send(seller, invoice())
    with log_in(simulator, "1111111111") as stranger, pytest.raises(Refused):
        stranger.invoice_document(status.ksef_number or "")


def test_metadata_of_tomorrow_are_read() -> None:
    found = InvoiceMetadata.from_json(Fields({**FOUND, "surprise": 1, "netAmount": Decimal("1.1")}))
    assert found.invoice_type == "TypeOfTomorrow"
    assert found.permanent_storage_at.microsecond == 999999
    assert found.buyer.identifier == Context(type="None", value="")
    assert [each.role for each in found.third_parties] == [4]
    assert found.authorized is not None
    assert found.authorized.identifier == Context(value=BUYER)


def test_truncated_list_is_asked_for_anew_and_each_invoice_comes_once() -> None:
    replies = [
        page([1, 2], has_more=True),
        page([3, 4], has_more=True, is_truncated=True),
        page([4, 5], has_more=False),
    ]
    filters = InvoiceFilter(role=Role.BUYER, from_at=START)
    with scripted(*replies) as server, Client(local(server.url), access_token="t") as client:
        found = [each.ksef_number for each in client.query_metadata(filters)]
        asked = [request.partition(b"\r\n\r\n") for request in server.requests]
    assert found == [f"number-{number}" for number in range(1, 6)]
    offsets = [head.split(b"pageOffset=")[1][:1] for head, _, _ in asked]
    assert offsets == [b"0", b"1", b"0"]
    begins = [json.loads(body)["dateRange"]["from"] for _, _, body in asked]
    assert begins[2] == "2026-03-02T10:00:04.000000+00:00"


@pytest.mark.parametrize("date_type", list(DateType))
def test_truncated_list_goes_on_by_the_date_of_the_filter(date_type: DateType) -> None:
    replies = [page([1], has_more=True, is_truncated=True), page([2])]
    filters = InvoiceFilter(role=Role.BUYER, from_at=START, date_type=date_type)
    with scripted(*replies) as server, Client(local(server.url), access_token="t") as client:
        assert len(list(client.query_metadata(filters))) == 2
        body = json.loads(server.requests[1].partition(b"\r\n\r\n")[2])
    begins = {
        DateType.ISSUE: "2026-03-02T00:00:00.000000+00:00",
        DateType.INVOICING: "2026-03-02T10:00:00.123456+00:00",
        DateType.PERMANENT_STORAGE: "2026-03-02T10:00:01.000000+00:00",
    }
    assert body["dateRange"]["from"] == begins[date_type]


def test_list_that_does_not_get_on_is_given_up() -> None:
    truncated = page([1], has_more=True, is_truncated=True)
    filters = InvoiceFilter(role=Role.BUYER, from_at=START)
    with (
        scripted(truncated, truncated) as server,
        Client(local(server.url), access_token="t") as client,
        pytest.raises(BadAnswer),
    ):
        list(client.query_metadata(filters))


def test_list_without_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ksef.invoices.MAX_PAGES", 2)
    filters = InvoiceFilter(role=Role.BUYER, from_at=START)
    more = page([1], has_more=True)
    with (
        scripted(more, more, more) as server,
        Client(local(server.url), access_token="t") as client,
        pytest.raises(BadAnswer),
    ):
        list(client.query_metadata(filters))


def test_truncated_list_without_invoices_ends() -> None:
    filters = InvoiceFilter(role=Role.BUYER, from_at=START)
    reply = page([], is_truncated=True)
    with scripted(reply) as server, Client(local(server.url), access_token="t") as client:
        assert list(client.query_metadata(filters)) == []


def test_only_what_is_set_is_sent() -> None:
    filters = InvoiceFilter(role=Role.BUYER, from_at=START, is_final_only=True)
    assert filters.to_json() == {
        "subjectType": "Subject2",
        "dateRange": {
            "dateType": "PermanentStorage",
            "from": "2026-01-01T00:00:00.000000+00:00",
            "restrictToPermanentStorageHwmDate": True,
        },
    }


@given(st.timedeltas(timedelta(0), timedelta(days=1500)))
def test_long_range_is_split_into_ranges_that_touch(length: timedelta) -> None:
    end = START + length
    whole = InvoiceFilter(role=Role.BUYER, from_at=START)
    ranges = [(each.from_at, each.to_at or end) for each in split_range(whole, now=end)]
    assert (ranges[0][0], ranges[-1][1]) == (START, end)
    assert all(before[1] == after[0] for before, after in pairwise(ranges))
    assert all(timedelta(0) <= to - begin <= MAX_RANGE for begin, to in ranges)


# --- entries that cannot be read ------------------------------------------------------------

OTHER_NUMBER = "5555555555-20260302-0100A0615740-B3"


def entry(**values: object) -> dict[str, object]:
    return {**FOUND, **values}


def page_of(*entries: dict[str, object]) -> MetadataPage:
    values = {"hasMore": True, "isTruncated": True, "invoices": list(entries)}
    return MetadataPage.from_json(Fields(values))


def test_entry_that_cannot_be_read_leaves_the_others_alone(tmp_path: Path) -> None:
    listed = [entry(), entry(ksefNumber=OTHER_NUMBER, issueDate="?"), entry(ksefNumber=None)]
    content = json.dumps({"invoices": listed}).encode()
    files = [PackedFile(name=METADATA_FILE, content=content)]
    write_archive(tmp_path / "package", files, Compression.ZIP)
    whole, unreadable = read_package_metadata(tmp_path / "package", Compression.ZIP)
    assert (whole.ksef_number, whole.metadata is None) == (FOUND["ksefNumber"], False)
    assert (unreadable.ksef_number, unreadable.metadata) == (OTHER_NUMBER, None)


def test_list_is_continued_after_its_last_entry_that_can_be_read() -> None:
    page = page_of(entry(), entry(ksefNumber=OTHER_NUMBER, permanentStorageDate=5))
    assert [each.ksef_number for each in page.listed] == [FOUND["ksefNumber"], OTHER_NUMBER]
    cursor = Cursor(role=Role.BUYER, read_until=START)
    filters = cursor.filter(now=START + timedelta(days=90))
    assert cursor.after(page, filters).read_until == page.readable[-1].permanent_storage_at


def test_whoever_needs_all_entries_is_told_of_one_that_cannot_be_read() -> None:
    assert [each.invoice_number for each in page_of(entry()).invoices] == ["FV/1"]
    page = page_of(entry(), entry(ksefNumber=OTHER_NUMBER, currency=5))
    with pytest.raises(BadAnswer):
        list(page.invoices)


def test_entry_of_a_list_without_its_number_is_told() -> None:
    with pytest.raises(BadAnswer):
        page_of(entry(ksefNumber=None))
