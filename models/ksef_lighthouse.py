"""How KSeF stands, as Latarnia shows it and as our own calls find it."""

from datetime import timedelta

from odoo import api, fields, models

from ..ksef import errors
from ..ksef.latarnia import Availability
from .cron_steps import run_each
from .ksef_alert_causes import AWAY_KINDS
from .ksef_queue import ENVIRONMENTS

MOST_OFFSET = timedelta(minutes=3)  # between our clock and that of KSeF, before it is told
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
    answered_at = fields.Datetime(string="Last answer", readonly=True)
    clock_offset = fields.Integer(
        readonly=True,
        help="Seconds by which the ministry's clock was ahead of ours when it last answered.",
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
        now = fields.Datetime.now()
        row.write({"availability": shown.availability.value, "checked_at": now})
        if shown.availability is not Availability.UNKNOWN:
            row._note_clock(client)
            row.answered_at = now
            self.env["ksef.announcement"]._take_over(
                environment, [*shown.announcements, *self._listed(client)]
            )

    def _note_clock(self, client):
        """Compare our clock with that of the ministry, which its answer just told."""
        if client.clock_offset is not None:
            self.clock_offset = round(client.clock_offset.total_seconds())

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


class ResCompany(models.Model):
    _inherit = "res.company"

    ksef_light = fields.Selection(
        [
            ("works", "KSeF works"),
            ("announced", "KSeF is away, as announced"),
            ("failure", "Failure of KSeF"),
            ("total_failure", "Total failure of KSeF"),
            ("unknown", "KSeF does not answer; nothing is announced"),
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
        announcements = self.env["ksef.announcement"]
        running = {
            environment: announcements._running(environment)
            for environment in set(self.mapped("ksef_environment"))
        }
        silent = self._ksef_without_answer()
        for company in self:
            announcement = running[company.ksef_environment]
            company.ksef_announcement_id = announcement
            if not company.ksef_is_enabled:
                company.ksef_light = False
            elif announcement:
                company.ksef_light = LIGHT_OF_MODE[announcement.mode]
            elif self.env["ksef.login"]._current(company).state == "refused":
                company.ksef_light = "refused"
            else:
                company.ksef_light = "unknown" if company in silent else "works"

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
