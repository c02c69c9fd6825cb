"""The correction wizard on advance invoices and on their settlements."""

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .correction_wizard_common import CorrectionWizardCommon
from .test_fa3_advances import AdvancesCommon


@tagged("post_install", "-at_install")
class TestCorrectionOfAdvances(CorrectionWizardCommon, AdvancesCommon):
    def setUp(self):
        super().setUp()
        self.sold = self.order((self.machine, 10000), (self.assembly, 5000))
        self.paid = self.accept(self.advance(self.sold, 30, ksef_advance_on="2026-03-01"))

    def test_cancelled_advance_is_taken_back(self):
        document = self.build(self.finish(self.begin(self.paid, "cancel")))
        self.assertEqual(document["Fa/RodzajFaktury"], "KOR_ZAL")
        self.assertEqual((document["Fa/P_15"], document["Fa/P_15ZK"]), ("-5310.00", "5310.00"))
        self.assertEqual((document["Fa/P_13_1"], document["Fa/P_13_2"]), ("-3000.00", "-1500.00"))
        self.assertEqual(document["Fa/TypKorekty"], "2")

    def test_cancelled_advance_is_no_longer_deducted_in_sales(self):
        self.finish(self.begin(self.paid, "cancel"))
        settlement = self.settle(self.sold)
        self.assertEqual(settlement.amount_total, 17700)

    def test_what_was_taken_back_before_is_left_out(self):
        refund = self.reverse(self.paid)
        for line in refund.invoice_line_ids:
            line.price_unit /= 3
        refund.action_post()
        self.accept(refund)
        document = self.build(self.finish(self.begin(self.paid, "cancel")))
        self.assertEqual((document["Fa/P_15"], document["Fa/P_15ZK"]), ("-3540.00", "3540.00"))

    def test_cancelled_settlement_is_taken_back(self):
        settlement = self.accept(self.settle(self.sold))
        document = self.build(self.finish(self.begin(settlement, "cancel")))
        self.assertEqual(document["Fa/RodzajFaktury"], "KOR_ROZ")
        self.assertEqual((document["Fa/P_15"], document["Fa/P_15ZK"]), ("-12390.00", "12390.00"))
        self.assertEqual(
            self.rows(document),
            [
                ("1", "10000", "10000.00", "before"),
                ("0", "10000", "0.00", "after"),
                ("1", "5000", "5000.00", "before"),
                ("0", "5000", "0.00", "after"),
            ],
        )

    def test_buyer_of_an_advance_is_corrected(self):
        wizard = self.begin(self.paid, "buyer", buyer_name="F.H.U. Nabywca i Syn")
        document = self.build(self.finish(wizard))
        self.assertEqual(document["Fa/RodzajFaktury"], "KOR_ZAL")
        self.assertEqual((document["Fa/P_15"], document["Fa/P_15ZK"]), ("0.00", "5310.00"))
        self.assertEqual(document["Fa/Podmiot2K/DaneIdentyfikacyjne/Nazwa"], "F.H.U. Nabywca")
        self.assertEqual(len(self.order_rows(document)), 4)

    def test_due_date_of_a_settlement_is_corrected(self):
        settlement = self.accept(self.settle(self.sold))
        document = self.build(self.finish(self.begin(settlement, "data", supply_on="2026-02-27")))
        self.assertEqual(document["Fa/RodzajFaktury"], "KOR_ROZ")
        self.assertEqual((document["Fa/P_6"], document["Fa/P_15"]), ("2026-02-27", "0.00"))
        self.assertEqual(document["Fa/P_15ZK"], "12390.00")
        self.assertEqual(
            document.texts("Fa/FakturaZaliczkowa/NrKSeFFaZaliczkowej"), [self.paid.ksef_number]
        )

    def correct_amounts(self, invoice, *amounts):
        """The wizard with these right amounts of the advance, in the order of its lines."""
        wizard = self.begin(invoice, "amount")
        for line, amount in zip(wizard.advance_ids, amounts, strict=True):
            line.amount = amount
        return wizard

    def test_advance_is_lowered_rate_by_rate(self):
        wizard = self.correct_amounts(self.paid, 2000, 1500)
        self.assertEqual(wizard.advance_ids.mapped("amount_before"), [3000, 1500])
        self.assertEqual((wizard.amount_difference, wizard.effect), (-1000, "2"))
        correction = self.finish(wizard)
        self.assertEqual(correction.move_type, "out_refund")
        document = self.build(correction)
        self.assertEqual(
            self.totals(document),
            {"P_13_1": "-1000.00", "P_14_1": "-230.00", "P_15": "-1230.00", "P_15ZK": "5310.00"},
        )
        self.assertEqual(document["Fa/RodzajFaktury"], "KOR_ZAL")
        self.assertEqual(len(self.order_rows(document)), 4)

    def test_advance_is_raised_by_a_debit_note(self):
        correction = self.finish(self.correct_amounts(self.paid, 4000, 1500))
        self.assertEqual(correction.move_type, "out_invoice")
        document = self.build(correction)
        self.assertEqual(document["Fa/RodzajFaktury"], "KOR_ZAL")
        self.assertEqual((document["Fa/P_15"], document["Fa/P_15ZK"]), ("1230.00", "5310.00"))

    def test_settlement_deducts_what_corrections_have_left(self):
        self.accept(self.finish(self.correct_amounts(self.paid, 2000, 1800)))
        settlement = self.invoice(self.sold)
        settlement.with_user(self.accountant).action_ksef_deduct_advances()
        settlement.action_post()
        document = self.build(settlement)
        self.assertEqual(document["Fa/RodzajFaktury"], "ROZ")
        self.assertEqual((document["Fa/P_13_1"], document["Fa/P_13_2"]), ("8000.00", "3200.00"))

    def test_advance_at_a_wrong_rate_is_moved_to_the_right_one(self):
        advance = self.accept(self.advance(self.order((self.machine, 10000)), 30))
        wizard = self.correct_amounts(advance, 0)
        tax = self.tax("vs_kraj_8")
        wizard.advance_ids = [Command.create({"tax_ids": tax.ids, "amount": 3416.67})]
        document = self.build(self.finish(wizard))
        self.assertEqual(
            self.totals(document),
            {
                "P_13_1": "-3000.00",
                "P_14_1": "-690.00",
                "P_13_2": "3416.67",
                "P_14_2": "273.33",
                "P_15": "0.00",
                "P_15ZK": "3690.00",
            },
        )

    def test_amount_so_far_is_that_after_earlier_corrections(self):
        self.accept(self.finish(self.correct_amounts(self.paid, 2000, 1500)))
        wizard = self.correct_amounts(self.paid, 1900, 1500)
        self.assertEqual(wizard.advance_ids.mapped("amount_before"), [2000, 1500])
        document = self.build(self.finish(wizard))
        self.assertEqual((document["Fa/P_15"], document["Fa/P_15ZK"]), ("-123.00", "4080.00"))

    def test_unchanged_advance_has_no_correction(self):
        with self.assertRaisesRegex(UserError, "Nothing is different"):
            self.correct_amounts(self.paid, 3000, 1500).action_next()

    def test_settlement_that_deducted_too_little_is_lowered(self):
        settlement = self.accept(self.settle(self.sold))
        wizard = self.correct_amounts(settlement, 3100, 1500)
        self.assertEqual(wizard.amount_difference, -100)
        document = self.build(self.finish(wizard))
        self.assertEqual(document["Fa/RodzajFaktury"], "KOR_ROZ")
        self.assertEqual((document["Fa/P_15"], document["Fa/P_15ZK"]), ("-123.00", "12390.00"))
        self.assertEqual(len(self.rows(document)), 4)

    def test_price_on_a_settlement_is_corrected(self):
        settlement = self.accept(self.settle(self.sold))
        wizard = self.begin(settlement, "lines")
        wizard.line_ids[0].price_unit = 9900
        document = self.build(self.finish(wizard))
        self.assertEqual(document["Fa/RodzajFaktury"], "KOR_ROZ")
        self.assertEqual((document["Fa/P_15"], document["Fa/P_15ZK"]), ("-123.00", "12390.00"))
        self.assertEqual(
            self.rows(document),
            [
                ("1", "10000", "10000.00", "before"),
                ("1", "9900", "9900.00", "after"),
                ("1", "5000", "5000.00", "before"),
                ("1", "5000", "5000.00", "after"),
            ],
        )

    def test_wizard_offers_what_the_kind_of_document_allows(self):
        wizard = self.open(self.paid)
        self.assertEqual(wizard.subject, "cancel")
        self.assertEqual(wizard.possible_subjects, "cancel,amount,buyer,data,number")
        wizard.subject = "lines"
        with self.assertRaisesRegex(UserError, "cannot be corrected"):
            wizard.action_next()

    def test_wizard_says_of_what_kind_the_correction_is(self):
        self.assertIn("(KOR_ZAL)", self.open(self.paid).explanation)
        settlement = self.accept(self.settle(self.sold))
        self.assertIn("(KOR_ROZ)", self.open(settlement).explanation)
