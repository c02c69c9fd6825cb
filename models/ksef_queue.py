import logging
import math
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta

from odoo import api, fields, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

from ..ksef import errors
from . import words
from .cron_alarm import set_alarm, start_alarm
from .failure import NO_FAILURE, Failure
from .stopwatch import timed

_logger = logging.getLogger(__name__)

# In this order: an invoice needs a session, and a session needs a login.
QUEUES = (
    "ksef.login",
    "ksef.session",
    "ksef.submission",
    "ksef.enrollment",
    "ksef.token",
    "ksef.fetch",
)
ENVIRONMENTS = [
    ("production", "Production (legally binding)"),
    ("demo", "Demo (pre-production, no legal effect)"),
    ("test", "Test (no legal effect, never real data)"),
    ("local", "Local simulator"),
]
# One cron each: as many workers as these carry rows at the same time.
LANES = (
    "account_ksef.ir_cron_process_queue",
    "account_ksef.ir_cron_process_queue_2",
    "account_ksef.ir_cron_process_queue_3",
    "account_ksef.ir_cron_process_queue_4",
)
ALWAYS_WOKEN = 2  # lanes: one may be held up by a KSeF that does not answer
ROWS_PER_LANE = 10  # due rows that are worth another lane
STARTING = (1, 5)  # seconds after which the cron workers of a process that starts may listen
COMMIT_ATTEMPTS = 5
COLLISION = 1  # seconds until a step that met another transaction is taken again
HELD_ELSEWHERE = 1  # seconds until a look at due rows that were all held by others
BACK_OFF = (1, 2, 4, 8, 15, 30, 60, 120, 300, 600)  # seconds before the 1st, 2nd, … repetition
PATIENCE = 60  # seconds to wait for a login or a session before asking for it again
LONGEST_PAUSE = 60  # seconds between two looks at what KSeF is still working on
NEVER = False


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What a step found out, before anything is written.

    `retry_in`: seconds until the row is due again, `NEVER`: not by itself.
    `then`: name of the method that goes on once this decision is committed; it
    returns the next decision. So an intent is durable before the network is called.
    `others`: what the same answer of KSeF says of other rows, committed together with it.
    `is_held_up`: it took long to learn that KSeF does not answer.
    """

    state: str
    retry_in: float | bool = NEVER
    values: dict = field(default_factory=dict, repr=False)  # may hold secrets
    failure: Failure | None = None
    then: str = ""
    others: tuple = ()
    is_held_up: bool = False


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """A decision about another row, as that row was when KSeF was asked."""

    row: models.BaseModel
    state: str
    since: object
    decision: Decision

    @classmethod
    def of(cls, row, decision):
        return cls(row=row, state=row.state, since=row.state_changed_at, decision=decision)

    @property
    def is_current(self):
        """Whether nobody else has carried the row on meanwhile."""
        return (self.row.state, self.row.state_changed_at) == (self.state, self.since)


def _group_alike(verdicts):
    """Write what each row has of its own, and yield the verdicts that are alike in all else.

    So what follows a change of state is done once for thousands of rows.
    """
    alike = defaultdict(list)
    for verdict in verdicts:
        decision = verdict.decision
        if decision.values:
            verdict.row.write(decision.values)
        key = (verdict.row.state, decision.state, decision.retry_in, decision.failure)
        alike[key].append(verdict)
    yield from alike.values()


def back_off(steps):
    """Seconds to wait after so many steps that led to nothing."""
    return BACK_OFF[min(steps, len(BACK_OFF) - 1)]


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
    queued_at = fields.Datetime(string="Queued", readonly=True, default=fields.Datetime.now)
    state_changed_at = fields.Datetime(string="Since", readonly=True, default=fields.Datetime.now)
    connection = fields.Integer(
        readonly=True,
        help="The connection to the database of the process that is at work on this row.",
    )
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
        """Carry due rows on, then see to it that the next one is on time.

        Every lane runs this; a row that one holds is passed over by the others.
        """
        self._recover()
        due = self._count_due()
        self._wake_lanes(math.ceil(due / ROWS_PER_LANE))
        time_left = self.env["ir.cron"]._commit_progress(remaining=due)
        while time_left > 0:
            done = self._process_round()
            if not done:
                break
            time_left = self.env["ir.cron"]._commit_progress(done)
        # What is due still, though there was time, is held by workers that go on by themselves
        self.env["ir.cron"]._commit_progress(remaining=0 if time_left > 0 else self._count_due())
        self._schedule_next()

    @api.model
    def _process_round(self):
        """Carry the first due row of each queue one step; return how many there were."""
        rows = 0
        for name in QUEUES:
            self.env[name]._prepare_round()
            row = self.env[name]._claim()
            if row:
                row._carry_on()
                rows += 1
        return rows

    @api.model
    def _prepare_round(self):
        """Look at all due rows of this queue before one of them is taken up."""

    @api.model
    def _claim(self):
        """Lock the due row that comes first, of those that nobody holds."""
        query = SQL(
            "SELECT id FROM %(table)s WHERE retry_at <= %(now)s AND %(condition)s"
            " ORDER BY %(order)s LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED",
            table=SQL.identifier(self._table),
            now=fields.Datetime.now(),
            condition=self._claim_condition(),
            order=self._claim_order(),
        )
        try:
            self.env.cr.execute(query, log_exceptions=False)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            self.env.cr.rollback()
            return self.browse()
        return self.browse(id_ for [id_] in self.env.cr.fetchall())

    @api.model
    def _claim_condition(self):
        """Which of the due rows this worker may take up: all of them."""
        return SQL("TRUE")

    @api.model
    def _claim_order(self):
        """In which order due rows are taken up: the longest waiting first."""
        return SQL("retry_at, id")

    @api.model
    def _count_due(self):
        due = [("retry_at", "<=", fields.Datetime.now())]
        return sum(self.env[name].search_count(due) for name in QUEUES)

    @api.model
    def _schedule_next(self):
        """Trigger the crons for the moment when the next row is due, or free again."""
        moments = [moment for name in QUEUES if (moment := self.env[name]._next_moment())]
        if moments:
            soonest = fields.Datetime.now() + timedelta(seconds=HELD_ELSEWHERE)
            self._trigger_cron(max(soonest, min(moments)))

    @api.model
    def _next_moment(self):
        """When a row of this queue that we may take up is due first (naive UTC); None if none."""
        query = SQL(
            "SELECT min(retry_at) FROM %(table)s WHERE %(condition)s",
            table=SQL.identifier(self._table),
            condition=self._claim_condition(),
        )
        [(moment,)] = self.env.execute_query(query)
        return moment

    @api.model
    def _trigger_cron(self, at=None):
        """Have the queue processed at a moment (naive UTC), at once by default."""
        now = fields.Datetime.now()
        at = max(at or now, now)
        self._wake_lanes(self._least_lanes(), at)
        set_alarm(self.env.cr, (at - now).total_seconds())

    @api.model
    def _least_lanes(self):
        """How many lanes look at what is due, however little it is."""
        return ALWAYS_WOKEN

    @api.model
    def _wake_lanes(self, count, at=None):
        """Plan so many lanes for a moment, unless that is done already."""
        now = fields.Datetime.now()
        at = at or now
        for name in LANES[:count]:
            cron = self.env.ref(name).sudo()
            # A trigger of the past may be the one of this very run, which ends with it
            planned = [("cron_id", "=", cron.id), ("call_at", ">", now), ("call_at", "<=", at)]
            if not self.env["ir.cron.trigger"].sudo().search_count(planned, limit=1):
                cron._trigger(at=at)

    def _register_hook(self):
        """After a start, look at once what was left undone, not only at the next full minute."""
        super()._register_hook()
        if self._name == "ksef.queue":
            for delay in STARTING:
                start_alarm(self.env.cr.dbname, delay)

    # === AFTER A CRASH === #

    @api.model
    def _recover(self):
        """Take up what a process was doing that has died: its connection to the database ended."""
        for name in QUEUES:
            query = SQL(
                "SELECT id FROM %s WHERE connection > 0"
                " AND connection NOT IN (SELECT pid FROM pg_stat_activity)",
                SQL.identifier(self.env[name]._table),
            )
            orphans = [id_ for [id_] in self.env.execute_query(query)]
            if orphans:
                self.env[name].browse(orphans)._wake()

    def _connection(self):
        """The number of our connection to the database; it is there as long as this process."""
        [(pid,)] = self.env.execute_query(SQL("SELECT pg_backend_pid()"))
        return pid

    # === ONE ROW === #

    def _try_lock(self):
        """Lock these rows but for those that somebody holds, and return them.

        As `try_lock_for_update`, but a row that was changed meanwhile is not worth a line in the
        log: whoever meets one begins anew.
        """
        query = SQL(
            "SELECT id FROM %s WHERE id IN %s FOR NO KEY UPDATE SKIP LOCKED",
            SQL.identifier(self._table),
            self._ids or (0,),
        )
        self.env.cr.execute(query, log_exceptions=False)
        held = {id_ for [id_] in self.env.cr.fetchall()}
        return self.filtered(lambda row: row.id in held)

    def _process(self):
        """Carry this row one step further, unless somebody else holds it or has done so."""
        row = self.try_lock_for_update(allow_referencing=True)
        if row and row.retry_at and row.retry_at <= fields.Datetime.now():
            row._carry_on()

    def _carry_on(self):
        """Carry this locked row one step further, and as far as that step goes."""
        method = self._step()
        while method:
            mark = self._mark()
            decision = self._decide(method)
            method = self._commit(decision, mark) and decision.then

    def _mark(self):
        """What tells whether somebody else has carried this row on."""
        return self.state, self.state_changed_at, self.attempts

    def _step(self):
        """The name of the method that carries on from this state."""
        return f"_from_{self.state}"

    def _decide(self, method):
        """Run one step and return its decision; an error becomes one too."""
        try:
            return getattr(self, method)()
        except NotReady as waiting:
            return self._on_not_ready(waiting)
        except errors.KsefError as error:
            return self._on_error(error)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            self.env.cr.rollback()
            return Decision(state=self.state, retry_in=COLLISION)
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
            return failure.retry_after + 1  # our moments have no fractions of a second
        return back_off(self.attempts)

    def _next_look(self):
        """Seconds until the next look at what KSeF is working on."""
        return min(back_off(self.attempts), LONGEST_PAUSE)

    # === WRITING === #

    def _commit(self, decision, mark):
        """Write a decision and commit it; repeat when it collides with another transaction.

        Each collision gives up the lock of the row. Return whether the decision was written: not
        if somebody else has carried the row on since `mark`.
        """
        for attempt in range(1, COMMIT_ATTEMPTS):
            try:
                return self._commit_once(decision, mark)
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                self.env.cr.rollback()
                _logger.info("KSeF: %s(%s) repeats commit %s", self._name, self.id, attempt)
        return self._commit_once(decision, mark)

    def _commit_once(self, decision, mark):
        is_ours = self._hold(mark)
        if is_ours:
            self._apply(decision)
            self.env["ir.cron"]._commit_progress()
        return is_ours

    def _hold(self, mark):
        """Lock this row, waiting for whoever has it; return whether it is still as it was."""
        query = SQL(
            "SELECT FROM %s WHERE id = %s FOR NO KEY UPDATE", SQL.identifier(self._table), self.id
        )
        self.env.cr.execute(query, log_exceptions=False)
        self.invalidate_recordset()
        return self._mark() == mark

    def _apply(self, decision):
        """Write a decision: the new state, when the row is due again, and why."""
        with timed("writing", 1 + len(decision.others)):
            self._write_decision(decision)
            self._on_applied(decision)
            self._apply_to_others(decision.others)
            self.env.flush_all()

    def _write_decision(self, decision):
        """Write one decision about rows that are all in the same state."""
        self._note_outcome(decision, **decision.values)

    def _note_outcome(self, decision, **values):
        now, retry_in = fields.Datetime.now(), decision.retry_in
        values = {
            "connection": self._connection() if decision.then else False,
            **values,
            **(decision.failure.as_values() if decision.failure else NO_FAILURE),
        }
        values["retry_at"] = (
            False if retry_in is NEVER else now + timedelta(seconds=math.ceil(retry_in))
        )
        if all(row.state == decision.state for row in self):
            for attempts, rows in self.grouped("attempts").items():
                rows.write({"attempts": attempts + 1, **values})
        else:
            self._move_to(decision.state, **values)

    def _apply_to_others(self, verdicts):
        """Write what is decided about other rows, those that are still as they were."""
        if not verdicts:
            return
        rows = verdicts[0].row.union(*(verdict.row for verdict in verdicts))
        held = set(rows._try_lock().ids)
        current = [v for v in verdicts if v.row.id in held and v.is_current]
        written = rows.browse(verdict.row.id for verdict in current)
        for alike in _group_alike(current):
            alike[0].row.union(*(verdict.row for verdict in alike))._note_outcome(alike[0].decision)
        written._on_applied_together()

    def _on_applied(self, decision):
        """Tell others, in the same transaction, what was decided."""

    def _on_applied_together(self):
        """The same, of rows that were not asked about one by one."""

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
        rows = self._try_lock()
        rows.write({"retry_at": fields.Datetime.now()})

    def _halt(self, failure):
        """Tell waiting rows why they wait; they go on when a person has mended it."""
        rows = self._try_lock()
        rows.write({"retry_at": False, **failure.as_values()})

    def _defer(self, failure, until):
        """Have rows wait until a moment (naive UTC), which is no attempt of theirs."""
        rows = self._try_lock()
        rows.write({"retry_at": until, **failure.as_values()})
