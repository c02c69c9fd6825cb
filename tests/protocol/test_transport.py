"""How answers of every kind, and none at all, become values or errors."""

from __future__ import annotations

import gzip
import logging
import time
from collections.abc import Callable
from typing import Any

import pytest
from scripted_server import answer, deaf_server, raw, scripted, unused_port

from ksef.adapter import TimedBody
from ksef.client import Client
from ksef.crypto import SessionKey
from ksef.environment import TEST, local
from ksef.errors import (
    BadAnswer,
    KsefError,
    NoAnswer,
    RateLimited,
    Refused,
    Unauthorized,
    Unavailable,
)

SESSION = "20250625-SO-2C3E6C8000-B675CF5D68-07"
KEY = SessionKey(key=bytes(32), initialization_vector=bytes(16))


def client_of(url: str, timeout: float = 5.0) -> Client:
    return Client(local(url), access_token="access", timeout=timeout)


def send(client: Client) -> str:
    return client.send_invoice(SESSION, b"<Faktura/>", KEY)


def error_for(*replies: Callable[[Any], None], timeout: float = 5.0) -> KsefError:
    """The error that sending an invoice raises when the server replies so."""
    with (
        scripted(*replies) as server,
        client_of(server.url, timeout) as client,
        pytest.raises(KsefError) as caught,
    ):
        send(client)
    return caught.value


def test_refused_connection_means_nothing_arrived() -> None:
    with (
        client_of(f"http://127.0.0.1:{unused_port()}") as client,
        pytest.raises(NoAnswer) as caught,
    ):
        send(client)
    assert not caught.value.may_have_arrived


def test_dropped_connection_leaves_arrival_unknown() -> None:
    error = error_for(raw(b""))
    assert isinstance(error, NoAnswer)
    assert error.may_have_arrived


def test_timeout_leaves_arrival_unknown() -> None:
    error = error_for(lambda _connection: time.sleep(4), timeout=2)
    assert isinstance(error, NoAnswer)
    assert error.may_have_arrived


def test_lost_answer_is_not_asked_for_again() -> None:
    with scripted(raw(b""), answer()) as server, client_of(server.url) as client:
        with pytest.raises(NoAnswer):
            send(client)
        assert len(server.requests) == 1


def test_answer_that_breaks_off_leaves_arrival_unknown() -> None:
    error = error_for(raw(b"HTTP/1.1 202 Accepted\r\nContent-Length: 100\r\n\r\n{"))
    assert isinstance(error, NoAnswer)
    assert error.may_have_arrived


def test_answer_that_drips_ends_at_the_deadline() -> None:
    def drip(connection: Any) -> None:
        connection.sendall(b"HTTP/1.1 202 Accepted\r\nContent-Length: 1000\r\n\r\n")
        for _ in range(400):
            connection.sendall(b" ")
            time.sleep(0.1)

    started = time.monotonic()
    error = error_for(drip, timeout=2)
    assert isinstance(error, NoAnswer)
    assert error.may_have_arrived
    assert time.monotonic() - started < 20


def test_head_that_drips_ends_at_the_deadline() -> None:
    def drip(connection: Any) -> None:
        connection.sendall(b"HTTP/1.1 202 Accepted\r\n")
        for number in range(400):
            connection.sendall(f"X-Drip-{number}: 1\r\n".encode())
            time.sleep(0.1)

    started = time.monotonic()
    error = error_for(drip, timeout=2)
    assert isinstance(error, NoAnswer)
    assert time.monotonic() - started < 20


def test_server_that_reads_nothing_ends_at_the_deadline() -> None:
    started = time.monotonic()
    with (
        deaf_server() as url,
        client_of(url, timeout=2) as client,
        pytest.raises(NoAnswer) as caught,
    ):
        client.send_invoice(SESSION, bytes(30_000_000), KEY)
    assert caught.value.may_have_arrived
    assert time.monotonic() - started < 20


def test_server_that_reads_slowly_ends_at_the_deadline() -> None:
    body = TimedBody((bytes(1000),), 1000, seconds=0)
    with pytest.raises(TimeoutError):
        body.read(10)


