"""What the simulator makes of tokens, keys and the logins that are there already."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

from wire import SELLER, Wire

from simulator.panel import Control

TOKEN_USAGE = "KsefTokenEncryption"
INVOICE_USAGE = "SymmetricKeyEncryption"


def status_of_token_login(wire: Wire, body: dict[str, Any]) -> dict[str, Any]:
    started = wire.post("/auth/ksef-token", body)
    assert started.status == 202, started.content
    return wire.await_login(started)


# Checks 7 and 8: the bearer tokens.


def test_each_token_opens_its_own_doors_only(wire: Wire, control: Control) -> None:
    body = wire.token_login_body(SELLER, control.token(SELLER))
    started = wire.post("/auth/ksef-token", body)
    assert wire.await_login(started)["code"] == 200
    tokens = wire.redeem(started)
    operation = wire.as_bearer(started.json["authenticationToken"]["token"])
    access = wire.as_bearer(tokens["accessToken"]["token"])
    refresh = wire.as_bearer(tokens["refreshToken"]["token"])
    path = f"/auth/{started.json['referenceNumber']}"
    assert operation.get(path).status == 200
    assert [bearer.get(path).status for bearer in (wire, access, refresh)] == [401] * 3
    assert access.get("/tokens").status == 200
    assert [b.get("/tokens").status for b in (wire, operation, refresh)] == [401] * 3
    assert refresh.post("/auth/token/refresh").status == 200
    assert [b.post("/auth/token/refresh").status for b in (operation, access)] == [401] * 2
    assert [b.post("/auth/token/redeem").status for b in (access, refresh)] == [401] * 2


def test_unauthorized_is_a_problem_document(wire: Wire) -> None:
    refused = wire.get("/tokens")
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json["status"] == 401


def test_access_token_ends_after_a_quarter_and_refresh_brings_a_new_one(
    wire: Wire, control: Control
) -> None:
    started = wire.post("/auth/ksef-token", wire.token_login_body(SELLER, control.token(SELLER)))
    wire.await_login(started)
    tokens = wire.redeem(started)
    control.shift_clock(15 * 60)
    assert wire.as_bearer(tokens["accessToken"]["token"]).get("/tokens").status == 401
    refresh = wire.as_bearer(tokens["refreshToken"]["token"])
    for _ in range(2):
        fresh = refresh.post("/auth/token/refresh").json["accessToken"]["token"]
        assert wire.as_bearer(fresh).get("/tokens").status == 200


def test_tokens_are_redeemed_once(wire: Wire, control: Control) -> None:
    started = wire.post("/auth/ksef-token", wire.token_login_body(SELLER, control.token(SELLER)))
    wire.await_login(started)
    wire.redeem(started)
    waiting = wire.as_bearer(started.json["authenticationToken"]["token"])
    refused = waiting.post("/auth/token/redeem")
    assert refused.codes == [21301]
    assert "już pobrane" in refused.details


def test_tokens_are_not_redeemed_before_success(wire: Wire, control: Control) -> None:
    body = wire.token_login_body(SELLER, control.token(SELLER))
    waiting = wire.as_bearer(
        wire.post("/auth/ksef-token", body).json["authenticationToken"]["token"]
    )
    assert waiting.post("/auth/token/redeem").codes == [21301]


def test_forged_token_is_unauthorized(wire: Wire, seller: Wire) -> None:
    assert seller.bearer is not None
    head, payload, signature = seller.bearer.split(".")
    for forged in (f"{head}.{payload}.{signature[::-1]}", "x", f"{head}.{payload}", "ż"):
        answer = wire.get("/tokens", Authorization=f"Bearer {forged}".encode().decode("latin-1"))
        assert answer.status == 401


# Check 9 lives where permissions matter; check 10: names of keys.


def test_unknown_key_is_refused(wire: Wire, control: Control) -> None:
    body = wire.token_login_body(SELLER, control.token(SELLER))
    body["publicKeyId"] = b64encode(bytes(32)).decode()
    assert wire.post("/auth/ksef-token", body).codes == [21470]


def test_key_of_the_other_usage_is_refused(wire: Wire, control: Control) -> None:
    body = wire.token_login_body(SELLER, control.token(SELLER))
    body["publicKeyId"] = wire.public_key(INVOICE_USAGE)[0]
    assert wire.post("/auth/ksef-token", body).codes == [21470]


def test_withdrawn_key_is_refused(wire: Wire, control: Control) -> None:
    body = wire.token_login_body(SELLER, control.token(SELLER))
    control.rotate_keys(TOKEN_USAGE, emergency=True)
    assert wire.post("/auth/ksef-token", body).codes == [21470]
    assert wire.login_with_token(SELLER, control.token(SELLER)).get("/tokens").status == 200


def test_old_key_serves_on_through_a_planned_rotation(wire: Wire, control: Control) -> None:
    body = wire.token_login_body(SELLER, control.token(SELLER))
    control.rotate_keys(TOKEN_USAGE, emergency=False)
    published = wire.get("/security/public-key-certificates").json
    assert [entry["usage"] for entry in published].count([TOKEN_USAGE]) == 2
    assert status_of_token_login(wire, body)["code"] == 200
    control.rotate_keys(TOKEN_USAGE, emergency=True)


def test_new_certificate_keeps_the_name_of_the_key(wire: Wire, control: Control) -> None:
    before = key_entry(wire)
    control.recertify_key(TOKEN_USAGE)
    after = key_entry(wire)
    assert before["publicKeyId"] == after["publicKeyId"]
    assert before["certificateId"] != after["certificateId"]


def key_entry(wire: Wire) -> dict[str, Any]:
    published = wire.get("/security/public-key-certificates").json
    return next(entry for entry in published if entry["usage"] == [TOKEN_USAGE])


# The list of logins.


def test_revoked_login_cannot_refresh_but_access_lives_on(wire: Wire, control: Control) -> None:
    started = wire.post("/auth/ksef-token", wire.token_login_body(SELLER, control.token(SELLER)))
    wire.await_login(started)
    tokens = wire.redeem(started)
    refresh = wire.as_bearer(tokens["refreshToken"]["token"])
    assert refresh.delete("/auth/sessions/current").status == 204
    refused = refresh.post("/auth/token/refresh")
    assert refused.codes == [21301]
    assert "425" in refused.details
    assert wire.as_bearer(tokens["accessToken"]["token"]).get("/tokens").status == 200


def test_logins_are_listed_and_revoked_by_reference(wire: Wire, control: Control) -> None:
    token = control.token(SELLER)
    first = wire.login_with_token(SELLER, token)
    second = wire.login_with_token(SELLER, token)
    items = first.get("/auth/sessions").json["items"]
    assert [item["isCurrent"] for item in items] == [False, True]
    assert first.delete(f"/auth/sessions/{items[0]['referenceNumber']}").status == 204
    assert len(second.get("/auth/sessions").json["items"]) == 1


def test_login_must_be_redeemed_within_45_minutes(wire: Wire, control: Control) -> None:
    body = wire.token_login_body(SELLER, control.token(SELLER))
    started = wire.post("/auth/ksef-token", body)
    control.shift_clock(45 * 60)
    waiting = wire.as_bearer(started.json["authenticationToken"]["token"])
    assert waiting.get(f"/auth/{started.json['referenceNumber']}").status == 401


def test_status_of_another_login_is_unknown(wire: Wire, control: Control) -> None:
    token = control.token(SELLER)
    one = wire.post("/auth/ksef-token", wire.token_login_body(SELLER, token))
    other = wire.post("/auth/ksef-token", wire.token_login_body(SELLER, token))
    waiting = wire.as_bearer(one.json["authenticationToken"]["token"])
    assert waiting.get(f"/auth/{other.json['referenceNumber']}").codes == [21304]


def test_policy_keeps_other_addresses_out(wire: Wire, control: Control) -> None:
    body = wire.token_login_body(SELLER, control.token(SELLER))
    body["authorizationPolicy"] = {"allowedIps": {"ip4Masks": ["10.0.0.0/8"]}}
    logged_in = wire.finish_login(wire.post("/auth/ksef-token", body))
    refused = logged_in.get("/tokens")
    assert (refused.status, refused.json["reasonCode"]) == (403, "ip-not-allowed")


def test_policy_lets_named_addresses_in(wire: Wire, control: Control) -> None:
    body = wire.token_login_body(SELLER, control.token(SELLER))
    body["authorizationPolicy"] = {"allowedIps": {"ip4Ranges": ["127.0.0.1-127.0.0.9"]}}
    logged_in = wire.finish_login(wire.post("/auth/ksef-token", body))
    assert logged_in.get("/tokens").status == 200


def test_policy_with_a_wrong_address_is_refused(wire: Wire, control: Control) -> None:
    body = wire.token_login_body(SELLER, control.token(SELLER))
    body["authorizationPolicy"] = {"allowedIps": {"ip4Addresses": ["300.0.0.1"]}}
    assert wire.post("/auth/ksef-token", body).codes == [21405]


def test_body_that_is_no_json_is_unreadable(wire: Wire) -> None:
    assert wire.call("POST", "/auth/ksef-token", body=b"{").codes == [21001]
    assert wire.call("POST", "/auth/ksef-token", body=b"[]").codes == [21001]


def test_one_refusal_names_every_wrong_property(wire: Wire) -> None:
    refused = wire.post("/auth/ksef-token", {"contextIdentifier": {"type": "nip"}})
    assert refused.codes == [21405]
    for name in ("challenge", "contextIdentifier.type", "contextIdentifier.value"):
        assert f"'{name}'" in refused.details


def test_problem_details_are_given_when_asked_for(wire: Wire) -> None:
    refused = wire.post("/auth/ksef-token", {}, X_Error_Format="problem-details")
    assert refused.headers["content-type"] == "application/problem+json"
    assert [problem["code"] for problem in refused.json["errors"]] == [21405]
