"""The technical correction of a document that was issued offline and then refused.

KSeF takes it in place of the refused one, by whose hash the buyer's code I finds it
(KSeF API §4.7). It says the same: another content needs a correcting invoice.
"""

import base64

from odoo import api, fields, models

from ..ksef.crypto import hash_base64
from ..ksef.errors import UnusableKey
from . import words
from .ksef_queue import Decision

NO_PERMISSION = 410  # refused for who sends, not for what is sent
JUDGED = ("invoice", "foreign_duplicate")  # kinds of failure of a document that KSeF has seen


class KsefSubmission(models.Model):
    _inherit = "ksef.submission"

    corrected_id = fields.Many2one(
        "ksef.submission",
        string="Technical correction of",
        readonly=True,
        ondelete="restrict",
        help="The refused document that the buyer has, and in whose place KSeF takes this one.",
    )

    @api.depends("state", "is_offline")
    def _compute_explanation(self):
        result = super()._compute_explanation()
        for row in self:
            if row._is_refused_though_issued() and row.failure_kind in JUDGED:
                row.explanation = words.explain_issued(row)
        return result

    # === MAKING IT === #

    def _is_refused_though_issued(self):
        """Whether this refused document was handed over, so that its number is still owed."""
        return self.state == "rejected" and self.is_offline

    def _is_to_be_repeated(self):
        """Whether the very same bytes go again: KSeF refused the sender, or never saw them."""
        return self.failure_code == NO_PERMISSION or self.failure_kind not in JUDGED

    def _handed_over(self):
        """The document that the buyer has: the first of a chain of technical corrections."""
        return self.corrected_id or self

    def _correct(self, document):
        """Queue the technical correction of this refused document."""
        return self._queue_again(
            {
                "corrected_id": self._handed_over().id,
                "document": base64.b64encode(document),
                "document_hash": hash_base64(document),
            }
        )

    def _repeat(self):
        """Queue this refused document once more, unchanged."""
        return self._queue_again({**self._copied(), "corrected_id": self.corrected_id.id})

    def _copied(self):
        """This document as values of another row."""
        stored = self.with_context(bin_size=False)
        return {name: stored[name] for name in ("document", "document_hash", "certificate_link")}

    def _values_of_next(self):
        """What the next row of an invoice issued offline keeps: its mode and its moment."""
        return {
            **self.move_id._ksef_submission_values(),
            "is_offline": True,
            "issued_mode": self.issued_mode,
            "issued_at": self.issued_at,
            "announcement_id": self.announcement_id.id,
        }

    def _queue_again(self, values):
        row = self.create({**self._values_of_next(), **values})
        if not row.certificate_link:
            row.certificate_link = row._sign_again()
        row.due_at = row.move_id.ksef_due_at
        row._trigger_cron()
        return row

    def _sign_again(self):
        """Link II of the corrected document; none if the certificate has ended meanwhile."""
        try:
            credential = self.company_id._ksef_offline_credential()
            if not credential:
                return False
            credential.check_for_links(now=self.env["ksef.gateway"]._now())
        except UnusableKey:
            return False
        return self._sign_link(credential, self.document_hash)

    # === SENDING IT === #

    def _send(self):
        """KSeF takes technical corrections one by one only, in online sessions."""
        if not self.corrected_id:
            return super()._send()
        return self._send_correction()

    def _send_correction(self):
        client = self.env["ksef.login"]._current_client(self.company_id)
        reference = client.send_invoice(
            self.session_reference,
            self._document_bytes(),
            self.session_id._key(),
            offline=True,
            corrected_hash=self.corrected_id.document_hash,
        )
        return Decision(state="sent", retry_in=1, values={"invoice_reference": reference})

    @api.model
    def _due_outside_batches(self):
        """What may join a batch: no technical corrections."""
        return [("corrected_id", "=", False), *super()._due_outside_batches()]
