from datetime import datetime

from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .fa3_common import TODAY, Fa3Common

CODE = "123ABCDE45678"
VEHICLE = "Fa/Adnotacje/NoweSrodkiTransportu/NowySrodekTransportu"
LINK = f"https://zaplac.example.com/p?x=1&IPKSeF={CODE}"


@tagged("post_install", "-at_install")
class TestConditions(Fa3Common):
    def carry(self, **values):
        """An invoice with one transport."""
        return self.sell(ksef_transport_ids=[Command.create(values)])

    def test_plain_sale_has_no_conditions(self):
        document = self.build(self.sell())
        self.assertFalse(document.has("Fa/WarunkiTransakcji"))
        self.assertFalse(document.has("Fa/Platnosc/IPKSeF"))

    def test_e18_contract_currency_stands_on_invoices_in_pln_only(self):
        euro = self.env.ref("base.EUR")
        agreed = {"ksef_contract_currency_id": euro.id, "ksef_contract_rate": 4.3215}
        document = self.golden(self.sell(**agreed))
        self.assertEqual(
            document.fields("Fa/WarunkiTransakcji"),
            [("KursUmowny", "4.3215"), ("WalutaUmowna", "EUR")],
        )
        euro.active = True
        foreign = self.sell(currency_id=euro.id, invoice_currency_rate=0.25, **agreed)
        self.assertFalse(self.build(foreign).has("Fa/WarunkiTransakcji"))

    def test_contract_currency_needs_its_rate(self):
        with self.assertRaises(ValidationError):
            self.draft(ksef_contract_currency_id=self.env.ref("base.EUR").id)

    def test_contract_currency_that_ksef_does_not_know_is_refused(self):
        currency = self.env["res.currency"].create({"name": "QQQ", "symbol": "Q"})
        invoice = self.sell(ksef_contract_currency_id=currency.id, ksef_contract_rate=2)
        self.assertEqual(self.codes(invoice), ["E-CUR-02"])

    def test_e17_payment_identifier_comes_with_its_link(self):
        document = self.golden(self.sell(ksef_payment_code=CODE, ksef_payment_link=LINK))
        self.assertEqual(document["Fa/Platnosc/LinkDoPlatnosci"], LINK)
        self.assertEqual(document["Fa/Platnosc/IPKSeF"], CODE)

    def test_payment_identifier_and_link_must_agree(self):
        for code, link in (
            ("12ABCDE456789", False),
            (CODE, "https://zaplac.example.com/"),
            ("999ABCDE45678", LINK),
        ):
            with self.assertRaises(ValidationError), self.env.cr.savepoint():
                self.draft(ksef_payment_code=code, ksef_payment_link=link)

    def test_e19_transport_names_means_load_and_order(self):
        document = self.golden(
            self.carry(kind="3", load="13", order_number="ZL/7", packaging="EUR-EPAL"), "means"
        )
        self.assertEqual(
            document.fields("Fa/WarunkiTransakcji/Transport"),
            [
                ("RodzajTransportu", "3"),
                ("NrZleceniaTransportu", "ZL/7"),
                ("OpisLadunku", "13"),
                ("JednostkaOpakowania", "EUR-EPAL"),
            ],
        )

    def test_e19_other_means_and_load_are_described(self):
        document = self.golden(
            self.carry(
                kind="other",
                kind_description="dron\x07",
                load="other",
                load_description="koperta",
            ),
            "other",
        )
        self.assertEqual(
            document.fields("Fa/WarunkiTransakcji/Transport"),
            [
                ("TransportInny", "1"),
                ("OpisInnegoTransportu", "dron"),
                ("LadunekInny", "1"),
                ("OpisInnegoLadunku", "koperta"),
            ],
        )
        with self.assertRaises(ValidationError):
            self.carry(kind="other", kind_description="\u200b")

    def test_e19_transport_tells_the_way_and_the_carrier(self):
        carrier = self._create_buyer(name="Przewoźnik", vat="PL5555555555", city="Gdynia")
        via = self._create_buyer(name="Magazyn", street="ul. Druga 2")
        document = self.golden(
            self.carry(
                carrier_id=carrier.id,
                starts_at=datetime(2026, 3, 2, 6, 30),
                ends_at=datetime(2026, 3, 2, 14, 0),
                from_partner_id=self.company.partner_id.id,
                via_partner_ids=[Command.set(via.ids)],
                to_partner_id=self.buyer.id,
            ),
            "way",
        )
        (transport,) = document.all("Fa/WarunkiTransakcji/Transport")
        self.assertEqual(transport["Przewoznik/DaneIdentyfikacyjne/NIP"], "5555555555")
        self.assertEqual(transport["Przewoznik/AdresPrzewoznika/AdresL2"], "30-002 Gdynia")
        self.assertEqual(transport["DataGodzRozpTransportu"], "2026-03-02T06:30:00Z")
        self.assertEqual(transport["DataGodzZakTransportu"], "2026-03-02T14:00:00Z")
        self.assertEqual(transport["WysylkaZ/AdresL1"], "ul. Kwiatowa 1 m. 2")
        self.assertEqual(transport["WysylkaPrzez/AdresL1"], "ul. Druga 2")
        self.assertEqual(transport["WysylkaDo/AdresL2"], "30-002 Kraków")

    def test_carrier_needs_a_valid_nip_and_an_address(self):
        carrier = self._create_buyer(name="Przewoźnik", street=False, city=False)
        invoice = self.carry(carrier_id=carrier.id)
        self.env.cr.execute(
            "UPDATE res_partner SET vat = 'PL5555555556' WHERE id = %s", [carrier.id]
        )
        carrier.invalidate_recordset()
        problems = self.problems(invoice)
        self.assertEqual([p.code for p in problems], ["E-ADR-01", "E-NIP-03"])
        self.assertEqual({p.record for p in problems}, {carrier})

    def test_transport_cannot_end_before_it_starts(self):
        with self.assertRaises(ValidationError):
            self.carry(starts_at=datetime(2026, 3, 2), ends_at=datetime(2026, 3, 1))


