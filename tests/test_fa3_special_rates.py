from odoo.tests import tagged

from .fa3_common import EuroCommon, Fa3Common


class SpecialRates(Fa3Common):
    def create_fixed_tax(self, name, amount, **values):
        return self.env["account.tax"].create(
            {
                "name": name,
                "amount_type": "fixed",
                "amount": amount,
                "company_id": self.company.id,
                **values,
            }
        )

    def create_zero_tax(self, name, code, **values):
        tax = self.tax("vs_kraj_0").copy({"name": name})
        tax.write({"ksef_rate_code": code, **values})
        return tax

    def create_european(self, country="de", vat="DE136695976", **values):
        return self._create_buyer(
            name="Käufer GmbH", vat=vat, country_id=self.env.ref(f"base.{country}").id, **values
        )


@tagged("post_install", "-at_install")
class TestBesideTheSale(SpecialRates):
    def test_deposit_is_charged_beside_the_total(self):
        deposit = self.create_fixed_tax("Kaucja", 0.5)
        taxes = self.tax("vs_kraj_23") | deposit
        document = self.build(self.sell(self.line(taxes, quantity=10), self.line(taxes)))
        self.assertEqual(document["Fa/P_13_1"], "1100.00")
        self.assertEqual(document["Fa/P_15"], "1353.00")
        self.assertEqual(
            document.fields("Fa/Rozliczenie/Obciazenia"), [("Kwota", "5.50"), ("Powod", "Kaucja")]
        )
        self.assertEqual(document["Fa/Rozliczenie/SumaObciazen"], "5.50")
        self.assertEqual(document["Fa/Rozliczenie/DoZaplaty"], "1358.50")

    def test_excise_is_part_of_the_base(self):
        excise = self.create_fixed_tax(
            "Akcyza", 2, include_base_amount=True, sequence=-1, ksef_is_excise=True
        )
        document = self.build(self.sell(self.line(self.tax("vs_kraj_23") | excise, quantity=5)))
        row = document.all("Fa/FaWiersz")[0]
        self.assertEqual((row["P_9A"], row["P_11"], row["KwotaAkcyzy"]), ("102", "510.00", "10.00"))
        self.assertEqual((document["Fa/P_13_1"], document["Fa/P_14_1"]), ("510.00", "117.30"))
        self.assertFalse(document.has("Fa/Rozliczenie"))

    def test_s09_excise_and_deposit_on_one_line(self):
        excise = self.create_fixed_tax(
            "Akcyza", 2, include_base_amount=True, sequence=-1, ksef_is_excise=True
        )
        deposit = self.create_fixed_tax("Kaucja", 1, sequence=99)
        document = self.golden(self.sell(self.line(self.tax("vs_kraj_23") | excise | deposit)))
        row = document.all("Fa/FaWiersz")[0]
        self.assertEqual((row["P_11"], row["KwotaAkcyzy"]), ("102.00", "2.00"))
        self.assertEqual((document["Fa/P_15"], document["Fa/P_13_1"]), ("125.46", "102.00"))
        self.assertEqual(document["Fa/Rozliczenie/Obciazenia/Powod"], "Kaucja")
        self.assertEqual(document["Fa/Rozliczenie/DoZaplaty"], "126.46")

    def test_e09_fee_that_is_taken_off_is_a_deduction(self):
        fee = self.create_fixed_tax("Potrącenie", -3)
        document = self.golden(self.sell(self.line(self.tax("vs_kraj_23") | fee)))
        self.assertEqual(
            document.fields("Fa/Rozliczenie/Odliczenia"),
            [("Kwota", "3.00"), ("Powod", "Potrącenie")],
        )
        self.assertEqual(document["Fa/Rozliczenie/DoZaplaty"], "120.00")

    def test_product_outside_the_sale_is_no_row(self):
        self.product.ksef_is_out_of_vat = True
        deposit = self.line(None, product_id=self.product.id, name="Paleta", price_unit=20)
        document = self.build(self.sell(self.line(), deposit))
        self.assertEqual(document.texts("Fa/FaWiersz/P_7"), ["Usługa"])
        self.assertEqual(document["Fa/P_15"], "123.00")
        self.assertEqual(document["Fa/Rozliczenie/Obciazenia/Powod"], "Paleta")
        self.assertEqual(document["Fa/Rozliczenie/DoZaplaty"], "143.00")

    def test_product_outside_the_sale_with_a_tax_is_an_ordinary_row(self):
        self.product.ksef_is_out_of_vat = True
        document = self.build(self.sell(self.line(product_id=self.product.id)))
        self.assertEqual(document["Fa/P_13_1"], "100.00")

    def round_cash(self, strategy):
        return self.env["account.cash.rounding"].create(
            {
                "name": "5 gr",
                "rounding": 0.05,
                "strategy": strategy,
                "profit_account_id": self.company_data["default_account_revenue"].id,
                "loss_account_id": self.company_data["default_account_expense"].id,
            }
        )

    def test_s10_cash_rounding_is_charged_beside_the_total(self):
        rounding = self.round_cash("add_invoice_line")
        invoice = self.sell(self.line(price_unit=99.98), invoice_cash_rounding_id=rounding.id)
        document = self.golden(invoice)
        self.assertEqual(document["Fa/P_15"], "122.98")
        self.assertEqual(
            document.fields("Fa/Rozliczenie/Obciazenia"),
            [("Kwota", "0.02"), ("Powod", "Zaokrąglenie")],
        )
        self.assertEqual(document["Fa/Rozliczenie/DoZaplaty"], "123.00")

    def test_cash_rounding_downwards_is_a_deduction(self):
        rounding = self.round_cash("add_invoice_line")
        invoice = self.sell(self.line(price_unit=100.01), invoice_cash_rounding_id=rounding.id)
        document = self.build(invoice)
        self.assertEqual(document["Fa/Rozliczenie/SumaOdliczen"], "0.01")

    def test_s10_rounding_of_the_tax_is_refused(self):
        rounding = self.round_cash("biggest_tax")
        invoice = self.sell(self.line(price_unit=99.99), invoice_cash_rounding_id=rounding.id)
        self.assertIn("E-AMT-04", self.codes(invoice))


