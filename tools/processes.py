"""Children: started so that none outlives ``./dev``, waited for, stopped."""

from __future__ import annotations

import contextlib
import ctypes
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import IO, Any

from tools import console, paths

HEARTBEAT = 15  # seconds between two signs of life of a long step
GRACE = 15  # seconds from asking a child to stop to killing it
_RECORD_HEAD = re.compile(r"^\S+ \S+ \d+ [A-Z]+ \S+ ")  # of a line in Odoo's log
_SET_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of <linux/prctl.h>
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


@dataclass(frozen=True, kw_only=True)
class Program:
    """What to start: the command line, the environment and the folder."""

    argv: Sequence[str | Path]
    env: Mapping[str, str] = field(repr=False, default_factory=lambda: plain_environment())
    folder: Path = paths.ROOT

    def start(self, **options: Any) -> subprocess.Popen[bytes]:
        """Start it so that it does not outlive us."""
        return subprocess.Popen(
            [str(part) for part in self.argv],
            env=self.env,
            cwd=self.folder,
            preexec_fn=_die_with_parent,
            **options,
        )


@dataclass(frozen=True, kw_only=True)
class Child:
    """A process in a group of its own; what it prints goes to ``log``."""

    name: str
    popen: subprocess.Popen[bytes]
    log: Path


def heed_signals() -> None:
    """Let the first SIGINT, SIGTERM or SIGHUP raise KeyboardInterrupt, so that all is unwound.

    Later ones are ignored: stopping the children takes seconds and must not be cut short.
    """
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)


def _interrupt(number: int, frame: FrameType | None) -> None:
    for other in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(other, _ignore)
    raise KeyboardInterrupt


def _ignore(number: int, frame: FrameType | None) -> None:
    """A handler, not SIG_IGN: children would inherit that."""


def _die_with_parent() -> None:
    """Runs in the child: have the kernel end it when ``./dev`` dies without unwinding."""
    if _LIBC is not None:
        _LIBC.prctl(_SET_DEATH_SIGNAL, signal.SIGTERM)


@contextmanager
def running(
    name: str, program: Program, stdin: int | IO[bytes] = subprocess.DEVNULL
) -> Iterator[Child]:
    """Start a child with its output in its log, and stop it at the end."""
    log = paths.log(name)
    with log.open("wb") as output:
        popen = program.start(stdin=stdin, stdout=output, stderr=output, start_new_session=True)
    child = Child(name=name, popen=popen, log=log)
    try:
        yield child
    finally:
        stop(child)


def stop(child: Child) -> None:
    """Ask the whole group to end, and kill what has not after ``GRACE`` seconds."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.popen.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.popen.wait(GRACE)


def complete(
    name: str,
    program: Program,
    detail: Callable[[], str] | None = None,
    stdin: int | IO[bytes] = subprocess.DEVNULL,
) -> Child:
    """Run a child to its end; when it takes long, say its ``detail`` or its last line."""
    with running(name, program, stdin) as child:
        _await_all([child], detail or (lambda: _last_words(child)))
        return child


def complete_together(programs: Mapping[str, Program], detail: Callable[[], str]) -> list[Child]:
    """Run children side by side, each by its name, until all have ended; say ``detail``."""
    with contextlib.ExitStack() as stack:
        children = [stack.enter_context(running(*named)) for named in programs.items()]
        _await_all(children, detail)
        return children


def _await_all(children: list[Child], detail: Callable[[], str]) -> None:
    for child in children:
        while True:
            try:
                child.popen.wait(HEARTBEAT)
                break
            except subprocess.TimeoutExpired:
                console.say(f"  … {detail()}")


def attached(program: Program, stdin: IO[bytes] | None = None) -> int:
    """Run a child on our terminal and return its exit status; Ctrl-C is the child's to answer."""
    previous = signal.signal(signal.SIGINT, _ignore)
    popen = program.start(stdin=stdin)
    try:
        return popen.wait()
    finally:
        popen.terminate()
        popen.wait()
        signal.signal(signal.SIGINT, previous)


def wait_for_line(child: Child, pattern: str, *, seconds: float) -> re.Match[str]:
    """The first match of ``pattern`` in what the child has printed; a Problem if it never comes."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        ended = child.popen.poll() is not None
        if found := re.search(pattern, text(child), re.MULTILINE):
            return found
        if ended:
            raise console.Problem(f"{child.name} ended at once.\n{tail(child)}")
        time.sleep(0.05)
    raise console.Problem(f"{child.name} was not ready in {seconds:.0f} s.\n{tail(child)}")


def text(child: Child) -> str:
    """All the child has printed so far."""
    return child.log.read_text(encoding="utf-8", errors="replace")


def _last_words(child: Child) -> str:
    lines = text(child).split("\n")
    last = next((line.strip() for line in reversed(lines) if line.strip()), child.name)
    return _RECORD_HEAD.sub("", last)[:90]


def tail(child: Child) -> str:
    """Its last words and where the rest is, for a message."""
    lines = text(child).splitlines()[-15:]
    return "\n".join([*(f"    {line}" for line in lines), f"The whole log: {child.log}"])


def free_port(preferred: int) -> int:
    """``preferred`` on 127.0.0.1 if nobody has it, otherwise one that the kernel chooses."""
    for port in (preferred, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                probe.bind(("127.0.0.1", port))
                return int(probe.getsockname()[1])
    raise console.Problem("No free port on 127.0.0.1.")


def plain_environment() -> dict[str, str]:
    """Our environment less what would lead Python or Odoo astray, and no proxy for 127.0.0.1."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("ODOO_") and name not in ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")
    }
    local = ",".join(filter(None, [kept.get("no_proxy"), "127.0.0.1,localhost"]))
    return {**kept, "no_proxy": local, "NO_PROXY": local}
