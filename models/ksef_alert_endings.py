"""Certificates and tokens that are about to end."""

from dataclasses import dataclass
from datetime import date

from odoo import api, fields, models

from .ksef_alert import Cause
from .words_certificates import ENDING_TEXTS

WARNING_DAYS = (1, 7, 14, 30)  # before the end; each is told anew


@dataclass(frozen=True, kw_only=True)
class Ending:
    """A credential and the last day on which it works. `label` is a field of the company."""

    label: str
    ends_on: date
    key: str

    def days_left(self, today):
        return (self.ends_on - today).days

    def stage(self, today):
        """The warning that is due: days before the end, 0 after it, None while it is far."""
        left = self.days_left(today)
        if left < 0:
            return 0
        return next((days for days in WARNING_DAYS if left <= days), None)


class KsefAlert(models.Model):
    _inherit = "ksef.alert"

    @api.model
    def _causes(self, company):
        return [*super()._causes(company), *self._ending_causes(company)]

    @api.model
    def _ending_causes(self, company):
        today = fields.Date.context_today(self)
        for ending in company.sudo()._ksef_endings():
            stage = ending.stage(today)
            if stage is not None:
                yield self._ending_cause(company, ending, stage)

    @api.model
    def _ending_cause(self, company, ending, stage):
        user, env = self._whom_to_tell(company)
        what = company._fields[ending.label]._description_string(env)
        title = (
            env._("%(what)s ends on %(date)s", what=what, date=ending.ends_on)
            if stage
            else env._("%(what)s has ended", what=what)
        )
        return Cause(
            key=f"ending:{ending.key}:{stage}",
            user=user,
            title=title,
            text=env._(ENDING_TEXTS[ending.label]),
            due_on=ending.ends_on,
        )


class ResCompany(models.Model):
    _inherit = "res.company"

    def _ksef_endings(self):
        """What this company uses and when it ends. Told, never enforced: KSeF decides."""
        for name in ("ksef_certificate_id", "ksef_offline_certificate_id"):
            certificate = self[name]
            is_idle = name == "ksef_certificate_id" and self.ksef_auth_method != "certificate"
            if certificate.date_end and not is_idle:
                ends_on = fields.Date.context_today(self, certificate.date_end)
                yield Ending(label=name, ends_on=ends_on, key=f"{name}:{certificate.id}")
        if self.ksef_auth_method == "token" and self.ksef_token and self.ksef_token_ends_on:
            ends_on = self.ksef_token_ends_on
            yield Ending(label="ksef_token", ends_on=ends_on, key=f"ksef_token:{ends_on}")