@tagged("post_install", "-at_install")
class TestMargin(SpecialRates):
    def setUp(self):
        super().setUp()
        self.margin = self.create_zero_tax("Marża", "margin", ksef_margin_kind="3_1")

    def test_s22_used_goods_and_a_service_of_ones_own(self):
        document = self.golden(self.sell(self.line(self.margin, price_unit=1000), self.line()))
        goods, service = document.all("Fa/FaWiersz")
        self.assertEqual((goods["P_9B"], goods["P_11A"]), ("1000", "1000.00"))
        for name in ("P_9A", "P_11", "P_12", "P_11Vat"):
            self.assertFalse(goods.has(name), name)
        self.assertEqual((service["P_11"], service["P_12"]), ("100.00", "23"))
        self.assertEqual((document["Fa/P_13_1"], document["Fa/P_13_11"]), ("100.00", "1000.00"))
        self.assertEqual(document["Fa/P_15"], "1123.00")
        self.assertEqual(
            document.fields("Fa/Adnotacje/PMarzy"), [("P_PMarzy", "1"), ("P_PMarzy_3_1", "1")]
        )

    def test_e08_every_kind_of_margin_is_named(self):
        for kind in ("2", "3_2", "3_3"):
            self.margin.ksef_margin_kind = kind
            document = self.golden(self.sell(self.line(self.margin)), kind)
            self.assertEqual(document[f"Fa/Adnotacje/PMarzy/P_PMarzy_{kind}"], "1")

    def test_two_kinds_of_margin_are_refused(self):
        travel = self.create_zero_tax("Turystyka", "margin", ksef_margin_kind="2")
        invoice = self.sell(self.line(self.margin), self.line(travel))
        self.assertEqual(self.codes(invoice), ["E-MAR-01"])

    def test_margin_needs_its_kind(self):
        self.margin.ksef_margin_kind = False
        self.assertEqual(self.codes(self.sell(self.line(self.margin))), ["E-MAR-01"])