def test_body_is_read_in_pieces_of_any_size() -> None:
    body = TimedBody((b"abc", b"", b"defg"), 7, seconds=5)
    assert len(body) == 7
    assert [body.read(2), body.read(4), body.read(2), body.read(2)] == [b"ab", b"cdef", b"g", b""]


def test_production_is_reached_through_the_proxy_of_the_machine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with scripted(answer("502 Bad Gateway", b"")) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        with Client(TEST, access_token="access") as client, pytest.raises(NoAnswer) as caught:
            send(client)
        assert proxy.requests[0].startswith(b"CONNECT api-test.ksef.mf.gov.pl:443 ")
        assert b"access" not in proxy.requests[0]
    assert not caught.value.may_have_arrived


def test_local_address_is_never_reached_through_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{unused_port()}")
    reply = answer("202 Accepted", b'{"referenceNumber":"r"}')
    with scripted(reply) as server, client_of(server.url) as client:
        assert send(client) == "r"


def test_plain_link_of_an_official_environment_is_refused() -> None:
    with Client(TEST) as client, pytest.raises(BadAnswer):
        client.download_upo("http://api-test.ksef.mf.gov.pl/upo")


@pytest.mark.parametrize("headers", [(), ("x-ms-meta-hash: yea0uWO0i7hXyhXt3cJyw3Q=",)])
def test_document_without_its_hash_is_refused(headers: tuple[str, ...]) -> None:
    reply = answer("200 OK", b"<Potwierdzenie/>", *headers)
    with scripted(reply) as server, client_of(server.url) as client, pytest.raises(BadAnswer):
        client.invoice_upo(SESSION, "reference")


def test_list_that_does_not_get_on_is_given_up() -> None:
    page = answer(body=b'{"continuationToken":"again","invoices":[]}')
    with (
        scripted(page, page, page) as server,
        client_of(server.url) as client,
        pytest.raises(BadAnswer),
    ):
        list(client.session_invoices(SESSION))
    assert b"x-continuation-token: again" in server.requests[1]


def test_lists_without_end_are_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ksef.verbs.MAX_PAGES", 3)
    pages = [
        answer(body=b'{"continuationToken":"%d","invoices":[]}' % number) for number in range(4)
    ]
    with scripted(*pages) as server, client_of(server.url) as client:
        with pytest.raises(BadAnswer):
            list(client.session_invoices(SESSION))
        assert len(server.requests) == 3


def test_numbered_lists_without_end_are_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ksef.verbs.MAX_PAGES", 3)
    more = answer(body=b'{"hasMore":true,"permissions":[]}')
    with scripted(more, more, more, more) as server, client_of(server.url) as client:
        with pytest.raises(BadAnswer):
            client.own_permissions()
        assert len(server.requests) == 3


def test_permissions_of_all_pages_and_of_the_owner_are_united() -> None:
    grant = b'{"permissionScope":"%s","permissionState":"%s"}'
    first = b'{"hasMore":true,"permissions":[%s],"ownerPermissions":["Introspection"]}'
    last = b'{"hasMore":false,"permissions":[%s]}'
    replies = [
        answer(body=first % (grant % (b"InvoiceWrite", b"Active"))),
        answer(body=last % (grant % (b"InvoiceRead", b"Inactive"))),
    ]
    with scripted(*replies) as server, client_of(server.url) as client:
        assert client.own_permissions() == ("Introspection", "InvoiceWrite")
        assert [b"pageOffset=1" in request for request in server.requests] == [False, True]


def test_timeout_408_may_have_arrived() -> None:
    error = error_for(answer("408 Request Timeout", b""))
    assert isinstance(error, Unavailable)
    assert error.may_have_arrived


def test_huge_answer_is_not_read_to_its_end() -> None:
    def flood(connection: Any) -> None:
        connection.sendall(b"HTTP/1.1 202 Accepted\r\nContent-Length: 900000000\r\n\r\n")
        for _ in range(800):
            connection.sendall(b" " * 1_000_000)

    assert isinstance(error_for(flood, timeout=20), BadAnswer)


def test_page_of_a_gateway_is_unavailability() -> None:
    error = error_for(answer("502 Bad Gateway", b"<html><h1>502</h1></html>"))
    assert isinstance(error, Unavailable)
    assert error.status == 502
    assert error.may_have_arrived


