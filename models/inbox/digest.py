"""The daily e-mail about what has come."""

from datetime import timedelta

from odoo import api, fields, models

MOST_LISTED = 20


class ResCompany(models.Model):
    _inherit = "res.company"

    @api.model
    def _cron_ksef_digest(self):
        """Write to whoever wants it about the documents of the last day; of none, nothing."""
        template = self.env.ref("account_ksef.mail_template_inbox_digest")
        for company in self.search([("ksef_digest_user_ids", "!=", False)]):
            if company._ksef_digest_rows():
                for user in company.ksef_digest_user_ids.filtered("email"):
                    template.with_context(lang=user.lang, ksef_reader=user.name).send_mail(
                        company.id, email_values={"email_to": user.email_formatted}
                    )

    def _ksef_digest_rows(self):
        """Documents of the last day that nobody has booked, the newest first."""
        since = fields.Datetime.now() - timedelta(days=1)
        return self.env["ksef.inbox"].search(
            [
                ("company_id", "=", self.id),
                ("create_date", ">=", since),
                ("state", "in", ("new", "assigned", "approved")),
            ]
        )

    def _ksef_digest_shown(self):
        return self._ksef_digest_rows()[:MOST_LISTED]

    def _ksef_inbox_url(self):
        return f"{self.get_base_url()}/odoo/ksef-inbox"
