"""The test of collisions: people and crons reach for the same invoices at the same moment.

Two Odoo processes serve one database, each with its crons. Whoever presses a button does so
together with somebody else. In the end each invoice has left once or, taken back in time, not
at all, and who pressed a button late was not troubled with an error.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial

from tools import console, sending
from tools.logins import ADMINISTRATOR
from tools.once import Session
from tools.results import Results
from tools.sending import Stage

ROUNDS = 8  # invoices for each kind of collision
DELAYS = (-0.4, 1.0)  # seconds after which a sent invoice is taken back; below 0: before
PATIENCE = 120.0  # seconds until all is quiet
Call = Callable[[], object]


@dataclass(frozen=True, kw_only=True)
class Crowd:
    """Two people, each signed in on a server of their own."""

    accountant: Session
    administrator: Session
    chance: random.Random


@dataclass(kw_only=True)
class Outcome:
    """What became of one kind of collision: its invoices, and the errors that people saw."""

    moves: list[int] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def run(wanted: str) -> Results:
    """Run it with the seed ``wanted``, or with one of its own; prints what it was."""
    seed = int(wanted) if wanted else random.SystemRandom().randrange(10**6)
    count = ROUNDS * len(KINDS)
    console.say(f"Collisions with seed {seed}: {count} invoices …")
    with (
        sending.stage("collisions", count) as stage,
        stage.serving("a") as first,
        stage.serving("b") as second,
    ):
        first.wait()
        second.wait()
        crowd = Crowd(
            accountant=first.sign_in(),
            administrator=second.sign_in(ADMINISTRATOR),
            chance=random.Random(seed),
        )
        outcomes = _collide_all(crowd, stage.move_ids())
        _calm_down(stage)
        return _judge(stage, seed, outcomes)


def _collide_all(crowd: Crowd, moves: list[int]) -> dict[str, Outcome]:
    """Every kind of collision in turn, so that the queue has work of all kinds meanwhile."""
    _prepare_mails(crowd.administrator, moves[0])
    outcomes = {name: Outcome() for name in KINDS}
    for position, move in enumerate(moves):
        name = list(KINDS)[position % len(KINDS)]
        outcomes[name].moves.append(move)
        outcomes[name].errors += _collide(KINDS[name](crowd, move))
    return outcomes


def _prepare_mails(administrator: Session, move: int) -> None:
    """The buyer of all these invoices has an address; PDFs are made one by one.

    Debian's wkhtmltopdf makes no more at once; Odoo makes one more than this number.
    """
    [row] = administrator.call("account.move", "read", [move], ["partner_id"])
    address = {"email": "faktury@nabywca.example"}
    administrator.call("res.partner", "write", [row["partner_id"][0]], address)
    one = ("account.pdf_generation_batch", "0")
    administrator.call("ir.config_parameter", "set_param", *one)


def _collide(calls: list[Call]) -> list[str]:
    """Make the calls at the same moment; return the errors that people saw."""
    barrier = threading.Barrier(len(calls))
    with ThreadPoolExecutor(len(calls)) as pool:
        errors = pool.map(partial(_press, barrier), calls)
    return [error for error in errors if error]


def _press(barrier: threading.Barrier, call: Call) -> str:
    barrier.wait()
    try:
        call()
    except console.Problem as error:
        return str(error)
    return ""


# === KINDS === #


def _send(session: Session, move: int) -> Call:
    return partial(session.call, "account.move", "action_ksef_send", [move])


def _click_twice(crowd: Crowd, move: int) -> list[Call]:
    return [_send(crowd.accountant, move)] * 2


def _send_both(crowd: Crowd, move: int) -> list[Call]:
    return [_send(crowd.accountant, move), _send(crowd.administrator, move)]


def _mail_and_send(crowd: Crowd, move: int) -> list[Call]:
    """Odoo's Send dialog, while somebody else presses our button and the queue sends."""
    dialogs = "account.move.send.wizard"
    dialog = crowd.accountant.call(dialogs, "create", {"move_id": move})
    press = partial(crowd.accountant.call, dialogs, "action_send_and_print", [dialog])
    return [press, _send(crowd.administrator, move)]