def test_temporarily_unavailable_session_took_nothing() -> None:
    body = b'{"status":400,"errors":[{"code":21184,"description":"x","details":[]}]}'
    error = error_for(answer("400 Bad Request", body))
    assert isinstance(error, Unavailable)
    assert error.status == 400
    assert not error.may_have_arrived


@pytest.mark.parametrize("status", ["200 OK", "202 Accepted"])
@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"referenceNumber":1}', b"[" * 10_000])
def test_unreadable_success_may_have_arrived(status: str, body: bytes) -> None:
    error = error_for(answer(status, body))
    assert isinstance(error, BadAnswer)
    assert error.may_have_arrived


def test_redirect_is_not_followed() -> None:
    with scripted(
        answer("307 Temporary Redirect", b"", "Location: http://127.0.0.1:1/elsewhere"), answer()
    ) as server:
        with client_of(server.url) as client, pytest.raises(BadAnswer):
            send(client)
        assert len(server.requests) == 1


def test_problem_details_tell_all_errors() -> None:
    body = """{"title":"Bad Request","status":400,"detail":"x","traceId":"00-abc",
      "errors":[{"code":21402,"description":"Nieprawidłowy rozmiar pliku.","details":["a","b"]},
                {"code":21403,"description":"Nieprawidłowy skrót pliku.","details":null}]}"""
    error = error_for(answer("400 Bad Request", body.encode()))
    assert isinstance(error, Refused)
    assert (error.code, error.details, error.trace_id) == (21402, ("a", "b"), "00-abc")
    assert [detail.code for detail in error.errors] == [21402, 21403]


def test_old_shape_of_errors_is_understood() -> None:
    body = b"""{"exception":{"exceptionDetailList":[{"exceptionCode":21180,
      "exceptionDescription":"x","details":["Status sesji 200"]}],"serviceCode":"00-t"}}"""
    error = error_for(answer("400 Bad Request", body))
    assert isinstance(error, Refused)
    assert (error.code, error.details, error.trace_id) == (21180, ("Status sesji 200",), "00-t")


def test_unknown_code_is_a_refusal_with_that_code() -> None:
    body = b'{"errors":[{"code":99999,"description":"x"}],"surprise":{"a":[1]}}'
    error = error_for(answer("400 Bad Request", body))
    assert isinstance(error, Refused)
    assert error.code == 99999


@pytest.mark.parametrize("body", [b"", b"null", b"<html>", b'{"errors":"no"}', b"\xff\xfe"])
def test_opaque_refusal_has_the_code_of_http(body: bytes) -> None:
    error = error_for(answer("400 Bad Request", body))
    assert isinstance(error, Refused)
    assert (error.code, error.errors) == (400, ())


def test_missing_permissions_are_named() -> None:
    body = b"""{"title":"Forbidden","status":403,"detail":"x","reasonCode":"missing-permissions",
      "security":{"requiredAnyOfPermissions":["InvoiceWrite"],"presentPermissions":[]}}"""
    error = error_for(answer("403 Forbidden", body))
    assert isinstance(error, Refused)
    assert error.reason_code == "missing-permissions"
    assert error.required_permissions == ("InvoiceWrite",)
    assert error.present_permissions == ()


def test_incident_is_told_for_those_who_can_help() -> None:
    body = b"""{"title":"Forbidden","status":403,"detail":"Zablokowano",
      "reasonCode":"security-service-blocked","security":{"incidentId":"abc-1"}}"""
    error = error_for(answer("403 Forbidden", body))
    assert isinstance(error, Refused)
    assert (error.incident_id, error.details) == ("abc-1", ("Zablokowano",))


@pytest.mark.parametrize(
    "content",
    [
        b"garbage\r\n\r\n",
        b"HTTP/1.1 abc Strange\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"x" * 70_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 500 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc",
        b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\nabc",
    ],
)
def test_answer_that_is_no_http_may_have_arrived(content: bytes) -> None:
    error = error_for(raw(content))
    assert isinstance(error, (NoAnswer, BadAnswer))
    assert error.may_have_arrived


def test_compressed_flood_is_not_read_to_its_end() -> None:
    body = gzip.compress(bytes(50_000_000), 1)
    headers = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(body)}\r\n\r\n"
    assert isinstance(error_for(raw(headers.encode() + body), timeout=20), BadAnswer)


