from odoo import Command
from odoo.tests import tagged

from .fa3_common import ACCOUNT_NUMBER, BUYER_NIP, SELLER_NIP, TODAY, Fa3Common


@tagged("post_install", "-at_install")
class TestPlainSale(Fa3Common):
    def test_s01_two_lines_at_the_standard_rate(self):
        lines = (self.line(quantity=2), self.line(price_unit=9.99))
        document = self.golden(self.sell(*lines, invoice_date_due="2026-03-16"))
        totals = [("P_13_1", "209.99"), ("P_14_1", "48.30")]
        self.assertEqual(document.fields("Fa", "P_13") + document.fields("Fa", "P_14"), totals)
        self.assertEqual(document["Fa/P_15"], "258.29")
        self.assertEqual(document.texts("Fa/FaWiersz/NrWierszaFa"), ["1", "2"])
        self.assertEqual(document.texts("Fa/FaWiersz/P_8B"), ["2", "1"])
        self.assertEqual(document.texts("Fa/FaWiersz/P_9A"), ["100", "9.99"])
        self.assertEqual(document.texts("Fa/FaWiersz/P_11"), ["200.00", "9.99"])
        self.assertEqual(document.texts("Fa/FaWiersz/P_12"), ["23", "23"])

    def test_header_is_that_of_a_sale_in_pln(self):
        invoice = self.sell()
        document = self.build(invoice)
        self.assertEqual(document["Naglowek/DataWytworzeniaFa"], f"{TODAY}T10:00:00Z")
        self.assertEqual(document["Fa/KodWaluty"], "PLN")
        self.assertEqual(document["Fa/P_1"], TODAY)
        self.assertEqual(document["Fa/P_2"], invoice.name)
        self.assertEqual(document["Fa/RodzajFaktury"], "VAT")

    def test_parties_are_seller_and_buyer(self):
        document = self.build(self.sell())
        self.assertEqual(document["Podmiot1/DaneIdentyfikacyjne/NIP"], SELLER_NIP)
        self.assertEqual(document["Podmiot1/DaneIdentyfikacyjne/Nazwa"], "ABC sp. z o.o.")
        self.assertEqual(document["Podmiot1/Adres/AdresL1"], "ul. Kwiatowa 1 m. 2")
        self.assertEqual(document["Podmiot2/DaneIdentyfikacyjne/NIP"], BUYER_NIP)
        self.assertEqual(document["Podmiot2/Adres/KodKraju"], "PL")
        self.assertEqual(document["Podmiot2/Adres/AdresL2"], "30-002 Kraków")
        self.assertEqual((document["Podmiot2/JST"], document["Podmiot2/GV"]), ("2", "2"))

    def test_nothing_is_annotated_on_a_plain_sale(self):
        document = self.build(self.sell())
        answers = [value for _name, value in document.fields("Fa/Adnotacje", "P_")]
        self.assertEqual(answers, ["2"] * 5)
        self.assertEqual(document["Fa/Adnotacje/Zwolnienie/P_19N"], "1")
        self.assertEqual(document["Fa/Adnotacje/NoweSrodkiTransportu/P_22N"], "1")
        self.assertEqual(document["Fa/Adnotacje/PMarzy/P_PMarzyN"], "1")

    def test_payment_is_due_by_transfer_to_the_account(self):
        document = self.build(self.sell(invoice_date_due="2026-03-16"))
        self.assertEqual(document.texts("Fa/Platnosc/TerminPlatnosci/Termin"), ["2026-03-16"])
        self.assertEqual(document["Fa/Platnosc/FormaPlatnosci"], "6")
        self.assertEqual(document["Fa/Platnosc/RachunekBankowy/NrRB"], ACCOUNT_NUMBER)

    def test_same_invoice_gives_the_same_bytes(self):
        invoice = self.sell()
        fa3 = self.env["ksef.fa3"]
        self.assertEqual(fa3._document_bytes(invoice), fa3._document_bytes(invoice))

    def test_many_invoices_ask_the_database_no_more_than_few(self):
        few, many = (self.sell_several(count) for count in (2, 8))
        self.count_queries(few)  # fills what Odoo keeps in memory from then on
        self.assertEqual(self.count_queries(few), self.count_queries(many))

    def sell_several(self, count):
        lines = [self.line(product_id=self.product.id), self.line("vs_kraj_8")]
        return self.env["account.move"].union(*(self.sell(*lines) for _ in range(count)))

    def count_queries(self, invoices):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.env["ksef.fa3"]._prepared(invoices)
        return self.env.cr.sql_log_count - before

    def test_branch_sells_under_the_number_of_its_company(self):
        branch = self.env["res.company"].create({"name": "Oddział", "parent_id": self.company.id})
        branch.vat = False
        self.assertEqual(branch._ksef_taxpayer(), self.company)
        self.assertEqual(branch._ksef_nip(), self.company._ksef_nip())


