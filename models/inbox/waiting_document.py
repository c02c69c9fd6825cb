"""A bill whose document waits in the inbox: one click ties the two."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from .document import OPEN

HALF_A_CENT = 0.005


class AccountMove(models.Model):
    _inherit = "account.move"

    ksef_waiting_document = fields.Char(compute="_compute_ksef_waiting_document", compute_sudo=True)

    @api.depends("ksef_number", "ref", "partner_id", "amount_total", "ksef_document_hash")
    def _compute_ksef_waiting_document(self):
        waiting = self._ksef_waiting_rows()
        for move in self:
            move.ksef_waiting_document = move in waiting and waiting[move].display_name

    def _ksef_waiting_rows(self):
        """Return `{bill: row}`: the open document of the inbox that a bill beyond doubt is."""
        bills = self.filtered(lambda bill: bill._origin and not bill.ksef_number)
        bills = bills._ksef_received_bills()
        candidates = bills._ksef_candidates()
        found = {bill: candidates._documents_of(bill) for bill in bills}
        return {bill: rows for bill, rows in found.items() if len(rows) == 1}

    def _ksef_candidates(self):
        """Open documents with the file of one of these bills, or with a vendor and an amount."""
        inbox = self.env["ksef.inbox"].sudo()
        hashes = {bill.ksef_document_hash for bill in self} - {False}
        vendors = {bill.commercial_partner_id._ksef_nip() for bill in self} - {False, ""}
        amounts = {round(bill._ksef_total_of_document(), 2) for bill in self}
        if not hashes and not vendors:
            return inbox
        return inbox.search(
            [
                ("company_id", "in", self.company_id.ids),
                ("state", "in", OPEN),
                "|",
                ("document_hash", "in", list(hashes)),
                "&",
                ("seller_nip", "in", list(vendors)),
                ("gross_amount", "in", list(amounts)),
            ]
        )

    def _ksef_total_of_document(self):
        """The total as the document of this bill would say it: a refund takes something back."""
        return -self.amount_total if self.move_type == "in_refund" else self.amount_total

    def action_ksef_tie_waiting(self):
        """Give this bill the document that waits for it in the inbox.

        :raises UserError: if somebody else has dealt with it meanwhile
        """
        self.ensure_one()
        self.check_access("write")
        row = self._ksef_waiting_rows().get(self)
        if not row:
            raise UserError(
                self.env._(
                    "The document is no longer waiting. Look for it in Vendors / KSeF / Inbox."
                )
            )
        row._tie(self)


class KsefInbox(models.Model):
    _inherit = "ksef.inbox"

    def _documents_of(self, bill):
        """Those of these documents that are of a bill."""
        return self.filtered(lambda row: row._may_be_of(bill) and row._is_of(bill))

    def _may_be_of(self, bill):
        """Whether what is stored of the document does not speak against it.

        Files are only read where nothing does.
        """
        if self.company_id != bill.company_id:
            return False
        return self._is_file_of(bill) or (
            self._has_vendor_and_amount_of(bill) and self._has_reference_of(bill)
        )

    def _has_vendor_and_amount_of(self, bill):
        vendor = bill.commercial_partner_id._ksef_nip() or None
        difference = abs(self.gross_amount - bill._ksef_total_of_document())
        return self.seller_nip == vendor and difference < HALF_A_CENT

    def _has_reference_of(self, bill):
        reader = self.env["ksef.bill.reader"]
        return reader._is_same_reference(bill, self.document_number or "")

    def _is_file_of(self, bill):
        return bool(self.document_hash) and self.document_hash == bill.ksef_document_hash

    def _is_of(self, bill):
        """Whether the document is that of a bill: the very file, or all that identifies it."""
        if self._is_file_of(bill):
            return True
        reader = self.env["ksef.bill.reader"]
        return reader._is_exact_twin(bill, reader._facts(self._document_bytes()))