@tagged("post_install", "-at_install")
class TestAbroad(SpecialRates):
    def test_s20_rate_of_the_consumers_country(self):
        tax = self.tax("vs_kraj_23").copy({"name": "19% DE", "amount": 19})
        tax.write({"ksef_rate_code": "oss", "ksef_procedure": "WSTO_EE"})
        buyer = self.create_european(vat=False, is_company=False)
        document = self.golden(self.sell(self.line(tax), partner_id=buyer.id))
        row = document.all("Fa/FaWiersz")[0]
        self.assertEqual((row["P_12_XII"], row["Procedura"]), ("19", "WSTO_EE"))
        self.assertFalse(row.has("P_12"))
        self.assertEqual((document["Fa/P_13_5"], document["Fa/P_14_5"]), ("100.00", "19.00"))
        self.assertEqual(document["Fa/P_15"], "119.00")

    def test_s19_second_of_three_taxpayers(self):
        tax = self.tax("vs_unia_triangular")
        tax.active = True
        document = self.golden(
            self.sell(self.line(tax), partner_id=self.create_european("fr", "FR23334175221").id)
        )
        self.assertEqual(document["Podmiot1/PrefiksPodatnika"], "PL")
        self.assertEqual(document["Fa/Adnotacje/P_23"], "1")
        self.assertEqual(document["Fa/Adnotacje/P_18"], "1")
        self.assertEqual(document["Fa/FaWiersz/Procedura"], "TT_D")
        self.assertEqual((document["Fa/FaWiersz/P_12"], document["Fa/P_13_8"]), ("np I", "100.00"))
        self.assertEqual(document["Podmiot2/DaneIdentyfikacyjne/KodUE"], "FR")

    def test_triangular_buyer_has_a_number_of_another_country(self):
        tax = self.tax("vs_unia_triangular")
        tax.active = True
        self.assertEqual(self.codes(self.sell(self.line(tax))), ["E-TRI-01"])

    def test_triangular_transaction_is_not_mixed_with_others(self):
        tax = self.tax("vs_unia_triangular")
        tax.active = True
        buyer = self.create_european()
        invoice = self.sell(self.line(tax), self.line(), partner_id=buyer.id)
        self.assertEqual(self.codes(invoice), ["W-TRI-02"])

    def test_s21_domestic_reverse_charge(self):
        tax = self.tax("vs_stal")
        tax.active = True
        document = self.golden(self.sell(self.line(tax)))
        self.assertEqual((document["Fa/FaWiersz/P_12"], document["Fa/P_13_10"]), ("oo", "100.00"))
        self.assertEqual(document["Fa/Adnotacje/P_18"], "1")
        self.assertFalse(document.has("Podmiot1/PrefiksPodatnika"))

    def test_s17_export_of_goods(self):
        self.company.ksef_eori = "PL999999999900000"
        buyer = self.create_european("us", "12-3456789")
        dollar = self.use_currency("USD", 3.6512)
        lines = self.line("vs_eksp_tow")
        document = self.golden(self.sell(lines, partner_id=buyer.id, currency_id=dollar.id))
        self.assertEqual(document["Fa/FaWiersz/P_12"], "0 EX")
        self.assertEqual(document["Fa/KodWaluty"], "USD")
        self.assertEqual(document["Podmiot1/NrEORI"], "PL999999999900000")
        self.assertEqual((document["Fa/P_13_6_3"], document["Fa/P_15"]), ("100.00", "100.00"))
        self.assertEqual(document["Podmiot2/DaneIdentyfikacyjne/KodKraju"], "US")
        self.assertEqual(document["Fa/Adnotacje/P_18"], "2")

    def test_eori_is_for_exports_only(self):
        self.company.ksef_eori = "PL999999999900000"
        self.assertFalse(self.build(self.sell()).has("Podmiot1/NrEORI"))

    def test_s42_goods_that_stay_in_the_customs_procedure(self):
        tax = self.tax("vs_unia_i42")
        tax.active = True
        document = self.golden(
            self.sell(self.line(tax), partner_id=self.create_european().id), "customs"
        )
        self.assertEqual(document["Fa/FaWiersz/Procedura"], "I_42")


