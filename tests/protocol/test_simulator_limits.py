"""Request limits of the simulator: seventeen groups, three sliding windows each."""

from __future__ import annotations

from invoices import invoice, today
from wire import BUYER, SELLER, Reply, Wire, fetch

from simulator.panel import Control

PRODUCTION = {
    "onlineSession": (10, 30, 120),
    "onlineSessionClose": (20, 60, 240),
    "batchSession": (10, 20, 60),
    "batchSessionClose": (20, 40, 120),
    "invoiceSend": (10, 30, 180),
    "invoiceStatus": (30, 120, 1200),
    "sessionList": (5, 10, 60),
    "sessionInvoiceList": (10, 20, 200),
    "sessionMisc": (10, 120, 1200),
    "invoiceMetadata": (8, 16, 20),
    "invoiceExport": (8, 16, 20),
    "invoiceExportStatus": (10, 60, 600),
    "invoiceDownload": (8, 16, 64),
    "collectiveIdentifier": (20, 120, 240),
    "other": (10, 30, 120),
    "anonymous": (60, -1, -1),
    "global": (75, -1, -1),
}
SETTABLE = [
    group
    for group in PRODUCTION
    if not group.endswith("Close") and group not in ("anonymous", "global")
]


def first_refusal(wire: Wire, path: str, most: int = 100) -> tuple[int, Reply]:
    """How many requests passed before the first 429, and that 429."""
    for passed in range(most):
        answer = wire.get(path)
        if answer.status == 429:
            return passed, answer
    raise AssertionError("no limit")


def test_production_values_are_told(seller: Wire, control: Control) -> None:
    control.limits("production")
    told = seller.get("/rate-limits").json
    assert {group: tuple(values.values()) for group, values in told.items()} == PRODUCTION


def test_limits_are_lifted_when_fast(seller: Wire) -> None:
    told = seller.get("/rate-limits").json
    assert {tuple(values.values()) for values in told.values()} == {(-1, -1, -1)}


def test_requests_of_a_second_are_counted(seller: Wire, control: Control) -> None:
    control.limit("sessionList", 5, -1, -1)
    passed, refused = first_refusal(seller, "/sessions?sessionType=Online")
    assert passed == 5
    assert int(refused.headers["retry-after"]) >= 1
    assert refused.json["status"]["code"] == 429
    assert "Przekroczono limit 5 żądań na sekundę" in refused.json["status"]["details"][0]


def test_window_slides(seller: Wire, control: Control) -> None:
    control.limit("sessionList", -1, 10, -1)
    for _ in range(6):
        seller.get("/sessions?sessionType=Online")
    control.shift_clock(40)
    for _ in range(4):
        assert seller.get("/sessions?sessionType=Online").status == 200
    control.shift_clock(21)
    passed, _ = first_refusal(seller, "/sessions?sessionType=Online")
    assert passed == 6


def test_block_ends_when_it_said(seller: Wire, control: Control) -> None:
    control.limit("sessionList", -1, 2, -1)
    _, refused = first_refusal(seller, "/sessions?sessionType=Online")
    wait = int(refused.headers["retry-after"])
    control.shift_clock(wait)
    assert seller.get("/sessions?sessionType=Online").status == 200


def test_block_grows_with_every_violation(seller: Wire, control: Control) -> None:
    control.limit("sessionList", 1, -1, -1)
    first_refusal(seller, "/sessions?sessionType=Online")
    waits = [
        int(seller.get("/sessions?sessionType=Online").headers["retry-after"]) for _ in range(4)
    ]
    assert waits == sorted(waits)
    assert waits[-1] > waits[0]


def test_opening_and_closing_are_counted_apart(seller: Wire, control: Control) -> None:
    session = seller.open_session()
    control.limit("onlineSession", -1, 0, -1)
    assert session.send(invoice()).status == 202
    assert session.close().status == 204
    assert seller.post("/sessions/online", {}).status == 429


def test_limits_hold_for_one_context(seller: Wire, wire: Wire, control: Control) -> None:
    other = wire.login_with_token(BUYER, control.token(BUYER))
    control.limit("sessionList", -1, 2, -1)
    first_refusal(seller, "/sessions?sessionType=Online")
    assert other.get("/sessions?sessionType=Online").status == 200


def test_two_logins_of_a_context_share_its_limit(
    seller: Wire, wire: Wire, control: Control
) -> None:
    second = wire.login_with_token(SELLER, control.token(SELLER))
    control.limit("sessionList", -1, 2, -1)
    first_refusal(seller, "/sessions?sessionType=Online")
    assert second.get("/sessions?sessionType=Online").status == 429


def test_operations_of_group_other_are_counted_one_by_one(seller: Wire, control: Control) -> None:
    control.limit("other", -1, 2, -1)
    first_refusal(seller, "/tokens")
    assert seller.get("/limits/context").status == 200


