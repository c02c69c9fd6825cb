"""Faults that a test arms by name, so that the simulator misbehaves as the real system may."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(kw_only=True)
class Fault:
    """`operation` limits it to one operation; `times` is what is left, `None` for ever."""

    name: str
    operation: str | None = None
    times: int | None = 1
    options: Mapping[str, Any] = field(default_factory=dict)


class FaultBox:
    """The armed faults, in the order in which they were armed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []

    def arm(self, fault: Fault) -> None:
        with self._lock:
            self._faults.append(fault)

    def clear(self) -> None:
        with self._lock:
            self._faults.clear()

    def armed(self) -> tuple[Fault, ...]:
        with self._lock:
            return tuple(self._faults)

    def take(self, name: str, operation: str) -> Fault | None:
        """Uses one charge of the first fault of that name that fits the operation."""
        with self._lock:
            for fault in self._faults:
                if fault.name == name and fault.operation in (None, operation):
                    self._discharge(fault)
                    return fault
        return None

    def _discharge(self, fault: Fault) -> None:
        if fault.times is None:
            return
        fault.times -= 1
        if fault.times <= 0:
            self._faults.remove(fault)
