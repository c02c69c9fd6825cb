from odoo import Command
from odoo.tests import tagged

from .bill_documents import number_of, row
from .bill_reading_common import ReadingCommon
from .modules_common import ModulesMixin


@tagged("post_install", "-at_install", "ksef_more_modules")
class TestBillDebitNotes(ModulesMixin, ReadingCommon):
    def test_higher_amount_is_a_debit_note_of_the_bill_that_it_corrects(self):
        self.need_module("account_debit_note")
        original = self.bill(ksef_number=number_of())
        totals = {"P_13_1": "50", "P_14_1": "11.50", "P_15": "61.50"}
        bill = self.bill(self.correction(totals, [row(1, "Dopłata", 1, 50, 50)]))
        self.assertEqual((bill.move_type, bill.debit_origin_id), ("in_invoice", original))


@tagged("post_install", "-at_install", "ksef_more_modules")
class TestBillOrders(ModulesMixin, ReadingCommon):
    """Purchase orders that a document names."""

    def test_lines_are_tied_to_the_order_and_keep_the_amounts_of_the_document(self):
        self.need_module("purchase")
        vendor = self.bill().partner_id
        paper, toner = self.product_a.id, self.product_b.id
        order = self.env["purchase.order"].create(
            {
                "partner_id": vendor.id,
                "company_id": self.company.id,
                "partner_ref": "ZAM/77",
                "order_line": [
                    Command.create(
                        {"name": "Papier", "product_id": paper, "product_qty": 9, "price_unit": 9}
                    ),
                    Command.create(
                        {"name": "Toner", "product_id": toner, "product_qty": 1, "price_unit": 5}
                    ),
                ],
            }
        )
        order.button_confirm()
        bill = self.bill(
            self.document(
                P_2="FV/2",
                rows=[row(1, "Toner", 1, 60, 60), row(2, "Papier", 4, 10, 40)],
                WarunkiTransakcji={"Zamowienia": {"NrZamowienia": "ZAM/77"}},
            )
        )
        self.assertEqual(bill.invoice_origin, "ZAM/77")
        self.assertEqual(bill.invoice_line_ids.purchase_line_id.mapped("name"), ["Toner", "Papier"])
        self.assertEqual(bill.amount_total, 123)
