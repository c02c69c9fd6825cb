"""New documents in the inbox, told to the one responsible and to whom they were given."""

from odoo import api, fields, models

from .. import words
from ..failure import Failure
from ..ksef_alert import Cause
from .fetch import MOST_FAILURES


class KsefAlert(models.Model):
    _inherit = "ksef.alert"

    is_of_inbox = fields.Boolean(compute="_compute_is_of_inbox")

    @api.depends("key")
    def _compute_is_of_inbox(self):
        for alert in self:
            alert.is_of_inbox = alert.key.startswith("inbox:")

    @api.model
    def _causes(self, company):
        return [
            *super()._causes(company),
            *self._arrival_causes(company),
            *self._assignment_causes(company),
            *self._fetching_causes(company),
            *self._unreadable_causes(company),
        ]

    @api.model
    def _fetching_causes(self, company):
        """KSeF does not hand the documents out, and insisting does not help."""
        halted = (
            self.env["ksef.fetch"]._of(company).filtered(lambda row: row.failure_kind == "refused")
        )
        for row in halted[:1]:
            user, env = self._whom_to_tell(company)
            yield Cause(
                key=f"fetch:{row.failure_code}",
                user=user,
                title=env._("KSeF does not hand out the vendor bills of %s", company.name),
                text=row.with_env(env).explanation,
            )

    @api.model
    def _unreadable_causes(self, company):
        """Neither packages nor the list of one range can be read: what comes after it waits."""
        stuck = (
            self.env["ksef.fetch"]
            ._of(company)
            .filtered(lambda row: row.package_failures > MOST_FAILURES)
        )
        if stuck:
            user, env = self._whom_to_tell(company)
            yield Cause(
                key="fetch:unreadable",
                user=user,
                title=env._("KSeF does not hand out the vendor bills of %s", company.name),
                text=words.explain_failure(env, Failure(kind="bad_answer")),
            )

    @api.model
    def _arrival_causes(self, company):
        """What nobody has taken over: told once a day, not once a document."""
        waiting = self.env["ksef.inbox"].search(
            [("company_id", "=", company.id), ("state", "=", "new")], limit=1
        )
        if waiting:
            user = company._ksef_person_for()
            yield self._inbox_cause(company, user, [("state", "=", "new")], "new")

    @api.model
    def _assignment_causes(self, company):
        """What was given to somebody and is not decided yet."""
        groups = self.env["ksef.inbox"]._read_group(
            [("company_id", "=", company.id), ("state", "=", "assigned")], ["user_id"]
        )
        for [user] in groups:
            domain = [("state", "=", "assigned"), ("user_id", "=", user.id)]
            yield self._inbox_cause(company, user, domain, "assigned")

    @api.model
    def _inbox_cause(self, company, user, domain, kind):
        """One cause a day: who has seen today's documents hears of tomorrow's again."""
        inbox = self.env["ksef.inbox"]
        [(count, latest)] = inbox._read_group(
            [("company_id", "=", company.id), *domain], [], ["__count", "create_date:max"]
        )
        env = self.with_context(lang=user.lang).env
        titles = {
            "new": env._("New documents in the KSeF inbox: %s", count),
            "assigned": env._("Documents of the KSeF inbox assigned to you: %s", count),
        }
        return Cause(
            key=f"inbox:{kind}:{user.id}:{latest:%Y%m%d}",
            user=user,
            title=titles[kind],
            text=env._(
                "Open Vendors / KSeF / Inbox, look at each document, and make a bill of it, give "
                "it to a colleague, dispute it or mark it as not ours."
            ),
        )

    def action_ksef_open_inbox(self):
        """Show the inbox of the company of this alert."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("account_ksef.ksef_inbox_action")
        return {**action, "domain": [("company_id", "=", self.company_id.id)]}
