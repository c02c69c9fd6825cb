from odoo import Command, models


class KsefCorrection(models.TransientModel):
    """The documents that the wizard makes."""

    _inherit = "ksef.correction"

    def _make_drafts(self, sign):
        """Return the draft documents; `sign` is -1 for a credit note, 1 for a debit note."""
        return self._make_correction(sign, self._correction_lines(sign))

    def _correction_lines(self, sign):
        return [command for line in self._changed_lines() for command in line._move_lines(sign)]

    def _make_correction(self, sign, lines):
        """A copy of the invoice without its lines, linked to it, with these lines."""
        values = self._correction_values()
        if sign < 0:
            values |= {"move_type": "out_refund", "reversed_entry_id": self.origin_id.id}
        move = self.origin_id.copy({"line_ids": [Command.clear()], **values})
        move.invoice_line_ids = lines
        move.ksef_correction_type = self.effect
        return move

    def _correction_values(self):
        return {
            "date": self.issued_on,
            "invoice_date": self.issued_on,
            "partner_id": self.origin_id.partner_id.id,
            "ksef_origin_move_id": self.origin_id.id,
            "ksef_correction_reason": self.reason,
        }
