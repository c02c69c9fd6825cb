"""The bench of the FA(3) documents: runs in Odoo's shell, and keeps nothing."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

from ..ksef.fa3 import schema, writer
from .demo import ADDRESS, COMPANY

LINES = (
    ("vs_kraj_23", 3, 33.33, 7),
    ("vs_kraj_23", 1, 1499.0, 0),
    ("vs_kraj_8", 12, 4.99, 0),
    ("vs_kraj_5", 2, 89.0, 10),
    ("vs_kraj_usl_23", 1.5, 220.0, 0),
)
BATCH = 100  # posted together


def main(env: Any, count: int) -> None:
    """Print what each way takes for one invoice, where ours goes, and the ratio."""
    company = env.ref(COMPANY)
    company.partner_id.write(ADDRESS)
    env = env(context={**env.context, "allowed_company_ids": company.ids})
    moves = _post(env, company, count)
    _check(env, moves[:1])
    theirs = _timed_afresh(env, lambda: [move._l10n_pl_edi_render_xml() for move in moves])
    ours = _timed_afresh(env, lambda: _make(env, moves))
    for name, seconds in _phases(env, moves).items():
        print(f"  {name:<10}{seconds / count * 1000:8.2f} ms")
    print(f"invoices: {count}")
    print(f"account_ksef, validated and hashed: {ours / count * 1000:.2f} ms for one")
    print(f"l10n_pl_edi, neither: {theirs / count * 1000:.2f} ms for one")
    print(f"ratio: {theirs / ours:.1f}")
    env.cr.rollback()


def _post(env: Any, company: Any, count: int) -> Any:
    """Posted invoices of five lines with products, discounts and three rates."""
    buyer = env["res.partner"].create(
        {**ADDRESS, "name": "Nabywca", "vat": "PL1111111111", "is_company": True}
        | {"country_id": env.ref("base.pl").id}
    )
    lines = [_line(env, company, number, *line) for number, line in enumerate(LINES)]
    moves = env["account.move"]
    for start in range(0, count, BATCH):
        size = min(BATCH, count - start)
        batch = moves.create([_values(company, buyer, lines) for _ in range(size)])
        batch.action_post()
        moves |= batch
    return moves


def _line(
    env: Any, company: Any, number: int, tax: str, quantity: float, price: float, discount: float
) -> dict[str, Any]:
    product = env["product.product"].create(
        {"name": f"Produkt {number}", "default_code": f"P-{number}", "type": "consu"}
    )
    return {
        "product_id": product.id,
        "quantity": quantity,
        "price_unit": price,
        "discount": discount,
        "tax_ids": [(6, 0, env.ref(f"account.{company.id}_{tax}").ids)],
    }


def _values(company: Any, buyer: Any, lines: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "move_type": "out_invoice",
        "company_id": company.id,
        "partner_id": buyer.id,
        "invoice_date": datetime.now(timezone.utc).date(),
        "invoice_line_ids": [(0, 0, line) for line in lines],
    }


def _check(env: Any, move: Any) -> None:
    """A fast document is worth nothing if it may not be sent."""
    blocking = [problem.message for problem in move._ksef_problems() if problem.is_blocking]
    if blocking:
        raise SystemExit("\n".join(blocking))


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _timed_afresh(env: Any, work: Callable[[], object]) -> float:
    """Seconds, from records that are not in memory yet, as a cron finds them."""
    env.flush_all()
    env.invalidate_all()
    return _timed(work)


def _make(env: Any, moves: Any) -> list[str]:
    documents = env["ksef.fa3"]._document_bytes(moves)
    return [hashlib.sha256(document).hexdigest() for document in documents.values()]


def _phases(env: Any, moves: Any) -> dict[str, float]:
    """Where our time goes: seconds of each step for all invoices."""
    fa3 = env["ksef.fa3"]
    invoices: list[Any] = []
    built: list[Any] = []
    written: list[bytes] = []
    return {
        "read": _timed_afresh(env, lambda: invoices.extend(fa3._read(moves))),
        "build": _timed(lambda: built.extend(map(fa3._build, invoices))),
        "write": _timed(lambda: written.extend(map(writer.write, built))),
        "validate": _timed(lambda: [schema.find_problems(one) for one in written]),
        "hash": _timed(lambda: [hashlib.sha256(one).hexdigest() for one in written]),
    }
