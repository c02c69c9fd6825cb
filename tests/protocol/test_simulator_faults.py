"""The simulator's deliberate nastiness, its control panel, Latarnia, and the server itself."""

from __future__ import annotations

import http.client
import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from invoices import invoice, today
from wire import SELLER, Session, Wire, await_status, fetch, sha256, urlsafe

from simulator.panel import Control, PanelError
from simulator.server import Simulator

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def session(seller: Wire) -> Session:
    return seller.open_session()


# Faults.


def test_lost_answer_leaves_the_invoice_in_the_house(session: Session, control: Control) -> None:
    control.fault("lost-answer", "send")
    xml = invoice()
    with pytest.raises((http.client.RemoteDisconnected, ConnectionError)):
        session.send(xml)
    path = f"{session.path}/invoices"
    listed = await_status(lambda: session.wire.get(path).json["invoices"][0])
    assert (listed["invoiceHash"], listed["status"]["code"]) == (sha256(xml), 200)
    assert len(control.documents()) == 1
    assert control.requests()[-1]["operation"] == "invoice-list"
    assert {request["status"] for request in control.requests()} >= {0, 200}


def test_gateway_error_at_closing_comes_after_the_closing(
    session: Session, control: Control
) -> None:
    session.send_and_wait(invoice())
    control.fault("gateway-error", "close")
    answer = session.close()
    assert (answer.status, answer.headers["content-type"]) == (502, "text/html; charset=utf-8")
    assert session.final_status()["status"]["code"] == 200


def test_server_error_does_nothing(session: Session, control: Control) -> None:
    control.fault("server-error", "send")
    answer = session.send(invoice())
    assert (answer.status, answer.content[:6]) == (500, b"<html>")
    assert control.documents() == []
    control.fault("server-error", "send", json=True)
    assert session.send(invoice()).codes == [500]


def test_rate_limit_names_its_seconds(session: Session, control: Control) -> None:
    control.fault("rate-limit", "send", retry_after=7)
    answer = session.send(invoice())
    assert (answer.status, answer.headers["retry-after"]) == (429, "7")
    assert session.send(invoice()).status == 202


def test_slow_verdict_waits_for_the_clock(session: Session, control: Control) -> None:
    control.fault("slow-verdict", "send", seconds=600)
    sent = session.send(invoice())
    path = f"{session.path}/invoices/{sent.json['referenceNumber']}"
    codes = {session.wire.get(path).json["status"]["code"] for _ in range(5)}
    assert codes <= {100, 150}
    control.shift_clock(601)
    assert session.verdict(sent)["status"]["code"] == 200


def test_slow_verdict_holds_up_its_session(session: Session, control: Control) -> None:
    control.fault("slow-verdict", "send", polls=4)
    session.send(invoice())
    session.close()
    codes = [session.wire.get(session.path).json["status"]["code"] for _ in range(6)]
    assert codes == [170] * 4 + [200] * 2


def test_forced_verdict_leaves_the_number_free(session: Session, control: Control) -> None:
    control.fault("verdict", "send", code=550, details=["Spróbuj ponownie"])
    status = session.send_and_wait(invoice())["status"]
    assert (status["code"], status["details"]) == (550, ["Spróbuj ponownie"])
    assert session.send_and_wait(invoice())["status"]["code"] == 200


def test_unavailable_session_stays_so_until_a_new_one(
    session: Session, seller: Wire, control: Control
) -> None:
    first = session.send(invoice("FV/1"))
    control.fault("session-unavailable", "send")
    assert session.send(invoice("FV/2")).codes == [21184]
    assert session.send(invoice("FV/2")).codes == [21184]
    assert seller.open_session().send(invoice("FV/2")).status == 202
    assert session.verdict(first)["status"]["code"] == 200


def test_empty_forbidden_has_no_body(session: Session, control: Control) -> None:
    control.fault("empty-forbidden", "send")
    session.wire.reads_along = False
    answer = session.send(invoice())
    assert (answer.status, answer.content) == (403, b"")
    assert "content-type" not in answer.headers


