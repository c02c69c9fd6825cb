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
        for move in self:
            move.ksef_waiting_document = move._ksef_waiting_row().display_name

    def _ksef_waiting_row(self):
        """The open document of the inbox that this bill beyond doubt is; empty without one."""
        inbox = self.env["ksef.inbox"].sudo()
        if not self._origin or self.ksef_number or not self._ksef_received_bills():
            return inbox
        total = -self.amount_total if self.move_type == "in_refund" else self.amount_total
        rows = inbox.search(
            [
                ("company_id", "=", self.company_id.id),
                ("state", "in", OPEN),
                "|",
                ("document_hash", "=", self.ksef_document_hash or "-"),
                "&",
                "&",
                ("seller_nip", "=", self.commercial_partner_id._ksef_nip() or "-"),
                ("gross_amount", ">", total - HALF_A_CENT),
                ("gross_amount", "<", total + HALF_A_CENT),
            ],
        )
        same = rows.filtered(lambda row: row._is_of(self))
        return same if len(same) == 1 else inbox

    def action_ksef_tie_waiting(self):
        """Give this bill the document that waits for it in the inbox.

        :raises UserError: if somebody else has dealt with it meanwhile
        """
        self.ensure_one()
        self.check_access("write")
        row = self._ksef_waiting_row()
        if not row:
            raise UserError(
                self.env._(
                    "The document is no longer waiting. Look for it in Vendors / KSeF / Inbox."
                )
            )
        row._tie(self)


class KsefInbox(models.Model):
    _inherit = "ksef.inbox"

    def _is_of(self, bill):
        """Whether the document is that of a bill: the very file, or all that identifies it."""
        if self.document_hash and self.document_hash == bill.ksef_document_hash:
            return True
        reader = self.env["ksef.bill.reader"]
        return reader._is_exact_twin(bill, reader._facts(self._document_bytes()))
