"""Format the Python code and mend what ruff can mend by itself."""

from __future__ import annotations

import argparse

from tools import environment, processes
from tools.processes import Program

STEPS = (("check", "--fix", "--quiet"), ("format",))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No options."""


def execute(options: argparse.Namespace) -> int:
    python = environment.python(environment.LINT)
    return max(
        processes.attached(Program(argv=[python, "-m", "ruff", *step, "."])) for step in STEPS
    )
