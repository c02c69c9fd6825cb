"""The addon's tests in Odoo: a fresh database, the simulator, a browser; read from Odoo's log."""

from __future__ import annotations

import re
import shutil

from tools import console, databases, paths, processes, server
from tools.results import Results
from tools.server import Odoo

LOG = "odoo-tests"
BROWSERS = ("google-chrome", "chromium", "chromium-browser", "google-chrome-stable")
STARTED = re.compile(r": Starting (?P<test>[\w.]+) \.\.\.")
FAILED = re.compile(r": (?:FAIL|ERROR): (?:Subtest )?(?P<test>[\w.]+)")
SKIPPED = re.compile(r": skipped (?P<test>\S+).*? : (?P<reason>.*)")
SUMMARY = re.compile(r"\d+ failed, \d+ error\(s\) of \d+ tests")


def run(wanted: str) -> Results:
    """Install the addon with its tests, those that match ``wanted``; prints what failed."""
    with (
        server.ready() as odoo,
        server.simulator(odoo.python, "--fast") as simulator,
        databases.fresh_copy(odoo, "test") as target,
    ):
        console.say("Tests in Odoo …")
        return _results(_install(odoo, target, tags(wanted), simulator))


def tags(wanted: str) -> str:
    """Odoo's ``--test-tags`` for a class, a method (``test_…``), ``Class.method`` or nothing."""
    if not wanted:
        return f"/{paths.ADDON}"
    if wanted.startswith("test_"):
        return f"/{paths.ADDON}.{wanted}"
    return f"/{paths.ADDON}:{wanted}"


def _install(odoo: Odoo, target: str, test_tags: str, simulator: str) -> processes.Child:
    return processes.complete(
        LOG,
        odoo.program(
            *("-d", target, "-p", "0", "-i", paths.ADDON, "--max-cron-threads=0"),
            *("--test-tags", test_tags, "--stop-after-init"),
            f"--screenshots={paths.own() / 'screenshots'}",
            url=simulator,
        ),
        detail=_progress,
    )


def _progress() -> str:
    log = paths.log(LOG).read_text(encoding="utf-8", errors="replace")
    return f"{len(STARTED.findall(log))} tests so far"


def _results(child: processes.Child) -> Results:
    log = processes.text(child)
    started = {found["test"] for found in STARTED.finditer(log)}
    failed = {found["test"] for found in FAILED.finditer(log)}
    skipped = {found["test"]: found["reason"] for found in SKIPPED.finditer(log)}
    _show(log)
    console.say(f"Odoo's whole log: {child.log}")
    return Results(
        passed=len(started - failed - skipped.keys()),
        failed=len(failed),
        complaints=tuple(_complaints(child, log, started, skipped)),
    )


def _show(log: str) -> None:
    """The failed tests with their tracebacks; every error where there is no result at all."""
    errors = server.trouble(log)
    shown = [error for error in errors if FAILED.search(error)] if SUMMARY.search(log) else errors
    if shown:
        console.tell("\n".join(shown))


def _complaints(
    child: processes.Child, log: str, started: set[str], skipped: dict[str, str]
) -> list[str]:
    """Why this is no success even if no test failed; Odoo itself would say nothing."""
    if not SUMMARY.search(log):
        return [f"Odoo ended with status {child.popen.returncode} before it had a result."]
    complaints = []
    if not started:
        complaints.append("No test in Odoo matched.")
    if skipped:
        reasons = ", ".join(sorted(set(skipped.values())))
        complaints.append(f"{len(skipped)} tests in Odoo were skipped: {reasons}")
    if skipped and not any(map(shutil.which, BROWSERS)):
        complaints.append("The browser tests need Chromium: apt-get install chromium")
    if child.popen.returncode and not FAILED.search(log):
        complaints.append(f"Odoo ended with status {child.popen.returncode}.")
    return complaints
