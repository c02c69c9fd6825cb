import logging
from dataclasses import dataclass, field
from datetime import timedelta

from odoo import api, fields, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from ..ksef import errors
from . import words
from .cron_alarm import set_alarm
from .failure import NO_FAILURE, Failure

_logger = logging.getLogger(__name__)

# In this order: an invoice needs a session, and a session needs a login.
QUEUES = ("ksef.login", "ksef.session", "ksef.submission", "ksef.enrollment", "ksef.token")
ENVIRONMENTS = [
    ("production", "Production (legally binding)"),
    ("demo", "Demo (pre-production, no legal effect)"),
    ("test", "Test (no legal effect, never real data)"),
    ("local", "Local simulator"),
]
ROWS_PER_PASS = 200
COMMIT_ATTEMPTS = 5
BACK_OFF = (1, 2, 4, 8, 15, 30, 60, 120, 300, 600)  # seconds before the 1st, 2nd, … repetition
PATIENCE = 60  # seconds to wait for a login or a session before asking for it again
NEVER = False


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What a step found out, before anything is written.

    `retry_in`: seconds until the row is due again, `NEVER`: not by itself.
    `then`: name of the method that goes on once this decision is committed; it
    returns the next decision. So an intent is durable before the network is called.
    """

    state: str
    retry_in: float | bool = NEVER
    values: dict = field(default_factory=dict, repr=False)  # may hold secrets
    failure: Failure | None = None
    then: str = ""


class NotReady(Exception):
    """A row needs something that another queue is working on; that queue wakes it.

    `failure`: why it may last, if that is known. `retry_in` as in `Decision`.
    """

    def __init__(self, failure=None, retry_in=PATIENCE):
        super().__init__("not ready")
        self.failure = failure
        self.retry_in = retry_in


class KsefQueue(models.AbstractModel):
    """Rows that a cron carries from state to state, over the network and across crashes.

    A row is due when `retry_at` has come; a row without it waits for an event or a person.
    A step runs in three parts: lock the row, let `_from_<state>` ask and decide, commit the
    decision. The outcome is written in one place only, so a commit that loses a race against
    somebody else's edit is repeated without asking KSeF again.
    """

    _name = "ksef.queue"
    _description = "KSeF queue"
    _order = "id desc"

    _transitions = {}  # state -> states that may follow; an undrawn step is a programming error

    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    retry_at = fields.Datetime(string="Next attempt", readonly=True)
    attempts = fields.Integer(readonly=True, help="Steps since the last change of state.")
    state_changed_at = fields.Datetime(string="Since", readonly=True, default=fields.Datetime.now)
    failure_kind = fields.Char(readonly=True)
    failure_code = fields.Integer(string="KSeF code", readonly=True)
    failure_details = fields.Text(string="KSeF details", readonly=True)
    explanation = fields.Text(compute="_compute_explanation")

    @api.depends("failure_kind", "failure_code", "failure_details")
    @api.depends_context("lang")
    def _compute_explanation(self):
        for row in self:
            row.explanation = words.explain(row) if row.failure_kind else False

    # === THE LOOP === #

    @api.model
    def _cron_process(self):
        """Carry every due row one step further, then see to it that the next one is on time."""
        due = self._due_rows()
        time_left = self.env["ir.cron"]._commit_progress(remaining=len(due))
        for row in due:
            if time_left <= 0:
                break
            row._process()
            time_left = self.env["ir.cron"]._commit_progress(1)
        # A step may have made other rows due: the cron then runs again at once
        self.env["ir.cron"]._commit_progress(remaining=len(self._due_rows()))
        self._schedule_next()

    @api.model
    def _due_rows(self):
        """All due rows, in the order of the queues."""
        return [row for name in QUEUES for row in self.env[name].browse(self.env[name]._due_ids())]

    @api.model
    def _due_ids(self):
        """Ids of the rows of this queue that are due, the longest waiting first."""
        domain = [("retry_at", "<=", fields.Datetime.now())]
        return self.search(domain, order="retry_at, id", limit=ROWS_PER_PASS).ids

    @api.model
    def _schedule_next(self):
        """Trigger the cron for the moment when the next row is due."""
        moments = [
            row.retry_at
            for name in QUEUES
            for row in self.env[name].search([("retry_at", "!=", False)], order="retry_at", limit=1)
        ]
        if moments:
            self._trigger_cron(min(moments))

    @api.model
    def _trigger_cron(self, at=None):
        """Have the queue processed at a moment (naive UTC), at once by default."""
        cron = self.env.ref("account_ksef.ir_cron_process_queue").sudo()
        now = fields.Datetime.now()
        at = max(at or now, now)
        # A trigger of the past may be the one of this very run, which ends with it
        planned = [("cron_id", "=", cron.id), ("call_at", ">", now), ("call_at", "<=", at)]
        if not self.env["ir.cron.trigger"].sudo().search_count(planned, limit=1):
            cron._trigger(at=at)
        set_alarm(self.env.cr, (at - now).total_seconds())

    # === ONE ROW === #

    def _process(self):
        """Carry this row one step further, unless somebody else holds it or has done so."""
        row = self.try_lock_for_update(allow_referencing=True)
        if not row or not row.retry_at or row.retry_at > fields.Datetime.now():
            return
        decision = row._decide(f"_from_{row.state}")
        row._commit(decision)
        while decision.then:
            decision = row._decide(decision.then)
            row._commit(decision)

    def _decide(self, method):
        """Run one step and return its decision; an error becomes one too."""
        try:
            return getattr(self, method)()
        except NotReady as waiting:
            return self._on_not_ready(waiting)
        except errors.KsefError as error:
            return self._on_error(error)
        except Exception:
            _logger.exception("KSeF: %s(%s) failed in %s", self._name, self.id, method)
            self.env.cr.rollback()
            return self._on_defect()

    def _on_not_ready(self, waiting):
        """Decide what it means in this state that something is missing: wait for it."""
        return Decision(state=self.state, retry_in=waiting.retry_in, failure=waiting.failure)

    def _on_error(self, error):
        """Decide what an error of `ksef` means in this state: by default, repeat later."""
        failure = Failure.from_error(error)
        return Decision(state=self.state, retry_in=self._retry_in(failure), failure=failure)

    def _on_defect(self):
        """Decide what an error of our own means: the row waits, the others go on."""
        return Decision(state=self.state, retry_in=BACK_OFF[-1], failure=Failure(kind="defect"))

    def _retry_in(self, failure=None):
        """Seconds until the next attempt: what KSeF asks for, else growing."""
        if failure and failure.retry_after:
            return failure.retry_after
        return BACK_OFF[min(self.attempts, len(BACK_OFF) - 1)]

    # === WRITING === #

    def _commit(self, decision):
        """Write a decision and commit it; repeat when it collides with another transaction."""
        for attempt in range(1, COMMIT_ATTEMPTS + 1):
            try:
                self._apply(decision)
                self.env["ir.cron"]._commit_progress()
                return
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                self.env.cr.rollback()
                _logger.info("KSeF: %s(%s) repeats commit %s", self._name, self.id, attempt)

    def _apply(self, decision):
        """Write a decision: the new state, when the row is due again, and why."""
        now = fields.Datetime.now()
        retry_in = decision.retry_in
        values = dict(decision.values)
        values["retry_at"] = False if retry_in is NEVER else now + timedelta(seconds=retry_in)
        values.update(decision.failure.as_values() if decision.failure else NO_FAILURE)
        if decision.state == self.state:
            self.write({"attempts": self.attempts + 1, **values})
        else:
            self._move_to(decision.state, **values)
        self._on_applied(decision)

    def _on_applied(self, decision):
        """Tell others, in the same transaction, what was decided."""

    def _move_to(self, state, **values):
        """Change the state, the only writer of it. The same state is a no-op.

        :raises ValueError: if the step is not drawn in `_transitions`
        """
        changed = self.filtered(lambda row: row.state != state)
        for row in changed:
            if state not in row._transitions[row.state]:
                raise ValueError(f"{row._name}: no step from {row.state} to {state}")
        now = fields.Datetime.now()
        changed.write({"attempts": 0, "state_changed_at": now, **values, "state": state})

    def _wake(self):
        """Make waiting rows due now. Rows that are being processed are left alone."""
        rows = self.try_lock_for_update(allow_referencing=True)
        rows.write({"retry_at": fields.Datetime.now()})

    def _halt(self, failure):
        """Tell waiting rows why they wait; they go on when a person has mended it."""
        rows = self.try_lock_for_update(allow_referencing=True)
        rows.write({"retry_at": False, **failure.as_values()})