@tagged("post_install", "-at_install")
class TestRates(Fa3Common):
    def test_s02_five_rates_make_five_groups_in_the_order_of_the_schema(self):
        self.tax("vs_kraj_zw").ksef_exempt_basis = "art. 43 ust. 1 pkt 29 ustawy o VAT"
        names = ("vs_kraj_zw", "vs_kraj_0", "vs_kraj_5", "vs_kraj_8", "vs_kraj_23")
        document = self.golden(self.sell(*(self.line(name) for name in names)))
        self.assertEqual(document.texts("Fa/FaWiersz/P_12"), ["zw", "0 KR", "5", "8", "23"])
        groups = [pair for pair in document.fields("Fa") if pair[0][:4] in ("P_13", "P_14")]
        self.assertEqual(
            groups,
            [
                ("P_13_1", "100.00"),
                ("P_14_1", "23.00"),
                ("P_13_2", "100.00"),
                ("P_14_2", "8.00"),
                ("P_13_3", "100.00"),
                ("P_14_3", "5.00"),
                ("P_13_6_1", "100.00"),
                ("P_13_7", "100.00"),
            ],
        )
        self.assertEqual(document["Fa/P_15"], "536.00")

    def test_exemption_names_its_basis(self):
        self.tax("vs_kraj_zw").ksef_exempt_basis = "art. 43 ust. 1 pkt 29 ustawy o VAT"
        document = self.build(self.sell(self.line("vs_kraj_zw")))
        self.assertEqual(
            document.fields("Fa/Adnotacje/Zwolnienie"),
            [("P_19", "1"), ("P_19A", "art. 43 ust. 1 pkt 29 ustawy o VAT")],
        )

    def test_e07_exemption_names_the_directive_or_another_basis(self):
        tax = self.tax("vs_kraj_zw")
        for kind, field in (("B", "P_19B"), ("C", "P_19C")):
            tax.write({"ksef_exempt_kind": kind, "ksef_exempt_basis": "art. 135 dyrektywy"})
            document = self.golden(self.sell(self.line(tax)), field)
            self.assertEqual(document[f"Fa/Adnotacje/Zwolnienie/{field}"], "art. 135 dyrektywy")

    def test_s24_two_exemptions_share_one_field(self):
        tax = self.tax("vs_kraj_zw")
        tax.write({"ksef_exempt_kind": "B", "ksef_exempt_basis": "art. 135 dyrektywy"})
        document = self.golden(self.sell(self.line("vs_kraj_zw_gold"), self.line(tax)))
        self.assertEqual(
            document["Fa/Adnotacje/Zwolnienie/P_19A"],
            "art. 122 ust. 1 ustawy o VAT; art. 135 dyrektywy",
        )

    def test_s03_five_percent_is_not_exempt(self):
        document = self.golden(self.sell(self.line("vs_kraj_5")))
        self.assertEqual(document["Fa/FaWiersz/P_12"], "5")
        self.assertEqual((document["Fa/P_13_3"], document["Fa/P_14_3"]), ("100.00", "5.00"))
        self.assertEqual(document["Fa/Adnotacje/Zwolnienie/P_19N"], "1")

    def test_group_is_shown_although_it_is_zero(self):
        document = self.build(self.sell(self.line(), self.line("vs_kraj_8", discount=100)))
        self.assertEqual((document["Fa/P_13_2"], document["Fa/P_14_2"]), ("0.00", "0.00"))

    def test_s08_tax_is_shown_per_row_where_it_is_rounded_per_row(self):
        self.company.tax_calculation_rounding_method = "round_per_line"
        document = self.golden(
            self.sell(*(self.line(price_unit=0.33) for _ in range(3))), "per_line"
        )
        self.assertEqual(document.texts("Fa/FaWiersz/P_11Vat"), ["0.08"] * 3)
        self.assertEqual((document["Fa/P_14_1"], document["Fa/P_15"]), ("0.24", "1.23"))

    def test_s08_tax_is_of_the_whole_where_it_is_rounded_globally(self):
        document = self.golden(
            self.sell(*(self.line(price_unit=0.33) for _ in range(3))), "globally"
        )
        self.assertFalse(document.has("Fa/FaWiersz/P_11Vat"))
        self.assertEqual((document["Fa/P_14_1"], document["Fa/P_15"]), ("0.23", "1.22"))

    def test_rows_add_up_to_the_group_although_each_is_rounded(self):
        lines = [self.line(quantity=3, price_unit=1.115) for _ in range(5)]
        document = self.build(self.sell(*lines))
        self.assertEqual(document["Fa/P_13_1"], "16.73")
        nets = document.texts("Fa/FaWiersz/P_11")
        self.assertEqual(round(sum(map(float, nets)), 2), 16.73)

    def test_prices_with_tax_in_them_are_shown_as_such(self):
        tax = self.tax("vs_kraj_23").copy({"name": "brutto"})
        tax.price_include_override = "tax_included"
        document = self.build(self.sell(self.line(tax, quantity=3, price_unit=9.99)))
        self.assertEqual(document["Fa/FaWiersz/P_9B"], "9.99")
        self.assertEqual(document["Fa/FaWiersz/P_11A"], "29.97")
        self.assertFalse(document.has("Fa/FaWiersz/P_11"))
        sums = (document["Fa/P_13_1"], document["Fa/P_14_1"], document["Fa/P_15"])
        self.assertEqual(sums, ("24.37", "5.60", "29.97"))

    def test_tax_that_was_edited_by_hand_is_what_was_booked(self):
        invoice = self.draft()
        self.edit_tax(invoice, -23.01)
        invoice.action_post()
        self.assertEqual(self.build(invoice)["Fa/P_14_1"], "23.01")

    def edit_tax(self, invoice, amount):
        tax_line = invoice.line_ids.filtered("tax_line_id")
        due_line = invoice.line_ids.filtered(lambda line: line.display_type == "payment_term")
        invoice.line_ids = [
            Command.update(tax_line.id, {"amount_currency": amount}),
            Command.update(due_line.id, {"amount_currency": 100 - amount}),
        ]

    def test_s30_cash_basis_tax_is_annotated(self):
        self.company.tax_exigibility = True
        tax = self.tax("vs_kraj_23").copy({"name": "kasowa"})
        tax.cash_basis_transition_account_id = self.env["account.account"].create(
            {
                "name": "VAT",
                "code": "221999",
                "reconcile": True,
                "account_type": "liability_current",
            }
        )
        tax.tax_exigibility = "on_payment"
        self.assertEqual(self.golden(self.sell(self.line(tax)))["Fa/Adnotacje/P_16"], "1")


