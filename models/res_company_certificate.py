from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .certificate_certificate import COMPANY_FIELDS
from .certificate_files import AUTHENTICATION, OFFLINE, Inspection


class ResCompany(models.Model):
    _inherit = "res.company"

    ksef_certificate_id = fields.Many2one(
        "certificate.certificate",
        string="Authentication certificate",
        copy=False,
        groups="base.group_system",
        ondelete="restrict",
        domain=f"[('scope', '=', '{AUTHENTICATION}'), ('company_id', '=', id)]",
        help="Type 1: the company logs in to KSeF with it.",
    )
    ksef_offline_certificate_id = fields.Many2one(
        "certificate.certificate",
        string="Offline certificate",
        copy=False,
        groups="base.group_system",
        ondelete="restrict",
        domain=f"[('scope', '=', '{OFFLINE}'), ('company_id', '=', id)]",
        help="Type 2: signs the second code on invoices that are issued while KSeF is away.",
    )

    @api.constrains("ksef_certificate_id", "ksef_offline_certificate_id")
    def _check_ksef_certificates(self):
        """Views can be bypassed: what a company uses is its own, of the right type, with a key."""
        for company in self.sudo():
            for scope, name in COMPANY_FIELDS.items():
                certificate = company[name]
                if certificate and not company._ksef_is_fit(certificate, scope):
                    raise ValidationError(
                        self.env._(
                            "%(certificate)s cannot be used as %(purpose)s of %(company)s: it "
                            "must belong to this company, be of the right type and have its key.",
                            certificate=certificate.display_name,
                            purpose=self._fields[name]._description_string(self.env),
                            company=company.name,
                        )
                    )

    def _ksef_is_fit(self, certificate, scope):
        return (
            certificate.scope == scope
            and certificate.company_id == self
            and bool(certificate.private_key_id)
            and not certificate.loading_error
        )

    # === THE CREDENTIALS THEMSELVES === #

    def _ksef_login_credential(self):
        """Certificate and key for logging in, or None. Secret: for `ksef` only, never stored.

        :raises UnusableKey: for a certificate that is damaged, expired or of the wrong type
        """
        return self._ksef_credential(AUTHENTICATION)

    def _ksef_offline_credential(self):
        """Certificate and key that sign the codes of offline invoices, or None. See above."""
        return self._ksef_credential(OFFLINE)

    def _ksef_credential(self, scope):
        certificate = self.sudo()[COMPANY_FIELDS[scope]]
        return certificate._ksef_credential() if certificate else None

    # === LOADING === #

    def _ksef_inspect(self, files, scope):
        """Say what is in the files and whether this company can use it; stores nothing."""
        return Inspection.of_files(files, scope, self._ksef_nip())

    def _ksef_load_certificate(self, scope, credential):
        """Use an inspected credential from now on; the one before stays in Odoo's list."""
        self.ensure_one()
        certificate = self.env["certificate.certificate"]._ksef_store(self, scope, credential)
        self._ksef_use_certificate(certificate)
        return certificate

    def _ksef_use_certificate(self, certificate):
        self.write({COMPANY_FIELDS[certificate.scope]: certificate.id})

    # === FOR PEOPLE === #

    def action_ksef_load_certificate(self):
        """Open the window that takes an authentication certificate."""
        return self._ksef_open_loading(AUTHENTICATION)

    def action_ksef_load_offline_certificate(self):
        """Open the window that takes an Offline certificate."""
        return self._ksef_open_loading(OFFLINE)

    def _ksef_open_loading(self, scope):
        self.ensure_one()
        self.check_access("write")
        names = {
            AUTHENTICATION: self.env._("Load the authentication certificate (type 1)"),
            OFFLINE: self.env._("Load the Offline certificate (type 2)"),
        }
        return {
            "type": "ir.actions.act_window",
            "name": names[scope],
            "res_model": "ksef.certificate.load",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_company_id": self.id, "default_scope": scope},
        }
