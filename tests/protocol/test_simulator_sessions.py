"""Technical corrections, and the lists of sessions and their invoices."""

from __future__ import annotations

import datetime

import pytest
from invoices import invoice, today
from wire import Session, Wire, sha256


@pytest.fixture
def session(seller: Wire) -> Session:
    return seller.open_session()


# Check 24: technical correction.


def test_technical_correction_replaces_a_refused_invoice(session: Session) -> None:
    refused = invoice("FV/1", issued_on=today(1))
    assert session.send_and_wait(refused, offlineMode=True)["status"]["code"] == 450
    corrected = session.send_and_wait(
        invoice("FV/1"), offlineMode=True, hashOfCorrectedInvoice=sha256(refused)
    )
    assert corrected["status"]["code"] == 200
    second = session.send(invoice("FV/2"), offlineMode=True, hashOfCorrectedInvoice=sha256(refused))
    assert second.codes == [21166]


def test_technical_correction_must_be_offline(session: Session) -> None:
    refused = invoice(issued_on=today(1))
    session.send_and_wait(refused)
    sent = session.send(invoice(), hashOfCorrectedInvoice=sha256(refused))
    assert sent.codes == [21405]


def test_accepted_invoice_needs_no_technical_correction(session: Session) -> None:
    accepted = invoice("FV/1")
    session.send_and_wait(accepted)
    sent = session.send(invoice("FV/2"), offlineMode=True, hashOfCorrectedInvoice=sha256(accepted))
    assert sent.codes == [21167]


def test_technical_correction_of_nothing_is_refused(session: Session) -> None:
    sent = session.send(invoice(), offlineMode=True, hashOfCorrectedInvoice=sha256(b"nothing"))
    assert sent.codes == [21405]


# Check 32, here: pages of a session.


def test_session_lists_its_invoices_page_by_page(session: Session) -> None:
    for number in range(11):
        session.send(invoice(f"FV/{number}"))
    first = session.wire.get(f"{session.path}/invoices")
    assert len(first.json["invoices"]) == 10
    token = first.json["continuationToken"]
    second = session.wire.get(f"{session.path}/invoices", **{"x-continuation-token": token})
    assert [found["ordinalNumber"] for found in second.json["invoices"]] == [11]
    assert second.json["continuationToken"] is None


@pytest.mark.parametrize("size", ["9", "1001", "0", "-10"])
def test_page_size_outside_its_range_is_refused(session: Session, size: str) -> None:
    assert session.wire.get(f"{session.path}/invoices?pageSize={size}").codes == [21405]


def test_page_size_that_is_no_number_is_unreadable(session: Session) -> None:
    assert session.wire.get(f"{session.path}/invoices?pageSize=x").codes == [21001]


def test_foreign_continuation_token_is_refused(session: Session, seller: Wire) -> None:
    for number in range(11):
        session.send(invoice(f"FV/{number}"))
    token = session.wire.get(f"{session.path}/invoices").json["continuationToken"]
    other = seller.open_session()
    for path, wrong in ((session.path, "x"), (session.path, f"{token}A"), (other.path, token)):
        refused = session.wire.get(f"{path}/invoices", **{"x-continuation-token": wrong})
        assert refused.codes == [21418]


def test_failed_invoices_have_a_list_of_their_own(session: Session) -> None:
    session.send_and_wait(invoice())
    session.send_and_wait(b"<x/>")
    failed = session.wire.get(f"{session.path}/invoices/failed").json["invoices"]
    assert [found["ordinalNumber"] for found in failed] == [2]


def test_unknown_invoice_and_session_are_refused(session: Session) -> None:
    unknown = session.reference[:-13] + "0000000000-00"
    assert session.wire.get(f"/sessions/{unknown}").codes == [21173]
    assert session.wire.get(f"{session.path}/invoices/{unknown}").codes == [21405]
    assert session.wire.get("/sessions/nonsense").codes == [21405]


def test_sessions_are_listed_by_kind_status_and_date(session: Session, seller: Wire) -> None:
    session.close()
    session.final_status()
    seller.open_session()
    listed = seller.get("/sessions?sessionType=Online").json["sessions"]
    assert [found["status"]["code"] for found in listed] == [100, 440]
    cancelled = seller.get("/sessions?sessionType=Online&statuses=Cancelled&statuses=Failed").json
    assert [found["referenceNumber"] for found in cancelled["sessions"]] == [session.reference]
    tomorrow = f"{datetime.date.today() + datetime.timedelta(days=2)}T00:00:00Z"
    assert not seller.get(f"/sessions?sessionType=Online&dateCreatedFrom={tomorrow}").json[
        "sessions"
    ]
    assert not seller.get("/sessions?sessionType=Batch").json["sessions"]
    assert seller.get("/sessions").codes == [21405]
    assert seller.get("/sessions?sessionType=Online&statuses=Done").codes == [21405]
