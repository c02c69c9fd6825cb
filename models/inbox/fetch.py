"""Fetching what others sent us: one row for each role of a company, which is its cursor, too."""

from datetime import datetime, time, timedelta, timezone

from odoo import api, fields, models

from ...ksef import errors
from ...ksef.crypto import SessionKey
from ...ksef.export import Cursor
from ...ksef.query import InvoiceFilter, Role
from ..failure import Failure
from ..ksef_queue import BACK_OFF, ENVIRONMENTS, NEVER, PATIENCE, Decision
from .document import ROLES

SECRET = "base.group_system"
SHORTEST = 15  # minutes between two looks at one role ("KSeF API", 12.4)
RARELY = timedelta(days=1)  # how often the roles are asked for in which little comes
TOO_EARLY = 21183  # nothing can have come since we looked last
TOO_MANY = 21182  # exports at once
MOST_FAILURES = 3  # of packages in one range, before its documents are listed one by one
AT_ONCE = 0
FAIRNESS = timedelta(minutes=1)  # between two presses of the button
SOON = timedelta(seconds=2 * PATIENCE)  # what waits no longer, for a login perhaps, is under way


class KsefFetch(models.Model):
    """How far the documents of one role were fetched, and the package that is under way.

    idle -> ordered -> reading -> idle. An order whose answer was lost is given again: the package
    nobody asks for does no harm. Reading stores slices of a package, each committed; after a crash
    it is read again, and what is known by its KSeF number is passed over. Packages that fail again
    and again lead to `listing`: the same range by the metadata query, file by file.
    """

    _name = "ksef.fetch"
    _inherit = ["ksef.queue"]
    _description = "Fetching from KSeF"
    _rec_name = "role"

    _transitions = {
        "idle": {"ordered", "listing", "collecting"},
        "ordered": {"reading", "idle"},
        "reading": {"idle", "collecting"},
        "listing": {"collecting", "idle"},
        "collecting": {"idle"},
    }
    _retry_idx = models.Index("(retry_at) WHERE retry_at IS NOT NULL")
    _connection_idx = models.Index("(connection) WHERE connection > 0")
    _one_cursor_idx = models.UniqueIndex(
        "(company_id, environment, role)", "This role of the company is being fetched already."
    )

    state = fields.Selection(
        [
            ("idle", "Waiting for the next time"),
            ("ordered", "Package being made by KSeF"),
            ("reading", "Package being read"),
            ("listing", "Being listed"),
            ("collecting", "Files being fetched one by one"),
        ],
        default="idle",
        required=True,
        readonly=True,
    )
    role = fields.Selection(ROLES, required=True, readonly=True)
    environment = fields.Selection(ENVIRONMENTS, readonly=True)
    # Moments of KSeF have fractions of a second, which a Datetime would lose
    read_until = fields.Char(required=True, readonly=True, help="ISO 8601, in UTC.")
    read_until_at = fields.Datetime(string="Fetched until", compute="_compute_read_until_at")
    window_until = fields.Char(readonly=True, help="End of the range that was asked for.")
    looked_at = fields.Datetime(string="Last look", readonly=True)
    package_failures = fields.Integer(readonly=True)
    listed_pages = fields.Integer(readonly=True)
    reference_number = fields.Char(readonly=True)
    encryption_key = fields.Char(readonly=True, groups=SECRET)
    initialization_vector = fields.Char(readonly=True, groups=SECRET)

    @api.depends("read_until")
    def _compute_read_until_at(self):
        for row in self:
            moment = datetime.fromisoformat(row.read_until)
            row.read_until_at = moment.astimezone(timezone.utc).replace(tzinfo=None)

    # === WHEN === #

    @api.model
    def _prepare(self, company):
        """Have a cursor for each role of a company, and the first look planned."""
        known = self._of(company).mapped("role")
        since = self._first_moment(company)
        self.create(
            [
                {
                    "company_id": company.id,
                    "environment": company.ksef_environment,
                    "role": role,
                    "read_until": since,
                    "retry_at": fields.Datetime.now(),
                }
                for role, _label in ROLES
                if role not in known
            ]
        )
        self._of(company).filtered(lambda row: not row.retry_at)._wake()
        self.env["ksef.queue"]._trigger_cron()

    @api.model
    def _of(self, company):
        """The cursors of companies in the environments that they are connected to."""
        return self.search([("company_id", "in", company.ids)]).filtered(
            lambda row: row.environment == row.company_id.ksef_environment
        )

    @api.model
    def _first_moment(self, company):
        """Midnight of the first day that the company wants, else of this month."""
        today = fields.Date.context_today(company)
        day = company.ksef_fetch_from or today.replace(day=1)
        return datetime.combine(day, time(), timezone.utc).isoformat()

    def _start_over(self):
        """Fetch from the company's first day on once more; known documents are passed over."""
        for row in self.filtered(lambda row: row.state == "idle"):
            row.read_until = row._first_moment(row.company_id)

    def _look_now(self):
        """A person wants to know: look at what has not been looked at in this minute."""
        before = fields.Datetime.now() - FAIRNESS
        self.filtered(lambda row: not row.looked_at or row.looked_at < before)._wake()
        self.env["ksef.queue"]._trigger_cron()

    def _under_way(self):
        """Rows that are being carried on, or will be in a moment."""
        soon = fields.Datetime.now() + SOON
        return self.filtered(
            lambda row: row.retry_at and (row.state != "idle" or row.retry_at <= soon)
        )

    def _pause(self):
        """Seconds until the next look; never again where the company does not want it."""
        company = self.company_id
        if not company._ksef_fetches_by_itself():
            return NEVER
        minutes = timedelta(minutes=max(SHORTEST, company.ksef_fetch_interval))
        pause = minutes if self.role == Role.BUYER.value else max(minutes, RARELY)
        return pause.total_seconds()

    # === STEPS === #

    def _from_idle(self):
        """Order the next package; each time that several have failed, try the list once."""
        if not self._is_wanted():
            return Decision(state="idle", retry_in=NEVER)
        now = self.env["ksef.gateway"]._now()
        filters = self._cursor().filter(now=now)
        values = {
            "window_until": filters.to_at and filters.to_at.isoformat(),
            "looked_at": fields.Datetime.now(),
        }
        if self.package_failures % (MOST_FAILURES + 1) == MOST_FAILURES:
            return Decision(state="listing", retry_in=AT_ONCE, values=values)
        return Decision(
            state="ordered", retry_in=1, values={**values, **self._order_package(filters, now)}
        )

    def _order_package(self, filters, now):
        """Order a package; only we have the key to it."""
        key = SessionKey.generate()
        reference = self._client().order_export(filters, key, now=now)
        encryption_key, vector = key.to_values()
        return {
            "reference_number": reference,
            "encryption_key": encryption_key,
            "initialization_vector": vector,
        }

    def _is_wanted(self):
        """Whether the company is still connected where these documents lie."""
        company = self.company_id
        return company.ksef_is_enabled and company.ksef_environment == self.environment

    def _client(self):
        return self.env["ksef.login"]._current_client(self.company_id)

    def _cursor(self):
        return Cursor(role=Role(self.role), read_until=datetime.fromisoformat(self.read_until))

    def _filter(self):
        """The range of the package that is under way."""
        until = self.window_until and datetime.fromisoformat(self.window_until)
        return InvoiceFilter(
            role=Role(self.role),
            from_at=datetime.fromisoformat(self.read_until),
            to_at=until or None,
            is_final_only=True,
        )

    def _done(self, result):
        """All that `result` brought is stored: go on at once, or rest until the next time."""
        filters = self._filter()
        cursor = self._cursor().after(result, filters)
        if result.is_truncated and cursor == self._cursor():
            raise errors.BadAnswer("a range that does not get on")
        is_more = result.is_truncated or bool(filters.to_at)
        return {
            "retry_in": AT_ONCE if is_more else self._pause(),
            "values": {
                **self._without_package(),
                "read_until": cursor.read_until.isoformat(),
                "package_failures": 0,
            },
        }

    def _without_package(self):
        return {
            "reference_number": False,
            "encryption_key": False,
            "initialization_vector": False,
            "window_until": False,
            "listed_pages": 0,
        }

    # === WHEN IT FAILS === #

    def _on_error(self, error):
        failure = Failure.from_error(error)
        if isinstance(error, errors.Unauthorized):
            self.env["ksef.login"]._current(self.company_id)._expire()
            return Decision(state=self.state, retry_in=1, failure=failure)
        if isinstance(error, errors.Refused):
            return self._on_refusal(failure)
        if isinstance(error, errors.BadAnswer) and self._is_beyond_repeating():
            return self._give_up(failure)
        return super()._on_error(error)

    def _is_beyond_repeating(self):
        """Whether the same question would bring the same answer; a list is asked for twice."""
        if self.state == "listing":
            return self.failure_kind == "bad_answer"
        return self.state in ("ordered", "reading")

    def _on_refusal(self, failure):
        """Nothing new is no failure; a package that is refused is ordered anew."""
        if failure.code == TOO_EARLY:
            return Decision(state="idle", retry_in=self._pause())
        if self.state in ("ordered", "reading"):
            return self._give_up(failure)
        retry_in = PATIENCE if failure.code == TOO_MANY else self._refused_pause()
        return Decision(state=self.state, retry_in=retry_in, failure=failure)

    def _refused_pause(self):
        """A missing permission does not come by insisting."""
        return self._pause() or NEVER

    def _give_up(self, failure):
        """Forget a package or a list; the next package is ordered a little later."""
        failures = self.package_failures + 1
        pause = BACK_OFF[min(2 * failures, len(BACK_OFF) - 1)]
        values = {**self._without_package(), "package_failures": failures}
        return Decision(state="idle", retry_in=pause, values=values, failure=failure)
