"""Batch sessions: many invoices of one company that leave as one archive.

Nothing of a batch lies on a disk between two steps. The archive is made anew from the frozen
documents whenever it is needed, which takes a second or two and gives the same bytes, so any
process can go on where another one died. KSeF judges nothing before the session is closed: until
then a batch may be given up and its documents sent in another one.
"""

import tempfile
import time
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import timedelta
from pathlib import Path

from odoo import fields, models
from odoo.tools import split_every

from ..ksef import errors
from ..ksef.archive import PackedFile
from ..ksef.batch import PartUpload, pack_batch
from ..ksef.codes import Outcome
from ..ksef.crypto import SessionKey
from .failure import Failure
from .ksef_queue import NEVER, Decision, Verdict
from .ksef_session import SECRET, STATUS_OPEN
from .ksef_submission import NO_SESSION, STALE
from .stopwatch import timed

SLICE = 200  # documents made, or read, at once
RECEIPTS = 50  # fetched in one step, at most
RECEIPT_TIME = 5.0  # seconds until a step leaves the other receipts to the next one
UPLOAD_TIME = timedelta(minutes=20)  # that KSeF gives for each part
SLOWEST = 100_000  # bytes of the archive uploaded in a second
NO_VALID_INVOICE = 445
ANOTHER_TRY = 60  # seconds until documents of a batch that came to nothing are taken up again


