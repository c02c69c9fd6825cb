"""What the chaos test and the bench of sending share: a database of posted invoices, and servers.

The servers are real Odoo processes with cron workers on one database; they may be killed.
"""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from simulator.panel import Control
from tools import console, databases, once, paths, processes, server
from tools.logins import ACCOUNTANT, Login
from tools.once import Session
from tools.processes import Child
from tools.server import Odoo

POST = "from odoo.addons.{addon}.tools import workload\nworkload.main(env, {count})\n"
CRON_THREADS = 2
# The log of these modules tells where the time goes
TIMED = ("odoo.addons.account_ksef:DEBUG",)
LISTENING = r"HTTP service \(werkzeug\) running on \S+:(\d+)"
READY = r"Registry loaded in"


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A database with posted invoices, its simulator, and the Odoo that can serve it."""

    odoo: Odoo
    database: str
    simulator: str

    @property
    def control(self) -> Control:
        return Control(self.simulator)

    def query(self, statement: str) -> list[list[str]]:
        """Rows of the database, each a list of texts."""
        lines = self.odoo.cluster.query(statement, self.database).splitlines()
        return [line.split("|") for line in lines]

    def count(self, condition: str) -> int:
        """Submissions that fulfil an SQL condition."""
        return int(self.query(f"SELECT count(*) FROM ksef_submission WHERE {condition}")[0][0])

    def move_ids(self) -> list[int]:
        """The posted invoices that may be sent, the oldest first."""
        rows = self.query("SELECT id FROM account_move WHERE ksef_state = 'to_send' ORDER BY id")
        return [int(row[0]) for row in rows]

    @contextmanager
    def serving(self, name: str, *options: str) -> Iterator[Worker]:
        """One more Odoo on the database, until the end or until it is killed."""
        program = self.odoo.program(
            *("-d", self.database, "-p", "0", f"--max-cron-threads={CRON_THREADS}"),
            *(f"--log-handler={handler}" for handler in TIMED),
            *options,
            url=self.simulator,
        )
        with processes.running(f"odoo-{name}", program) as child:
            yield Worker(child=child, database=self.database)


@dataclass(frozen=True, kw_only=True)
class Worker:
    """A running Odoo."""

    child: Child
    database: str

    def wait(self) -> None:
        processes.wait_for_line(self.child, LISTENING, seconds=60)
        processes.wait_for_line(self.child, READY, seconds=120)

    def sign_in(self, login: Login = ACCOUNTANT) -> Session:
        """A session on this server, by default the accountant's."""
        port = processes.wait_for_line(self.child, LISTENING, seconds=60)[1]
        return once.sign_in(f"http://127.0.0.1:{port}", self.database, login)

    def kill(self) -> None:
        """As a power cut does it: nothing is unwound."""
        os.killpg(self.child.popen.pid, signal.SIGKILL)
        self.child.popen.wait()

    def peak_memory(self) -> float:
        """The most memory it ever had at once, in MB."""
        status = Path(f"/proc/{self.child.popen.pid}/status").read_text(encoding="ascii")
        found = re.search(r"^VmHWM:\s+(\d+)", status, re.MULTILINE)
        return int(found[1]) / 1024 if found else 0.0


@contextmanager
def stage(role: str, count: int) -> Iterator[Stage]:
    """A fresh database with so many posted invoices, connected to a fast simulator."""
    with (
        server.ready() as odoo,
        server.simulator(odoo.python, "--fast") as url,
        databases.fresh_copy(odoo, role) as database,
    ):
        odoo.install(database, paths.ADDON)
        console.say(f"Posting {count} invoices …")
        statements = POST.format(addon=paths.ADDON, count=count)
        odoo.complete(f"odoo-{role}-post", odoo.shell(database, url), statements)
        yield Stage(odoo=odoo, database=database, simulator=url)


def wait_until_numbered(stage: Stage, count: int, *, seconds: float) -> float:
    """Seconds until so many invoices have their numbers; a Problem if they never do."""
    started = time.monotonic()
    while (done := stage.count("state = 'accepted'")) < count:
        if time.monotonic() - started > seconds:
            raise console.Problem(f"{done} of {count} invoices have a number after {seconds:.0f} s")
        time.sleep(0.1)
    return time.monotonic() - started


def wait_until_receipted(stage: Stage, *, seconds: float) -> None:
    """Until every accepted invoice has its receipt; a Problem if one never does."""
    deadline = time.monotonic() + seconds
    while lacking := stage.count("state = 'accepted' AND upo_hash IS NULL"):
        if time.monotonic() > deadline:
            raise console.Problem(f"{lacking} receipts are missing after {seconds:.0f} s")
        time.sleep(0.5)
