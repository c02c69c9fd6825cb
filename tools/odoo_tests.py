"""The addon's tests in Odoo: fresh databases, a browser; read from Odoo's logs."""

from __future__ import annotations

import heapq
import os
import re
import shutil
from contextlib import ExitStack
from dataclasses import dataclass

from tools import console, databases, paths, processes, server
from tools.databases import Template
from tools.processes import Program
from tools.results import Results
from tools.server import Odoo

# The tag of tests that need modules beside those of a usual database
MORE_MODULES = "ksef_more_modules"
# What must work without Sales: documents, their corrections, sending
BARE_CLASSES = (
    "TestPlainSale",
    "TestCreditNotes",
    "TestCorrectionOfLines",
    "TestSending",
    "TestForms",
)
MOST_TOGETHER = 4  # databases that are tested side by side; each takes 700 MB of memory
BROWSERS = ("google-chrome", "chromium", "chromium-browser", "google-chrome-stable")
STARTED = re.compile(r": Starting (?P<test>[\w.]+) \.\.\.")
FAILED = re.compile(r": (?:FAIL|ERROR): (?:Subtest )?(?P<test>[\w.]+)")
SKIPPED = re.compile(r": skipped (?P<test>\S+).*? : (?P<reason>.*)")
SUMMARY = re.compile(r"\d+ failed, \d+ error\(s\) of \d+ tests")


@dataclass(frozen=True, kw_only=True)
class Stage:
    """Tests of one database; ``tags`` is Odoo's ``--test-tags``."""

    name: str
    template: Template
    tags: str

    @property
    def log(self) -> str:
        return f"{self.name}-tests"


def run(wanted: str) -> Results:
    """Install the addon with its tests, those that match ``wanted``; prints what failed."""
    if wanted:
        return _run(Stage(name="odoo", template=databases.USUAL, tags=tags(wanted)))
    return _run(*_shares(min(MOST_TOGETHER, len(os.sched_getaffinity(0)))))


def run_with_other_modules(wanted: str) -> Results:
    """Chosen tests without ``sale``; those of optional modules, or ``wanted``, with them all."""
    full = Stage(
        name="full",
        template=databases.FULL,
        tags=tags(wanted) if wanted else f"{MORE_MODULES}/{paths.ADDON}",
    )
    if wanted:
        return _run(full)
    chosen = ",".join(tags(name) for name in BARE_CLASSES)
    return _run(Stage(name="bare", template=databases.BARE, tags=chosen), full)


def _shares(count: int) -> list[Stage]:
    """Divide all files of tests by their size among so many databases."""
    shares: list[tuple[int, int, list[str]]] = [(0, number, []) for number in range(count)]
    files = (paths.ROOT / "tests").glob("test_*.py")
    for file in sorted(files, key=lambda file: (-file.stat().st_size, file.name)):
        size, number, share = heapq.heappop(shares)
        heapq.heappush(shares, (size + file.stat().st_size, number, [*share, file.name]))
    return [
        Stage(
            name=f"odoo_{number}",
            template=databases.USUAL,
            tags=",".join(f"/{paths.ADDON}/tests/{name}" for name in share) + f",-{MORE_MODULES}",
        )
        for _size, number, share in shares
    ]


def _run(*stages: Stage) -> Results:
    """Run stages side by side, each in a database of its own."""
    with server.ready() as odoo, ExitStack() as stack:
        copies = (databases.fresh_copy(odoo, f"{s.name}_test", s.template) for s in stages)
        targets = [stack.enter_context(copy) for copy in copies]
        programs = {
            stage.log: _program(odoo, stage, target)
            for stage, target in zip(stages, targets, strict=True)
        }
        console.say(f"Tests in Odoo ({', '.join(stage.name for stage in stages)}) …")
        children = processes.complete_together(programs, lambda: _progress(stages))
    return sum(map(_results, children), start=Results())


def tags(wanted: str) -> str:
    """Odoo's ``--test-tags`` for a class, a method (``test_…``), ``Class.method`` or nothing."""
    if not wanted:
        return f"/{paths.ADDON}"
    if wanted.startswith("test_"):
        return f"/{paths.ADDON}.{wanted}"
    return f"/{paths.ADDON}:{wanted}"


def _program(odoo: Odoo, stage: Stage, target: str) -> Program:
    return odoo.program(
        *("-d", target, "-p", "0", "-i", paths.ADDON, "--max-cron-threads=0"),
        *("--test-tags", stage.tags, "--stop-after-init"),
        f"--screenshots={paths.own() / 'screenshots'}",
    )


def _progress(stages: tuple[Stage, ...]) -> str:
    logs = (paths.log(stage.log).read_text("utf-8", errors="replace") for stage in stages)
    return f"{sum(len(STARTED.findall(log)) for log in logs)} tests so far"


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
