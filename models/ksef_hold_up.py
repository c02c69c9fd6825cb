"""A KSeF that hangs for some companies holds up neither all of their rows nor other companies.

None of several companies has all the workers, and all those that hang together have not: their
tries go by turns, of which there is one less than workers. PostgreSQL shows the holders of
advisory locks at once, before anything is committed, and frees what a dead process held.
"""

import math
import time
from dataclasses import replace
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL, config

from .failure import AWAY_KINDS
from .ksef_queue import LANES, PATIENCE, QUEUES

HELD_UP = 3.0  # seconds without an answer, after which the rows of a company wait for one of them
SPARED = ("ksef.session", "ksef.submission", "ksef.fetch")  # queues with many rows of a company
# Classes of advisory locks
AT_WORK = 0x4B536546  # shared, one object each: for which company a worker is at work
TURN = 0x4B536547  # exclusive, one object each: the turns of companies that hang


class KsefQueue(models.AbstractModel):
    _inherit = "ksef.queue"

    held_up_at = fields.Datetime(
        readonly=True,
        index="btree_not_null",
        help="When the last attempt ended, if KSeF let it wait long and gave no answer.",
    )

    # === OTHER COMPANIES === #

    @api.model
    def _claim_condition(self):
        """Where there are several companies, some of the due rows are left to other workers.

        Who has them looks for what is due next, so they are forgotten by nobody.
        """
        if not self._is_shared():
            return super()._claim_condition()
        return SQL(
            "company_id NOT IN (%s) AND ((%s) < %s OR company_id NOT IN (%s))",
            self._served_companies(),
            self._turns_taken(),
            _most_at_once(),
            self._hanging_companies(),
        )

    @api.model
    def _served_companies(self):
        """Companies with as many workers as they may have."""
        return SQL(
            "SELECT objid::bigint FROM (%s) AS held GROUP BY objid HAVING count(*) >= %s",
            self._locks_of_others(AT_WORK, "ShareLock"),
            _most_at_once(),
        )

    @api.model
    def _locks_of_others(self, lock_class, mode):
        return SQL(
            "SELECT objid FROM pg_locks WHERE locktype = 'advisory' AND classid = %s"
            " AND mode = %s AND pid != pg_backend_pid()"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
            lock_class,
            mode,
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

    # === COMPANIES THAT HANG === #

    @api.model
    def _claim(self):
        """Lock the due row that comes first; of a company that hangs only if it is its turn."""
        row = super()._claim()
        if row and row._is_of_hanging_company() and not row._take_turn():
            self.env.cr.rollback()  # another worker was quicker
            return self.browse()
        return row

    def _commit(self, decision, mark):
        """A commit ends the turn; what goes on after it takes one again at once."""
        is_ours = super()._commit(decision, mark)
        if is_ours and decision.then and self._is_of_hanging_company():
            self._take_turn()
        return is_ours

    def _is_of_hanging_company(self):
        if not self._is_shared():
            return False
        query = SQL("SELECT %s IN (%s)", self.company_id.id, self._hanging_companies())
        [(is_hanging,)] = self.env.execute_query(query)
        return is_hanging

    @api.model
    def _hanging_companies(self):
        """Companies with a row whose last attempt was held up, until its next one ends."""
        tables = [SQL.identifier(self.env[name]._table) for name in QUEUES]
        held_up = "SELECT company_id FROM %s WHERE held_up_at IS NOT NULL AND retry_at IS NOT NULL"
        return SQL(" UNION ALL ").join(SQL(held_up, table) for table in tables)

    @api.model
    def _turns_taken(self):
        return SQL(
            "SELECT count(*) FROM (%s) AS held", self._locks_of_others(TURN, "ExclusiveLock")
        )

    @api.model
    def _take_turn(self):
        """Take a turn until the end of this transaction; return whether one was free."""
        for turn in range(_most_at_once()):
            query = SQL("SELECT pg_try_advisory_xact_lock(%s, %s)", TURN, turn)
            [(is_taken,)] = self.env.execute_query(query)
            if is_taken:
                return True
        return False

    # === THE SAME COMPANY === #

    def _decide(self, method):
        self._occupy()
        begun = time.monotonic()
        decision = super()._decide(method)
        is_away = decision.failure and decision.failure.kind in AWAY_KINDS
        is_held_up = bool(is_away and time.monotonic() - begun > HELD_UP)
        return replace(decision, is_held_up=is_held_up)

    def _apply(self, decision):
        was_away = self.held_up_at or self.failure_kind in AWAY_KINDS
        result = super()._apply(decision)
        if decision.is_held_up:
            self._spare_others(decision)
        elif was_away and not (decision.failure or decision.then):
            self._release_others()
        return result

    def _note_outcome(self, decision, **values):
        """Until there is an answer, the row is known to hang; an intent is no outcome."""
        is_away = decision.failure and decision.failure.kind in AWAY_KINDS
        if decision.is_held_up:
            values["held_up_at"] = fields.Datetime.now()
        elif not (decision.then or is_away):
            values["held_up_at"] = False
        return super()._note_outcome(decision, **values)

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


def _most_at_once():
    """How many workers may be at work for one company, or for all that hang."""
    return max(1, _workers() - 1)
