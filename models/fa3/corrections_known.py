"""An invoice as its documents in KSeF have left it, in the terms of Odoo's lines."""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from odoo import models

from ...ksef.fa3.amounts import round_price, to_decimal
from . import corrections_state as states
from .corrections_state import State


@dataclass(frozen=True, kw_only=True, eq=False)
class KnownRow:
    """What is left of one row.

    `line` is the line that sold it last: that of the original, or of a correction that changed
    the rate. `price_unit` is before `discount` (percent), with or without VAT as the taxes of
    the line want it; `value` is the amount that the row shows.
    """

    key: str
    line: Any
    name: str
    unit: str
    quantity: Decimal
    price_unit: Decimal
    discount: Decimal
    value: Decimal


@dataclass(frozen=True, kw_only=True, eq=False)
class KnownInvoice:
    """What KSeF has of an invoice; `rows` are those that a line of Odoo stands behind."""

    move: Any
    state: State
    rows: tuple[KnownRow, ...]


class KsefFa3CorrectionsKnown(models.AbstractModel):
    _inherit = "ksef.fa3"

    def _known_invoices(self, origins):
        """Return `{invoice: KnownInvoice}`; one that no document can be made of is left out."""
        corrections = self._read_siblings(origins)
        submissions = self._read_submissions(origins | corrections)
        known = (self._read_known(invoice, submissions) for invoice in self._read(origins))
        return {item.move: item for item in known if item}

    def _read_known(self, invoice, submissions):
        original = self._read_original(invoice, submissions)
        if original is None:
            return None
        accepted = submissions.filtered(
            lambda row: row.state == "accepted" and row.move_id.ksef_origin_move_id == invoice.move
        )
        state = states.state_of((original, *map(self._read_stored, accepted)))
        lines = self._lines_by_key(invoice, submissions)
        rows = (self._read_known_row(state, key, lines.get(key, ())) for key in state.rows)
        return KnownInvoice(
            move=invoice.move,
            state=state,
            rows=tuple(row for row in rows if row),
        )

    def _lines_by_key(self, invoice, submissions):
        """Return `{key: lines}`: the line of the original, then those that changed its row."""
        keys = self._read_keys(invoice, submissions)
        lines = {key: line for line, key in keys.items()}
        accepted = submissions.filtered(lambda row: row.state == "accepted").sorted("accepted_at")
        for line in accepted.move_id.invoice_line_ids.sorted("id"):
            key = keys.get(line._ksef_root_line())
            if key in lines:
                lines[key] |= line
        return lines

    def _read_known_row(self, state, key, lines):
        """None for a row that no line of Odoo stands behind."""
        row = state.rows[key]
        line = self._line_of_rate(lines, states.code_of(row))
        if not line:
            return None
        share = self._price_share(state, key, line)
        return KnownRow(
            key=key,
            line=line,
            name=row.P_7,
            unit=row.P_8A,
            quantity=row.P_8B,
            price_unit=round_price(to_decimal(line.price_unit) * share),
            discount=to_decimal(line.discount),
            value=states.value_of(row),
        )

    def _line_of_rate(self, lines, code):
        """The first line with the rate that the row has now."""
        for line in lines:
            if code in (line.ksef_rate_code, *line.tax_ids.mapped("ksef_rate_code")):
                return line
        return lines[:1] if lines else None

    def _price_share(self, state, key, line):
        """How much of the price of the line is left after corrections of the price."""
        row = state.rows[key]
        first = next((item for item in state.first.Fa.FaWiersz if states.key_of(item) == key), None)
        price = states.reduced_price_of(row)
        if first is not None and states.code_of(first) == states.code_of(row):
            was = states.reduced_price_of(first)
            return price / was if price is not None and was else Decimal(1)
        was = to_decimal(line.price_unit) * (100 - to_decimal(line.discount)) / 100
        return price / was if price is not None and was and not states.is_gross(row) else Decimal(1)

    def _is_buyer_known_as(self, partner, known):
        """Whether a contact has the number that the buyer has in KSeF."""
        was = known.state.last.Podmiot2.DaneIdentyfikacyjne
        return replace(self._build_identity(partner), Nazwa=None) == replace(was, Nazwa=None)

    def _known_rate(self, known):
        """PLN for one unit of the currency as KSeF has it; 0 where nothing was converted."""
        rates = (row.KursWaluty for row in known.state.rows.values())
        return float(next(filter(None, rates), 0))
