"""What the print of an invoice issued offline bears (KSeF API §8.2, art. 106gb VAT Act)."""

import base64

from odoo import api, fields, models

from .account_move_offline import TOTAL_FAILURE
from .account_move_print import PrintedCode

OFFLINE_LABEL, CERTIFICATE_LABEL = "OFFLINE", "CERTYFIKAT"
IN_FORCE = ("queued", "sending", "unknown", "sent")  # issued offline, not in KSeF yet


class AccountMove(models.Model):
    _inherit = "account.move"

    ksef_verification_link = fields.Char(compute="_compute_ksef_codes", compute_sudo=True)
    ksef_verification_code = fields.Binary(
        string="Code I",
        compute="_compute_ksef_codes",
        compute_sudo=True,
        help="Picture for reports of your own: leads to the invoice in KSeF.",
    )
    ksef_verification_label = fields.Char(
        string="Label of code I", compute="_compute_ksef_codes", compute_sudo=True
    )
    ksef_certificate_code = fields.Binary(
        string="Code II",
        compute="_compute_ksef_codes",
        compute_sudo=True,
        help="Picture for reports of your own: proves who issued an invoice offline. To be "
        "labelled CERTYFIKAT.",
    )

    @api.depends("ksef_state", "ksef_number", "ksef_submission_ids.certificate_link")
    def _compute_ksef_codes(self):
        for move in self:
            codes = {code.label: code for code in move._ksef_printed_codes()}
            second = codes.pop(CERTIFICATE_LABEL, None)
            first = next(iter(codes.values()), None)
            move.ksef_verification_link = first and first.link
            move.ksef_verification_label = first and first.label
            move.ksef_verification_code = first and base64.b64encode(first.image)
            move.ksef_certificate_code = second and base64.b64encode(second.image)

    # === WHAT IT IS === #

    def _ksef_is_issued_offline(self):
        """Whether the buyer may have it with both codes, though KSeF has not numbered it yet."""
        row = self._ksef_last_submission()
        return bool(
            self.state == "posted"
            and row.is_offline
            and row.certificate_link
            and row.state in IN_FORCE
        )

    def _ksef_is_confirmed_offline(self):
        """Whether the buyer, a domestic business, gets a confirmation until it has its number."""
        return self._ksef_is_issued_offline() and self._ksef_is_to_domestic_business()

    def _ksef_is_outside_for_good(self):
        """Whether it was issued during a total failure: no code, but a mark on the print."""
        return self.state == "posted" and self.ksef_mode == TOTAL_FAILURE

    def _ksef_may_be_handed_over(self):
        return super()._ksef_may_be_handed_over() or self._ksef_is_issued_offline()

    def _ksef_awaits_issue(self):
        return super()._ksef_awaits_issue() and not self._ksef_is_issued_offline()

    def _ksef_print_stage(self):
        """Until KSeF has numbered it, also an invoice issued offline reaches a domestic business
        as a confirmation; everybody else has the invoice itself."""
        if self._ksef_is_confirmed_offline():
            return "confirmation"
        return super()._ksef_print_stage()

    # === THE CODES === #

    def _ksef_printed_codes(self):
        """Issued offline, it bears code II too, also when it has its number (KSeF API §9)."""
        if self._ksef_is_issued_offline():
            row = self._ksef_last_submission()
            return [PrintedCode.of(row._verification_link(), OFFLINE_LABEL), *row._second_code()]
        return [*super()._ksef_printed_codes(), *self._ksef_second_code_of_issued()]

    def _ksef_second_code_of_issued(self):
        return self._ksef_last_submission()._second_code() if self._ksef_is_issued() else []

    def _get_invoice_report_filename(self, extension="pdf", report=None):
        """Nobody shall take a confirmation for the invoice by the name of its file."""
        name = super()._get_invoice_report_filename(extension=extension, report=report)
        if not self._ksef_is_confirmed_offline():
            return name
        return self.env._("Transaction confirmation %(file)s", file=name)


class KsefSubmission(models.Model):
    _inherit = "ksef.submission"

    def _second_code(self):
        """Code II in a list, which is empty for what was not issued offline."""
        link = self.certificate_link
        return [PrintedCode.of(link, CERTIFICATE_LABEL)] if link else []