@tagged("post_install", "-at_install")
class TestCurrencyOfRows(SpecialRates, EuroCommon):
    def test_s26_rows_of_different_days_have_their_own_rates(self):
        sold = (
            ("lodówka", 10, 406, "2026-02-20", 4.4005),
            ("zamrażarka", 20, 250, "2026-02-25", 4.4075),
            ("zmywarka", 15, 300, "2026-02-26", 4.4351),
        )
        lines = [
            self.line(name=name, quantity=quantity, price_unit=price, **self.row_of(day, rate))
            for name, quantity, price, day, rate in sold
        ]
        document = self.golden(self.sell_in_euro(*lines))
        rates, days = ["4.4005", "4.4075", "4.4351"], ["2026-02-20", "2026-02-25", "2026-02-26"]
        self.assertEqual(document.texts("Fa/FaWiersz/KursWaluty"), rates)
        self.assertEqual(document.texts("Fa/FaWiersz/P_6A"), days)
        self.assertFalse(document.has("Fa/P_6"))
        self.assertEqual((document["Fa/P_13_1"], document["Fa/P_14_1"]), ("13560.00", "3118.80"))
        self.assertEqual(document["Fa/P_14_1W"], "13768.14")
        self.assertEqual(document["Fa/P_15"], "16678.80")

    def row_of(self, day, rate):
        return {"ksef_supplied_on": day, "ksef_rate": rate}

    def test_rates_of_rows_that_are_not_booked_are_pointed_out(self):
        invoice = self.sell_in_euro(self.line(ksef_rate=4.5))
        self.assertIn("W-CUR-04", self.codes(invoice))

    def test_rate_on_rows_without_vat_is_a_setting(self):
        lines = (self.line("vs_eksp_tow"), self.line())
        document = self.build(self.sell_in_euro(*lines))
        self.assertEqual(document.texts("Fa/FaWiersz/KursWaluty"), ["4.2531"] * 2)
        self.company.ksef_is_rate_on_zero_rows = False
        document = self.build(self.sell_in_euro(*lines))
        rows = document.all("Fa/FaWiersz")
        self.assertEqual([row["KursWaluty"] for row in rows], [None, "4.2531"])

    def test_foreign_vat_is_not_converted(self):
        tax = self.tax("vs_kraj_23").copy({"name": "19% DE", "amount": 19})
        tax.ksef_rate_code = "oss"
        document = self.build(self.sell_in_euro(self.line(tax)))
        self.assertFalse(document.has("Fa/FaWiersz/KursWaluty"))
        self.assertFalse([name for name, _ in document.fields("Fa") if name.endswith("W")])

    def test_deposit_in_euro_keeps_the_vat_in_pln(self):
        taxes = self.tax("vs_kraj_23") | self.create_fixed_tax("Kaucja", 1)
        document = self.build(self.sell_in_euro(self.line(taxes)))
        self.assertEqual(document["Fa/P_14_1W"], "97.82")
        self.assertEqual(document["Fa/Rozliczenie/DoZaplaty"], "124.00")


