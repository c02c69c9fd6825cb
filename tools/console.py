"""What the commands say: progress on stderr with the time, results on stdout."""

from __future__ import annotations

import sys
import time

_STARTED_AT = time.monotonic()


class Problem(Exception):
    """Ends a command. The text says what happened and what to do about it."""


def say(text: str) -> None:
    """Print a line of progress with the minutes and seconds since the start."""
    minutes, seconds = divmod(int(time.monotonic() - _STARTED_AT), 60)
    print(f"[{minutes:2d}:{seconds:02d}] {text}", file=sys.stderr, flush=True)


def tell(text: str) -> None:
    """Print a result, for people and for other programs."""
    print(text, flush=True)
