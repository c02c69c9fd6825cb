"""Collective identifiers and the smaller chapters: test data, attachments, permissions."""

from __future__ import annotations

from typing import Any

import pytest
from invoices import invoice, today
from signing import PERSON_SUBJECT, login_request, self_signed, sign
from wire import BUYER, SELLER, Wire

from simulator.numbers import crc8
from simulator.panel import Control

STRANGER = "1111111111"
PESEL = "44051401359"


@pytest.fixture
def buyer(wire: Wire, control: Control) -> Wire:
    return wire.login_with_token(BUYER, control.token(BUYER))


@pytest.fixture
def numbers(seller: Wire) -> list[str]:
    """KSeF numbers of three accepted invoices of one seller."""
    session = seller.open_session()
    return [session.send_and_wait(invoice(f"FV/{at}"))["ksefNumber"] for at in range(3)]


def entries(*numbers: str, **more: Any) -> dict[str, Any]:
    return {"invoices": [{"ksefNumber": number, **more} for number in numbers]}


def lasting(**more: Any) -> dict[str, Any]:
    dates = {
        "dateCreatedFrom": f"{today(-1)}T00:00:00Z",
        "dateCreatedTo": f"{today(2)}T00:00:00Z",
    }
    return {**dates, **more}


def test_number_of_a_collective_identifier_has_check_digits(
    buyer: Wire, numbers: list[str]
) -> None:
    made = buyer.post("/collective-identifiers", entries(*numbers))
    assert made.status == 201
    number = made.json["collectiveIdentifierNumber"]
    assert number.startswith(f"{SELLER}-IZ{today()[:7].replace('-', '')}-")
    assert (len(number), number[33:]) == (35, crc8(number[:32]))


def test_collective_identifier_is_found_by_date_and_invoice(
    buyer: Wire, seller: Wire, numbers: list[str]
) -> None:
    made = buyer.post("/collective-identifiers", entries(*numbers)).json
    number = made["collectiveIdentifierNumber"]
    found = buyer.post("/collective-identifiers/query", lasting()).json["collectiveIdentifiers"]
    assert [(item["collectiveIdentifierNumber"], item["invoiceCount"]) for item in found] == [
        (number, 3)
    ]
    assert found[0]["createdInCurrentContext"]
    of_seller = seller.get(f"/collective-identifiers/ksef/{numbers[0]}").json
    assert not of_seller["collectiveIdentifiers"][0]["createdInCurrentContext"]
    for wanted in ({"invoiceCountFrom": 4}, {"createdInCurrentContext": False}):
        narrowed = buyer.post("/collective-identifiers/query", lasting(**wanted)).json
        assert narrowed["collectiveIdentifiers"] == []


def test_details_are_hidden_from_strangers(
    buyer: Wire, wire: Wire, control: Control, numbers: list[str]
) -> None:
    payment = {"amount": 12.5, "currency": "PLN"}
    body = entries(*numbers, payment=payment, description="Zapłata")
    number = buyer.post("/collective-identifiers", body).json["collectiveIdentifierNumber"]
    wanted = {"collectiveIdentifierNumbers": [number]}
    own = buyer.post("/collective-identifiers/invoices", wanted).json["invoices"]
    assert [item["ksefNumber"] for item in own] == sorted(numbers, reverse=True)
    assert (own[0]["payment"], own[0]["detailsHidden"]) == (payment, False)
    stranger = wire.login_with_token(STRANGER, control.token(STRANGER))
    seen = stranger.post("/collective-identifiers/invoices", wanted).json["invoices"][0]
    assert (seen["payment"], seen["description"], seen["detailsHidden"]) == (None, None, True)


def test_wrong_collections_are_refused(seller: Wire, buyer: Wire, numbers: list[str]) -> None:
    unknown = f"{SELLER}-20260101-000000000000-00"
    path = "/collective-identifiers"
    assert buyer.post(path, entries(numbers[0])).codes == [21405]
    assert buyer.post(path, entries(numbers[0], unknown, unknown[:-1] + "1")).codes == [71001] * 2
    assert buyer.post(path, entries(numbers[0], numbers[0])).codes == [71005]
    sold_by_buyer = invoice("K/1", seller=BUYER, buyer=f"<NIP>{SELLER}</NIP>")
    other = buyer.open_session().send_and_wait(sold_by_buyer)["ksefNumber"]
    assert buyer.post(path, entries(numbers[0], other)).codes == [71004]
    assert buyer.post(f"{path}/query", {}).codes == [21405]
    long = lasting(dateCreatedFrom="2020-01-01T00:00:00Z")
    assert buyer.post(f"{path}/query", long).codes == [21405]


def test_an_invoice_is_in_at_most_132_identifiers(buyer: Wire, numbers: list[str]) -> None:
    body = entries(*numbers[:2])
    made = [buyer.post("/collective-identifiers", body).status for _ in range(132)]
    assert set(made) == {201}
    assert buyer.post("/collective-identifiers", body).codes == [71002]
    assert buyer.post("/collective-identifiers", entries(numbers[0], numbers[2])).codes == [71002]
    pages, token = 0, None
    while pages == 0 or token:
        headers = {"x-continuation-token": token} if token else {}
        page = buyer.get(f"/collective-identifiers/ksef/{numbers[0]}?pageSize=50", **headers).json
        pages, token = pages + 1, page["continuationToken"]
    assert pages == 3


