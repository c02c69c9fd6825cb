from odoo import Command
from odoo.tests import tagged

from .fa3_common import Fa3Common


@tagged("post_install", "-at_install")
class TestPaymentTerms(Fa3Common):
    def create_terms(self, *lines, **values):
        return self.env["account.payment.term"].create(
            {
                "name": "Warunki",
                "line_ids": [
                    Command.create({"value": "percent", "value_amount": share, "nb_days": days})
                    for share, days in lines
                ],
                **values,
            }
        )

    def test_s37_instalments_have_their_days_and_amounts(self):
        terms = self.create_terms((30, 14), (70, 30))
        document = self.golden(self.sell(invoice_payment_term_id=terms.id), "instalments")
        days = ["2026-03-16", "2026-04-01"]
        self.assertEqual(document.texts("Fa/Platnosc/TerminPlatnosci/Termin"), days)
        self.assertEqual(
            [node.fields() for node in document.all("Fa/DodatkowyOpis")],
            [
                [("Klucz", "Rata 1"), ("Wartosc", "2026-03-16 – 36,90 PLN")],
                [("Klucz", "Rata 2"), ("Wartosc", "2026-04-01 – 86,10 PLN")],
            ],
        )

    def test_s37_early_payment_is_rewarded(self):
        terms = self.create_terms(
            (100, 30),
            early_discount=True,
            discount_days=7,
            discount_percentage=2,
            early_pay_discount_computation="included",
        )
        document = self.golden(self.sell(invoice_payment_term_id=terms.id), "discount")
        self.assertEqual(
            document.fields("Fa/Platnosc/Skonto"),
            [
                ("WarunkiSkonta", "Zapłata w ciągu 7 dni od daty wystawienia"),
                ("WysokoscSkonta", "2%"),
            ],
        )

    def test_s37_discount_that_lowers_the_vat_at_once_is_refused(self):
        terms = self.create_terms(
            (100, 30),
            early_discount=True,
            early_pay_discount_computation="mixed",
        )
        self.assertIn("E-PAY-04", self.codes(self.sell(invoice_payment_term_id=terms.id)))


@tagged("post_install", "-at_install")
class TestFormsOfPayment(Fa3Common):
    def setUp(self):
        super().setUp()
        journal = self.company_data["default_journal_bank"]
        self.method = journal.inbound_payment_method_line_ids[:1]

    def sell_by(self, form, **values):
        self.method.write({"ksef_payment_form": form, **values})
        return self.sell(preferred_payment_method_line_id=self.method.id)

    def test_form_of_the_method_counts(self):
        self.assertEqual(self.build(self.sell_by("7"))["Fa/Platnosc/FormaPlatnosci"], "7")

    def test_method_without_form_follows_its_journal(self):
        self.assertEqual(self.build(self.sell_by(False))["Fa/Platnosc/FormaPlatnosci"], "6")

    def test_e12_other_form_is_described(self):
        document = self.golden(self.sell_by("other", name="Kompensata"))
        self.assertFalse(document.has("Fa/Platnosc/FormaPlatnosci"))
        forms = (document["Fa/Platnosc/PlatnoscInna"], document["Fa/Platnosc/OpisPlatnosci"])
        self.assertEqual(forms, ("1", "Kompensata"))

    def test_split_payment_needs_a_transfer(self):
        invoice = self.sell_by("1")
        self.assertEqual(self.codes(invoice), [])
        invoice.ksef_split_payment = "yes"
        self.assertEqual(self.codes(invoice), ["W-MPP-03"])

    def test_split_payment_needs_an_account(self):
        invoice = self.sell(ksef_split_payment="yes", partner_bank_id=False)
        invoice.partner_bank_id = False
        self.assertEqual(self.codes(invoice), ["W-MPP-03"])