@tagged("post_install", "-at_install")
class TestNewMeansOfTransport(Fa3Common):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.german = cls._create_buyer(
            name="Käufer GmbH", vat="DE136695976", country_id=cls.env.ref("base.de").id
        )

    def sell_vehicle(self, tax="vs_unia", buyer=None, **values):
        lines = self.line(), self.line(tax, name="Pojazd")
        if tax == "vs_unia":
            lines = self.line(tax, name="Dostawa"), self.line(tax, name="Pojazd")
        draft = self.draft(*lines, partner_id=(buyer or self.german).id)
        vehicle = {"line_id": draft.invoice_line_ids[1].id, "first_used_on": TODAY, **values}
        draft.ksef_new_transport_ids = [Command.create({"usage": "120 km", **vehicle})]
        draft.action_post()
        return draft

    def test_e20_car_is_named_with_its_row(self):
        invoice = self.sell_vehicle(
            number="WF0XXXGCDX1234567", make="Ford", model_name="Focus", plate="WX 12345"
        )
        document = self.golden(invoice, "car")
        self.assertEqual(
            document.fields(VEHICLE),
            [
                ("P_22A", TODAY),
                ("P_NrWierszaNST", "2"),
                ("P_22BMK", "Ford"),
                ("P_22BMD", "Focus"),
                ("P_22BNR", "WX 12345"),
                ("P_22B", "120 km"),
                ("P_22B1", "WF0XXXGCDX1234567"),
            ],
        )
        self.assertEqual(document["Fa/Adnotacje/NoweSrodkiTransportu/P_42_5"], "2")
        self.assertFalse(document.has("Fa/Adnotacje/NoweSrodkiTransportu/P_22N"))

    def test_e20_vessel_has_hours(self):
        invoice = self.sell_vehicle(kind="vessel", usage="40 h", number="HULL1")
        self.assertEqual(self.golden(invoice, "vessel")[f"{VEHICLE}/P_22C1"], "HULL1")

    def test_e20_aircraft_has_hours(self):
        invoice = self.sell_vehicle(kind="aircraft", usage="12 h", number="SN9")
        self.assertEqual(self.golden(invoice, "aircraft")[f"{VEHICLE}/P_22D"], "12 h")

    def test_e20_numbers_of_cars_are_of_other_kinds(self):
        looks = {"colour": "czerwony", "year": "2026", "vehicle_type": "kombi"}
        for kind, field in (("2", "P_22B2"), ("3", "P_22B3"), ("4", "P_22B4")):
            invoice = self.sell_vehicle(number_kind=kind, number="X-1234567", **looks)
            document = self.golden(invoice, field)
            self.assertEqual(document[f"{VEHICLE}/{field}"], "X-1234567")

    def test_private_person_may_buy_one_and_is_reported(self):
        person = self._create_buyer(
            name="Käufer", is_company=False, country_id=self.env.ref("base.de").id
        )
        draft = self.draft(self.line("vs_unia", name="Pojazd"), partner_id=person.id)
        draft.ksef_new_transport_ids = [
            Command.create(
                {"line_id": draft.invoice_line_ids.id, "first_used_on": TODAY, "usage": "9 km"}
            )
        ]
        draft.action_post()
        document = self.build(draft)
        self.assertEqual(document["Fa/Adnotacje/NoweSrodkiTransportu/P_42_5"], "1")
        self.assertEqual(document["Podmiot2/DaneIdentyfikacyjne/BrakID"], "1")

    def test_domestic_sale_shows_no_new_means_of_transport(self):
        invoice = self.sell_vehicle("vs_kraj_23")
        self.assertEqual(self.codes(invoice), ["E-NST-01"])
