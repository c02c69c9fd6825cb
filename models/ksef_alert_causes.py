"""What about the invoices and the connection of a company waits for a person."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.tools.translate import LazyTranslate

from .failure import AWAY_KINDS
from .ksef_alert import Cause

_lt = LazyTranslate(__name__)

LONG = timedelta(minutes=30)  # a lost answer is usually clarified within a minute
AWAY = timedelta(hours=1)
MOST_NAMED = 20  # invoices named in a text
TITLES = {"rejected": _lt("KSeF rejected: %s"), "error": _lt("Cannot be sent to KSeF: %s")}


class KsefAlert(models.Model):
    _inherit = "ksef.alert"

    @api.model
    def _causes(self, company):
        return [
            *super()._causes(company),
            *self._login_causes(company),
            *self._failure_causes(company),
            *self._waiting_causes(company),
        ]

    @api.model
    def _login_causes(self, company):
        """KSeF does not let the company in; its invoices wait until somebody mends it."""
        login = self.env["ksef.login"]._current(company)
        if login.state != "refused":
            return
        user, env = self._whom_to_tell(company)
        yield Cause(
            key="login",
            user=user,
            title=env._("%s cannot log in to KSeF", company.name),
            text=login.with_env(env).explanation or "",
        )

    # === REFUSED OR STOPPED === #

    @api.model
    def _failure_causes(self, company):
        """Invoices that KSeF rejected or that were stopped before, one cause for each code.

        Those that wait for the login belong to its cause.
        """
        moves = self.env["account.move"].search(
            [("company_id", "=", company.id), ("ksef_state", "in", ("rejected", "error"))],
            order="id",
        )
        for (state, kind, code, user), group in moves.grouped(self._failure_of).items():
            if kind != "login":
                key = f"{state}:{kind}:{code}:{user.id}"
                yield self._failure_cause(key, TITLES[state], user, group)

    @api.model
    def _failure_of(self, move):
        submission = move._ksef_last_submission()
        is_rejected = move.ksef_state == "rejected"
        kind = submission.failure_kind if is_rejected or submission else "problems"
        return move.ksef_state, kind, submission.failure_code, self._person_for(move)

    @api.model
    def _failure_cause(self, key, title, user, moves):
        env = moves.with_context(lang=user.lang).env
        heading = env._(title)
        texts = [
            f"{move.name}: {move.ksef_explanation or ''}"
            for move in moves.with_env(env)[:MOST_NAMED]
        ]
        return Cause(
            key=key,
            user=user,
            title=heading % self._name_moves(moves),
            text="\n\n".join(texts),
            moves=moves,
        )

    # === NO ANSWER FOR LONG === #

    @api.model
    def _waiting_causes(self, company):
        """Documents without a verdict for long, and those that KSeF cannot be reached for."""
        now = fields.Datetime.now()
        submissions = self.env["ksef.submission"]
        ours = [("company_id", "=", company.id)]
        unclear = submissions.search(
            [*ours, ("state", "=", "unknown"), ("state_changed_at", "<", now - LONG)]
        )
        unsent = [("state", "=", "queued"), ("queued_at", "<", now - AWAY)]
        away = submissions.search([*ours, *unsent, ("failure_kind", "in", AWAY_KINDS)])
        for user, moves in unclear.move_id.grouped(self._person_for).items():
            yield self._unclear_cause(user, moves)
        for user, moves in away.move_id.grouped(self._person_for).items():
            yield self._away_cause(user, moves)

    @api.model
    def _unclear_cause(self, user, moves):
        env = moves.with_context(lang=user.lang).env
        return Cause(
            key=f"unclear:{user.id}",
            user=user,
            title=env._("KSeF has not confirmed for long: %s", self._name_moves(moves)),
            text=env._(
                "The documents left, but no answer came back. KSeF is asked about them again and "
                "again, and nothing is sent twice. Do not issue them elsewhere. If it lasts until "
                "the end of the day, look for the invoices in the KSeF application."
            ),
            moves=moves,
        )

    @api.model
    def _away_cause(self, user, moves):
        env = moves.with_context(lang=user.lang).env
        return Cause(
            key=f"away:{user.id}",
            user=user,
            title=env._("KSeF cannot be reached"),
            text=env._(
                "For more than an hour these invoices could not be sent: %s. They go by "
                "themselves once KSeF answers. Look at the announcements of the ministry, and "
                "have your administrator check the network.",
                self._name_moves(moves),
            ),
            moves=moves,
        )

    # === SHARED === #

    @api.model
    def _person_for(self, move):
        return move.company_id._ksef_person_for(move.invoice_user_id)

    @api.model
    def _name_moves(self, moves):
        names = [move.name or "" for move in moves[:MOST_NAMED]]
        return ", ".join(names) + (" …" if len(moves) > MOST_NAMED else "")