@tagged("post_install", "-at_install")
class TestPayments(Fa3Common):
    def pay(self, invoice, *amounts, journal=None, **values):
        for amount in amounts:
            self.env["account.payment.register"].with_context(
                active_model="account.move", active_ids=invoice.ids
            ).create(
                {
                    "amount": amount,
                    "journal_id": (journal or self.company_data["default_journal_bank"]).id,
                    "payment_date": "2026-02-28",
                    **values,
                }
            )._create_payments()

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for kind in ("bank", "cash"):
            journal = cls.company_data[f"default_journal_{kind}"]
            lines = journal.inbound_payment_method_line_ids
            lines.payment_account_id = journal.default_account_id

    def test_s36_one_payment_in_full(self):
        invoice = self.sell()
        self.pay(invoice, 123)
        fields = dict(self.golden(invoice, "in_full").fields("Fa/Platnosc"))
        self.assertEqual((fields["Zaplacono"], fields["DataZaplaty"]), ("1", "2026-02-28"))
        self.assertNotIn("TerminPlatnosci", fields)

    def test_s41_invoice_to_a_receipt_is_paid_in_cash(self):
        invoice = self.sell(ksef_is_fp=True)
        self.pay(invoice, 123, journal=self.company_data["default_journal_cash"])
        document = self.golden(invoice)
        self.assertEqual((document["Fa/FP"], document["Fa/Platnosc/Zaplacono"]), ("1", "1"))
        self.assertEqual(document["Fa/Platnosc/FormaPlatnosci"], "1")

    def test_s36_two_payments_in_full(self):
        invoice = self.sell()
        self.pay(invoice, 23, 100)
        document = self.golden(invoice, "two")
        self.assertEqual(document["Fa/Platnosc/ZnacznikZaplatyCzesciowej"], "2")
        self.assertEqual(
            document.texts("Fa/Platnosc/ZaplataCzesciowa/KwotaZaplatyCzesciowej"),
            ["23.00", "100.00"],
        )
        self.assertFalse(document.has("Fa/Platnosc/TerminPlatnosci"))

    def test_method_of_the_payment_tells_its_form(self):
        method = self.company_data["default_journal_bank"].inbound_payment_method_line_ids[:1]
        for form, shown in (("7", "7"), ("other", "6")):
            method.ksef_payment_form = form
            whole, part = self.sell(), self.sell()
            self.pay(whole, 123, payment_method_line_id=method.id)
            self.pay(part, 23, payment_method_line_id=method.id)
            self.assertEqual(self.build(whole)["Fa/Platnosc/FormaPlatnosci"], shown)
            paid = self.build(part)["Fa/Platnosc/ZaplataCzesciowa/FormaPlatnosci"]
            self.assertEqual(paid, shown)

    def test_s36_payment_in_part(self):
        invoice = self.sell()
        self.pay(invoice, 23)
        document = self.golden(invoice, "part")
        self.assertEqual(document["Fa/Platnosc/ZnacznikZaplatyCzesciowej"], "1")
        self.assertEqual(
            document.fields("Fa/Platnosc/ZaplataCzesciowa"),
            [
                ("KwotaZaplatyCzesciowej", "23.00"),
                ("DataZaplatyCzesciowej", "2026-02-28"),
                ("FormaPlatnosci", "6"),
            ],
        )
        self.assertTrue(document.has("Fa/Platnosc/TerminPlatnosci"))

    def test_s36_exchange_difference_is_no_payment(self):
        euro = self.use_currency("EUR", 4.3)
        self.set_rate(euro, 4.2, "2026-02-28")
        invoice = self.sell(currency_id=euro.id)
        self.pay(invoice, 123, currency_id=euro.id)
        self.assertTrue(invoice.line_ids.matched_credit_ids.exchange_move_id)
        document = self.golden(invoice, "exchange_difference")
        self.assertEqual(document["Fa/Platnosc/Zaplacono"], "1")

    def test_s36_credit_note_is_no_payment(self):
        invoice = self.sell()
        wizard = self.env["account.move.reversal"].with_context(
            active_model="account.move", active_ids=invoice.ids
        )
        wizard.create({"journal_id": invoice.journal_id.id}).refund_moves()
        refund = invoice.reversal_move_ids
        refund.action_post()
        self.assertEqual(invoice.amount_residual, 0)
        self.assertFalse(self.golden(invoice, "credit_note").has("Fa/Platnosc/Zaplacono"))
