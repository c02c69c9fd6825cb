from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .fa3_common import TODAY, Fa3Common


@tagged("post_install", "-at_install")
class TestDatesOfSupply(Fa3Common):
    def test_s39_period_takes_the_place_of_the_day(self):
        invoice = self.sell(
            ksef_period_starts_on="2026-02-01",
            ksef_period_ends_on="2026-02-28",
            taxable_supply_date="2026-02-28",
        )
        document = self.golden(invoice)
        self.assertEqual(
            document.fields("Fa/OkresFa"), [("P_6_Od", "2026-02-01"), ("P_6_Do", "2026-02-28")]
        )
        self.assertFalse(document.has("Fa/P_6"))

    def test_period_has_two_days_in_order(self):
        for days in (("2026-03-01", "2026-02-01"), ("2026-03-01", False), (False, "2026-03-01")):
            starts_on, ends_on = days
            invoice = self.sell(ksef_period_starts_on=starts_on, ksef_period_ends_on=ends_on)
            self.assertEqual(self.codes(invoice), ["E-DAT-03"])

    def test_s40_one_day_of_all_rows_is_that_of_the_invoice(self):
        line = self.line(ksef_supplied_on="2026-02-26")
        document = self.golden(self.sell(line, line), "day")
        self.assertEqual(document["Fa/P_6"], "2026-02-26")
        self.assertFalse(document.has("Fa/FaWiersz/P_6A"))

    def test_s40_rows_have_different_days(self):
        document = self.golden(
            self.sell(
                self.line(ksef_supplied_on="2026-02-26"),
                self.line(ksef_supplied_on="2026-02-27"),
                self.line(),
            ),
            "rows",
        )
        self.assertFalse(document.has("Fa/P_6"))
        days = [row["P_6A"] for row in document.all("Fa/FaWiersz")]
        self.assertEqual(days, ["2026-02-26", "2026-02-27", None])

    def test_row_without_a_day_has_that_of_the_invoice(self):
        lines = (self.line(ksef_supplied_on="2026-02-26"), self.line())
        document = self.build(self.sell(*lines, delivery_date="2026-02-27"))
        self.assertEqual(document.texts("Fa/FaWiersz/P_6A"), ["2026-02-26", "2026-02-27"])

    def test_invoice_long_before_the_supply_is_pointed_out(self):
        self.assertEqual(self.codes(self.sell(delivery_date="2026-05-01")), [])
        self.assertEqual(self.codes(self.sell(delivery_date="2026-05-02")), ["W-DAT-04"])


@tagged("post_install", "-at_install")
class TestSellerData(Fa3Common):
    def test_e01_seller_is_shown_as_registered(self):
        self.company.write(
            {
                "email": "biuro@example.com",
                "phone": "+48 22 123 45 67",
                "ksef_legal_name": "ABC spółka z o.o. w likwidacji",
                "ksef_taxpayer_status": "1",
                "ksef_issue_place": "Warszawa",
                "ksef_krs": "0000099999",
                "ksef_regon": "999999999",
                "ksef_bdo": "000099999",
                "ksef_footer": "Kapitał zakładowy 5 000 000 PLN",
            }
        )
        document = self.golden(self.sell(narration="<p>Dziękujemy.</p>"))
        name = document["Podmiot1/DaneIdentyfikacyjne/Nazwa"]
        self.assertEqual(name, "ABC spółka z o.o. w likwidacji")
        self.assertEqual(document["Podmiot1/StatusInfoPodatnika"], "1")
        self.assertEqual(document["Fa/P_1M"], "Warszawa")
        self.assertEqual(
            document.fields("Stopka/Rejestry"),
            [("KRS", "0000099999"), ("REGON", "999999999"), ("BDO", "000099999")],
        )
        self.assertEqual(
            document.texts("Stopka/Informacje/StopkaFaktury"),
            ["Kapitał zakładowy 5 000 000 PLN", "Dziękujemy."],
        )

    def test_company_registry_of_ten_digits_is_the_krs_number(self):
        self.company.company_registry = "0000099999"
        self.assertEqual(self.build(self.sell())["Stopka/Rejestry/KRS"], "0000099999")

    def test_company_without_registers_has_no_footer(self):
        self.company.company_registry = False
        self.assertFalse(self.build(self.sell()).has("Stopka"))

    def test_numbers_of_registers_are_checked(self):
        for values in ({"ksef_krs": "99999"}, {"ksef_regon": "1234567890"}):
            with self.assertRaises(ValidationError):
                self.company.write(values)


@tagged("post_install", "-at_install")
class TestConditions(Fa3Common):
    def test_contract_of_the_invoice_comes_before_that_of_the_customer(self):
        self.buyer.write({"ksef_contract_no": "U/1", "ksef_contract_on": "2025-01-02"})
        contract = "Fa/WarunkiTransakcji/Umowy"
        self.assertEqual(
            self.build(self.sell()).fields(contract),
            [("DataUmowy", "2025-01-02"), ("NrUmowy", "U/1")],
        )
        document = self.build(self.sell(ksef_contract_no="U/2"))
        self.assertEqual(document.fields(contract), [("NrUmowy", "U/2")])

    def test_terms_of_delivery_are_the_incoterm(self):
        incoterm = self.env.ref("account.incoterm_EXW")
        values = {"invoice_incoterm_id": incoterm.id, "incoterm_location": "Gdańsk"}
        document = self.build(self.sell(**values))
        self.assertEqual(document["Fa/WarunkiTransakcji/WarunkiDostawy"], "EXW Gdańsk")

    def test_e02_intermediary_in_a_chain_with_a_contract(self):
        contract = {"ksef_contract_no": "U/1", "ksef_contract_on": "2025-01-02"}
        document = self.golden(self.sell(ksef_is_intermediary=True, **contract))
        self.assertEqual(document["Fa/WarunkiTransakcji/PodmiotPosredniczacy"], "1")
        self.assertEqual(document["Fa/WarunkiTransakcji/Umowy/NrUmowy"], "U/1")

    def test_plain_sale_has_no_conditions(self):
        document = self.build(self.sell())
        for name in ("WarunkiTransakcji", "Rozliczenie", "WZ"):
            self.assertFalse(document.has(f"Fa/{name}"), name)

    def test_descriptions_of_the_accountant(self):
        invoice = self.sell(self.line(), self.line())
        invoice.ksef_extra_ids = [
            Command.create({"key": "Nr rejestracyjny", "value": "WX 12345"}),
            Command.create(
                {
                    "key": "Opis",
                    "value": "pierwszy\ndrugi",
                    "line_id": invoice.invoice_line_ids[1].id,
                }
            ),
        ]
        self.assertEqual(
            [node.fields() for node in self.build(invoice).all("Fa/DodatkowyOpis")],
            [
                [("Klucz", "Nr rejestracyjny"), ("Wartosc", "WX 12345")],
                [("NrWiersza", "2"), ("Klucz", "Opis"), ("Wartosc", "pierwszy, drugi")],
            ],
        )

    def test_long_description_makes_several_entries(self):
        invoice = self.sell()
        invoice.ksef_extra_ids = [Command.create({"key": "Opis", "value": "słowo " * 80})]
        values = self.build(invoice).texts("Fa/DodatkowyOpis/Wartosc")
        self.assertEqual(len(values), 2)
        self.assertEqual(" ".join(values), " ".join(["słowo"] * 80))

    def test_issue_day_is_not_repeated_as_day_of_supply(self):
        self.assertFalse(self.build(self.sell(delivery_date=TODAY)).has("Fa/P_6"))
