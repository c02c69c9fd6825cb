from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .schedule import LAST_CALL, Schedule

POLICIES = [
    ("manual", "By hand"),
    ("on_post", "At once, when posted"),
    ("scheduled", "By a schedule"),
]
# What a journal or a customer can say instead of the company
OWN_POLICIES = [*POLICIES, ("never", "Not at all")]
SHORTEST, LONGEST = 5, 720  # minutes between two moments of a schedule


class ResCompany(models.Model):
    """When the invoices of a company go to KSeF, and what happens when they cannot."""

    _inherit = "res.company"

    ksef_send_policy = fields.Selection(
        POLICIES, string="Send invoices", default="manual", required=True
    )
    ksef_send_rhythm = fields.Selection(
        [("interval", "Several times a day"), ("daily", "Once a day")],
        string="How often",
        default="interval",
        required=True,
        help="At 23:00 what was posted in the meantime is sent in any case, so that it gets to "
        "KSeF on the day of its issue.",
    )
    ksef_send_interval = fields.Integer(string="Every … minutes", default=30)
    ksef_send_hour = fields.Float(string="At", default=20.0, help="Polish time.")
    ksef_away_policy = fields.Selection(
        [("wait", "Wait until it is back"), ("offline", "Issue offline")],
        string="When KSeF is away",
        default="wait",
        required=True,
    )
    ksef_small_seller_until = fields.Date(
        string="Small seller until",
        help="A company that invoices no more than 10 000 PLN a month, VAT included, may issue "
        "outside KSeF until 31 December 2026. Invoices dated up to this day are not expected "
        "there. Empty: the relief is not used.",
    )
    ksef_warning_hours = fields.Integer(
        string="Warn … hours before",
        default=4,
        help="How long before its deadline an unsent invoice becomes an activity. "
        "The deadline of a usual invoice is the end of the day of its issue.",
    )

    @api.constrains("ksef_send_interval", "ksef_send_hour")
    def _check_ksef_schedule(self):
        for company in self:
            if not SHORTEST <= company.ksef_send_interval <= LONGEST:
                raise ValidationError(
                    self.env._(
                        "Invoices can be sent every %(shortest)s to %(longest)s minutes.",
                        shortest=SHORTEST,
                        longest=LONGEST,
                    )
                )
            if not 0 <= company.ksef_send_hour <= LAST_CALL.hour:
                raise ValidationError(
                    self.env._(
                        "Choose an hour between 0:00 and 23:00: what is sent after midnight "
                        "counts as issued offline."
                    )
                )

    @api.constrains("ksef_warning_hours")
    def _check_ksef_warning_hours(self):
        for company in self:
            if not 1 <= company.ksef_warning_hours <= 23:
                raise ValidationError(
                    self.env._("Warn between 1 and 23 hours before the deadline.")
                )

    @api.constrains("ksef_away_policy")
    def _check_ksef_away_policy(self):
        for company in self.filtered(lambda company: company.ksef_away_policy == "offline"):
            obstacle = company._ksef_offline_obstacle()
            if obstacle:
                raise ValidationError(obstacle)

    def _ksef_offline_obstacle(self):
        """Why this company cannot issue offline, for people; empty if it can."""
        if self.sudo().ksef_offline_certificate_id.is_valid:
            return ""
        return self.env._(
            "%(company)s cannot issue offline: such invoices bear a second code, which is signed "
            "with an Offline certificate (type 2), and none that is valid is loaded.",
            company=self.name,
        )

    def _ksef_schedule(self):
        is_daily = self.ksef_send_rhythm == "daily"
        minutes = round(self.ksef_send_hour * 60) if is_daily else self.ksef_send_interval
        return Schedule(minutes=minutes, is_daily=is_daily)
