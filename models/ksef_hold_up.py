"""A KSeF that hangs for one company holds up neither all of its rows nor other companies."""

import math
import time
from dataclasses import replace
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL, config

from .failure import AWAY_KINDS
from .ksef_queue import LANES, PATIENCE

HELD_UP = 3.0  # seconds without an answer, after which the rows of a company wait for one of them
SPARED = ("ksef.session", "ksef.submission", "ksef.fetch")  # queues with many rows of a company
AT_WORK = 0x4B536546  # the class of advisory locks that tell for which company a worker works


class KsefQueue(models.AbstractModel):
    _inherit = "ksef.queue"

    # === OTHER COMPANIES === #

    @api.model
    def _claim_condition(self):
        """Where there are several companies, none of them has all the workers."""
        if not self._is_shared():
            return super()._claim_condition()
        return SQL("company_id NOT IN (%s)", self._served_companies())

    @api.model
    def _served_companies(self):
        """Companies with as many workers as they may have; these go on by themselves.

        PostgreSQL shows the holders of advisory locks at once, before anything is committed.
        """
        return SQL(
            "SELECT objid::bigint FROM pg_locks WHERE locktype = 'advisory' AND classid = %s"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            " AND pid != pg_backend_pid() GROUP BY objid HAVING count(*) >= %s",
            AT_WORK,
            max(1, _workers() - 1),
        )

    @api.model
    def _least_lanes(self):
        """Each company that hangs may hold a worker; somebody is to look after the others."""
        return max(super()._least_lanes(), _workers() if self._is_shared() else 0)

    @api.model
    def _is_shared(self):
        return len(self.env["res.company"]._ksef_enabled()) > 1

    def _occupy(self):
        """Show, until the end of this transaction, for which company this worker is at work."""
        query = SQL("SELECT pg_advisory_xact_lock_shared(%s, %s)", AT_WORK, self.company_id.id)
        self.env.cr.execute(query)

    # === THE SAME COMPANY === #

    def _decide(self, method):
        self._occupy()
        begun = time.monotonic()
        decision = super()._decide(method)
        is_away = decision.failure and decision.failure.kind in AWAY_KINDS
        is_held_up = bool(is_away and time.monotonic() - begun > HELD_UP)
        return replace(decision, is_held_up=is_held_up)

    def _apply(self, decision):
        was_away = self.failure_kind in AWAY_KINDS
        result = super()._apply(decision)
        if decision.is_held_up:
            self._spare_others(decision)
        elif was_away and not decision.failure:
            self._release_others()
        return result

    def _spare_others(self, decision):
        """Let this row alone try again: each of the others would hold a worker up as long.

        They come after its next attempt has ended; if that hangs as well, they wait anew.
        """
        wait = timedelta(seconds=math.ceil(decision.retry_in) + PATIENCE)
        until = fields.Datetime.now() + wait
        for rows in self._others(("retry_at", "<=", until)):
            rows._defer(decision.failure, until)

    def _release_others(self):
        """KSeF answers again: nobody waits any longer for that."""
        away = ("failure_kind", "in", AWAY_KINDS)
        for rows in self._others(away, ("retry_at", ">", fields.Datetime.now())):
            rows._wake()

    def _others(self, *conditions):
        """Yield the other rows of this company that nobody is at work on, queue by queue."""
        ours = [("company_id", "=", self.company_id.id), ("connection", "=", False)]
        for name in SPARED:
            yield self.env[name].search([*ours, *conditions]).filtered(lambda row: row != self)


class KsefSession(models.Model):
    _inherit = "ksef.session"

    def _occupy(self):
        """An upload takes its time, and what is urgent goes beside it."""
        return super()._occupy() if self.kind != "batch" else None


def _workers():
    """How many lanes this host runs at once."""
    return min(len(LANES), config["max_cron_threads"])
