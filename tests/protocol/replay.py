"""Every exchange of a client with the simulator, held against the contract while it happens."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import requests
from contract import CONTRACT, Exchange

from ksef.adapter import TimedAdapter, TimedBody
from ksef.client import Client


class ContractAdapter(TimedAdapter):
    """The client's own adapter, with somebody who reads along and objects."""

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> Any:
        body = b""
        if isinstance(request.body, TimedBody):
            body = request.body.read(len(request.body))
            request.body = TimedBody((body,), len(body), seconds=60)  # type: ignore[assignment]
        response = super().send(request, *args, **kwargs)
        if urlsplit(request.url or "").path.startswith("/v2/"):
            _check(request, body, response)
        return response


def read_along(client: Client) -> Client:
    """The client; an exchange that breaks the contract fails the test it happens in."""
    client._transport._session.mount("http://", ContractAdapter())
    return client


def _check(request: requests.PreparedRequest, body: bytes, response: requests.Response) -> None:
    exchange = Exchange(
        method=request.method or "",
        url=request.url or "",
        headers={name.lower(): value for name, value in request.headers.items()},
        body=body,
        status=response.status_code,
        answer_headers={name.lower(): value for name, value in response.headers.items()},
        answer=response.content,
    )
    problems = CONTRACT.problems(exchange)
    assert not problems, problems
