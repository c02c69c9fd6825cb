from odoo import Command
from odoo.tests import tagged

from .fa3_common import Fa3Common


@tagged("post_install", "-at_install")
class TestOrders(Fa3Common):
    """Invoices of sale orders; `sale` is in the database of the tests, though no dependency."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.need_module("sale")

    def sell_order(self, **values):
        order = (
            self.env["sale.order"]
            .sudo()
            .create(
                {
                    "partner_id": self.buyer.id,
                    "company_id": self.company.id,
                    "date_order": "2026-02-20 10:00:00",
                    "order_line": [
                        Command.create(
                            {
                                "product_id": self.product.id,
                                "product_uom_qty": 2,
                                "price_unit": 100,
                                "tax_ids": [Command.set(self.tax("vs_kraj_23").ids)],
                            }
                        )
                    ],
                    **values,
                }
            )
        )
        self.product.invoice_policy = "order"
        order.action_confirm()
        order.date_order = "2026-02-19 23:30:00"  # half past midnight in Poland
        invoice = order._create_invoices().with_env(self.env)
        invoice.action_post()
        return order, invoice

    def test_s38_order_number_of_the_customer_is_shown(self):
        _order, invoice = self.sell_order(client_order_ref="PO-4711")
        incoterm = self.env.ref("account.incoterm_EXW")
        invoice.write({"invoice_incoterm_id": incoterm.id, "incoterm_location": "Gdańsk"})
        document = self.golden(invoice)
        self.assertEqual(document["Fa/WarunkiTransakcji/WarunkiDostawy"], "EXW Gdańsk")
        self.assertEqual(
            document.fields("Fa/WarunkiTransakcji/Zamowienia"),
            [("DataZamowienia", "2026-02-20"), ("NrZamowienia", "PO-4711")],
        )
        self.assertEqual(document["Fa/P_15"], "246.00")
        self.assertFalse(document.has("Fa/DodatkowyOpis"))

    def test_order_without_it_has_its_own_number(self):
        order, invoice = self.sell_order()
        number = self.build(invoice)["Fa/WarunkiTransakcji/Zamowienia/NrZamowienia"]
        self.assertEqual(number, order.name)

    def test_order_that_names_several_invoices_is_shown_once(self):
        _order, invoice = self.sell_order()
        order_lines = invoice.sudo().invoice_line_ids.sale_line_ids
        copy = invoice.copy({"invoice_date": invoice.invoice_date})
        copy.sudo().invoice_line_ids.sale_line_ids = order_lines
        copy.action_post()
        self.assertEqual(len(self.build(copy).all("Fa/WarunkiTransakcji/Zamowienia")), 1)
