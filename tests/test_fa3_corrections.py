"""Corrections of invoices: what KSeF had, what it has afterwards, and the difference."""

from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common import KsefCommon
from .fa3_corrections_common import CorrectionsCommon


@tagged("post_install", "-at_install")
class TestCreditNotes(CorrectionsCommon):
    def test_k01_sale_at_five_rates_is_taken_back(self):
        self.tax("vs_kraj_zw").ksef_exempt_basis = "art. 43 ust. 1 pkt 29 ustawy o VAT"
        names = ("vs_kraj_23", "vs_kraj_8", "vs_kraj_5", "vs_kraj_0", "vs_kraj_zw")
        document = self.golden(
            self.credit(self.sell_accepted(*(self.line(name) for name in names)))
        )
        self.assertEqual(document.texts("Fa/FaWiersz/P_8B"), ["1", "0"] * 5)
        groups = [document[f"Fa/{name}"] for name in ("P_13_1", "P_13_6_1", "P_13_7", "P_15")]
        self.assertEqual(groups, ["-100.00", "-100.00", "-100.00", "-536.00"])

    def test_full_credit_note_takes_every_row_back(self):
        invoice = self.sell_accepted(self.line(quantity=2), self.line("vs_kraj_8"))
        document = self.build(self.credit(invoice))
        self.assertEqual(
            self.rows(document),
            [
                ("2", "100", "200.00", "before"),
                ("0", "100", "0.00", "after"),
                ("1", "100", "100.00", "before"),
                ("0", "100", "0.00", "after"),
            ],
        )
        self.assertEqual(document.texts("Fa/FaWiersz/NrWierszaFa"), ["1", "1", "2", "2"])
        self.assertEqual(
            document.fields("Fa", "P_1")[1:],
            [
                ("P_13_1", "-200.00"),
                ("P_14_1", "-46.00"),
                ("P_13_2", "-100.00"),
                ("P_14_2", "-8.00"),
                ("P_15", "-354.00"),
            ],
        )

    def test_credit_note_names_what_it_corrects_and_why(self):
        invoice = self.sell_accepted()
        document = self.build(self.credit(invoice))
        self.assertEqual(document["Fa/RodzajFaktury"], "KOR")
        self.assertEqual(document["Fa/PrzyczynaKorekty"], "zwrot towaru")
        self.assertEqual(document["Fa/TypKorekty"], "2")
        self.assert_corrects(document, invoice)
        for name in ("Platnosc", "DodatkowyOpis"):
            self.assertFalse(document.has(f"Fa/{name}"), name)

    def test_k02_return_of_two_of_ten(self):
        invoice = self.sell_keyboards()
        document = self.golden(self.credit(invoice, quantity=2))
        self.assertEqual(
            self.rows(document),
            [("10", "89.991", "899.91", "before"), ("8", "89.991", "719.93", "after")],
        )
        self.assertEqual(
            document.texts("Fa/FaWiersz/UU_ID"), [invoice.invoice_line_ids.ksef_uuid] * 2
        )
        self.assertEqual(
            document.fields("Fa", "P_"),
            [
                ("P_1", "2026-03-02"),
                ("P_2", invoice.reversal_move_ids.name),
                ("P_6", "2026-02-27"),
                ("P_13_1", "-179.98"),
                ("P_14_1", "-41.40"),
                ("P_15", "-221.38"),
            ],
        )

    def test_e16_deposit_is_given_back(self):
        deposit = self.env["account.tax"].create(
            {
                "name": "Kaucja",
                "amount_type": "fixed",
                "amount": 0.5,
                "company_id": self.company.id,
            }
        )
        line = self.line(self.tax("vs_kraj_23") | deposit, quantity=10)
        document = self.golden(self.credit(self.sell_accepted(line)))
        self.assertEqual(document["Fa/P_15"], "-1230.00")
        self.assertEqual(document["Fa/Rozliczenie/SumaOdliczen"], "5.00")
        self.assertEqual(document["Fa/Rozliczenie/DoRozliczenia"], "1235.00")

    def test_k03_return_by_difference(self):
        self.company.ksef_kor_method = "difference"
        invoice = self.sell_keyboards()
        document = self.golden(self.credit(invoice, quantity=2))
        self.assertEqual(self.rows(document), [("-2", "89.991", "-179.98", "after")])
        self.assertEqual(document["Fa/FaWiersz/UU_ID"], invoice.invoice_line_ids.ksef_uuid)
        self.assertEqual(document["Fa/P_13_1"], "-179.98")

    def test_k04_second_correction_starts_where_the_first_ended(self):
        invoice = self.sell_keyboards()
        self.accept(self.credit(invoice, quantity=2))
        document = self.golden(self.credit(invoice, quantity=3))
        self.assertEqual(
            self.rows(document),
            [("8", "89.991", "719.93", "before"), ("5", "89.991", "449.96", "after")],
        )
        self.assertEqual(document.texts("Fa/DaneFaKorygowanej/NrFaKorygowanej"), [invoice.name])

    def test_correction_after_one_by_difference_continues_it(self):
        self.company.ksef_kor_method = "difference"
        invoice = self.sell_keyboards()
        self.accept(self.credit(invoice, quantity=2))
        self.company.ksef_kor_method = "before_after"
        document = self.build(self.credit(invoice, quantity=3))
        self.assertEqual(self.rows(document)[0], ("8", "89.991", "719.93", "before"))

    def test_k05_price_reduction_leaves_the_quantity(self):
        invoice = self.sell_accepted(self.line(quantity=10))
        document = self.golden(self.credit(invoice, price_unit=5))
        self.assertEqual(
            self.rows(document),
            [("10", "100", "1000.00", "before"), ("10", "95", "950.00", "after")],
        )
        self.assertEqual(document["Fa/P_13_1"], "-50.00")

    def test_price_reduction_by_difference(self):
        self.company.ksef_kor_method = "difference"
        invoice = self.sell_accepted(self.line(quantity=10))
        document = self.build(self.credit(invoice, price_unit=5))
        self.assertEqual(self.rows(document), [("10", "-5", "-50.00", "after")])

    def test_accountant_may_say_that_the_same_price_is_a_reduction(self):
        invoice = self.sell_accepted(self.line(quantity=10))
        document = self.build(self.credit(invoice, quantity=1, ksef_kor_mode="price"))
        self.assertEqual(self.rows(document)[1], ("10", "90", "900.00", "after"))

    def test_gross_prices_stay_gross(self):
        tax = self.tax("vs_kraj_23").copy(
            {"name": "23% brutto", "price_include_override": "tax_included"}
        )
        invoice = self.sell_accepted(self.line(tax, quantity=3, price_unit=12.30))
        document = self.build(self.credit(invoice, quantity=1))
        before, after = document.all("Fa/FaWiersz")
        self.assertEqual((before["P_8B"], before["P_9B"], before["P_11A"]), ("3", "12.3", "36.90"))
        self.assertEqual((after["P_8B"], after["P_9B"], after["P_11A"]), ("2", "12.3", "24.60"))
        self.assertEqual((document["Fa/P_13_1"], document["Fa/P_14_1"]), ("-10.00", "-2.30"))

    def test_line_without_link_shows_the_difference(self):
        invoice = self.sell_accepted()
        refund = self.reverse(invoice)
        refund.invoice_line_ids = [
            Command.clear(),
            self.line(name="Rabat", price_unit=10),
        ]
        refund.action_post()
        self.assertEqual(self.rows(self.build(refund)), [("-1", "10", "-10.00", "after")])

    def test_k06_change_of_rate_takes_back_and_sells_anew(self):
        invoice = self.sell_accepted()
        refund = self.reverse(invoice, "błędna stawka")
        refund.invoice_line_ids = [
            self.line(
                "vs_kraj_8",
                quantity=-1,
                price_unit=113.89,
                ksef_corrected_line_id=invoice.invoice_line_ids.id,
            )
        ]
        refund.action_post()
        document = self.golden(refund)
        self.assertEqual(
            [(row["P_11"], row["P_12"], row["StanPrzed"]) for row in document.all("Fa/FaWiersz")],
            [("100.00", "23", "1"), ("113.89", "8", None)],
        )
        self.assertEqual(
            document.fields("Fa", "P_1")[1:],
            [
                ("P_13_1", "-100.00"),
                ("P_14_1", "-23.00"),
                ("P_13_2", "113.89"),
                ("P_14_2", "9.11"),
                ("P_15", "0.00"),
            ],
        )
        self.assertEqual(document["Fa/TypKorekty"], "1")

    def test_k16_correction_of_a_name_alone_has_zero_amounts(self):
        invoice = self.sell_accepted(self.line(name="Monitro"))
        refund = self.reverse(invoice, "błędna nazwa")
        line = invoice.invoice_line_ids
        refund.invoice_line_ids = [
            self.line(name="Monitor", quantity=-1, ksef_corrected_line_id=line.id)
        ]
        refund.action_post()
        document = self.golden(refund)
        self.assertEqual(document.texts("Fa/FaWiersz/P_7"), ["Monitro", "Monitor"])
        self.assertEqual(
            self.rows(document),
            [("1", "100", "100.00", "before"), ("1", "100", "100.00", "after")],
        )
        self.assertEqual(
            document.fields("Fa", "P_1")[1:],
            [("P_13_1", "0.00"), ("P_14_1", "0.00"), ("P_15", "0.00")],
        )

    def test_k17_amounts_left_over_are_reported(self):
        invoice = self.draft()
        tax_line = invoice.line_ids.filtered("tax_line_id")
        invoice.line_ids = [
            Command.update(tax_line.id, {"amount_currency": -23.02}),
            Command.update(
                invoice.line_ids.filtered(lambda line: line.display_type == "payment_term").id,
                {"amount_currency": 123.02},
            ),
        ]
        invoice.action_post()
        self.accept(invoice)
        refund = self.credit(invoice)
        self.assertEqual(self.golden(refund)["Fa/P_14_1"], "-23.00")
        self.assertIn("W-KOR-06", self.codes(refund))

    def test_taking_back_more_than_was_sold_is_reported(self):
        invoice = self.sell_accepted()
        self.assertEqual(self.codes(self.credit(invoice)), [])
        self.assertEqual(self.codes(self.credit(invoice, quantity=2)), ["W-KOR-05"])


