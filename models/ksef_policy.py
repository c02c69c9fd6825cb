"""Sends by itself what the policies of companies, journals and customers say."""

import logging
from datetime import time, timedelta, timezone

from odoo import api, fields, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools.misc import split_every

from ..ksef.deadlines import WARSAW
from .cron_steps import run_each
from .failure import AWAY_KINDS

_logger = logging.getLogger(__name__)

CHUNK = 200  # invoices checked, queued and committed together
AUTOMATIC = ("on_post", "scheduled")
BLIP = timedelta(minutes=15)  # silence of KSeF that nobody announced and that may pass
CUT_OFF = time(23, 45)  # Polish time: three looks of this cron before midnight


class KsefPolicy(models.AbstractModel):
    _name = "ksef.policy"
    _description = "KSeF policy"

    @api.model
    def _cron_send(self):
        """Queue what is due in every company, also what was missed while nothing ran."""
        run_each(self._send_for, self.env["res.company"]._ksef_enabled())

    @api.model
    def _send_for(self, company):
        # What is found is for the one who has to mend it
        user = company._ksef_person_for()
        moves = self._due_moves(company).with_context(lang=user.lang)
        for ids in split_every(CHUNK, moves.ids):
            self._send_chunk(moves.browse(ids))
            self.env["ir.cron"]._commit_progress()
        self._send_offline(company)

    @api.model
    def _due_moves(self, company):
        """The invoices that are to go now, the oldest deadline first; blocked ones are looked at
        again, for somebody may have mended them."""
        moves = self.env["account.move"].with_company(company)
        domain = [
            ("company_id", "=", company.id),
            "|",
            ("ksef_state", "=", "to_send"),
            "&",
            ("ksef_state", "=", "error"),
            ("ksef_blocked_reason", "!=", False),
            *self._automatic_domain(company),
        ]
        waiting = moves.search(domain, order="ksef_due_at, id")
        # Settings may have changed since these were posted; older invoices are not touched
        waiting.modified(["ksef_is_requested"])
        passed = company._ksef_schedule().last_before(fields.Datetime.now())
        return waiting.filtered(lambda move: self._is_due(move, passed))

    @api.model
    def _automatic_domain(self, company):
        """Leave out, where sending is by hand, all invoices for which nobody chose otherwise."""
        if company.ksef_send_policy != "manual":
            return []
        return [
            "|",
            ("journal_id.ksef_send_policy", "in", AUTOMATIC),
            ("commercial_partner_id.ksef_send_policy", "in", AUTOMATIC),
        ]

    @api.model
    def _is_due(self, move, passed):
        """Whether it goes now; `passed` is the newest moment of the schedule."""
        policy = move._ksef_send_policy() if move.ksef_state else "manual"
        if policy == "scheduled" and not move.ksef_is_late:
            return not move.ksef_waiting_since or move.ksef_waiting_since <= passed
        return policy in AUTOMATIC

    @api.model
    def _send_chunk(self, moves):
        """Queue invoices together; where that fails, find the one that is the reason."""
        try:
            with self.env.cr.savepoint():
                moves._ksef_send_by_itself()
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            self.env.cr.rollback()  # somebody works on one of them: next time
        except Exception:
            _logger.exception("KSeF: invoices %s could not be queued", moves.ids)
            self._send_parts(moves)

    @api.model
    def _send_parts(self, moves):
        if len(moves) == 1:
            reason = moves.env._(
                "An error inside Odoo stopped this invoice. Your administrator finds the details "
                "in the server's log."
            )
            moves._ksef_note_blocked([reason])
            return
        middle = len(moves) // 2
        for part in (moves[:middle], moves[middle:]):
            self._send_chunk(part)

    @api.model
    def _send_offline(self, company):
        """Issue offline what KSeF cannot be reached for, if the company wants it so.

        At the end of the day in any case: what KSeF gets tomorrow it takes as issued offline.
        """
        is_last_call = self._polish_time() >= CUT_OFF
        if company.ksef_away_policy != "offline" and not is_last_call:
            return
        kinds = (*AWAY_KINDS, "rate_limited") if is_last_call else AWAY_KINDS
        waiting = [("state", "=", "queued"), ("is_offline", "=", False)]
        failing = [("company_id", "=", company.id), ("failure_kind", "in", kinds)]
        rows = self.env["ksef.submission"].search([*failing, *waiting])
        if not is_last_call and not self.env["ksef.announcement"]._running(
            company.ksef_environment
        ):
            long_ago = fields.Datetime.now() - BLIP
            rows = rows.filtered(lambda row: row.state_changed_at <= long_ago)
        rows.move_id._ksef_on_ksef_away()

    @api.model
    def _polish_time(self):
        moment = fields.Datetime.now().replace(tzinfo=timezone.utc)
        return moment.astimezone(WARSAW).time()
