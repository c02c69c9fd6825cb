from odoo import api, fields, models
from odoo.exceptions import UserError

from ..ksef import errors
from ..ksef.tokens import token_reference
from . import words
from .failure import Failure
from .ksef_gateway import WAITED_FOR
from .ksef_queue import Decision, NotReady
from .ksef_request import STALE

SECRET = "base.group_system"
STATE_OF_STATUS = {
    "Pending": "sent",
    "Active": "done",
    "Revoking": "revoking",
    "Revoked": "revoked",
    "Failed": "refused",
}


class KsefToken(models.Model):
    """A token of a company: generated from here, or found in KSeF.

    One that is generated here goes into the settings of the company by itself, unseen. KSeF
    shows it once only: if that answer is lost, the token is revoked and another one is made.
    """

    _name = "ksef.token"
    _inherit = ["ksef.request"]
    _description = "KSeF token"

    _transitions = {
        "new": {"sending", "refused"},
        "sending": {"sent", "unknown", "new", "refused"},
        "unknown": {"new", "refused"},
        "sent": {"done", "refused", "revoking"},
        "done": {"revoking", "revoked"},
        "revoking": {"revoked", "done"},
        "revoked": set(),
        "refused": set(),
    }
    _retry_idx = models.Index("(retry_at) WHERE retry_at IS NOT NULL")
    _reference_idx = models.UniqueIndex(
        "(company_id, environment, reference_number) WHERE reference_number IS NOT NULL",
        "This token is listed already.",
    )

    state = fields.Selection(
        selection_add=[
            ("done", "Active"),
            ("revoking", "Being revoked"),
            ("revoked", "Revoked"),
        ],
        ondelete={"done": "cascade", "revoking": "cascade", "revoked": "cascade"},
    )
    name = fields.Char(string="Description", required=True, readonly=True)
    permissions = fields.Char(required=True, readonly=True)
    permission_names = fields.Char(string="It may", compute="_compute_permission_names")
    reference_number = fields.Char(readonly=True)
    secret = fields.Char(readonly=True, groups=SECRET, copy=False)
    generated_at = fields.Datetime(readonly=True)
    used_at = fields.Datetime(string="Last used", readonly=True)
    is_in_use = fields.Boolean(
        string="In the settings",
        compute="_compute_is_in_use",
        compute_sudo=True,
        help="The company logs in with it, or can do so.",
    )
    is_to_replace_old = fields.Boolean(readonly=True)

    @api.depends("permissions")
    @api.depends_context("lang")
    def _compute_permission_names(self):
        for token in self:
            token.permission_names = words.name_permissions(
                self.env, token.permissions.split(", ") if token.permissions else []
            )

    @api.depends("reference_number", "company_id.ksef_token")
    def _compute_is_in_use(self):
        for token in self:
            reference = token_reference(token.company_id.ksef_token or "")
            token.is_in_use = bool(reference) and token.reference_number == reference

    @api.depends("state")
    def _compute_is_running(self):
        for token in self:
            token.is_running = token.state in ("new", "sending", "unknown", "sent", "revoking")

    # === GENERATING === #

    @api.model
    def _start(self, company, permissions, description, is_to_replace_old):
        """Have a token generated; needs a login with a certificate."""
        token = self.sudo().create(
            {
                "company_id": company.id,
                "environment": company.ksef_environment,
                "permissions": ", ".join(permissions),
                "name": description,
                "is_to_replace_old": is_to_replace_old,
                "retry_at": fields.Datetime.now(),
            }
        )
        token.name = f"{description} {token.id}"  # its own, to be found by after a lost answer
        return token

    def _from_new(self):
        self._client()  # without a login there is nothing to write down yet
        return Decision(state="sending", retry_in=STALE, then="_send")

    def _send(self):
        generated = self._client().generate_token(self.permissions.split(", "), self.name)
        values = {
            "reference_number": generated.reference_number,
            "secret": generated.token,
            "generated_at": fields.Datetime.now(),
        }
        return Decision(state="sent", retry_in=1, values=values)

    def _from_unknown(self):
        """Revoke what was made without our learning its secret, and begin anew."""
        client = self._client()
        for token in client.list_tokens():
            if token.description == self.name and token.status in ("Pending", "Active"):
                client.revoke_token(token.reference_number)
        return Decision(state="new", retry_in=1)

    def _from_sent(self):
        status = self._client().token_status(self.reference_number)
        state = STATE_OF_STATUS[status.status]
        if state == "refused":
            details = tuple(status.status_details)
            return Decision(state=state, failure=Failure(kind="token_failed", details=details))
        return Decision(state=state, retry_in=self._retry_in() if state == "sent" else False)

    def _on_applied(self, decision):
        if self.state == "done" and self.secret:
            self._use()
        elif self.state == "refused":
            self.secret = False

    def _use(self):
        """Put the token into the settings of the company and revoke the one before, if asked."""
        company = self.company_id
        old = self.search(
            [
                ("company_id", "=", company.id),
                ("reference_number", "=", token_reference(company.ksef_token or "")),
                ("state", "=", "done"),
                ("id", "!=", self.id),
            ]
        )
        company.ksef_token = self.secret
        self.secret = False
        if self.is_to_replace_old:
            old._move_to("revoking", retry_at=fields.Datetime.now())

    # === REVOKING === #

    def _from_revoking(self):
        """See how it stands; KSeF is told as long as the token is active there."""
        client = self._client()
        status = client.token_status(self.reference_number).status
        if STATE_OF_STATUS[status] in ("done", "sent"):
            client.revoke_token(self.reference_number)
        if status in ("Revoked", "Failed"):
            return Decision(state="revoked")
        return Decision(state="revoking", retry_in=self._retry_in())

    def _on_error(self, error):
        if self.state == "revoking" and isinstance(error, errors.Refused):
            return Decision(state="done", failure=Failure.from_error(error))
        return super()._on_error(error)

    def action_revoke(self):
        """Revoke tokens for good."""
        self.check_access("read")
        for token in self.sudo():
            if token.is_in_use and token.company_id.ksef_auth_method == "token":
                raise UserError(
                    self.env._(
                        "%(company)s logs in with this token. Move to a certificate or generate "
                        "another token first.",
                        company=token.company_id.name,
                    )
                )
        tokens = self.sudo().filtered(lambda token: token.state == "done")
        tokens._move_to("revoking", retry_at=fields.Datetime.now())

    # === WHAT KSEF KNOWS === #

    @api.model
    def _fetch(self, company):
        """Bring the list in line with KSeF; a login with a token sees only itself.

        :raises NotReady: without a login
        """
        client = self.env["ksef.login"]._current_client(company)
        known = self.search(
            [("company_id", "=", company.id), ("environment", "=", company.ksef_environment)]
        ).grouped("reference_number")
        for listed in client.list_tokens():
            if listed.reference_number in known:
                known[listed.reference_number]._note(listed)
            else:
                self._adopt(company, listed)

    @api.model
    def _adopt(self, company, listed):
        self.create(
            {
                "company_id": company.id,
                "environment": company.ksef_environment,
                "reference_number": listed.reference_number,
                "state": STATE_OF_STATUS[listed.status],
                "name": listed.description,
                "permissions": ", ".join(listed.requested_permissions),
                **_moments(listed),
            }
        )

    def _note(self, listed):
        """Take over what KSeF says about a token, but for one that is under way here."""
        state = STATE_OF_STATUS[listed.status]
        if not self.retry_at and state in self._transitions[self.state]:
            self._move_to(state)
        self.write(_moments(listed))

    @api.model
    def _open_list(self, company):
        """Return the list of the company's tokens, or without a login the window to log in."""
        try:
            self.sudo().with_context(**{WAITED_FOR: True})._fetch(company)
        except NotReady:
            return company.action_ksef_test_connection()
        except errors.KsefError as error:
            raise UserError(words.explain_at_once(self.env, Failure.from_error(error))) from error
        action = self.env["ir.actions.act_window"]._for_xml_id("account_ksef.ksef_token_action")
        return {**action, "domain": [("company_id", "=", company.id)]}


def _moments(listed):
    used_at = listed.used_at and listed.used_at.replace(tzinfo=None, microsecond=0)
    return {
        "generated_at": listed.created_at.replace(tzinfo=None, microsecond=0),
        "used_at": used_at or False,
    }
