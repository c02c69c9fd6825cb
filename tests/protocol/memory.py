"""How much memory the process takes, that of C libraries too."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MEGABYTE = 1024 * 1024
_PEAK = re.compile(r"VmHWM:\s+(\d+) kB")
_RESET_PEAK = "5"  # "The /proc file system", clear_refs


@contextmanager
def resident_memory_within(limit: int) -> Iterator[None]:
    """Fails if the process has taken so many bytes more at any moment."""
    Path("/proc/self/clear_refs").write_text(_RESET_PEAK)
    before = _peak()
    yield
    grown = _peak() - before
    assert grown < limit, f"{grown / MEGABYTE:.0f} MB"


def _peak() -> int:
    found = _PEAK.search(Path("/proc/self/status").read_text())
    assert found
    return int(found[1]) * 1024