@tagged("post_install", "-at_install")
class TestRowOverrides(SpecialRates):
    def test_identifier_is_set_at_posting_and_kept(self):
        invoice = self.draft(self.line(), self.line())
        self.assertFalse(any(invoice.invoice_line_ids.mapped("ksef_uuid")))
        invoice.action_post()
        before = invoice.invoice_line_ids.mapped("ksef_uuid")
        self.assertEqual(len(set(before)), 2)
        self.assertEqual(self.build(invoice).texts("Fa/FaWiersz/UU_ID"), before)
        invoice.button_draft()
        invoice.action_post()
        self.assertEqual(invoice.invoice_line_ids.mapped("ksef_uuid"), before)

    def test_copy_has_identifiers_of_its_own(self):
        invoice = self.sell()
        self.assertEqual(invoice.copy().invoice_line_ids.mapped("ksef_uuid"), [False])

    def test_only_rows_have_identifiers(self):
        lines = self.sell().line_ids - self.sell().invoice_line_ids
        others = lines.filtered(lambda line: line.display_type != "product")
        self.assertFalse(any(others.mapped("ksef_uuid")))

    def test_line_may_have_another_untaxed_code(self):
        document = self.build(self.sell(self.line("vs_kraj_0", ksef_rate_code="np I")))
        self.assertEqual((document["Fa/FaWiersz/P_12"], document["Fa/P_13_8"]), ("np I", "100.00"))
        self.assertEqual(document["Fa/Adnotacje/P_18"], "1")

    def test_s42_line_has_its_own_gtu_and_procedure(self):
        self.product.l10n_pl_vat_gtu = "GTU_06"
        line = self.line(
            product_id=self.product.id, ksef_gtu="GTU_12", ksef_procedure="B_SPV_DOSTAWA"
        )
        row = self.golden(self.sell(line), "voucher").all("Fa/FaWiersz")[0]
        self.assertEqual((row["GTU"], row["Procedura"]), ("GTU_12", "B_SPV_DOSTAWA"))

    def test_voucher_is_marked_on_every_row(self):
        document = self.build(self.sell(self.line(), l10n_pl_vat_b_spv=True))
        self.assertEqual(document["Fa/FaWiersz/Procedura"], "B_SPV")

    def test_second_procedure_is_pointed_out(self):
        tax = self.tax("vs_unia_i42")
        tax.active = True
        invoice = self.sell(
            self.line(tax), partner_id=self.create_european().id, l10n_pl_vat_b_spv=True
        )
        self.assertEqual(self.codes(invoice), ["W-PRC-01"])
        self.assertEqual(self.build(invoice)["Fa/FaWiersz/Procedura"], "I_42")

    def test_codes_of_the_register_can_stay_out(self):
        self.company.ksef_is_with_jpk_codes = False
        self.product.l10n_pl_vat_gtu = "GTU_06"
        self.buyer.l10n_pl_links_with_customer = True
        line = self.line(product_id=self.product.id)
        document = self.build(self.sell(line, ksef_is_fp=True, l10n_pl_vat_b_spv=True))
        for path in ("Fa/TP", "Fa/FP", "Fa/FaWiersz/GTU", "Fa/FaWiersz/Procedura"):
            self.assertFalse(document.has(path), path)

    def test_e10_markers_of_the_invoice(self):
        self.buyer.l10n_pl_links_with_customer = True
        document = self.golden(self.sell(ksef_is_fp=True, ksef_is_excise_refund=True))
        markers = [document[f"Fa/{name}"] for name in ("FP", "TP", "ZwrotAkcyzy")]
        self.assertEqual(markers, ["1"] * 3)

    def test_e11_classifications_of_the_product(self):
        self.product.write(
            {"ksef_pkwiu": "26.20.16.0", "ksef_cn": "8471 60 60", "ksef_pkob": "1220"}
        )
        self.product.barcode = "5901234123457"
        row = self.golden(self.sell(self.line(product_id=self.product.id))).all("Fa/FaWiersz")[0]
        codes = (row["PKWiU"], row["CN"], row["PKOB"])
        self.assertEqual(codes, ("26.20.16.0", "8471 60 60", "1220"))

    def test_line_without_product_may_be_of_annex_15(self):
        document = self.build(self.sell(self.line(price_unit=20000, ksef_is_annex15=True)))
        self.assertEqual(document["Fa/FaWiersz/P_12_Zal_15"], "1")
        self.assertEqual(document["Fa/Adnotacje/P_18A"], "1")

    def test_exemption_of_product_or_company_steps_in(self):
        self.company.ksef_exempt_basis = "art. 113 ust. 1 ustawy o VAT"
        line = self.line("vs_kraj_zw", product_id=self.product.id)
        basis = "Fa/Adnotacje/Zwolnienie/P_19A"
        self.assertEqual(self.build(self.sell(line))[basis], "art. 113 ust. 1 ustawy o VAT")
        self.product.ksef_exempt_basis = "art. 43 ust. 1 pkt 2 ustawy o VAT"
        self.assertEqual(self.build(self.sell(line))[basis], "art. 43 ust. 1 pkt 2 ustawy o VAT")

    def test_answers_of_the_accountant_come_first(self):
        self.company.ksef_is_cash_method = True
        document = self.build(self.sell())
        self.assertEqual(document["Fa/Adnotacje/P_16"], "1")
        answers = dict.fromkeys(("ksef_cash_method",), "no")
        answers |= dict.fromkeys(("ksef_reverse_charge", "ksef_split_payment"), "yes")
        document = self.build(self.sell(**answers))
        flags = [document[f"Fa/Adnotacje/{name}"] for name in ("P_16", "P_18", "P_18A")]
        self.assertEqual(flags, ["2", "1", "1"])


