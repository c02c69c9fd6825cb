import base64

from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)

from odoo import api, models


class CertificateKey(models.Model):
    _inherit = "certificate.key"

    def _ksef_public_bytes(self):
        """The public half, to be compared with that of a certificate."""
        key = self._ksef_private_key().public_key()
        return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

    def _ksef_private_key(self):
        """The key itself. A secret: for signing only."""
        pem = base64.b64decode(self.with_context(bin_size=False).pem_key or b"")
        return load_pem_private_key(pem, self.password.encode() if self.password else None)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used_by_ksef(self):
        self._ksef_certificates()._ksef_check_unused()

    def write(self, vals):
        """The key of a certificate in use is not edited."""
        if {"content", "password", "company_id"} & vals.keys() or vals.get("active") is False:
            self._ksef_certificates()._ksef_check_unused()
        return super().write(vals)

    @api.autovacuum
    def _gc_ksef_files(self):
        """Remove the files of keys and certificates that a copy of the database was freed of.

        Its neutralization works in SQL, which does not reach the files on the disk.
        """
        for name in ("certificate.key", "certificate.certificate"):
            files = self.env["ir.attachment"].search(
                [("res_model", "=", name), ("res_field", "!=", False)]
            )
            rows = self.env[name].browse(files.mapped("res_id")).exists()
            files.filtered(lambda file, ids=set(rows.ids): file.res_id not in ids).unlink()

    def _ksef_certificates(self):
        domain = [("private_key_id", "in", self.ids)]
        return self.env["certificate.certificate"].sudo().search(domain)