def _mail_both(crowd: Crowd, move: int) -> list[Call]:
    dialogs = "account.move.send.wizard"
    people = (crowd.accountant, crowd.administrator)
    opened = [(person, person.call(dialogs, "create", {"move_id": move})) for person in people]
    return [partial(who.call, dialogs, "action_send_and_print", [own]) for who, own in opened]


def _take_back(crowd: Crowd, move: int) -> list[Call]:
    delay = crowd.chance.uniform(*DELAYS)
    take_back = partial(crowd.administrator.call, "account.move", "button_draft", [move])
    return [
        partial(_call_later, -delay, _send(crowd.accountant, move)),
        partial(_call_later, delay, take_back),
    ]


def _call_later(delay: float, call: Call) -> None:
    time.sleep(max(0.0, delay))
    call()


KINDS: dict[str, Callable[[Crowd, int], list[Call]]] = {
    "double click": _click_twice,
    "two people": _send_both,
    "Send dialog and button": _mail_and_send,
    "two Send dialogs": _mail_both,
    "taken back while it leaves": _take_back,
}
# Kinds in which one of the two may be refused, and says so
REFUSABLE = ("taken back while it leaves",)
# How many e-mails go to the buyer; two people who ask for one may get one each
MAILS = {"Send dialog and button": (1,), "two Send dialogs": (1, 2)}


# === WHAT CAME OF IT === #


def _calm_down(stage: Stage) -> None:
    deadline = time.monotonic() + PATIENCE
    while stage.count("upo_hash IS NULL AND state != 'withdrawn'") or _count_unmailed(stage):
        if time.monotonic() > deadline:
            return
        time.sleep(0.5)


def _count_unmailed(stage: Stage) -> int:
    """Invoices whose e-mail waits, for its number or for Odoo's own sending."""
    waiting = "ksef_sending_data IS NOT NULL OR sending_data IS NOT NULL"
    return int(stage.query(f"SELECT count(*) FROM account_move WHERE {waiting}")[0][0])


def _judge(stage: Stage, seed: int, outcomes: dict[str, Outcome]) -> Results:
    faults = {name: _check_kind(stage, name, outcome) for name, outcome in outcomes.items()}
    faults["documents in KSeF"] = _check_documents(stage)
    for name, found in faults.items():
        for fault in found[:5]:
            console.tell(f"FAIL collisions {name} (seed {seed}): {fault}")
    issued, count = stage.count("state = 'accepted'"), ROUNDS * len(KINDS)
    console.tell(f"collisions: seed {seed}, {issued} issued, {count - issued} taken back")
    failed = sum(bool(found) for found in faults.values())
    return Results(passed=len(faults) - failed, failed=failed)


def _check_kind(stage: Stage, name: str, outcome: Outcome) -> list[str]:
    """Each invoice is issued by one submission, or a draft with none that is alive."""
    ids = ", ".join(map(str, outcome.moves))
    rows = stage.query(
        "SELECT m.id, m.state, m.ksef_number IS NOT NULL, count(s.id) FROM account_move m"
        " LEFT JOIN ksef_submission s ON s.move_id = m.id AND s.state != 'withdrawn'"
        f" WHERE m.id IN ({ids}) GROUP BY m.id"
    )
    right = [["posted", "t", "1"], ["draft", "f", "0"]]
    wrong = [" ".join(row) for row in rows if row[1:] not in right]
    wrong += _check_mails(stage, ids, MAILS.get(name, (0,)))
    return wrong if name in REFUSABLE else wrong + outcome.errors


def _check_mails(stage: Stage, ids: str, expected: tuple[int, ...]) -> list[str]:
    rows = stage.query(
        "SELECT m.id, count(e.id) FROM account_move m LEFT JOIN mail_message e"
        " ON e.model = 'account.move' AND e.res_id = m.id AND e.message_type = 'comment'"
        f" WHERE m.id IN ({ids}) GROUP BY m.id"
    )
    return [f"{row[0]}: {row[1]} e-mails" for row in rows if int(row[1]) not in expected]


def _check_documents(stage: Stage) -> list[str]:
    """KSeF was sent each issued document once: not even a duplicate that it refused."""
    sent, issued = len(stage.control.documents()), stage.count("state = 'accepted'")
    return [] if sent == issued else [f"{sent} documents sent for {issued} invoices"]
