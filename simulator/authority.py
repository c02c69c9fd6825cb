"""The authority as one object: what outlives a reset, and the state that does not."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from .ca import CertificateAuthority
from .clock import Clock
from .faults import FaultBox
from .keys import KeyRing
from .limits import LIFTED, PRODUCTION
from .seal import Seal
from .state import Delays, State
from .workers import Task, Workers

_FAST_DELAYS = Delays(storage_seconds=0.2, hwm_lag_seconds=1.0)
_REMEMBERED_REQUESTS = 20_000
_WORKERS = 2


@dataclass(frozen=True, kw_only=True)
class LoggedRequest:
    """`status` 0 stands for an answer that was lost on purpose."""

    method: str
    path: str
    operation: str | None
    status: int


class Authority:
    """Keys, seal and clock live as long as the process; `state` is replaced by a reset."""

    def __init__(self, *, is_fast: bool) -> None:
        self._is_fast = is_fast
        self.base_url = ""
        self.clock = Clock()
        self.faults = FaultBox()
        self.keys = KeyRing(self.clock)
        self.seal = Seal()
        self.ca = CertificateAuthority()
        self.requests: deque[LoggedRequest] = deque(maxlen=_REMEMBERED_REQUESTS)
        self._workers = Workers(_WORKERS)
        self.state = self._new_state()

    def reset(self) -> None:
        """Forgets everything but the keys. Work still under way ends in the old state."""
        self.clock.reset()
        self.faults.clear()
        self.requests.clear()
        self.state = self._new_state()

    def work(self, task: Task) -> None:
        """Runs a task in the background."""
        self._workers.submit(task)

    def stop(self) -> None:
        self._workers.stop()

    def _new_state(self) -> State:
        if self._is_fast:
            return State(self.clock, limits=LIFTED, delays=_FAST_DELAYS)
        return State(self.clock, limits=PRODUCTION, delays=Delays())
