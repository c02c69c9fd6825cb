"""What KSeF adds to the printed invoice, on paper and in the portal: number, code, or a warning."""

import base64
import io
from dataclasses import dataclass

import qrcode
from qrcode.constants import ERROR_CORRECT_L, ERROR_CORRECT_M
from qrcode.exceptions import DataOverflowError

from odoo import models

from ..ksef import environment, links
from .ksef_gateway import ENVIRONMENTS

PIXELS = 6  # of each module of a picture: sharp on paper, also from office printers
MODULE = 2  # CSS pixels of a module on paper, half a millimetre: telephones read 0.3 and more
LONG_LINK = 250  # signs; beyond them (links signed with RSA) less redundancy keeps modules large


@dataclass(frozen=True, kw_only=True)
class PrintedCode:
    """A QR code of KSeF: the address in it, the words under it, the picture.

    `image` is a PNG with its quiet zone, empty if no code can hold the link: then the link is
    shown as text. `width` is in CSS pixels, so large that every code has modules of one size.
    """

    link: str
    label: str
    image: bytes = b""
    width: int = 0

    @classmethod
    def of(cls, link, label):
        """Draw a link, with the redundancy that suits its length."""
        correction = ERROR_CORRECT_L if len(link) > LONG_LINK else ERROR_CORRECT_M
        code = qrcode.QRCode(error_correction=correction, box_size=PIXELS)
        code.add_data(link)
        try:
            code.make()
        except (DataOverflowError, ValueError):
            return cls(link=link, label=label)
        picture = io.BytesIO()
        code.make_image().save(picture)
        width = MODULE * (code.modules_count + 2 * code.border)
        return cls(link=link, label=label, image=picture.getvalue(), width=width)

    @property
    def source(self):
        """The picture as a data URI, for the `src` of an image."""
        return "data:image/png;base64," + base64.b64encode(self.image).decode()


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
        return [PrintedCode.of(submission._verification_link(), self.ksef_number)]

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
        """An invoice that is issued is no proforma, though nobody has e-mailed it."""
        if self._ksef_may_be_handed_over():
            return self._get_invoice_report_filename()
        return super()._get_invoice_proforma_pdf_report_filename()


class KsefSubmission(models.Model):
    _inherit = "ksef.submission"

    def _verification_link(self):
        """Return link I of this document, at the KSeF that it was sent to."""
        return links.invoice_link(
            self._environment_sent_to(),
            # A KSeF number begins with the NIP of the seller
            self.ksef_number[:10] if self.ksef_number else self.move_id._ksef_seller_nip(),
            self.move_id.invoice_date,
            self.document_hash,
        )

    def _environment_sent_to(self):
        if self.environment in ENVIRONMENTS:
            return ENVIRONMENTS[self.environment]
        return environment.local(self.company_id.ksef_local_url)