# Test data.


def person_login(wire: Wire, context: str = SELLER) -> dict[str, Any]:
    subject = (*PERSON_SUBJECT[:2], ("2.5.4.5", f"PNOPL-{PESEL}"), *PERSON_SUBJECT[3:])
    request = login_request(wire.challenge()["challenge"], context=f"<Nip>{context}</Nip>")
    document = sign(request, self_signed(subject=subject))
    return wire.await_login(wire.call("POST", "/auth/xades-signature", body=document))


def test_person_becomes_the_owner_of_a_company(wire: Wire) -> None:
    assert person_login(wire)["code"] == 415
    body = {"nip": SELLER, "pesel": PESEL, "isBailiff": False, "description": "Osoba"}
    assert wire.post("/testdata/person", body).status == 200
    assert wire.post("/testdata/person", body).codes == [30001]
    assert person_login(wire)["code"] == 200
    assert wire.post("/testdata/person/remove", {"nip": SELLER}).status == 200
    assert person_login(wire)["code"] == 415


def test_deceased_person_cannot_log_in(wire: Wire) -> None:
    body = {
        "nip": SELLER,
        "pesel": PESEL,
        "isBailiff": False,
        "description": "Osoba",
        "isDeceased": True,
    }
    wire.post("/testdata/person", body)
    assert person_login(wire)["code"] == 470


def test_granted_permission_opens_a_foreign_context_until_withdrawn(wire: Wire) -> None:
    body = {
        "contextIdentifier": {"type": "Nip", "value": BUYER},
        "authorizedIdentifier": {"type": "Pesel", "value": PESEL},
    }
    granted = {"permissionType": "InvoiceRead", "description": "Odczyt faktur"}
    assert wire.post("/testdata/permissions", {**body, "permissions": [granted]}).status == 200
    assert person_login(wire, BUYER)["code"] == 200
    assert wire.post("/testdata/permissions/revoke", body).status == 200
    assert person_login(wire, BUYER)["code"] == 415


def test_blocked_context_ends_in_480(wire: Wire, control: Control) -> None:
    body = {"contextIdentifier": {"type": "Nip", "value": SELLER}}
    assert wire.post("/testdata/context/block", body).status == 200
    login = wire.token_login_body(SELLER, control.token(SELLER))
    assert wire.await_login(wire.post("/auth/ksef-token", login))["code"] == 480
    assert wire.post("/testdata/context/unblock", body).status == 200
    assert wire.login_with_token(SELLER, control.token(SELLER)).get("/tokens").status == 200


def test_subject_is_added_once(wire: Wire) -> None:
    body = {"subjectNip": SELLER, "subjectType": "JST", "description": "Gmina"}
    assert wire.post("/testdata/subject", body).status == 200
    assert wire.post("/testdata/subject", body).codes == [30001]
    assert wire.post("/testdata/subject/remove", {"subjectNip": SELLER}).status == 200
    assert wire.post("/testdata/subject", body).status == 200


def test_consent_to_attachments_is_told(wire: Wire, control: Control) -> None:
    permissions = ("InvoiceWrite", "CredentialsRead")
    reader = wire.login_with_token(SELLER, control.token(SELLER, permissions))

    def told() -> bool:
        return bool(reader.get("/permissions/attachments/status").json["isAttachmentAllowed"])

    assert not told()
    wire.post("/testdata/attachment", {"nip": SELLER})
    assert told()
    wire.post("/testdata/attachment/revoke", {"nip": SELLER, "expectedEndDate": today(1)})
    assert told()
    wire.post("/testdata/attachment/revoke", {"nip": SELLER})
    assert not told()


def test_consent_is_not_told_to_everyone(seller: Wire) -> None:
    assert seller.get("/permissions/attachments/status").status == 403


def test_own_permissions_are_told_and_filtered(seller: Wire) -> None:
    told = seller.post("/permissions/query/personal/grants", {}).json
    assert [grant["permissionScope"] for grant in told["permissions"]] == [
        "InvoiceRead",
        "InvoiceWrite",
    ]
    assert "CredentialsManage" in told["ownerPermissions"]
    narrowed = {"permissionTypes": ["InvoiceRead"], "permissionState": "Active"}
    answer = seller.post("/permissions/query/personal/grants", narrowed).json
    assert len(answer["permissions"]) == 1
    wrong = {"permissionTypes": ["Everything"]}
    assert seller.post("/permissions/query/personal/grants", wrong).codes == [21405]


def test_authorization_is_withdrawn_by_its_identifier(wire: Wire, control: Control) -> None:
    owner = wire.login_with_token(BUYER, control.token(BUYER, ("CredentialsManage",)))
    unknown = owner.delete("/permissions/authorizations/grants/" + "0" * 36)
    path = f"/permissions/operations/{unknown.json['referenceNumber']}"
    assert [owner.get(path).json["status"]["code"] for _ in range(2)] == [100, 400]
    other = wire.login_with_token(SELLER, control.token(SELLER))
    assert other.get(path).codes == [21405]
