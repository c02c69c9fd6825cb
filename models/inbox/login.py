from datetime import timedelta

from odoo import fields, models

from ..ksef_queue import PATIENCE

SOON = timedelta(seconds=PATIENCE)


class KsefLogin(models.Model):
    _inherit = "ksef.login"

    def _waiting(self):
        """The fetching waits for the login as well."""
        yield from super()._waiting()
        yield self.env["ksef.fetch"].search(
            [
                ("company_id", "=", self.company_id.id),
                "|",
                ("failure_kind", "=", "login"),
                ("retry_at", "<=", fields.Datetime.now() + SOON),
            ]
        )
