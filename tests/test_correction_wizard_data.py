"""Corrections without amounts, and invoices to somebody else, as the wizard makes them."""

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .correction_wizard_common import CorrectionWizardCommon


@tagged("post_install", "-at_install")
class TestCorrectionOfData(CorrectionWizardCommon):
    def test_name_and_address_of_the_buyer(self):
        invoice = self.sell_accepted()
        wizard = self.begin(invoice, "buyer")
        wizard.write({"buyer_name": "Nabywca sp. z o.o.", "buyer_street": "ul. Długa 5"})
        correction = self.finish(wizard)
        document = self.build(correction)
        self.assertEqual(document["Podmiot2/DaneIdentyfikacyjne/Nazwa"], "Nabywca sp. z o.o.")
        self.assertEqual(document["Fa/Podmiot2K/DaneIdentyfikacyjne/Nazwa"], "F.H.U. Nabywca")
        self.assertEqual(document["Fa/Podmiot2K/Adres/AdresL1"], "ul. Polna 1")
        self.assertEqual(document.fields("Fa", "P_1")[1:], [("P_15", "0.00")])
        self.assertFalse(document.has("Fa/FaWiersz"))
        self.assertEqual(document["Fa/TypKorekty"], "1")
        self.assertEqual(self.buyer.street, "ul. Długa 5")

    def test_preview_of_data_shows_old_and_new_and_leaves_the_contact(self):
        invoice = self.sell_accepted()
        wizard = self.begin(invoice, "buyer", buyer_name="Nabywca sp. z o.o.")
        wizard.action_next()
        self.assertIn("F.H.U. Nabywca", wizard.preview)
        self.assertIn("Nabywca sp. z o.o.", wizard.preview)
        self.assertEqual(self.buyer.name, "F.H.U. Nabywca")

    def test_contact_that_was_corrected_already_is_enough(self):
        invoice = self.sell_accepted()
        self.buyer.name = "Nabywca sp. z o.o."
        document = self.build(self.finish(self.begin(invoice, "buyer")))
        self.assertEqual(document["Fa/Podmiot2K/DaneIdentyfikacyjne/Nazwa"], "F.H.U. Nabywca")

    def test_same_data_are_no_correction(self):
        wizard = self.begin(self.sell_accepted(), "buyer")
        with self.assertRaisesRegex(UserError, "Nothing is different"):
            wizard.action_next()

    def test_who_may_not_change_contacts_is_told_so(self):
        invoice = self.sell_accepted()
        self.accountant.group_ids -= self.env.ref("base.group_partner_manager")
        wizard = self.begin(invoice, "buyer")
        self.assertFalse(wizard.may_edit_buyer)
        wizard.buyer_name = "Nabywca sp. z o.o."
        with self.assertRaisesRegex(AccessError, "may not change contacts"):
            wizard.action_next()

    def test_changed_nip_is_no_correction_of_data(self):
        invoice = self.sell_accepted()
        self.buyer.write({"vat": "PL7762811692", "name": "Inna firma"})
        wizard = self.begin(invoice, "buyer")
        wizard.action_next()
        self.assertTrue(wizard.is_blocked)
        self.assertIn("NIP", wizard.preview)
        known = self.env["account.move"].search_count([])
        with self.assertRaisesRegex(UserError, "cannot be created yet[^•]+NIP"):
            wizard.action_create_documents()
        self.assertEqual(self.env["account.move"].search_count([]), known)

    def test_e24_additional_buyer_is_shown_as_it_was(self):
        second = self._create_buyer(name="Drugi", vat="PL7762811692")
        party = {"partner_id": second.id, "role": "4", "share": 50}
        invoice = self.sell_accepted(ksef_party_ids=[Command.create(party)])
        second.name = "Drugi nabywca"
        document = self.golden(self.finish(self.begin(invoice, "buyer")))
        self.assertEqual(document["Podmiot3/IDNabywcy"], "NB02")
        self.assertEqual(document["Podmiot3/DaneIdentyfikacyjne/Nazwa"], "Drugi nabywca")
        self.assertEqual(document.texts("Fa/Podmiot2K/IDNabywcy"), ["NB02"])
        self.assertEqual(document["Fa/Podmiot2K/DaneIdentyfikacyjne/Nazwa"], "Drugi")

    def test_e23_wrong_number_of_the_invoice(self):
        invoice = self.sell_accepted()
        wizard = self.begin(invoice, "number", right_number="FV/2026/99")
        document = self.golden(self.finish(wizard))
        self.assertEqual(document["Fa/DaneFaKorygowanej/NrFaKorygowanej"], invoice.name)
        self.assertEqual(document["Fa/NrFaKorygowany"], "FV/2026/99")
        self.assertEqual(document["Fa/P_15"], "0.00")

    def test_number_must_be_entered(self):
        with self.assertRaisesRegex(UserError, "right number"):
            self.begin(self.sell_accepted(), "number").action_next()

    def test_date_of_supply_and_terms_of_payment(self):
        invoice = self.sell_accepted(taxable_supply_date="2026-02-27")
        account = self.env["res.partner.bank"].create(
            {
                "acc_number": "PL27114020040000300201355387",
                "partner_id": self.company.partner_id.id,
            }
        )
        wizard = self.begin(
            invoice, "data", supply_on="2026-02-26", due_on="2026-04-01", bank_id=account.id
        )
        document = self.build(self.finish(wizard))
        self.assertEqual(document["Fa/P_6"], "2026-02-26")
        self.assertEqual(document.texts("Fa/Platnosc/TerminPlatnosci/Termin"), ["2026-04-01"])
        self.assertEqual(
            document.texts("Fa/Platnosc/RachunekBankowy/NrRB"), ["27114020040000300201355387"]
        )

    def test_later_correction_keeps_the_right_date(self):
        invoice = self.sell_accepted(taxable_supply_date="2026-02-27")
        self.accept(self.finish(self.begin(invoice, "data", supply_on="2026-02-26")))
        document = self.build(self.finish(self.begin(invoice, "cancel")))
        self.assertEqual(document["Fa/P_6"], "2026-02-26")

    def test_annotation_and_description(self):
        wizard = self.begin(
            self.sell_accepted(),
            "data",
            split_payment="yes",
            note_heading="Numer dostawy",
            note="D/17",
            period_starts_on="2026-02-01",
            period_ends_on="2026-02-28",
        )
        document = self.build(self.finish(wizard))
        self.assertEqual(document["Fa/Adnotacje/P_18A"], "1")
        self.assertEqual(document["Fa/DodatkowyOpis/Wartosc"], "D/17")
        self.assertEqual(document["Fa/OkresFa/P_6_Od"], "2026-02-01")
        self.assertFalse(document.has("Fa/Platnosc"))

    def test_half_a_period_is_refused(self):
        wizard = self.begin(self.sell_accepted(), "data", period_starts_on="2026-02-01")
        with self.assertRaisesRegex(UserError, "first and its last day"):
            wizard.action_next()


