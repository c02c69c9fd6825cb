from odoo import fields, models
from odoo.exceptions import UserError

from ..ksef import errors
from ..ksef.codes import ExceptionCode
from .certificate_files import AUTHENTICATION, OFFLINE
from .failure import Failure
from .ksef_gateway import WAITED_FOR
from .ksef_queue import NotReady
from .words import explain_at_once


class ResCompany(models.Model):
    """What the company asks KSeF for: certificates and tokens."""

    _inherit = "res.company"

    ksef_token_ends_on = fields.Date(
        string="Tokens work until",
        default="2026-12-31",
        groups="base.group_system",
        help="By regulation tokens end on this day, and the ministry has announced to keep them "
        "longer. Only the reminder depends on it: a token is used as long as KSeF takes it.",
    )

    def action_ksef_enroll(self):
        """Apply for an authentication certificate, the first or the next one."""
        return self._ksef_enroll(AUTHENTICATION, self.env._("Authentication certificate"))

    def action_ksef_enroll_offline(self):
        """Apply for an Offline certificate, the first or the next one."""
        return self._ksef_enroll(OFFLINE, self.env._("Offline certificate"))

    def _ksef_enroll(self, scope, title):
        self._ksef_check_certificate_login()
        running = self.env["ksef.enrollment"].search(
            [
                ("company_id", "=", self.id),
                ("scope", "=", scope),
                ("state", "not in", ("done", "refused")),
            ],
            limit=1,
        )
        enrollment = running or self.env["ksef.enrollment"]._start(self, scope)
        return enrollment._open(title)

    def _ksef_check_certificate_login(self):
        """:raises UserError: for a company that logs in with a token, or not at all"""
        self.ensure_one()
        self.check_access("write")
        if not (self.ksef_auth_method == "certificate" and self.ksef_certificate_id):
            raise UserError(
                self.env._(
                    "KSeF makes certificates and tokens only for those who log in with a "
                    "certificate. Load one, or the company's qualified seal, first."
                )
            )

    def _ksef_generate_token(self, permissions, description, is_to_replace_old):
        """Have KSeF make a token, which goes into the settings by itself."""
        self._ksef_check_certificate_login()
        return self.env["ksef.token"]._start(self, permissions, description, is_to_replace_old)

    def _ksef_revoke_certificate(self, serial_number):
        """Have KSeF revoke a certificate; one that is revoked already is fine."""
        try:
            logins = self.env["ksef.login"].sudo().with_context(**{WAITED_FOR: True})
            client = logins._current_client(self)
            client.revoke_certificate(serial_number, "Superseded")
        except NotReady:
            raise UserError(
                self.env._("The company is not logged in to KSeF. Test the connection first.")
            ) from None
        except errors.KsefError as error:
            failure = Failure.from_error(error)
            if failure.code != ExceptionCode.CERTIFICATE_NOT_REVOCABLE:
                raise UserError(explain_at_once(self.env, failure)) from error

    def action_ksef_certificates(self):
        """Show the company's certificates for KSeF, those of the past as well."""
        self.ensure_one()
        self.check_access("write")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "account_ksef.ksef_certificate_action"
        )
        scopes = ("scope", "in", (AUTHENTICATION, OFFLINE))
        return {**action, "domain": [("company_id", "=", self.id), scopes]}

    def action_ksef_generate_token(self):
        """Open the window that asks what a new token shall be good for."""
        self._ksef_check_certificate_login()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Generate a KSeF token"),
            "res_model": "ksef.token.generate",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_company_id": self.id},
        }

    def action_ksef_tokens(self):
        """Show the company's tokens as KSeF knows them."""
        self.ensure_one()
        self.check_access("write")
        return self.env["ksef.token"]._open_list(self)
