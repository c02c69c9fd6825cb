from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..ksef.environment import is_loopback
from ..ksef.nip import clean_nip
from .ksef_queue import ENVIRONMENTS

ACCESS_FIELDS = {
    "ksef_is_enabled",
    "ksef_environment",
    "ksef_local_url",
    "ksef_auth_method",
    "ksef_token",
    "ksef_certificate_id",
    "vat",
}

UNUSED_FIELD = {"certificate": "ksef_token", "token": "ksef_certificate_id"}


class ResCompany(models.Model):
    _inherit = "res.company"

    ksef_is_enabled = fields.Boolean(
        string="Issue invoices in KSeF",
        help="Invoices of this company are sent to KSeF by this integration.",
    )
    ksef_environment = fields.Selection(
        ENVIRONMENTS, string="KSeF environment", default="test", required=True
    )
    ksef_local_url = fields.Char(
        string="Address of the simulator", help="For example http://127.0.0.1:8080"
    )
    ksef_auth_method = fields.Selection(
        [("certificate", "Certificate"), ("token", "Token")],
        string="Log in with",
        default="token",
        required=True,
    )
    ksef_token = fields.Char(
        string="KSeF token",
        copy=False,
        groups="base.group_system",
        help="The whole token, as KSeF showed it once when it was generated.",
    )
    ksef_start_on = fields.Date(
        string="Send invoices dated from",
        help="Earlier invoices are not shown as waiting to be sent.",
    )

    @api.constrains("ksef_local_url")
    def _check_ksef_local_url(self):
        for company in self.filtered("ksef_local_url"):
            if not is_loopback(company.ksef_local_url):
                raise ValidationError(
                    self.env._(
                        "The local simulator must run on this very machine: enter an address "
                        "like http://127.0.0.1:8080."
                    )
                )

    @api.constrains("ksef_environment")
    def _check_ksef_nothing_under_way(self):
        """A document is judged where it was sent, so the environment must not change meanwhile."""
        for company in self:
            if self.env["ksef.submission"].sudo().search_count(company._ksef_under_way(), limit=1):
                raise ValidationError(
                    self.env._(
                        "%(company)s has invoices on their way to KSeF. Change the environment "
                        "when they are done.",
                        company=company.name,
                    )
                )

    def _ksef_under_way(self):
        """Domain of the documents that were sent elsewhere and are not judged yet."""
        return [
            ("company_id", "=", self.id),
            ("environment", "not in", (False, self.ksef_environment)),
            ("state", "in", ("sending", "unknown", "sent")),
        ]

    def write(self, vals):
        """End the login when the access data change: the next step logs in anew."""
        if ("ksef_token" in vals) and isinstance(vals["ksef_token"], str):
            vals = {**vals, "ksef_token": vals["ksef_token"].strip()}
        if vals.get("ksef_is_enabled"):
            self.filtered(
                lambda company: not company.ksef_start_on
            ).ksef_start_on = fields.Date.context_today(self)
        result = super().write(vals)
        for company in self:
            if company._ksef_access_fields() & vals.keys():
                company._ksef_forget_login()
        return result

    @api.model
    def _ksef_enabled(self):
        """The companies that issue in KSeF by this integration."""
        return self.search([("ksef_is_enabled", "=", True)])

    def _ksef_access_fields(self):
        """The fields that the login depends on: not the token beside a certificate in use."""
        return ACCESS_FIELDS - {UNUSED_FIELD[self.ksef_auth_method]}

    def _ksef_forget_login(self):
        logins = self.env["ksef.login"].sudo()
        for login in logins.search([("company_id", "in", self.ids), ("state", "!=", "ended")]):
            login._end()
            login._tell_waiting()

    def _ksef_taxpayer(self):
        """The company that holds the NIP: for a branch without one the nearest above it."""
        return next((company for company in reversed(self.parent_ids) if company.vat), self)

    def _ksef_nip(self):
        """The NIP under which this company is known to KSeF; may be empty or wrong."""
        return clean_nip(self._ksef_taxpayer().vat or "")

    def action_ksef_test_connection(self):
        """Log in anew and show what KSeF says, step by step."""
        self.ensure_one()
        self.check_access("write")
        login = self.env["ksef.login"].sudo()._start(self)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Connection to KSeF"),
            "res_model": "ksef.login",
            "res_id": login.id,
            "views": [(self.env.ref("account_ksef.ksef_login_view_form").id, "form")],
            "target": "new",
        }
