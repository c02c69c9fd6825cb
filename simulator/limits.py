"""Request limits: three sliding windows per group, counted per (context, address)."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .errors import TooManyRequests

UNLIMITED = -1


@dataclass(frozen=True, kw_only=True)
class Windows:
    """Requests allowed in the last second, minute and hour; -1 means any number."""

    per_second: int
    per_minute: int
    per_hour: int

    def spans(self) -> tuple[tuple[int, int, str], ...]:
        """(limit, seconds, its name in Polish), the shortest first."""
        return (
            (self.per_second, 1, "sekundę"),
            (self.per_minute, 60, "minutę"),
            (self.per_hour, 3600, "godzinę"),
        )


def _windows(per_second: int, per_minute: int, per_hour: int) -> Windows:
    return Windows(per_second=per_second, per_minute=per_minute, per_hour=per_hour)


PRODUCTION: Mapping[str, Windows] = {
    "onlineSession": _windows(10, 30, 120),
    "onlineSessionClose": _windows(20, 60, 240),
    "batchSession": _windows(10, 20, 60),
    "batchSessionClose": _windows(20, 40, 120),
    "invoiceSend": _windows(10, 30, 180),
    "invoiceStatus": _windows(30, 120, 1200),
    "sessionList": _windows(5, 10, 60),
    "sessionInvoiceList": _windows(10, 20, 200),
    "sessionMisc": _windows(10, 120, 1200),
    "invoiceMetadata": _windows(8, 16, 20),
    "invoiceExport": _windows(8, 16, 20),
    "invoiceExportStatus": _windows(10, 60, 600),
    "invoiceDownload": _windows(8, 16, 64),
    "collectiveIdentifier": _windows(20, 120, 240),
    "other": _windows(10, 30, 120),
    "anonymous": _windows(60, UNLIMITED, UNLIMITED),
    "global": _windows(75, UNLIMITED, UNLIMITED),
}
LIFTED: Mapping[str, Windows] = {
    group: _windows(UNLIMITED, UNLIMITED, UNLIMITED) for group in PRODUCTION
}
# CHOICE: the documentation says only that the block "grows with repeated violations".
_PENALTY_STEPS = (1, 2, 4, 8)
_FORGIVEN_AFTER = 60.0


@dataclass(frozen=True, kw_only=True)
class Counter:
    """What one request counts against: whose window it is, and how wide."""

    key: tuple[str, ...]
    windows: Windows


@dataclass(frozen=True, kw_only=True)
class _Block:
    """After a violation the door stays shut until `ends_at`, also if the windows are free."""

    ends_at: float
    violations: int


class RateLimiter:
    """Remembers when requests came; refuses those that come too fast."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: dict[tuple[str, ...], deque[float]] = {}
        self._blocks: dict[tuple[str, ...], _Block] = {}

    def admit(self, counters: Iterable[Counter], ticks: float) -> None:
        """Counts a request against every counter, or against none and raises
        `TooManyRequests`."""
        with self._lock:
            limited = [counter for counter in counters if _has_limit(counter.windows)]
            for counter in limited:
                self._check(counter, ticks)
            for counter in limited:
                self._seen.setdefault(counter.key, deque()).append(ticks)

    def _check(self, counter: Counter, ticks: float) -> None:
        seen = self._seen.setdefault(counter.key, deque())
        while seen and seen[0] <= ticks - 3600:
            seen.popleft()
        waits = [
            (wait, limit, name)
            for limit, span, name in counter.windows.spans()
            if (wait := _wait(seen, limit, span, ticks)) > 0
        ]
        block = self._blocks.get(counter.key)
        if block is not None and block.ends_at > ticks:
            waits.append((block.ends_at - ticks, *counter.windows.spans()[-1][::2]))
        if waits:
            raise self._refusal(counter, max(waits), ticks)

    def _refusal(
        self, counter: Counter, longest: tuple[float, int, str], ticks: float
    ) -> TooManyRequests:
        wait, limit, name = longest
        block = self._blocks.get(counter.key)
        is_repeated = block is not None and ticks < block.ends_at + _FORGIVEN_AFTER
        violations = block.violations + 1 if block is not None and is_repeated else 0
        seconds = int(wait) + _PENALTY_STEPS[min(violations, len(_PENALTY_STEPS) - 1)]
        self._blocks[counter.key] = _Block(ends_at=ticks + seconds, violations=violations)
        return TooManyRequests(
            retry_after=seconds,
            detail=f"Przekroczono limit {limit} żądań na {name}. "
            f"Spróbuj ponownie po {seconds} sekundach.",
        )


def _has_limit(windows: Windows) -> bool:
    return any(limit != UNLIMITED for limit, _, _ in windows.spans())


def _wait(seen: deque[float], limit: int, span: int, ticks: float) -> float:
    """Seconds until one more request fits into the window; 0 when it fits now."""
    if limit == UNLIMITED:
        return 0.0
    if limit == 0:
        return float(span)
    if len(seen) < limit:
        return 0.0
    return max(seen[-limit] + span - ticks, 0.0)
