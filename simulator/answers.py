"""What goes back over the wire: values, documents and the authority's several shapes of error."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .clock import wire_moment
from .digests import sha256_base64
from .errors import BadRequest, Forbidden, Problem, StorageRefused, TooManyRequests

PROBLEM_JSON = "application/problem+json"


@dataclass(frozen=True, kw_only=True)
class Answer:
    """Status, body and headers. Without a content type there is no such header."""

    status: int
    content: bytes = b""
    content_type: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class ErrorContext:
    """What every error body repeats about the request."""

    path: str
    now: datetime
    wants_problem_details: bool


def json_answer(value: object, status: int = 200) -> Answer:
    return Answer(status=status, content=_dumps(value), content_type="application/json")


def empty_answer(status: int = 204) -> Answer:
    return Answer(status=status)


def xml_answer(document: bytes) -> Answer:
    """A document with the hash header of the authority's storage (standard Base64)."""
    return Answer(
        status=200,
        content=document,
        content_type="application/xml",
        headers={"x-ms-meta-hash": sha256_base64(document)},
    )


def html_answer(page: str, status: int = 200) -> Answer:
    return Answer(status=status, content=page.encode(), content_type="text/html; charset=utf-8")


def bad_request_answer(error: BadRequest, context: ErrorContext) -> Answer:
    if context.wants_problem_details:
        return _problem(400, "Bad Request", context, **_problem_errors(error.problems))
    return json_answer({"exception": _exception(error.problems, context.now)}, 400)


def unauthorized_answer(detail: str, context: ErrorContext) -> Answer:
    return _problem(401, "Unauthorized", context, detail=detail)


def forbidden_answer(error: Forbidden, context: ErrorContext) -> Answer:
    return _problem(
        403,
        "Forbidden",
        context,
        detail=error.detail,
        reasonCode=error.reason_code,
        security=dict(error.security),
    )


def gone_answer(context: ErrorContext) -> Answer:
    detail = "Operacja wygasła i nie jest już dostępna."
    return _problem(410, "Gone", context, detail=detail)


def not_routed_answer(status: int, context: ErrorContext) -> Answer:
    """404 and 405, which the contract leaves open: a problem without any detail."""
    titles = {404: "Not Found", 405: "Method Not Allowed", 415: "Unsupported Media Type"}
    return _problem(status, titles[status], context)


def too_many_requests_answer(error: TooManyRequests, context: ErrorContext) -> Answer:
    if context.wants_problem_details:
        answer = _problem(429, "Too Many Requests", context, detail=error.detail)
    else:
        status = {"code": 429, "description": "Too Many Requests", "details": [error.detail]}
        answer = json_answer({"status": status}, 429)
    return Answer(
        status=429,
        content=answer.content,
        content_type=answer.content_type,
        headers={"Retry-After": str(error.retry_after)},
    )


def storage_refused_answer(error: StorageRefused) -> Answer:
    """The form of Azure Blob Storage."""
    content = f"<Error><Code>{error.code}</Code><Message>{error.message}</Message></Error>"
    return Answer(
        status=error.status,
        content=content.encode(),
        content_type="application/xml",
        headers={"x-ms-error-code": error.code},
    )


def server_error_answer(now: datetime) -> Answer:
    """The authority's own shape of an unexpected error."""
    problem = Problem(code=500, description="Wystąpił nieoczekiwany błąd.")
    return json_answer({"exception": _exception((problem,), now)}, 500)


def _problem(status: int, title: str, context: ErrorContext, **members: Any) -> Answer:
    body = {
        "title": title,
        "status": status,
        "instance": context.path,
        **members,
        "timestamp": wire_moment(context.now),
        "traceId": secrets.token_hex(16),
    }
    return Answer(status=status, content=_dumps(body), content_type=PROBLEM_JSON)


def _problem_errors(problems: tuple[Problem, ...]) -> dict[str, object]:
    return {
        "detail": "Żądanie jest nieprawidłowe.",
        "errors": [
            {
                "code": problem.code,
                "description": problem.description,
                "details": list(problem.details),
            }
            for problem in problems
        ],
    }


def _exception(problems: tuple[Problem, ...], now: datetime) -> dict[str, object]:
    return {
        "exceptionDetailList": [
            {
                "exceptionCode": problem.code,
                "exceptionDescription": problem.description,
                "details": list(problem.details),
            }
            for problem in problems
        ],
        "serviceCode": f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-00",
        "serviceCtx": "simulator",
        "serviceName": "Undefined",
        "timestamp": wire_moment(now),
    }


def _dumps(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, default=_plain).encode()


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return wire_moment(value)
    return float(value)  # type: ignore[arg-type]
