"""Many posted invoices of the demo company, ready to be sent: runs in Odoo's shell."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from . import copies, demo

TOGETHER = 100  # invoices posted, and committed, at a time
MOST_POSTED = 500  # the others are copies of them
LINES = (("Papier ksero A4, ryza", 40, 18.50, "vs_kraj_23"), ("Książka", 2, 89.0, "vs_kraj_5"))
# Crons that would work beside the queue, on what is measured
OTHER_CRONS = ("ir_cron_send", "ir_cron_watch")


def main(env: Any, count: int) -> None:
    """Connect the demo company, and have at least so many posted invoices."""
    company = demo.connect(env)
    env = env(context={**env.context, "allowed_company_ids": company.ids})
    for name in OTHER_CRONS:
        env.ref(f"account_ksef.{name}").active = False
    buyer = env["res.partner"].create(
        {**demo.ADDRESS, "name": "Nabywca sp. z o.o.", "vat": "PL1111111111", "is_company": True}
        | {"country_id": env.ref("base.pl").id}
    )
    values = _values(company, buyer)
    env.cr.commit()
    posted = []
    for _part in range(0, min(count, MOST_POSTED), TOGETHER):
        size = min(TOGETHER, count - len(posted))
        moves = env["account.move"].create([values] * size)
        moves.action_post()
        posted += moves.ids
        env.cr.commit()
        print(f"posted {len(posted)} invoices", flush=True)
    if count > len(posted):
        copies.multiply(env.cr, posted, -(-count // len(posted)) - 1)
        env.cr.commit()


def _values(company: Any, buyer: Any) -> dict[str, Any]:
    return {
        "move_type": "out_invoice",
        "company_id": company.id,
        "partner_id": buyer.id,
        "invoice_date": datetime.now(ZoneInfo("Europe/Warsaw")).date(),
        "invoice_line_ids": [(0, 0, demo.line_values(company, *line)) for line in LINES],
    }