def test_empty_forbidden_is_a_refusal() -> None:
    error = error_for(answer("403 Forbidden", b""))
    assert isinstance(error, Refused)
    assert (error.code, error.http_status, error.reason_code) == (403, 403, "")


def test_gone_is_a_refusal() -> None:
    error = error_for(answer("410 Gone", b'{"title":"Gone","status":410}'))
    assert isinstance(error, Refused)
    assert error.code == 410


def test_unauthorized_is_its_own_error() -> None:
    assert isinstance(error_for(answer("401 Unauthorized", b"")), Unauthorized)


def test_call_without_token_is_not_made() -> None:
    with scripted(answer()) as server:
        with Client(local(server.url)) as client, pytest.raises(Unauthorized):
            send(client)
        assert server.requests == []


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        (("Retry-After: 30",), 30),
        (("Retry-After: 0",), 0),
        (("Retry-After: 1.5",), 1.5),
        ((), 60),
        (("Retry-After: soon",), 60),
        (
            (
                "Date: Wed, 21 Oct 2026 07:28:00 GMT",
                "Retry-After: Wed, 21 Oct 2026 07:29:30 GMT",
            ),
            90,
        ),
        (("Retry-After: Wed, 21 Oct 2026 07:29:30 GMT",), 60),
        (
            (
                "Date: Wed, 21 Oct 1970 07:28:00 GMT",
                "Retry-After: Wed, 21 Oct 9999 07:29:30 GMT",
            ),
            999_999_999,
        ),
    ],
)
def test_rate_limit_says_when_to_come_again(headers: tuple[str, ...], seconds: float) -> None:
    error = error_for(answer("429 Too Many Requests", b"{}", *headers))
    assert isinstance(error, RateLimited)
    assert error.retry_after == seconds
    assert error.group == "invoiceSend"


def test_every_request_asks_for_problem_details_and_bears_the_token() -> None:
    with scripted(answer("202 Accepted", b'{"referenceNumber":"r"}')) as server:
        with client_of(server.url) as client:
            assert send(client) == "r"
        head = server.requests[0].partition(b"\r\n\r\n")[0]
    assert b"X-Error-Format: problem-details" in head
    assert b"Authorization: Bearer access" in head


def test_system_warnings_are_kept_for_the_administrator() -> None:
    warning = "X-System-Warning: [sig-001]: Format podpisu | [x-2]: Drugie ostrzezenie"
    reply = answer("202 Accepted", b'{"referenceNumber":"r"}', warning)
    with scripted(reply) as server, client_of(server.url) as client:
        send(client)
        assert [(each.code, each.message) for each in client.warnings] == [
            ("sig-001", "Format podpisu"),
            ("x-2", "Drugie ostrzezenie"),
        ]


def test_no_log_holds_body_token_or_address(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger="ksef")
    reply = answer("202 Accepted", b'{"referenceNumber":"my-reference"}')
    with scripted(reply) as server, client_of(server.url) as client:
        send(client)
    logged = " ".join(record.getMessage() for record in caplog.records if "ksef" in record.name)
    assert "/sessions/online/{referenceNumber}/invoices" in logged
    for secret in ("access", SESSION, "my-reference", "Faktura"):
        assert secret not in logged


def test_no_token_is_taken_from_a_netrc(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login someone password secret\n")
    monkeypatch.setenv("NETRC", str(netrc))
    with scripted(answer()) as server:
        with Client(local(server.url)) as client, pytest.raises(BadAnswer):
            client.refresh("refresh")
        assert b"Bearer refresh" in server.requests[0]


def test_empty_reference_is_never_part_of_an_address() -> None:
    with scripted(answer()) as server, client_of(server.url) as client:
        with pytest.raises(ValueError, match="segment"):
            client.session_status("")
        with pytest.raises(ValueError, match="segment"):
            client.session_status("..")
        assert server.requests == []


def test_reference_cannot_change_the_address() -> None:
    with scripted(answer()) as server, client_of(server.url) as client:
        with pytest.raises(BadAnswer):
            client.session_status("a/../b?c")
        assert server.requests[0].startswith(b"GET /v2/sessions/a%2F..%2Fb%3Fc HTTP/1.1")