@tagged("post_install", "-at_install")
class TestRows(Fa3Common):
    def test_s04_discount_is_in_the_unit_price(self):
        document = self.golden(
            self.sell(
                self.line(quantity=3, price_unit=33.33, discount=7),
                self.line(quantity=7, price_unit=19.99, discount=33.33),
                self.line(discount=100),
            )
        )
        prices = document.texts("Fa/FaWiersz/P_9A")
        self.assertEqual((prices[0], prices[2]), ("30.99666667", "0"))
        self.assertEqual(document.texts("Fa/FaWiersz/P_11"), ["92.99", "93.29", "0.00"])
        self.assertEqual(round(float(prices[1]) * 7, 2), 93.29)
        self.assertFalse(document.has("Fa/FaWiersz/P_10"))

    def test_line_of_nothing_is_left_out(self):
        document = self.build(self.sell(self.line(quantity=0), self.line()))
        self.assertEqual(document.texts("Fa/FaWiersz/NrWierszaFa"), ["1"])

    def test_s12_negative_line_reduces_its_group(self):
        document = self.golden(self.sell(self.line(), self.line(quantity=-1, price_unit=10)))
        self.assertEqual(document.texts("Fa/FaWiersz/P_8B"), ["1", "-1"])
        self.assertEqual(document.texts("Fa/FaWiersz/P_11"), ["100.00", "-10.00"])
        self.assertEqual(document["Fa/P_13_1"], "90.00")

    def test_product_gives_code_and_unit(self):
        self.product.write({"barcode": "5901234123457", "l10n_pl_vat_gtu": "GTU_06"})
        name = "[KB-001] Klawiatura\nczarna"
        document = self.build(self.sell(self.line(product_id=self.product.id, name=name)))
        row = document.all("Fa/FaWiersz")[0]
        self.assertEqual(row["P_7"], "Klawiatura, czarna")
        self.assertEqual(row["Indeks"], "KB-001")
        self.assertEqual(row["GTIN"], "5901234123457")
        self.assertEqual(row["GTU"], "GTU_06")

    def test_packaging_that_is_sold_gives_its_own_barcode(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        self.product.barcode = "5901234123457"
        packaging = {"product_id": self.product.id, "uom_id": dozen.id, "barcode": "15901234123454"}
        self.env["product.uom"].create(packaging)
        unit = self.product.uom_id
        lines = [
            self.line(product_id=self.product.id, product_uom_id=uom.id) for uom in (unit, dozen)
        ]
        document = self.build(self.sell(*lines))
        self.assertEqual(document.texts("Fa/FaWiersz/GTIN"), ["5901234123457", "15901234123454"])

    def test_barcode_may_begin_with_zero(self):
        self.product.barcode = "0012345678905"
        document = self.build(self.sell(self.line(product_id=self.product.id)))
        self.assertEqual(document["Fa/FaWiersz/GTIN"], "0012345678905")

    def test_barcode_that_is_no_gtin_is_left_out(self):
        self.product.barcode = "5901234123450"
        document = self.build(self.sell(self.line(product_id=self.product.id)))
        self.assertFalse(document.has("Fa/FaWiersz/GTIN"))

    def test_unit_is_polish_where_the_language_is_installed(self):
        self.env["res.lang"]._activate_lang("pl_PL")
        unit = self.env.ref("uom.product_uom_unit")
        unit.with_context(lang="pl_PL").name = "sztuka"
        lines = self.line(product_id=self.product.id, product_uom_id=unit.id)
        self.assertEqual(self.build(self.sell(lines))["Fa/FaWiersz/P_8A"], "sztuka")

    def test_line_without_unit_counts_pieces(self):
        self.assertEqual(self.build(self.sell())["Fa/FaWiersz/P_8A"], "szt.")

    def test_sections_and_notes_are_no_rows(self):
        document = self.build(
            self.sell(
                self.text_line("line_note", "na początku"),
                self.text_line("line_section", "Rozdział"),
                self.line(sequence=12),
                self.text_line("line_note", "uwaga\ndruga", sequence=13),
            )
        )
        self.assertEqual(document.texts("Fa/FaWiersz/P_7"), ["Usługa"])
        notes = [node.fields() for node in document.all("Fa/DodatkowyOpis")]
        self.assertEqual(
            notes,
            [
                [("Klucz", "Uwagi"), ("Wartosc", "na początku")],
                [("NrWiersza", "1"), ("Klucz", "Uwagi"), ("Wartosc", "uwaga, druga")],
            ],
        )

    def text_line(self, display_type, name, sequence=10):
        return Command.create({"display_type": display_type, "name": name, "sequence": sequence})

    def test_s11_text_is_cleaned_and_what_is_no_row_is_a_description(self):
        name = "dzwon\x07ek\xa0i\u200b sowa \U0001f989 " + " ".join(["słowo"] * 112)
        document = self.golden(
            self.sell(
                self.text_line("line_section", "Rozdział"),
                self.line(name=name, sequence=12),
                self.text_line("line_note", "uwaga\ndruga", sequence=13),
            )
        )
        (row,) = document.all("Fa/FaWiersz")
        self.assertTrue(row["P_7"].startswith("dzwonek i sowa \U0001f989 słowo "))
        self.assertLessEqual(len(row["P_7"]), 512)
        descriptions = [node.fields() for node in document.all("Fa/DodatkowyOpis")]
        self.assertEqual(
            [(number[1], key[1], value[1]) for number, key, value in descriptions],
            [("1", "P_7 cd.", " ".join(["słowo"] * 30)), ("1", "Uwagi", "uwaga, druga")],
        )

    def test_end_of_a_long_name_is_a_description(self):
        words = [f"słowo{number:03}" for number in range(78)]
        document = self.build(self.sell(self.line(name=" ".join(words))))
        name = document["Fa/FaWiersz/P_7"]
        self.assertLessEqual(len(name), 512)
        rest = [node["Wartosc"] for node in document.all("Fa/DodatkowyOpis")]
        self.assertEqual({node["Klucz"] for node in document.all("Fa/DodatkowyOpis")}, {"P_7 cd."})
        self.assertEqual({node["NrWiersza"] for node in document.all("Fa/DodatkowyOpis")}, {"1"})
        self.assertEqual(" ".join([name.removesuffix("…"), *rest]), " ".join(words))

    def test_text_is_cleaned_of_what_ksef_refuses(self):
        name = "dzwon\x07ek\xa0i\u200b sowa \U0001f989"
        self.buyer.name = "Nabywca\x0b\ufeff  i Syn"
        document = self.build(self.sell(self.line(name=name), narration="<p>a\u200bb</p><p>c</p>"))
        self.assertEqual(document["Fa/FaWiersz/P_7"], "dzwonek i sowa \U0001f989")
        self.assertEqual(document["Podmiot2/DaneIdentyfikacyjne/Nazwa"], "Nabywca i Syn")
        self.assertEqual(document["Stopka/Informacje/StopkaFaktury"], "ab\nc")

    def test_reference_of_the_buyer_is_a_description(self):
        document = self.build(self.sell(ref="ZAM/7"))
        self.assertEqual(
            document.fields("Fa/DodatkowyOpis"),
            [("Klucz", "Nr referencyjny"), ("Wartosc", "ZAM/7")],
        )

    def test_day_of_supply_is_shown_if_it_is_another(self):
        document = self.build(self.sell(taxable_supply_date="2026-02-27"))
        self.assertEqual(document["Fa/P_6"], "2026-02-27")
        self.assertFalse(self.build(self.sell(taxable_supply_date=TODAY)).has("Fa/P_6"))


@tagged("post_install", "-at_install")
class TestParties(Fa3Common):
    def test_phone_is_cleaned(self):
        self.company.phone = "+48 22 123 45 67"
        document = self.build(self.sell())
        self.assertEqual(document.fields("Podmiot1/DaneKontaktowe"), [("Telefon", "+48221234567")])

    def test_s43_phone_that_is_too_long_is_left_out(self):
        self.company.phone = "+48 22 123 45 67 wew. 89012"
        self.assertFalse(self.golden(self.sell()).has("Podmiot1/DaneKontaktowe"))

    def test_address_of_the_sender_comes_without_the_name(self):
        self.company.email = "Biuro <biuro@example.com>, drugi@example.com"
        document = self.build(self.sell())
        self.assertEqual(document["Podmiot1/DaneKontaktowe/Email"], "biuro@example.com")

    def test_no_element_is_empty(self):
        self.account.bank_id = self.env["res.bank"].create({"name": " ", "bic": "bad"})
        document = self.build(self.sell())
        self.assertNotIn(None, document.all_texts())
        self.assertFalse(document.has("Fa/Platnosc/RachunekBankowy/SWIFT"))
        self.assertFalse(document.has("Fa/Platnosc/RachunekBankowy/NazwaBanku"))

    def test_e06_bank_is_named(self):
        self.account.bank_id = self.env["res.bank"].create({"name": "Bank", "bic": "wbkpplpp"})
        self.account.currency_id = self.env.ref("base.PLN")
        document = self.golden(self.sell())
        self.assertEqual(
            document.fields("Fa/Platnosc/RachunekBankowy"),
            [
                ("NrRB", ACCOUNT_NUMBER),
                ("SWIFT", "WBKPPLPP"),
                ("NazwaBanku", "Bank"),
                ("OpisRachunku", "PLN"),
            ],
        )

    def test_contact_for_invoices_gives_the_postal_address(self):
        contact = self.env["res.partner"].create(
            {
                "parent_id": self.buyer.id,
                "type": "invoice",
                "name": "Księgowość",
                "street": "ul. Inna 5",
                "city": "Łódź",
                "country_id": self.env.ref("base.pl").id,
            }
        )
        document = self.build(self.sell(partner_id=contact.id))
        self.assertEqual(document["Podmiot2/Adres/AdresL1"], "ul. Polna 1")
        self.assertEqual(document["Podmiot2/AdresKoresp/AdresL1"], "ul. Inna 5")
        self.assertEqual(document["Podmiot2/DaneIdentyfikacyjne/Nazwa"], "F.H.U. Nabywca")

    def test_person_without_number_is_named_so(self):
        buyer = self._create_buyer(name="Osoba", is_company=False)
        document = self.build(self.sell(partner_id=buyer.id))
        self.assertEqual(
            document.fields("Podmiot2/DaneIdentyfikacyjne"), [("BrakID", "1"), ("Nazwa", "Osoba")]
        )


@tagged("post_install", "-at_install")
class TestSplitPayment(Fa3Common):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product.ksef_is_annex15 = True

    def sell_for(self, price, **values):
        line = self.line("vs_kraj_0", product_id=self.product.id, price_unit=price)
        return self.sell(line, **values)

    def assert_annotated(self, document, is_split, is_annex15="1"):
        self.assertEqual(document["Fa/Adnotacje/P_18A"], is_split)
        self.assertEqual(document["Fa/FaWiersz/P_12_Zal_15"], is_annex15)

    def test_s28_limit_is_not_exceeded(self):
        self.assert_annotated(self.golden(self.sell_for(15000.00), "at_the_limit"), "2")

    def test_s28_limit_is_exceeded_by_a_grosz(self):
        self.assert_annotated(self.golden(self.sell_for(15000.01), "above_the_limit"), "1")

    def test_s28_limit_of_split_payment_is_in_pln(self):
        euro = self.use_currency("EUR", 4.2531)
        invoice = self.sell_for(3600, currency_id=euro.id)
        self.assert_annotated(self.golden(invoice, "in_euro"), "1")

    def test_s28_other_goods_are_paid_as_one_likes(self):
        self.product.ksef_is_annex15 = False
        self.assert_annotated(self.golden(self.sell_for(20000), "other_goods"), "2", None)

    def test_s28_consumer_does_not_split(self):
        buyer = self._create_buyer(name="Osoba", is_company=False)
        invoice = self.sell_for(20000, partner_id=buyer.id)
        self.assert_annotated(self.golden(invoice, "consumer"), "2")


@tagged("post_install", "-at_install")
class TestForeignBuyers(Fa3Common):
    def buyer_from(self, country, vat, **values):
        """A buyer whose number Odoo has not checked."""
        buyer = self._create_buyer(
            name="Foreign", country_id=self.env.ref(f"base.{country}").id, **values
        )
        self.env.cr.execute(
            "UPDATE res_partner SET vat = %s WHERE id = %s", (vat or None, buyer.id)
        )
        buyer.invalidate_recordset(["vat"])
        return buyer

    def identify(self, country, vat):
        return self.identity_in(self.build(self.sell(partner_id=self.buyer_from(country, vat).id)))

    def identity_in(self, document):
        return document.fields("Podmiot2/DaneIdentyfikacyjne")[:-1]

    def test_number_of_an_eu_country_comes_without_its_prefix(self):
        expected = [("KodUE", "DE"), ("NrVatUE", "136695976")]
        self.assertEqual(self.identify("de", "DE136695976"), expected)
        self.assertEqual(self.identify("de", "136 695 976"), expected)

    def test_greece_has_two_codes(self):
        for vat in ("EL123456783", "GR123456783", "123456783"):
            expected = [("KodUE", "EL"), ("NrVatUE", "123456783")]
            self.assertEqual(self.identify("gr", vat), expected)

    def assert_identified(self, country, vat, variant, *identity):
        invoice = self.sell(partner_id=self.buyer_from(country, vat).id)
        self.assertEqual(self.identity_in(self.golden(invoice, variant)), list(identity))

    def test_s51_french_address_with_a_german_number(self):
        expected = (("KodUE", "DE"), ("NrVatUE", "136695976"))
        self.assert_identified("fr", "DE136695976", "FR_DE", *expected)

    def test_s51_british_address_with_a_northern_irish_number(self):
        expected = (("KodUE", "XI"), ("NrVatUE", "123456789"))
        self.assert_identified("uk", "XI123456789", "GB_XI", *expected)

    def test_s51_number_of_a_third_country_comes_with_the_country(self):
        expected = (("KodKraju", "US"), ("NrID", "123456789"))
        self.assert_identified("us", "US12-3456789", "US", *expected)

    def test_s51_swiss_number_is_cleaned_of_its_punctuation(self):
        expected = (("KodKraju", "CH"), ("NrID", "CHE123456788TVA"))
        self.assert_identified("ch", "CHE-123.456.788 TVA", "CH", *expected)

    def test_foreign_buyer_without_number(self):
        self.assertEqual(self.identify("us", False), [("BrakID", "1")])

    def test_s14_goods_for_an_eu_taxpayer(self):
        euro = self.use_currency("EUR", 4.2531)
        buyer = self.buyer_from("de", "DE136695976")
        invoice = self.sell(self.line("vs_unia"), partner_id=buyer.id, currency_id=euro.id)
        document = self.golden(invoice)
        self.assertEqual(document["Podmiot1/PrefiksPodatnika"], "PL")
        self.assertEqual(document["Fa/FaWiersz/KursWaluty"], "4.2531")
        self.assertEqual(document["Fa/FaWiersz/P_12"], "0 WDT")
        self.assertEqual(document["Fa/P_13_6_2"], "100.00")
        self.assertEqual(document["Fa/Adnotacje/P_18"], "2")

    def test_s16_services_for_an_eu_taxpayer_are_reverse_charged(self):
        buyer = self._create_buyer(
            name="Käufer GmbH", vat="DE136695976", country_id=self.env.ref("base.de").id
        )
        document = self.golden(self.sell(self.line("vs_dostu"), partner_id=buyer.id))
        self.assertEqual(document["Podmiot1/PrefiksPodatnika"], "PL")
        self.assertEqual((document["Fa/FaWiersz/P_12"], document["Fa/P_13_9"]), ("np II", "100.00"))
        self.assertEqual(document["Fa/Adnotacje/P_18"], "1")

    def test_s15_goods_for_greece_and_northern_ireland(self):
        for country, vat, code in (("gr", "GR123456783", "EL"), ("uk", "XI123456789", "XI")):
            buyer = self.buyer_from(country, vat)
            document = self.golden(self.sell(self.line("vs_unia"), partner_id=buyer.id), code)
            self.assertEqual(document["Podmiot2/DaneIdentyfikacyjne/KodUE"], code)
            self.assertEqual(document["Podmiot2/Adres/KodKraju"], buyer.country_id.code)
            self.assertEqual(document["Fa/P_13_6_2"], "100.00")

    def test_s18_services_outside_the_eu_are_reverse_charged_for_businesses(self):
        for variant, is_company, answer in (("company", True, "1"), ("consumer", False, "2")):
            buyer = self.buyer_from("ch", False, is_company=is_company)
            document = self.golden(self.sell(self.line("vs_ekspu"), partner_id=buyer.id), variant)
            self.assertEqual(document["Fa/FaWiersz/P_12"], "np I")
            self.assertEqual(document["Fa/P_13_8"], "100.00")
            self.assertEqual(document["Fa/Adnotacje/P_18"], answer)
