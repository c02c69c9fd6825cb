"""Advance invoices, their settlement and their corrections, from sale orders."""

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .fa3_corrections_common import CorrectionsCommon


class AdvancesCommon(CorrectionsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.need_module("sale")
        cls.env.user.sudo().group_ids += cls.env.ref("sales_team.group_sale_salesman_all_leads")
        cls.machine = cls.create_product("Maszyna M1", "vs_kraj_23")
        cls.assembly = cls.create_product("Montaż", "vs_kraj_8", type="service")

    @classmethod
    def create_product(cls, name, tax, **values):
        return cls.env["product.product"].create(
            {
                "name": name,
                "type": "consu",
                "invoice_policy": "order",
                "taxes_id": [Command.set(cls.tax(tax).ids)],
                **values,
            }
        )

    def order(self, *lines, **values):
        """A confirmed order; a line is a product with its price."""
        orders = self.env["sale.order"]
        count = orders.search_count([("partner_id", "=", self.buyer.id)])
        order = orders.create(
            {
                "name": f"ZAM/{count + 1}",
                "partner_id": self.buyer.id,
                "company_id": self.company.id,
                "order_line": [
                    Command.create(
                        {"product_id": product.id, "product_uom_qty": 1, "price_unit": price}
                    )
                    for product, price in lines or [(self.machine, 10000)]
                ],
                **values,
            }
        )
        order.action_confirm()
        return order

    def order_in_euro(self):
        euro = self.use_currency("EUR", 4.25, "2026-03-01")
        pricelist = self.env["product.pricelist"].create(
            {"name": "EUR", "currency_id": euro.id, "company_id": self.company.id}
        )
        return self.order(pricelist_id=pricelist.id), "4.25"

    def invoice(self, order, **values):
        """The draft that the wizard of the order makes."""
        known = order.invoice_ids
        wizard = self.env["sale.advance.payment.inv"].create(
            {
                "sale_order_ids": [Command.set(order.ids)],
                "advance_payment_method": "delivered",
                **values,
            }
        )
        wizard.create_invoices()
        invoice = order.invoice_ids - known
        invoice.invoice_date = "2026-03-02"
        return invoice

    def advance(self, order, percent, **values):
        invoice = self.invoice(order, advance_payment_method="percentage", amount=percent)
        invoice.write(values)
        invoice.action_post()
        return invoice

    def settle(self, order):
        invoice = self.invoice(order)
        invoice.action_post()
        return invoice

    def order_rows(self, document):
        return [
            (row["P_8BZ"], row["P_11NettoZ"], row["P_11VatZ"], row["P_12Z"], row["StanPrzedZ"])
            for row in document.all("Fa/Zamowienie/ZamowienieWiersz")
        ]

    def totals(self, document):
        fields = dict(document.fields("Fa", "P_1"))
        return {name: value for name, value in fields.items() if name != "P_1"}


@tagged("post_install", "-at_install")
class TestAdvances(AdvancesCommon):
    def test_a01_advance_of_an_order_with_two_rates(self):
        order = self.order((self.machine, 10000), (self.assembly, 5000))
        document = self.golden(self.advance(order, 30, ksef_advance_on="2026-03-01"))
        self.assertEqual(document["Fa/RodzajFaktury"], "ZAL")
        self.assertEqual(
            self.totals(document),
            {
                "P_13_1": "3000.00",
                "P_14_1": "690.00",
                "P_13_2": "1500.00",
                "P_14_2": "120.00",
                "P_15": "5310.00",
            },
        )
        self.assertEqual(document["Fa/Zamowienie/WartoscZamowienia"], "17700.00")
        self.assertEqual(
            self.order_rows(document),
            [("1", "10000.00", "2300.00", "23", None), ("1", "5000.00", "400.00", "8", None)],
        )
        self.assertFalse(document.has("Fa/FaWiersz"))
        self.assertEqual(document["Fa/P_6"], "2026-03-01")
        self.assertEqual(document["Fa/Platnosc/DataZaplaty"], "2026-03-01")

    def test_e15_order_rows_describe_their_products(self):
        codes = {"default_code": "M1", "barcode": "5901234123457", "l10n_pl_vat_gtu": "GTU_06"}
        self.machine.write({**codes, "ksef_is_annex15": True})
        document = self.golden(self.advance(self.order(), 30))
        row = document.all("Fa/Zamowienie/ZamowienieWiersz")[0]
        self.assertEqual((row["IndeksZ"], row["GTINZ"]), ("M1", "5901234123457"))
        self.assertEqual((row["GTUZ"], row["P_12Z_Zal_15"]), ("GTU_06", "1"))

    def test_day_of_an_advance_is_shown_even_if_it_is_that_of_issue(self):
        document = self.build(self.advance(self.order(), 30))
        self.assertEqual(document["Fa/P_6"], "2026-03-02")
        self.assertFalse(document.has("Fa/Platnosc/Zaplacono"))

    def test_a03_last_advance_names_the_earlier_ones(self):
        order = self.order()
        first = self.accept(self.advance(order, 40))
        self.assertFalse(self.build(first).has("Fa/FakturaZaliczkowa"))
        document = self.golden(self.advance(order, 60), "advance")
        self.assertEqual(
            document.texts("Fa/FakturaZaliczkowa/NrKSeFFaZaliczkowej"), [first.ksef_number]
        )

    def test_last_advance_counts_what_earlier_ones_were_lowered_by(self):
        order = self.order()
        first = self.accept(self.advance(order, 50))
        self.accept(self.credit(first, price_unit=1000))
        self.assertFalse(self.build(self.advance(order, 50)).has("Fa/FakturaZaliczkowa"))
        document = self.build(self.advance(order, 10))
        self.assertEqual(len(document.all("Fa/FakturaZaliczkowa")), 2)

    def test_a04_advance_in_euro_shows_its_rate(self):
        order, rate = self.order_in_euro()
        document = self.golden(self.advance(order, 10), "one")
        self.assertEqual(document["Fa/KursWalutyZ"], rate)
        self.assertEqual(
            self.totals(document),
            {"P_13_1": "1000.00", "P_14_1": "230.00", "P_14_1W": "977.50", "P_15": "1230.00"},
        )

    def test_a04_advance_in_euro_paid_in_three_parts(self):
        order, _rate = self.order_in_euro()
        parts = [("2026-02-26", 400, 4.2), ("2026-02-27", 400, 4.3), ("2026-03-02", 430, 4.25)]
        invoice = self.advance(
            order,
            10,
            ksef_partial_advance_ids=[
                Command.create({"paid_on": day, "amount": amount, "rate": rate})
                for day, amount, rate in parts
            ],
        )
        document = self.golden(invoice, "three")
        self.assertEqual(
            document.texts("Fa/ZaliczkaCzesciowa/KursWalutyZW"), ["4.2", "4.3", "4.25"]
        )
        self.assertEqual(
            document.texts("Fa/ZaliczkaCzesciowa/P_15Z"), ["400.00", "400.00", "430.00"]
        )
        self.assertFalse(document.has("Fa/P_6"))
        self.assertFalse(document.has("Fa/KursWalutyZ"))

    def test_parts_must_come_to_the_advance(self):
        invoice = self.advance(
            self.order(),
            10,
            ksef_partial_advance_ids=[Command.create({"paid_on": "2026-03-01", "amount": 1})],
        )
        self.assertEqual(self.codes(invoice), ["E-AMT-02"])

    def test_advance_without_an_order_must_tell_its_value(self):
        invoice = self.sell(ksef_invoice_type="ZAL")
        self.assertEqual(self.codes(invoice), ["E-ZAL-01"])
        invoice.ksef_order_total = 246
        document = self.build(invoice)
        self.assertEqual(document["Fa/Zamowienie/WartoscZamowienia"], "246.00")
        self.assertEqual(self.order_rows(document), [("1", "100.00", "23.00", "23", None)])


@tagged("post_install", "-at_install")
class TestSettlements(AdvancesCommon):
    def test_a02_settlement_shows_the_whole_sale_and_what_remains(self):
        order = self.order((self.machine, 10000), (self.assembly, 5000))
        self.company.ksef_start_on = "2026-03-03"
        outside = self.advance(order, 10)
        self.company.ksef_start_on = False
        inside = self.accept(self.advance(order, 20))
        document = self.golden(self.settle(order))
        self.assertEqual(document["Fa/RodzajFaktury"], "ROZ")
        self.assertEqual(
            self.totals(document),
            {
                "P_13_1": "7000.00",
                "P_14_1": "1610.00",
                "P_13_2": "3500.00",
                "P_14_2": "280.00",
                "P_15": "12390.00",
            },
        )
        self.assertEqual(document.texts("Fa/FaWiersz/P_11"), ["10000.00", "5000.00"])
        self.assertEqual(
            [advance.fields() for advance in document.all("Fa/FakturaZaliczkowa")],
            [
                [("NrKSeFZN", "1"), ("NrFaZaliczkowej", outside.name)],
                [("NrKSeFFaZaliczkowej", inside.ksef_number)],
            ],
        )

    def test_a03_settlement_of_what_is_paid_in_full_is_zero(self):
        order = self.order()
        self.accept(self.advance(order, 100))
        settlement = self.settle(order)
        self.assertEqual(self.codes(settlement), ["W-ROZ-02"])
        self.assertEqual(
            self.totals(self.golden(settlement, "settlement")),
            {"P_13_1": "0.00", "P_14_1": "0.00", "P_15": "0.00"},
        )

    def test_advance_without_number_blocks_the_settlement(self):
        order = self.order()
        self.advance(order, 30)
        self.assertEqual(self.codes(self.settle(order)), ["E-ROZ-01"])

    def test_a08_advances_above_the_sale_have_no_document(self):
        order = self.order()
        self.accept(self.advance(order, 50))
        order.order_line.filtered(lambda line: not line.is_downpayment).price_unit = 3000
        refund = self.settle(order)
        self.assertEqual(refund.move_type, "out_refund")
        self.assertEqual(self.codes(refund), ["E-ROZ-03"])

    def test_a09_payment_in_the_month_of_the_sale_needs_no_advance_invoice(self):
        invoice = self.sell(
            ksef_partial_advance_ids=[Command.create({"paid_on": "2026-03-01", "amount": 50})]
        )
        document = self.golden(invoice)
        self.assertEqual(document["Fa/RodzajFaktury"], "ROZ")
        self.assertEqual(
            document.fields("Fa/ZaliczkaCzesciowa"), [("P_6Z", "2026-03-01"), ("P_15Z", "50.00")]
        )
        self.assertEqual(document["Fa/P_15"], "123.00")
        self.assertFalse(document.has("Fa/FakturaZaliczkowa"))

    def test_settlement_without_advances_is_none(self):
        self.assertEqual(self.codes(self.sell(ksef_invoice_type="ROZ")), ["E-ROZ-01"])

    def test_advance_for_two_orders_is_stopped(self):
        first, second = self.order(), self.order()
        invoice = self.invoice(first, advance_payment_method="percentage", amount=10)
        other = self.invoice(second, advance_payment_method="percentage", amount=10)
        invoice.invoice_line_ids.sale_line_ids += other.invoice_line_ids.sale_line_ids
        invoice.action_post()
        self.assertEqual(self.codes(invoice), ["E-ZAL-02"])

    def test_invoice_that_forgets_an_advance_is_reported(self):
        order = self.order()
        self.accept(self.advance(order, 30))
        invoice = self.invoice(order, deduct_down_payments=False)
        invoice.action_post()
        self.assertIn("W-ROZ-05", self.codes(invoice))

    def reduced_advance(self, **line):
        order = self.order()
        advance = self.accept(self.advance(order, 30))
        refund = self.credit(advance, **line)
        self.assertEqual(refund.ksef_invoice_type, "KOR_ZAL")
        self.accept(refund)
        return order, advance

    def test_a10_advance_reduced_by_price_is_not_deducted_by_odoo(self):
        order, _advance = self.reduced_advance(price_unit=1200)
        self.assertIn("W-ROZ-05", self.codes(self.settle(order)))

    def test_a10_advance_reduced_by_quantity_is_deducted_wrongly_by_odoo(self):
        order, _advance = self.reduced_advance(quantity=0.4)
        self.assertIn("E-ROZ-04", self.codes(self.settle(order)))

    def deduct(self, order):
        """The final invoice of an accountant who has its advances deducted by the button."""
        invoice = self.invoice(order)
        self.assertTrue(invoice.ksef_is_deduction_wrong)
        invoice.action_ksef_deduct_advances()
        self.assertFalse(invoice.ksef_is_deduction_wrong)
        invoice.action_post()
        return invoice

    def assert_rest_is_settled(self, document, advance):
        self.assertEqual(document["Fa/RodzajFaktury"], "ROZ")
        self.assertEqual((document["Fa/P_13_1"], document["Fa/P_15"]), ("8200.00", "10086.00"))
        self.assertEqual(
            document.texts("Fa/FakturaZaliczkowa/NrKSeFFaZaliczkowej"), [advance.ksef_number]
        )

    def test_a10_line_with_the_rest_of_a_reduced_advance_settles_it(self):
        order, advance = self.reduced_advance(price_unit=1200)
        settlement = self.deduct(order)
        self.assertEqual(self.codes(settlement), [])
        self.assert_rest_is_settled(self.golden(settlement), advance)

    def test_rest_of_an_advance_reduced_by_quantity_is_deducted(self):
        order, advance = self.reduced_advance(quantity=0.4)
        self.assert_rest_is_settled(self.build(self.deduct(order)), advance)

    def test_settlement_that_was_posted_wrongly_is_mended_as_a_draft(self):
        order, advance = self.reduced_advance(price_unit=1200)
        invoice = self.settle(order)
        self.assertFalse(invoice.ksef_is_deduction_wrong)
        with self.assertRaisesRegex(UserError, "only the draft"):
            invoice.action_ksef_deduct_advances()
        invoice.button_draft()
        invoice.action_ksef_deduct_advances()
        invoice.action_post()
        self.assert_rest_is_settled(self.build(invoice), advance)

    def test_correction_of_the_day_counts_for_a_settlement_drafted_before(self):
        order = self.order()
        advance = self.accept(self.advance(order, 30))
        settlement = self.invoice(order)
        self.accept(self.credit(advance, price_unit=1200))
        settlement.action_post()
        self.assertEqual(self.codes(settlement), ["E-ROZ-04"])
        settlement.button_draft()
        settlement.action_ksef_deduct_advances()
        settlement.action_post()
        self.assert_rest_is_settled(self.build(settlement), advance)

    def test_each_rate_of_an_advance_is_deducted_by_itself(self):
        order = self.order((self.machine, 10000), (self.assembly, 5000))
        advance = self.accept(self.advance(order, 30))
        refund = self.reverse(advance)
        for line in refund.invoice_line_ids:
            line.price_unit /= 3
        refund.action_post()
        self.accept(refund)
        document = self.build(self.deduct(order))
        self.assertEqual((document["Fa/P_13_1"], document["Fa/P_13_2"]), ("8000.00", "4000.00"))

    def test_draft_that_deducts_all_needs_no_button(self):
        order = self.order()
        self.accept(self.advance(order, 30))
        self.assertFalse(self.invoice(order).ksef_is_deduction_wrong)
        self.assertFalse(self.draft().ksef_is_deduction_wrong)

    def test_advance_that_was_taken_back_is_not_deducted(self):
        order = self.order()
        self.accept(self.credit(self.accept(self.advance(order, 30))))
        invoice = self.invoice(order)
        self.assertFalse(invoice.ksef_is_deduction_wrong)
        invoice.action_post()
        self.assertEqual(self.build(invoice)["Fa/RodzajFaktury"], "VAT")


@tagged("post_install", "-at_install")
class TestCorrectionsOfAdvances(AdvancesCommon):
    def test_a06_refund_of_the_whole_advance(self):
        order = self.order()
        advance = self.accept(self.advance(order, 30))
        document = self.golden(self.credit(advance))
        self.assertEqual(document["Fa/RodzajFaktury"], "KOR_ZAL")
        self.assertEqual((document["Fa/P_15"], document["Fa/P_15ZK"]), ("-3690.00", "3690.00"))
        self.assertEqual(document["Fa/P_13_1"], "-3000.00")
        self.assertEqual(document["Fa/P_6"], "2026-03-02")
        self.assertEqual(
            self.order_rows(document),
            [("1", "10000.00", "2300.00", "23", "1"), ("1", "10000.00", "2300.00", "23", None)],
        )
        self.assertEqual(len(set(document.texts("Fa/Zamowienie/ZamowienieWiersz/UU_IDZ"))), 1)
        self.assertFalse(document.has("Fa/FaWiersz"))

    def test_refund_of_an_advance_for_a_cancelled_order(self):
        order = self.order()
        advance = self.accept(self.advance(order, 30))
        order.with_context(disable_cancel_warning=True).action_cancel()
        document = self.build(self.credit(advance))
        self.assertEqual(document["Fa/Zamowienie/WartoscZamowienia"], "0.00")
        self.assertEqual(self.order_rows(document)[1], ("0", "0.00", "0.00", "23", None))

    def test_second_refund_starts_from_what_the_first_left(self):
        advance = self.accept(self.advance(self.order(), 30))
        self.accept(self.credit(advance, price_unit=1000))
        document = self.build(self.credit(advance, price_unit=500))
        self.assertEqual((document["Fa/P_15"], document["Fa/P_15ZK"]), ("-615.00", "2460.00"))

    def order_flat(self):
        """A flat at 23 %, by mistake, and extras; 20 000 of 375 150 are paid."""
        flat = self.create_product("Mieszkanie 50 m²", "vs_kraj_23")
        extras = self.create_product("Usługi dodatkowe", "vs_kraj_23", type="service")
        order = self.order((flat, 300000), (extras, 5000))
        invoice = self.invoice(order, advance_payment_method="fixed", fixed_amount=20000)
        invoice.ksef_advance_on = "2026-03-01"
        invoice.action_post()
        return order, self.accept(invoice)

    def gross(self, rate):
        """The same rate in the price."""
        values = {"name": f"{rate}% brutto", "price_include_override": "tax_included"}
        return self.tax(f"vs_kraj_{rate}").copy(values)

    def test_a05_change_of_rate_of_an_advance(self):
        order, advance = self.order_flat()
        flat = order.order_line.filtered(lambda line: line.price_unit == 300000)
        flat.write({"tax_ids": self.tax("vs_kraj_8").ids, "price_unit": 341666.67})
        refund = self.reverse(advance, "błędna stawka")
        refund.invoice_line_ids.write({"tax_ids": self.gross(23).ids, "price_unit": 19672.13})
        again = refund.invoice_line_ids.copy_data({"tax_ids": self.gross(8).ids, "quantity": -1})
        refund.invoice_line_ids = [Command.create(values) for values in again]
        refund.action_post()
        document = self.golden(refund)
        self.assertEqual(
            self.totals(document),
            {
                "P_13_1": "-15993.60",
                "P_14_1": "-3678.53",
                "P_13_2": "18214.94",
                "P_14_2": "1457.19",
                "P_15": "0.00",
                "P_15ZK": "20000.00",
            },
        )
        self.assertEqual(document["Fa/Zamowienie/WartoscZamowienia"], "375150.00")
        self.assertEqual(
            self.order_rows(document),
            [
                ("1", "300000.00", "69000.00", "23", "1"),
                ("1", "341666.67", "27333.33", "8", None),
                ("1", "5000.00", "1150.00", "23", "1"),
                ("1", "5000.00", "1150.00", "23", None),
            ],
        )

    def test_e14_refund_of_an_advance_in_euro_shows_both_rates(self):
        order, rate = self.order_in_euro()
        advance = self.accept(self.advance(order, 10))
        document = self.golden(self.credit(advance))
        self.assertEqual((document["Fa/KursWalutyZ"], document["Fa/KursWalutyZK"]), (rate, rate))
        self.assertEqual(document["Fa/P_14_1W"], "-977.50")

    def test_a07_wrong_remainder_of_a_settlement(self):
        order = self.order((self.machine, 10000), (self.assembly, 5000))
        advance = self.accept(self.advance(order, 30))
        settlement = self.accept(self.settle(order))
        credit = self.reverse(settlement, "błędna kwota")
        self.assertEqual(credit.ksef_invoice_type, "KOR_ROZ")
        deductions = credit.invoice_line_ids.filtered("is_downpayment")
        kept = deductions.filtered(lambda line: line.tax_ids == self.tax("vs_kraj_23"))
        (credit.invoice_line_ids - kept).unlink()
        kept.write({"quantity": 1, "price_unit": 100})
        credit.action_post()
        document = self.golden(credit)
        self.assertEqual((document["Fa/P_15"], document["Fa/P_15ZK"]), ("-123.00", "12390.00"))
        self.assertEqual(
            self.rows(document),
            [
                ("1", "10000", "10000.00", "before"),
                ("1", "10000", "10000.00", "after"),
                ("1", "5000", "5000.00", "before"),
                ("1", "5000", "5000.00", "after"),
            ],
        )
        self.assertEqual(
            document.texts("Fa/FakturaZaliczkowa/NrKSeFFaZaliczkowej"), [advance.ksef_number]
        )
