"""Pin anew: requirements/*.in → *.txt, the same versions for every Python (needs uv)."""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

from tools import console, paths, processes
from tools.processes import Program

ORDER = ("run", "test", "lint")  # test.in keeps to what run.txt has


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No options."""


def execute(options: argparse.Namespace) -> int:
    uv = shutil.which("uv")
    if not uv:
        raise console.Problem("This command needs uv on the PATH: pip install uv")
    return max(_compile(uv, name) for name in ORDER)


def _compile(uv: str, name: str) -> int:
    folder = paths.ROOT / "requirements"
    command: list[str | Path] = [
        *(uv, "pip", "compile", "--quiet", "--upgrade", "--no-annotate"),
        *("--universal", "--python-version", "3.10"),
        *("--custom-compile-command", "./dev pins"),
        *(folder / f"{name}.in", "-o", folder / f"{name}.txt"),
    ]
    return processes.attached(Program(argv=command))
