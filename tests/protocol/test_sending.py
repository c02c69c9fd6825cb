"""Sending invoices online, and everything that can go wrong on the way."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from company import judged, log_in, now, send
from invoices import invoice, today
from wire import SELLER

from ksef import number, sessions
from ksef.client import Client
from ksef.codes import ExceptionCode, Outcome, Remedy, exception_remedy
from ksef.crypto import SessionKey, hash_base64
from ksef.environment import local
from ksef.errors import BadAnswer, NoAnswer, RateLimited, Refused, Unauthorized, Unavailable
from ksef.sessions import SessionType
from ksef.upo import read_upo
from simulator.panel import RunningSimulator


def test_invoice_gets_its_number(simulator: RunningSimulator) -> None:
    document = invoice("FV/1")
    with log_in(simulator) as client:
        [status] = send(client, document)
    assert status.outcome is Outcome.ACCEPTED
    assert (status.invoice_number, status.invoicing_mode) == ("FV/1", "Online")
    assert status.invoice_hash == hash_base64(document)
    assert number.parse(status.ksef_number or "").seller_nip == SELLER
    assert status.acquisition_at is not None


def test_receipt_is_kept_byte_for_byte(simulator: RunningSimulator) -> None:
    document = invoice("FV/1")
    key = SessionKey.generate()
    with log_in(simulator) as client:
        session = client.open_online_session(key, now=now()).reference_number
        reference = client.send_invoice(session, document, key)
        status = judged(client, session, reference)
        upo = client.invoice_upo(session, reference)
        by_number = client.upo_by_ksef_number(session, status.ksef_number or "")
        from_link = client.download_upo(status.upo_download_url or "")
    assert hash_base64(upo.content) == upo.content_hash
    for other in (by_number, from_link):
        assert read_upo(other.content).entries == read_upo(upo.content).entries
    entry = read_upo(upo.content).entry(hash_base64(document))
    assert entry is not None
    assert (entry.ksef_number, entry.seller_nip) == (status.ksef_number, SELLER)
    assert (entry.invoice_number, entry.mode) == ("FV/1", "Online")


def test_closed_session_has_a_receipt_of_all_its_invoices(simulator: RunningSimulator) -> None:
    documents = [invoice(f"FV/{index}") for index in range(3)]
    key = SessionKey.generate()
    with log_in(simulator) as client:
        session = client.open_online_session(key, now=now()).reference_number
        for document in documents:
            client.send_invoice(session, document, key)
        client.close_online_session(session)
        while client.session_status(session).outcome is Outcome.PENDING:
            pass
        status = client.session_status(session)
        assert (status.invoice_count, status.successful_invoice_count) == (3, 3)
        [page] = status.upo_pages
        upo = read_upo(client.session_upo(session, page.reference_number).content)
        assert read_upo(client.download_upo(page.download_url).content).entries == upo.entries
    assert {entry.invoice_hash for entry in upo.entries} == set(map(hash_base64, documents))
    assert upo.session_reference == session


def test_session_goes_through_its_states(simulator: RunningSimulator) -> None:
    key = SessionKey.generate()
    with log_in(simulator) as client:
        opened = client.open_online_session(key, now=now())
        status = client.session_status(opened.reference_number)
        assert (status.status.code, status.valid_until) == (100, opened.valid_until)
        client.close_online_session(opened.reference_number)
        while client.session_status(opened.reference_number).outcome is Outcome.PENDING:
            pass
        assert client.session_status(opened.reference_number).status.code == 440
        with pytest.raises(Refused) as caught:
            client.send_invoice(opened.reference_number, invoice(), key)
    assert caught.value.code == 21180


def test_session_whose_opening_was_not_answered_is_found(simulator: RunningSimulator) -> None:
    began = now() - timedelta(minutes=1)
    with log_in(simulator) as client:
        simulator.control.fault("lost-answer", operation="open")
        with pytest.raises(NoAnswer):
            client.open_online_session(SessionKey.generate(), now=now())
        [found] = client.list_sessions(SessionType.ONLINE, created_from=began)
        assert (found.outcome, found.invoice_count) == (Outcome.PENDING, 0)
        assert list(client.list_sessions(SessionType.BATCH, created_from=began)) == []
        client.close_online_session(found.reference_number)


def test_invalid_invoice_is_refused_with_words(simulator: RunningSimulator) -> None:
    with log_in(simulator) as client:
        [status] = send(client, invoice().replace(b"<P_15>123.00</P_15>", b"<P_15>x</P_15>"))
    assert (status.outcome, status.status.code) == (Outcome.REFUSED, 450)
    assert status.status.details
    assert status.ksef_number is None


def test_duplicate_names_the_original(simulator: RunningSimulator) -> None:
    with log_in(simulator) as client:
        [first] = send(client, invoice("FV/1"))
        [second] = send(client, invoice("FV/1", item="inny"))
        assert (second.outcome, second.status.code) == (Outcome.REFUSED, 440)
        assert second.original_ksef_number == first.ksef_number
        assert second.original_session_reference
        original = client.invoice_document(second.original_ksef_number or "")
    assert original.content_hash == first.invoice_hash != second.invoice_hash


def test_document_is_not_given_out_before_it_is_stored(simulator: RunningSimulator) -> None:
    with log_in(simulator) as client:
        simulator.control.delays(storage_seconds=3600)
        [status] = send(client, invoice())
        assert status.permanent_storage_at is None
        with pytest.raises(Refused) as caught:
            client.invoice_document(status.ksef_number or "")
    assert caught.value.code == ExceptionCode.INVOICE_NOT_YET_AVAILABLE
    assert exception_remedy(caught.value.code) is Remedy.LATER


def test_lost_answer_is_found_again_by_its_hash(simulator: RunningSimulator) -> None:
    document = invoice("FV/1")
    key = SessionKey.generate()
    with log_in(simulator) as client:
        session = client.open_online_session(key, now=now()).reference_number
        simulator.control.fault("lost-answer", operation="send")
        with pytest.raises(NoAnswer) as caught:
            client.send_invoice(session, document, key)
        assert caught.value.may_have_arrived
        [found] = [
            each
            for each in client.session_invoices(session)
            if each.invoice_hash == hash_base64(document)
        ]
        assert judged(client, session, found.reference_number).outcome is Outcome.ACCEPTED
    assert len(simulator.control.documents()) == 1


def test_session_list_goes_on_over_pages(
    simulator: RunningSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "_PAGE_SIZE", ("pageSize", "10"))
    key = SessionKey.generate()
    with log_in(simulator) as client:
        session = client.open_online_session(key, now=now()).reference_number
        references = [
            client.send_invoice(session, invoice(f"FV/{index}"), key) for index in range(25)
        ]
        listed = list(client.session_invoices(session))
    assert [each.reference_number for each in listed] == references
    assert [each.ordinal_number for each in listed] == list(range(1, 26))


def test_failed_invoices_are_listed_alone(simulator: RunningSimulator) -> None:
    key = SessionKey.generate()
    refused = invoice("FV/2", issued_on=today(3))
    with log_in(simulator) as client:
        session = client.open_online_session(key, now=now()).reference_number
        for document in (invoice("FV/1"), refused):
            judged(client, session, client.send_invoice(session, document, key))
        [failed] = client.failed_invoices(session)
    assert (failed.invoice_hash, failed.status.code) == (hash_base64(refused), 450)


def test_invoice_of_yesterday_becomes_an_offline_one(simulator: RunningSimulator) -> None:
    with log_in(simulator) as client:
        [status] = send(client, invoice(issued_on=today(-1)))
    assert (status.outcome, status.invoicing_mode) == (Outcome.ACCEPTED, "Offline")


def test_offline_flag_is_sent(simulator: RunningSimulator) -> None:
    key = SessionKey.generate()
    with log_in(simulator) as client:
        session = client.open_online_session(key, now=now()).reference_number
        reference = client.send_invoice(session, invoice(), key, offline=True)
        assert judged(client, session, reference).invoicing_mode == "Offline"


def test_technical_correction_replaces_a_rejected_document(simulator: RunningSimulator) -> None:
    rejected = invoice("FV/1").replace(b"<P_15>123.00</P_15>", b"<P_15>x</P_15>")
    key = SessionKey.generate()
    with log_in(simulator) as client:
        session = client.open_online_session(key, now=now()).reference_number
        reference = client.send_invoice(session, rejected, key, offline=True)
        assert judged(client, session, reference).status.code == 450
        reference = client.send_invoice(
            session, invoice("FV/1"), key, offline=True, corrected_hash=hash_base64(rejected)
        )
        assert judged(client, session, reference).outcome is Outcome.ACCEPTED


def test_wrong_session_key_shows_in_the_session(simulator: RunningSimulator) -> None:
    key = SessionKey.generate()
    other = replace(key, key=bytes(32))
    with log_in(simulator) as client:
        session = client.open_online_session(key, now=now()).reference_number
        reference = client.send_invoice(session, invoice(), other)
        assert judged(client, session, reference).status.code == 435


def test_session_that_is_away_took_nothing(simulator: RunningSimulator) -> None:
    key = SessionKey.generate()
    with log_in(simulator) as client:
        session = client.open_online_session(key, now=now()).reference_number
        simulator.control.fault("session-unavailable", operation="send")
        with pytest.raises(Unavailable) as caught:
            client.send_invoice(session, invoice(), key)
    assert not caught.value.may_have_arrived
    assert simulator.control.documents() == []


def test_server_error_may_have_arrived(simulator: RunningSimulator) -> None:
    key = SessionKey.generate()
    with log_in(simulator) as client:
        session = client.open_online_session(key, now=now()).reference_number
        simulator.control.fault("server-error", operation="send")
        with pytest.raises(Unavailable) as caught:
            client.send_invoice(session, invoice(), key)
    assert caught.value.may_have_arrived


def test_rate_limit_tells_the_time_to_wait(simulator: RunningSimulator) -> None:
    key = SessionKey.generate()
    with log_in(simulator) as client:
        simulator.control.fault("rate-limit", operation="open")
        with pytest.raises(RateLimited) as caught:
            client.open_online_session(key, now=now())
    assert caught.value.retry_after > 0
    assert caught.value.group == "onlineSession"


def test_truncated_answer_may_have_arrived(simulator: RunningSimulator) -> None:
    key = SessionKey.generate()
    with log_in(simulator) as watched:
        session = watched.open_online_session(key, now=now()).reference_number
        simulator.control.fault("truncated-answer", operation="send")
        with (
            Client(local(simulator.url), access_token=watched.access_token) as client,
            pytest.raises((NoAnswer, BadAnswer)) as caught,
        ):
            client.send_invoice(session, invoice(), key)
    assert caught.value.may_have_arrived
    assert len(simulator.control.documents()) == 1


def test_fields_of_tomorrow_do_no_harm(simulator: RunningSimulator) -> None:
    simulator.control.fault("extra-fields", times=None)
    with log_in(simulator) as client:
        [status] = send(client, invoice())
    assert status.outcome is Outcome.ACCEPTED


@pytest.mark.parametrize("code", [405, 500, 550])
def test_verdict_without_judgement_asks_to_try_again(
    simulator: RunningSimulator, code: int
) -> None:
    simulator.control.fault("verdict", operation="send", code=code)
    with log_in(simulator) as client:
        [status] = send(client, invoice())
    assert (status.outcome, status.ksef_number) == (Outcome.AGAIN, None)


def test_slow_verdict_is_pending(simulator: RunningSimulator) -> None:
    simulator.control.fault("slow-verdict", operation="send", polls=5)
    key = SessionKey.generate()
    with log_in(simulator) as client:
        session = client.open_online_session(key, now=now()).reference_number
        reference = client.send_invoice(session, invoice(), key)
        outcomes = [client.invoice_status(session, reference).outcome for _ in range(8)]
    assert outcomes[:5] == [Outcome.PENDING] * 5
    assert outcomes[-1] is Outcome.ACCEPTED


def test_session_may_be_closed_though_the_gateway_failed(simulator: RunningSimulator) -> None:
    key = SessionKey.generate()
    with log_in(simulator) as client:
        session = client.open_online_session(key, now=now()).reference_number
        client.send_invoice(session, invoice(), key)
        simulator.control.fault("gateway-error", operation="close")
        with pytest.raises(Unavailable) as caught:
            client.close_online_session(session)
        assert caught.value.may_have_arrived
        assert client.session_status(session).status.code != 100


def test_receipt_with_a_wrong_hash_is_refused(simulator: RunningSimulator) -> None:
    key = SessionKey.generate()
    with log_in(simulator) as client:
        session = client.open_online_session(key, now=now()).reference_number
        reference = client.send_invoice(session, invoice(), key)
        number_of = judged(client, session, reference).ksef_number or ""
        simulator.control.fault("wrong-hash", times=None)
        with pytest.raises(BadAnswer):
            client.invoice_upo(session, reference)
        with pytest.raises(BadAnswer):
            client.invoice_document(number_of)


def test_lost_token_is_told_in_the_middle_of_a_session(simulator: RunningSimulator) -> None:
    key = SessionKey.generate()
    with log_in(simulator) as client:
        session = client.open_online_session(key, now=now()).reference_number
        simulator.control.fault("unauthorized", operation="send")
        with pytest.raises(Unauthorized):
            client.send_invoice(session, invoice(), key)
    assert simulator.control.documents() == []


def test_foreign_upo_is_refused(simulator: RunningSimulator) -> None:
    key = SessionKey.generate()
    with log_in(simulator) as client:
        session = client.open_online_session(key, now=now()).reference_number
        with pytest.raises(Refused) as caught:
            client.session_upo(session, "20260101-EU-0000000000-0000000000-00")
    assert caught.value.code == 21178
