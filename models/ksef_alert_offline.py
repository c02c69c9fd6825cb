"""What issuing offline needs a person for: deadlines, a certificate that lacks, a wrong clock."""

from dataclasses import replace

from odoo import api, models

from .account_move_offline import OFFLINE
from .ksef_alert import Cause
from .ksef_lighthouse import MOST_OFFSET


class KsefAlert(models.Model):
    _inherit = "ksef.alert"

    @api.model
    def _causes(self, company):
        return [
            *super()._causes(company),
            *self._certificate_causes(company),
            *self._clock_causes(company),
        ]

    # === DEADLINES === #

    @api.model
    def _deadline_group(self, move):
        """Those issued offline are told apart: their deadline is another, and graver."""
        return (*super()._deadline_group(move), move.ksef_mode in OFFLINE)

    @api.model
    def _near_cause(self, user, moves):
        cause = super()._near_cause(user, moves)
        if moves[0].ksef_mode not in OFFLINE:
            return cause
        due_at = moves[0].ksef_due_at
        told = moves.with_context(lang=user.lang)
        return replace(
            cause,
            key=f"offline:{cause.key}",
            title=told.env._("Issued offline, not in KSeF yet: %s", self._name_moves(moves)),
            text=told.env._(
                "These invoices were issued offline and have to be in KSeF by %s. They go by "
                "themselves once KSeF takes them. See what keeps them, while there is time.",
                told[0]._ksef_format(due_at),
            ),
            due_on=due_at.date(),
        )

    @api.model
    def _late_cause(self, user, moves):
        cause = super()._late_cause(user, moves)
        if moves[0].ksef_mode not in OFFLINE:
            return cause
        env = moves.with_context(lang=user.lang).env
        return replace(
            cause,
            key=f"offline:{cause.key}",
            title=env._("TOO LATE for KSeF, issued offline: %s", self._name_moves(moves)),
            text=env._(
                "The law's deadline for sending these invoices has passed. KSeF still takes them: "
                "see what keeps them and have them sent today. Late sending may be fined from "
                "2027 on."
            ),
        )

    # === BEFORE IT IS NEEDED === #

    @api.model
    def _certificate_causes(self, company):
        """An Offline certificate is applied for while KSeF works, not when it is needed."""
        if not company._ksef_lacks_offline_certificate():
            return
        user, env = self._whom_to_tell(company)
        yield Cause(
            key="offline_certificate",
            user=user,
            title=env._("%s has no Offline certificate", company.name),
            text=env._(
                "Without it no invoice can be issued while KSeF is away, and KSeF gives it out "
                "only while it works. An administrator applies for it with one click in Settings / "
                "Invoicing / KSeF, or loads one there."
            ),
        )

    @api.model
    def _clock_causes(self, company):
        lighthouse = self.env["ksef.lighthouse"]._of(company.ksef_environment)
        if abs(lighthouse.clock_offset) <= MOST_OFFSET.total_seconds():
            return
        user, env = self._whom_to_tell(company)
        yield Cause(
            key="clock",
            user=user,
            title=env._("The clock of this server is wrong"),
            text=env._(
                "It differs from the clock of KSeF by %s minutes. Invoices may get the wrong day, "
                "logins may fail, and deadlines are counted wrongly. Ask your administrator to "
                "set the clock of the server.",
                round(abs(lighthouse.clock_offset) / 60),
            ),
        )


class ResCompany(models.Model):
    _inherit = "res.company"

    def _ksef_lacks_offline_certificate(self):
        """Whether this company may need a certificate of type 2 and has none.

        Anybody who issues in earnest may; elsewhere, whoever wants to issue offline, or is told
        that KSeF will be away.
        """
        company = self.sudo()
        if not company.ksef_is_enabled or company.ksef_offline_certificate_id:
            return False
        announced = [
            ("environment", "=", company.ksef_environment),
            ("is_counted", "=", True),
            ("state", "in", ["coming", "running"]),
        ]
        return bool(
            company.ksef_environment == "production"
            or company.ksef_away_policy == "offline"
            or self.env["ksef.announcement"].sudo().search_count(announced, limit=1)
        )
