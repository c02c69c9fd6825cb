"""Who pays, and how, after a correction."""

from odoo import Command
from odoo.tests import tagged

from .fa3_corrections_common import CorrectionsCommon


@tagged("post_install", "-at_install")
class TestAccountsOfCorrections(CorrectionsCommon):
    def create_account(self, partner):
        return self.env["res.partner.bank"].create(
            {"acc_number": "12345", "partner_id": partner.id, "allow_out_payment": True}
        )

    def test_account_of_the_buyer_is_no_matter_of_the_document(self):
        account = self.create_account(self.buyer)
        refund = self.credit(self.sell_accepted())
        refund.partner_bank_id = account
        self.assertEqual(self.codes(refund), [])
        self.assertFalse(self.build(refund).has("Fa/Platnosc"))

    def test_account_that_is_corrected_is_checked(self):
        refund = self.reverse(self.sell_accepted(), "błędny rachunek")
        refund.invoice_line_ids = [Command.clear(), self.line(price_unit=0)]
        refund.write(
            {
                "ksef_is_formal": True,
                "ksef_right_bank_id": self.create_account(self.company.partner_id).id,
            }
        )
        refund.action_post()
        self.assertEqual(self.codes(refund), ["W-PAY-02", "E-IDN-01"])


@tagged("post_install", "-at_install")
class TestSplitPaymentOfCorrections(CorrectionsCommon):
    def sell_fuel(self, net, **values):
        return self.sell_accepted(self.line(price_unit=net, ksef_is_annex15=True), **values)

    def raise_by(self, invoice, net):
        return self.sell(
            self.line(price_unit=net),
            ksef_origin_move_id=invoice.id,
            ksef_correction_type="1",
        )

    def is_split(self, move):
        return self.build(move)["Fa/Adnotacje/P_18A"]

    def test_credit_note_keeps_it_and_asks_for_no_account(self):
        refund = self.credit(self.sell_fuel(20_000), price_unit=5_000)
        self.assertEqual(self.is_split(refund), "1")
        self.assertEqual(self.codes(refund), [])

    def test_credit_note_below_the_limit_keeps_it_and_says_so(self):
        refund = self.credit(self.sell_fuel(20_000), price_unit=10_000)
        self.assertEqual(self.is_split(refund), "1")
        self.assertEqual(self.codes(refund), ["W-MPP-04"])
        refund.ksef_split_payment = "no"
        self.assertEqual(self.is_split(refund), "2")
        self.assertEqual(self.codes(refund), [])

    def test_credit_note_of_the_whole_invoice_needs_no_decision(self):
        self.assertEqual(self.codes(self.credit(self.sell_fuel(20_000))), [])

    def test_credit_note_asks_for_no_mark_of_annex_15(self):
        self.product.l10n_pl_vat_gtu = "GTU_02"
        invoice = self.sell_accepted(self.line(product_id=self.product.id, price_unit=20_000))
        self.assertEqual(self.codes(invoice), ["W-MPP-01"])
        self.assertEqual(self.codes(self.credit(invoice)), [])

    def test_debit_note_above_the_limit_brings_it(self):
        invoice = self.sell_fuel(10_000)
        self.assertEqual(self.is_split(invoice), "2")
        self.assertEqual(self.is_split(self.raise_by(invoice, 2_000)), "2")
        self.assertEqual(self.is_split(self.raise_by(invoice, 3_000)), "1")

    def test_what_the_accountant_decided_stays(self):
        invoice = self.sell_fuel(20_000, ksef_split_payment="no")
        self.assertEqual(self.is_split(self.raise_by(invoice, 3_000)), "2")

    def test_debit_note_without_an_account_is_pointed_out(self):
        debit = self.raise_by(self.sell_fuel(10_000), 3_000)
        debit.partner_bank_id = False
        self.assertEqual(self.codes(debit), ["W-MPP-03"])


@tagged("post_install", "-at_install")
class TestReasonOfCorrections(CorrectionsCommon):
    def test_end_of_a_long_reason_is_a_description(self):
        reason = "zwrot towaru uszkodzonego " * 12
        refund = self.reverse(self.sell_accepted(), reason.strip())
        refund.action_post()
        document = self.build(refund)
        (rest,) = document.all("Fa/DodatkowyOpis")
        self.assertEqual(rest["Klucz"], "Przyczyna korekty cd.")
        shown = document["Fa/PrzyczynaKorekty"]
        self.assertLessEqual(len(shown), 256)
        self.assertEqual(f"{shown.rstrip('…')} {rest['Wartosc']}", reason.strip())
