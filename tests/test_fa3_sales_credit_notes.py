"""Credit notes that Sales makes of an order: what they correct follows from the order."""

from odoo import Command
from odoo.tests import tagged

from .fa3_corrections_common import CorrectionsCommon


@tagged("post_install", "-at_install")
class TestCreditNotesOfSales(CorrectionsCommon):
    def order(self, quantity=5):
        self.product.invoice_policy = "order"
        line = {
            "product_id": self.product.id,
            "product_uom_qty": quantity,
            "price_unit": 100,
            "tax_ids": [Command.set(self.tax("vs_kraj_23").ids)],
        }
        order = (
            self.env["sale.order"]
            .sudo()
            .create(
                {
                    "partner_id": self.buyer.id,
                    "company_id": self.company.id,
                    "order_line": [Command.create(line)],
                }
            )
        )
        order.action_confirm()
        return order

    def bill(self, order):
        """The document that Sales makes of what is to be billed, or given back."""
        document = order._create_invoices(final=True).with_env(self.env)
        document.invoice_date = "2026-03-02"
        document.action_post()
        return document

    def test_credit_note_corrects_the_invoice_of_the_order(self):
        order = self.order()
        invoice = self.accept(self.bill(order))
        order.order_line.product_uom_qty = 3
        refund = self.bill(order)
        self.assertEqual(refund.move_type, "out_refund")
        self.assertEqual(refund.ksef_origin_move_id, invoice)
        self.assertEqual(refund.invoice_line_ids.ksef_corrected_line_id, invoice.invoice_line_ids)
        document = self.build(refund)
        self.assertEqual(
            self.rows(document),
            [("5", "100", "500.00", "before"), ("3", "100", "300.00", "after")],
        )
        self.assertEqual(document["Fa/DaneFaKorygowanej/NrFaKorygowanej"], invoice.name)

    def test_order_with_several_invoices_leaves_the_choice_to_the_accountant(self):
        order = self.order()
        first = self.accept(self.bill(order))
        order.order_line.product_uom_qty = 8
        second = self.accept(self.bill(order))
        order.order_line.product_uom_qty = 6
        refund = self.bill(order)
        self.assertFalse(refund.ksef_origin_move_id)
        self.assertEqual(self.codes(refund), ["E-KOR-01"])
        refund.ksef_origin_move_id = second
        self.assertEqual(refund.invoice_line_ids.ksef_corrected_line_id, second.invoice_line_ids)
        self.assertEqual(self.rows(self.build(refund))[1], ("1", "100", "100.00", "after"))
        self.assertNotEqual(first, second)

    def test_reversal_keeps_the_links_that_odoo_made(self):
        order = self.order()
        invoice = self.accept(self.bill(order))
        refund = self.credit(invoice, quantity=1)
        self.assertEqual(refund.invoice_line_ids.ksef_corrected_line_id, invoice.invoice_line_ids)