@tagged("post_install", "-at_install")
class TestPrices(SpecialRates):
    def include(self, name):
        tax = self.tax(name).copy({"name": f"brutto {name}"})
        tax.price_include_override = "tax_included"
        return tax

    def test_s06_two_rates_in_the_price_rounded_per_line(self):
        self.company.tax_calculation_rounding_method = "round_per_line"
        standard, reduced = self.include("vs_kraj_23"), self.include("vs_kraj_8")
        document = self.golden(
            self.sell(
                self.line(standard, quantity=3, price_unit=9.99),
                self.line(standard, price_unit=4.99),
                self.line(reduced, quantity=2, price_unit=7.77),
            )
        )
        self.assertEqual(document.texts("Fa/FaWiersz/P_9B"), ["9.99", "4.99", "7.77"])
        self.assertEqual(document.texts("Fa/FaWiersz/P_11A"), ["29.97", "4.99", "15.54"])
        self.assertEqual(document.texts("Fa/FaWiersz/P_11Vat"), ["5.60", "0.93", "1.15"])
        self.assertEqual((document["Fa/P_13_1"], document["Fa/P_14_1"]), ("28.43", "6.53"))
        self.assertEqual((document["Fa/P_13_2"], document["Fa/P_14_2"]), ("14.39", "1.15"))
        self.assertEqual(document["Fa/P_15"], "50.50")

    def test_s07_prices_of_both_kinds_are_shown_without_tax(self):
        invoice = self.sell(self.line(self.include("vs_kraj_23"), price_unit=123), self.line())
        document = self.golden(invoice)
        self.assertFalse(document.has("Fa/FaWiersz/P_9B"))
        self.assertEqual(document.texts("Fa/FaWiersz/P_9A"), ["100", "100"])
        self.assertEqual(self.codes(invoice), ["W-AMT-02"])

    def sell_with_discount(self, mode, **values):
        self.company.ksef_discount_mode = mode
        line = {"quantity": 20, "price_unit": 1000, "discount": 10, **values}
        return self.sell(self.line(**line))

    def row_with_discount(self, mode, **values):
        return self.build(self.sell_with_discount(mode, **values)).all("Fa/FaWiersz")[0]

    def test_s05_discount_of_one_unit(self):
        document = self.golden(self.sell_with_discount("p10_unit"), "unit")
        row = document.all("Fa/FaWiersz")[0]
        self.assertEqual((row["P_9A"], row["P_10"], row["P_11"]), ("1000", "100", "18000.00"))

    def test_s05_discount_of_the_whole_row(self):
        document = self.golden(self.sell_with_discount("p10_total"), "total")
        row = document.all("Fa/FaWiersz")[0]
        self.assertEqual((row["P_9A"], row["P_10"], row["P_11"]), ("1000", "2000", "18000.00"))

    def test_discount_that_does_not_come_out_even(self):
        row = self.row_with_discount("p10_unit", quantity=3, price_unit=33.33, discount=7)
        net = 3 * (float(row["P_9A"]) - float(row["P_10"]))
        self.assertEqual((row["P_9A"], round(net, 2)), ("33.33", 92.99))

    def test_discount_of_everything_stays_in_the_price(self):
        row = self.row_with_discount("p10_unit", discount=100)
        self.assertEqual((row["P_9A"], row["P_11"]), ("0", "0.00"))

    def test_line_without_discount_shows_none(self):
        self.assertFalse(self.row_with_discount("p10_total", discount=0).has("P_10"))


