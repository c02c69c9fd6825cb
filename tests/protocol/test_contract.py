"""The client against the official contract, and the contract checker against itself."""

from __future__ import annotations

import importlib
import json
import pkgutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from contract import CONTRACT, Exchange
from wire import SELLER

import ksef
from ksef.budget import DEFAULT_LIMITS
from ksef.operations import Group, Operation
from ksef.query import DateType, Role
from tools import compact_contract

TOKEN_LOGIN = {
    "challenge": "20260302-CR-2FDC223000-C2BFC98A9C-4E",
    "contextIdentifier": {"type": "Nip", "value": SELLER},
    "encryptedToken": "AAAA",
    "publicKeyId": "A" * 43 + "=",
}
STARTED = {
    "referenceNumber": "20260302-AU-2FDC223000-C2BFC98A9C-4E",
    "authenticationToken": {"token": "t", "validUntil": "2026-03-02T12:00:00.1234567+00:00"},
}
LOGIN = Exchange(
    method="POST",
    url="http://127.0.0.1/v2/auth/ksef-token",
    headers={"content-type": "application/json"},
    body=json.dumps(TOKEN_LOGIN).encode(),
    status=202,
    answer_headers={"content-type": "application/json; charset=utf-8"},
    answer=json.dumps(STARTED).encode(),
)
LISTING = Exchange(
    method="GET",
    url="http://127.0.0.1/v2/tokens?pageSize=100",
    headers={"authorization": "Bearer t"},
    body=b"",
    status=200,
    answer_headers={"content-type": "application/json"},
    answer=b'{"tokens":[]}',
)


def operations() -> dict[str, Operation]:
    """Every operation that a module of the client declares."""
    found = {}
    for module in pkgutil.iter_modules(ksef.__path__):
        if not module.ispkg:
            for value in vars(importlib.import_module(f"ksef.{module.name}")).values():
                if isinstance(value, Operation) and value.group is not None:
                    found[f"{value.method} {value.path}"] = value
    return found


def problems(**changes: Any) -> list[str]:
    return CONTRACT.problems(replace(LOGIN, **changes))


def body(**changes: object) -> bytes:
    return json.dumps({**TOKEN_LOGIN, **changes}).encode()


def test_every_operation_of_the_client_is_in_the_contract() -> None:
    assert set(operations()) - set(CONTRACT.operations) == set()
    assert len(operations()) > 40


@pytest.mark.parametrize(("name", "operation"), operations().items())
def test_operation_is_counted_in_its_group(name: str, operation: Operation) -> None:
    limits = CONTRACT.operations[name]["limits"]
    ours = {
        key: value
        for key, value in DEFAULT_LIMITS[operation.group_name].to_json().items()
        if value != -1
    }
    assert ours == limits


def test_groups_are_those_of_the_contract() -> None:
    groups = set(CONTRACT.schemas["EffectiveApiRateLimits"]["required"])
    assert groups == set(DEFAULT_LIMITS) == {*(group.value for group in Group), "global"}


def test_values_of_the_client_are_those_of_the_contract() -> None:
    enums = {name: set(schema.get("enum", ())) for name, schema in CONTRACT.schemas.items()}
    assert {role.value for role in Role} == enums["InvoiceQuerySubjectType"]
    assert {kind.value for kind in DateType} == enums["InvoiceQueryDateType"]


