import logging
import re
from datetime import timedelta, timezone

from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.tools import mute_logger

from ..ksef import errors
from ..ksef.codes import Outcome
from ..ksef.messages import AuthenticationStarted, Token
from ..ksef.nip import is_valid_nip
from ..ksef.tokens import token_reference
from ..ksef.xades import identification_of
from . import words
from .failure import Failure
from .ksef_gateway import WAITED_FOR
from .ksef_queue import ENVIRONMENTS, NEVER, Decision, NotReady

_logger = logging.getLogger(__name__)

EARLY = timedelta(seconds=60)  # an access token is renewed this long before it ends
SHORTEST = timedelta(minutes=5)
SECRET = "base.group_system"
# reference number | context | secret: the context may be a unit of the taxpayer (NIP-ddddd)
TOKEN_OWNER = re.compile(r"^[^|]+\|(?:nip|internalId)-(\d{10})(?:-\d{5})?\|[^|]+$", re.IGNORECASE)


class KsefLogin(models.Model):
    """One authentication of a company: from the challenge to the tokens and their end.

    new -> pending -> active -> ended; new and pending -> refused. A refused login is not
    repeated by itself: KSeF blocks those who insist.
    """

    _name = "ksef.login"
    _inherit = ["ksef.queue"]
    _description = "KSeF login"

    _transitions = {
        "new": {"pending", "refused", "ended"},
        "pending": {"active", "refused", "new", "ended"},
        "active": {"ended"},
        "ended": set(),
        "refused": {"ended"},
    }
    _retry_idx = models.Index("(retry_at) WHERE retry_at IS NOT NULL")
    _connection_idx = models.Index("(connection) WHERE connection > 0")
    _one_at_a_time_idx = models.UniqueIndex(
        "(company_id, environment) WHERE state != 'ended'",
        "This company is logging in to KSeF already.",
    )

    state = fields.Selection(
        [
            ("new", "Starting"),
            ("pending", "Being checked by KSeF"),
            ("active", "Logged in"),
            ("ended", "Ended"),
            ("refused", "Refused"),
        ],
        default="new",
        required=True,
        readonly=True,
    )
    environment = fields.Selection(ENVIRONMENTS, readonly=True)
    method = fields.Selection(
        [("token", "Token"), ("certificate", "Certificate")],
        string="With",
        default="token",
        readonly=True,
    )
    permissions = fields.Char(readonly=True, help="What KSeF lets this login do, in its own words.")
    permission_names = fields.Char(string="It may", compute="_compute_permission_names")
    reference_number = fields.Char(readonly=True)
    authentication_token = fields.Char(readonly=True, groups=SECRET)
    authentication_valid_until = fields.Datetime(readonly=True)
    access_token = fields.Char(readonly=True, groups=SECRET)
    access_valid_until = fields.Datetime(readonly=True)
    refresh_token = fields.Char(readonly=True, groups=SECRET)
    refresh_valid_until = fields.Datetime(readonly=True)

    is_running = fields.Boolean(compute="_compute_is_running")

    @api.depends("state")
    def _compute_is_running(self):
        for login in self:
            login.is_running = login.state in ("new", "pending")

    @api.depends("permissions")
    @api.depends_context("lang")
    def _compute_permission_names(self):
        for login in self:
            names = login.permissions.split(", ") if login.permissions else []
            login.permission_names = words.name_permissions(self.env, names)

    # === FOR THE OTHER QUEUES === #

    @api.model
    def _current_client(self, company):
        """Return a logged-in client of a company.

        :raises NotReady: when the login is still under way; its end wakes who waits for it
        """
        login = self._current(company) or self._start_alone(company)
        if login.state == "refused":
            raise NotReady(Failure(kind="login"), retry_in=NEVER)
        if not login._is_usable():
            login._renew()
            raise NotReady(login._shared_failure())
        return self.env["ksef.gateway"]._client(company, access_token=login.access_token)

    @api.model
    def _current(self, company):
        """The last login of a company that has not ended."""
        domain = [("company_id", "=", company.id), ("state", "!=", "ended")]
        return self.search(domain, limit=1)

    @api.model
    def _start(self, company):
        """Ask for a new login with the access data that the company has now."""
        self.search([("company_id", "=", company.id), ("state", "!=", "ended")])._end()
        return self.create(
            {
                "company_id": company.id,
                "environment": company.ksef_environment,
                "method": company.ksef_auth_method,
                "retry_at": fields.Datetime.now(),
            }
        )

    @api.model
    def _start_alone(self, company):
        """Ask for a new login, unless another worker does so at this very moment.

        :raises NotReady: if one does
        """
        try:
            with self.env.cr.savepoint(), mute_logger("odoo.sql_db"):
                return self._start(company)
        except UniqueViolation:
            raise NotReady(retry_in=1) from None

    def _end(self):
        """Forget the secrets of logins that are not to be used any more."""
        self._move_to(
            "ended",
            retry_at=False,
            authentication_token=False,
            access_token=False,
            refresh_token=False,
        )
        self.flush_recordset()  # before another one is made: there is one at a time

    def _is_usable(self):
        return self.state == "active" and self.access_valid_until > fields.Datetime.now() + EARLY

    def _renew(self):
        """Have the access token renewed, unless the login is under way already."""
        if self.state == "active" and not self.retry_at:
            self._wake()

    def _expire(self):
        """Note that KSeF does not take the access token any more."""
        self._try_lock().filtered(lambda login: login.state == "active").write(
            {"access_valid_until": fields.Datetime.now(), "retry_at": fields.Datetime.now()}
        )

    def _shared_failure(self):
        return Failure(kind=self.failure_kind) if self.failure_kind in SHARED_KINDS else None

    # === STEPS === #

    def _from_new(self):
        fault = self._find_fault()
        if fault:
            return Decision(state="refused", failure=fault)
        started = getattr(self, f"_authenticate_with_{self.method}")()
        values = {
            "reference_number": started.reference_number,
            "authentication_token": started.authentication_token.value,
            "authentication_valid_until": _validity(started.authentication_token),
        }
        return Decision(state="pending", retry_in=1, values=values)

    def _authenticate_with_token(self):
        gateway, company = self.env["ksef.gateway"], self.company_id
        return gateway._client(company).authenticate_with_token(
            company.ksef_token, gateway._context(company), now=gateway._now()
        )

    def _authenticate_with_certificate(self):
        gateway, company = self.env["ksef.gateway"], self.company_id
        credential = company._ksef_login_credential()
        return gateway._client(company).authenticate_with_certificate(
            credential,
            gateway._context(company),
            identification=identification_of(credential.holder),
            now=gateway._now(),
        )

    def _find_fault(self):
        """See what is wrong with the access data before KSeF counts a failed login."""
        company, nip = self.company_id, self.company_id._ksef_nip()
        if company.ksef_environment == "local" and not company.ksef_local_url:
            return Failure(kind="no_address")
        if not is_valid_nip(nip):
            return Failure(kind="bad_nip", details=(nip,) if nip else ())
        if self.method == "certificate":
            return None if company.ksef_certificate_id else Failure(kind="no_certificate")
        return _find_token_fault(company.ksef_token or "", nip)

    @api.model
    def _token_owner(self, company):
        """The NIP that the token of a company is for; empty if that cannot be told from it."""
        is_used = company.ksef_auth_method == "token"
        owner = TOKEN_OWNER.search(company.sudo().ksef_token or "") if is_used else None
        return owner[1] if owner else ""

    def _from_pending(self):
        answer = (
            self.env["ksef.gateway"]._client(self.company_id).authentication_status(self._started())
        )
        if answer.outcome is Outcome.ACCEPTED:
            return self._redeem()
        failure = Failure.from_status(answer.status, "authentication")
        if answer.outcome is Outcome.REFUSED:
            return Decision(state="refused", failure=failure)
        if answer.outcome is Outcome.AGAIN:
            return Decision(state="new", retry_in=self._retry_in(), failure=failure)
        return Decision(state="pending", retry_in=self._retry_in())

    def _redeem(self):
        """Take the tokens; KSeF hands them out once, so a lost answer means a new login."""
        client = self.env["ksef.gateway"]._client(self.company_id)
        try:
            pair = client.redeem(self.authentication_token)
        except errors.KsefError as error:
            return Decision(
                state="new", retry_in=self._retry_in(), failure=Failure.from_error(error)
            )
        values = {
            "authentication_token": False,
            "refresh_token": pair.refresh_token.value,
            "refresh_valid_until": _validity(pair.refresh_token),
            **_access_values(pair.access_token),
        }
        return Decision(state="active", values=values, then="_learn_permissions")

    def _learn_permissions(self):
        """Ask what this login may do, for people to read; it works without, too."""
        client = self.env["ksef.gateway"]._client(self.company_id, access_token=self.access_token)
        try:
            permissions = ", ".join(self._ask_permissions(client))
        except errors.KsefError:
            permissions = False
        return Decision(
            state="active", values={"permissions": permissions}, then=self._after_access()
        )

    def _after_access(self):
        """What to do with a fresh access token: once a day to ask what KSeF allows."""
        is_old = self.env["ksef.budget"]._limits_are_old(self.company_id)
        return "_learn_limits" if is_old else ""

    def _learn_limits(self):
        """Ask how often this company may call; what was known before holds until it is answered."""
        client = self.env["ksef.gateway"]._client(self.company_id, access_token=self.access_token)
        try:
            self.env["ksef.budget"]._ledger(self.company_id).set_limits(client.rate_limits())
        except errors.KsefError:
            _logger.info("KSeF: the limits of %s were not told", self.company_id.name)
        return Decision(state="active")

    def _ask_permissions(self, client):
        """A token may do what it was made for, a certificate what its holder may."""
        if self.method == "certificate":
            return client.own_permissions()
        reference = token_reference(self.company_id.ksef_token)
        return client.token_status(reference).requested_permissions

    def _from_active(self):
        if self.refresh_valid_until <= fields.Datetime.now() + EARLY:
            return Decision(state="ended")
        client = self.env["ksef.gateway"]._client(self.company_id)
        access = client.refresh(self.refresh_token)
        return Decision(state="active", values=_access_values(access), then=self._after_access())

    def _started(self):
        token = Token(
            value=self.authentication_token,
            valid_until=self.authentication_valid_until.replace(tzinfo=timezone.utc),
        )
        return AuthenticationStarted(
            reference_number=self.reference_number, authentication_token=token
        )

    def _on_error(self, error):
        if not isinstance(error, FINAL_ERRORS):
            return super()._on_error(error)
        if self.state == "active":
            return Decision(state="ended", failure=Failure.from_error(error))
        return Decision(state="refused", failure=Failure.from_error(error))

    # === FOR PEOPLE === #

    def action_ksef_refresh(self):
        """Go on with a login that somebody is looking at, without waiting for the cron."""
        self.check_access("read")
        self.sudo().with_context(**{WAITED_FOR: True})._process()

    # === WHO WAITS === #

    def _on_applied(self, decision):
        self._tell_waiting()

    def _tell_waiting(self):
        """Wake the rows that wait for this login, or tell them that it was refused."""
        if self.state in ("active", "ended"):
            for rows in self._waiting():
                rows._wake()
        elif self.state == "refused":
            for rows in self._waiting():
                rows._halt(Failure(kind="login"))

    def _waiting(self):
        """Rows of this company that can do nothing without a login."""
        company = [("company_id", "=", self.company_id.id)]
        halted = ["|", ("retry_at", "!=", False), ("failure_kind", "=", "login")]
        under_way = [("state", "in", ("new", "open", "closing", "processing", "receipts"))]
        yield self.env["ksef.session"].search([*company, *under_way, *halted])
        states = [("state", "in", ("queued", "unknown", "sent"))]
        alone = self.env["ksef.submission"]._outside_batches()
        yield self.env["ksef.submission"].search([*company, *states, *halted, *alone])


FINAL_ERRORS = (errors.Refused, errors.Unauthorized, errors.UnusableKey)
SHARED_KINDS = ("no_answer", "unavailable", "rate_limited", "bad_answer")


def _find_token_fault(token, nip):
    if not token:
        return Failure(kind="no_token")
    owner = TOKEN_OWNER.search(token)
    if not owner:
        return Failure(kind="broken_token")
    if owner[1] != nip:
        return Failure(kind="foreign_token", details=(f"{owner[1]} ≠ {nip}",))
    return None


def _access_values(token):
    return {"access_token": token.value, "access_valid_until": _validity(token)}


def _validity(token):
    """Until when a token that was given just now is used (naive, in UTC).

    A few minutes at least: a clock that differs from KSeF's must not make fresh tokens useless.
    """
    ending = token.valid_until.astimezone(timezone.utc).replace(tzinfo=None, microsecond=0)
    return max(ending, fields.Datetime.now() + SHORTEST)
