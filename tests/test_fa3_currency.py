from odoo import Command
from odoo.tests import tagged

from .fa3_common import ACCOUNT_NUMBER, EuroCommon


@tagged("post_install", "-at_install")
class TestCurrency(EuroCommon):
    def test_s25_tax_is_in_pln_too_and_the_rate_on_the_row(self):
        document = self.golden(self.sell_in_euro())
        self.assertEqual(document["Fa/KodWaluty"], "EUR")
        self.assertEqual((document["Fa/P_13_1"], document["Fa/P_14_1"]), ("100.00", "23.00"))
        self.assertEqual(document["Fa/P_14_1W"], "97.82")
        self.assertEqual(document["Fa/P_15"], "123.00")
        self.assertEqual(document["Fa/FaWiersz/KursWaluty"], "4.2531")
        self.assertFalse(document.has("Fa/KursWalutyZ"))

    def test_e05_taxes_of_all_rates_are_in_pln(self):
        taxi = self.tax("vs_kraj_8").copy({"name": "4%", "amount": 4})
        taxi.ksef_rate_code = "4"
        lines = [self.line(tax) for tax in ("vs_kraj_8", "vs_kraj_5", taxi)]
        document = self.golden(self.sell_in_euro(*lines))
        in_pln = [document[f"Fa/P_14_{group}W"] for group in (2, 3, 4)]
        self.assertEqual(in_pln, ["34.02", "21.27", "17.01"])

    def test_group_of_zero_has_its_tax_in_pln(self):
        document = self.build(self.sell_in_euro(self.line(), self.line("vs_kraj_8", discount=100)))
        self.assertEqual(document["Fa/P_14_2W"], "0.00")

    def test_account_is_an_iban_for_a_payer_in_euro(self):
        document = self.build(self.sell_in_euro())
        self.assertEqual(document["Fa/Platnosc/RachunekBankowy/NrRB"], f"PL{ACCOUNT_NUMBER}")

    def test_rate_is_that_of_the_earlier_day_of_issue_and_supply(self):
        self.company.ksef_is_enabled = True
        self.set_rate(self.euro, 4.1, "2026-02-20")
        self.set_rate(self.euro, 4.5, "2026-03-10")
        for supplied_on, rate in (("2026-02-25", "4.1"), ("2026-03-15", "4.2531")):
            invoice = self.sell_in_euro(taxable_supply_date=supplied_on)
            self.assertEqual(self.build(invoice)["Fa/FaWiersz/KursWaluty"], rate)

    def test_rate_of_a_bill_is_left_to_odoo(self):
        self.company.ksef_is_enabled = True
        self.set_rate(self.euro, 4.5, "2026-03-10")
        bill = self.draft(
            self.line("vz_kraj_23"),
            move_type="in_invoice",
            partner_bank_id=False,
            currency_id=self.euro.id,
            taxable_supply_date="2026-03-15",
        )
        self.assertAlmostEqual(1 / bill.invoice_currency_rate, 4.5)

    def test_account_is_checked_for_a_payer_in_euro_too(self):
        self.account = self.account.copy({"acc_number": "PL61109010140000071219812875"})
        self.assertEqual(self.codes(self.sell_in_euro()), ["W-PAY-02"])

    def test_s27_rate_of_small_money_keeps_six_decimals(self):
        forint = self.use_currency("HUF", 0.011234)
        document = self.golden(self.sell(self.line(price_unit=40000), currency_id=forint.id))
        self.assertEqual(document["Fa/FaWiersz/KursWaluty"], "0.011234")
        self.assertEqual((document["Fa/P_15"], document["Fa/P_14_1W"]), ("49200.00", "103.35"))

    def test_s49_rate_of_last_week_is_pointed_out(self):
        self.use_currency("EUR", 4.2, "2026-02-10")
        self.assertEqual(self.codes(self.sell_in_euro()), ["W-CUR-07"])

    def test_s49_rate_of_a_later_day_is_refused(self):
        self.use_currency("EUR", 4.2, "2026-03-05")
        self.assertEqual(self.codes(self.sell_in_euro()), ["E-CUR-06"])

    def test_s49_currency_without_any_rate_is_refused(self):
        self.euro.rate_ids.unlink()
        self.assertEqual(self.codes(self.sell_in_euro()), ["E-CUR-06"])

    def test_rate_that_was_typed_needs_none_in_the_table(self):
        self.euro.rate_ids.unlink()
        invoice = self.sell_in_euro(invoice_currency_rate=1 / 4.25)
        self.assertEqual(self.codes(invoice), [])
        self.assertEqual(self.build(invoice)["Fa/FaWiersz/KursWaluty"], "4.25")

    def test_vat_in_pln_that_was_edited_is_pointed_out(self):
        invoice = self.sell_in_euro()
        self.assertEqual(self.codes(invoice), [])
        invoice.button_draft()
        tax_line = invoice.line_ids.filtered("tax_line_id")
        due_line = invoice.line_ids.filtered(lambda line: line.display_type == "payment_term")
        more = due_line.balance + 1
        invoice.line_ids = [
            Command.update(tax_line.id, {"balance": tax_line.balance - 1}),
            Command.update(due_line.id, {"balance": more}),
        ]
        invoice.action_post()
        self.assertEqual(self.codes(invoice), ["W-CUR-03"])

    def test_currency_that_ksef_does_not_know_is_refused(self):
        self.euro.name = "XYZ"
        self.assertIn("E-CUR-02", self.codes(self.sell_in_euro()))
