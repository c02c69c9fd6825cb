"""How often a company may call KSeF, counted together by all processes that send for it."""

import json
from datetime import datetime, timedelta, timezone

from odoo import api, fields, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

from ..ksef.budget import DEFAULT_LIMITS, Budget, limits_from_values, limits_to_values
from ..ksef.errors import RateLimited
from .ksef_queue import ENVIRONMENTS

LIMITS_AGE = timedelta(days=1)  # so long the limits of a context are believed
ATTEMPTS = 20  # of a change that meets those of other processes; each time one of them gets on
CROWDED = 1.0  # seconds to wait when none of the attempts was the one


class KsefBudget(models.Model):
    """The calls of the last hour in one context of KSeF, and what KSeF allows there.

    KSeF counts by NIP and address, so companies with one NIP share a row. Only `Ledger` writes
    the calls, in transactions of its own: a call is made, whatever becomes of the step around it.
    """

    _name = "ksef.budget"
    _description = "KSeF request budget"
    _rec_name = "nip"

    nip = fields.Char(required=True, readonly=True)
    environment = fields.Selection(ENVIRONMENTS, required=True, readonly=True)
    spent = fields.Json(readonly=True, help="Moments of calls, and until when KSeF is shut.")
    limits = fields.Json(readonly=True, help="As KSeF gave them; empty: the usual ones.")
    limits_read_at = fields.Datetime(readonly=True)

    _context_idx = models.UniqueIndex("(nip, environment)")

    @api.model
    def _ledger(self, company):
        """Return where the calls of a company are written down."""
        return Ledger(self.pool, company._ksef_nip(), company.ksef_environment)

    @api.model
    def _room(self, company, operation):
        """Return how many more calls the hour has; None without a limit."""
        row = self._of(company)
        return row._budget().room(operation, now=_now()) if row else None

    @api.model
    def _of(self, company):
        context = [("nip", "=", company._ksef_nip())]
        return self.search([*context, ("environment", "=", company.ksef_environment)], limit=1)

    def _budget(self):
        limits = limits_from_values(self.limits) if self.limits else DEFAULT_LIMITS
        return Budget.from_values(self.spent or {}, limits)

    @api.model
    def _limits_are_old(self, company):
        row = self._of(company)
        read_at = row.limits_read_at
        return not read_at or read_at < fields.Datetime.now() - LIMITS_AGE


class Ledger:
    """`ksef.budget.Ledger` in the database, for one context.

    Each change locks the row for the milliseconds it takes, in a transaction of its own.
    """

    def __init__(self, registry, nip, environment):
        self._registry = registry
        self._nip = nip
        self._environment = environment

    def begin(self, operation):
        return self._change(Budget.begin, operation)

    def finish(self, operation, begun):
        self._change(Budget.finish, operation, begun)

    def block(self, operation, seconds):
        self._change(Budget.block, operation, seconds)

    def set_limits(self, limits):
        """Note what KSeF allows, `{group: Limit}`."""
        with self._registry.cursor() as cr:
            self._ensure(cr)
            changes = SQL(
                "limits = %s, limits_read_at = %s",
                json.dumps(limits_to_values(limits)),
                fields.Datetime.now(),
            )
            cr.execute(SQL("UPDATE ksef_budget SET %s WHERE %s", changes, self._where()))

    def _change(self, change, *arguments):
        for _attempt in range(ATTEMPTS):
            try:
                with self._registry.cursor() as cr:
                    return self._change_with(cr, change, arguments)
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                continue
        raise RateLimited(CROWDED)

    def _change_with(self, cr, change, arguments):
        budget = self._lock(cr)
        result = change(budget, *arguments, now=_now())
        spent = json.dumps(budget.to_values())
        cr.execute(SQL("UPDATE ksef_budget SET spent = %s WHERE %s", spent, self._where()))
        return result

    def _lock(self, cr):
        self._ensure(cr)
        query = SQL(
            "SELECT spent, limits FROM ksef_budget WHERE %s FOR NO KEY UPDATE", self._where()
        )
        cr.execute(query, log_exceptions=False)
        [(spent, limits)] = cr.fetchall()
        limits = limits_from_values(limits) if limits else DEFAULT_LIMITS
        return Budget.from_values(spent or {}, limits)

    def _ensure(self, cr):
        """Make the row of this context if there is none."""
        # What a crash of the database could lose are the calls of the last second
        cr.execute("SET LOCAL synchronous_commit = off")
        cr.execute(SQL("SELECT FROM ksef_budget WHERE %s", self._where()))
        if not cr.rowcount:
            cr.execute(
                SQL(
                    "INSERT INTO ksef_budget (nip, environment) VALUES (%s, %s)"
                    " ON CONFLICT DO NOTHING",
                    self._nip,
                    self._environment,
                ),
                log_exceptions=False,
            )

    def _where(self):
        return SQL("nip = %s AND environment = %s", self._nip, self._environment)


def _now():
    return datetime.now(timezone.utc)
