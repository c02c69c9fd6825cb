"""The tests of tests/protocol: pytest, without Odoo and without a database."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

from tools import console, environment, paths, processes
from tools.processes import Program
from tools.results import Results

COVERAGE = ("--cov=ksef", "--cov-branch", "--cov-report=term:skip-covered")


def run(expression: str) -> Results:
    """Run those that match, or all of them with their coverage of ``ksef``."""
    python = environment.python()
    console.say("Tests of the protocol …")
    report = paths.own() / "protocol.xml"
    report.unlink(missing_ok=True)
    choice = ("-k", expression) if expression else COVERAGE
    status = processes.attached(
        Program(
            argv=[python, "-m", "pytest", "-q", "tests/protocol", f"--junitxml={report}", *choice],
            env={**processes.plain_environment(), "COVERAGE_FILE": str(paths.own() / "coverage")},
        )
    )
    return _read(report, status)


def _read(report: Path, status: int) -> Results:
    if not report.exists():
        return Results(complaints=(f"pytest ended with status {status} before it had a result.",))
    suites = list(ElementTree.parse(report).getroot().iter("testsuite"))
    counts = {
        name: sum(int(suite.get(name, 0)) for suite in suites)
        for name in ("tests", "failures", "errors", "skipped")
    }
    failed = counts["failures"] + counts["errors"]
    return Results(
        passed=max(0, counts["tests"] - failed - counts["skipped"]),
        failed=failed,
        complaints=tuple(_complaints(counts, status)),
    )


def _complaints(counts: dict[str, int], status: int) -> list[str]:
    complaints = []
    if not counts["tests"]:
        complaints.append("No test of the protocol matched.")
    if counts["skipped"]:
        complaints.append(f"{counts['skipped']} tests of the protocol were skipped.")
    if status and not counts["failures"] + counts["errors"]:
        complaints.append(f"pytest ended with status {status}.")
    return complaints