def test_access_token_may_end_in_the_middle_of_a_session(
    session: Session, control: Control
) -> None:
    control.fault("unauthorized", "send")
    assert session.send(invoice()).status == 401
    assert control.documents() == []


def test_extra_fields_are_everywhere(session: Session, control: Control) -> None:
    described = session.send_and_wait(invoice())
    control.fault("extra-fields", times=None)
    path = f"{session.path}/invoices/{described['referenceNumber']}"
    found = session.wire.get(path).json
    assert "simulatorExtra" in found
    assert "simulatorExtra" in found["status"]


def test_system_warning_is_forced_by_fault_or_header(wire: Wire, control: Control) -> None:
    control.fault("system-warning", "challenge")
    assert wire.post("/auth/challenge").headers["x-system-warning"].startswith("[sig-001]: ")
    echoed = wire.post("/auth/challenge", X_Test_System_Warning="[t-1]: text")
    assert echoed.headers["x-system-warning"] == "[t-1]: text"


def test_answers_can_be_spoilt_in_every_way(wire: Wire, control: Control) -> None:
    wire.reads_along = False
    control.fault("truncated-answer", "challenge")
    with pytest.raises(json.JSONDecodeError):
        _ = wire.post("/auth/challenge").json
    control.fault("cut-answer", "challenge")
    with pytest.raises(http.client.IncompleteRead):
        wire.post("/auth/challenge")
    control.fault("huge-answer", "challenge", megabytes=2)
    assert len(wire.post("/auth/challenge").content) > 2_000_000
    control.fault("replaced-answer", "challenge", status=200, content="[1]", headers={"X-A": "b"})
    replaced = wire.post("/auth/challenge")
    assert (replaced.json, replaced.headers["x-a"]) == ([1], "b")
    control.fault("slow-answer", "challenge", seconds=0.2)
    began_at = time.monotonic()
    assert wire.post("/auth/challenge").status == 200
    assert time.monotonic() - began_at >= 0.2


def test_wrong_hash_of_a_download_is_noticed(session: Session, control: Control) -> None:
    url = session.send_and_wait(invoice())["upoDownloadUrl"]
    control.fault("wrong-hash", "upo-link")
    answer = fetch(url)
    assert answer.headers["x-ms-meta-hash"] != sha256(answer.content)


def test_fault_fits_its_operation_and_its_number_of_times(wire: Wire, control: Control) -> None:
    control.fault("server-error", "open", times=None)
    control.fault("server-error", "challenge", times=2)
    assert [wire.post("/auth/challenge").status for _ in range(3)] == [500, 500, 200]
    assert [(fault["operation"], fault["times"]) for fault in control.faults()] == [("open", None)]
    control.clear_faults()
    assert control.faults() == []


# The panel.


def test_documents_are_shown_with_their_content(session: Session, control: Control) -> None:
    xml = invoice("FV/1")
    described = session.send_and_wait(xml)
    shown = control.documents()[0]
    assert shown["ksefNumber"] == described["ksefNumber"]
    assert (shown["invoiceNumber"], shown["sellerNip"], shown["status"]) == ("FV/1", SELLER, 200)
    assert control.document(sha256(xml)) == control.document(urlsafe(sha256(xml))) == xml


def test_reset_forgets_all_but_the_keys(seller: Wire, control: Control) -> None:
    seller.open_session().send_and_wait(invoice())
    keys = seller.get("/security/public-key-certificates").json
    control.fault("server-error", times=None)
    control.shift_clock(1e6)
    control.reset()
    assert control.documents() == control.faults() == control.requests() == []
    assert seller.get("/tokens").status == 401
    assert seller.get("/security/public-key-certificates").json == keys
    assert Wire(seller.base_url).challenge()["challenge"].startswith(today().replace("-", "")[:6])


def test_clock_can_be_set_and_goes_on(wire: Wire, control: Control) -> None:
    control.set_clock("2027-01-01T00:00:00+01:00")
    assert wire.challenge()["timestamp"].startswith("2026-12-31T23:00:0")
    control.reset_clock()
    assert not wire.challenge()["timestamp"].startswith("2026-12-31T23:00:0")


