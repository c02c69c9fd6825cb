"""How fast it is: ``./dev bench fa3``, ``… send``, ``… workers``, ``… receive``.

``fa3`` builds, validates and hashes the documents of posted invoices, and has Odoo's own
``l10n_pl_edi`` render the same invoices without validation; the last line is ``ratio: N.N``, how
many times faster ours are. ``send`` measures from the click to the last number, with the limits
of production and without, and a batch of --batch invoices. ``workers`` compares one Odoo process
with two. ``receive`` fetches --batch documents of a vendor and makes bills of --invoices of them.
"""

from __future__ import annotations

import argparse
import tempfile

from tools import bench_send, databases, paths, processes, server

SUBJECTS = ("fa3", "send", "workers", "receive")
INVOICES = 1000
BATCH = 10_000
RECEIVE = (
    "from odoo.addons.{addon}.tools import bench_receive as b\nb.main(env, {count}, {bills})\n"
)
STATEMENTS = "from odoo.addons.{addon}.tools import bench_fa3\nbench_fa3.main(env, {count})\n"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("subject", choices=SUBJECTS)
    parser.add_argument("--invoices", type=int, default=INVOICES, metavar="N")
    parser.add_argument("--batch", type=int, default=BATCH, metavar="N", help="for send; 0: none")


def execute(options: argparse.Namespace) -> int:
    if options.subject == "fa3":
        return _run_fa3(options.invoices)
    if options.subject == "receive":
        return _run_receive(options.batch, options.invoices)
    if options.subject == "send":
        bench_send.send(options.invoices, options.batch)
    else:
        bench_send.compare(options.invoices)
    return 0


def _run_fa3(count: int) -> int:
    return _run_in_shell(STATEMENTS.format(addon=paths.ADDON, count=count))


def _run_receive(count: int, bills: int) -> int:
    return _run_in_shell(RECEIVE.format(addon=paths.ADDON, count=count, bills=bills))


def _run_in_shell(statements: str) -> int:
    """Run it in Odoo's shell on a database of its own, with a fast simulator beside it."""
    with (
        server.ready() as odoo,
        server.simulator(odoo.python, "--fast") as url,
        databases.fresh_copy(odoo, "bench") as target,
        tempfile.TemporaryFile() as stdin,
    ):
        odoo.install(target, paths.ADDON)
        stdin.write(statements.encode())
        stdin.seek(0)
        return processes.attached(odoo.shell(target, url), stdin)
