from odoo import Command
from odoo.tests import tagged

from ..ksef.number import check_digits
from .common import BUYER_NIP, NIP, KsefCommon
from .fa3_common import ACCOUNT_NUMBER, SELLER_NIP, TODAY, Fa3Common

VENDOR_NIP = "5555555555"


class SelfBillingCommon(Fa3Common):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.vendor = cls._create_buyer(
            name="Rolnik sp. z o.o.", vat=f"PL{VENDOR_NIP}", city="Elbląg"
        )
        cls.journal = cls._create_journal("Samofakturowanie", "SF")

    @classmethod
    def _create_journal(cls, name, code):
        return cls.env["account.journal"].create(
            {
                "name": name,
                "code": code,
                "type": "purchase",
                "company_id": cls.company.id,
                "is_self_billing": True,
                "default_account_id": cls.company_data["default_account_expense"].id,
            }
        )

    def buy(self, *lines, **values):
        """Post a bill that we issue for the vendor."""
        values = {
            "move_type": "in_invoice",
            "journal_id": self.journal.id,
            "partner_id": self.vendor.id,
            "partner_bank_id": False,
            "date": TODAY,
            **values,
        }
        return self.sell(*lines or [self.line("vz_kraj_23")], **values)


@tagged("post_install", "-at_install")
class TestSelfBilling(SelfBillingCommon):
    def test_s29_vendor_sells_and_we_buy(self):
        document = self.golden(self.buy(name="SF/2026/03/0001"))
        self.assertEqual(
            document.fields("Podmiot1/DaneIdentyfikacyjne"),
            [("NIP", VENDOR_NIP), ("Nazwa", "Rolnik sp. z o.o.")],
        )
        self.assertEqual(document["Podmiot1/Adres/AdresL2"], "30-002 Elbląg")
        self.assertEqual(
            document.fields("Podmiot2/DaneIdentyfikacyjne"),
            [("NIP", SELLER_NIP), ("Nazwa", "ABC sp. z o.o.")],
        )
        self.assertEqual(document["Fa/Adnotacje/P_17"], "1")
        self.assertFalse(document.has("Podmiot3"))

    def test_sale_is_never_self_billed(self):
        self.assertEqual(self.build(self.sell())["Fa/Adnotacje/P_17"], "2")

    def test_amounts_and_codes_come_from_purchase_taxes(self):
        document = self.build(
            self.buy(self.line("vz_kraj_23"), self.line("vz_kraj_8", price_unit=50, quantity=2))
        )
        self.assertEqual(document.texts("Fa/FaWiersz/P_12"), ["23", "8"])
        self.assertEqual(document["Fa/P_14_1"], "23.00")
        self.assertEqual(document["Fa/P_14_2"], "8.00")
        self.assertEqual(document["Fa/P_15"], "231.00")

    def test_reverse_charge_leaves_the_tax_to_us(self):
        tax = self.tax("vz_stal")
        tax.active = True
        document = self.build(self.buy(self.line(tax)))
        self.assertEqual(document.texts("Fa/FaWiersz/P_12"), ["oo"])
        self.assertEqual((document["Fa/P_13_10"], document["Fa/P_15"]), ("100.00", "100.00"))
        self.assertEqual(document["Fa/Adnotacje/P_18"], "1")

    def test_number_is_of_our_series_for_the_vendor(self):
        document = self.build(self.buy())
        self.assertEqual(document["Fa/P_2"], f"SF{self.vendor.id:05}/2026/03/0001")

    def test_account_to_pay_is_the_vendors(self):
        account = self.env["res.partner.bank"].create(
            {"acc_number": f"PL{ACCOUNT_NUMBER}", "partner_id": self.vendor.id}
        )
        document = self.build(self.buy(partner_bank_id=account.id))
        self.assertEqual(document["Fa/Platnosc/RachunekBankowy/NrRB"], ACCOUNT_NUMBER)

    def test_payment_of_the_bill_is_shown(self):
        bill = self.buy()
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=bill.ids
        ).create({"payment_date": TODAY})._create_payments()
        self.assertEqual(self.build(bill)["Fa/Platnosc/Zaplacono"], "1")

    def test_vat_in_pln_is_the_booked_one(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        document = self.build(self.buy(currency_id=euro.id, invoice_currency_rate=0.25))
        self.assertEqual((document["Fa/P_14_1"], document["Fa/P_14_1W"]), ("23.00", "92.00"))

    def test_credit_note_corrects_what_we_billed(self):
        bill = self.buy()
        body = f"{VENDOR_NIP}-20260302-0100001AF629"
        bill.sudo().ksef_number = f"{body}-{check_digits(f'{body}-00')}"
        wizard = self.env["account.move.reversal"].with_context(
            active_model="account.move", active_ids=bill.ids
        )
        wizard.create({"journal_id": bill.journal_id.id, "reason": "zwrot towaru"}).refund_moves()
        refund = bill.reversal_move_ids
        refund.action_post()
        self.assertEqual(self.codes(refund), [])
        document = self.build(refund)
        self.assertEqual(document["Fa/RodzajFaktury"], "KOR")
        self.assertEqual(document["Fa/PrzyczynaKorekty"], "zwrot towaru")
        self.assertEqual((document["Fa/P_13_1"], document["Fa/P_15"]), ("-100.00", "-123.00"))
        self.assertEqual(document["Fa/Adnotacje/P_17"], "1")
        self.assertEqual(document["Podmiot1/DaneIdentyfikacyjne/NIP"], VENDOR_NIP)
        self.assertEqual(document["Fa/DaneFaKorygowanej/NrFaKorygowanej"], bill.name)

    def test_vendor_who_is_related_is_marked(self):
        self.assertFalse(self.build(self.buy()).has("Fa/TP"))
        self.vendor.l10n_pl_links_with_customer = True
        self.assertEqual(self.build(self.buy())["Fa/TP"], "1")

    def test_settings_of_our_sales_are_none_of_the_vendors(self):
        self.company.write(
            {
                "ksef_footer": "Kapitał zakładowy",
                "ksef_is_cash_method": True,
                "ksef_issuer_partner_id": self.buyer.id,
                "ksef_regon": "123456789",
            }
        )
        document = self.build(self.buy(narration="Warunki"))
        self.assertEqual(document.texts("Stopka/Informacje/StopkaFaktury"), ["Warunki"])
        self.assertFalse(document.has("Stopka/Rejestry"))
        self.assertEqual(document["Fa/Adnotacje/P_16"], "2")
        self.assertFalse(document.has("Podmiot3"))

    def test_vendor_needs_a_nip_and_an_address(self):
        bill = self.buy()
        self.vendor.write({"vat": False, "street": False, "city": False})
        problems = self.problems(bill)
        self.assertEqual([p.code for p in problems], ["E-NIP-01", "E-ADR-01"])
        self.assertEqual({p.record for p in problems}, {self.vendor})

    def test_bill_of_another_journal_is_the_vendors_to_issue(self):
        self.assertEqual(
            self.codes(self.buy(journal_id=self.company_data["default_journal_purchase"].id)),
            ["E-TYP-01"],
        )


@tagged("post_install", "-at_install")
class TestSendingSelfBilled(KsefCommon):
    def setUp(self):
        super().setUp()
        self.connect()
        journal = self.env["account.journal"].create(
            {
                "name": "Samofakturowanie",
                "code": "SF",
                "type": "purchase",
                "company_id": self.company.id,
                "is_self_billing": True,
                "default_account_id": self.company_data["default_account_expense"].id,
            }
        )
        tax = self.env["account.chart.template"].with_company(self.company).ref("vz_kraj_23")
        line = {"name": "Mleko", "quantity": 1, "price_unit": 100, "tax_ids": tax.ids}
        self.bill = self.post_invoice(
            move_type="in_invoice", journal_id=journal, invoice_line_ids=[Command.create(line)]
        )

    def test_self_billed_invoice_waits_to_be_sent(self):
        self.assertEqual(self.bill.ksef_state, "to_send")
        self.assertTrue(self.bill.ksef_has_document)

    def test_self_billed_invoice_has_a_preview(self):
        bill = self.bill.with_user(self.accountant).sudo(False)
        self.assertTrue(bill.ksef_has_preview)
        preview = self.env["ksef.preview"].browse(bill.action_ksef_preview()["res_id"])
        self.assertIn("<P_17>1</P_17>", preview.xml)
        self.assertFalse(preview.is_blocked)

    def test_bill_of_another_journal_has_no_preview(self):
        journal = self.company_data["default_journal_purchase"]
        bill = self.env["account.move"].create(
            {"move_type": "in_invoice", "journal_id": journal.id, "company_id": self.company.id}
        )
        self.assertFalse(bill.ksef_has_preview)

    def test_self_billed_invoice_gets_its_number(self):
        self.simulator.authorize(BUYER_NIP, NIP)
        self.send(self.bill)
        self.assertEqual(self.bill.ksef_state, "accepted")
        self.assertTrue(self.bill.ksef_number.startswith(BUYER_NIP))
        (document,) = self.accepted_documents()
        self.assertEqual(document["sellerNip"], BUYER_NIP)
        self.assertEqual(document["ksefNumber"], self.bill.ksef_number)
        self.assertTrue(self.bill.ksef_submission_ids.upo)

    def test_vendor_who_did_not_permit_it_is_told(self):
        self.send(self.bill)
        self.assertEqual(self.bill.ksef_state, "rejected")
        self.assertIn("410", self.bill.with_user(self.accountant).ksef_explanation)


@tagged("post_install", "-at_install")
class TestContext(Fa3Common):
    def test_s50_token_of_another_company_is_refused_before_sending(self):
        invoice = self.sell()
        self.company.ksef_token = "20260302-EC-1|nip-5555555555|secret"
        (problem,) = self.problems(invoice)
        self.assertEqual((problem.code, problem.record), ("E-CTX-01", self.company))
        self.assertIn("5555555555", problem.message)
        self.assertNotIn("secret", problem.message)

    def test_branch_invoices_with_its_own_token(self):
        invoice = self.sell()
        self.company.ksef_token = f"20260302-EC-1|nip-{SELLER_NIP}|secret"
        self.assertEqual(self.codes(invoice), [])
