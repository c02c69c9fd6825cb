from odoo import Command
from odoo.tests import tagged

from ..models.account_tax import CHART_VALUES
from .fa3_common import Fa3Common


@tagged("post_install", "-at_install")
class TestRateCodes(Fa3Common):
    def test_every_sale_tax_of_the_chart_has_its_code(self):
        names = self.env["ir.model.data"].search(
            [
                ("module", "=", "account"),
                ("model", "=", "account.tax"),
                ("name", "=like", f"{self.company.id}\\_vs\\_%"),
            ]
        )
        taxes = self.env["account.tax"].browse(names.mapped("res_id"))
        self.assertEqual(len(taxes), 16)
        self.assertFalse(taxes.filtered(lambda tax: not tax.ksef_rate_code).mapped("name"))

    def test_zero_percent_has_a_different_code_in_each_case(self):
        codes = {
            "vs_kraj_0": "0 KR",
            "vs_zwrot_podróżnych_0": "0 KR",
            "vs_kraj_zw": "zw",
            "vs_stal": "oo",
            "vs_unia": "0 WDT",
            "vs_dostu": "np II",
            "vs_eksp_tow": "0 EX",
            "vs_ekspu": "np I",
        }
        found = {name: self.tax(name).ksef_rate_code for name in codes}
        self.assertEqual(found, codes)

    def test_purchase_tax_that_no_polish_supplier_charges_has_no_code(self):
        self.assertFalse(self.tax("vz_unia").ksef_rate_code)
        self.assertFalse(self.tax("vz_impu").ksef_rate_code)

    def test_procedures_come_with_the_chart(self):
        self.assertEqual(self.tax("vs_unia_i42").ksef_procedure, "I_42")
        self.assertEqual(self.tax("vs_unia_i63").ksef_procedure, "I_63")
        self.assertEqual(self.tax("vs_unia_triangular").ksef_procedure, "TT_D")

    def test_gold_is_exempt_by_article_122(self):
        gold = self.tax("vs_kraj_zw_gold")
        self.assertEqual(gold.ksef_exempt_basis, "art. 122 ust. 1 ustawy o VAT")

    def test_reverse_charge_follows_the_code(self):
        kinds = {
            name: self.tax(name).ksef_reverse_charge
            for name in ("vs_dostu", "vs_stal", "vs_ekspu", "vs_unia", "vs_unia_triangular")
        }
        self.assertEqual(list(kinds.values()), ["yes", "yes", "b2b", "no", "yes"])

    def test_copy_is_told_by_its_tags(self):
        for name, values in CHART_VALUES.items():
            if name.startswith("vs_"):
                copy = self.tax(name).copy({"name": f"copy {name}"})
                self.assertEqual(copy._ksef_find_rate_code(), values["ksef_rate_code"], name)

    def test_tag_is_known_in_every_language(self):
        for code in ("en_US", "pl_PL"):
            self.env["res.lang"]._activate_lang(code)
        tags = self.tax("vs_unia").invoice_repartition_line_ids.tag_ids
        tags.with_context(lang="pl_PL").name = "inna nazwa"
        tax = self.create_tax_with_tags(tags.with_context(lang="pl_PL"))
        self.assertEqual(tax.ksef_rate_code, "0 WDT")

    def test_specific_tag_goes_before_the_general_one(self):
        tags = self.tax("vs_dostu").invoice_repartition_line_ids.tag_ids
        self.assertEqual(set(tags.mapped("name")), {"K_11", "K_12"})
        self.assertEqual(self.create_tax_with_tags(tags).ksef_rate_code, "np II")

    def create_tax_with_tags(self, tags):
        lines = [
            Command.create({"repartition_type": "base", "tag_ids": [Command.set(tags.ids)]}),
            Command.create({"repartition_type": "tax"}),
        ]
        return self.create_tax(
            env=tags.env,
            amount=0,
            invoice_repartition_line_ids=lines,
            refund_repartition_line_ids=lines,
        )

    def test_new_tax_is_told_by_its_percentage(self):
        self.assertEqual(self.create_tax(amount=4).ksef_rate_code, "4")

    def test_tax_that_says_nothing_gets_no_code(self):
        for values in ({"amount": 0}, {"amount": 19}, {"amount": 23, "amount_type": "division"}):
            self.assertFalse(self.create_tax(name=str(values), **values).ksef_rate_code)

    def test_fixed_amount_is_no_vat(self):
        self.assertEqual(self.create_tax(amount=0.5, amount_type="fixed").ksef_rate_code, "none")

    def test_tax_of_another_country_is_left_alone(self):
        germany = self.env.ref("base.de")
        group = self.env["account.tax.group"].create({"name": "DE", "country_id": germany.id})
        tax = self.create_tax(amount=7, country_id=germany.id, tax_group_id=group.id)
        self.assertFalse(tax.ksef_rate_code)

    def test_new_percentage_gives_a_new_code(self):
        tax = self.create_tax(amount=23)
        tax.amount = 22
        self.assertEqual(tax.ksef_rate_code, "22")

    def test_choice_of_the_user_stays(self):
        tax = self.tax("vs_unia_triangular")
        tax.ksef_rate_code = "0 WDT"
        tax.invoice_repartition_line_ids.filtered("tag_ids").tag_ids = False
        tax.amount = 1
        self.assertEqual(tax.ksef_rate_code, "0 WDT")

    def test_charts_that_were_loaded_before_get_their_codes(self):
        tax, gold = self.tax("vs_unia"), self.tax("vs_kraj_zw_gold")
        tax.write({"ksef_rate_code": False})
        gold.write({"ksef_exempt_basis": False})
        self.env["account.tax"]._ksef_set_rate_codes()
        self.assertEqual(tax.ksef_rate_code, "0 WDT")
        self.assertTrue(gold.ksef_exempt_basis)

    def create_tax(self, env=None, **values):
        return (env or self.env)["account.tax"].create(
            {"name": "Nowy", "company_id": self.company.id, "type_tax_use": "sale", **values}
        )
