"""One HTTP session with KSeF: a request goes out, a value or an error of ours comes back.

Nothing here repeats a request, follows a redirect, waits without a deadline, reads without a
limit or logs anything but the name of the operation, the status and the time.
"""

from __future__ import annotations

import logging
import re
import ssl
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Protocol

import requests
from urllib3.exceptions import HTTPError, NewConnectionError

from .adapter import TimedAdapter, TimedBody
from .answers import Answer, error_of
from .budget import Ledger
from .environment import Environment, is_loopback
from .errors import BadAnswer, NoAnswer, RateLimited
from .operations import Operation
from .wire import UTC, dump_json

_logger = logging.getLogger(__name__)

DOWNLOAD = Operation("GET", "pre-signed link", None)
JSON_LIMIT = 32 * 1024 * 1024  # bytes; a page of 1000 invoice statuses has about 1 MB
XML_LIMIT = 64 * 1024 * 1024  # bytes; a page of a session UPO holds up to 10 000 documents
SLOWEST = 100_000  # bytes a second: files get that much more time than the timeout of a call
_CHUNK = 64 * 1024
_UPLOAD_METHODS = ("PUT", "POST")
_NEVER_CONNECTED = (
    NewConnectionError,
    requests.ConnectTimeout,
    requests.exceptions.ProxyError,
    ssl.SSLCertVerificationError,
)
_WARNING = re.compile(r"\[(?P<code>[^\]]+)\]: (?P<message>[^|]+)")


@dataclass(frozen=True, kw_only=True)
class Request:
    """What is asked. ``bearer`` is the token of the Authorization header, none if empty."""

    operation: Operation
    values: Mapping[str, str] = field(default_factory=dict)
    parameters: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    json: Mapping[str, object] | None = field(default=None, repr=False)
    xml: bytes | None = field(default=None, repr=False)
    bearer: str = field(default="", repr=False)
    limit: int = JSON_LIMIT


@dataclass(frozen=True, kw_only=True)
class SystemWarning:
    """A technical warning of KSeF, e.g. of something it will refuse in future."""

    code: str
    message: str


class Link(Protocol):
    """A pre-signed link that a file is to be sent to."""

    @property
    def method(self) -> str: ...

    @property
    def url(self) -> str: ...

    @property
    def headers(self) -> Mapping[str, str]: ...


class Transport:
    """The connection of one client; not to be shared by threads."""

    def __init__(self, environment: Environment, *, timeout: float, ledger: Ledger) -> None:
        self.environment = environment
        self.timeout = timeout
        self.ledger = ledger
        self.warnings: list[SystemWarning] = []
        self.clock_offset: timedelta | None = None
        self._session = requests.Session()
        self._session.mount("https://", TimedAdapter())
        self._session.mount("http://", TimedAdapter())
        # Proxies of the machine are respected, but they cannot know our loopback addresses.
        self._session.trust_env = not environment.is_local

    def close(self) -> None:
        self._session.close()

    def exchange(self, request: Request) -> Answer:
        """Send one request; raises a child of KsefError for anything but a 2xx answer."""
        operation = request.operation
        call = self._call_of(request)
        begun = self.ledger.begin(operation)
        try:
            return self._complete(call, limit=request.limit)
        except RateLimited as refusal:
            self.ledger.block(operation, refusal.retry_after)
            raise
        finally:
            self.ledger.finish(operation, begun)

    def fetch(self, url: str, *, limit: int) -> Answer:
        """Read a pre-signed link; it bears its own authority, so no token goes with it."""
        self._check_link(url)
        return self._complete(_Call(operation=DOWNLOAD, url=url, seconds=self.timeout), limit=limit)

    def stream(self, url: str, *, size: int) -> Iterator[bytes]:
        """Read a file of ``size`` bytes from a pre-signed link, piece by piece."""
        self._check_link(url)
        call = _Call(operation=DOWNLOAD, url=url, seconds=self._seconds_for(size))
        with self._open(call) as response:
            if not response.ok:
                raise error_of(_read(response, limit=JSON_LIMIT), DOWNLOAD)
            yield from _pieces(response, limit=size)

    def upload(self, link: Link, pieces: Iterable[bytes], *, size: int) -> None:
        """Send a file of ``size`` bytes to a pre-signed link, in the way the link wants it."""
        self._check_link(link.url)
        if link.method not in _UPLOAD_METHODS:
            raise BadAnswer("an upload by a strange method")
        call = _Call(
            operation=Operation(link.method, DOWNLOAD.path, None),
            url=link.url,
            headers=link.headers,
            body=TimedBody(pieces, size, seconds=self._seconds_for(size)),
            seconds=self.timeout,
        )
        self._complete(call, limit=JSON_LIMIT)

    def _call_of(self, request: Request) -> _Call:
        return _Call(
            operation=request.operation,
            url=self.environment.api_url + request.operation.path_for(request.values),
            parameters=request.parameters,
            headers=_headers_of(request),
            body=self._body_of(request),
            bearer=request.bearer,
            seconds=self.timeout,
        )

    def _body_of(self, request: Request) -> TimedBody | None:
        content = request.xml if request.json is None else dump_json(request.json)
        if content is None:
            return None
        return TimedBody((content,), len(content), seconds=self.timeout)

    def _complete(self, call: _Call, *, limit: int) -> Answer:
        started = time.monotonic()
        with self._open(call) as response:
            answer = _read(response, limit=limit)
        self._note(call.operation, answer, time.monotonic() - started)
        if answer.is_success:
            return answer
        raise error_of(answer, call.operation)

    def _open(self, call: _Call) -> requests.Response:
        try:
            return self._session.request(
                call.operation.method,
                call.url,
                params=list(call.parameters),
                headers=dict(call.headers),
                data=call.body,
                auth=_Bearer(call.bearer),
                timeout=call.seconds,  # a number: Odoo compares it with its own limit in tests
                allow_redirects=False,
                stream=True,
            )
        except (requests.RequestException, HTTPError, OSError, ValueError) as error:
            raise _no_answer(error) from error

    def _seconds_for(self, size: int) -> float:
        return self.timeout + size / SLOWEST

    def _check_link(self, url: str) -> None:
        is_local = self.environment.is_local
        if not (is_loopback(url) if is_local else url.startswith("https://")):
            raise BadAnswer("a link that is not of this environment")

    def _note(self, operation: Operation, answer: Answer, seconds: float) -> None:
        _logger.debug(
            "%s %s: HTTP %s in %.3f s", operation.method, operation.path, answer.status, seconds
        )
        self.clock_offset = _offset(answer.headers.get("Date", ""))
        for match in _WARNING.finditer(answer.headers.get("X-System-Warning", "")):
            warning = SystemWarning(code=match["code"], message=match["message"].strip())
            self.warnings.append(warning)
            _logger.warning("KSeF warns: [%s] %s", warning.code, warning.message)


