from odoo import api, fields, models
from odoo.tools.sql import column_exists, create_column


class AccountMove(models.Model):
    """Credit notes that Sales makes of an order name no invoice: the order tells which it is."""

    _inherit = "account.move"

    def _ksef_order_fields(self):
        """The way from a document to the order lines behind it; nothing without `sale`."""
        has_orders = "sale_line_ids" in self.env["account.move.line"]._fields
        return ["invoice_line_ids.sale_line_ids"] if has_orders else []

    @api.depends(lambda self: ["move_type", *self._ksef_order_fields()])
    def _compute_ksef_origin_move_id(self):
        result = super()._compute_ksef_origin_move_id()
        for move in self.filtered(lambda move: move.move_type == "out_refund"):
            if not move.ksef_origin_move_id and not move._ksef_corrected_source():
                invoices = move._ksef_invoices_of_orders()
                move.ksef_origin_move_id = invoices if len(invoices) == 1 else False
        return result

    def _ksef_invoices_of_orders(self):
        """The invoices that billed the order lines which this credit note takes back."""
        if not self._ksef_order_fields():
            return self.browse()
        moves = self.sudo().invoice_line_ids.sale_line_ids.invoice_lines.move_id
        found = moves.filtered(
            lambda move: (
                move.move_type == "out_invoice"
                and move.state == "posted"
                and move.company_id == self.company_id
                and not move.ksef_is_correction
            )
        )
        return found.sudo(self.env.su)


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    ksef_corrected_line_id = fields.Many2one(
        compute="_compute_ksef_corrected_line_id", store=True, readonly=False
    )

    def _auto_init(self):
        """Lines of past years are not looked at."""
        if not column_exists(self.env.cr, self._table, "ksef_corrected_line_id"):
            create_column(self.env.cr, self._table, "ksef_corrected_line_id", "int4")
        return super()._auto_init()

    @api.depends(
        lambda self: [
            "move_id.ksef_origin_move_id",
            *(["sale_line_ids"] if "sale_line_ids" in self._fields else []),
        ]
    )
    def _compute_ksef_corrected_line_id(self):
        """The line of the invoice that billed the same order line, if there is just one."""
        for line in self.filtered(lambda line: line._ksef_may_have_order()):
            billed = line.sudo().sale_line_ids.invoice_lines.filtered(
                lambda other, line=line: other.move_id == line.move_id.ksef_origin_move_id
            )
            if len(billed) == 1:
                line.ksef_corrected_line_id = billed

    def _ksef_may_have_order(self):
        """Whether Sales made this line of a credit note, which then has no link of its own yet."""
        return (
            "sale_line_ids" in self._fields
            and self.move_id.move_type == "out_refund"
            and self.move_id.ksef_origin_move_id
            and not self.move_id._ksef_corrected_source()
            and not self.ksef_corrected_line_id
        )
