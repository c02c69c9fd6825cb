from odoo import models

_MOST_ORDERS = 50


class KsefBillReader(models.AbstractModel):
    """The purchase orders that a document names; Purchase may be installed or not."""

    _inherit = "ksef.bill.reader"

    def _match_order(self, bill, fa):
        """Name the orders on the bill and tie its lines to theirs. Amounts stay the document's."""
        named = fa.WarunkiTransakcji.Zamowienia if fa.WarunkiTransakcji else ()
        numbers = [order.NrZamowienia for order in named[:_MOST_ORDERS] if order.NrZamowienia]
        if not numbers:
            return
        bill.invoice_origin = ", ".join(numbers)[:256]
        if "purchase_line_id" in bill.invoice_line_ids._fields:
            self._tie_order_lines(bill, self._find_order_lines(bill, numbers))

    def _find_order_lines(self, bill, numbers):
        """Lines of the vendor's orders, by our number or the vendor's own."""
        order = "order_id."
        return (
            self.env["purchase.order.line"]
            .sudo()
            .search(
                [
                    ("company_id", "=", bill.company_id.id),
                    ("partner_id", "child_of", bill.commercial_partner_id.id),
                    ("display_type", "=", False),
                    (f"{order}state", "=", "purchase"),
                    "|",
                    (f"{order}name", "in", numbers),
                    (f"{order}partner_ref", "in", numbers),
                ]
            )
        )

    def _tie_order_lines(self, bill, order_lines):
        """Each line of the bill to the first free one of the same product or text."""
        free = list(order_lines)
        for line in bill.invoice_line_ids:
            text = self._text_key(line.name)
            match = next(
                (
                    found
                    for found in free
                    if (line.product_id and found.product_id == line.product_id)
                    or text == self._text_key(found.name)
                ),
                None,
            )
            if match:
                free.remove(match)
                line.purchase_line_id = match.id
