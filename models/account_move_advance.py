from odoo import api, fields, models

from .account_move import ACCOUNTANTS


class AccountMove(models.Model):
    """Advances and what they are advances of; `sale` may be installed or not."""

    _inherit = "account.move"

    ksef_advance_on = fields.Date(
        string="Advance received on",
        copy=False,
        help="Empty: the day of the payment, if it is known, else that of the invoice.",
    )
    ksef_order_total = fields.Monetary(
        string="Value of the order",
        copy=False,
        help="With VAT. For an advance invoice that was made without a sale order.",
    )
    ksef_partial_advance_ids = fields.One2many(
        "ksef.partial.advance",
        "move_id",
        string="Advances received",
        copy=False,
        groups=ACCOUNTANTS,
        help="Several payments on one advance invoice, or payments that came in the month of the "
        "sale and got no invoice of their own (art. 106b(1a) VAT Act).",
    )

    @api.depends(
        lambda self: [
            "ksef_partial_advance_ids",
            "ksef_is_formal",
            *(
                ["invoice_line_ids.is_downpayment"]
                if "is_downpayment" in self.env["account.move.line"]._fields
                else []
            ),
        ]
    )
    def _compute_ksef_invoice_type(self):
        return super()._compute_ksef_invoice_type()

    def _ksef_find_invoice_type(self):
        """Down payments make an advance, its settlement, or the correction of one of them."""
        found = super()._ksef_find_invoice_type()
        advances = self._ksef_advance_lines()
        if found == "KOR" and advances:
            return self._ksef_find_correction_type(advances)
        if found == "KOR_ZAL" and self._ksef_sale_lines() and not self.ksef_is_formal:
            return False
        if found != "VAT":
            return found
        if advances:
            return "ROZ" if self._ksef_sale_lines() else "ZAL"
        return "ROZ" if self.ksef_partial_advance_ids else "VAT"

    def _ksef_find_correction_type(self, advances):
        """Sales makes credit notes of down payments; one with a delivery in it is none at all."""
        return False if self._ksef_sale_lines() else "KOR_ZAL"

    def _ksef_advance_lines(self):
        """Lines that take an advance or deduct it."""
        lines = self.invoice_line_ids.filtered(lambda line: line.display_type == "product")
        return lines.filtered("is_downpayment") if "is_downpayment" in lines._fields else lines[:0]

    def _ksef_sale_lines(self):
        """Lines of what was supplied."""
        lines = self.invoice_line_ids.filtered(lambda line: line.display_type == "product")
        return lines - self._ksef_advance_lines()

    def _ksef_orders(self):
        """Sale orders behind the lines. Accountants need no right to see them."""
        lines = self.sudo().invoice_line_ids
        if "sale_line_ids" not in lines._fields:
            return ()
        return lines.sale_line_ids.order_id

    def _ksef_sibling_advance_lines(self):
        """Posted down-payment lines of the same orders on documents issued before this one."""
        orders = self._ksef_orders()
        if not orders:
            return self.invoice_line_ids[:0]
        lines = orders.order_line.invoice_lines.filtered("is_downpayment")
        return lines.filtered(
            lambda line: line.parent_state == "posted" and self._ksef_comes_after(line.move_id)
        )

    def _ksef_comes_after(self, other):
        """Whether another document of the order is issued before this one.

        What settles the advances of a day comes after them, whichever was drafted first.
        """
        day = self.invoice_date or fields.Date.context_today(self)
        if self._ksef_sale_lines() and other._ksef_kind() in ("ZAL", "KOR_ZAL"):
            return other.invoice_date <= day
        return (other.invoice_date, other.id) < (day, self._origin.id)

    def _ksef_advances(self):
        """Advance invoices of the same orders from before this one, but for those taken back."""
        moves = self._ksef_sibling_advance_lines().move_id
        return moves.filtered(
            lambda move: move._ksef_kind() == "ZAL" and not move._ksef_is_taken_back()
        ).sorted(lambda move: (move.invoice_date, move.id))

    def _ksef_is_taken_back(self):
        """Whether credit notes have left nothing of an advance."""
        refunds = self.reversal_move_ids.filtered(lambda move: move.state == "posted")
        return self.currency_id.is_zero(self.amount_total - sum(refunds.mapped("amount_total")))
