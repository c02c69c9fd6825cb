from odoo import Command
from odoo.tests import Form, new_test_user, tagged

from .fa3_common import Fa3Common


@tagged("post_install", "-at_install")
class TestForms(Fa3Common):
    """The fields stand where an accountant looks for them, and only where they apply."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.ksef_is_enabled = True
        cls.accountant = new_test_user(
            cls.env,
            "fa3_formularze",
            groups="account.group_account_invoice,base.group_partner_manager",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    def test_accountant_fills_in_the_tab_of_an_invoice(self):
        draft = self.draft().with_user(self.accountant)
        with Form(draft) as form:
            form.ksef_simplified = "sums"
            form.ksef_period_starts_on = "2026-02-01"
            form.ksef_split_payment = "no"
            form.ksef_contract_no = "U/1"
            with form.ksef_party_ids.new() as party:
                party.partner_id = self.buyer
                party.role = "other"
                party.role_description = "Gwarant"
            with form.ksef_extra_ids.new() as extra:
                extra.key = "Budowa"
                extra.value = "Most"
        self.assertEqual((draft.ksef_simplified, draft.ksef_contract_no), ("sums", "U/1"))
        self.assertEqual(draft.ksef_party_ids.role_description, "Gwarant")
        self.assertEqual(draft.ksef_extra_ids.value, "Most")

    def test_tab_is_hidden_where_the_company_does_not_use_ksef(self):
        self.company.ksef_is_enabled = False
        draft = self.draft().with_user(self.accountant)
        with Form(draft) as form, self.assertRaises(AssertionError):
            form.ksef_simplified = "sums"

    def test_posted_invoice_keeps_what_it_says(self):
        with Form(self.sell()) as form, self.assertRaises(AssertionError):
            form.ksef_simplified = "sums"

    def test_units_and_factors_are_set_on_contacts(self):
        factor = self._create_buyer(name="Faktor", vat="PL5555555555")
        with Form(self.buyer.with_user(self.accountant)) as form:
            form.ksef_entity_kind = "jst"
            form.ksef_factor_partner_id = factor
            form.ksef_contract_no = "U/7"
        self.assertEqual(self.buyer.ksef_factor_partner_id, factor)

    def test_who_only_invoices_classifies_products(self):
        product = self.env["product.template"].create({"name": "Tarcica"})
        self.accountant.group_ids |= self.env.ref("product.group_product_manager")
        with Form(product.with_user(self.accountant)) as form:
            form.ksef_is_annex15 = True
            form.ksef_pkwiu = "16.10.10.0"
        self.assertEqual((product.ksef_is_annex15, product.ksef_pkwiu), (True, "16.10.10.0"))

    def test_settings_of_documents_belong_to_the_company(self):
        settings = self.env["res.config.settings"].with_company(self.company)
        settings.create({"ksef_regon": "999999999", "ksef_discount_mode": "p10_unit"}).execute()
        self.assertEqual(self.company.ksef_discount_mode, "p10_unit")
        self.assertEqual(self.company.ksef_regon, "999999999")

    def test_kind_of_margin_is_asked_for_taxes_of_the_margin_only(self):
        with Form(self.tax("vs_kraj_0")) as form:
            with self.assertRaises(AssertionError):
                form.ksef_margin_kind = "2"
            form.ksef_rate_code = "margin"
            form.ksef_margin_kind = "2"
        self.assertEqual(self.tax("vs_kraj_0").ksef_margin_kind, "2")
