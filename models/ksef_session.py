from datetime import timedelta

from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.tools import mute_logger

from ..ksef import errors
from ..ksef.crypto import SessionKey
from .failure import Failure
from .ksef_queue import ENVIRONMENTS, NEVER, PATIENCE, Decision, NotReady

IDLE = 300  # seconds after the last invoice until a session is closed
MARGIN = timedelta(minutes=10)  # no invoice is sent in the last minutes of a session
STATUS_OPEN = 100  # of an online session in KSeF
SECRET = "base.group_system"


class KsefSession(models.Model):
    """A session of KSeF, online or batch.

    online: new -> open -> closing -> closed. Opened for the first invoice, closed when none
    follow; open -> lost when KSeF knows it no longer.
    batch: new -> open -> closing -> processing -> receipts -> closed. Its documents are made
    while it is new, uploaded while it is open, judged while it is processing.
    A session whose opening got no answer is opened anew: the empty one ends by itself and does
    no harm.
    """

    _name = "ksef.session"
    _inherit = ["ksef.queue"]
    _description = "KSeF session"
    _rec_name = "reference_number"

    _transitions = {
        "new": {"open", "closed", "failed"},
        "open": {"closing", "lost"},
        "closing": {"processing", "closed", "lost"},
        "processing": {"receipts", "lost"},
        "receipts": {"closed"},
        "closed": set(),
        "lost": set(),
        "failed": set(),
    }
    _retry_idx = models.Index("(retry_at) WHERE retry_at IS NOT NULL")
    _connection_idx = models.Index("(connection) WHERE connection > 0")
    _one_at_a_time_idx = models.UniqueIndex(
        "(company_id, environment) WHERE state = 'new' AND kind = 'online'",
        "A session of this company is being opened already.",
    )

    state = fields.Selection(
        [
            ("new", "Being opened"),
            ("open", "Open"),
            ("closing", "Being closed"),
            ("processing", "Being processed by KSeF"),
            ("receipts", "Receipts being fetched"),
            ("closed", "Closed"),
            ("lost", "Lost"),
            ("failed", "Not opened"),
        ],
        default="new",
        required=True,
        readonly=True,
    )
    kind = fields.Selection(
        [("online", "Online"), ("batch", "Batch")], default="online", required=True, readonly=True
    )
    environment = fields.Selection(ENVIRONMENTS, readonly=True)
    reference_number = fields.Char(readonly=True, index="btree_not_null")
    valid_until = fields.Datetime(readonly=True)
    encryption_key = fields.Char(readonly=True, groups=SECRET)
    initialization_vector = fields.Char(readonly=True, groups=SECRET)
    submission_ids = fields.One2many("ksef.submission", "session_id")

    # === FOR SUBMISSIONS === #

    @api.model
    def _for_sending(self, company):
        """Return an open session of a company, for one more invoice.

        :raises NotReady: while one is being opened
        """
        session = self._current(company)
        if not session:
            self._ask_alone_for(company)
            raise NotReady
        if session.state == "new":
            raise NotReady(session._shared_failure())
        return session

    @api.model
    def _current(self, company):
        return self.search(
            [
                ("company_id", "=", company.id),
                ("environment", "=", company.ksef_environment),
                ("kind", "=", "online"),
                "|",
                ("state", "=", "new"),
                "&",
                ("state", "=", "open"),
                ("valid_until", ">", fields.Datetime.now() + MARGIN),
            ],
            order="state desc, id desc",  # an open one before a new one
            limit=1,
        )

    @api.model
    def _ask_for(self, company):
        self.create(
            {
                "company_id": company.id,
                "environment": company.ksef_environment,
                "retry_at": fields.Datetime.now(),
            }
        )

    @api.model
    def _ask_alone_for(self, company):
        """Ask for a session, unless another worker does so at this very moment."""
        try:
            with self.env.cr.savepoint(), mute_logger("odoo.sql_db"):
                self._ask_for(company)
        except UniqueViolation:
            raise NotReady(retry_in=1) from None

    def _key(self):
        """The key that encrypts the invoices of this session."""
        return SessionKey.from_values(self.encryption_key, self.initialization_vector)

    def _shared_failure(self):
        return Failure(kind=self.failure_kind) if self.failure_kind else None

    # === STEPS === #

    def _from_new(self):
        client = self.env["ksef.login"]._current_client(self.company_id)
        key = SessionKey.generate()
        opened = client.open_online_session(key, now=self.env["ksef.gateway"]._now())
        encryption_key, vector = key.to_values()
        ending = opened.valid_until.replace(tzinfo=None, microsecond=0)
        values = {
            "reference_number": opened.reference_number,
            # Sessions live for twelve hours; a wrong clock of ours must not end a fresh one
            "valid_until": max(ending, fields.Datetime.now() + 2 * MARGIN),
            "encryption_key": encryption_key,
            "initialization_vector": vector,
        }
        return Decision(state="open", retry_in=IDLE, values=values)

    def _from_open(self):
        if self.valid_until <= fields.Datetime.now():
            return Decision(state="lost")
        if not self._is_idle():
            return Decision(state="open", retry_in=PATIENCE)
        return Decision(state="closing", retry_in=PATIENCE, then="_close")

    def _close(self):
        self.env["ksef.login"]._current_client(self.company_id).close_online_session(
            self.reference_number
        )
        return Decision(state="closed", values=self._without_key())

    def _from_closing(self):
        """Look whether a close without an answer worked; never close blindly."""
        client = self.env["ksef.login"]._current_client(self.company_id)
        status = client.session_status(self.reference_number).status
        if status.code == STATUS_OPEN:
            return self._close()
        return Decision(state="closed", values=self._without_key())

    def _on_error(self, error):
        if isinstance(error, errors.Unauthorized):
            self.env["ksef.login"]._current(self.company_id)._expire()
            return Decision(state=self.state, retry_in=1, failure=Failure.from_error(error))
        if not isinstance(error, errors.Refused):
            return super()._on_error(error)
        failure = Failure.from_error(error)
        if self.state == "new":
            return Decision(state="failed", failure=failure)
        return Decision(state="lost", values=self._without_key(), failure=failure)

    def _is_idle(self):
        """Whether no invoice was sent lately and none is on its way."""
        cut = fields.Datetime.now() - timedelta(seconds=IDLE)
        busy = ["|", ("state", "in", ("sending", "unknown")), ("sent_at", ">", cut)]
        domain = [("session_id", "=", self.id), *busy]
        return not self.env["ksef.submission"].search_count(domain, limit=1)

    def _without_key(self):
        return {"encryption_key": False, "initialization_vector": False}

    # === WHO WAITS === #

    def _on_applied(self, decision):
        if self.state == "open" and "reference_number" in decision.values:
            self._waiting()._wake()
        elif self.state == "failed":
            self._waiting()._halt(decision.failure)

    def _waiting(self):
        """Documents of this company that wait for a session."""
        return self.env["ksef.submission"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("state", "=", "queued"),
                ("retry_at", "!=", NEVER),
                *self.env["ksef.submission"]._outside_batches(),
            ]
        )
