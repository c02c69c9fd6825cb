from datetime import date

from odoo import Command
from odoo.tests import tagged

from .bill_documents import ACCOUNT, SELLER_NIP, number_of, party, row, totals_of
from .bill_reading_common import ReadingCommon
from .common import BUYER_NIP, NIP


@tagged("post_install", "-at_install")
class TestBillReading(ReadingCommon):
    """R01 to R26: one of each kind of document that sellers issue."""

    def test_r01_plain_invoice_whose_total_is_a_cent_more_gets_a_rounding_line(self):
        bill = self.bill(
            self.document(
                totals=totals_of("2051", (1, "1666.66", "383.33"), (3, "0.95", "0.05")),
                rows=[
                    row(1, "Lodówka", 1, "1626.01", "1626.01"),
                    row(2, "Wniesienie", 1, "40.65", "40.65"),
                    row(3, "Mleko", 1, "0.95", "0.95", "5"),
                ],
                FP=1,
            )
        )
        self.assertEqual(bill.amount_total, 2051)
        self.assertEqual(
            self.lines(bill), [(1626.01, "23"), (40.65, "23"), (0.95, "5"), (0.01, "")]
        )
        self.assertIn("receipt", self.doubts(bill))
        self.assertTrue(bill.ksef_is_to_review)

    def test_r04_discount_of_each_piece_becomes_a_percentage(self):
        bill = self.bill(
            self.document(
                totals={"P_13_1": "18000", "P_14_1": "4140", "P_15": "22140"},
                rows=[row(1, "Zamrażarka", 20, 1000, 18000, P_10=100)],
            )
        )
        line = bill.invoice_line_ids
        self.assertEqual((line.quantity, line.price_unit, line.discount), (20, 1000, 10))
        self.assertEqual(bill.amount_total, 22140)

    def test_r04_deduction_from_the_payment_is_told_and_not_booked(self):
        settlement = {
            "Odliczenia": {"Kwota": "20.00", "Powod": "Nadpłata z maja"},
            "SumaOdliczen": "20.00",
            "DoZaplaty": "103.00",
        }
        bill = self.bill(self.document(Rozliczenie=settlement))
        self.assertEqual((bill.amount_total, self.lines(bill)), (123, [(100, "23")]))
        self.assertIn("Nadpłata z maja", bill.narration)
        self.assertIn("deductions", self.doubts(bill))

    def test_r08_used_goods_have_no_tax_to_deduct_and_a_part_is_paid(self):
        paid = {"KwotaZaplatyCzesciowej": "1000", "DataZaplatyCzesciowej": "2026-02-10"}
        bill = self.bill(
            self.document(
                totals={"P_13_11": "10000", "P_15": "10000"},
                rows=[
                    {"NrWierszaFa": 1, "P_7": "Auto", "P_8B": 2, "P_9B": 5000, "P_11A": 10000},
                ],
                Adnotacje={"PMarzy": {"P_PMarzy": 1, "P_PMarzy_3_1": 1}},
                FP=1,
                Platnosc={"ZnacznikZaplatyCzesciowej": 1, "ZaplataCzesciowa": paid},
            )
        )
        line = bill.invoice_line_ids
        self.assertEqual((line.quantity, line.price_unit, line.tax_ids.ids), (2, 5000, []))
        self.assertEqual((bill.amount_total, bill.amount_tax), (10000, 0))
        self.assertEqual(self.doubts(bill).count("paid"), 0)
        self.assertIn("1,000.00", bill.narration)

    def test_r09_taxed_and_exempt_rows_stand_on_their_taxes(self):
        bill = self.bill(
            self.document(
                totals={"P_13_1": "2000", "P_14_1": "460", "P_13_7": "300", "P_15": "2760"},
                rows=[row(1, "Rata", 1, 2000, 2000), row(2, "Polisa", 1, 300, 300, "zw")],
                Adnotacje={"Zwolnienie": {"P_19": 1, "P_19A": "art. 43 ust. 1 pkt 37"}},
            )
        )
        self.assertEqual(self.lines(bill), [(2000, "23"), (300, "zw")])
        self.assertIn("art. 43 ust. 1 pkt 37", bill.narration)

    def test_r10_advance_is_one_line_a_rate_and_not_the_order(self):
        bill = self.bill(
            self.document(
                totals={"P_13_1": "16260.16", "P_14_1": "3739.84", "P_15": "20000"},
                rows=[],
                kind="ZAL",
                Platnosc={"Zaplacono": 1, "DataZaplaty": "2026-02-15"},
                Zamowienie={
                    "WartoscZamowienia": 375150,
                    "ZamowienieWiersz": {"P_7Z": "Mieszkanie", "P_11NettoZ": 300000, "P_12Z": 23},
                },
            )
        )
        self.assertEqual(self.lines(bill), [(16260.16, "23")])
        self.assertIn("Mieszkanie", bill.invoice_line_ids.name)
        self.assertIn("paid", self.doubts(bill))
        self.assertEqual(bill.payment_state, "not_paid")
        self.assertIn("paid already", " ".join(bill.message_ids.mapped("body")))

    def settlement(self, total, *groups):
        """The bill of a flat and additions, of which a part was paid in advance."""
        totals = totals_of(total, *groups)
        rows = [row(1, "Mieszkanie", 1, 307500, 307500, "8"), row(2, "Dodatki", 1, 4500, 4500)]
        advances = {"NrKSeFFaZaliczkowej": number_of()}
        return self.bill(
            self.document(totals=totals, rows=rows, kind="ROZ", FakturaZaliczkowa=advances)
        )

    def test_r14_settlement_deducts_the_advances(self):
        rest = (1, "4100.16", "943.04"), (2, "280177.59", "22414.21")
        bill = self.settlement("307635", *rest)
        self.assertEqual(
            self.lines(bill),
            [(307500, "8"), (4500, "23"), (-399.84, "23"), (-27322.41, "8")],
        )
        self.assertIn(number_of(), bill.invoice_line_ids[-1].name)
        self.assertEqual(bill.amount_total, 307635)

    def test_r15_and_r16_simplified_invoices_with_and_without_net_amounts(self):
        named = {"NrWierszaFa": 1, "P_7": "Wiertarka"}
        for totals, rows in (
            ({"P_13_1": "365.85", "P_14_1": "84.15", "P_15": "450"}, [named]),
            ({"P_15": "450"}, [{**named, "P_12": "23"}]),
        ):
            with self.subTest(totals=totals):
                bill = self.bill(self.document(totals=totals, rows=rows, kind="UPR"))
                self.assertEqual(self.lines(bill), [(365.85, "23")])
                self.assertEqual(bill.amount_total, 450)

    def test_r17_settlement_keeps_its_wrong_rest_until_it_is_corrected(self):
        rest = (1, "3998.40", "919.63"), (2, "273224.05", "21857.92")
        bill = self.settlement("300000", *rest)
        self.assertEqual(bill.amount_total, 300000)
        self.assertEqual(
            self.lines(bill), [(307500, "8"), (4500, "23"), (-501.6, "23"), (-34275.95, "8")]
        )
        self.assertFalse(bill.ksef_is_to_review)

    def test_r19_margin_has_no_tax_to_deduct(self):
        bill = self.bill(
            self.document(
                totals={"P_13_1": "100", "P_14_1": "23", "P_13_11": "1000", "P_15": "1123"},
                rows=[
                    {"NrWierszaFa": 1, "P_7": "Auto", "P_8B": 1, "P_9B": 1000, "P_11A": 1000},
                    row(2, "Usługa", 1, 100, 100),
                ],
            )
        )
        self.assertEqual(self.lines(bill), [(1000, ""), (100, "23")])
        self.assertEqual(bill.amount_total, 1123)

    def test_r04_and_r20_factor_gets_the_money_and_the_vendor_stays_the_vendor(self):
        factor = party("5260250274", "Faktor S.A.", Rola=1)
        bill = self.bill(
            self.document(Podmiot3=factor, Platnosc={"RachunekBankowyFaktora": {"NrRB": ACCOUNT}})
        )
        self.assertEqual(bill.partner_id.name, "ABC AGD sp. z o.o.")
        self.assertEqual(bill.partner_bank_id.partner_id.name, "Faktor S.A.")
        self.assertFalse(bill.partner_bank_id.allow_out_payment)
        self.assertIn("factor", self.doubts(bill))
        self.assertTrue(bill.ksef_is_to_review)

    def test_r21_rows_with_rates_of_several_days_come_to_the_vat_in_pln(self):
        rates = (("4060", "4.4080"), ("5000", "4.4130"), ("4500", "4.4228"))
        bill = self.bill(
            self.document(
                KodWaluty="EUR",
                totals={
                    "P_13_1": "13560",
                    "P_14_1": "3118.80",
                    "P_14_1W": "13768.14",
                    "P_15": "16678.80",
                },
                rows=[
                    row(number, f"Towar {number}", 1, net, net, KursWaluty=rate)
                    for number, (net, rate) in enumerate(rates, 1)
                ],
            )
        )
        tax = bill.line_ids.filtered("tax_line_id")
        self.assertEqual((tax.amount_currency, tax.balance), (3118.8, 13768.14))
        self.assertEqual(bill.amount_total, 16678.8)
        self.assertIn("rates_differ", self.doubts(bill))
        self.assertIn("4.4080; 4.4130; 4.4228", bill.ksef_review_reasons)

    def test_r22_rates_without_a_purchase_tax_are_reviewed_and_the_total_is_right(self):
        bill = self.bill(
            self.document(
                totals={"P_13_6_2": "4000", "P_15": "4000"},
                rows=[row(1, "Lodówka", 10, 400, 4000, "0 WDT")],
            )
        )
        self.assertEqual((bill.amount_total, self.lines(bill)), (4000, [(4000, "")]))
        self.assertIn("0 WDT", bill.ksef_review_reasons)

    def test_r23_export_in_dollars_without_a_rate_takes_that_of_the_company(self):
        dollar = self.env.ref("base.USD")
        dollar.active = True
        dollar.rate_ids = [
            Command.create({"name": "2026-02-01", "rate": 0.25, "company_id": self.company.id})
        ]
        bill = self.bill(
            self.document(
                KodWaluty="USD",
                totals={"P_13_6_3": "8000", "P_15": "8000"},
                rows=[row(1, "Lodówka", 20, 400, 8000, "0 EX")],
            )
        )
        self.assertEqual((bill.currency_id, bill.amount_total), (dollar, 8000))
        self.assertEqual(bill.amount_total_signed, -32000)
        self.assertIn("0 EX", bill.ksef_review_reasons)

    def test_r24_and_r25_energy_bill_of_sums_only_shows_its_attachment(self):
        meter = {"MetaDane": {"ZKlucz": "Kod PPE", "ZWartosc": "590999999999999999"}}
        document = self.document(
            totals={"P_13_1": "43.60", "P_14_1": "10.03", "P_15": "53.63"},
            rows=[
                row(1, "Razem za energię czynną", None, None, "18.00"),
                row(2, "Razem za usługi dystrybucji", None, None, "25.60"),
            ],
            OkresFa={"P_6_Od": "2026-01-01", "P_6_Do": "2026-02-28"},
            Rozliczenie={
                "Obciazenia": {"Kwota": "0.00", "Powod": "Odsetki"},
                "Odliczenia": {"Kwota": "0.00", "Powod": "Nadpłata"},
                "DoZaplaty": "53.63",
            },
            Zalacznik={"BlokDanych": meter},
        )
        bill = self.bill(document)
        self.assertEqual(self.lines(bill), [(18, "23"), (25.6, "23")])
        self.assertEqual(bill.invoice_line_ids.mapped("quantity"), [1, 1])
        self.assertEqual(bill.amount_total, 53.63)
        self.assertEqual(bill.ksef_period_ends_on, date(2026, 2, 28))
        self.assertFalse({"charges", "deductions"} & set(self.doubts(bill)))
        html = self.env["ksef.readable"]._html(bill._ksef_document_bytes())
        self.assertIn("590999999999999999", html)

    def test_r26_deposit_beside_the_invoice_is_a_line_without_vat(self):
        bill = self.bill(
            self.document(
                Rozliczenie={
                    "Obciazenia": {"Kwota": "5.00", "Powod": "Kaucja za opakowania"},
                    "SumaObciazen": "5.00",
                    "DoZaplaty": "128.00",
                }
            )
        )
        self.assertEqual(bill.amount_total, 128)
        self.assertEqual(self.lines(bill), [(100, "23"), (5, "")])
        self.assertEqual(bill.invoice_line_ids[-1].name, "Kaucja za opakowania")

    # === R27 to R32 === #

    def test_r27_gross_rows_and_both_readings_of_a_discount_come_to_the_net_total(self):
        gross = {"NrWierszaFa": 1, "P_7": "Kawa", "P_8B": 3, "P_9B": "9.99", "P_11A": "29.97"}
        readings = {
            "gross": ([{**gross, "P_12": "23"}], "24.37", "5.60"),
            "total": ([row(1, quantity=20, price=1000, net=18000, P_10=2000)], "18000", "4140"),
            "unit": ([row(1, quantity=20, price=1000, net=18000, P_10=100)], "18000", "4140"),
            "no_price": ([row(1, quantity=None, net=500)], "500", "115"),
            "odd_quantity": ([row(1, quantity="0.333333", price=30, net=10)], "10", "2.30"),
        }
        for name, (rows, net, tax) in readings.items():
            with self.subTest(name):
                total = round(float(net) + float(tax), 2)
                bill = self.bill(
                    self.document(
                        totals={"P_13_1": net, "P_14_1": tax, "P_15": total}, rows=rows, P_2=name
                    )
                )
                self.assertEqual(bill.amount_untaxed, float(net))
                self.assertEqual(bill.amount_total, total)
                self.assertFalse(bill.ksef_is_to_review)

    def test_r29_vat_in_pln_is_that_of_the_document(self):
        self.env.ref("base.EUR").active = False
        bill = self.bill(
            self.document(
                KodWaluty="EUR",
                totals={
                    "P_13_1": "100.00",
                    "P_14_1": "23.00",
                    "P_14_1W": "97.83",
                    "P_15": "123.00",
                },
                rows=[row(1, price=100, net=100, KursWaluty="4.2531")],
            )
        )
        tax = bill.line_ids.filtered("tax_line_id")
        self.assertEqual(bill.currency_id.name, "EUR")
        self.assertEqual((tax.amount_currency, tax.balance), (23, 97.83))
        self.assertAlmostEqual(1 / bill.invoice_currency_rate, 97.83 / 23, 6)
        self.assertAlmostEqual(sum(bill.line_ids.mapped("balance")), 0, 6)

    def test_r30_a_cent_of_tax_is_settled_and_three_zlotys_are_reviewed(self):
        for tax, total, is_to_review in (("23.01", "123.01", False), ("26.00", "126.00", True)):
            with self.subTest(tax):
                bill = self.bill(
                    self.document(
                        totals={"P_13_1": "100.00", "P_14_1": tax, "P_15": total}, P_2=tax
                    )
                )
                self.assertEqual(bill.ksef_is_to_review, is_to_review)
                self.assertEqual(bill.amount_tax, 23.0 if is_to_review else 23.01)
                self.assertEqual("tax_differs" in self.doubts(bill), is_to_review)

    def test_r30_sums_that_contradict_each_other_stay_visible(self):
        bill = self.bill(
            self.document(totals={"P_13_1": "500.00", "P_14_1": "115.00", "P_15": "700.00"})
        )
        self.assertEqual(self.lines(bill), [(100, "23")])
        self.assertIn("100", bill.ksef_review_reasons)
        self.assertIn("500.00", bill.ksef_review_reasons)
        self.assertIn("700.00", bill.ksef_review_reasons)
        bill.with_user(self.accountant).action_ksef_reviewed()
        self.assertFalse(bill.ksef_review_reasons)

    def test_r31_unknown_account_is_made_untrusted_and_a_known_one_is_taken(self):
        payment = {"RachunekBankowy": {"NrRB": ACCOUNT, "NazwaBanku": "Bank"}}
        bill = self.bill(self.document(Platnosc=payment))
        self.assertFalse(bill.partner_bank_id.allow_out_payment)
        self.assertIn("account_new", self.doubts(bill))
        second = self.bill(self.document(Platnosc=payment, P_2="FV/2"))
        self.assertEqual(second.partner_bank_id, bill.partner_bank_id)
        self.assertNotIn("account_new", self.doubts(second))

    def test_r32_payer_gets_no_bill_but_the_recipient_does(self):
        payer = party(NIP, "My", Rola=6)
        self.assertIn(
            "information only", self.no_bill(self.document(buyer=BUYER_NIP, Podmiot3=payer))
        )
        recipient = party(NIP, "My", Rola=2)
        self.assertTrue(self.bill(self.document(buyer=BUYER_NIP, Podmiot3=recipient)))

    def test_document_of_others_and_own_sale_make_no_bill(self):
        self.assertIn(BUYER_NIP, self.no_bill(self.document(buyer=BUYER_NIP)))
        self.company.vat = f"PL{SELLER_NIP}"
        self.assertIn("It is a sale", self.no_bill(self.document(buyer=BUYER_NIP)))

    def test_ten_thousand_rows_become_one_line_a_rate(self):
        rows = [row(number, price=1, net=1) for number in range(1, 10_001)]
        bill = self.bill(
            self.document(totals={"P_13_1": "10000", "P_14_1": "2300", "P_15": "12300"}, rows=rows)
        )
        self.assertEqual((self.lines(bill), bill.amount_total), ([(10000, "23")], 12300))
        self.assertIn("many_rows", self.doubts(bill))
        self.assertFalse(bill.ksef_is_to_review)

    def test_day_of_receipt_decides_the_accounting_date(self):
        bill = self.bill(self.document(), ksef_number=number_of(day="20260303"))
        self.assertEqual(bill.ksef_received_on, date(2026, 3, 3))
        self.assertEqual(bill.date, date(2026, 3, 3))
        self.assertEqual(bill.invoice_date, date(2026, 2, 15))
        later = self.bill(
            self.document(P_2="FV/2", P_6="2026-04-10"),
            ksef_number=number_of(day="20260303", part="010000000002"),
        )
        self.assertIn("tax_point_later", self.doubts(later))
        self.assertFalse(later.taxable_supply_date)