class KsefSession(models.Model):
    _inherit = "ksef.session"

    is_offline = fields.Boolean(
        readonly=True, help="All its documents are declared as issued offline, or none."
    )
    archive_hash = fields.Char(readonly=True)
    uploads = fields.Json(readonly=True, groups=SECRET, help="Where KSeF wants the parts.")

    def _step(self):
        return f"_batch_from_{self.state}" if self.kind == "batch" else super()._step()

    # === STEPS === #

    def _batch_from_new(self):
        """Freeze the documents, a slice at a time; with all of them open the session."""
        rows = self._members("queued", limit=SLICE)
        if rows:
            return Decision(state="new", retry_in=0, others=rows._freeze_together())
        if not self._members("sending", limit=1):
            return Decision(state="closed")
        return self._open_batch()

    def _open_batch(self):
        """Announce the archive to KSeF; where it wants the parts is kept for whoever uploads."""
        client = self.env["ksef.login"]._current_client(self.company_id)
        key = SessionKey.generate()
        with self._archive(key) as batch:
            opened = client.open_batch_session(
                batch, key, offline=self.is_offline, now=self.env["ksef.gateway"]._now()
            )
        encryption_key, vector = key.to_values()
        values = {
            "reference_number": opened.reference_number,
            "valid_until": fields.Datetime.now() + UPLOAD_TIME * len(batch.parts),
            "archive_hash": batch.hash,
            "uploads": [asdict(upload) for upload in opened.uploads],
            "encryption_key": encryption_key,
            "initialization_vector": vector,
        }
        lease = STALE + batch.size / SLOWEST
        return Decision(state="open", retry_in=lease, values=values, then="_upload")

    def _upload(self):
        """Send all parts, also those that are there already: doing it again does no harm."""
        client = self.env["ksef.login"]._current_client(self.company_id)
        key = self._key()
        with self._archive(key) as batch:
            if batch.hash != self.archive_hash:
                return self._dissolve(Failure(kind="defect"), retry_in=0)
            for upload in self.uploads:
                client.upload_part(PartUpload(**upload), batch, key)
        return Decision(state="closing", retry_in=STALE, then="_close_batch")

    def _batch_from_open(self):
        """Whoever was uploading never came back, or met an error: nothing is judged yet."""
        if self.valid_until <= fields.Datetime.now():
            return self._dissolve(Failure(kind="no_answer"), retry_in=0)
        return self._upload()

    def _close_batch(self):
        client = self.env["ksef.login"]._current_client(self.company_id)
        client.close_batch_session(self.reference_number)
        return self._await_verdicts()

    def _batch_from_closing(self):
        """Look whether a close without an answer worked; never close blindly."""
        client = self.env["ksef.login"]._current_client(self.company_id)
        status = client.session_status(self.reference_number).status
        return self._close_batch() if status.code == STATUS_OPEN else self._await_verdicts()

    def _await_verdicts(self):
        sent = Decision(state="sent", values={"session_reference": self.reference_number})
        others = tuple(Verdict.of(row, sent) for row in self._members("sending"))
        return Decision(state="processing", retry_in=1, others=others)

    def _batch_from_processing(self):
        """Read the verdicts from the list of the session, as soon as all of them are there."""
        client = self.env["ksef.login"]._current_client(self.company_id)
        answer = client.session_status(self.reference_number)
        if answer.outcome is Outcome.PENDING:
            return Decision(state="processing", retry_in=self._next_look())
        invoices = client.session_invoices(self.reference_number)
        listed = {invoice.invoice_hash: invoice for invoice in invoices}
        failure = Failure.from_status(answer.status, "session")
        verdicts = tuple(
            Verdict.of(row, self._judge_member(row, listed.get(row.document_hash), failure))
            for row in self._members("sent")
        )
        if answer.outcome is Outcome.ACCEPTED or answer.status.code == NO_VALID_INVOICE:
            return Decision(state="receipts", retry_in=0, others=verdicts)
        return Decision(state="lost", values=self._without_key(), failure=failure, others=verdicts)

    def _judge_member(self, row, invoice, failure):
        """Decide about one document; what KSeF has not judged in an ended session is sent again."""
        if not invoice:
            return self._send_again(failure, ANOTHER_TRY)
        decision = row._judge_plain(invoice)
        return replace(decision, retry_in=NEVER) if decision.state == "accepted" else decision

    def _batch_from_receipts(self):
        """Fetch some receipts more; each invoice has its own, for others must not see them all."""
        client = self.env["ksef.login"]._current_client(self.company_id)
        rows = self._members("accepted", limit=RECEIPTS, without_receipt=True)
        if not rows:
            return Decision(state="closed", values=self._without_key())
        verdicts = tuple(self._fetch_receipts(client, rows))
        return Decision(state="receipts", retry_in=0, others=verdicts)

    def _fetch_receipts(self, client, rows):
        """Yield what has come in time, up to an error; raise that if nothing has."""
        begun = time.monotonic()
        for position, row in enumerate(rows):
            if position and time.monotonic() - begun > RECEIPT_TIME:
                return
            try:
                values = row._receipt_values(client)
            except errors.KsefError:
                if not position:
                    raise
                return
            yield Verdict.of(row, Decision(state="accepted", values=values))

    # === WHEN IT COMES TO NOTHING === #

    def _dissolve(self, failure, retry_in):
        """Give the batch up before KSeF judges it; its documents go another way."""
        again = self._send_again(failure, retry_in)
        rows = self._members("queued") | self._members("sending")
        state = "failed" if self.state == "new" else "lost"
        others = tuple(Verdict.of(row, again) for row in rows)
        return Decision(state=state, values=self._without_key(), failure=failure, others=others)

    def _send_again(self, failure, retry_in):
        return Decision(state="queued", retry_in=retry_in, values=NO_SESSION, failure=failure)

    def _on_not_ready(self, waiting):
        if self.kind == "batch" and self.state == "new" and waiting.retry_in is NEVER:
            return self._dissolve(waiting.failure, retry_in=NEVER)
        return super()._on_not_ready(waiting)

    def _on_error(self, error):
        if self.kind != "batch" or not isinstance(error, errors.Refused):
            return super()._on_error(error)
        failure = Failure.from_error(error)
        if self.state == "new":
            return self._dissolve(failure, retry_in=NEVER)
        if self.state == "open":
            return self._dissolve(failure, retry_in=ANOTHER_TRY)
        return Decision(state=self.state, retry_in=self._retry_in(), failure=failure)

    def _halt(self, failure):
        """A batch finds out by itself what is the matter, and lets its documents know."""
        batches = self.filtered(lambda session: session.kind == "batch")
        batches._wake()
        return super(KsefSession, self - batches)._halt(failure)

    def _on_applied(self, decision):
        return super()._on_applied(decision) if self.kind != "batch" else None

    # === ITS DOCUMENTS === #

    def _members(self, state, limit=None, without_receipt=False):
        domain = [("session_id", "=", self.id), ("state", "=", state)]
        if without_receipt:
            domain.append(("upo_hash", "=", False))
        return self.env["ksef.submission"].search(domain, order="due_at, id", limit=limit)

    @contextmanager
    def _archive(self, key):
        """The archive of the frozen documents, the same bytes each time, while it is needed."""
        with tempfile.TemporaryDirectory(prefix="ksef-") as folder:
            with timed("packing and encrypting", 1):
                batch = pack_batch(Path(folder) / "batch", self._packed_files(), key)
            yield batch

    def _packed_files(self):
        """The documents one after the other, never all of them in memory."""
        rows = self.env["ksef.submission"].search(
            [("session_id", "=", self.id), ("state", "=", "sending")], order="id"
        )
        for ids in split_every(SLICE, rows.ids):
            part = rows.browse(ids)
            for row in part:
                yield PackedFile(name=f"{row.id}.xml", content=row._document_bytes())
            part.invalidate_recordset(["document"])

    def _without_key(self):
        return {**super()._without_key(), "uploads": False}