def test_right_exchange_breaks_nothing() -> None:
    assert problems() == []
    assert CONTRACT.problems(LISTING) == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"url": "http://127.0.0.1/v2/nowhere"}, "not in the contract"),
        ({"method": "DELETE"}, "not in the contract"),
        ({"body": b"{"}, "body is no JSON"),
        ({"headers": {"content-type": "text/plain"}}, "a body of type 'text/plain'"),
        ({"body": body(challenge="short")}, "body.challenge has 5 characters"),
        ({"body": body(challenge=None)}, "body.challenge is null"),
        ({"body": body(surprise=1)}, "body.surprise is unknown"),
        ({"body": body(contextIdentifier={"type": "Nip"})}, "value is missing"),
        ({"body": body(contextIdentifier={"type": "nip", "value": "1"})}, "type is 'nip'"),
        ({"body": body(encryptedToken="!")}, "is no byte"),
        ({"body": body(encryptedToken=1)}, "body.encryptedToken is a int"),
        ({"status": 200}, "an answer with status 200"),
        ({"answer": b""}, "an answer of 0 bytes"),
        ({"answer": b"{"}, "answer is no JSON"),
        ({"answer": b"{}"}, "answer.referenceNumber is missing"),
        ({"answer_headers": {"content-type": "text/html"}}, "an answer of type 'text/html'"),
        (
            {"answer": json.dumps({**STARTED, "referenceNumber": True}).encode()},
            "answer.referenceNumber is a bool",
        ),
        (
            {"answer": json.dumps(STARTED).replace("+00:00", "").encode()},
            "is no date-time",
        ),
    ],
)
def test_broken_exchange_is_noticed(changes: dict[str, Any], words: str) -> None:
    assert any(words in problem for problem in problems(**changes)), problems(**changes)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"headers": {}}, "no token"),
        ({"body": b"{}"}, "a body that nobody asked for"),
        ({"url": "http://127.0.0.1/v2/tokens?pageSize=5"}, "pageSize is 5"),
        ({"url": "http://127.0.0.1/v2/tokens?pageSize=x"}, "pageSize is a str"),
        ({"url": "http://127.0.0.1/v2/tokens?page=1"}, "unknown parameter page"),
        ({"url": "http://127.0.0.1/v2/sessions"}, "sessionType is missing"),
        ({"url": "http://127.0.0.1/v2/tokens/short"}, "referenceNumber has 5 characters"),
    ],
)
def test_broken_question_is_noticed(changes: dict[str, Any], words: str) -> None:
    found = CONTRACT.problems(replace(LISTING, **changes))
    assert any(words in problem for problem in found), found


def test_refused_request_may_be_broken() -> None:
    refusal = b'{"exception":{"exceptionDetailList":[]}}'
    assert problems(body=b"{", status=400, answer=refusal) == []


def test_answer_may_hold_more_than_the_contract() -> None:
    more = json.dumps({**STARTED, "surprise": {"a": [1]}}).encode()
    assert problems(answer=more) == []


def test_path_of_its_own_words_goes_first() -> None:
    assert CONTRACT.operation_of("DELETE", "/auth/sessions/current") == (
        "DELETE /auth/sessions/current"
    )


OFFICIAL = {
    "info": {"version": "v2", "description": "**Wersja API:** 1.2 (build 1.2-te-1+ab)<br>"},
    "paths": {
        "/things": {
            "get": {
                "summary": "prose",
                "security": [{"Bearer": []}],
                "x-rate-limits": {"perSecond": 1},
                "parameters": [{"name": "n", "in": "query", "schema": {"type": "string"}}],
                "responses": {"204": {"description": "prose"}},
            }
        }
    },
    "components": {
        "schemas": {
            "Thing": {
                "type": "object",
                "description": "prose",
                "required": ["a"],
                "properties": {
                    "a": {"allOf": [{"$ref": "#/components/schemas/B"}], "nullable": True},
                    "c": {"type": "array", "items": {"$ref": "#/components/schemas/B"}},
                },
                "additionalProperties": {"type": "string"},
            },
            "B": {"type": "string", "enum": ["x"], "example": "x"},
        }
    },
}
COMPACT = {
    "build": "1.2-te-1+ab",
    "operations": {
        "GET /things": {
            "secured": True,
            "limits": {"perSecond": 1},
            "parameters": [{"name": "n", "in": "query", "schema": {"type": "string"}}],
            "answers": {"204": {}},
        }
    },
    "schemas": {
        "B": {"type": "string", "enum": ["x"]},
        "Thing": {
            "type": "object",
            "required": ["a"],
            "properties": {
                "a": {"nullable": True, "ref": "B"},
                "c": {"type": "array", "items": {"ref": "B"}},
            },
            "values": {"type": "string"},
        },
    },
}


def test_compact_contract_keeps_what_a_machine_can_check(tmp_path: Path) -> None:
    compact_contract.write(compact_contract.compact(OFFICIAL), tmp_path / "contract.json")
    assert json.loads((tmp_path / "contract.json").read_text()) == COMPACT


def test_unknown_construct_is_not_dropped_in_silence() -> None:
    with pytest.raises(compact_contract.ContractError, match="oneOf"):
        compact_contract.compact_schema({"oneOf": []})
    with pytest.raises(compact_contract.ContractError, match="build"):
        compact_contract.build_of("no version")
