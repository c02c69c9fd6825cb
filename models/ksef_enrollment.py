import base64

from odoo import api, fields, models

from ..ksef.certificates import CertificateFilter, make_request
from ..ksef.codes import Outcome
from ..ksef.credentials import CertificateType
from .certificate_files import AUTHENTICATION, OFFLINE
from .failure import Failure
from .ksef_queue import Decision
from .ksef_request import STALE

TYPES = {AUTHENTICATION: CertificateType.AUTHENTICATION, OFFLINE: CertificateType.OFFLINE}
MOST_LOOKS = 4  # after a lost answer, before the request is sent once more


class KsefEnrollment(models.Model):
    """An application for a certificate: the key is made in Odoo and never leaves it.

    The name of an application is its own, so that a lost answer can be looked up by it. When
    KSeF has issued the certificate, it is stored, and the company uses it from then on.
    """

    _name = "ksef.enrollment"
    _inherit = ["ksef.request"]
    _description = "Application for a KSeF certificate"

    _retry_idx = models.Index("(retry_at) WHERE retry_at IS NOT NULL")

    scope = fields.Selection(
        [(AUTHENTICATION, "Authentication (type 1)"), (OFFLINE, "Offline (type 2)")],
        string="Type",
        required=True,
        readonly=True,
    )
    name = fields.Char(required=True, readonly=True, help="Under this name KSeF lists it.")
    key_id = fields.Many2one("certificate.key", readonly=True, groups="base.group_system")
    csr = fields.Binary(string="Request", attachment=False, readonly=True)
    reference_number = fields.Char(readonly=True)
    serial_number = fields.Char(readonly=True)
    certificate_id = fields.Many2one("certificate.certificate", readonly=True)
    certificate_der = fields.Binary(attachment=False, readonly=True)
    enrollments_left = fields.Integer(
        string="Applications left", readonly=True, help="Of those that KSeF allows this holder."
    )
    certificates_left = fields.Integer(
        readonly=True, help="Active certificates that KSeF still allows this holder."
    )

    @api.model
    def _start(self, company, scope):
        """Apply for a certificate of a type; the company uses it once it is there."""
        name = f"Odoo {fields.Datetime.now():%Y%m%d-%H%M%S} {company.id}"
        key = self.env["certificate.key"]._generate_ec_private_key(company, name=name)
        return self.sudo().create(
            {
                "company_id": company.id,
                "environment": company.ksef_environment,
                "scope": scope,
                "name": name,
                "key_id": key.id,
                "retry_at": fields.Datetime.now(),
            }
        )

    # === STEPS === #

    def _from_new(self):
        """Learn what the request has to say, and write down that it is being sent."""
        client = self._client()
        limits = client.certificate_limits()
        values = {
            "enrollments_left": limits.enrollments_left,
            "certificates_left": limits.certificates_left,
        }
        if not limits.can_request:
            return Decision(state="refused", values=values, failure=Failure(kind="no_enrollment"))
        key = self.key_id._ksef_private_key()
        csr = make_request(client.enrollment_data(), key)
        return Decision(
            state="sending",
            retry_in=STALE,
            values={**values, "csr": base64.b64encode(csr)},
            then="_send",
        )

    def _send(self):
        csr = base64.b64decode(self.with_context(bin_size=False).csr)
        reference = self._client().enroll_certificate(self.name, TYPES[self.scope], csr)
        return Decision(state="sent", retry_in=1, values={"reference_number": reference})

    def _from_sent(self):
        status = self._client().enrollment_status(self.reference_number)
        if status.outcome is Outcome.ACCEPTED:
            return self._collect(status.serial_number)
        if status.outcome is Outcome.PENDING:
            return Decision(state="sent", retry_in=self._retry_in())
        failure = Failure.from_status(status.status, "enrollment")
        return Decision(state="refused", failure=failure)

    def _from_unknown(self):
        """Look for a certificate of this name; without one, after a while, apply again."""
        found = next(self._client().list_certificates(CertificateFilter(name=self.name)), None)
        if found:
            return self._collect(found.serial_number)
        if self.attempts < MOST_LOOKS:
            return Decision(state="unknown", retry_in=self._retry_in())
        return Decision(state="new", retry_in=0)

    def _collect(self, serial_number):
        [issued] = self._client().retrieve_certificates([serial_number])
        der = base64.b64encode(issued.der)
        return Decision(
            state="done", values={"serial_number": serial_number, "certificate_der": der}
        )

    # === WHAT COMES OF IT === #

    def _on_applied(self, decision):
        if self.state == "done" and not self.certificate_id:
            self._store()
        elif self.state == "refused":
            self.key_id.unlink()

    def _store(self):
        """Keep the certificate with its key, and have the company use it."""
        der = base64.b64decode(self.with_context(bin_size=False).certificate_der)
        certificate = self.env["certificate.certificate"]._ksef_store_with_key(
            self.company_id, self.scope, der, self.key_id
        )
        self.certificate_id = certificate
        self.company_id._ksef_use_certificate(certificate)
