import base64

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.certificate_files import CertificateFiles
from ..models.words import explain_failure

SECRETS = ("container", "certificate_file", "key_file", "password")
FACTS = ("serial_number", "holder", "identifier", "issuer", "key_name")
VALIDITY = ("valid_from", "valid_until")


class KsefCertificateLoad(models.TransientModel):
    """Takes a certificate with its key, shows whose it is, and refuses what cannot be used.

    Files and password are no stored fields: they live in the request that creates the wizard,
    which is the one that loads the certificate, and reach no table. If anything is wrong, the
    request fails as a whole and nothing is kept.
    """

    _name = "ksef.certificate.load"
    _description = "Load a KSeF certificate"

    company_id = fields.Many2one("res.company", required=True, readonly=True)
    scope = fields.Selection(
        [("ksef_authentication", "Authentication (type 1)"), ("ksef_offline", "Offline (type 2)")],
        required=True,
        readonly=True,
    )
    kept_in = fields.Selection(
        [("one", "One file (.p12, .pfx)"), ("two", "Certificate and key in two files")],
        string="Kept in",
        default="one",
        required=True,
    )
    container = fields.Binary(string="File", store=False)
    container_name = fields.Char(store=False)
    certificate_file = fields.Binary(string="Certificate file", store=False)
    certificate_file_name = fields.Char(store=False)
    key_file = fields.Binary(string="Key file", store=False)
    key_file_name = fields.Char(store=False)
    password = fields.Char(store=False, help="Used to open the key now; it is not kept.")
    is_of_representative = fields.Boolean(
        string="It acts for this company",
        help="Its holder, for example an accounting office, was given permissions in KSeF.",
    )
    is_to_replace_token = fields.Boolean(
        string="Use the certificate instead of the token",
        compute="_compute_is_to_replace_token",
        store=True,
        readonly=False,
    )
    uses_token = fields.Boolean(compute="_compute_uses_token")

    problem = fields.Text(compute="_compute_inspection")
    warning = fields.Text(compute="_compute_inspection")
    is_locked = fields.Boolean(compute="_compute_inspection")
    is_foreign = fields.Boolean(compute="_compute_inspection")
    is_ready = fields.Boolean(compute="_compute_inspection")
    holder = fields.Char(compute="_compute_inspection")
    identifier = fields.Char(string="NIP or PESEL", compute="_compute_inspection")
    issuer = fields.Char(string="Issued by", compute="_compute_inspection")
    serial_number = fields.Char(compute="_compute_inspection")
    key_name = fields.Char(string="Key", compute="_compute_inspection")
    valid_from = fields.Datetime(compute="_compute_inspection")
    valid_until = fields.Datetime(compute="_compute_inspection")

    @api.depends("company_id", "scope")
    def _compute_uses_token(self):
        for wizard in self:
            is_login = wizard.scope == "ksef_authentication"
            wizard.uses_token = is_login and wizard.company_id.ksef_auth_method == "token"

    @api.depends("uses_token")
    def _compute_is_to_replace_token(self):
        for wizard in self:
            wizard.is_to_replace_token = wizard.uses_token

    # === WHAT IS IN THE FILES === #

    @api.depends("scope", "company_id", "kept_in", "is_of_representative", *SECRETS)
    def _compute_inspection(self):
        for wizard in self:
            wizard.update(wizard._blank())
            files = wizard._files({name: wizard[name] for name in SECRETS})
            if files.is_complete():
                wizard._show(wizard.company_id._ksef_inspect(files, wizard.scope))

    def _blank(self):
        shown = ("problem", "warning", *FACTS, *VALIDITY)
        return dict.fromkeys((*shown, "is_locked", "is_foreign", "is_ready"), False)

    def _files(self, values):
        """The files that count, of what was entered."""
        names = ("certificate_file", "key_file")
        chosen = names if self.kept_in == "two" else ("container",)
        content = {name: base64.b64decode(values.get(name) or b"") for name in chosen}
        return CertificateFiles(
            container=content.get("container", b""),
            certificate=content.get("certificate_file", b""),
            key=content.get("key_file", b""),
            password=values.get("password") or "",
        )

    def _show(self, inspection):
        """Fill in what people see of an inspection."""
        failure = inspection.failure
        is_refused = bool(failure) and not self._is_permitted(inspection)
        is_locked = is_refused and failure.kind == "key_wrong_password"
        is_untried = is_locked and not self.password
        self.update(
            {
                "is_foreign": inspection.is_foreign,
                "is_locked": is_locked,
                "is_ready": not is_refused,
                "problem": is_refused and not is_untried and explain_failure(self.env, failure),
                **inspection.facts(),
            }
        )
        self.warning = self.is_ready and self._warn(inspection)

    def _is_permitted(self, inspection):
        return inspection.is_foreign and self.is_of_representative

    def _warn(self, inspection):
        """What is no reason to refuse, but should be known."""
        if inspection.acts_by_permission(self.company_id._ksef_nip()):
            return self.env._(
                "KSeF lets this holder act for the company only with permissions that the "
                "company has granted in KSeF. Test the connection: it shows them."
            )
        return False

    # === LOADING === #

    @api.model_create_multi
    def create(self, vals_list):
        """Load the certificates at once, so that no secret outlives the request."""
        wizards = super().create([_without_secrets(vals) for vals in vals_list])
        for wizard, vals in zip(wizards, vals_list, strict=True):
            wizard._load(wizard._files(vals))
        return wizards

    def write(self, vals):
        return super().write(_without_secrets(vals))

    def _load(self, files):
        """:raises UserError: with the reason why the certificate cannot be used"""
        if not files.is_complete():
            raise UserError(self.env._("Choose the file of the certificate, with its key."))
        inspection = self.company_id._ksef_inspect(files, self.scope)
        if inspection.failure and not self._is_permitted(inspection):
            raise UserError(explain_failure(self.env, inspection.failure))
        self.company_id._ksef_load_certificate(self.scope, inspection.credential)
        if self.uses_token and self.is_to_replace_token:
            self.company_id.ksef_auth_method = "certificate"

    def action_load(self):
        """Go on after the loading: see at once whether KSeF takes the certificate."""
        company = self.company_id
        is_login = self.scope == "ksef_authentication"
        if is_login and company.ksef_is_enabled and company.ksef_auth_method == "certificate":
            return company.action_ksef_test_connection()
        return {"type": "ir.actions.act_window_close"}


def _without_secrets(vals):
    return {name: value for name, value in vals.items() if name not in SECRETS}