def test_clock_set_back_does_not_stop_processing(session: Session, control: Control) -> None:
    control.shift_clock(500)
    sent = session.send(invoice())
    control.reset_clock()
    assert session.verdict(sent)["status"]["code"] == 200


def test_wrong_command_is_explained(control: Control) -> None:
    for attempt in (
        lambda: control.set_clock("yesterday"),
        lambda: control.delays(nonsense=1),
        lambda: control.limit("nonsense", 1, 1, 1),
        lambda: control.rotate_keys("nonsense", emergency=True),
    ):
        with pytest.raises(PanelError):
            attempt()


# Latarnia.


def test_latarnia_tells_what_it_was_told(wire: Wire, control: Control) -> None:
    base = f"{wire.base_url}/latarnia"
    assert fetch(f"{base}/status").json == {"status": "AVAILABLE", "messages": None}
    control.latarnia(status="FAILURE")
    told = fetch(f"{base}/status").json
    assert told["status"] == told["messages"][0]["category"] == "FAILURE"
    assert fetch(f"{base}/messages").json == told["messages"]
    control.latarnia(status="TOTAL_FAILURE", messages=[{"id": "1"}])
    assert fetch(f"{base}/messages").json == [{"id": "1"}]
    control.latarnia(reachable=False)
    with pytest.raises((http.client.RemoteDisconnected, ConnectionError)):
        fetch(f"{base}/status")


# The server.


def test_unknown_path_and_method_are_told_apart(wire: Wire) -> None:
    assert wire.get("/nothing").status == 404
    assert wire.get("/auth/token/redeem").status == 405
    assert wire.get("/api/v2/auth/challenge").status == 404


def test_one_connection_serves_many_requests(wire: Wire) -> None:
    address = urlsplit(wire.base_url).netloc
    connection = http.client.HTTPConnection(address, timeout=10)
    for _ in range(3):
        connection.request("POST", "/v2/auth/challenge", body=b"ignored")
        assert connection.getresponse().read()
    connection.request("PUT", "/v2/auth/challenge", body=b"x" * 100_000)
    assert connection.getresponse().read() is not None
    connection.request("POST", "/v2/auth/challenge")
    assert connection.getresponse().status == 200
    connection.close()


def test_body_without_end_is_refused(wire: Wire) -> None:
    address = urlsplit(wire.base_url).netloc
    connection = http.client.HTTPConnection(address, timeout=10)
    connection.putrequest("POST", "/v2/auth/ksef-token")
    connection.putheader("Content-Length", "30000000")
    connection.endheaders()
    assert connection.getresponse().status == 413
    connection.close()


@pytest.mark.parametrize("host", ["0.0.0.0", "example.com", "::", "192.168.0.1"])
def test_only_loopback_hosts_are_served(host: str) -> None:
    with pytest.raises(ValueError, match="loopback"):
        Simulator(host=host)


def test_stopped_simulator_hangs_up() -> None:
    simulator = Simulator(fast=True)
    address = urlsplit(simulator.start()).netloc
    connection = http.client.HTTPConnection(address, timeout=10)
    connection.request("POST", "/v2/auth/challenge")
    assert connection.getresponse().read()
    simulator.stop()
    with pytest.raises((http.client.HTTPException, ConnectionError)):
        connection.request("POST", "/v2/auth/challenge")
        connection.getresponse()
    connection.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_program_prints_its_address_first_and_ends_at_once(number: int) -> None:
    began_at = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", "simulator", "--fast"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    with process.stdout:
        try:
            url = process.stdout.readline().strip()
            assert time.monotonic() - began_at < 60
            assert Wire(url).challenge()["clientIp"] == "127.0.0.1"
            process.send_signal(number)
            assert process.wait(timeout=15) == 0
            assert process.stdout.read() == ""
        finally:
            process.kill()


def test_busy_port_is_explained(wire: Wire) -> None:
    port = str(urlsplit(wire.base_url).port)
    ended: Any = subprocess.run(
        [sys.executable, "-m", "simulator", "--port", port],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert ended.returncode != 0
    assert "simulator:" in ended.stderr
    assert "Traceback" not in ended.stderr
