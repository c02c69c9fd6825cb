"""The chaos test: invoices are sent while Odoo is killed again and again and KSeF misbehaves.

Two Odoo processes work on one database. In the end every invoice must have exactly one number,
KSeF must hold exactly one accepted document for each, and each stored document must be the one.
"""

from __future__ import annotations

import base64
import hashlib
import itertools
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

from tools import console, processes, sending, server
from tools.processes import Child
from tools.results import Results
from tools.sending import Stage, Worker

INVOICES = 300
KILLS = 22
WAVES = (1, 2, 3, 5, 40, 60)  # invoices sent at once: one by one, or enough for a batch
LIFETIME = (0.3, 5.0)  # seconds from the moment a process is ready to its end
PATIENCE = 150.0  # seconds until all is quiet after the last kill
# Two workers at one row, or both asking for a session: logged by Odoo, and repeated by us
COLLISIONS = ("could not serialize access due to concurrent update", "_one_at_a_time_idx")
UNFINISHED = "upo_hash IS NULL AND state != 'withdrawn'"
FAULTS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("lost-answer", {}),
    ("server-error", {}),
    ("gateway-error", {}),
    ("rate-limit", {"retry_after": 2}),
)
OPERATIONS = (
    *("open", "send", "close", "invoice-status", "invoice-list", "session-status"),
    *("batch-open", "part-upload", "batch-close", "upo-by-ksef-number", "upo-link", "refresh"),
)


@dataclass(kw_only=True)
class Chaos:
    """One run: what is still to be sent, and which processes live."""

    stage: Stage
    chance: random.Random
    waiting: list[int]
    workers: dict[str, ExitStack] = field(default_factory=dict)
    children: list[Child] = field(default_factory=list)
    kills: int = 0

    def start(self, name: str) -> Worker:
        """Start the process of this name, in place of one that was killed."""
        stack = ExitStack()
        self.workers[name] = stack
        worker = stack.enter_context(self.stage.serving(f"{name}-{self.kills}"))
        self.children.append(worker.child)
        return worker

    def stop(self) -> None:
        for stack in self.workers.values():
            stack.close()

    def send_wave(self, worker: Worker) -> None:
        """Press the button for some invoices; who is killed meanwhile has done all or nothing."""
        wave = self.waiting[: self.chance.choice(WAVES)]
        if wave:
            worker.sign_in().call("account.move", "action_ksef_send", wave)
            del self.waiting[: len(wave)]

    def spoil(self) -> None:
        """Arm a few faults of the simulator."""
        for _ in range(self.chance.randint(1, 3)):
            name, options = self.chance.choice(FAULTS)
            self.stage.control.fault(name, self.chance.choice(OPERATIONS), **options)
        if self.chance.random() < 0.5:
            self.stage.control.fault("verdict", "send", code=550)
        operation = self.chance.choice(("send", "batch-close"))
        self.stage.control.fault("slow-verdict", operation, polls=self.chance.randint(2, 5))

    def kill(self, worker: Worker) -> None:
        time.sleep(self.chance.uniform(*LIFETIME))
        worker.kill()
        self.kills += 1


def run(wanted: str) -> Results:
    """Run it with the seed ``wanted``, or with one of its own; prints what it was."""
    seed = int(wanted) if wanted else random.SystemRandom().randrange(10**6)
    console.say(f"Chaos with seed {seed}: {INVOICES} invoices, {KILLS} kills …")
    with sending.stage("chaos", INVOICES) as stage:
        chaos = Chaos(stage=stage, chance=random.Random(seed), waiting=stage.move_ids())
        try:
            _rage(chaos)
            _calm_down(chaos)
        finally:
            chaos.stop()
        return _judge(chaos, seed)


def _rage(chaos: Chaos) -> None:
    """Kill one process after the other while the other one works on."""
    running = {name: chaos.start(name) for name in ("a", "b")}
    for name in itertools.islice(itertools.cycle(running), KILLS):
        worker = running[name]
        worker.wait()
        chaos.spoil()
        chaos.send_wave(worker)
        chaos.kill(worker)
        chaos.workers[name].close()
        running[name] = chaos.start(name)
        console.say(f"  {chaos.kills} kills, {_summary(chaos.stage)}")
    for worker in running.values():
        worker.wait()
    while chaos.waiting:
        chaos.send_wave(running["a"])


def _calm_down(chaos: Chaos) -> None:
    """The faults end; what is unfinished has to settle by itself."""
    chaos.stage.control.clear_faults()
    deadline = time.monotonic() + PATIENCE
    while chaos.stage.count(UNFINISHED):
        if time.monotonic() > deadline:
            _tell_unfinished(chaos.stage)
            return
        time.sleep(0.5)


