"""The benches of sending: what a click costs, where the time goes, what a second process brings."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import islice
from statistics import median

from tools import console, processes, sending
from tools.processes import Child
from tools.sending import Stage

PATIENCE = 1800.0  # seconds for one run
SINGLES = 3  # invoices sent one after the other; the median counts
# Forgets what KSeF allowed, so that the next login asks again
FORGET = "DELETE FROM ksef_budget; UPDATE ksef_login SET state = 'ended', retry_at = NULL"
PARTS = {
    "building": re.compile(r"stopwatch: building: \d+ in ([\d.]+) s"),
    "crypto": re.compile(r"stopwatch: packing and encrypting: \d+ in ([\d.]+) s"),
    "network": re.compile(r"ksef\.transport: \S+ \S+.*: HTTP \d+ in ([\d.]+) s"),
    "ORM": re.compile(r"stopwatch: writing: \d+ in ([\d.]+) s"),
}


@dataclass(frozen=True, kw_only=True)
class Run:
    """What one run took, in seconds and MB."""

    count: int
    click: float
    numbers: float
    receipts: float
    memory: float
    parts: Mapping[str, float]

    def __str__(self) -> str:
        split = ", ".join(f"{name} {seconds:.1f}" for name, seconds in self.parts.items())
        return (
            f"{self.count} invoices: click {self.click:.1f} s, last number {self.numbers:.1f} s, "
            f"last receipt {self.receipts:.1f} s; of it {split} s; memory {self.memory:.0f} MB"
        )


def send(count: int, batch: int) -> None:
    """Send by hand with the limits of production and without, one alone, and a great batch."""
    with sending.stage("bench", 2 * count + SINGLES + batch) as stage:
        moves = iter(stage.move_ids())
        stage.control.limits("production")
        console.tell(f"with production limits, {_measure(stage, _take(moves, count))}")
        stage.control.limits("fast")
        stage.query(FORGET)
        console.tell(f"without limits, {_measure(stage, _take(moves, count))}")
        console.tell(f"one invoice: number after {_measure_singles(stage, moves):.1f} s")
        if batch:
            console.tell(f"without limits, {_measure(stage, _take(moves, batch))}")


def compare(count: int) -> None:
    """Send the same number with one process and with two, one cron worker each."""
    with sending.stage("bench", 2 * count) as stage:
        moves = iter(stage.move_ids())
        one = _measure_processes(stage, _take(moves, count), 1)
        two = _measure_processes(stage, _take(moves, count), 2)
        documents = stage.control.accepted_documents()
        numbers = Counter(document["invoiceNumber"] for document in documents)
        console.tell(f"{count} invoices, one process: {one:.1f} s, two processes: {two:.1f} s")
        console.tell(f"documents in KSeF: {len(documents)} of {len(numbers)} invoices")
        console.tell(f"ratio: {one / two:.2f}")


def _take(moves: Iterator[int], count: int) -> list[int]:
    return list(islice(moves, count))


def _measure(stage: Stage, moves: list[int]) -> Run:
    """From the click of the accountant to the last number, and to the last receipt."""
    before = stage.count("state = 'accepted'")
    with stage.serving("bench") as worker:
        worker.wait()
        session = worker.sign_in()
        started = time.monotonic()
        session.call("account.move", "action_ksef_send", moves)
        click = time.monotonic() - started
        sending.wait_until_numbered(stage, before + len(moves), seconds=PATIENCE)
        numbers = time.monotonic() - started
        parts = _parts(worker.child)
        sending.wait_until_receipted(stage, seconds=PATIENCE)
        return Run(
            count=len(moves),
            click=click,
            numbers=numbers,
            receipts=time.monotonic() - started,
            memory=worker.peak_memory(),
            parts=parts,
        )


def _parts(child: Child) -> dict[str, float]:
    """Seconds of each part of the work, summed over all cron workers."""
    log = processes.text(child)
    return {name: sum(map(float, found.findall(log))) for name, found in PARTS.items()}


def _measure_singles(stage: Stage, moves: Iterator[int]) -> float:
    """The median of a few, with the session of KSeF open as in daily work."""
    with stage.serving("bench") as worker:
        worker.wait()
        session = worker.sign_in()
        took = []
        for _ in range(SINGLES):
            before = stage.count("state = 'accepted'")
            started = time.monotonic()
            session.call("account.move", "action_ksef_send", _take(moves, 1))
            sending.wait_until_numbered(stage, before + 1, seconds=PATIENCE)
            took.append(time.monotonic() - started)
    return median(took)


def _measure_processes(stage: Stage, moves: list[int], count: int) -> float:
    before = stage.count("state = 'accepted'")
    with ExitStack() as stack:
        workers = [
            stack.enter_context(stage.serving(f"bench-{number}", "--max-cron-threads=1"))
            for number in range(count)
        ]
        for worker in workers:
            worker.wait()
        session = workers[0].sign_in()
        session.call("account.move", "action_ksef_send", moves)
        return sending.wait_until_numbered(stage, before + len(moves), seconds=PATIENCE)
