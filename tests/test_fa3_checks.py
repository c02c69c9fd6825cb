from odoo import Command
from odoo.tests import new_test_user, tagged

from ..ksef.errors import InvalidDocument
from .fa3_common import TODAY, Fa3Common


@tagged("post_install", "-at_install")
class TestPartyRules(Fa3Common):
    def test_plain_sale_has_no_problem(self):
        self.assertEqual(self.problems(self.sell()), [])

    def test_accountant_may_look_for_problems(self):
        accountant = new_test_user(
            self.env,
            "fa3_ksiegowa",
            groups="account.group_account_invoice",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        invoice = self.sell().with_user(accountant)
        self.assertEqual(invoice.env["ksef.fa3"]._problems(invoice), {invoice: []})

    def test_seller_needs_a_valid_nip(self):
        invoice = self.sell()
        for vat in (False, "PL9999999998"):
            self.set_vat(self.company.partner_id, vat)
            (problem,) = self.problems(invoice)
            self.assertEqual((problem.code, problem.field), ("E-NIP-01", "vat"))
            self.assertEqual(problem.record, self.company)

    def test_buyer_needs_a_valid_nip(self):
        invoice = self.sell()
        self.set_vat(self.buyer, "PL1111111112")
        (problem,) = self.problems(invoice)
        self.assertEqual((problem.code, problem.record), ("E-NIP-02", self.buyer))
        self.assertIn("1111111112", problem.message)

    def set_vat(self, partner, vat):
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_partner SET vat = %s WHERE id = %s", (vat or None, partner.id)
        )
        self.env.invalidate_all()

    def test_polish_company_needs_a_nip(self):
        invoice = self.sell()
        self.buyer.vat = False
        self.assertEqual(self.codes(invoice), ["E-BUY-01"])
        self.buyer.vat = "/"
        self.assertEqual(self.codes(invoice), [])

    def test_foreign_number_at_a_polish_address_is_a_wrong_nip(self):
        invoice = self.sell()
        self.set_vat(self.buyer, "ABCDEF")
        self.assertEqual(self.codes(invoice), ["E-NIP-02"])

    def test_parties_need_an_address(self):
        invoice = self.sell()
        self.buyer.write({"street": False, "city": False})
        self.assertEqual(self.codes(invoice), ["E-ADR-01"])
        self.buyer.write({"city": "Kraków"})
        self.assertEqual(self.codes(invoice), [])
        self.company.country_id = False
        self.assertEqual(self.codes(invoice), ["E-ADR-01"])

    def test_contact_with_another_number_than_its_company_is_refused(self):
        contact = self.env["res.partner"].create({"name": "Dział", "parent_id": self.buyer.id})
        invoice = self.sell(partner_id=contact.id)
        self.set_vat(contact, "PL5555555555")
        (problem,) = self.problems(invoice)
        self.assertEqual((problem.code, problem.record), ("E-BUY-02", contact))

    def test_community_rates_need_an_eu_number(self):
        invoice = self.sell(self.line("vs_unia"))
        self.assertEqual(self.codes(invoice), ["E-TAX-06"])

    def test_account_number_is_checked(self):
        self.account = self.account.copy({"acc_number": "61109010140000071219812875"})
        self.assertEqual(self.codes(self.sell()), ["W-PAY-02"])

    def test_account_of_another_country_is_checked_as_an_iban(self):
        for number, codes in (
            ("DE89370400440532013000", []),
            ("DE88370400440532013000", ["W-PAY-02"]),
        ):
            self.account = self.account.copy({"acc_number": number})
            self.assertEqual([p.code for p in self.problems(self.sell())], codes)