def _tell_unfinished(stage: Stage) -> None:
    """Say what the first documents that did not settle are waiting for."""
    columns = "document_number, state, attempts, sendings, state_changed_at, retry_at, failure_kind"
    rows = stage.query(f"SELECT {columns} FROM ksef_submission WHERE {UNFINISHED} LIMIT 5")
    for row in rows:
        console.tell(f"Not settled: {', '.join(row)}")


def _summary(stage: Stage) -> str:
    rows = stage.query("SELECT state, count(*) FROM ksef_submission GROUP BY state ORDER BY state")
    return ", ".join(f"{state} {count}" for state, count in rows)


def _judge(chaos: Chaos, seed: int) -> Results:
    stage = chaos.stage
    checks: tuple[Callable[[Stage], list[str]], ...] = (
        _check_numbers,
        _check_documents,
        _check_receipts,
    )
    faults = {check.__name__.strip("_"): check(stage) for check in checks}
    faults["check_logs"] = _troubles(chaos.children)
    for name, found in faults.items():
        for fault in found[:5]:
            console.tell(f"FAIL chaos {name} (seed {seed}): {fault}")
    console.tell(f"chaos: seed {seed}, {chaos.kills} kills, {_summary(stage)}")
    failed = sum(bool(found) for found in faults.values())
    return Results(passed=len(faults) - failed, failed=failed)


def _check_numbers(stage: Stage) -> list[str]:
    """Every invoice has exactly one number, and none has another's."""
    rows = stage.query(
        "SELECT m.name, m.ksef_number, s.ksef_number FROM account_move m LEFT JOIN"
        " ksef_submission s ON s.move_id = m.id AND s.state = 'accepted'"
        " WHERE m.move_type = 'out_invoice' AND m.ksef_state IS NOT NULL"
    )
    wrong = [" ".join(row) for row in rows if not row[1] or row[1] != row[2]]
    used = Counter(row[1] for row in rows)
    wrong += [f"{number} {count} times" for number, count in used.items() if count > 1]
    return wrong if len(rows) == INVOICES else [*wrong, f"{len(rows)} rows"]


def _check_documents(stage: Stage) -> list[str]:
    """KSeF holds one accepted document for each invoice, the very bytes that are stored."""
    held = {d["ksefNumber"]: d for d in stage.control.accepted_documents()}
    wrong = [] if len(held) == INVOICES else [f"KSeF accepted {len(held)} documents"]
    for number, stored_hash, content in _stored(stage, "document", "document_hash"):
        document = held.get(number, {})
        if not stored_hash == document.get("invoiceHash") == _hash(content):
            wrong.append(f"{number}: stored {stored_hash}, in KSeF {document.get('invoiceHash')}")
        elif stage.control.document(stored_hash) != content:
            wrong.append(f"{number}: KSeF has other bytes")
    return wrong


def _check_receipts(stage: Stage) -> list[str]:
    """Each invoice has its own receipt, byte for byte."""
    receipts = list(_stored(stage, "upo", "upo_hash"))
    wrong = [] if len(receipts) == INVOICES else [f"{len(receipts)} receipts"]
    return wrong + [
        f"{number}: a wrong receipt"
        for number, stored_hash, content in receipts
        if stored_hash != _hash(content) or number.encode() not in content
    ]


def _troubles(children: list[Child]) -> list[str]:
    """What processes met that they did not expect.

    What KSeF does wrong is expected, and so are collisions, which Odoo logs and we repeat.
    """
    logs = ((child.name, processes.text(child)) for child in children)
    troubles = ((name, trouble) for name, log in logs for trouble in server.trouble(log))
    return [
        f"{name}: {trouble}"
        for name, trouble in troubles
        if not any(collision in trouble for collision in COLLISIONS)
    ]


def _stored(stage: Stage, content: str, digest: str) -> Iterator[tuple[str, str, bytes]]:
    """Number, hash and bytes of what is stored; Odoo keeps bytes in Base64."""
    rows = stage.query(
        f"SELECT ksef_number, {digest}, encode({content}, 'escape') FROM ksef_submission"
        f" WHERE state = 'accepted' AND {digest} IS NOT NULL"
    )
    for number, stored_hash, encoded in rows:
        yield number, stored_hash, base64.b64decode(encoded)


def _hash(content: bytes) -> str:
    return base64.b64encode(hashlib.sha256(content).digest()).decode()
