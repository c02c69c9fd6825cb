"""Which documents go online and which in batches, and how those of a batch are frozen."""

import base64
import logging
import math
from datetime import timedelta

from odoo import api, fields, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from ..ksef.batch import MAX_INVOICES
from ..ksef.crypto import hash_base64
from ..ksef.sessions import SEND_INVOICE
from .failure import Failure
from .ksef_queue import BACK_OFF, LANES, Decision, Verdict
from .ksef_submission import GATHER, IN_BATCH, NO_SESSION
from .stopwatch import timed

_logger = logging.getLogger(__name__)

MOST_ONLINE = 30  # documents of a company that are due together: what KSeF grants for a minute
SMALLEST = 500  # documents that are worth a further batch, so that several workers share them
LIVE_STATES = ("new", "open", "closing", "processing")


class KsefSubmission(models.Model):
    _inherit = "ksef.submission"

    # === ONLINE OR BATCH === #

    @api.model
    def _prepare_round(self):
        """Have what is due of a company leave in batches, where it is much or the hour is spent."""
        groups = self._read_group(
            self._due_outside_batches(), ["company_id", "is_offline"], ["__count"]
        )
        for company, is_offline, count in groups:
            if self._is_for_batch(company, count):
                self._form_batches(company, is_offline)

    @api.model
    def _is_for_batch(self, company, count):
        """Whether so many documents of a company, due now, go as a batch."""
        if count > MOST_ONLINE:
            return True
        room = self.env["ksef.budget"]._room(company, SEND_INVOICE)
        return room is not None and count > room and not self._has_new_batch(company)

    @api.model
    def _has_new_batch(self, company):
        """Batches are counted too: a few documents wait a little for others."""
        recently = fields.Datetime.now() - timedelta(seconds=GATHER)
        domain = [
            ("company_id", "=", company.id),
            ("kind", "=", "batch"),
            ("queued_at", ">", recently),
        ]
        return bool(self.env["ksef.session"].search_count(domain, limit=1))

    @api.model
    def _form_batches(self, company, is_offline):
        """Divide the due documents among batches; those that somebody holds are left alone."""
        try:
            rows = self._hold_for_batches(company, is_offline)
            if self._is_for_batch(company, len(rows)):
                for part in self._divide(rows):
                    part._join_batch(company, is_offline)
                self._wake_lanes(len(rows) // SMALLEST)
            self.env["ir.cron"]._commit_progress()
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            self.env.cr.rollback()

    @api.model
    def _hold_for_batches(self, company, is_offline):
        domain = [
            *self._due_outside_batches(),
            ("company_id", "=", company.id),
            ("is_offline", "=", is_offline),
        ]
        limit = len(LANES) * MAX_INVOICES
        rows = self.search(domain, order="due_at, id", limit=limit)
        return rows._try_lock()

    @api.model
    def _divide(self, rows):
        """Parts of nearly the same size: one for each worker, but none too small to be worth it."""
        count = max(1, min(len(LANES), len(rows) // SMALLEST), math.ceil(len(rows) / MAX_INVOICES))
        size = math.ceil(len(rows) / count)
        return [rows[start : start + size] for start in range(0, len(rows), size)]

    def _join_batch(self, company, is_offline):
        now = fields.Datetime.now()
        session = self.env["ksef.session"].create(
            {
                "kind": "batch",
                "company_id": company.id,
                "environment": company.ksef_environment,
                "is_offline": is_offline,
                "retry_at": now,
            }
        )
        self.write({"session_id": session.id, "retry_at": now + timedelta(seconds=IN_BATCH)})

    @api.model
    def _due_outside_batches(self):
        now = fields.Datetime.now()
        return [("state", "=", "queued"), ("retry_at", "<=", now), *self._outside_batches()]

    @api.model
    def _outside_batches(self):
        return ["|", ("session_id", "=", False), ("session_id.kind", "=", "online")]

    def _is_in_batch(self):
        return self.session_id.kind == "batch" and self.session_id.state in LIVE_STATES

    def _room(self):
        """How many more documents of this company can go online within the hour."""
        return self.env["ksef.budget"]._room(self.company_id, SEND_INVOICE)

    # === FREEZING === #

    def _freeze_together(self):
        """Decide for documents of a batch: frozen they go with it, with problems they stay."""
        prepared = self._prepare_documents()
        return tuple(
            Verdict.of(row, row._decide_to_join(prepared.get(row.move_id))) for row in self
        )

    def _prepare_documents(self):
        """Return `{move: Prepared}` of what is not frozen yet, but for what makes us fail."""
        moves = self.filtered(lambda row: not row.document_hash).move_id
        try:
            with self.env.cr.savepoint(), timed("building", len(moves)):
                return self.env["ksef.fa3"]._prepared(moves)
        except Exception:
            _logger.exception("KSeF: documents of a batch are made one by one")
        prepared = {}
        for move in moves:
            prepared.update(move._ksef_prepared_alone())
        return prepared

    def _decide_to_join(self, prepared):
        if self.document_hash:
            return self._joining({})
        if not prepared:
            failure = Failure(kind="defect")
            return Decision(
                state="queued", retry_in=BACK_OFF[-1], values=NO_SESSION, failure=failure
            )
        if any(problem.is_blocking for problem in prepared.problems):
            failure = Failure.from_problems(self._blocking_problems())
            return Decision(state="queued", values=NO_SESSION, failure=failure)
        return self._joining(
            {
                "document": base64.b64encode(prepared.document),
                "document_hash": hash_base64(prepared.document),
            }
        )

    def _joining(self, values):
        """The batch carries it from here on, so it is not due by itself."""
        return Decision(state="sending", values={**self._leaving_values(), **values})
