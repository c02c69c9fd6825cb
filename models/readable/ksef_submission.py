from odoo import models

from .account_move import Preview


class KsefSubmission(models.Model):
    _inherit = "ksef.submission"

    def action_ksef_preview(self):
        """Show the document that was sent, as people read it and as XML."""
        self.ensure_one()
        self.check_access("read")
        return self.env["ksef.preview"]._open_for_submission(self)

    def _ksef_preview(self):
        """Return the `Preview` of the frozen document."""
        self.check_access("read")
        return Preview(
            document=self._document_bytes() if self.document else b"",
            ksef_number=self.ksef_number or "",
            is_sent=True,
        )
