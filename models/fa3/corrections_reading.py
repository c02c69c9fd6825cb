"""What a correction corrects, read from submissions and records before it is built."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from odoo import models

from ...ksef.errors import InvalidDocument
from ...ksef.fa3 import reader
from ..account_move_correction import REFUNDS
from . import corrections_state as states
from .corrections_state import State

# Before an answer KSeF may or may not have the document
_ON_THE_WAY = ("sending", "unknown", "sent")


@dataclass(frozen=True, kw_only=True, eq=False)
class Corrected:
    """An invoice that a correction names; `is_awaited`: its KSeF number is still to come."""

    issued_on: date
    number: str
    ksef_number: str
    is_awaited: bool
    kind: str
    record: Any


@dataclass(frozen=True, kw_only=True, eq=False)
class Correction:
    """What a correction changes.

    `state` is that of the original before this correction, None where it is not known.
    `keys` has the key of the row in it for each line of the original.
    """

    sign: int
    corrected: tuple[Corrected, ...]
    state: State | None
    keys: Mapping[Any, str]
    is_blocked: bool

    def key_for(self, line):
        """The key of the row that a line of the correction changes; None if there is none."""
        key = self.keys.get(line._ksef_root_line())
        return key if self.state and key in self.state.rows else None


class KsefFa3CorrectionsReading(models.AbstractModel):
    _inherit = "ksef.fa3"

    def _read(self, moves):
        invoices = super()._read(moves)
        correcting = moves.filtered("ksef_is_correction")
        if not correcting:
            return invoices
        corrections = self._read_corrections(correcting)
        return [replace(item, correction=corrections.get(item.move)) for item in invoices]

    def _read_corrections(self, moves):
        """Return `{move: Correction}`."""
        origins = moves.ksef_origin_move_id
        siblings = self._read_siblings(origins)
        submissions = self._read_submissions(origins | siblings)
        originals = {invoice.move: invoice for invoice in self._read(origins)}
        return {
            move: Correction(
                sign=-1 if move.move_type in REFUNDS else 1,
                corrected=tuple(self._read_corrected(move)),
                state=None
                if self._has_unknown_corrections(move, siblings)
                else self._read_state(move, submissions, originals),
                keys=self._read_keys(originals.get(move.ksef_origin_move_id), submissions),
                is_blocked=self._is_blocked(move, submissions),
            )
            for move in moves
        }

    def _read_siblings(self, origins):
        """All corrections of these invoices, whoever may see them."""
        domain = [("ksef_origin_move_id", "in", origins.ids)]
        return self.env["account.move"].sudo().search(domain)

    def _read_submissions(self, moves):
        """Submissions of the originals and of all their corrections, in order of acceptance."""
        domain = [("move_id", "in", moves.ids), ("state", "not in", ("rejected", "withdrawn"))]
        return self.env["ksef.submission"].sudo().search(domain, order="accepted_at, id")

    def _has_unknown_corrections(self, move, siblings):
        """Whether the original was corrected before, but not in KSeF."""
        own = (move.invoice_date, move.id)
        return any(
            sibling.state == "posted"
            and not sibling.ksef_state
            and (sibling.invoice_date, sibling.id) < own
            for sibling in siblings
            if sibling.ksef_origin_move_id == move.ksef_origin_move_id and sibling != move
        )

    def _read_state(self, move, submissions, originals):
        origin = move.ksef_origin_move_id
        original = originals.get(origin)
        if not original:
            return None
        own = submissions.filtered(lambda row: row.move_id == move and row.state == "accepted")
        earlier = submissions.filtered(
            lambda row: (
                row.state == "accepted"
                and row.move_id.ksef_origin_move_id == origin
                and row.move_id != move
                and (not own or (row.accepted_at, row.id) < (own.accepted_at, own.id))
            )
        )
        document = self._read_original(original, submissions)
        if document is None:
            return None
        return states.state_of([document, *map(self._read_stored, earlier)])

    def _read_original(self, original, submissions):
        """What KSeF has, else what the records say; None where they do not make an invoice."""
        stored = self._stored_submission(original.move, submissions)
        if stored:
            return self._read_stored(stored)
        try:
            return self._build(original)
        except InvalidDocument:
            return None

    def _stored_submission(self, move, submissions):
        return submissions.filtered(
            lambda row: row.move_id == move and row.state == "accepted" and row.document
        )[:1]

    def _read_stored(self, submission):
        return reader.read(submission._document_bytes())

    def _read_keys(self, original, submissions):
        """Return `{line: key}`; lines of an invoice from before rows had a UU_ID by position."""
        if not original:
            return {}
        lines = [row.line for row in self._rows_shown(original)]
        stored = self._stored_submission(original.move, submissions)
        rows = self._read_stored(stored).Fa.FaWiersz if stored else self._build_rows(original)
        keys = {line: states.key_of(row) for line, row in zip(lines, rows, strict=False)}
        added = submissions.move_id.invoice_line_ids - original.move.invoice_line_ids
        return {**{line: line.ksef_uuid for line in added}, **keys}

    def _rows_shown(self, invoice):
        return invoice.rows

    def _read_corrected(self, move):
        """Yield the documents of the list, else the original."""
        for document in move.ksef_corrected_document_ids:
            known = document.corrected_move_id
            yield Corrected(
                issued_on=document.issued_on,
                number=document.number,
                ksef_number=known.ksef_number or document.ksef_number,
                is_awaited=self._is_awaited(known) and not document.ksef_number,
                kind=known._ksef_kind() if known else "",
                record=document,
            )
        if not move.ksef_corrected_document_ids and move.ksef_origin_move_id:
            yield self._read_corrected_move(move.ksef_origin_move_id)

    def _read_corrected_move(self, origin):
        return Corrected(
            issued_on=origin.invoice_date,
            number=origin.name,
            ksef_number=origin.ksef_number,
            is_awaited=self._is_awaited(origin),
            kind=origin._ksef_kind(),
            record=origin,
        )

    def _is_awaited(self, move):
        """Whether an invoice belongs into KSeF but has no number yet."""
        return bool(move.ksef_state and not move.ksef_number)

    def _is_blocked(self, move, submissions):
        """Whether another correction is on its way, so what it leaves is not certain yet."""
        own = submissions.filtered(lambda row: row.move_id == move)
        others = submissions.filtered(
            lambda row: (
                row.move_id not in (move, move.ksef_origin_move_id)
                and row.move_id.ksef_origin_move_id == move.ksef_origin_move_id
            )
        )
        return any(
            row.state in _ON_THE_WAY or (row.state == "queued" and (not own or row.id < own[0].id))
            for row in others
        )