@tagged("post_install", "-at_install")
class TestSimplifiedInvoices(SpecialRates):
    def sell_simply(self, *lines, **values):
        return self.sell(*lines, ksef_simplified="sums", **values)

    def test_s46_sums_without_prices(self):
        document = self.golden(self.sell_simply(self.line(price_unit=365.85)), "sums")
        self.assertEqual(document["Fa/RodzajFaktury"], "UPR")
        names = [name for name, _ in document.fields("Fa/FaWiersz")]
        self.assertEqual(names, ["NrWierszaFa", "UU_ID", "P_7"])
        sums = (document["Fa/P_13_1"], document["Fa/P_14_1"], document["Fa/P_15"])
        self.assertEqual(sums, ("365.85", "84.15", "450.00"))

    def test_s46_total_only(self):
        invoice = self.sell(self.line(price_unit=365.85), ksef_simplified="total")
        document = self.golden(invoice, "total")
        self.assertEqual(document["Fa/P_15"], "450.00")
        self.assertFalse(document.fields("Fa", "P_13"))
        self.assertEqual(document["Fa/FaWiersz/P_12"], "23")
        self.assertFalse(document.has("Fa/FaWiersz/P_11A"))

    def test_total_only_of_the_margin_scheme_names_no_rate(self):
        margin = self.create_zero_tax("Marża", "margin", ksef_margin_kind="3_1")
        document = self.build(self.sell(self.line(margin), ksef_simplified="total"))
        self.assertFalse(document.has("Fa/FaWiersz/P_12"))
        self.assertEqual(document["Fa/P_15"], "100.00")

    def test_total_only_with_two_rates(self):
        invoice = self.sell(self.line(), self.line("vs_kraj_8"), ksef_simplified="total")
        document = self.build(invoice)
        self.assertEqual(document.texts("Fa/FaWiersz/P_11A"), ["123.00", "108.00"])
        self.assertEqual(document["Fa/P_15"], "231.00")

    def test_buyer_needs_no_address(self):
        self.buyer.write({"street": False, "city": False})
        self.assertFalse(self.build(self.sell_simply()).has("Podmiot2/Adres"))

    def test_more_than_the_limit_is_refused(self):
        invoice = self.sell_simply(self.line(price_unit=365.86))
        self.assertEqual(self.codes(invoice), ["E-UPR-01"])

    def test_sale_abroad_is_refused(self):
        invoice = self.sell_simply(self.line("vs_unia"), partner_id=self.create_european().id)
        self.assertEqual(self.codes(invoice), ["E-UPR-01"])
