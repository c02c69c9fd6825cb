"""From a request to an answer: route, faults, limits, bearer, body, handler."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from typing import IO, Any

from werkzeug.wrappers import Request, Response

from .addresses import is_allowed
from .answers import (
    Answer,
    ErrorContext,
    bad_request_answer,
    forbidden_answer,
    gone_answer,
    not_routed_answer,
    server_error_answer,
    storage_refused_answer,
    too_many_requests_answer,
    unauthorized_answer,
)
from .authority import Authority, LoggedRequest
from .bearer import ACCESS
from .bearer import read as read_bearer
from .bodies import read_body
from .call import Call, Caller, Incoming, NoBody, check_arguments
from .control import PREFIX as CONTROL_PREFIX
from .control import handle_control
from .errors import (
    BadRequest,
    Forbidden,
    Gone,
    MethodNotAllowed,
    NotFound,
    StorageRefused,
    TooManyRequests,
    Unauthorized,
)
from .limits import Counter
from .mischief import AnswerLost, after_handling, before_handling
from .operations import NO_LIMIT, Operation, Router
from .routes.table import OPERATIONS
from .state import Authentication, State

Environment = dict[str, Any]
_logger = logging.getLogger(__name__)
_STREAMED = "/storage/"
_CHUNK = 1 << 16
_LARGEST_BODY = 20_000_000
_TOO_LARGE = Response(status=413, headers={"Connection": "close"})
_GLOBAL_GROUP = "global"
_ANONYMOUS_GROUP = "anonymous"
_OTHER_GROUP = "other"


class Application:
    """The WSGI application of a simulator."""

    def __init__(self, authority: Authority) -> None:
        self._authority = authority
        self._router = Router(OPERATIONS)

    def __call__(
        self, environment: Environment, start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        """Raises `AnswerLost` when the connection shall drop without an answer."""
        request = Request(environment)
        if (request.content_length or 0) > _LARGEST_BODY and not _is_streamed(request):
            return _TOO_LARGE(environment, start_response)
        answer = self._answer(_incoming(request))
        _exhaust(request.stream)
        return _response(answer)(environment, start_response)

    def _answer(self, incoming: Incoming) -> Answer:
        if incoming.path.startswith(f"{CONTROL_PREFIX}/"):
            return handle_control(self._authority, incoming)
        try:
            match = self._router.match(incoming.method, incoming.path)
        except (NotFound, MethodNotAllowed) as error:
            answer = self._refusal(error, incoming)
            self._log(incoming, None, answer.status)
            return answer
        return self._operate(match.operation, dict(match.arguments), incoming)

    def _operate(
        self, operation: Operation, arguments: dict[str, str], incoming: Incoming
    ) -> Answer:
        faults = self._authority.faults
        try:
            answer = self._handle(operation, arguments, incoming)
            answer = after_handling(faults, operation.name, answer)
        except AnswerLost:
            self._log(incoming, operation, 0)
            raise
        self._log(incoming, operation, answer.status)
        return _with_test_warning(answer, incoming)

    def now(self) -> datetime:
        """The time of the authority."""
        return self._authority.clock.now()

    def _handle(
        self, operation: Operation, arguments: dict[str, str], incoming: Incoming
    ) -> Answer:
        state = self._authority.state
        try:
            spoiled = before_handling(self._authority.faults, operation.name, state.clock.now())
            if spoiled is not None:
                return spoiled
            caller = _identify(state, operation, incoming)
            _admit(state, operation, caller, incoming)
            call = Call(
                authority=self._authority,
                state=state,
                operation=operation.name,
                incoming=incoming,
                arguments=arguments,
                body=None,
                known_caller=caller,
            )
            return _run(operation, call)
        except _REFUSALS as error:
            return self._refusal(error, incoming)
        except AnswerLost:
            raise
        except Exception:
            _logger.exception("%s failed", operation.name)
            return server_error_answer(state.clock.now())

    def _refusal(self, error: Exception, incoming: Incoming) -> Answer:
        context = ErrorContext(
            path=incoming.path,
            now=self._authority.clock.now(),
            wants_problem_details=incoming.headers.get("x-error-format") == "problem-details",
        )
        return _refusal_answer(error, context)

    def _log(self, incoming: Incoming, operation: Operation | None, status: int) -> None:
        self._authority.requests.append(
            LoggedRequest(
                method=incoming.method,
                path=incoming.path,
                operation=None if operation is None else operation.name,
                status=status,
            )
        )


_REFUSALS = (
    BadRequest,
    Unauthorized,
    Forbidden,
    Gone,
    NotFound,
    MethodNotAllowed,
    StorageRefused,
    TooManyRequests,
)


def _incoming(request: Request) -> Incoming:
    query = request.args.to_dict(flat=False)
    return Incoming(
        method=request.method,
        path=request.path,
        headers={name.lower(): value for name, value in request.headers.items()},
        query={name: tuple(values) for name, values in query.items()},
        content=b"" if _is_streamed(request) else request.get_data(cache=False),
        stream=request.stream,
        address=request.remote_addr or "127.0.0.1",
    )


def _identify(state: State, operation: Operation, incoming: Incoming) -> Caller | None:
    """Who calls; `None` in a public operation. Raises `Unauthorized` or `Forbidden`."""
    if not operation.bearer:
        return None
    claims = read_bearer(state, incoming.headers.get("authorization"), operation.bearer)
    authentication = state.authentications.get(claims.authentication_reference)
    if authentication is None:
        raise Unauthorized("Nieprawidłowy token.")
    if claims.kind == ACCESS:
        _check_address(authentication, incoming.address)
    return Caller(
        authentication=authentication,
        token_kind=claims.kind,
        permissions=frozenset(claims.permissions),
    )


def _check_address(authentication: Authentication, address: str) -> None:
    networks = authentication.allowed_networks
    if networks is not None and not is_allowed(address, networks):
        raise Forbidden(
            "ip-not-allowed",
            "Adres IP klienta nie jest dozwolony dla tego tokena.",
            {"clientIp": address},
        )


def _admit(state: State, operation: Operation, caller: Caller | None, incoming: Incoming) -> None:
    """Counts the request. CHOICE: the global limit per address is enforced."""
    if operation.group == NO_LIMIT:
        return
    who = incoming.address
    if caller is not None and operation.group != _ANONYMOUS_GROUP:
        who = f"{caller.context.type}:{caller.context.value}@{incoming.address}"
    windows = state.windows_of(None if caller is None else caller.context)
    own = operation.name if operation.group == _OTHER_GROUP else operation.group
    counters = (
        Counter(key=(own, who), windows=windows[operation.group]),
        Counter(key=(_GLOBAL_GROUP, incoming.address), windows=windows[_GLOBAL_GROUP]),
    )
    state.limiter.admit(counters, state.clock.ticks())


def _run(operation: Operation, call: Call[Any]) -> Answer:
    """Checks what the operation declares, then lets its handler work."""
    if operation.permissions:
        call.require_any(*operation.permissions)
    check_arguments(call.arguments)
    if operation.body is NoBody:
        return operation.handler(call)
    body: object = read_body(operation.body, call.incoming.content)
    return operation.handler(replace(call, body=body))


def _refusal_answer(error: Exception, context: ErrorContext) -> Answer:
    if isinstance(error, BadRequest):
        return bad_request_answer(error, context)
    if isinstance(error, Unauthorized):
        return unauthorized_answer(str(error), context)
    if isinstance(error, Forbidden):
        return forbidden_answer(error, context)
    if isinstance(error, StorageRefused):
        return storage_refused_answer(error)
    if isinstance(error, TooManyRequests):
        return too_many_requests_answer(error, context)
    if isinstance(error, Gone):
        return gone_answer(context)
    return not_routed_answer(405 if isinstance(error, MethodNotAllowed) else 404, context)


def _with_test_warning(answer: Answer, incoming: Incoming) -> Answer:
    """The authority's test environment echoes one header as a system warning."""
    text = incoming.headers.get("x-test-system-warning")
    if text is None:
        return answer
    return replace(answer, headers={**answer.headers, "X-System-Warning": text})


def _response(answer: Answer) -> Response:
    response = Response(answer.content, status=answer.status)
    response.headers.update(answer.headers)
    if answer.content_type is None:
        del response.headers["Content-Type"]
    else:
        response.headers["Content-Type"] = answer.content_type
    return response


def _is_streamed(request: Request) -> bool:
    """Uploads go to disk piece by piece."""
    return request.path.startswith(_STREAMED)


def _exhaust(stream: IO[bytes]) -> None:
    """Reads what nobody wanted, or the next request would begin in the middle of it."""
    while stream.read(_CHUNK):
        pass
