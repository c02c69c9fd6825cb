"""The correction wizard on bills that we issue in the name of the vendor."""

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .correction_wizard_common import CorrectionWizardCommon
from .fa3_common import SELLER_NIP
from .test_fa3_self_billing import VENDOR_NIP, SelfBillingCommon


@tagged("post_install", "-at_install")
class TestCorrectionOfSelfBilled(CorrectionWizardCommon, SelfBillingCommon):
    def buy_accepted(self, *lines, **values):
        return self.accept(self.buy(*lines, **values))

    def assert_is_self_billed(self, document, bill):
        """The vendor sells, we buy, and the bill is what is corrected."""
        self.assertEqual(document["Fa/Adnotacje/P_17"], "1")
        self.assertEqual(document["Podmiot1/DaneIdentyfikacyjne/NIP"], VENDOR_NIP)
        self.assertEqual(document["Podmiot2/DaneIdentyfikacyjne/NIP"], SELLER_NIP)
        self.assert_corrects(document, bill)

    # === AMOUNTS === #

    def test_cancelled_bill_is_taken_back_to_zero(self):
        bill = self.buy_accepted(self.line("vz_kraj_23", quantity=2), self.line("vz_kraj_8"))
        correction = self.finish(self.begin(bill, "cancel"))
        self.assertEqual(correction.move_type, "in_refund")
        self.assertEqual(correction.journal_id, self.journal)
        document = self.build(correction)
        self.assert_is_self_billed(document, bill)
        self.assertEqual(
            self.rows(document),
            [
                ("2", "100", "200.00", "before"),
                ("0", "100", "0.00", "after"),
                ("1", "100", "100.00", "before"),
                ("0", "100", "0.00", "after"),
            ],
        )
        self.assertEqual((document["Fa/RodzajFaktury"], document["Fa/P_15"]), ("KOR", "-354.00"))
        self.assertEqual((document["Fa/P_14_1"], document["Fa/P_14_2"]), ("-46.00", "-8.00"))

    def test_lower_price_of_a_bill_makes_a_refund(self):
        bill = self.buy_accepted(self.line("vz_kraj_23", quantity=10))
        wizard = self.begin(bill, "lines")
        wizard.line_ids.price_unit = 95
        self.assertEqual((wizard.amount_difference, wizard.effect), (-50, "2"))
        correction = self.finish(wizard)
        self.assertEqual(correction.move_type, "in_refund")
        document = self.build(correction)
        self.assert_is_self_billed(document, bill)
        self.assertEqual(
            self.rows(document),
            [("10", "100", "1000.00", "before"), ("10", "95", "950.00", "after")],
        )
        self.assertEqual((document["Fa/P_13_1"], document["Fa/P_15"]), ("-50.00", "-61.50"))

    def test_higher_price_of_a_bill_makes_a_bill(self):
        bill = self.buy_accepted(self.line("vz_kraj_23", quantity=10))
        wizard = self.begin(bill, "lines")
        wizard.line_ids.price_unit = 105
        correction = self.finish(wizard)
        self.assertEqual(correction.move_type, "in_invoice")
        document = self.build(correction)
        self.assert_is_self_billed(document, bill)
        self.assertEqual(document["Fa/RodzajFaktury"], "KOR")
        self.assertEqual((document["Fa/TypKorekty"], document["Fa/P_15"]), ("1", "61.50"))

    def test_second_correction_of_a_bill_starts_where_the_first_ended(self):
        bill = self.buy_accepted(self.line("vz_kraj_23", quantity=10))
        for left, before in ((8, "10"), (0, "8")):
            wizard = self.begin(bill, "return")
            wizard.line_ids.quantity = left
            correction = self.finish(wizard)
            document = self.build(correction)
            self.assert_is_self_billed(document, bill)
            self.assertEqual(self.rows(document)[0][0], before)
            self.accept(correction)

    def test_other_rate_of_a_bill_is_a_purchase_tax(self):
        bill = self.buy_accepted()
        wizard = self.begin(bill, "lines")
        self.assertEqual(wizard.line_ids.tax_use, "purchase")
        wizard.line_ids.write({"tax_ids": self.tax("vz_kraj_8").ids, "price_unit": 113.89})
        document = self.build(self.finish(wizard))
        self.assert_is_self_billed(document, bill)
        self.assertEqual(document.texts("Fa/FaWiersz/P_12"), ["23", "8"])
        self.assertEqual((document["Fa/P_13_2"], document["Fa/P_15"]), ("113.89", "0.00"))

    def test_forgotten_item_is_added_to_a_bill(self):
        wizard = self.begin(self.buy_accepted(), "lines")
        self.add_forgotten(wizard, "Transport", "vz_kraj_23")
        document = self.build(self.finish(wizard))
        self.assertEqual(self.rows(document), [("1", "20", "20.00", "after")])
        self.assertEqual(document["Fa/P_15"], "24.60")

    def test_discount_on_several_bills_of_a_vendor(self):
        bills = self.buy_accepted() | self.buy_accepted()
        wizard = self.open(bills)
        self.assertEqual(wizard.subject, "discount")
        wizard.action_next()
        wizard.period = "I kwartał 2026"
        wizard.rebate_ids.percent = 10
        correction = self.finish(wizard)
        self.assertEqual(correction.move_type, "in_refund")
        document = self.build(correction)
        self.assertEqual(document["Fa/Adnotacje/P_17"], "1")
        self.assertEqual(document["Podmiot1/DaneIdentyfikacyjne/NIP"], VENDOR_NIP)
        self.assertEqual(
            set(document.texts("Fa/DaneFaKorygowanej/NrKSeFFaKorygowanej")),
            set(bills.mapped("ksef_number")),
        )
        self.assertEqual((document["Fa/P_13_1"], document["Fa/P_15"]), ("-20.00", "-24.60"))

    def test_bill_and_invoice_of_one_partner_have_no_common_correction(self):
        bill = self.buy_accepted()
        with self.assertRaisesRegex(UserError, "of one seller"):
            self.open(bill | self.sell_accepted(partner_id=self.vendor.id))

    def test_preview_of_a_bill_shows_before_after_and_difference(self):
        wizard = self.begin(self.buy_accepted(self.line("vz_kraj_23", quantity=10)), "lines")
        wizard.line_ids.price_unit = 95
        wizard.action_next()
        shown = wizard.preview.replace("\N{NO-BREAK SPACE}", " ")
        for text in ("Credit note", "1,000.00", "950.00", "-50.00", "1,230.00", "-61.50"):
            self.assertIn(text, shown)
        self.assertFalse(wizard.is_blocked)

    # === DATA === #

    def test_wizard_offers_what_makes_sense_for_a_bill(self):
        self.assertEqual(
            self.open(self.buy_accepted()).possible_subjects,
            "cancel,return,lines,discount,vendor,buyer,data,number",
        )
        self.assertNotIn("vendor", self.open(self.sell_accepted()).possible_subjects)

    def test_name_and_address_of_the_vendor(self):
        bill = self.buy_accepted()
        wizard = self.begin(bill, "vendor")
        self.assertEqual(wizard.buyer_name, "Rolnik sp. z o.o.")
        wizard.write({"buyer_name": "Rolnik i Syn sp. z o.o.", "buyer_city": "Gdańsk"})
        document = self.build(self.finish(wizard))
        self.assert_is_self_billed(document, bill)
        self.assertEqual(document["Podmiot1/DaneIdentyfikacyjne/Nazwa"], "Rolnik i Syn sp. z o.o.")
        self.assertEqual(document["Fa/Podmiot1K/DaneIdentyfikacyjne/Nazwa"], "Rolnik sp. z o.o.")
        self.assertEqual(document["Fa/Podmiot1K/Adres/AdresL2"], "30-002 Elbląg")
        self.assertFalse(document.has("Fa/Podmiot2K"))
        self.assertFalse(document.has("Fa/FaWiersz"))
        self.assertEqual(document["Fa/P_15"], "0.00")

    def test_name_of_our_company_as_the_buyer(self):
        bill = self.buy_accepted()
        self.company.partner_id.name = "ABC S.A."
        document = self.build(self.finish(self.begin(bill, "buyer")))
        self.assert_is_self_billed(document, bill)
        self.assertEqual(document["Podmiot2/DaneIdentyfikacyjne/Nazwa"], "ABC S.A.")
        self.assertEqual(document["Fa/Podmiot2K/DaneIdentyfikacyjne/Nazwa"], "ABC sp. z o.o.")
        self.assertFalse(document.has("Fa/Podmiot1K"))

    def test_changed_nip_of_the_vendor_is_no_correction_of_data(self):
        bill = self.buy_accepted()
        self.vendor.write({"vat": "PL7762811692", "name": "Inny rolnik"})
        wizard = self.begin(bill, "vendor")
        wizard.action_next()
        self.assertTrue(wizard.is_blocked)
        self.assertIn("NIP of the vendor is another one", wizard.problems)

    def test_correction_keeps_the_nip_of_the_vendor(self):
        bill = self.buy_accepted()
        self.vendor.write({"vat": "PL7762811692", "name": "Inny rolnik"})
        document = self.build(self.finish(self.begin(bill, "cancel")))
        self.assert_is_self_billed(document, bill)
        self.assertEqual(document["Podmiot1/DaneIdentyfikacyjne/Nazwa"], "Rolnik sp. z o.o.")

    def test_terms_of_payment_to_the_vendor(self):
        account = self.env["res.partner.bank"].create(
            {"acc_number": "PL27114020040000300201355387", "partner_id": self.vendor.id}
        )
        bill = self.buy_accepted(taxable_supply_date="2026-02-27")
        wizard = self.begin(bill, "data")
        self.assertEqual(wizard.payee_id, self.vendor)
        wizard.write({"due_on": "2026-04-01", "supply_on": "2026-02-26", "bank_id": account.id})
        document = self.build(self.finish(wizard))
        self.assert_is_self_billed(document, bill)
        self.assertEqual(document["Fa/P_6"], "2026-02-26")
        self.assertEqual(document["Fa/Platnosc/TerminPlatnosci/Termin"], "2026-04-01")
        self.assertEqual(document["Fa/Platnosc/RachunekBankowy/NrRB"], "27114020040000300201355387")

    def test_wrong_number_of_a_bill(self):
        bill = self.buy_accepted()
        document = self.build(self.finish(self.begin(bill, "number", right_number="SF/7")))
        self.assert_is_self_billed(document, bill)
        self.assertEqual(document["Fa/NrFaKorygowany"], "SF/7")

    def test_wrong_rate_of_a_bill_in_euro(self):
        euro = self.use_currency("EUR", 4.25, "2026-03-01")
        bill = self.buy_accepted(currency_id=euro.id)
        moves = self.finish(self.begin(bill, "rate", right_rate=4.20))
        document = self.build(moves.filtered("ksef_is_correction"))
        self.assert_is_self_billed(document, bill)
        self.assertEqual(document["Fa/P_14_1W"], "-1.15")
        entry = moves.filtered(lambda move: move.move_type == "entry")
        payable = entry.line_ids.filtered(lambda line: line.account_type == "liability_payable")
        self.assertAlmostEqual(payable.balance, 6.15)
        vat = entry.line_ids.filtered("tax_repartition_line_id")
        self.assertAlmostEqual(vat.balance, -1.15)

    def test_bill_of_a_vendor_is_not_ours_to_correct(self):
        journal = self.company_data["default_journal_purchase"]
        bill = self.buy(journal_id=journal.id)
        bill.sudo().ksef_number = self.number_for(bill)
        self.assertFalse(bill.ksef_is_correctable)
        with self.assertRaisesRegex(UserError, "only an invoice with a KSeF number"):
            self.open(bill)


