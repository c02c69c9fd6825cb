"""Invoices that other modules have a part in: deliveries, distance sales, debit notes, the till.

`./dev test` runs them in a database that has these modules.
"""

from odoo import Command
from odoo.tests import new_test_user, tagged

from .fa3_common import Fa3Common
from .fa3_corrections_common import CorrectionsCommon


class ModulesCommon(Fa3Common):
    """Others sell; the accountant, who sees the accounting only, makes the document."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(su=True)
        cls.accountant = new_test_user(
            cls.env,
            "ksiegowa_modulow",
            groups="account.group_account_invoice",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    def see(self, invoice):
        return invoice.with_env(self.env(user=self.accountant, su=False))


@tagged("post_install", "-at_install", "ksef_more_modules")
class TestDeliveries(ModulesCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.need_module("sale_stock")
        cls.goods = cls.env["product.product"].create(
            {
                "name": "Farba",
                "is_storable": True,
                "tracking": "lot",
                "invoice_policy": "delivery",
                "taxes_id": [Command.set(cls.tax("vs_kraj_23").ids)],
            }
        )
        cls.warehouse = cls.env["stock.warehouse"].search([("company_id", "=", cls.company.id)])
        cls.lots = cls.stock_up("PARTIA-1", "PARTIA-2")

    @classmethod
    def stock_up(cls, *names):
        """Two pieces of each lot."""
        lots = cls.env["stock.lot"].create(
            [{"name": name, "product_id": cls.goods.id} for name in names]
        )
        for lot in lots:
            place = cls.warehouse.lot_stock_id
            cls.env["stock.quant"]._update_available_quantity(cls.goods, place, 2, lot_id=lot)
        return lots

    def order_paint(self):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.buyer.id,
                "company_id": self.company.id,
                "client_order_ref": "PO-4711",
                "order_line": [
                    Command.create(
                        {"product_id": self.goods.id, "product_uom_qty": 4, "price_unit": 100}
                    )
                ],
            }
        )
        order.action_confirm()
        order.date_order = "2026-02-20 10:00:00"
        return order

    def deliver(self, order, lot, day):
        """Deliver what there is of one lot; the rest stays to be delivered."""
        delivery = order.picking_ids.filtered(lambda picking: picking.state != "done")
        delivery.name = f"WZ/{lot.name}"
        delivery.move_ids.move_line_ids.unlink()
        delivery.move_ids.move_line_ids = [
            Command.create(
                {
                    "product_id": self.goods.id,
                    "lot_id": lot.id,
                    "quantity": 2,
                    "picking_id": delivery.id,
                }
            )
        ]
        delivery.move_ids.picked = True
        delivery.with_context(skip_backorder=True)._action_done()
        delivery.date_done = f"{day} 12:00:00"
        return delivery

    def bill(self, order):
        invoice = order._create_invoices()
        invoice.invoice_date = "2026-03-02"
        invoice.action_post()
        return self.see(invoice)

    def test_s38_deliveries_and_lots_of_the_order(self):
        order = self.order_paint()
        for lot, day in zip(self.lots, ("2026-02-25", "2026-02-27"), strict=True):
            self.deliver(order, lot, day)
        self.buyer.global_location_number = "5901234123457"
        document = self.golden(self.bill(order), "deliveries")
        self.assertEqual(document.texts("Fa/WZ"), ["WZ/PARTIA-1", "WZ/PARTIA-2"])
        self.assertEqual(document["Fa/P_6"], "2026-02-27")
        self.assertEqual(document["Podmiot2/Adres/GLN"], "5901234123457")
        self.assertEqual(
            sorted(document.texts("Fa/WarunkiTransakcji/NrPartiiTowaru")), ["PARTIA-1", "PARTIA-2"]
        )
        self.assertEqual(document["Fa/WarunkiTransakcji/Zamowienia/NrZamowienia"], "PO-4711")
        self.assertEqual(document["Fa/P_15"], "492.00")

    def test_delivery_stands_on_the_invoice_that_bills_it(self):
        order = self.order_paint()
        self.deliver(order, self.lots[0], "2026-02-25")
        first = self.build(self.bill(order))
        self.env.cr.execute(
            "UPDATE account_move SET create_date = '2026-02-26' WHERE id = %s",
            [order.invoice_ids.id],
        )
        order.invoice_ids.invalidate_recordset(["create_date"])
        self.deliver(order, self.lots[1], "2026-02-27")
        second = self.build(self.bill(order))
        for document, name in ((first, "PARTIA-1"), (second, "PARTIA-2")):
            self.assertEqual(document.texts("Fa/WZ"), [f"WZ/{name}"])
            self.assertEqual(document.texts("Fa/WarunkiTransakcji/NrPartiiTowaru"), [name])
            self.assertEqual(document["Fa/P_15"], "246.00")


@tagged("post_install", "-at_install", "ksef_more_modules")
class TestOneStopShop(Fa3Common):
    def test_s20_tax_that_odoo_makes_for_distance_sales(self):
        self.need_module("l10n_eu_oss")
        self.company._map_eu_taxes()
        consumer = self._create_buyer(
            name="Erika Mustermann", is_company=False, country_id=self.env.ref("base.de").id
        )
        invoice = self.draft(self.line(None, product_id=self.product.id), partner_id=consumer.id)
        position = invoice.fiscal_position_id
        invoice.invoice_line_ids.tax_ids = position.map_tax(self.tax("vs_kraj_23"))
        self.assertEqual(invoice.invoice_line_ids.tax_ids.ksef_rate_code, "oss")
        invoice.action_post()
        document = self.golden(invoice, "oss_module")
        row = document.all("Fa/FaWiersz")[0]
        self.assertEqual((row["P_12_XII"], row["Procedura"]), ("19", "WSTO_EE"))
        self.assertEqual((document["Fa/P_13_5"], document["Fa/P_14_5"]), ("100.00", "19.00"))


@tagged("post_install", "-at_install", "ksef_more_modules")
class TestDebitNotes(CorrectionsCommon):
    def test_k07_debit_note_of_odoos_own_wizard(self):
        self.need_module("account_debit_note")
        invoice = self.sell_accepted(self.line(quantity=10))
        wizard = self.env["account.debit.note"].with_context(
            active_model="account.move", active_ids=invoice.ids
        )
        action = wizard.create({"reason": "wyższa cena", "copy_lines": True}).create_debit()
        debit = self.env["account.move"].browse(action["res_id"])
        self.assertEqual((debit.ksef_origin_move_id, debit.ksef_invoice_type), (invoice, "KOR"))
        debit.write({"invoice_date": "2026-03-02", "ksef_correction_type": "1"})
        debit.invoice_line_ids.price_unit = 5
        debit.action_post()
        document = self.golden(debit, "debit_note")
        self.assertEqual(document["Fa/DaneFaKorygowanej/NrFaKorygowanej"], invoice.name)
        self.assertEqual(
            self.rows(document),
            [("10", "100", "1000.00", "before"), ("10", "105", "1050.00", "after")],
        )
        self.assertEqual(document["Fa/P_15"], "61.50")


@tagged("post_install", "-at_install", "ksef_more_modules")
class TestTill(ModulesCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.need_module("point_of_sale")
        cls.cash = cls.env["pos.payment.method"].create(
            {
                "name": "Gotówka",
                "company_id": cls.company.id,
                "journal_id": cls.company_data["default_journal_cash"].id,
            }
        )
        cls.till = cls.env["pos.config"].create(
            {
                "name": "Kasa",
                "company_id": cls.company.id,
                "invoice_journal_id": cls.company_data["default_journal_sale"].id,
                "payment_method_ids": [Command.set(cls.cash.ids)],
            }
        )
        cls.till.open_ui()
        cls.till.current_session_id.set_opening_control(0, "")

    def ring_up(self):
        """A paid order of one keyboard."""
        line = {
            "product_id": self.product.id,
            "qty": 1,
            "price_unit": 100,
            "tax_ids": [Command.set(self.tax("vs_kraj_23").ids)],
            "price_subtotal": 100,
            "price_subtotal_incl": 123,
        }
        amounts = {"amount_tax": 23, "amount_total": 123, "amount_paid": 0, "amount_return": 0}
        order = self.env["pos.order"].create(
            {
                "company_id": self.company.id,
                "session_id": self.till.current_session_id.id,
                "partner_id": self.buyer.id,
                "lines": [Command.create(line)],
                **amounts,
            }
        )
        payment = self.env["pos.make.payment"].with_context(active_id=order.id)
        payment.create({"amount": 123, "payment_method_id": self.cash.id}).check()
        return order

    def test_s41_invoice_to_a_receipt_of_the_till(self):
        order = self.ring_up()
        order.action_pos_order_invoice()
        document = self.golden(self.see(order.account_move), "till")
        self.assertEqual(document["Fa/FP"], "1")
        self.assertEqual(document["Fa/Platnosc/Zaplacono"], "1")
        self.assertEqual(document["Fa/Platnosc/FormaPlatnosci"], "1")
        self.assertEqual(document["Fa/P_15"], "123.00")
