"""What can go wrong, as data. No text for people: ``str()`` of an error is for logs only.

``may_have_arrived`` answers the one question that matters after a failed call that sends
something: can KSeF have taken it all the same?
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Generic, TypeVar

P = TypeVar("P")


@dataclass(frozen=True, kw_only=True)
class ErrorDetail:
    """One of the errors of an answer: KSeF's code and its words (Polish)."""

    code: int
    description: str = ""
    details: tuple[str, ...] = ()


class KsefError(Exception):
    """Parent of all errors of this package."""

    may_have_arrived: bool = False


class NoAnswer(KsefError):
    """The network failed. ``may_have_arrived`` is false only if no connection came about."""

    def __init__(self, may_have_arrived: bool, reason: str = "") -> None:
        super().__init__(f"no answer ({reason or 'network'}), may_have_arrived={may_have_arrived}")
        self.may_have_arrived = may_have_arrived
        self.reason = reason


class RateLimited(KsefError):
    """Too many requests: HTTP 429, or our own budget forbids the call before it is made.

    ``retry_after`` is in seconds; ``group`` is the name of the group of ``GET /rate-limits``.
    """

    def __init__(self, retry_after: float, *, group: str = "") -> None:
        super().__init__(f"rate limit of {group or 'KSeF'} reached, retry after {retry_after:g} s")
        self.retry_after = retry_after
        self.group = group


class Unavailable(KsefError):
    """KSeF or its gateway is not able to serve now: any 5xx, and 400 with code 21184."""

    def __init__(self, status: int, *, may_have_arrived: bool, trace_id: str = "") -> None:
        super().__init__(f"unavailable, HTTP {status}, trace {trace_id or '-'}")
        self.status = status
        self.may_have_arrived = may_have_arrived
        self.trace_id = trace_id


class Unauthorized(KsefError):
    """HTTP 401, or there is no token to make the call with: log in or refresh first."""

    def __init__(self, *, trace_id: str = "") -> None:
        super().__init__(f"unauthorized, trace {trace_id or '-'}")
        self.trace_id = trace_id


class Refused(KsefError):
    """KSeF understood the request and says no.

    ``code`` is the first documented exception code (``codes.ExceptionCode``), or the HTTP status
    where the answer bears none (403, 404, 410, an unreadable 400). ``details`` are KSeF's words
    (Polish). ``reason_code``, ``incident_id`` and the two tuples of permissions come with 403.
    """

    def __init__(
        self,
        code: int,
        details: tuple[str, ...] = (),
        errors: tuple[ErrorDetail, ...] = (),
        *,
        http_status: int = 400,
        reason_code: str = "",
        incident_id: str = "",
        trace_id: str = "",
        required_permissions: tuple[str, ...] = (),
        present_permissions: tuple[str, ...] = (),
    ) -> None:
        super().__init__(
            f"refused with {code}, HTTP {http_status}, {reason_code or '-'}, "
            f"trace {trace_id or '-'}"
        )
        self.code = code
        self.details = details
        self.errors = errors
        self.http_status = http_status
        self.reason_code = reason_code
        self.incident_id = incident_id
        self.trace_id = trace_id
        self.required_permissions = required_permissions
        self.present_permissions = present_permissions


class BadAnswer(KsefError):
    """The answer cannot be read, or contradicts itself. The request did arrive."""

    may_have_arrived = True

    def __init__(self, reason: str) -> None:
        super().__init__(f"bad answer: {reason}")
        self.reason = reason


class InvalidDocument(KsefError, Generic[P]):
    """A document that may not be sent; ``problems`` name every place that is wrong."""

    def __init__(self, problems: Sequence[P]) -> None:
        super().__init__(f"invalid document, {len(problems)} problems")
        self.problems = tuple(problems)


class KeyProblem(Enum):
    """Why a certificate or a key cannot be used."""

    UNREADABLE = "unreadable"
    WRONG_PASSWORD = "wrong_password"
    NO_KEY = "no_key"
    NO_CERTIFICATE = "no_certificate"
    UNSUPPORTED = "unsupported"  # neither RSA nor EC P-256
    WEAK = "weak"  # RSA with less than 2048 bits
    OTHER_KEY = "other_key"  # the key does not belong to the certificate
    WRONG_TYPE = "wrong_type"  # an Offline certificate for login, or the other way round
    NOT_YET_VALID = "not_yet_valid"
    EXPIRED = "expired"


class UnusableKey(KsefError):
    """A certificate or key that cannot do what is asked of it."""

    def __init__(self, problem: KeyProblem) -> None:
        super().__init__(f"unusable key: {problem.value}")
        self.problem = problem


class WrongPassword(UnusableKey):
    """The key is encrypted and the password does not open it."""

    def __init__(self) -> None:
        super().__init__(KeyProblem.WRONG_PASSWORD)