@tagged("post_install", "-at_install")
class TestTaxRules(Fa3Common):
    def test_s45_line_needs_a_tax(self):
        invoice = self.sell(self.line(), self.line(None, name="bez stawki"))
        (problem,) = self.problems(invoice)
        self.assertEqual((problem.code, problem.field), ("E-TAX-02", "tax_ids"))
        self.assertEqual(problem.record, invoice.invoice_line_ids[1])
        self.assertIn("bez stawki", problem.message)
        self.assertIn("0%", problem.message)

    def test_s45_line_has_one_tax_only(self):
        invoice = self.sell(self.line(self.tax("vs_kraj_23") | self.tax("vs_kraj_8")))
        self.assertEqual(self.codes(invoice), ["E-TAX-03"])

    def test_s45_zero_without_tags_is_not_guessed(self):
        tax = self.tax("vs_kraj_0").copy({"name": "0", "ksef_rate_code": False})
        tax.repartition_line_ids.tag_ids = False
        tax.ksef_rate_code = False
        (problem,) = self.problems(self.sell(self.line(tax)))
        self.assertEqual((problem.code, problem.record), ("E-TAX-01", tax))

    def test_code_of_another_rate_is_refused(self):
        tax = self.tax("vs_kraj_8").copy({"name": "8"})
        tax.ksef_rate_code = "23"
        invoice = self.sell(self.line(tax, price_unit=5))
        self.assertEqual(self.codes(invoice), ["E-TAX-07"])
        (problem,) = self.problems(invoice)
        self.assertEqual(problem.record, tax)
        self.assertIn("8%", problem.message)

    def test_code_of_the_user_counts(self):
        tax = self.tax("vs_kraj_0").copy({"name": "0"})
        tax.ksef_rate_code = "0 EX"
        self.assertEqual(self.build(self.sell(self.line(tax)))["Fa/P_13_6_3"], "100.00")

    def test_group_of_taxes_is_taken_apart(self):
        group = self.env["account.tax"].create(
            {
                "name": "grupa",
                "amount_type": "group",
                "company_id": self.company.id,
                "children_tax_ids": [Command.set(self.tax("vs_kraj_8").ids)],
            }
        )
        self.assertEqual(self.build(self.sell(self.line(group)))["Fa/FaWiersz/P_12"], "8")

    def test_s23_exemption_needs_its_basis(self):
        tax = self.tax("vs_kraj_zw")
        (problem,) = self.problems(self.sell(self.line(tax)))
        self.assertEqual((problem.code, problem.record), ("E-EXM-01", tax))
        self.assertEqual(problem.field, "ksef_exempt_basis")

    def test_joined_bases_have_to_fit(self):
        self.tax("vs_kraj_zw").ksef_exempt_basis = "x" * 256
        invoice = self.sell(self.line("vs_kraj_zw"), self.line("vs_kraj_zw_gold"))
        self.assertEqual(self.codes(invoice), ["E-EXM-01"])

    def test_service_at_the_rate_of_goods_is_pointed_out(self):
        self.product.type = "service"
        invoice = self.sell(self.line("vs_eksp_tow", product_id=self.product.id))
        self.assertEqual(self.codes(invoice), ["W-TAX-04"])

    def test_goods_that_may_be_in_annex_15_are_pointed_out(self):
        self.product.l10n_pl_vat_gtu = "GTU_06"
        cheap = self.line(product_id=self.product.id)
        dear = self.line(product_id=self.product.id, price_unit=20000)
        self.assertEqual(self.codes(self.sell(cheap)), [])
        self.assertEqual(self.codes(self.sell(dear)), ["W-MPP-01"])


