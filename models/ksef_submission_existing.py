"""A technical correction that KSeF refuses, because it has the invoice already: we ask for it.

21167: the very document that the buyer has was accepted after all. 21166: a technical correction
of it was. Both follow a lost answer, a restored database or another program (KSeF API §4.7).
"""

import base64
from datetime import datetime, time, timedelta, timezone

from odoo import models

from ..ksef.codes import ExceptionCode
from ..ksef.fa3.comparison import compare
from ..ksef.query import DateType, InvoiceFilter, Role
from .failure import Failure
from .ksef_queue import Decision
from .ksef_submission import MODES

FINAL_CODES = (ExceptionCode.CORRECTION_UNAVAILABLE, ExceptionCode.CORRECTION_NOT_ALLOWED)
DAY = timedelta(days=1)


class KsefSubmission(models.Model):
    _inherit = "ksef.submission"

    def _on_applied(self, decision):
        if decision.state == "rejected" and self.failure_code in FINAL_CODES:
            self._ask_for_existing()
        if decision.state == "accepted" and "document" in decision.values:
            self._tell_what_differs()
        return super()._on_applied(decision)

    def _ask_for_existing(self):
        """Make the row that asks what KSeF has, and becomes it; nothing is sent with it."""
        self.flush_recordset(["state"])  # one row of an invoice may be in progress
        handed_over = self._handed_over()
        values = {"corrected_id": handed_over.id}
        if self.failure_code == ExceptionCode.CORRECTION_NOT_ALLOWED:
            values = {"session_reference": handed_over.session_reference, **handed_over._copied()}
        self.create({**self._values_of_next(), "state": "unknown", **values})._trigger_cron()

    # === LOOKING FOR IT === #

    def _from_unknown(self):
        return super()._from_unknown() if self.document_hash else self._look_for_correction()

    def _look_for_correction(self):
        """Find the technical correction that KSeF has by the document it stands in for."""
        client = self.env["ksef.login"]._current_client(self.company_id)
        listed = client.query_metadata(self._filter_of_day())
        refused = self.corrected_id.document_hash
        found = next((each for each in listed if each.corrected_hash == refused), None)
        if not found:
            failure = Failure(kind="not_listed")
            return Decision(state="unknown", retry_in=self._retry_in(), failure=failure)
        content = client.invoice_document(found.ksef_number).content
        return self._take_over(found, content)

    def _filter_of_day(self):
        """The invoices that this company issued on the day of this one, and around it."""
        day = datetime.combine(self.move_id.invoice_date, time(), timezone.utc)
        return InvoiceFilter(
            role=Role.SELLER, date_type=DateType.ISSUE, from_at=day - DAY, to_at=day + DAY
        )

    def _take_over(self, found, content):
        """What KSeF has is what was issued, whoever sent it: its bytes and its number are ours."""
        taken = self.move_id.ksef_submission_ids.filtered("invoice_reference")
        own = taken.filtered(lambda row: row.document_hash == found.invoice_hash)[:1]
        values = {
            "document": base64.b64encode(content),
            "document_hash": found.invoice_hash,
            "certificate_link": own.certificate_link,
            "session_reference": own.session_reference,
            "ksef_number": found.ksef_number,
            "accepted_at": found.acquisition_at.replace(tzinfo=None, microsecond=0),
            "mode": MODES.get(found.invoicing_mode),
        }
        return Decision(state="accepted", retry_in=0, values=values)

    # === FOR PEOPLE === #

    def _tell_what_differs(self):
        """Have somebody look at an issued invoice that says something else than ours."""
        changed = [
            each
            for each in compare(self.corrected_id._document_bytes(), self._document_bytes())
            if each.is_content
        ]
        if changed:
            self.move_id._ksef_ask_to_compare(changed)
