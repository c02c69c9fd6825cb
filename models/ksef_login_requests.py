from odoo import models


class KsefLogin(models.Model):
    _inherit = "ksef.login"

    def _waiting(self):
        """Requests for certificates and tokens wait for the login as well."""
        yield from super()._waiting()
        waiting = [
            ("company_id", "=", self.company_id.id),
            ("state", "not in", ("done", "refused", "revoked")),
            "|",
            ("retry_at", "!=", False),
            ("failure_kind", "=", "login"),
        ]
        for name in ("ksef.enrollment", "ksef.token"):
            yield self.env[name].search(waiting)
