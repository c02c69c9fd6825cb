"""Discounts for a period and wrong exchange rates, as the wizard corrects them."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from .correction_wizard_common import CorrectionWizardCommon


@tagged("post_install", "-at_install")
class TestDiscountForPeriod(CorrectionWizardCommon):
    def give_discount(self, invoices, **values):
        wizard = self.open(invoices)
        self.assertEqual(wizard.subject, "discount")
        wizard.action_next()
        wizard.write({"period": "I kwartał 2026", **values})
        return wizard

    def test_six_invoices_have_one_credit_note(self):
        invoices = self.env["account.move"].union(*(self.sell_accepted() for _number in range(6)))
        wizard = self.give_discount(invoices)
        self.assertEqual(wizard.rebate_ids.base, 600)
        wizard.rebate_ids.percent = 10
        correction = self.finish(wizard)
        document = self.build(correction)
        self.assertEqual(document["Fa/OkresFaKorygowanej"], "I kwartał 2026")
        self.assertEqual(
            set(document.texts("Fa/DaneFaKorygowanej/NrKSeFFaKorygowanej")),
            set(invoices.mapped("ksef_number")),
        )
        self.assertFalse(document.has("Fa/FaWiersz"))
        self.assertEqual((document["Fa/TypKorekty"], document["Fa/P_15"]), ("2", "-73.80"))

    def test_discount_on_some_supplies_names_them_only(self):
        invoices = self.sell_accepted() | self.sell_accepted()
        wizard = self.give_discount(invoices, scope="part")
        wizard.rebate_ids.write({"name": "Papier ksero", "amount": 12})
        document = self.build(self.finish(wizard))
        self.assertEqual(document.texts("Fa/FaWiersz/P_7"), ["Papier ksero"])
        self.assertFalse(document.has("Fa/FaWiersz/P_11"))
        self.assertEqual((document["Fa/P_13_1"], document["Fa/P_15"]), ("-12.00", "-14.76"))

    def test_each_rate_has_its_discount(self):
        invoices = self.sell_accepted(self.line(), self.line("vs_kraj_8")) | self.sell_accepted()
        wizard = self.give_discount(invoices)
        self.assertEqual(sorted(wizard.rebate_ids.mapped("base")), [100, 200])
        wizard.rebate_ids.percent = 5
        document = self.build(self.finish(wizard))
        self.assertEqual((document["Fa/P_13_1"], document["Fa/P_13_2"]), ("-10.00", "-5.00"))

    def test_invoices_of_several_buyers_are_refused(self):
        other = self._create_buyer(name="Inny", vat="PL7762811692")
        invoices = self.sell_accepted() | self.sell_accepted(partner_id=other.id)
        with self.assertRaisesRegex(UserError, "to one buyer"):
            self.open(invoices)

    def test_several_invoices_are_not_cancelled_together(self):
        wizard = self.open(self.sell_accepted() | self.sell_accepted())
        wizard.subject = "cancel"
        with self.assertRaisesRegex(UserError, "invoice by invoice"):
            wizard.action_next()

    def test_discount_of_more_than_was_sold_is_refused(self):
        wizard = self.give_discount(self.sell_accepted() | self.sell_accepted())
        wizard.rebate_ids.amount = 201
        with self.assertRaisesRegex(UserError, "not possible"):
            wizard.action_next()

    def test_discount_must_be_entered(self):
        wizard = self.give_discount(self.sell_accepted() | self.sell_accepted())
        with self.assertRaisesRegex(UserError, "at least one VAT rate"):
            wizard.action_next()


@tagged("post_install", "-at_install")
class TestWrongExchangeRate(CorrectionWizardCommon):
    def sell_in_euro(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        self.env["res.currency.rate"].create(
            {
                "currency_id": euro.id,
                "company_id": self.company.id,
                "name": "2026-03-01",
                "inverse_company_rate": 4.25,
            }
        )
        return self.sell_accepted(currency_id=euro.id)

    def test_only_the_vat_in_pln_changes(self):
        wizard = self.begin(self.sell_in_euro(), "rate", right_rate=4.20)
        moves = self.finish(wizard)
        document = self.build(moves.filtered("ksef_is_correction"))
        self.assertEqual(document.texts("Fa/FaWiersz/KursWaluty"), ["4.25", "4.2"])
        self.assertEqual(
            document.fields("Fa", "P_1")[1:],
            [("P_13_1", "0.00"), ("P_14_1", "0.00"), ("P_14_1W", "-1.15"), ("P_15", "0.00")],
        )

    def test_books_get_the_differences_in_pln(self):
        invoice = self.sell_in_euro()
        moves = self.finish(self.begin(invoice, "rate", right_rate=4.20))
        entry = moves.filtered(lambda move: move.move_type == "entry")
        receivable = entry.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        self.assertAlmostEqual(receivable.balance, -6.15)
        vat = entry.line_ids.filtered("tax_repartition_line_id")
        self.assertAlmostEqual(vat.balance, 1.15)
        self.assertEqual(vat.tax_tag_ids, invoice.line_ids.filtered("tax_line_id").tax_tag_ids)
        self.assertFalse(any(entry.line_ids.mapped("amount_currency")))

    def test_invoice_in_pln_was_not_converted(self):
        wizard = self.open(self.sell_accepted())
        self.assertNotIn("rate", wizard.possible_subjects)
        wizard.subject = "rate"
        with self.assertRaisesRegex(UserError, "cannot be corrected"):
            wizard.action_next()

    def test_same_rate_is_no_correction(self):
        wizard = self.begin(self.sell_in_euro(), "rate", right_rate=4.25)
        with self.assertRaisesRegex(UserError, "Nothing is different"):
            wizard.action_next()
