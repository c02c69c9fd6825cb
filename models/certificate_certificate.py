import base64
from datetime import timedelta
from ssl import DER_cert_to_PEM_cert, PEM_cert_to_DER_cert

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..ksef.certificate_der import not_valid_after, not_valid_before, read_certificate
from ..ksef.credentials import load_files
from ..ksef.errors import UnusableKey
from ..ksef.links import serial_number
from .certificate_files import AUTHENTICATION, OFFLINE, Inspection

WARNING_TIME = timedelta(days=30)
KSEF_SCOPES = (AUTHENTICATION, OFFLINE)
COMPANY_FIELDS = {AUTHENTICATION: "ksef_certificate_id", OFFLINE: "ksef_offline_certificate_id"}


class CertificateCertificate(models.Model):
    """Certificates of KSeF in Odoo's own store.

    `content` is the certificate as issued, in DER, byte for byte: its digest is signed at every
    login. The key is stored apart, without a password: Odoo has to sign while nobody is there to
    type one, and a password stored beside the key would protect nothing.
    """

    _inherit = "certificate.certificate"

    scope = fields.Selection(
        selection_add=[
            (AUTHENTICATION, "KSeF: logging in (type 1)"),
            (OFFLINE, "KSeF: issuing offline (type 2)"),
        ],
        ondelete={AUTHENTICATION: "set null", OFFLINE: "set null"},
    )
    ksef_serial_number = fields.Char(string="KSeF serial number", compute="_compute_ksef_facts")
    ksef_holder = fields.Char(string="Holder", compute="_compute_ksef_facts")
    ksef_identifier = fields.Char(
        string="NIP or PESEL",
        compute="_compute_ksef_facts",
        help="By this number KSeF knows whose certificate it is, and what its holder may do.",
    )
    ksef_issuer = fields.Char(string="Issued by", compute="_compute_ksef_facts")
    ksef_key_name = fields.Char(string="Key", compute="_compute_ksef_facts")
    ksef_validity = fields.Selection(
        [
            ("valid", "Valid"),
            ("ending", "Ends soon"),
            ("expired", "Expired"),
            ("future", "Not valid yet"),
        ],
        string="Validity",
        compute="_compute_ksef_validity",
    )

    # === STORING === #

    @api.model
    def _ksef_store(self, company, scope, credential):
        """Store a credential that was looked at before, and return its record."""
        key = self.env["certificate.key"].create(
            {
                "name": f"KSeF {serial_number(credential)}",
                "content": base64.b64encode(credential.private_key_pem()),
                "company_id": company.id,
            }
        )
        return self._ksef_store_with_key(company, scope, credential.certificate_der, key)

    @api.model
    def _ksef_store_with_key(self, company, scope, certificate_der, key):
        """Store a certificate whose key is in Odoo already."""
        return self.create(
            {
                "name": dict(self._fields["scope"]._description_selection(self.env))[scope],
                "scope": scope,
                "content": base64.b64encode(certificate_der),
                "private_key_id": key.id,
                "company_id": company.id,
            }
        )

    # === READING === #

    def _ksef_credential(self):
        """Return certificate and key for signing. The result is a secret: never store or log it.

        :raises UnusableKey: for a record without a usable key
        """
        self.ensure_one()
        record = self.sudo().with_context(bin_size=False)
        key = record.private_key_id
        return load_files(
            base64.b64decode(record.content),
            base64.b64decode(key.pem_key or b""),
            key.password or "",
        )

    @api.depends("content", "private_key_id")
    def _compute_ksef_facts(self):
        for record in self:
            facts = record._ksef_read_facts() if record.scope in KSEF_SCOPES else {}
            for name in ("serial_number", "holder", "identifier", "issuer", "key_name"):
                record[f"ksef_{name}"] = facts.get(name, False)

    @api.depends("date_start", "date_end")
    def _compute_ksef_validity(self):
        now = fields.Datetime.now()
        for record in self:
            record.ksef_validity = record._ksef_validity_at(now) if record.date_end else False

    def _ksef_validity_at(self, moment):
        if moment < self.date_start:
            return "future"
        if moment > self.date_end:
            return "expired"
        return "ending" if self.date_end - moment <= WARNING_TIME else "valid"

    def _ksef_read_facts(self):
        try:
            return Inspection(credential=self._ksef_credential()).facts()
        except UnusableKey:
            return {}

    # === CERTIFICATES THAT STRICT READERS REFUSE === #

    @api.depends("content", "pkcs12_password", "scope")
    def _compute_pem_certificate(self):
        """Read those of KSeF with a reader that takes NULL parameters (see `ksef`)."""
        strange = self.filtered(lambda record: record.scope in KSEF_SCOPES and record._ksef_der())
        for record in strange:
            record._ksef_take_apart(record._ksef_der())
        return super(CertificateCertificate, self - strange)._compute_pem_certificate()

    def _ksef_der(self):
        """The certificate in `content` if it is one in DER, else nothing."""
        content = base64.b64decode(self.with_context(bin_size=False).content or b"")
        try:
            read_certificate(content)
        except UnusableKey:
            return b""
        return content

    def _ksef_take_apart(self, der):
        certificate = read_certificate(der)
        self.update(
            {
                "content_format": "der",
                "pem_certificate": base64.b64encode(DER_cert_to_PEM_cert(der).encode()),
                "subject_common_name": _common_name(certificate),
                "serial_number": str(certificate.serial_number),
                "date_start": not_valid_before(certificate).replace(tzinfo=None),
                "date_end": not_valid_after(certificate).replace(tzinfo=None),
                "loading_error": "",
            }
        )

    @api.constrains("pem_certificate", "private_key_id", "public_key_id")
    def _constrains_certificate_key_compatibility(self):
        ours = self.filtered(lambda record: record.scope in KSEF_SCOPES)
        for record in ours.filtered("private_key_id"):
            if record.private_key_id._ksef_public_bytes() != record._ksef_public_bytes():
                raise UserError(self.env._("The certificate and private key are not compatible."))
        return super(
            CertificateCertificate, self - ours
        )._constrains_certificate_key_compatibility()

    def _ksef_public_bytes(self):
        pem = base64.b64decode(self.with_context(bin_size=False).pem_certificate).decode()
        key = read_certificate(PEM_cert_to_DER_cert(pem)).public_key()
        return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

    # === REVOKING === #

    def action_ksef_revoke(self):
        """Revoke a certificate in KSeF for good, and put it away.

        :raises UserError: if it is in use, or KSeF says no
        """
        self.ensure_one()
        self.check_access("write")
        self._ksef_check_unused()
        self.company_id._ksef_revoke_certificate(self.ksef_serial_number)
        self.active = False

    # === IN USE === #

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used_by_ksef(self):
        self._ksef_check_unused()

    def write(self, vals):
        """What a company logs in or signs with is exchanged for another, never edited."""
        guarded = {"content", "private_key_id", "scope", "company_id", "pkcs12_password"}
        if guarded & vals.keys() or vals.get("active") is False:
            self._ksef_check_unused()
        return super().write(vals)

    def _ksef_check_unused(self):
        """:raises UserError: naming the company that uses one of these certificates"""
        users = self._ksef_users()
        if users:
            raise UserError(
                self.env._(
                    "%(company)s uses this certificate for KSeF. Load another one in Settings / "
                    "Invoicing / KSeF first, or take it out there.",
                    company=users[0].name,
                )
            )

    def _ksef_users(self):
        """The companies that log in or sign with one of these certificates."""
        domain = [
            "|",
            ("ksef_certificate_id", "in", self.ids),
            ("ksef_offline_certificate_id", "in", self.ids),
        ]
        return self.env["res.company"].sudo().search(domain)


def _common_name(certificate):
    names = [each.value for each in certificate.subject if each.oid.dotted_string == "2.5.4.3"]
    return names[0] if names else ""
