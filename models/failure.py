"""What went wrong between the company and KSeF, as data that a row can store."""

from dataclasses import dataclass, field

from ..ksef import errors

AWAY_KINDS = ("no_answer", "unavailable", "bad_answer")  # KSeF cannot be reached, or is no KSeF


@dataclass(frozen=True, kw_only=True)
class Failure:
    """The kind of an error, the code that KSeF gave it (0: none) and KSeF's own details.

    `words.explain` turns it into a text for people. `retry_after` is in seconds and only
    given when KSeF names a time.
    """

    kind: str
    code: int = 0
    details: tuple[str, ...] = field(default=())
    retry_after: float = 0.0

    @classmethod
    def from_error(cls, error):
        """Describe an exception of `ksef`; never contains a secret."""
        if isinstance(error, errors.Refused):
            return cls(kind="refused", code=error.code, details=tuple(error.details))
        if isinstance(error, errors.RateLimited):
            return cls(kind="rate_limited", retry_after=error.retry_after)
        if isinstance(error, errors.Unavailable):
            return cls(kind="unavailable", code=error.status)
        if isinstance(error, errors.UnusableKey):
            return cls(kind=f"key_{error.problem.value}")
        return cls(kind=_KINDS.get(type(error), "bad_answer"))

    @classmethod
    def from_status(cls, status, kind):
        """Describe a status of KSeF (`kind`: invoice, session or authentication)."""
        return cls(kind=kind, code=status.code, details=tuple(status.details))

    @classmethod
    def from_problems(cls, problems):
        """Describe what our own checks found before anything left the house."""
        return cls(kind="problems", details=tuple(f"{p.message} {p.remedy}" for p in problems))

    def as_values(self):
        """Return the values of the `failure_*` fields of a queue row."""
        return {
            "failure_kind": self.kind,
            "failure_code": self.code,
            "failure_details": "\n".join(self.details),
        }


NO_FAILURE = {"failure_kind": False, "failure_code": 0, "failure_details": False}

_KINDS = {
    errors.NoAnswer: "no_answer",
    errors.Unauthorized: "unauthorized",
    errors.BadAnswer: "bad_answer",
}
