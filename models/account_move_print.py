"""What KSeF adds to the printed invoice, on paper and in the portal: number, code, or a warning."""

import base64
import io
from dataclasses import dataclass

import qrcode
from qrcode.constants import ERROR_CORRECT_M

from odoo import models

from ..ksef import environment, links
from .ksef_gateway import ENVIRONMENTS

PIXELS = 6  # of each module of a code: sharp on 3 cm, also from office printers


@dataclass(frozen=True, kw_only=True)
class PrintedCode:
    """A QR code of KSeF: the address in it, the words under it, the picture as a data URI."""

    link: str
    label: str
    image: str


class AccountMove(models.Model):
    _inherit = "account.move"

    def _ksef_printed_codes(self):
        """Return the codes that the print bears: code I with the number (KSeF API §9.1).

        Empty where the document is not issued, or its hash is not known: never a code that
        leads nowhere. Documents issued offline add code II here.
        """
        submission = self._ksef_last_submission()
        if not self._ksef_is_issued() or not submission.document_hash:
            return []
        return [self._ksef_printed_code(submission._verification_link(), self.ksef_number)]

    def _ksef_printed_code(self, link, label):
        picture = io.BytesIO()
        qrcode.make(link, error_correction=ERROR_CORRECT_M, box_size=PIXELS).save(picture)
        image = "data:image/png;base64," + base64.b64encode(picture.getvalue()).decode()
        return PrintedCode(link=link, label=label, image=image)

    def _ksef_print_stage(self):
        """What a print is while KSeF has not issued the invoice; empty: simply an invoice.

        `confirmation`: a domestic business receives invoices through KSeF only, so until then
        it gets a confirmation of the transaction. `preview`: all others may wait for the invoice.
        """
        if not self._ksef_awaits_issue():
            return ""
        return "confirmation" if self._ksef_is_to_domestic_business() else "preview"

    def _ksef_is_to_domestic_business(self):
        buyer = self.commercial_partner_id
        number = (buyer.vat or "").upper()
        return number.startswith("PL") or (number[:1].isdigit() and buyer.country_code == "PL")

    def _get_invoice_proforma_pdf_report_filename(self):
        """An invoice that KSeF issued is no proforma, though nobody has e-mailed it."""
        if self._ksef_is_issued():
            return self._get_invoice_report_filename()
        return super()._get_invoice_proforma_pdf_report_filename()


class KsefSubmission(models.Model):
    _inherit = "ksef.submission"

    def _verification_link(self):
        """Return link I of this document, at the KSeF that it was sent to."""
        return links.invoice_link(
            self._environment_sent_to(),
            self.ksef_number[:10],  # a KSeF number begins with the NIP of the seller
            self.move_id.invoice_date,
            self.document_hash,
        )

    def _environment_sent_to(self):
        if self.environment in ENVIRONMENTS:
            return ENVIRONMENTS[self.environment]
        return environment.local(self.company_id.ksef_local_url)
