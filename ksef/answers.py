"""What an answer of KSeF means: a value, or one of our errors."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime

from .codes import ExceptionCode
from .errors import (
    BadAnswer,
    ErrorDetail,
    KsefError,
    RateLimited,
    Refused,
    Unauthorized,
    Unavailable,
)
from .operations import Operation
from .wire import Fields, parse_json

DEFAULT_RETRY_AFTER = 60.0  # seconds, when a 429 does not say
_LONGEST_WAIT = 999_999_999.0  # seconds: what the other form of the header can say at most


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    content: bytes = field(repr=False)

    @property
    def is_success(self) -> bool:
        return 200 <= self.status < 300

    def fields(self) -> Fields:
        return Fields(parse_json(self.content))


def error_of(answer: Answer, operation: Operation) -> KsefError:
    """The error that an answer other than 2xx stands for."""
    status = answer.status
    if status in _ERRORS:
        return _ERRORS[status](answer, operation)
    if status >= 500 or status == 408:
        return Unavailable(status, may_have_arrived=True, trace_id=_problem(answer).trace_id)
    if 400 <= status < 500:
        return _refused(answer, operation)
    return BadAnswer(f"HTTP {status}")


@dataclass(frozen=True, kw_only=True)
class _Problem:
    """An error body in either of KSeF's two shapes, or nothing of it."""

    errors: tuple[ErrorDetail, ...] = ()
    detail: str = ""
    trace_id: str = ""
    reason_code: str = ""
    incident_id: str = ""
    required_permissions: tuple[str, ...] = ()
    present_permissions: tuple[str, ...] = ()


def _problem(answer: Answer) -> _Problem:
    """An unreadable error body is no error of its own: gateways write what they like."""
    try:
        body = answer.fields()
        exception = body.optional_fields("exception")
        return _problem_details(body) if exception is None else _exception(exception)
    except BadAnswer:
        return _Problem()


def _problem_details(body: Fields) -> _Problem:
    security = body.optional_fields("security") or Fields({})
    return _Problem(
        errors=tuple(
            ErrorDetail(
                code=error.integer("code"),
                description=error.optional_text("description") or "",
                details=error.texts("details"),
            )
            for error in body.objects("errors")
        ),
        detail=body.optional_text("detail") or "",
        trace_id=body.optional_text("traceId") or "",
        reason_code=body.optional_text("reasonCode") or "",
        incident_id=security.optional_text("incidentId") or "",
        required_permissions=security.texts("requiredAnyOfPermissions"),
        present_permissions=security.texts("presentPermissions"),
    )


def _exception(exception: Fields) -> _Problem:
    return _Problem(
        errors=tuple(
            ErrorDetail(
                code=error.integer("exceptionCode"),
                description=error.optional_text("exceptionDescription") or "",
                details=error.texts("details"),
            )
            for error in exception.objects("exceptionDetailList")
        ),
        trace_id=exception.optional_text("serviceCode") or "",
    )


def _bad_request(answer: Answer, operation: Operation) -> KsefError:
    problem = _problem(answer)
    codes = [error.code for error in problem.errors]
    if ExceptionCode.SESSION_TEMPORARILY_UNAVAILABLE in codes:
        return Unavailable(400, may_have_arrived=False, trace_id=problem.trace_id)
    return _refused(answer, operation)


def _unauthorized(answer: Answer, _operation: Operation) -> KsefError:
    return Unauthorized(trace_id=_problem(answer).trace_id)


def _rate_limited(answer: Answer, operation: Operation) -> KsefError:
    return RateLimited(_retry_after(answer), group=operation.group_name)


def _refused(answer: Answer, _operation: Operation) -> KsefError:
    problem = _problem(answer)
    details = tuple(detail for error in problem.errors for detail in error.details)
    return Refused(
        problem.errors[0].code if problem.errors else answer.status,
        details if problem.errors or not problem.detail else (problem.detail,),
        problem.errors,
        http_status=answer.status,
        reason_code=problem.reason_code,
        incident_id=problem.incident_id,
        trace_id=problem.trace_id,
        required_permissions=problem.required_permissions,
        present_permissions=problem.present_permissions,
    )


_ERRORS: Mapping[int, Callable[[Answer, Operation], KsefError]] = {
    400: _bad_request,
    401: _unauthorized,
    429: _rate_limited,
}


def _retry_after(answer: Answer) -> float:
    """Seconds; the header may also be an HTTP date, counted from the date of the answer."""
    value = answer.headers.get("Retry-After", "").strip()
    if re.fullmatch(r"\d{1,9}(\.\d{1,9})?", value, re.ASCII):
        return float(value)
    try:
        until, sent = parsedate_to_datetime(value), parsedate_to_datetime(answer.headers["Date"])
        return min(max(0.0, (until - sent).total_seconds()), _LONGEST_WAIT)
    except (KeyError, TypeError, ValueError):
        return DEFAULT_RETRY_AFTER
