"""How KSeF stands, as Latarnia shows it and as our own calls find it."""

from datetime import timedelta

from odoo import api, fields, models

from ..ksef import errors
from ..ksef.latarnia import Availability
from .cron_steps import run_alone, run_each
from .failure import AWAY_KINDS
from .ksef_queue import ENVIRONMENTS

MOST_OFFSET = timedelta(minutes=3)  # between our clock and that of KSeF, before it is told
JITTER = 30  # seconds: the way of an answer takes some, too
HEARD = timedelta(minutes=30)  # after the last answer, how KSeF stands is not known any more
FRESH = timedelta(minutes=1)  # answers that follow so soon need not be noted
LIGHT_OF_MODE = {
    "unavailability": "announced",
    "emergency": "failure",
    "total_failure": "total_failure",
}


class KsefLighthouse(models.Model):
    """One row for each environment that a company of this database uses."""

    _name = "ksef.lighthouse"
    _description = "State of KSeF"
    _rec_name = "environment"

    _environment_idx = models.UniqueIndex("(environment)", "There is one row per environment.")

    environment = fields.Selection(ENVIRONMENTS, required=True, readonly=True)
    availability = fields.Selection(
        [
            ("AVAILABLE", "Works"),
            ("MAINTENANCE", "Away as announced"),
            ("FAILURE", "Failure"),
            ("TOTAL_FAILURE", "Total failure"),
            ("UNKNOWN", "Unknown"),
        ],
        required=True,
        readonly=True,
        default="UNKNOWN",
    )
    checked_at = fields.Datetime(string="Asked", readonly=True)
    answered_at = fields.Datetime(
        string="Last answer", readonly=True, help="Of Latarnia, or of KSeF to a call of ours."
    )
    clock_offset = fields.Integer(
        readonly=True,
        help="Seconds by which the ministry's clock is ahead of ours, as its answers tell.",
    )

    @api.model
    def _cron_look(self):
        """Ask Latarnia about every environment in use; no answer means unknown, not failure."""
        groups = self.env["res.company"]._ksef_enabled().grouped("ksef_environment")
        run_each(self._look, [companies[0] for companies in groups.values()])

    @api.model
    def _look(self, company):
        """Ask about the environment of a company."""
        environment = company.ksef_environment
        client = self.env["ksef.gateway"]._client(company)
        shown = client.system_state()
        row = self._of(environment)
        row.write({"availability": shown.availability.value, "checked_at": fields.Datetime.now()})
        if shown.availability is not Availability.UNKNOWN:
            row._note_answer(client.clock_offset)
            self.env["ksef.announcement"]._take_over(
                environment, [*shown.announcements, *self._listed(client)]
            )

    def _note_answer(self, offset):
        """Note that there was an answer, and how far the clock of who gave it is ahead of ours."""
        now = fields.Datetime.now()
        if not self.answered_at or now - self.answered_at > FRESH:
            self.answered_at = now
        self._note_clock(offset)

    def _note_clock(self, offset):
        """Note how far a clock of the ministry is ahead of ours, if that is news."""
        seconds = round(offset.total_seconds()) if offset is not None else self.clock_offset
        if abs(seconds - self.clock_offset) > JITTER:
            self.clock_offset = seconds

    @api.model
    def _note_answers(self, offsets):
        """Note it of every KSeF that answered: `{environment: timedelta}`."""
        for environment, offset in offsets.items():
            row = self.search([("environment", "=", environment)]).try_lock_for_update()
            if row:
                row._note_answer(offset)

    @api.model
    def _listed(self, client):
        """All messages that Latarnia keeps; ended failures are told here only."""
        try:
            return client.announcements()
        except errors.KsefError:
            return ()

    @api.model
    def _of(self, environment):
        row = self.search([("environment", "=", environment)])
        return row or self.create({"environment": environment})


class KsefQueue(models.AbstractModel):
    _inherit = "ksef.queue"

    @api.model
    def _cron_process(self):
        """Every answer of KSeF tells the time: see to it that ours is the same."""
        result = super()._cron_process()
        self.env["ir.cron"]._commit_progress()
        offsets = self.env["ksef.gateway"]._clock_offsets()
        run_alone(self.env["ksef.lighthouse"]._note_answers, offsets)
        return result


class ResCompany(models.Model):
    _inherit = "res.company"

    ksef_light = fields.Selection(
        [
            ("works", "KSeF works"),
            ("announced", "KSeF is away, as announced"),
            ("failure", "Failure of KSeF"),
            ("total_failure", "Total failure of KSeF"),
            ("unknown", "KSeF does not answer; nothing is announced"),
            ("unheard", "State of KSeF unknown"),
            ("refused", "KSeF does not let us in"),
        ],
        string="Connection to KSeF",
        compute="_compute_ksef_light",
        compute_sudo=True,
    )
    ksef_announcement_id = fields.Many2one(
        "ksef.announcement", string="Announcement", compute="_compute_ksef_light", compute_sudo=True
    )

    def _compute_ksef_light(self):
        running = self._ksef_running_announcements()
        unanswered, heard = self._ksef_without_answer(), self._ksef_heard()
        for company in self:
            announcement = running[company.ksef_environment]
            company.ksef_announcement_id = announcement
            if not company.ksef_is_enabled:
                company.ksef_light = False
            elif announcement:
                company.ksef_light = LIGHT_OF_MODE[announcement.mode]
            elif self.env["ksef.login"]._current(company).state == "refused":
                company.ksef_light = "refused"
            elif company in unanswered:
                company.ksef_light = "unknown"
            else:
                company.ksef_light = "works" if company in heard else "unheard"

    def _ksef_running_announcements(self):
        """Return `{environment: announcement}` of what holds now; it may be empty."""
        announcements = self.env["ksef.announcement"]
        environments = set(self.mapped("ksef_environment"))
        return {environment: announcements._running(environment) for environment in environments}

    def _ksef_heard(self):
        """Companies whose KSeF, or Latarnia in its place, answered lately."""
        lately = [("answered_at", ">", fields.Datetime.now() - HEARD)]
        environments = self.env["ksef.lighthouse"].search(lately).mapped("environment")
        return self.filtered(lambda company: company.ksef_environment in environments)

    def _ksef_answered_at(self):
        """When KSeF was last heard of (naive UTC); False if never."""
        environment = [("environment", "=", self.ksef_environment)]
        return self.env["ksef.lighthouse"].sudo().search(environment).answered_at

    def write(self, vals):
        """A company that joins in is told at once how KSeF stands."""
        if vals.get("ksef_is_enabled"):
            self.env.ref("account_ksef.ir_cron_look").sudo()._trigger()
        return super().write(vals)

    def _ksef_without_answer(self):
        """Companies that one of our own calls gets no answer for right now."""
        companies = self.browse()
        for name in ("ksef.login", "ksef.session", "ksef.submission"):
            domain = [
                ("company_id", "in", self.ids),
                ("failure_kind", "in", AWAY_KINDS),
                ("retry_at", "!=", False),
            ]
            groups = self.env[name]._read_group(domain, ["company_id"])
            companies |= self.browse(company.id for (company,) in groups)
        return companies
