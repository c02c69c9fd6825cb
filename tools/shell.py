"""Odoo's shell on the demo database, or a FILE run in it.

``env`` is there. The simulator runs meanwhile, its address is in KSEF_SIMULATOR_URL. What is
not committed with ``env.cr.commit()`` is forgotten.
"""

from __future__ import annotations

import argparse
import contextlib
from pathlib import Path
from typing import IO

from tools import console, databases, processes, run, server


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", nargs="?", type=Path, metavar="FILE")


def execute(options: argparse.Namespace) -> int:
    with contextlib.ExitStack() as stack:
        stdin = stack.enter_context(_opened(options.file)) if options.file else None
        odoo = stack.enter_context(server.ready())
        simulator = stack.enter_context(run.demo(odoo))
        return processes.attached(odoo.shell(databases.DEMO, simulator), stdin)


def _opened(file: Path) -> IO[bytes]:
    try:
        return file.open("rb")
    except OSError as error:
        raise console.Problem(f"{file} cannot be read: {error.strerror}") from error
