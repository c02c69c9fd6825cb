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

    def test_instalments_have_their_days_and_amounts(self):
        terms = self.create_terms((30, 14), (70, 30))
        document = self.build(self.sell(invoice_payment_term_id=terms.id))
        days = ["2026-03-16", "2026-04-01"]
        self.assertEqual(document.texts("Fa/Platnosc/TerminPlatnosci/Termin"), days)
        self.assertEqual(
            [node.fields() for node in document.all("Fa/DodatkowyOpis")],
            [
                [("Klucz", "Rata 1"), ("Wartosc", "2026-03-16 – 36,90 PLN")],
                [("Klucz", "Rata 2"), ("Wartosc", "2026-04-01 – 86,10 PLN")],
            ],
        )

    def test_early_payment_is_rewarded(self):
        terms = self.create_terms(
            (100, 30),
            early_discount=True,
            discount_days=7,
            discount_percentage=2,
            early_pay_discount_computation="included",
        )
        document = self.build(self.sell(invoice_payment_term_id=terms.id))
        self.assertEqual(
            document.fields("Fa/Platnosc/Skonto"),
            [
                ("WarunkiSkonta", "Zapłata w ciągu 7 dni od daty wystawienia"),
                ("WysokoscSkonta", "2%"),
            ],
        )

    def test_discount_that_lowers_the_vat_at_once_is_refused(self):
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

    def test_other_form_is_described(self):
        document = self.build(self.sell_by("other", name="Kompensata"))
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
