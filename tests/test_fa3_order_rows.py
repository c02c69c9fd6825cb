"""Rows of the order behind an advance invoice, and the rules on the order as a whole."""

from odoo.tests import tagged

from .test_fa3_advances import AdvancesCommon


@tagged("post_install", "-at_install")
class TestOrderRows(AdvancesCommon):
    def german(self):
        return self._create_buyer(
            name="Käufer GmbH", vat="DE136695976", country_id=self.env.ref("base.de").id
        )

    def test_e21_distance_sale_names_the_foreign_rate_and_its_procedure(self):
        self.machine.taxes_id = self.tax("vs_kraj_23").copy(
            {"name": "OSS DE", "amount": 19, "ksef_rate_code": "oss", "ksef_procedure": "WSTO_EE"}
        )
        document = self.golden(self.advance(self.order(), 10))
        (row,) = document.all("Fa/Zamowienie/ZamowienieWiersz")
        self.assertEqual((row["P_12Z"], row["P_12Z_XII"]), (None, "19"))
        self.assertEqual((row["P_11VatZ"], row["ProceduraZ"]), ("1900.00", "WSTO_EE"))
        self.assertEqual((document["Fa/P_13_5"], document["Fa/P_14_5"]), ("1000.00", "190.00"))

    def test_customs_procedures_have_no_place_in_an_order(self):
        self.tax("vs_unia_i42").active = True
        self.machine.taxes_id = self.tax("vs_unia_i42")
        order = self.order(partner_id=self.german().id)
        document = self.build(self.advance(order, 10))
        row = document.all("Fa/Zamowienie/ZamowienieWiersz")[0]
        self.assertEqual((row["P_12Z"], row["ProceduraZ"]), ("0 WDT", None))

    def test_e22_classifications_of_the_product_are_shown(self):
        self.machine.write(
            {
                "default_code": "M-1",
                "ksef_pkwiu": "28.41",
                "ksef_cn": "84596100",
                "ksef_pkob": "1220",
                "l10n_pl_vat_gtu": "GTU_06",
            }
        )
        row = self.golden(self.advance(self.order(), 10)).all("Fa/Zamowienie/ZamowienieWiersz")[0]
        shown = [row[name] for name in ("IndeksZ", "PKWiUZ", "CNZ", "PKOBZ", "GTUZ")]
        self.assertEqual(shown, ["M-1", "28.41", "84596100", "1220", "GTU_06"])

    def test_codes_of_the_register_can_stay_out_of_the_order(self):
        self.company.ksef_is_with_jpk_codes = False
        self.machine.l10n_pl_vat_gtu = "GTU_06"
        document = self.build(self.advance(self.order(), 10))
        self.assertFalse(document.has("Fa/Zamowienie/ZamowienieWiersz/GTUZ"))

    def test_order_that_does_not_add_up_is_pointed_out(self):
        order = self.order()
        invoice = self.advance(order, 10)
        self.env.flush_all()
        self.env.cr.execute("UPDATE sale_order SET amount_total = 12345 WHERE id = %s", [order.id])
        order.invalidate_recordset()
        (problem,) = self.problems(invoice)
        self.assertEqual((problem.code, problem.record), ("W-ZAL-03", order))
        self.assertIn("12300.00", problem.message)
        self.assertIn("12345.00", problem.message)

    def test_sale_above_the_limit_of_split_payment_leaves_a_rest_below_it(self):
        self.machine.ksef_is_annex15 = True
        order = self.order((self.machine, 20000))
        self.accept(self.advance(order, 50))
        rest = self.settle(order)
        self.assertEqual(self.codes(rest), ["W-MPP-02"])
        self.assertEqual(self.build(rest)["Fa/Adnotacje/P_18A"], "2")
        rest.ksef_split_payment = "yes"
        self.assertEqual(self.build(rest)["Fa/Adnotacje/P_18A"], "1")
        self.assertNotIn("W-MPP-02", self.codes(rest))
