"""Everything around the KSeF addon. Start with ``./dev run`` and ``./dev test``."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Protocol

from tools import bench, clean, console, fmt, lint, pins, pot, processes, run, shell, sim, test


class Command(Protocol):
    """A module of this package that is a command; its docstring is the help."""

    __doc__: str | None

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the options."""

    def execute(self, options: argparse.Namespace) -> int:
        """Do it; returns the exit status, or raises a Problem."""


COMMANDS: dict[str, Command] = {
    "run": run,
    "test": test,
    "lint": lint,
    "fmt": fmt,
    "sim": sim,
    "shell": shell,
    "bench": bench,
    "pot": pot,
    "pins": pins,
    "clean": clean,
}


def main(arguments: Sequence[str]) -> int:
    """Run one command; returns the exit status (130 after Ctrl-C)."""
    options = _parser().parse_args(arguments)
    processes.heed_signals()
    try:
        return int(options.execute(options))
    except console.Problem as problem:
        console.say(f"Stopped: {problem}")
        return 1
    except KeyboardInterrupt:
        console.say("Stopped.")
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./dev", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, command in COMMANDS.items():
        text = (command.__doc__ or "").strip()
        sub = commands.add_parser(
            name,
            help=text.splitlines()[0],
            description=text,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        command.add_arguments(sub)
        sub.set_defaults(execute=command.execute)
    return parser