@tagged("post_install", "-at_install")
class TestDocumentRules(Fa3Common):
    def test_draft_has_no_number(self):
        self.assertIn("E-IDN-01", self.codes(self.draft()))

    def test_s44_date_in_the_future_is_refused(self):
        (problem,) = self.problems(self.sell(invoice_date="2026-03-03"))
        self.assertEqual((problem.code, problem.field), ("E-DAT-01", "invoice_date"))
        self.assertTrue(problem.is_blocking)

    def test_s44_date_in_the_past_is_pointed_out(self):
        (problem,) = self.problems(self.sell(invoice_date="2026-02-27"))
        self.assertEqual(problem.code, "W-DAT-02")
        self.assertFalse(problem.is_blocking)

    def test_today_is_that_of_warsaw(self):
        self.env.user.tz = "Pacific/Auckland"
        self.assertEqual(self.codes(self.sell(invoice_date=TODAY)), [])

    def test_invoice_needs_a_row(self):
        self.assertEqual(self.codes(self.sell(self.line(quantity=0))), ["E-LIN-02"])

    def test_line_needs_a_name(self):
        self.assertEqual(self.codes(self.sell(self.line(name=" "))), ["E-LIN-01"])

    def test_s13_negative_total_of_a_rate_is_refused(self):
        invoice = self.sell(self.line(), self.line("vs_kraj_8", price_unit=-10))
        (problem,) = self.problems(invoice)
        self.assertEqual(problem.code, "E-AMT-03")
        self.assertIn("-10.00", problem.message)

    def sell_with_tax(self, amount):
        """100.00 at 23 %, but with this tax."""
        invoice = self.draft()
        tax_line = invoice.line_ids.filtered("tax_line_id")
        due_line = invoice.line_ids.filtered(lambda line: line.display_type == "payment_term")
        invoice.line_ids = [
            Command.update(tax_line.id, {"amount_currency": -amount}),
            Command.update(due_line.id, {"amount_currency": 100 + amount}),
        ]
        invoice.action_post()
        return invoice

    def test_tax_far_from_its_rate_is_refused(self):
        self.assertEqual(self.codes(self.sell_with_tax(25)), ["E-AMT-01"])

    def test_tax_a_little_off_its_rate_is_pointed_out(self):
        self.assertEqual(self.codes(self.sell_with_tax(23.5)), ["W-AMT-01"])
        self.assertEqual(self.codes(self.sell_with_tax(23.01)), [])

    def test_books_in_another_currency_are_refused(self):
        invoice = self.sell()
        self.env.ref("base.PLN").name = "ABC"
        self.assertIn("E-CUR-05", self.codes(invoice))

    def test_long_footer_is_cut_and_pointed_out(self):
        invoice = self.sell(narration="<p>%s</p>" % ("słowo " * 700))
        (problem,) = self.problems(invoice)
        self.assertEqual((problem.code, problem.field), ("W-TXT-01", "narration"))
        self.assertLessEqual(len(self.build(invoice)["Stopka/Informacje/StopkaFaktury"]), 3500)

    def test_schema_has_the_last_word(self):
        invoice = self.sell()
        self.buyer.country_id = self.env["res.country"].create({"name": "Nibylandia", "code": "ZZ"})
        (problem,) = self.problems(invoice)
        self.assertEqual(problem.code, "E-XSD")
        self.assertIn("buyer › address › country (Podmiot2/Adres/KodKraju)", problem.message)
        self.assertIn('"ZZ": KSeF does not know this value', problem.message)
        with self.assertRaises(InvalidDocument):
            self.env["ksef.fa3"]._document_bytes(invoice)

    def test_s48_number_that_another_invoice_used_is_refused(self):
        first, second = self.sell(), self.sell()
        self.submit(first, second.name)
        self.assertEqual(self.codes(second), ["E-DUP-01"])
        self.assertEqual(self.codes(first), [])

    def test_refused_number_is_free_again(self):
        first, second = self.sell(), self.sell()
        self.submit(first, second.name, state="rejected")
        self.assertEqual(self.codes(second), [])

    def test_number_used_in_a_test_environment_is_free(self):
        first, second = self.sell(), self.sell()
        self.submit(first, second.name, environment="demo")
        self.assertEqual(self.codes(second), [])

    def submit(self, invoice, number, **values):
        self.env["ksef.submission"].sudo().create(
            {
                "move_id": invoice.id,
                "company_id": self.company.id,
                "document_number": number,
                "environment": self.company.ksef_environment,
                **values,
            }
        )

    def test_problems_of_many_invoices_are_kept_apart(self):
        good, bad = self.sell(), self.sell(self.line(None))
        found = self.env["ksef.fa3"]._problems(good | bad)
        self.assertEqual([p.code for p in found[good]], [])
        self.assertEqual([p.code for p in found[bad]], ["E-TAX-02"])

    def test_every_problem_says_what_and_what_to_do(self):
        invoice = self.sell(self.line(None), self.line("vs_kraj_zw"), invoice_date="2026-03-03")
        self.buyer.write({"vat": False, "street": False, "city": False})
        problems = self.problems(invoice)
        self.assertEqual(len(problems), 5)
        for problem in problems:
            self.assertTrue(problem.message.endswith("."), problem.message)
            self.assertTrue(problem.remedy.endswith("."), problem.remedy)
            self.assertIn(problem.field, problem.record._fields)


@tagged("post_install", "-at_install")
class TestUnsupportedDocuments(Fa3Common):
    def assert_stopped(self, invoice, words):
        (problem,) = self.problems(invoice)
        self.assertEqual(problem.code, "E-TYP-01")
        self.assertIn(words, problem.message)

    def test_bill_is_stopped(self):
        bill = self.sell(self.line("vz_kraj_23"), move_type="in_invoice", ref="1")
        self.assert_stopped(bill, "self-billing")