@tagged("post_install", "-at_install")
class TestCorrectionsUpwards(CorrectionsCommon):
    def test_k08_cancelling_a_credit_note_is_a_correction(self):
        invoice = self.sell_keyboards()
        refund = self.accept(self.credit(invoice, quantity=2))
        again = self.reverse(refund, "pomyłka")
        again.action_post()
        document = self.golden(again)
        self.assertEqual(again.move_type, "out_invoice")
        self.assertEqual(again.ksef_origin_move_id, invoice)
        self.assertEqual(document["Fa/RodzajFaktury"], "KOR")
        self.assertEqual(
            self.rows(document),
            [("8", "89.991", "719.93", "before"), ("10", "89.991", "899.91", "after")],
        )
        self.assertEqual(document["Fa/DaneFaKorygowanej/NrFaKorygowanej"], invoice.name)
        self.assertEqual((document["Fa/P_13_1"], document["Fa/P_15"]), ("179.98", "221.38"))

    def raise_price(self, invoice, **values):
        line = self.line(
            quantity=10, price_unit=5, ksef_corrected_line_id=invoice.invoice_line_ids.id
        )
        return self.sell(line, ksef_origin_move_id=invoice.id, **values)

    def test_k07_debit_note_raises_the_price(self):
        invoice = self.sell_accepted(self.line(quantity=10))
        debit = self.raise_price(invoice, ksef_correction_type="1")
        document = self.golden(debit)
        self.assertEqual(document["Fa/RodzajFaktury"], "KOR")
        self.assertEqual(document["Fa/TypKorekty"], "1")
        self.assertEqual(
            self.rows(document),
            [("10", "100", "1000.00", "before"), ("10", "105", "1050.00", "after")],
        )
        self.assertEqual((document["Fa/P_13_1"], document["Fa/P_15"]), ("50.00", "61.50"))

    def test_when_a_debit_note_takes_effect_is_for_the_accountant_to_say(self):
        debit = self.raise_price(self.sell_accepted(self.line(quantity=10)))
        self.assertFalse(debit.ksef_correction_type)
        self.assertEqual(self.codes(debit), ["W-KOR-04"])

    def test_forgotten_item_is_a_row_without_before(self):
        invoice = self.sell_accepted()
        debit = self.sell(
            self.line(name="Dostawa", price_unit=20),
            ksef_origin_move_id=invoice.id,
            ksef_correction_type="1",
        )
        self.assertEqual(self.rows(self.build(debit)), [("1", "20", "20.00", "after")])

    def test_forgotten_item_can_be_corrected_later(self):
        invoice = self.sell_accepted()
        debit = self.sell(self.line(quantity=4, price_unit=20), ksef_origin_move_id=invoice.id)
        self.accept(debit)
        refund = self.credit(debit, quantity=1)
        self.assertEqual(refund.ksef_origin_move_id, invoice)
        self.assertEqual(
            self.rows(self.build(refund)),
            [("4", "20", "80.00", "before"), ("3", "20", "60.00", "after")],
        )


