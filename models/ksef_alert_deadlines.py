"""Invoices whose deadline is near or over and that do not go by themselves in time."""

from datetime import timedelta

from odoo import api, fields, models

from .ksef_alert import Cause
from .ksef_alert_causes import LONG

SOON = timedelta(minutes=15)  # two runs of the cron that sends


class KsefAlert(models.Model):
    _inherit = "ksef.alert"

    @api.model
    def _causes(self, company):
        return [*super()._causes(company), *self._deadline_causes(company)]

    @api.model
    def _deadline_causes(self, company):
        limit = fields.Datetime.now() + timedelta(hours=company.ksef_warning_hours)
        due = self.env["account.move"].search(
            [("company_id", "=", company.id), ("ksef_due_at", "<=", limit)],
            order="ksef_due_at, id",
        )
        needy = due.filtered(lambda move: not self._is_taken_care_of(move))
        for (is_late, user, *_kind), moves in needy.grouped(self._deadline_group).items():
            yield self._late_cause(user, moves) if is_late else self._near_cause(user, moves)

    @api.model
    def _is_taken_care_of(self, move):
        """Whether it leaves in time by itself, or is leaving right now."""
        now = fields.Datetime.now()
        if move.ksef_state == "sending":
            return move._ksef_last_submission().queued_at > now - LONG
        goes_at = move._ksef_goes_at()
        return bool(goes_at) and goes_at <= max(move.ksef_due_at, now + SOON)

    @api.model
    def _deadline_group(self, move):
        """Which invoices are told of together."""
        return move.ksef_is_late, self._person_for(move)

    @api.model
    def _near_cause(self, user, moves):
        env = moves.with_context(lang=user.lang).env
        due_at = moves[0].ksef_due_at
        return Cause(
            key=f"deadline:{due_at:%Y%m%d}:{user.id}",
            user=user,
            title=env._("Not in KSeF yet: %s", self._name_moves(moves)),
            text=env._(
                "These invoices have to be sent by %s. What KSeF gets after its day it takes as "
                "issued offline, with duties that follow from it. Send them, or correct what "
                "keeps them.",
                moves.with_env(env)[0]._ksef_format(due_at),
            ),
            moves=moves,
            due_on=moves[0].invoice_date,
        )

    @api.model
    def _late_cause(self, user, moves):
        env = moves.with_context(lang=user.lang).env
        return Cause(
            key=f"late:{user.id}",
            user=user,
            title=env._("Late for KSeF: %s", self._name_moves(moves)),
            text=env._(
                "The time for sending these invoices is over. Send them without delay: KSeF takes "
                "them, as issued offline, and a later day makes it worse."
            ),
            moves=moves,
        )
