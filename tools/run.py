"""Odoo with the addon and a Polish demo company, connected to the simulator.

Installs what lacks, starts everything on 127.0.0.1 and prints the address and the login.
Ctrl-C stops all of it. ODOO_PATH names an Odoo 19 tree to use, the PG* variables a PostgreSQL,
DEBIAN_MIRROR a mirror with Debian unstable, ACCOUNT_KSEF_CACHE the folder for all that is made.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tools import console, databases, locks, once, paths, processes, server
from tools.logins import ACCOUNTANT
from tools.processes import Child
from tools.server import Odoo

PORT = 8069
BANNER = """
  Odoo        {address}
  Accountant  {login} / {password}   (Polish, no administrator rights)
  All rights  admin / admin
  Simulator   {simulator}

  To try: sign in as the accountant, open Fakturowanie → Klienci → Faktury,
  choose a posted invoice and send it to KSeF: its number arrives by itself.
  Logs: {logs}
  Ctrl-C stops everything.
"""


@dataclass(frozen=True, kw_only=True)
class Running:
    """A started Odoo on the demo database, and the simulator its company is connected to."""

    address: str
    simulator: str
    server: Child


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--once",
        action="store_true",
        help="send one invoice, print its KSeF number and where its UPO is, and stop",
    )


def execute(options: argparse.Namespace) -> int:
    with server.ready() as odoo, demo(odoo) as simulator, _serving(odoo, simulator) as running:
        if options.once:
            once.send(running.address, databases.DEMO)
            return 0
        return _wait(running)


@contextmanager
def demo(odoo: Odoo) -> Iterator[str]:
    """The demo database, its company connected to a simulator; gives the simulator's URL."""
    refusal = f"Another ./dev works on the demo database of {paths.ROOT}; stop it first."
    with locks.held_or_refused(paths.own() / "demo.lock", refusal):
        databases.ensure_demo(odoo)
        with server.simulator(odoo.python) as url:
            console.say("Connecting the demo company to the simulator …")
            odoo.script(databases.DEMO, "demo", url)
            yield url


@contextmanager
def _serving(odoo: Odoo, simulator: str) -> Iterator[Running]:
    port = processes.free_port(PORT)
    if port != PORT:
        console.say(f"Port {PORT} is busy, taking {port}.")
    console.say("Starting Odoo …")
    with processes.running(
        "odoo",
        odoo.program("-d", databases.DEMO, "-p", str(port), "--max-cron-threads=1", url=simulator),
    ) as child:
        processes.wait_for_line(child, r"HTTP service \(werkzeug\) running on", seconds=60)
        processes.wait_for_line(child, r"Registry loaded in", seconds=120)
        yield Running(address=f"http://127.0.0.1:{port}", simulator=simulator, server=child)


def _wait(running: Running) -> int:
    """Until Ctrl-C, the normal end, or until Odoo ends by itself, which is none."""
    console.say("Ready.")
    console.tell(
        BANNER.format(
            address=running.address,
            login=ACCOUNTANT.name,
            password=ACCOUNTANT.password,
            simulator=running.simulator,
            logs=running.server.log.parent,
        )
    )
    try:
        running.server.popen.wait()
    except KeyboardInterrupt:
        console.say("Stopping …")
        return 0
    raise console.Problem(f"Odoo ended by itself.\n{processes.tail(running.server)}")
