from odoo.tests import tagged

from .bill_documents import number_of, row, totals_of
from .bill_reading_common import ReadingCommon


@tagged("post_install", "-at_install")
class TestBillCorrections(ReadingCommon):
    """R02 to R18: what takes an earlier document back, in part or in its words."""

    def test_r02_lower_price_makes_a_refund_of_the_difference(self):
        before = row(1, "Lodówka", 1, "1626.01", "1626.01", UU_ID="a1", StanPrzed=1)
        after = row(1, "Lodówka", 1, "1463.41", "1463.41", UU_ID="a1")
        bill = self.bill(
            self.correction(
                {"P_13_1": "-162.60", "P_14_1": "-37.40", "P_15": "-200"}, [before, after]
            )
        )
        self.assertEqual(bill.move_type, "in_refund")
        self.assertEqual(bill.amount_total, 200)
        self.assertEqual(self.lines(bill), [(162.6, "23")])

    def test_r03_row_of_the_difference_alone_makes_the_same_refund(self):
        totals = {"P_13_1": "-162.60", "P_14_1": "-37.40", "P_15": "-200"}
        difference = row(1, "Lodówka", 1, "-162.60", "-162.60", UU_ID="a1")
        bill = self.bill(self.correction(totals, [difference]))
        self.assertEqual((bill.move_type, bill.amount_total), ("in_refund", 200))
        self.assertEqual(self.lines(bill), [(162.6, "23")])
        line = bill.invoice_line_ids
        self.assertEqual((line.quantity, line.price_unit), (1, 162.6))
        self.assertFalse(bill.ksef_is_to_review)

    def test_r05_correction_of_data_only_makes_no_bill(self):
        self.assertIn("no amount", self.no_bill(self.correction({"P_15": 0}, [])))

    def test_r05_correction_of_data_is_kept_with_the_bill_that_it_corrects(self):
        original = self.bill(ksef_number=number_of())
        correction = self.correction({"P_15": 0}, [], PrzyczynaKorekty="błędna nazwa")
        for _time in range(2):
            self.no_bill(correction)
        kept = original.message_ids.attachment_ids
        self.assertEqual(kept.mapped("raw"), [correction])
        self.assertIn("błędna nazwa", original.message_ids[0].body)

    def test_bill_of_the_same_reference_is_corrected_unless_it_has_another_number(self):
        original = self.bill()
        correction = self.correction({"P_15": 0}, [])
        self.assertIn(original.display_name, self.no_bill(correction))
        original.with_env(self.env).ksef_number = number_of(part="010000000055")
        self.assertNotIn(original.display_name, self.no_bill(correction))

    def test_r06_collective_rebate_without_amounts_on_rows_is_one_line_a_rate(self):
        bill = self.bill(
            self.correction(
                {"P_13_1": "-40650.41", "P_14_1": "-9349.59", "P_15": "-50000"},
                [{"NrWierszaFa": 1, "P_7": "Lodówka", "P_8B": 1000}],
                OkresFaKorygowanej="pierwsze półrocze 2026",
            )
        )
        self.assertEqual(bill.move_type, "in_refund")
        self.assertEqual(self.lines(bill), [(40650.41, "23")])
        self.assertEqual(bill.amount_total, 50000)

    def test_r07_rebate_on_some_supplies_names_all_that_it_corrects(self):
        numbers = [f"FV2026/0{month}/1" for month in range(1, 7)]
        corrected = [
            {
                "DataWystFaKorygowanej": f"2026-0{month}-15",
                "NrFaKorygowanej": number,
                "NrKSeF": 1,
                "NrKSeFFaKorygowanej": number_of(part=f"0100000000{month:02}"),
            }
            for month, number in enumerate(numbers, 1)
        ]
        known = self.bill(self.document(P_2=numbers[0]), ksef_number=number_of(part="010000000001"))
        bill = self.bill(
            self.correction(
                {"P_13_1": "-40650.41", "P_14_1": "-9349.59", "P_15": "-50000"},
                [{"NrWierszaFa": 1, "P_7": "Lodówka mk1", "CN": "8418 21 91", "P_8B": 1000}],
                DaneFaKorygowanej=corrected,
                OkresFaKorygowanej="pierwsze półrocze 2026",
            )
        )
        self.assertEqual((bill.move_type, self.lines(bill)), ("in_refund", [(40650.41, "23")]))
        self.assertEqual(bill.invoice_line_ids.name, "Lodówka mk1")
        self.assertFalse(bill.reversed_entry_id)
        for number in numbers:
            self.assertIn(number, bill.narration)
        self.assertIn(bill.ref, known.message_ids[0].body)

    def test_higher_amount_is_a_bill(self):
        bill = self.bill(
            self.correction(
                {"P_13_1": "50", "P_14_1": "11.50", "P_15": "61.50"}, [row(1, "Dopłata", 1, 50, 50)]
            )
        )
        self.assertEqual((bill.move_type, bill.amount_total), ("in_invoice", 61.5))

    def test_r11_change_of_rate_of_an_advance_comes_to_nothing(self):
        bill = self.bill(
            self.correction(
                totals_of(0, (1, "-15993.60", "-3678.53"), (2, "18214.94", "1457.19")),
                [],
                kind="KOR_ZAL",
            )
        )
        self.assertEqual(self.lines(bill), [(-15993.6, "23"), (18214.94, "8")])
        self.assertEqual(bill.amount_total, 0)

    def test_r12_higher_advance_is_a_bill_of_one_line_a_rate(self):
        before = {"NrWierszaZam": 1, "P_7Z": "Mieszkanie", "P_11NettoZ": 300000, "P_12Z": 8}
        bill = self.bill(
            self.correction(
                totals_of("10000", (1, "133.28", "30.65"), (2, "9107.47", "728.60")),
                [],
                kind="KOR_ZAL",
                P_15ZK="20000",
                Zamowienie={
                    "WartoscZamowienia": 375150,
                    "ZamowienieWiersz": [{**before, "StanPrzedZ": 1}, before],
                },
            )
        )
        self.assertEqual((bill.move_type, bill.amount_total), ("in_invoice", 10000))
        self.assertEqual(self.lines(bill), [(133.28, "23"), (9107.47, "8")])
        self.assertFalse(bill.ksef_is_to_review)

    def test_r13_smaller_order_without_change_of_the_advance_makes_no_bill(self):
        advance = self.bill(ksef_number=number_of())
        correction = self.correction(
            {"P_15": 0},
            [],
            kind="KOR_ZAL",
            P_15ZK="30000",
            PrzyczynaKorekty="zamówienie mniejsze o 10%",
            Zamowienie={
                "WartoscZamowienia": 337635,
                "ZamowienieWiersz": {"P_7Z": "Mieszkanie", "P_11NettoZ": 307500, "P_12Z": 8},
            },
        )
        self.assertIn("no amount", self.no_bill(correction))
        self.assertIn("mniejsze o 10%", advance.message_ids[0].body)

    def test_r18_settlement_that_asked_too_little_is_a_bill_of_the_rest(self):
        rows = [
            row(1, "Mieszkanie", 1, 307500, 307500, "8"),
            row(2, "Dodatki", 1, 4500, 4500, "23"),
        ]
        bill = self.bill(
            self.correction(
                totals_of("7635", (1, "101.76", "23.41"), (2, "6953.54", "556.29")),
                [*({**one, "StanPrzed": 1} for one in rows), *rows],
                kind="KOR_ROZ",
                P_15ZK="300000",
                FakturaZaliczkowa={"NrKSeFFaZaliczkowej": number_of()},
            )
        )
        self.assertEqual((bill.move_type, bill.amount_total), ("in_invoice", 7635))
        self.assertEqual(self.lines(bill), [(101.76, "23"), (6953.54, "8")])
        self.assertFalse(bill.ksef_is_to_review)

    def test_r28_three_ways_to_write_a_correction_make_the_same_refund(self):
        before = row(1, "Klawiatura", 10, "89.991", "899.91", StanPrzed=1)
        ways = {
            "pairs": [before, row(1, "Klawiatura", 8, "89.991", "719.93")],
            "difference": [row(1, "Klawiatura", -2, "89.991", "-179.98")],
            "reversal": [
                row(1, "Klawiatura", -10, "89.991", "-899.91"),
                row(2, "Klawiatura", 8, "89.991", "719.93"),
            ],
        }
        totals = {"P_13_1": "-179.98", "P_14_1": "-41.40", "P_15": "-221.38"}
        for name, rows in ways.items():
            with self.subTest(name):
                bill = self.bill(self.correction(totals, rows, P_2=name))
                self.assertEqual(bill.move_type, "in_refund")
                self.assertEqual(bill.amount_untaxed, 179.98)
                self.assertEqual(bill.amount_total, 221.38)
                quantities = sum(bill.invoice_line_ids.mapped("quantity"))
                self.assertEqual(quantities, 2)
