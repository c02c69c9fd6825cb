"""What a row before and after a correction has beside quantity, price and value."""

from odoo.tests import tagged

from .correction_wizard_common import CorrectionWizardCommon
from .fa3_common import Fa3Common


@tagged("post_install", "-at_install")
class TestRowsOfCorrections(CorrectionWizardCommon):
    def return_goods(self, invoice, left):
        wizard = self.begin(invoice, "return")
        wizard.line_ids[0].quantity = left
        return self.finish(wizard)

    def sell_with_excise(self):
        """Ten at 100.00 and a duty of 3.00 each."""
        tax = self.tax("vs_kraj_23")
        excise = self.env["account.tax"].create(
            {
                "name": "Akcyza",
                "amount_type": "fixed",
                "amount": 3,
                "company_id": self.company.id,
                "country_id": tax.country_id.id,
                "tax_group_id": tax.tax_group_id.id,
                "include_base_amount": True,
                "sequence": tax.sequence - 1,
                "ksef_is_excise": True,
            }
        )
        return self.sell_accepted(self.line(excise | tax, quantity=10))

    def test_excise_is_that_of_the_quantity(self):
        invoice = self.sell_with_excise()
        refund = self.accept(self.return_goods(invoice, 8))
        excise = self.build(refund).texts("Fa/FaWiersz/KwotaAkcyzy")
        self.assertEqual(excise, ["30.00", "24.00"])
        excise = self.build(self.return_goods(invoice, 0)).texts("Fa/FaWiersz/KwotaAkcyzy")
        self.assertEqual(excise, ["24.00"])

    def test_excise_of_a_difference_is_signed(self):
        self.company.ksef_kor_method = "difference"
        document = self.build(self.return_goods(self.sell_with_excise(), 8))
        self.assertEqual(document.texts("Fa/FaWiersz/KwotaAkcyzy"), ["-6.00"])

    def test_discount_line_that_stays_takes_nothing_back(self):
        discount = self.line(name="Rabat", price_unit=-50)
        refund = self.return_goods(self.sell_accepted(self.line(quantity=10), discount), 8)
        self.assertEqual(self.codes(refund), [])

    def test_grosz_that_rounding_moves_between_rows_is_not_taken_back_twice(self):
        lines = [self.line(quantity=3, price_unit=1.115) for _number in range(5)]
        invoice = self.sell_accepted(*lines)
        self.accept(self.return_goods(invoice, 1))
        refund = self.finish(self.begin(invoice, "cancel"))
        self.assertIn("-0.01", self.build(refund).texts("Fa/FaWiersz/P_11"))
        self.assertNotIn("W-KOR-05", self.codes(refund))

    def test_rates_of_rows_hold_for_what_is_taken_back_of_them(self):
        dollar = self.use_currency("USD", 4)
        invoice = self.sell_accepted(
            self.line(price_unit=1000, ksef_rate=4.1),
            self.line(price_unit=500),
            currency_id=dollar.id,
        )
        self.assertEqual(self.build(invoice)["Fa/P_14_1W"], "1403.00")
        refund = self.credit(invoice)
        self.assertEqual(self.build(refund)["Fa/P_14_1W"], "-1403.00")
        self.assertEqual(self.codes(refund), ["W-CUR-04"])

    def test_discount_beside_the_price_is_known_after_it_was_corrected(self):
        for mode in ("p10_unit", "p10_total"):
            self.company.ksef_discount_mode = mode
            invoice = self.sell_accepted(self.line(quantity=4, price_unit=20, discount=10))
            wizard = self.begin(invoice, "lines")
            wizard.line_ids.discount = 25
            self.accept(self.finish(wizard))
            document = self.build(self.finish(self.begin(invoice, "cancel")))
            self.assertEqual(document["Fa/P_13_1"], "-60.00")


@tagged("post_install", "-at_install")
class TestAdvancesByHand(Fa3Common):
    def test_advance_by_hand_needs_no_orders(self):
        invoice = self.sell(ksef_invoice_type="ZAL", ksef_order_total=246)
        document = self.build(invoice)
        self.assertEqual(document["Fa/RodzajFaktury"], "ZAL")
        self.assertFalse(document.has("Fa/FakturaZaliczkowa"))
