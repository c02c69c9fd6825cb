"""The receipt of a number that was taken over: KSeF gives it by the session, which is looked for.

What another program sent came in a session that we know nothing of; and of a duplicate KSeF has
named a wrong one before. `l10n_pl_edi` has stored the session: that one alone is asked.
"""

from dataclasses import replace
from datetime import datetime, time, timedelta, timezone

from odoo import models

from ..ksef import errors, number
from ..ksef.sessions import SessionType
from .ksef_queue import BACK_OFF, NEVER, Decision

DAY = timedelta(days=1)
LONGEST = 2 * DAY  # from the opening of a session to the moment before which a number was given
MARGIN = timedelta(minutes=1)  # of our moments, which have no fractions
MOST_ASKED = 30  # sessions, those that were opened last before the number was given


class KsefSubmission(models.Model):
    _inherit = "ksef.submission"

    def _from_accepted(self):
        return super()._from_accepted() if self.session_reference else self._look_for_receipt()

    def _on_error(self, error):
        """A session that is not ours and does not have the number is not asked again."""
        is_ours = self.session_reference == self.session_id.reference_number
        if self.state != "accepted" or is_ours or not isinstance(error, errors.Refused):
            return super()._on_error(error)
        if self.origin or not self.session_reference:
            return Decision(state="accepted")
        return Decision(state="accepted", retry_in=0, values={"session_reference": False})

    def _on_not_ready(self, waiting):
        """A refused login wakes nobody who only waits for a receipt: it is looked for later."""
        decision = super()._on_not_ready(waiting)
        if self.state != "accepted" or decision.retry_in is not NEVER:
            return decision
        return replace(decision, retry_in=BACK_OFF[-1])

    def _look_for_receipt(self):
        """Ask the sessions that may have it; the number stands without it, too."""
        client = self.env["ksef.login"]._current_client(self.company_id)
        for reference in self._possible_sessions(client):
            try:
                upo = client.upo_by_ksef_number(reference, self.ksef_number)
            except errors.Refused:
                continue
            values = {"session_reference": reference, **self._values_of_receipt(upo)}
            return Decision(state="accepted", values=values)
        return Decision(state="accepted")

    def _possible_sessions(self, client):
        """References of the sessions that this number may have been given in, the latest first.

        KSeF lists those of our login, with the permission Introspection all of the company.
        """
        given_before = self._given_before()
        listed = [
            session
            for kind in SessionType
            for session in client.list_sessions(kind, created_from=given_before - LONGEST)
            if session.invoice_count > session.failed_invoice_count
            and session.created_at < given_before
        ]
        listed.sort(key=lambda session: session.created_at, reverse=True)
        return [session.reference_number for session in listed[:MOST_ASKED]]

    def _given_before(self):
        """A moment when the number was there: of a duplicate we only know its day."""
        next_day = number.parse(self.ksef_number).accepted_on + DAY
        noted_at = (self.accepted_at + MARGIN).replace(tzinfo=timezone.utc)
        return min(noted_at, datetime.combine(next_day, time(), timezone.utc))

    def _is_receipt_coming(self):
        """Whether the receipt is on its way by itself."""
        is_in_batch = self.session_id.state in ("processing", "receipts")
        return bool(not self.upo_hash and (self.retry_at or is_in_batch))
