"""One invoice from a click to its KSeF number, over Odoo's web API, as the accountant."""

from __future__ import annotations

import base64
import http.client
import json
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any
from urllib.request import HTTPCookieProcessor, OpenerDirector, ProxyHandler

from tools import console, paths
from tools.logins import ACCOUNTANT, Login

PATIENCE = 150  # seconds; Odoo's cron wakes at once when it is told, else every minute


@dataclass(frozen=True, kw_only=True)
class Session:
    """A signed-in browser session, as far as its calls to models go."""

    address: str
    opener: OpenerDirector = field(
        default_factory=lambda: urllib.request.build_opener(
            ProxyHandler({}), HTTPCookieProcessor(CookieJar())
        )
    )

    def post(self, path: str, **params: Any) -> Any:
        """The result of one JSON-RPC call; a Problem with Odoo's own words if it fails."""
        request = urllib.request.Request(
            f"{self.address}{path}",
            data=json.dumps({"jsonrpc": "2.0", "method": "call", "params": params}).encode(),
            headers={"Content-Type": "application/json"},
        )
        try:
            with self.opener.open(request, timeout=60) as response:
                answer = json.load(response)
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise console.Problem(f"Odoo did not answer {path}: {error}") from error
        if "error" in answer:
            raise console.Problem(f"Odoo refused: {_words(answer['error'])}")
        return answer.get("result")

    def call(self, model: str, method: str, *args: Any, **kwargs: Any) -> Any:
        """Call a public method of a model."""
        return self.post(
            f"/web/dataset/call_kw/{model}/{method}",
            model=model,
            method=method,
            args=args,
            kwargs=kwargs,
        )


def sign_in(address: str, database: str, login: Login = ACCOUNTANT) -> Session:
    """A session of a user, by default the accountant."""
    session = Session(address=address)
    session.post(
        "/web/session/authenticate", db=database, login=login.name, password=login.password
    )
    return session


def send(address: str, database: str) -> None:
    """Send one posted invoice and wait for its number; prints it and where its UPO lies."""
    session = sign_in(address, database)
    move = _posted_invoice(session)
    console.say(f"Sending {move['name']} as {ACCOUNTANT.name} …")
    session.call("account.move", "action_ksef_send", [move["id"]])
    row = _wait_for_upo(session, move)
    console.tell(f"KSeF number: {row['ksef_number']}")
    console.tell(f"UPO: {_save_upo(row)}")


def _words(error: dict[str, Any]) -> str:
    return str(error.get("data", {}).get("message") or error.get("message"))


def _posted_invoice(session: Session) -> dict[str, Any]:
    domain = [
        ("move_type", "=", "out_invoice"),
        ("state", "=", "posted"),
        ("ksef_state", "=", "to_send"),
    ]
    found = session.call("account.move", "search_read", domain, ["name"], order="id", limit=1)
    if not found:
        raise console.Problem("The demo company has no posted invoice that is still to be sent.")
    return dict(found[0])


def _wait_for_upo(session: Session, move: dict[str, Any]) -> dict[str, Any]:
    """The row of the sending, once it has its number and its UPO."""
    deadline = time.monotonic() + PATIENCE
    state, explanation = "queued", ""
    while time.monotonic() < deadline:
        for row in _submissions(session, move):
            state, explanation = row["state"], row["explanation"] or ""
            if state == "rejected":
                raise console.Problem(f"KSeF refused {move['name']}: {explanation}")
            if row["ksef_number"] and row["upo"]:
                return row
        time.sleep(0.5)
    raise console.Problem(
        f"No number and UPO in {PATIENCE} s; the sending is in state {state}. {explanation}"
    )


def _submissions(session: Session, move: dict[str, Any]) -> list[dict[str, Any]]:
    fields = ["state", "ksef_number", "upo", "upo_name", "explanation"]
    domain = [("move_id", "=", move["id"])]
    return list(
        session.call("ksef.submission", "search_read", domain, fields, order="id desc", limit=1)
    )


def _save_upo(row: dict[str, Any]) -> Path:
    folder = paths.own() / "upo"
    folder.mkdir(exist_ok=True)
    file = folder / str(row["upo_name"])
    file.write_bytes(base64.b64decode(row["upo"]))
    return file