@tagged("post_install", "-at_install", "ksef_more_modules")
class TestCorrectionOfPurchaseOrders(CorrectionWizardCommon, SelfBillingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.need_module("purchase")

    def order_and_bill(self):
        order = self.env["purchase.order"].create(
            {
                "partner_id": self.vendor.id,
                "company_id": self.company.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": self.product.id,
                            "product_qty": 10,
                            "price_unit": 100,
                            "tax_ids": [Command.set(self.tax("vz_kraj_23").ids)],
                        }
                    )
                ],
            }
        )
        self.product.purchase_method = "purchase"
        order.button_confirm()
        line = self.line(
            "vz_kraj_23",
            product_id=self.product.id,
            quantity=10,
            purchase_line_id=order.order_line.id,
        )
        return order, self.accept(self.buy(line))

    def test_returned_goods_are_taken_off_the_purchase_order(self):
        order, bill = self.order_and_bill()
        wizard = self.begin(bill, "return")
        wizard.line_ids.quantity = 8
        self.finish(wizard)
        self.assertEqual(order.order_line.qty_invoiced, 8)

    def test_lower_price_leaves_the_purchase_order_billed(self):
        order, bill = self.order_and_bill()
        wizard = self.begin(bill, "lines")
        wizard.line_ids.price_unit = 95
        self.finish(wizard)
        self.assertEqual(order.order_line.qty_invoiced, 10)
