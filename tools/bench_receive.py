"""The bench of receiving: runs in Odoo's shell on a database that is dropped afterwards."""

from __future__ import annotations

import os
import resource
import time
from pathlib import Path
from typing import Any

from ..simulator.panel import Control
from . import demo

SAMPLE = Path(__file__).parent.parent / "tests" / "golden" / "S01.xml"
SELLER = "7762811692"
DEPOSIT = 500  # documents put into KSeF at once
BILLS = 100  # made in one transaction
PAGE, PAGES_AN_HOUR, FILES_AN_HOUR = 250, 20, 64  # of KSeF in production


def main(env: Any, count: int, bills: int) -> None:
    """Print what it takes to fetch so many documents, list them, and make bills of some."""
    company = demo.connect(env)
    env = env(context={**env.context, "allowed_company_ids": company.ids})
    control = Control(os.environ["KSEF_SIMULATOR_URL"])
    _deposit(control, company._ksef_nip(), count)
    control.limits("production")
    fetched = _timed(lambda: _fetch(env, company))
    rows = env["ksef.inbox"].search([("company_id", "=", company.id)])
    speed = len(rows) / fetched
    print(f"documents: {len(rows)} of {count}, fetched in {fetched:.1f} s: {speed:.0f}/s")
    print(f"exports ordered: {_count(control, 'export')} of 20 an hour")
    print(f"by the list alone: {_hours_by_list(count):.0f} hours")
    print(f"first page of the inbox: {_timed(lambda: _list(env)) * 1000:.0f} ms")
    made = _timed(lambda: _book(env, rows[:bills]))
    booked = len(rows.filtered("bill_id"))
    print(f"bills: {booked}, made in {made:.1f} s: {booked / made:.1f}/s")
    print(f"peak memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


def _deposit(control: Control, nip: str, count: int) -> None:
    """Documents of one seller, each with a number of its own."""
    text = SAMPLE.read_text(encoding="utf-8")
    text = text.replace("9999999999", SELLER).replace("1111111111", nip)
    for start in range(0, count, DEPOSIT):
        numbers = range(start, min(start + DEPOSIT, count))
        control.deposit(
            *(text.replace("FV/2026/00001", f"FV/{number}").encode() for number in numbers)
        )


def _fetch(env: Any, company: Any) -> None:
    """Look at KSeF as the button does, and carry the queue until it rests."""
    time.sleep(2)  # until the documents lie behind the high-water mark
    company._ksef_fetch_now()
    env.cr.commit()
    cursors = env["ksef.fetch"].search([("company_id", "=", company.id)])
    while any(cursors.mapped("retry_at")):
        env["ksef.queue"]._cron_process()
        env.invalidate_all()
        time.sleep(0.2)


def _list(env: Any) -> None:
    """What the web client asks for when the inbox is opened."""
    names = ("received_at", "seller_name", "document_number", "kind", "gross_amount", "state")
    env["ksef.inbox"].web_search_read(
        [("state", "in", ("new", "assigned", "approved"))], {name: {} for name in names}, limit=80
    )


def _book(env: Any, rows: Any) -> None:
    """Make bills as the button does, and keep them."""
    for start in range(0, len(rows), BILLS):
        rows[start : start + BILLS].action_make_bills()
        env.cr.commit()
        env.invalidate_all()


def _hours_by_list(count: int) -> float:
    """How long the metadata query and single downloads would take under the limits."""
    return max(count / PAGE / PAGES_AN_HOUR, count / FILES_AN_HOUR)


def _count(control: Control, operation: str) -> int:
    return sum(request["operation"] == operation for request in control.requests())


def _timed(action: Any) -> float:
    started = time.monotonic()
    action()
    return time.monotonic() - started