@tagged("post_install", "-at_install")
class TestWrongBuyer(CorrectionWizardCommon):
    def test_invoice_is_taken_back_and_issued_to_the_right_buyer(self):
        invoice = self.sell_keyboards()
        right = self._create_buyer(name="Właściwy nabywca", vat="PL7762811692")
        wizard = self.begin(invoice, "nip", new_partner_id=right.id)
        moves = self.finish(wizard)
        taken = moves.filtered(lambda move: move.move_type == "out_refund")
        document = self.build(taken)
        self.assertEqual(document["Podmiot2/DaneIdentyfikacyjne/NIP"], "1111111111")
        self.assertEqual(document["Fa/P_15"], "-1106.89")
        document = self.build(moves - taken)
        self.assertEqual(document["Fa/RodzajFaktury"], "VAT")
        self.assertEqual(document["Podmiot2/DaneIdentyfikacyjne/NIP"], "7762811692")
        self.assertEqual(document["Fa/P_15"], "1106.89")
        self.assertEqual(document["Fa/P_6"], "2026-02-27")
        self.assertFalse((moves - taken).ksef_origin_move_id)

    def test_contact_may_have_been_corrected_before(self):
        invoice = self.sell_accepted()
        self.buyer.write({"name": "Właściwy nabywca", "vat": "PL7762811692"})
        moves = self.finish(self.begin(invoice, "nip"))
        numbers = {self.build(move)["Podmiot2/DaneIdentyfikacyjne/NIP"] for move in moves}
        self.assertEqual(numbers, {"1111111111", "7762811692"})

    def test_same_nip_is_no_other_buyer(self):
        wizard = self.begin(self.sell_accepted(), "nip")
        with self.assertRaisesRegex(UserError, "same NIP"):
            wizard.action_next()
