"""How often we may call: the sliding windows of KSeF, kept on our side.

KSeF counts per context and address, for each group of operations, in three windows at once. Who
breaks a limit is shut out for a time that grows; so the client counts too, and knows before a
call whether it may be made, and if not, when.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from .errors import RateLimited
from .operations import Group, Operation
from .wire import Fields

GLOBAL = "global"
SECOND, MINUTE, HOUR = 1.0, 60.0, 3600.0
# How much later than its beginning KSeF may count a call that has not been answered yet.
ALLOWANCE = 10.0  # seconds


@dataclass(frozen=True, kw_only=True)
class Limit:
    """Calls in any second, minute and hour; None where there is no limit."""

    per_second: int | None = None
    per_minute: int | None = None
    per_hour: int | None = None

    @classmethod
    def from_json(cls, answer: Fields) -> Limit:
        return cls(
            per_second=_limited(answer.integer("perSecond")),
            per_minute=_limited(answer.integer("perMinute")),
            per_hour=_limited(answer.integer("perHour")),
        )

    def to_json(self) -> Mapping[str, object]:
        return {
            "perSecond": _number(self.per_second),
            "perMinute": _number(self.per_minute),
            "perHour": _number(self.per_hour),
        }

    def windows(self) -> Iterator[tuple[float, int]]:
        """Length in seconds and number of calls, of the windows that are limited."""
        for seconds, calls in (
            (SECOND, self.per_second),
            (MINUTE, self.per_minute),
            (HOUR, self.per_hour),
        ):
            if calls is not None:
                yield seconds, calls


def _limited(calls: int) -> int | None:
    return None if calls < 0 else calls


def _number(calls: int | None) -> int:
    return -1 if calls is None else calls


def _limit(per_second: int, per_minute: int, per_hour: int) -> Limit:
    return Limit(per_second=per_second, per_minute=per_minute, per_hour=per_hour)


#: What production grants by default; ``Client.rate_limits`` tells what holds for a context.
DEFAULT_LIMITS: Mapping[str, Limit] = {
    Group.ONLINE_SESSION.value: _limit(10, 30, 120),
    Group.ONLINE_SESSION_CLOSE.value: _limit(20, 60, 240),
    Group.BATCH_SESSION.value: _limit(10, 20, 60),
    Group.BATCH_SESSION_CLOSE.value: _limit(20, 40, 120),
    Group.INVOICE_SEND.value: _limit(10, 30, 180),
    Group.INVOICE_STATUS.value: _limit(30, 120, 1200),
    Group.SESSION_LIST.value: _limit(5, 10, 60),
    Group.SESSION_INVOICE_LIST.value: _limit(10, 20, 200),
    Group.SESSION_MISC.value: _limit(10, 120, 1200),
    Group.INVOICE_METADATA.value: _limit(8, 16, 20),
    Group.INVOICE_EXPORT.value: _limit(8, 16, 20),
    Group.INVOICE_EXPORT_STATUS.value: _limit(10, 60, 600),
    Group.INVOICE_DOWNLOAD.value: _limit(8, 16, 64),
    Group.COLLECTIVE_IDENTIFIER.value: _limit(20, 120, 240),
    Group.OTHER.value: _limit(10, 30, 120),
    Group.ANONYMOUS.value: Limit(per_second=60),
    GLOBAL: Limit(per_second=75),
}


def limits_from_values(values: Mapping[str, object]) -> Mapping[str, Limit]:
    """The limits that ``limits_to_values`` gave."""
    return limits_from_json(Fields(values))


def limits_to_values(limits: Mapping[str, Limit]) -> dict[str, object]:
    """Plain values for the ERP to store, in the shape of ``GET /rate-limits``."""
    return {name: limit.to_json() for name, limit in limits.items()}


def limits_from_json(answer: Fields) -> Mapping[str, Limit]:
    """The limits of an answer of ``GET /rate-limits``.

    Groups that are missing keep their default, groups that we do not know are left out.
    """
    found = {name: answer.optional_fields(name) for name in DEFAULT_LIMITS}
    return {
        name: DEFAULT_LIMITS[name] if limit is None else Limit.from_json(limit)
        for name, limit in found.items()
    }


class Ledger(Protocol):
    """Where a client writes down its calls. Processes that share a context share a ledger.

    Each of the three is one reading and writing of a ``Budget`` that nobody else may interrupt.
    """

    def begin(self, operation: Operation, /) -> float:
        """Count a call that is about to be made; raises RateLimited if it may not be."""

    def finish(self, operation: Operation, begun: float, /) -> None:
        """Note that the call that ``begin`` returned ``begun`` for was answered, or failed."""

    def block(self, operation: Operation, seconds: float, /) -> None:
        """KSeF shut us out of this group of operations for so long."""


@dataclass(kw_only=True)
class Budget:
    """What was spent in the last hour. Moments are seconds since 1970.

    ``begin`` counts a call as late as KSeF might, ``finish`` corrects this to when the answer was
    there: the order of counting at KSeF can only be the kinder one.
    """

    limits: Mapping[str, Limit] = field(default_factory=lambda: DEFAULT_LIMITS)
    calls: dict[str, list[float]] = field(default_factory=dict)
    blocked_until: dict[str, float] = field(default_factory=dict)

    @classmethod
    def from_values(
        cls, values: Mapping[str, object], limits: Mapping[str, Limit] = DEFAULT_LIMITS
    ) -> Budget:
        """From what ``to_values`` gave; nothing makes an empty budget."""
        stored = Fields(values)
        calls = stored.optional_fields("calls") or Fields({})
        blocked = stored.optional_fields("blocked_until") or Fields({})
        return cls(
            limits=limits,
            calls={name: sorted(map(float, calls.amounts(name))) for name in calls.names()},
            blocked_until={name: float(blocked.amount(name)) for name in blocked.names()},
        )

    def to_values(self) -> dict[str, object]:
        """Plain values for the ERP to store: what from the last hour still counts."""
        return {"calls": dict(self.calls), "blocked_until": dict(self.blocked_until)}

    def wait(self, operation: Operation, *, now: datetime) -> float:
        """Seconds until the operation may be called; 0 if it may now."""
        moment = now.timestamp()
        return max(
            (self._wait(counter, limit, moment) for counter, limit in self._counters(operation)),
            default=0.0,
        )

    def room(self, operation: Operation, *, now: datetime) -> int | None:
        """Calls that the hour still has; 0 while KSeF shuts us out, None without a limit."""
        group = "" if operation.group is None else operation.group.value
        limit = self.limits[group].per_hour if group else None
        self._prune(operation.counter, self.limits[group] if group else Limit(), now.timestamp())
        if self.blocked_until.get(operation.counter, 0.0) > now.timestamp():
            return 0
        return None if limit is None else max(0, limit - len(self.calls[operation.counter]))

    def begin(self, operation: Operation, *, now: datetime) -> float:
        """Count a call; raises RateLimited if it may not be made. The result is for ``finish``."""
        seconds = self.wait(operation, now=now)
        if seconds > 0:
            raise RateLimited(seconds, group=operation.group_name)
        begun = now.timestamp() + ALLOWANCE
        for counter, _limit in self._counters(operation):
            insort(self.calls.setdefault(counter, []), begun)
        return begun

    def finish(self, operation: Operation, begun: float, *, now: datetime) -> None:
        finished = min(begun, now.timestamp())
        for counter, _limit in self._counters(operation):
            calls = self.calls.get(counter, [])
            if begun in calls:
                calls.remove(begun)
                insort(calls, finished)

    def block(self, operation: Operation, seconds: float, *, now: datetime) -> None:
        for counter, _limit in self._counters(operation)[:1]:
            until = now.timestamp() + seconds
            self.blocked_until[counter] = max(until, self.blocked_until.get(counter, until))

    def _counters(self, operation: Operation) -> list[tuple[str, Limit]]:
        """The counters an operation is counted by: its group's first, then the one for all."""
        if operation.group is None:
            return []
        group = operation.group.value
        return [(operation.counter, self.limits[group]), (GLOBAL, self.limits[GLOBAL])]

    def _wait(self, counter: str, limit: Limit, now: float) -> float:
        self._prune(counter, limit, now)
        seconds = self.blocked_until.get(counter, now) - now
        calls = self.calls.get(counter, [])
        for window, allowed in limit.windows():
            if allowed == 0:
                seconds = max(seconds, window)
            elif len(calls) >= allowed:
                seconds = max(seconds, calls[-allowed] + window - now)
        return max(0.0, seconds)

    def _prune(self, counter: str, limit: Limit, now: float) -> None:
        """Forget what no window reaches, and moments that only a clock set back can explain."""
        calls = self.calls.get(counter, [])
        longest = max((seconds for seconds, _calls in limit.windows()), default=0.0)
        known = bisect_right(calls, now - longest)
        self.calls[counter] = calls[known : bisect_right(calls, now + ALLOWANCE)]
        if self.blocked_until.get(counter, now) <= now:
            self.blocked_until.pop(counter, None)


class NoLedger:
    """Counts nothing and allows everything: KSeF will say when it is enough."""

    def begin(self, _operation: Operation) -> float:
        return 0.0

    def finish(self, _operation: Operation, _begun: float) -> None:
        pass

    def block(self, _operation: Operation, _seconds: float) -> None:
        pass


class LocalLedger:
    """The ledger of a single process."""

    def __init__(self, budget: Budget, clock: Callable[[], datetime]) -> None:
        self.budget = budget
        self._clock = clock

    def begin(self, operation: Operation) -> float:
        return self.budget.begin(operation, now=self._clock())

    def finish(self, operation: Operation, begun: float) -> None:
        self.budget.finish(operation, begun, now=self._clock())

    def block(self, operation: Operation, seconds: float) -> None:
        self.budget.block(operation, seconds, now=self._clock())
