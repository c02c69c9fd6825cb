"""Locks between processes; the kernel frees them, however their holder ends."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from tools import console


@contextmanager
def held(path: Path, waiting: str) -> Iterator[None]:
    """Hold the lock; say ``waiting`` first where another process has it."""
    with _opened(path) as file:
        if not _taken(file):
            console.say(waiting)
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextmanager
def held_or_refused(path: Path, refusal: str) -> Iterator[IO[str]]:
    """Hold the lock, and give its file to write into; a Problem where another has it."""
    with _opened(path) as file:
        if not _taken(file):
            raise console.Problem(refusal)
        file.truncate(0)
        yield file


def is_held(path: Path) -> bool:
    """True while another process holds the lock."""
    with _opened(path) as file:
        return not _taken(file)


def _opened(path: Path) -> IO[str]:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.open("a+", encoding="utf-8")


def _taken(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