@tagged("post_install", "-at_install")
class TestWhatIsCorrected(CorrectionsCommon):
    def test_k11_original_outside_ksef_is_marked_so(self):
        self.company.ksef_start_on = "2026-03-03"
        invoice = self.sell(self.line(quantity=2))
        document = self.golden(self.credit(invoice))
        self.assertEqual(
            document.fields("Fa/DaneFaKorygowanej")[2:],
            [("NrKSeFN", "1")],
        )
        self.assertEqual(
            self.rows(document), [("2", "100", "200.00", "before"), ("0", "100", "0.00", "after")]
        )

    def test_correction_after_one_outside_ksef_shows_the_difference(self):
        self.company.ksef_start_on = "2026-03-02"
        invoice = self.sell(self.line(quantity=5), invoice_date="2026-02-20")
        first = self.reverse(invoice)
        first.invoice_date = "2026-02-25"
        first.invoice_line_ids.quantity = 1
        first.action_post()
        self.assertFalse(first.ksef_state)
        document = self.build(self.credit(invoice, quantity=2))
        self.assertEqual(self.rows(document), [("-2", "100", "-200.00", "after")])

    def test_number_of_the_corrected_invoice_is_checked(self):
        listed = {"issued_on": "2026-02-02", "number": "FV/1", "ksef_number": "1234563218-1"}
        refund = self.sell(
            move_type="out_refund", ksef_corrected_document_ids=[Command.create(listed)]
        )
        self.assertEqual(self.codes(refund), ["E-KNO-01"])

    def test_k12_original_without_its_number_blocks_the_correction(self):
        refund = self.credit(self.sell())
        self.assertEqual(self.codes(refund), ["E-KOR-03"])

    def test_another_correction_on_its_way_blocks_the_next(self):
        invoice = self.sell_keyboards()
        first = self.credit(invoice, quantity=2)
        self.env["ksef.submission"].sudo().create(
            {"move_id": first.id, "company_id": self.company.id, "state": "sent"}
        )
        self.assertEqual(self.codes(self.credit(invoice, quantity=1)), ["E-KOR-03"])

    def test_rejected_correction_changed_nothing(self):
        invoice = self.sell_keyboards()
        first = self.accept(self.credit(invoice, quantity=2))
        first.sudo().ksef_submission_ids.state = "rejected"
        document = self.build(self.credit(invoice, quantity=1))
        self.assertEqual(self.rows(document)[0], ("10", "89.991", "899.91", "before"))

    def test_k15_credit_note_must_name_an_invoice(self):
        refund = self.sell(move_type="out_refund")
        self.assertEqual(self.codes(refund), ["E-KOR-01"])

    def test_k15_credit_note_of_an_invoice_of_another_program(self):
        refund = self.sell(
            move_type="out_refund",
            ksef_correction_reason="rabat",
            ksef_corrected_document_ids=[
                Command.create({"issued_on": "2025-12-01", "number": "FV/77/2025"})
            ],
        )
        document = self.golden(refund)
        self.assertEqual(
            document.fields("Fa/DaneFaKorygowanej"),
            [
                ("DataWystFaKorygowanej", "2025-12-01"),
                ("NrFaKorygowanej", "FV/77/2025"),
                ("NrKSeFN", "1"),
            ],
        )
        self.assertEqual(self.rows(document), [("-1", "100", "-100.00", "after")])

    def test_taking_back_such_a_credit_note_corrects_the_same_invoice(self):
        refund = self.sell(
            move_type="out_refund",
            ksef_corrected_document_ids=[
                Command.create({"issued_on": "2025-12-01", "number": "FV/77/2025"})
            ],
        )
        self.accept(refund)
        again = self.reverse(refund, "pomyłka")
        again.action_post()
        document = self.build(again)
        self.assertEqual(document["Fa/RodzajFaktury"], "KOR")
        self.assertEqual(document["Fa/DaneFaKorygowanej/NrFaKorygowanej"], "FV/77/2025")
        self.assertEqual(document["Fa/P_15"], "123.00")

    def test_k13_rebate_for_a_period_lists_the_invoices_and_no_rows(self):
        invoices = [self.sell_accepted() for _number in range(6)]
        refund = self.sell(
            self.line(name="Rabat kwartalny", price_unit=60),
            move_type="out_refund",
            ksef_correction_reason="rabat kwartalny",
            ksef_corrected_period="I kwartał 2026",
            ksef_corrected_document_ids=[
                Command.create({"corrected_move_id": invoice.id}) for invoice in invoices
            ],
        )
        document = self.golden(refund)
        self.assertEqual(document["Fa/OkresFaKorygowanej"], "I kwartał 2026")
        self.assertEqual(
            document.texts("Fa/DaneFaKorygowanej/NrKSeFFaKorygowanej"),
            [invoice.ksef_number for invoice in invoices],
        )
        self.assertFalse(document.has("Fa/FaWiersz"))
        self.assertEqual((document["Fa/TypKorekty"], document["Fa/P_15"]), ("2", "-73.80"))

    def test_corrected_invoices_must_be_of_one_kind(self):
        sale = self.sell_accepted()
        advance = self.accept(self.sell(ksef_invoice_type="ZAL", ksef_order_total=123))
        refund = self.sell(
            move_type="out_refund",
            ksef_corrected_document_ids=[
                Command.create({"corrected_move_id": invoice.id}) for invoice in sale | advance
            ],
        )
        self.assertEqual(self.codes(refund), ["E-KOR-02"])

    def test_kind_chosen_by_hand_does_not_make_a_sale_of_a_credit_note(self):
        refund = self.credit(self.sell_accepted())
        refund.ksef_invoice_type = "VAT"
        self.assertEqual(self.codes(refund), ["E-TYP-01"])

    def test_live_records_do_not_change_what_was_before(self):
        invoice = self.sell_keyboards()
        self.product.write({"name": "Inna", "default_code": "X"})
        document = self.build(self.credit(invoice, quantity=2))
        self.assertEqual(document.texts("Fa/FaWiersz/P_7"), ["Klawiatura"] * 2)
        self.assertEqual(document.texts("Fa/FaWiersz/Indeks"), ["KB-001"] * 2)

    def test_correction_of_a_correction_is_linked_to_the_first_invoice(self):
        invoice = self.sell_accepted()
        refund = self.credit(invoice)
        with self.assertRaises(ValidationError):
            self.draft(ksef_origin_move_id=refund.id)

    def test_k14_exchange_rate_is_that_of_the_original(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        rates = self.env["res.currency.rate"]
        values = {"currency_id": euro.id, "company_id": self.company.id}
        rates.create({**values, "name": "2026-02-20", "inverse_company_rate": 4.25})
        invoice = self.sell_accepted(
            currency_id=euro.id, invoice_date="2026-02-25", taxable_supply_date="2026-02-25"
        )
        rates.create({**values, "name": "2026-03-01", "inverse_company_rate": 4.40})
        document = self.golden(self.credit(invoice))
        self.assertEqual(document.texts("Fa/FaWiersz/KursWaluty"), ["4.25", "4.25"])
        self.assertEqual((document["Fa/P_14_1"], document["Fa/P_14_1W"]), ("-23.00", "-97.75"))

    def test_correction_needs_no_rate_of_its_own(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        euro.rate_ids.unlink()
        invoice = self.sell_accepted(currency_id=euro.id, invoice_currency_rate=1 / 4.25)
        refund = self.credit(invoice)
        self.assertEqual(self.codes(refund), [])
        self.assertEqual(self.build(refund).texts("Fa/FaWiersz/KursWaluty"), ["4.25", "4.25"])


@tagged("post_install", "-at_install")
class TestPartiesOfCorrections(CorrectionsCommon):
    def test_k09_invoice_to_the_wrong_buyer_is_taken_back_from_it(self):
        invoice = self.sell_accepted()
        self.buyer.write({"name": "Właściwy nabywca", "vat": "PL7762811692"})
        wizard = self.reversal_of(invoice, "błędny NIP nabywcy")
        wizard.modify_moves()
        document = self.golden(invoice.reversal_move_ids, "taken_back")
        self.assertEqual(document["Podmiot2/DaneIdentyfikacyjne/NIP"], "1111111111")
        self.assertEqual(document["Podmiot2/DaneIdentyfikacyjne/Nazwa"], "F.H.U. Nabywca")
        self.assertEqual(document["Fa/P_15"], "-123.00")
        wizard.new_move_ids.action_post()
        document = self.golden(wizard.new_move_ids, "sold_anew")
        self.assertEqual(document["Podmiot2/DaneIdentyfikacyjne/NIP"], "7762811692")
        self.assertEqual(document["Fa/RodzajFaktury"], "VAT")

    def test_k18_replacement_is_an_invoice_without_any_link(self):
        invoice = self.sell_accepted()
        wizard = self.reversal_of(invoice, "błędny NIP nabywcy")
        wizard.modify_moves()
        refund, replacement = invoice.reversal_move_ids, wizard.new_move_ids
        self.assertEqual((refund.state, refund.ksef_invoice_type), ("posted", "KOR"))
        self.assertEqual(refund.ksef_origin_move_id, invoice)
        self.assertEqual(refund.ksef_correction_reason, "błędny NIP nabywcy")
        self.assertEqual(refund.invoice_line_ids.ksef_corrected_line_id, invoice.invoice_line_ids)
        self.assertEqual(replacement.ksef_invoice_type, "VAT")
        self.assertFalse(replacement.ksef_origin_move_id)
        self.assertFalse(replacement.ksef_correction_reason)
        self.assertFalse(replacement.invoice_line_ids.ksef_corrected_line_id)
        replacement.action_post()
        self.assertEqual(self.golden(refund, "refund")["Fa/RodzajFaktury"], "KOR")
        self.assertEqual(self.golden(replacement, "replacement")["Fa/RodzajFaktury"], "VAT")

    def test_changed_nip_never_gets_into_a_correction(self):
        invoice = self.sell_accepted()
        self.buyer.vat = "PL7762811692"
        document = self.build(self.credit(invoice))
        self.assertEqual(document["Podmiot2/DaneIdentyfikacyjne/NIP"], "1111111111")

    def correct_data(self, invoice):
        """A credit note over nothing, as Odoo needs a line."""
        refund = self.reverse(invoice, "błędna nazwa nabywcy")
        refund.ksef_is_formal = True
        refund.invoice_line_ids = [
            Command.clear(),
            self.line(name="błędna nazwa nabywcy", price_unit=0),
        ]
        refund.action_post()
        return refund

    def test_k10_wrong_name_is_corrected_without_amounts(self):
        invoice = self.sell_accepted()
        self.buyer.name = "Nabywca sp. z o.o."
        document = self.golden(self.correct_data(invoice))
        self.assertEqual(document["Podmiot2/DaneIdentyfikacyjne/Nazwa"], "Nabywca sp. z o.o.")
        self.assertEqual(
            document.fields("Fa/Podmiot2K/DaneIdentyfikacyjne"),
            [("NIP", "1111111111"), ("Nazwa", "F.H.U. Nabywca")],
        )
        self.assertEqual(document["Fa/Podmiot2K/Adres/AdresL1"], "ul. Polna 1")
        self.assertEqual(
            (document["Podmiot2/IDNabywcy"], document["Fa/Podmiot2K/IDNabywcy"]), ("NB01", "NB01")
        )
        self.assertEqual(document.fields("Fa", "P_1")[1:], [("P_15", "0.00")])
        self.assertFalse(document.has("Fa/FaWiersz"))
        self.assertFalse(document.has("Fa/Podmiot1K"))
        self.assertEqual(document["Fa/TypKorekty"], "1")

    def test_correction_of_data_cannot_change_the_nip(self):
        invoice = self.sell_accepted()
        self.buyer.vat = "PL7762811692"
        self.assertIn("E-KOR-07", self.codes(self.correct_data(invoice)))

    def test_wrong_address_of_the_seller_is_shown_as_it_was(self):
        invoice = self.sell_accepted()
        self.company.street = "ul. Nowa 9"
        document = self.build(self.correct_data(invoice))
        self.assertEqual(document["Podmiot1/Adres/AdresL1"], "ul. Nowa 9")
        self.assertEqual(document["Fa/Podmiot1K/Adres/AdresL1"], "ul. Kwiatowa 1 m. 2")
        self.assertFalse(document.has("Fa/Podmiot2K"))

    def test_e13_corrected_seller_stays_a_taxpayer_of_the_eu(self):
        buyer = self._create_buyer(
            name="Käufer GmbH", vat="DE136695976", country_id=self.env.ref("base.de").id
        )
        invoice = self.sell_accepted(self.line("vs_unia"), partner_id=buyer.id)
        self.company.street = "ul. Nowa 9"
        document = self.golden(self.correct_data(invoice))
        self.assertEqual(document["Podmiot1/PrefiksPodatnika"], "PL")
        self.assertEqual(document["Fa/Podmiot1K/PrefiksPodatnika"], "PL")

    def test_correction_after_a_corrected_name_keeps_the_right_one(self):
        invoice = self.sell_accepted()
        self.buyer.name = "Nabywca sp. z o.o."
        self.accept(self.correct_data(invoice))
        document = self.build(self.credit(invoice))
        self.assertEqual(document["Podmiot2/DaneIdentyfikacyjne/Nazwa"], "Nabywca sp. z o.o.")
        self.assertEqual(self.rows(document)[0], ("1", "100", "100.00", "before"))

    def test_correction_of_data_needs_the_data_from_before(self):
        refund = self.sell(
            self.line(price_unit=0),
            move_type="out_refund",
            ksef_is_formal=True,
            ksef_corrected_document_ids=[
                Command.create({"issued_on": "2025-12-01", "number": "FV/77/2025"})
            ],
        )
        self.assertEqual(self.codes(refund), ["E-TYP-01"])


@tagged("post_install", "-at_install")
class TestSendingCorrections(KsefCommon):
    def test_correction_goes_to_ksef_with_the_number_it_gave(self):
        self.connect()
        invoice = self.post_invoice()
        self.send(invoice)
        wizard = self.env["account.move.reversal"].with_context(
            active_model="account.move", active_ids=invoice.ids
        )
        wizard.create({"journal_id": invoice.journal_id.id, "reason": "zwrot"}).refund_moves()
        refund = invoice.reversal_move_ids
        refund.action_post()
        self.send(refund)
        self.assertEqual(refund.ksef_state, "accepted")
        sent = refund.ksef_submission_ids._document_bytes().decode()
        self.assertIn(f"<NrKSeFFaKorygowanej>{invoice.ksef_number}<", sent)
        self.assertIn("<StanPrzed>1</StanPrzed>", sent)
