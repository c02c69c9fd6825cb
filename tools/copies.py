"""Thousands of posted invoices in seconds: rows of the database, copied by the database.

Odoo takes half a minute to make and post a thousand, and what is measured begins after that.
"""

from __future__ import annotations

from typing import Any

# What differs in the k-th copy; the steps are so great that numbers of copies never meet
NAME = "sequence_prefix || lpad((sequence_number + k * %(count)s)::text, 5, '0')"
OF_LINE = "account_move_line_id + k * %(line_step)s"
OWN = {
    "account_move": {
        "id": "id + k * %(move_step)s",
        "name": NAME,
        "payment_reference": NAME,
        "sequence_number": "sequence_number + k * %(count)s",
    },
    "account_move_line": {
        "id": "id + k * %(line_step)s",
        "move_id": "move_id + k * %(move_step)s",
    },
    "account_move_line_account_tax_rel": {"account_move_line_id": OF_LINE},
    "account_account_tag_account_move_line_rel": {"account_move_line_id": OF_LINE},
}
LINES = "SELECT id FROM account_move_line WHERE move_id = ANY(%(moves)s)"
CHOSEN = {
    "account_move": "id = ANY(%(moves)s)",
    "account_move_line": "move_id = ANY(%(moves)s)",
    "account_move_line_account_tax_rel": f"account_move_line_id IN ({LINES})",
    "account_account_tag_account_move_line_rel": f"account_move_line_id IN ({LINES})",
}
STEPS = f"""
    SELECT max(id) - min(id) + 1, (SELECT max(id) - min(id) + 1 FROM account_move_line
    WHERE id IN ({LINES})) FROM account_move WHERE id = ANY(%(moves)s)
"""
COLUMNS = """
    SELECT column_name FROM information_schema.columns
    WHERE table_schema = current_schema() AND table_name = %s
"""


def multiply(cr: Any, moves: list[int], copies: int) -> None:
    """Add so many copies of the posted invoices, the last ones of their series, as its next."""
    cr.execute(STEPS, {"moves": moves})
    move_step, line_step = cr.fetchone()
    values = {"moves": moves, "count": len(moves), "copies": copies}
    values |= {"move_step": move_step, "line_step": line_step}
    for table in OWN:
        _copy(cr, table, values)
    for table in ("account_move", "account_move_line"):
        cr.execute(f"SELECT setval('{table}_id_seq', max(id)) FROM {table}")


def _copy(cr: Any, table: str, values: dict[str, Any]) -> None:
    cr.execute(COLUMNS, [table])
    columns = [name for [name] in cr.fetchall()]
    chosen = ", ".join(OWN[table].get(name, name) for name in columns)
    cr.execute(
        f"INSERT INTO {table} ({', '.join(columns)}) SELECT {chosen}"
        f" FROM {table}, generate_series(1, %(copies)s) k WHERE {CHOSEN[table]}",
        values,
    )
