"""Remove the databases, files and logs of this checkout.

With --all also what the checkouts of this user share: Odoo and the virtual environments.
"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

from tools import console, database, environment, locks, paths


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--all", action="store_true", help="also Odoo and the Python packages")


def execute(options: argparse.Namespace) -> int:
    refusal = f"Another ./dev works in {paths.ROOT}; stop it first."
    with locks.held_or_refused(paths.own() / "demo.lock", refusal):
        if database.is_external():
            _drop_databases()
        elif locks.is_held(paths.own() / "postgresql/users"):
            raise console.Problem(refusal)
        shutil.rmtree(paths.own())
    console.say(f"Removed {paths.own()}")
    if options.all:
        _remove_shared()
    return 0


def _drop_databases() -> None:
    with database.cluster(environment.python()) as cluster:
        for name in cluster.names():
            cluster.drop(name)


def _remove_shared() -> None:
    if others := _other_checkouts():
        raise console.Problem(
            "Other checkouts use Odoo and the environments; ./dev clean in them first:\n"
            + "\n".join(f"    {checkout}" for checkout in others)
        )
    for folder in paths.cache().iterdir():
        if folder.name.startswith(("venv-", "odoo-")) and folder.is_dir():
            shutil.rmtree(folder)
            console.say(f"Removed {folder}")


def _other_checkouts() -> list[str]:
    """Those that made something in the cache, and still exist."""
    notes = (paths.cache() / "checkouts").glob("*/checkout")
    checkouts = [note.read_text(encoding="utf-8").strip() for note in notes]
    return [checkout for checkout in checkouts if Path(checkout).exists()]
