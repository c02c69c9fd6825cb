"""The wizard that leads from what is wrong with an invoice to its correction."""

from odoo import Command
from odoo.exceptions import AccessError, RedirectWarning, UserError
from odoo.tests import tagged

from .correction_wizard_common import CorrectionWizardCommon


@tagged("post_install", "-at_install")
class TestCorrectionOfLines(CorrectionWizardCommon):
    def test_cancelled_invoice_is_taken_back_to_zero(self):
        invoice = self.sell_accepted(self.line(quantity=2), self.line("vs_kraj_8"))
        correction = self.finish(self.begin(invoice, "cancel"))
        self.assertEqual(correction.move_type, "out_refund")
        document = self.build(correction)
        self.assertEqual(
            self.rows(document),
            [
                ("2", "100", "200.00", "before"),
                ("0", "100", "0.00", "after"),
                ("1", "100", "100.00", "before"),
                ("0", "100", "0.00", "after"),
            ],
        )
        self.assertEqual(document["Fa/P_15"], "-354.00")
        self.assertEqual(document["Fa/PrzyczynaKorekty"], "pomyłka")
        self.assertEqual(document["Fa/TypKorekty"], "2")
        self.assertEqual(document["Fa/DaneFaKorygowanej/NrKSeFFaKorygowanej"], invoice.ksef_number)

    def test_lower_price_makes_a_credit_note(self):
        invoice = self.sell_accepted(self.line(quantity=10))
        wizard = self.begin(invoice, "lines")
        wizard.line_ids.price_unit = 95
        self.assertEqual((wizard.amount_difference, wizard.effect), (-50, "2"))
        correction = self.finish(wizard)
        self.assertEqual(correction.move_type, "out_refund")
        self.assertEqual(
            self.rows(self.build(correction)),
            [("10", "100", "1000.00", "before"), ("10", "95", "950.00", "after")],
        )

    def test_higher_price_makes_a_debit_note(self):
        invoice = self.sell_accepted(self.line(quantity=10))
        wizard = self.begin(invoice, "lines")
        wizard.line_ids.price_unit = 105
        self.assertEqual(wizard.effect, "1")
        correction = self.finish(wizard)
        self.assertEqual(correction.move_type, "out_invoice")
        self.assertEqual(correction.ksef_origin_move_id, invoice)
        document = self.build(correction)
        self.assertEqual(document["Fa/RodzajFaktury"], "KOR")
        self.assertEqual(
            self.rows(document),
            [("10", "100", "1000.00", "before"), ("10", "105", "1050.00", "after")],
        )
        self.assertEqual((document["Fa/TypKorekty"], document["Fa/P_15"]), ("1", "61.50"))

    def test_returned_goods_leave_the_price(self):
        invoice = self.sell_keyboards()
        wizard = self.begin(invoice, "return")
        wizard.line_ids.quantity = 8
        document = self.build(self.finish(wizard))
        self.assertEqual(
            self.rows(document),
            [("10", "89.991", "899.91", "before"), ("8", "89.991", "719.93", "after")],
        )
        self.assertEqual((document["Fa/P_13_1"], document["Fa/P_14_1"]), ("-179.98", "-41.40"))

    def test_quantity_and_price_change_together(self):
        invoice = self.sell_accepted(self.line(quantity=10))
        wizard = self.begin(invoice, "lines")
        wizard.line_ids.write({"quantity": 8, "price_unit": 110})
        document = self.build(self.finish(wizard))
        self.assertEqual(
            self.rows(document),
            [("10", "100", "1000.00", "before"), ("8", "110", "880.00", "after")],
        )
        self.assertEqual(document["Fa/P_13_1"], "-120.00")

    def test_discount_is_entered_as_it_should_have_been(self):
        invoice = self.sell_keyboards()
        wizard = self.begin(invoice, "lines")
        wizard.line_ids.discount = 20
        document = self.build(self.finish(wizard))
        self.assertEqual(
            self.rows(document),
            [("10", "89.991", "899.91", "before"), ("10", "79.992", "799.92", "after")],
        )

    def test_other_rate_is_sold_anew(self):
        invoice = self.sell_accepted()
        wizard = self.begin(invoice, "lines")
        wizard.line_ids.write({"tax_ids": self.tax("vs_kraj_8").ids, "price_unit": 113.89})
        document = self.build(self.finish(wizard))
        self.assertEqual(document.texts("Fa/FaWiersz/P_12"), ["23", "8"])
        self.assertEqual(document.texts("Fa/FaWiersz/P_11"), ["100.00", "113.89"])
        self.assertEqual((document["Fa/P_13_2"], document["Fa/P_15"]), ("113.89", "0.00"))

    def test_wrong_name_is_corrected_without_amounts(self):
        invoice = self.sell_accepted(self.line(name="Monitro"))
        wizard = self.begin(invoice, "lines")
        wizard.line_ids.name = "Monitor"
        self.assertEqual(wizard.effect, "1")
        document = self.build(self.finish(wizard))
        self.assertEqual(document.texts("Fa/FaWiersz/P_7"), ["Monitro", "Monitor"])
        self.assertEqual(document["Fa/P_15"], "0.00")

    def test_forgotten_item_is_added(self):
        invoice = self.sell_accepted()
        wizard = self.begin(invoice, "lines")
        self.add_forgotten(wizard, "Dostawa", "vs_kraj_23")
        document = self.build(self.finish(wizard))
        self.assertEqual(self.rows(document), [("1", "20", "20.00", "after")])

    def test_second_and_third_correction_start_where_the_last_ended(self):
        invoice = self.sell_keyboards()
        for left, before in ((8, 10), (5, 8), (0, 5)):
            wizard = self.begin(invoice, "return")
            self.assertEqual(wizard.line_ids.quantity_before, before)
            wizard.line_ids.quantity = left
            correction = self.finish(wizard)
            self.assertEqual(self.rows(self.build(correction))[0][0], str(before))
            self.accept(correction)

    def test_cancelling_after_a_lower_price_takes_back_what_is_left(self):
        invoice = self.sell_accepted(self.line(quantity=10))
        wizard = self.begin(invoice, "lines")
        wizard.line_ids.price_unit = 95
        self.accept(self.finish(wizard))
        document = self.build(self.finish(self.begin(invoice, "cancel")))
        self.assertEqual(
            self.rows(document),
            [("10", "95", "950.00", "before"), ("0", "95", "0.00", "after")],
        )
        self.assertEqual(document["Fa/P_15"], "-1168.50")

    def test_other_rate_after_another_correction_starts_from_it(self):
        invoice = self.sell_accepted()
        wizard = self.begin(invoice, "lines")
        wizard.line_ids.tax_ids = self.tax("vs_kraj_8")
        self.accept(self.finish(wizard))
        wizard = self.begin(invoice, "lines")
        self.assertEqual(wizard.line_ids.tax_ids, self.tax("vs_kraj_8"))
        wizard.line_ids.price_unit = 90
        document = self.build(self.finish(wizard))
        self.assertEqual(document.texts("Fa/FaWiersz/P_12"), ["8", "8"])
        self.assertEqual(document.texts("Fa/FaWiersz/P_11"), ["100.00", "90.00"])