@dataclass(frozen=True, kw_only=True)
class _Call:
    """A request that is ready to go; ``seconds`` are for the whole of its answer."""

    operation: Operation
    url: str = field(repr=False)
    parameters: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    body: TimedBody | None = None
    bearer: str = field(default="", repr=False)
    seconds: float


class _Bearer(requests.auth.AuthBase):
    """Sets our token, and by being there keeps requests from taking one out of a .netrc."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._token:
            request.headers["Authorization"] = f"Bearer {self._token}"
        return request


def _headers_of(request: Request) -> dict[str, str]:
    headers = {"X-Error-Format": "problem-details", **request.headers}
    if request.json is not None:
        headers["Content-Type"] = "application/json"
    if request.xml is not None:
        headers["Content-Type"] = "application/xml"
    return headers


def _offset(date: str) -> timedelta | None:
    """How far the clock that wrote a Date header is ahead of ours; None if it cannot be read."""
    try:
        written = parsedate_to_datetime(date)
        return written - datetime.now(written.tzinfo or UTC)
    except (TypeError, ValueError, OverflowError):
        return None


def _no_answer(error: Exception) -> NoAnswer:
    """Only where no connection came about is it certain that nothing arrived.

    A ValueError is about an address or a header, and raised before anything is sent.
    """
    never_connected = isinstance(error, ValueError) or any(
        isinstance(cause, _NEVER_CONNECTED) for cause in _causes(error)
    )
    return NoAnswer(not never_connected, type(error).__name__)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error, and what it was made of: requests wraps urllib3, which wraps the socket's."""
    seen: set[int] = set()
    pending: list[object] = [error]
    while pending:
        cause = pending.pop()
        if isinstance(cause, BaseException) and id(cause) not in seen:
            seen.add(id(cause))
            yield cause
            pending += [*cause.args, getattr(cause, "reason", None), cause.__cause__]


def _read(response: requests.Response, *, limit: int) -> Answer:
    content = b"".join(_pieces(response, limit=limit))
    return Answer(status=response.status_code, headers=response.headers, content=content)


def _pieces(response: requests.Response, *, limit: int) -> Iterator[bytes]:
    """The content as it comes; raises BadAnswer beyond ``limit`` bytes."""
    size = 0
    try:
        for piece in response.iter_content(_CHUNK):
            size += len(piece)
            if size > limit:
                raise BadAnswer(f"more than {limit} bytes")
            yield piece
        if size < _announced_size(response):  # which urllib3 before 2 does not notice
            raise NoAnswer(True, "truncated")
    except (requests.RequestException, HTTPError, OSError, ValueError) as error:
        raise NoAnswer(True, type(error).__name__) from error


def _announced_size(response: requests.Response) -> int:
    """Bytes that the answer must have; 0 if it does not say, or says it of a compressed form."""
    size = response.headers.get("Content-Length", "")
    is_plain = "Content-Encoding" not in response.headers
    return int(size) if is_plain and size.isdecimal() else 0
