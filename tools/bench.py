"""How fast the documents are made: ``./dev bench fa3``.

Builds, validates and hashes the documents of posted invoices, and has Odoo's own ``l10n_pl_edi``
render the same invoices without validation. The last line is ``ratio: N.N``, how many times
faster ours are.
"""

from __future__ import annotations

import argparse
import tempfile

from tools import databases, paths, processes, server

SUBJECTS = ("fa3",)
INVOICES = 1000
STATEMENTS = "from odoo.addons.{addon}.tools import bench_fa3\nbench_fa3.main(env, {count})\n"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("subject", choices=SUBJECTS)
    parser.add_argument("--invoices", type=int, default=INVOICES, metavar="N")


def execute(options: argparse.Namespace) -> int:
    """Run it in Odoo's shell on a database of its own."""
    statements = STATEMENTS.format(addon=paths.ADDON, count=options.invoices)
    with (
        server.ready() as odoo,
        databases.fresh_copy(odoo, "bench") as target,
        tempfile.TemporaryFile() as stdin,
    ):
        odoo.install(target, paths.ADDON)
        stdin.write(statements.encode())
        stdin.seek(0)
        return processes.attached(odoo.shell(target, ""), stdin)