def test_status_list_and_single_invoice_are_different_groups(
    seller: Wire, control: Control
) -> None:
    session = seller.open_session()
    sent = session.send(invoice()).json["referenceNumber"]
    control.limit("sessionInvoiceList", -1, 1, -1)
    passed, _ = first_refusal(seller, f"{session.path}/invoices")
    assert passed == 1
    assert seller.get(f"{session.path}/invoices/failed").status == 429
    assert seller.get(f"{session.path}/invoices/{sent}").status == 200
    assert seller.get(session.path).status == 200


def test_public_operations_are_limited_by_address(wire: Wire, control: Control) -> None:
    control.limit("anonymous", 5, -1, -1)
    assert [wire.post("/auth/challenge").status for _ in range(6)] == [200] * 5 + [429]


def test_problem_details_of_a_429(seller: Wire, control: Control) -> None:
    control.limit("sessionList", -1, 0, -1)
    refused = seller.get("/sessions?sessionType=Online", X_Error_Format="problem-details")
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json["status"] == 429
    assert refused.headers["retry-after"]


def test_links_are_not_limited(seller: Wire, control: Control) -> None:
    session = seller.open_session()
    described = session.send_and_wait(invoice())
    for group in PRODUCTION:
        control.limit(group, 0, 0, 0)
    assert fetch(described["upoDownloadUrl"]).status == 200


def test_test_data_set_the_limits_of_one_context(
    seller: Wire, wire: Wire, control: Control
) -> None:
    windows = {"perSecond": 3, "perMinute": 4, "perHour": 5}
    body = {"rateLimits": dict.fromkeys(SETTABLE, windows)}
    assert seller.post("/testdata/rate-limits", body).status == 200
    told = seller.get("/rate-limits").json
    assert told["invoiceSend"] == windows
    assert told["onlineSessionClose"]["perHour"] == -1
    other = wire.login_with_token(BUYER, control.token(BUYER))
    assert other.get("/rate-limits").json["invoiceSend"]["perHour"] == -1
    assert seller.post("/testdata/rate-limits/production").status == 200
    assert seller.get("/rate-limits").json["invoiceSend"]["perHour"] == 180
    assert seller.delete("/testdata/rate-limits").status == 200
    assert seller.get("/rate-limits").json["invoiceSend"]["perHour"] == -1


def test_all_thirteen_groups_must_be_set_together(seller: Wire) -> None:
    windows = {"perSecond": 3, "perMinute": 4, "perHour": 5}
    body = {"rateLimits": dict.fromkeys(SETTABLE[1:], windows)}
    refused = seller.post("/testdata/rate-limits", body)
    assert refused.codes == [21405]
    assert "rateLimits.onlineSession" in refused.details


def test_limits_of_sessions_are_told_and_set(seller: Wire) -> None:
    usual = {"maxInvoiceSizeInMB": 1, "maxInvoiceWithAttachmentSizeInMB": 3, "maxInvoices": 10000}
    assert seller.get("/limits/context").json == {
        "onlineSession": usual,
        "batchSession": usual,
        "collectiveIdentifier": {"maxInvoices": 500},
    }
    small = {"maxInvoiceSizeInMB": 0, "maxInvoiceWithAttachmentSizeInMB": 0, "maxInvoices": 7}
    body = {
        "onlineSession": small,
        "batchSession": usual,
        "collectiveIdentifier": {"maxInvoices": 2},
    }
    assert seller.post("/testdata/limits/context/session", body).status == 200
    assert seller.get("/limits/context").json == body
    assert seller.open_session().send_and_wait(invoice())["status"]["code"] == 430
    assert seller.delete("/testdata/limits/context/session").status == 200
    assert seller.get("/limits/context").json["onlineSession"] == usual


def test_session_limits_beyond_their_bounds_are_refused(seller: Wire) -> None:
    wrong = {"maxInvoiceSizeInMB": 6, "maxInvoiceWithAttachmentSizeInMB": 3, "maxInvoices": 1}
    body = {
        "onlineSession": wrong,
        "batchSession": wrong,
        "collectiveIdentifier": {"maxInvoices": 1},
    }
    refused = seller.post("/testdata/limits/context/session", body)
    assert refused.codes == [21405]
    assert "collectiveIdentifier.maxInvoices" in refused.details


def test_exhausted_hour_of_queries_is_refused(seller: Wire, control: Control) -> None:
    """20 queries an hour is the limit that clients meet first."""
    control.limits("production")
    body = {
        "subjectType": "Subject2",
        "dateRange": {"dateType": "Issue", "from": f"{today(-5)}T00:00:00Z"},
    }
    statuses = []
    for _ in range(21):
        statuses.append(seller.post("/invoices/query/metadata", body).status)
        control.shift_clock(10)
    assert 429 not in statuses[:20]
    assert statuses[20] == 429
