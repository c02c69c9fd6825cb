from datetime import date

from odoo.tests import tagged

from .bill_documents import number_of, party, row
from .bill_reading_common import ReadingCommon
from .common import NIP


@tagged("post_install", "-at_install")
class TestBillTerms(ReadingCommon):
    """When and how a bill is to be paid, and with what the goods came."""

    def payable(self, form, **values):
        payment = {"TerminPlatnosci": {"Termin": "2026-03-01"}, "FormaPlatnosci": form}
        return self.bill(self.document(Platnosc=payment, **values))

    def outbound(self, journal):
        return journal.outbound_payment_method_line_ids

    def test_instalments_are_told_above_the_bill(self):
        days = ("2026-03-01", "2026-04-01", "2026-05-01")
        bill = self.bill(
            self.document(Platnosc={"TerminPlatnosci": [{"Termin": day} for day in days]})
        )
        self.assertEqual(bill.invoice_date_due, date(2026, 5, 1))
        self.assertTrue(bill.ksef_is_to_review)
        self.assertIn("03/01/2026, 04/01/2026, 05/01/2026", bill.ksef_review_reasons)

    def test_paid_document_has_no_instalments_to_look_after(self):
        days = [{"Termin": "2026-03-01"}, {"Termin": "2026-04-01"}]
        payment = {"Zaplacono": 1, "DataZaplaty": "2026-02-15", "TerminPlatnosci": days}
        self.assertNotIn("instalments", self.doubts(self.bill(self.document(Platnosc=payment))))

    def test_document_without_due_date_is_due_by_our_terms_else_on_its_day(self):
        bill = self.bill()
        self.assertEqual(bill.invoice_date_due, date(2026, 2, 15))
        month = self.env.ref("account.account_payment_term_30days")
        vendor = bill.partner_id.with_env(self.env).with_company(self.company)
        vendor.property_supplier_payment_term_id = month
        second = self.bill(self.document(P_2="FV/2"))
        self.assertEqual(second.invoice_payment_term_id, month)
        self.assertEqual(second.invoice_date_due, date(2026, 3, 17))
        paid = self.document(P_2="FV/3", Platnosc={"Zaplacono": 1, "DataZaplaty": "2026-02-10"})
        self.assertEqual(self.bill(paid).invoice_date_due, date(2026, 2, 10))

    def test_form_of_payment_chooses_the_only_method_of_its_kind(self):
        cash = self.company_data["default_journal_cash"]
        self.assertEqual(self.payable(1).preferred_payment_method_line_id, self.outbound(cash))

    def test_method_that_bears_the_form_comes_first_and_several_choose_none(self):
        bank = self.outbound(self.company_data["default_journal_bank"])
        bank.ksef_payment_form = "7"
        self.assertEqual(self.payable(7).preferred_payment_method_line_id, bank)
        bank.ksef_payment_form = False
        self.company_data["default_journal_bank"].copy()
        self.assertFalse(self.payable(6, P_2="FV/2").preferred_payment_method_line_id)

    def test_form_other_than_a_transfer_is_noted(self):
        self.assertIn("Cash", self.payable(1).narration)
        self.assertFalse(self.payable(6, P_2="FV/2").narration)

    def test_delivery_notes_and_our_unit_are_noted(self):
        unit = {
            "DaneIdentyfikacyjne": {"IDWew": f"{NIP}-12345", "Nazwa": "Oddział Gdynia"},
            "Rola": 8,
        }
        bill = self.bill(self.document(WZ=["WZ/7", "WZ/9"], Podmiot3=unit))
        self.assertIn("WZ/7, WZ/9", bill.narration)
        self.assertIn(f"{NIP}-12345 Oddział Gdynia", bill.narration)

    def test_units_of_others_are_not_ours(self):
        stranger = party("5260250274", "Inni", Rola=6)
        self.assertFalse(self.bill(self.document(Podmiot3=stranger)).narration)


@tagged("post_install", "-at_install")
class TestBillAdvances(ReadingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        expense = cls.company_data["default_account_expense"]
        cls.prepaid, cls.other = (expense.copy({"code": code}) for code in ("207001", "207002"))
        cls.company.ksef_advance_account_id = cls.prepaid

    def advance(self):
        return self.bill(self.document(kind="ZAL", rows=[], P_2="ZAL/1"), ksef_number=number_of())

    def settlement(self, number=None, **values):
        advances = {"NrKSeFFaZaliczkowej": number or number_of()}
        return self.bill(
            self.document(
                P_2="ROZ/1",
                kind="ROZ",
                totals={"P_13_1": "900", "P_14_1": "207", "P_15": "1107"},
                rows=[row(1, "Maszyna", 1, 1000, 1000)],
                FakturaZaliczkowa=advances,
                **values,
            )
        )

    def test_advance_and_its_settlement_stand_on_the_account_of_advances(self):
        self.assertEqual(self.advance().invoice_line_ids.account_id, self.prepaid)
        machine, settled = self.settlement().invoice_line_ids
        self.assertEqual((settled.account_id, settled.price_subtotal), (self.prepaid, -100))
        self.assertNotEqual(machine.account_id, self.prepaid)

    def test_settlement_takes_the_account_that_the_advance_was_booked_on(self):
        self.advance().invoice_line_ids.account_id = self.other
        self.assertEqual(self.settlement().invoice_line_ids[-1].account_id, self.other)

    def test_advance_and_settlement_name_each_other(self):
        advance = self.advance()
        bill = self.settlement()
        self.assertIn("ROZ/1", advance.message_ids[0].body)
        self.assertIn(f'data-oe-id="{advance.id}"', "".join(bill.message_ids.mapped("body")))
        self.assertNotIn("advance_unknown", self.doubts(bill))

    def test_advance_that_is_not_here_is_told(self):
        bill = self.settlement(number_of(part="010000000077"))
        self.assertIn("advance_unknown", self.doubts(bill))
        self.assertEqual(bill.invoice_line_ids[-1].account_id, self.prepaid)

    def test_without_an_account_of_advances_they_stand_with_the_other_bills(self):
        self.company.ksef_advance_account_id = False
        account = self.company_data["default_journal_purchase"].default_account_id
        self.assertEqual(self.advance().invoice_line_ids.account_id, account)


@tagged("post_install", "-at_install")
class TestBillCharges(ReadingCommon):
    """What is paid with a bill beside it, such as deposits for packaging."""

    def charge(self, **values):
        settlement = {"Obciazenia": {"Kwota": "5.00", "Powod": "Kaucja"}, "DoZaplaty": "128.00"}
        goods, charge = self.bill(self.document(Rozliczenie=settlement, **values)).invoice_line_ids
        self.assertEqual((charge.name, charge.price_subtotal), ("Kaucja", 5))
        return goods, charge

    def test_charge_stands_on_the_account_of_charges(self):
        deposits = self.company_data["default_account_expense"].copy({"code": "249001"})
        self.company.ksef_charge_account_id = deposits
        goods, charge = self.charge()
        self.assertEqual(charge.account_id, deposits)
        self.assertNotEqual(goods.account_id, deposits)

    def test_without_such_an_account_it_stands_with_the_goods(self):
        goods, charge = self.charge()
        self.assertEqual(charge.account_id, goods.account_id)
