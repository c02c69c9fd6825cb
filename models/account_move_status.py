from datetime import timezone

from odoo import api, fields, models
from odoo.tools import format_datetime, format_time
from odoo.tools.translate import LazyTranslate

from ..ksef.deadlines import Mode, deadline, polish_day
from .account_move import EMPLOYEES

_lt = LazyTranslate(__name__)

UNSENT = ("to_send", "sending", "rejected", "error")
POLISH_TIME = "Europe/Warsaw"

EXEMPTIONS = {
    "receipt": _lt("Not sent to KSeF, because a receipt is not an invoice."),
    "country": _lt(
        "Not sent to KSeF, because the company is taxed in another country than Poland."
    ),
    "excluded": _lt("Not sent to KSeF, because it is kept out by hand (tab KSeF)."),
    "before_start": _lt(
        "Not sent to KSeF, because it is dated before the company began to issue there."
    ),
    "small_seller": _lt("Not sent to KSeF, because the company uses the relief for small sellers."),
    "partner": _lt("Not sent to KSeF, because the customer is excluded from it."),
    "journal": _lt("Not sent to KSeF, because its journal is excluded from it."),
    "consumer": _lt(
        "Not sent to KSeF, because the buyer is a consumer (art. 106ga(2)(4) VAT Act)."
    ),
}
UNDER_WAY = {
    "sending": _lt("It is on its way; the number appears by itself."),
    "sent": _lt("KSeF is checking it; the number appears by itself."),
}
TO_DO = {
    "to_send": _lt("Send it with the button."),
    "rejected": _lt("Correct it and send it again."),
    "error": _lt("Correct what is named and send it again."),
}


class AccountMove(models.Model):
    """Where an invoice stands, for people: since when, what comes next, and by when."""

    _inherit = "account.move"

    ksef_due_at = fields.Datetime(
        string="Due in KSeF",
        compute="_compute_ksef_due_at",
        store=True,
        copy=False,
        index="btree_not_null",
        help="Until when the invoice must be sent. Empty when nothing is due.",
    )
    ksef_is_late = fields.Boolean(compute="_compute_ksef_is_late")
    ksef_status_line = fields.Char(
        compute="_compute_ksef_status_line", compute_sudo=True, groups=EMPLOYEES
    )

    @api.depends("ksef_state", "ksef_mode", "invoice_date")
    def _compute_ksef_due_at(self):
        for move in self:
            is_due = move.invoice_date and move.ksef_state in UNSENT
            due_at = is_due and move._ksef_deadline().due_at
            move.ksef_due_at = due_at and due_at.replace(tzinfo=None)

    def _ksef_deadline(self):
        """Until when this unsent invoice must be in KSeF.

        A usual one by the end of the day of its issue: what comes later, KSeF takes as issued
        offline (chapter 8.4 of the description of the KSeF API).
        """
        return deadline(Mode.ONLINE, self.invoice_date)

    @api.depends("ksef_due_at")
    def _compute_ksef_is_late(self):
        now = fields.Datetime.now()
        for move in self:
            move.ksef_is_late = bool(move.ksef_due_at and move.ksef_due_at < now)

    # === WORDS === #

    @api.depends("ksef_state", "ksef_exemption", "ksef_due_at")
    @api.depends_context("lang", "tz", "uid")
    def _compute_ksef_status_line(self):
        for move in self:
            parts = (move._ksef_say_since(), move._ksef_say_next(), move._ksef_say_due())
            move.ksef_status_line = " ".join(part for part in parts if part)

    def _ksef_say_since(self):
        submission = self._ksef_last_submission()
        since = submission.state_changed_at or self.ksef_waiting_since
        if not self.ksef_state or not since:
            return ""
        if self.ksef_state == "accepted":
            return self.env._("Number given %s.", self._ksef_format(submission.accepted_at))
        return self.env._("Since %s.", self._ksef_format(since))

    def _ksef_say_next(self):
        if not self.ksef_state:
            return self.env._(EXEMPTIONS[self.ksef_exemption]) if self.ksef_exemption else ""
        if self.ksef_state == "accepted":
            is_coming = self._ksef_last_submission()._is_receipt_coming()
            return self.env._("The receipt (UPO) follows by itself.") if is_coming else ""
        if self.ksef_state in UNDER_WAY:
            return self.env._(UNDER_WAY[self.ksef_state])
        if self._ksef_waits_for_login():
            return self.env._("It is sent by itself once the company can log in to KSeF.")
        goes_at = self._ksef_goes_at()
        if not goes_at:
            return self._ksef_ask(self.env._(TO_DO[self.ksef_state]))
        if goes_at <= fields.Datetime.now():
            return self.env._("It is sent by itself within minutes.")
        return self.env._("It is sent by itself at %s.", self._ksef_format(goes_at))

    def _ksef_waits_for_login(self):
        return self.ksef_state == "error" and self._ksef_last_submission().failure_kind == "login"

    def _ksef_ask(self, words):
        """What an accountant has to do; anybody else reads who does it."""
        return words if self._ksef_user_may_send() else self.env._("Accounting takes care of it.")

    def _ksef_say_due(self):
        if not self.ksef_due_at:
            return ""
        due = self._ksef_format(self.ksef_due_at)
        if self.ksef_is_late:
            return self.env._(
                "It was due by %s: KSeF will take it as issued offline, so do not delay.", due
            )
        return self.env._("Due by %s.", due)

    def _ksef_format(self, moment):
        """Write a moment in Polish time, as deadlines and schedules are; of today only the hour."""
        day, today = (
            polish_day(at.replace(tzinfo=timezone.utc)) for at in (moment, fields.Datetime.now())
        )
        if day == today:
            return format_time(self.env, moment, tz=POLISH_TIME, time_format="short")
        return format_datetime(self.env, moment, tz=POLISH_TIME, dt_format="short")
