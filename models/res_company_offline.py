from odoo import fields, models

from ..ksef.errors import UnusableKey
from . import words
from .failure import Failure


class ResCompany(models.Model):
    _inherit = "res.company"

    ksef_offline_obstacle = fields.Text(compute="_compute_ksef_offline_obstacle", compute_sudo=True)

    def _compute_ksef_offline_obstacle(self):
        for company in self:
            company.ksef_offline_obstacle = company._ksef_offline_obstacle()

    def _ksef_offline_obstacle(self):
        """Why this company cannot issue offline, for people; empty if it can."""
        certificate = self.sudo().ksef_offline_certificate_id
        if not certificate:
            return super()._ksef_offline_obstacle()
        try:
            self._ksef_offline_credential().check_for_links(now=self.env["ksef.gateway"]._now())
        except UnusableKey as error:
            reason = words.explain_failure(self.env, Failure.from_error(error))
            return self.env._(
                "%(company)s cannot issue offline, because its Offline certificate cannot sign: "
                "%(reason)s",
                company=self.name,
                reason=reason,
            )
        return ""

    def _ksef_may_issue_by_itself(self):
        """Whether the queue may issue offline: not in a total failure, which knows no codes."""
        return not self._ksef_is_in_total_failure() and not self._ksef_offline_obstacle()

    def _ksef_is_in_total_failure(self):
        announcement = self.env["ksef.announcement"].sudo()._running(self.ksef_environment)
        return announcement.mode == "total_failure"