@tagged("post_install", "-at_install")
class TestStepsOfCorrection(CorrectionWizardCommon):
    def test_preview_shows_before_after_and_difference(self):
        invoice = self.sell_accepted(self.line(quantity=10))
        wizard = self.begin(invoice, "lines")
        wizard.line_ids.price_unit = 95
        wizard.action_next()
        shown = wizard.preview.replace("\N{NO-BREAK SPACE}", " ")
        for amount in ("1,000.00", "950.00", "-50.00", "1,230.00", "1,168.50", "-61.50"):
            self.assertIn(amount, shown)
        self.assertFalse(wizard.is_blocked)

    def test_nothing_changes_before_the_last_step(self):
        invoice = self.sell_accepted()
        known = self.env["account.move"].search([])
        wizard = self.begin(invoice, "cancel")
        wizard.action_next()
        self.assertEqual(self.env["account.move"].search([]), known)
        self.assertFalse(invoice.ksef_correction_ids)
        self.assertEqual(invoice.payment_state, "not_paid")

    def test_going_back_keeps_what_was_entered(self):
        wizard = self.begin(self.sell_accepted(self.line(quantity=10)), "lines")
        wizard.line_ids.price_unit = 95
        wizard.action_next()
        wizard.action_back()
        self.assertEqual((wizard.step, wizard.line_ids.price_unit), ("content", 95))

    def test_made_document_is_a_draft_linked_to_the_invoice(self):
        invoice = self.sell_accepted()
        wizard = self.begin(invoice, "cancel")
        wizard.action_next()
        draft = self.create_drafts(wizard)
        self.assertEqual(draft.state, "draft")
        self.assertEqual(draft.reversed_entry_id, invoice)
        self.assertEqual(draft.invoice_line_ids.ksef_corrected_line_id, invoice.invoice_line_ids)
        self.assertEqual(invoice.ksef_correction_count, 1)

    def test_nothing_different_is_no_correction(self):
        wizard = self.begin(self.sell_accepted(), "lines")
        with self.assertRaisesRegex(UserError, "Nothing is different"):
            wizard.action_next()

    def test_correction_without_reason_is_refused(self):
        wizard = self.begin(self.sell_accepted(), "cancel", reason=" ")
        with self.assertRaisesRegex(UserError, "Enter the reason"):
            wizard.action_next()

    def test_invoice_without_number_is_not_corrected_here(self):
        with self.assertRaisesRegex(UserError, "only an invoice with a KSeF number"):
            self.open(self.sell())

    def test_unsettled_correction_is_shown_first(self):
        invoice = self.sell_accepted()
        self.credit(invoice)
        with self.assertRaisesRegex(RedirectWarning, "no KSeF number yet"):
            self.open(invoice)

    def test_correction_opens_the_wizard_of_its_invoice(self):
        invoice = self.sell_keyboards()
        refund = self.accept(self.credit(invoice, quantity=2))
        self.assertEqual(self.open(refund).origin_id, invoice)

    def test_invoice_of_another_company_is_refused(self):
        invoice = self.sell_accepted()
        other = self.setup_other_company()["company"]
        self.accountant.write({"company_ids": [Command.set(other.ids)], "company_id": other.id})
        with self.assertRaises(AccessError):
            self.open(invoice)
