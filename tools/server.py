"""Odoo as a child process: its settings, its commands, what its log says when it fails."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tools import console, database, environment, odoo_source, paths, processes
from tools.database import Cluster
from tools.processes import Program

# A log record starts with its time; what follows without one (a traceback) belongs to it.
RECORD = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} ", re.MULTILINE)
TROUBLE = re.compile(r"^\S+ \S+ \d+ (ERROR|CRITICAL) ")


@dataclass(frozen=True, kw_only=True)
class Odoo:
    """An installed Odoo 19 with a running PostgreSQL."""

    python: Path
    tree: Path
    cluster: Cluster

    def program(self, *arguments: str, url: str = "") -> Program:
        """``odoo`` with these arguments; ``url`` is the simulator's address."""
        return Program(
            argv=[self.python, "-W", "ignore", "-m", "odoo", *arguments],
            env=self._environment(url),
            folder=paths.imports(self.tree),  # Python finds what lies where it starts
        )

    def shell(self, target: str, url: str) -> Program:
        """Odoo's shell, which runs its standard input where that is no terminal."""
        return self.program("shell", "-d", target, "--no-http", "--max-cron-threads=0", url=url)

    def _environment(self, url: str) -> dict[str, str]:
        """All of Odoo's settings, for it reads no configuration file."""
        return {
            **processes.plain_environment(),
            **self.cluster.environment,
            "PYTHONPATH": str(paths.imports(self.tree)),
            "ODOO_RC": "/dev/null",
            "ODOO_DATA_DIR": str(self.cluster.data),
            "ODOO_HTTP_INTERFACE": "127.0.0.1",
            "ODOO_ADDONS_PATH": str(paths.addons()),
            "KSEF_SIMULATOR_URL": url,
        }

    def complete(self, name: str, program: Program, statements: str = "") -> None:
        """Run it to its end; a Problem if it fails.

        ``statements`` are Python for its standard input.
        """
        with tempfile.TemporaryFile() as stdin:
            stdin.write(statements.encode())
            stdin.seek(0)
            child = processes.complete(name, program, stdin=stdin)
        if child.popen.returncode != 0:
            reasons = [*trouble(processes.text(child)), processes.tail(child)]
            raise console.Problem(f"Odoo could not do this step ({name}).\n" + "\n".join(reasons))

    def install(self, target: str, modules: str, *arguments: str) -> None:
        """Install modules into a database that no server is running on."""
        self._change(target, "-i", modules, *arguments)

    def update(self, target: str, modules: str) -> None:
        """Update modules, and replace their translations by those of the files."""
        self._change(target, "-u", modules, "--i18n-overwrite")

    def script(self, target: str, module: str, url: str) -> None:
        """Call ``main(env)`` of a module of this package in Odoo's shell, and commit."""
        statements = (
            f"from odoo.addons.{paths.ADDON}.tools import {module}\n"
            f"{module}.main(env)\nenv.cr.commit()\n"
        )
        self.complete(f"odoo-{module}", self.shell(target, url), statements)

    def _change(self, target: str, *arguments: str) -> None:
        name = f"odoo-{arguments[0].strip('-')}-{target.rpartition('_')[2]}"
        quiet = ("--no-http", "--max-cron-threads=0", "--stop-after-init")
        self.complete(name, self.program("-d", target, *arguments, *quiet))


@contextmanager
def ready() -> Iterator[Odoo]:
    """Odoo with all it needs, installed and started where it lacks."""
    tree = odoo_source.tree()
    python = environment.python()
    with database.cluster(python) as cluster:
        yield Odoo(python=python, tree=tree, cluster=cluster)


@contextmanager
def simulator(python: Path, *arguments: str) -> Iterator[str]:
    """The simulator on a port that the kernel chooses; gives its base URL."""
    program = simulator_program(python, "--port", "0", *arguments)
    with processes.running("simulator", program) as child:
        yield processes.wait_for_line(child, r"^(http://\S+)$", seconds=30)[1]


def simulator_program(python: Path, *arguments: str) -> Program:
    """The simulator, which says its base URL at once."""
    env = {**processes.plain_environment(), "PYTHONUNBUFFERED": "1"}
    return Program(argv=[python, "-m", "simulator", *arguments], env=env)


def trouble(log: str) -> list[str]:
    """The records of level ERROR and CRITICAL, each with all of its lines."""
    starts = [match.start() for match in RECORD.finditer(log)]
    ends = [*starts[1:], len(log)]
    records = [log[start:end].rstrip() for start, end in zip(starts, ends, strict=True)]
    return [record for record in records if TROUBLE.match(record)]
