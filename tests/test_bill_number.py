import base64
import io

from lxml import etree
from openpyxl import Workbook
from psycopg2.errors import UniqueViolation

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ..ksef.number import check_digits
from .common import BUYER_NIP, KsefCommon


def make_number(nip=BUYER_NIP, part="010080DD2B5E"):
    bare = f"{nip}-20261103-{part}"
    return f"{bare}-{check_digits(f'{bare}-00')}"


NUMBER = make_number()
MISTYPED = NUMBER[:-2] + ("00" if NUMBER[-2:] != "00" else "01")


class BillCommon(KsefCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.vendor = cls.buyer
        cls.foreign_vendor = cls.env["res.partner"].create(
            {"name": "Lieferant GmbH", "is_company": True, "country_id": cls.env.ref("base.de").id}
        )

    def make_bill(self, **values):
        return self.env["account.move"].create(
            {
                "move_type": "in_invoice",
                "partner_id": self.vendor.id,
                "invoice_date": "2026-11-05",
                "ref": "FV/1",
                "invoice_line_ids": [Command.create({"name": "Papier", "price_unit": 100})],
                **values,
            }
        )


@tagged("post_install", "-at_install")
class TestBillNumber(BillCommon):
    def test_accountant_types_a_number_with_blanks_and_finds_the_bill_by_it(self):
        bill = self.make_bill().with_user(self.accountant)
        bill.ksef_number = f"  {NUMBER[:10]} – {NUMBER[11:].lower()} "
        self.assertEqual(bill.ksef_number, NUMBER)
        self.assertFalse(bill.ksef_number_warning)
        self.assertEqual(self.env["account.move"].search([("ksef_number", "=", NUMBER)]), bill)

    def test_number_is_taken_out_of_a_pasted_link(self):
        form = Form(
            self.env["account.move"]
            .with_user(self.accountant)
            .with_context(default_move_type="in_invoice")
        )
        form.partner_id = self.vendor
        form.ksef_number = f"https://ksef.podatki.gov.pl/web/invoice?ksefNumber={NUMBER}&lang=pl"
        self.assertEqual(form.ksef_number, NUMBER)
        form.invoice_date = "2026-11-05"
        self.assertEqual(form.save().ksef_receipt, "numbered")

    def test_text_that_is_no_number_is_told_before_the_bill_is_saved(self):
        form = Form(
            self.env["account.move"]
            .with_user(self.accountant)
            .with_context(default_move_type="in_invoice", lang="en_US")
        )
        form.ksef_number = "FV/1/2026"
        self.assertIn("is not a KSeF number", form.ksef_number_warning)
        form.ksef_number = NUMBER
        self.assertFalse(form.ksef_number_warning)

    def test_text_that_is_no_number_is_refused(self):
        bill = self.make_bill()
        for text in ("FV/1/2026", NUMBER[:-1], "1" * 35):
            with self.subTest(text), self.assertRaises(ValidationError) as caught:
                bill.ksef_number = text
            self.assertIn(text, str(caught.exception))

    def test_wrong_check_digits_warn_in_tests_and_block_in_production(self):
        bill = self.make_bill(ksef_number=MISTYPED)
        self.assertIn("check digits", bill.ksef_number_warning)
        bill.ksef_number = False
        self.company.ksef_environment = "production"
        with self.assertRaises(ValidationError):
            bill.ksef_number = MISTYPED

    def test_number_of_another_seller_warns(self):
        bill = self.make_bill(ksef_number=make_number(nip="5260250274"))
        self.assertIn("5260250274", bill.ksef_number_warning)
        self.assertIn(BUYER_NIP, bill.ksef_number_warning)

    def test_second_bill_with_the_number_is_refused_by_name(self):
        first = self.make_bill(ksef_number=NUMBER)
        second = self.make_bill(ref="FV/2")
        with self.assertRaises(ValidationError) as caught:
            second.ksef_number = NUMBER
        self.assertIn(first.display_name, str(caught.exception))

    def test_form_warns_of_the_other_bill_before_saving(self):
        self.make_bill(ksef_number=NUMBER)
        form = Form(self.env["account.move"].with_context(default_move_type="in_invoice"))
        form.partner_id = self.vendor
        form.ksef_number = NUMBER
        self.assertIn(NUMBER, form.ksef_number_warning)

    def test_database_refuses_a_second_bill_made_at_the_same_time(self):
        first, second = self.make_bill(ksef_number=NUMBER), self.make_bill(ref="FV/2")
        self.env.flush_all()
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(UniqueViolation),
            self.env.cr.savepoint(),
        ):
            self.env.cr.execute(
                "UPDATE account_move SET ksef_number = %s WHERE id = %s", [NUMBER, second.id]
            )
        self.assertEqual(first.ksef_number, NUMBER)

    def test_cancelled_bill_gives_its_number_back(self):
        first = self.make_bill(ksef_number=NUMBER)
        first.button_cancel()
        second = self.make_bill(ref="FV/2", ksef_number=NUMBER)
        self.assertEqual(second.ksef_number, NUMBER)
        with self.assertRaises(ValidationError):
            first.button_draft()

    def test_other_company_may_have_the_same_number(self):
        self.make_bill(ksef_number=NUMBER)
        other = self.make_bill(
            company_id=self.other_company.id, ksef_number=NUMBER, invoice_line_ids=False
        )
        self.assertEqual(other.ksef_number, NUMBER)

    def test_copy_has_no_number(self):
        self.assertFalse(self.make_bill(ksef_number=NUMBER).copy().ksef_number)

    def test_numbers_of_sales_remain_the_queues(self):
        invoice = self.post_invoice().with_user(self.accountant)
        bill = self.make_bill().with_user(self.accountant)
        with self.assertRaises(AccessError):
            (invoice + bill).write({"ksef_number": NUMBER})
        with self.assertRaises(AccessError):
            bill.write({"ksef_number": NUMBER, "ksef_state": "accepted"})


@tagged("post_install", "-at_install")
class TestBillReceipt(BillCommon):
    def test_each_bill_says_whether_a_number_is_missing_and_why_not(self):
        bills = {
            "missing": self.make_bill(),
            "numbered": self.make_bill(ref="FV/2", ksef_number=NUMBER),
            "foreign": self.make_bill(partner_id=self.foreign_vendor.id),
            "earlier": self.make_bill(invoice_date="2026-01-31"),
            "said": self.make_bill(ref="FV/3", ksef_outside_reason="small"),
        }
        states = {name: bill.ksef_receipt for name, bill in bills.items()}
        self.assertEqual(
            states,
            {
                "missing": "missing",
                "numbered": "numbered",
                "foreign": "outside",
                "earlier": "outside",
                "said": "outside",
            },
        )
        self.assertEqual(bills["foreign"].ksef_receipt_reason, "Foreign vendor")
        self.assertFalse(bills["missing"].ksef_receipt_reason)
        self._assert_search_agrees(self.env["account.move"].union(*bills.values()))

    def _assert_search_agrees(self, bills):
        for name in ("missing", "numbered", "outside"):
            found = bills.search([("id", "in", bills.ids), ("ksef_receipt", "=", name)])
            self.assertEqual(found, bills.filtered(lambda b, n=name: b.ksef_receipt == n), name)

    def test_foreign_vendor_with_polish_vat_number_is_expected_in_ksef(self):
        self.foreign_vendor.vat = f"PL{BUYER_NIP}"
        bill = self.make_bill(partner_id=self.foreign_vendor.id)
        self.assertEqual(bill.ksef_receipt, "missing")
        self._assert_search_agrees(bill)

    def test_filters_of_bills_are_not_about_sending(self):
        view = self.env.ref("account.view_account_bill_filter")
        arch = etree.fromstring(self.env["account.move"].get_view(view.id, "search")["arch"])
        shown = arch.xpath("//filter[starts-with(@name, 'ksef_')][not(@invisible)]/@name")
        bills = {"ksef_missing", "ksef_numbered", "ksef_outside", "ksef_to_review"}
        self.assertEqual(set(shown), {*bills, "ksef_outside_reason", "ksef_state"})

    def test_sales_are_not_asked_for(self):
        invoice = self.post_invoice()
        self.assertFalse(invoice.ksef_receipt)
        self.assertFalse(
            invoice.search([("id", "=", invoice.id), ("ksef_receipt", "=", "missing")])
        )


@tagged("post_install", "-at_install")
class TestNumberImport(BillCommon):
    def setUp(self):
        super().setUp()
        self.first = self.make_bill(ref="FV/2026/1")
        self.second = self.make_bill(ref="fv/2026/2")
        self.numbers = [make_number(part=f"0100000000{digit:02d}") for digit in range(6)]

    def _read(self, **values):
        wizard = self.env["ksef.number.import"].with_user(self.accountant).create(values)
        wizard.action_read()
        return wizard

    def test_pasted_rows_find_their_bills_in_any_order_of_columns(self):
        wizard = self._read(
            text=f"{self.numbers[0]}\tFV/2026/1\nFV/2026/2\t{self.numbers[1]}\nbez numeru\t7"
        )
        self.assertEqual(wizard.line_ids.mapped("outcome"), ["found", "found"])
        wizard.action_apply()
        self.assertEqual(self.first.ksef_number, self.numbers[0])
        self.assertEqual(self.second.ksef_number, self.numbers[1])

    def test_reference_is_known_however_it_is_written(self):
        wizard = self._read(text=f"{self.numbers[0]};fv 2026-01\n{self.numbers[1]};–")
        self.assertEqual(wizard.line_ids.mapped("outcome"), ["found", "missing"])
        self.assertEqual(wizard.line_ids[0].bill_id, self.first)

    def test_each_doubtful_row_says_why(self):
        self.make_bill(ref="FV/2026/2")
        self.second.copy({"ref": "FV/3", "ksef_number": self.numbers[2]})
        mistyped = self.numbers[4][:-2] + ("00" if self.numbers[4][-2:] != "00" else "01")
        wizard = self._read(
            text=f"{self.numbers[0]};nieznana\n{self.numbers[1]};FV/2026/2\n"
            f"{self.numbers[2]};FV/3\n{self.numbers[3]};FV/3\n{mistyped};FV/2026/1"
        )
        outcomes = wizard.line_ids.mapped("outcome")
        self.assertEqual(outcomes, ["missing", "several", "done", "other", "wrong"])
        with self.assertRaises(UserError):
            wizard.action_apply()
        wizard.line_ids[1].bill_id = self.second
        wizard.action_apply()
        self.assertEqual(self.second.ksef_number, self.numbers[1])

    def test_bill_of_another_vendor_with_the_same_reference_is_not_taken(self):
        number = make_number(nip="5260250274")
        wizard = self._read(text=f"{number} FV/2026/1")
        self.assertEqual(wizard.line_ids.outcome, "missing")

    def test_workbook_and_csv_of_windows_are_read(self):
        book = Workbook()
        book.active.append(["Numer KSeF", "Faktura"])
        book.active.append([self.numbers[0], "FV/2026/1"])
        content = io.BytesIO()
        book.save(content)
        wizard = self._read(file=base64.b64encode(content.getvalue()), file_name="a.xlsx")
        self.assertEqual(wizard.line_ids.bill_id, self.first)
        text = f"Sprzedawca;Faktura;Numer\nŻółw;FV/2026/2;{self.numbers[1]}".encode("cp1250")
        wizard = self._read(file=base64.b64encode(text), file_name="a.csv")
        self.assertEqual(wizard.line_ids.bill_id, self.second)

    def test_unreadable_input_is_refused_with_words(self):
        for values in ({"text": "nic"}, {"file": base64.b64encode(b"PK\x03\x04broken")}):
            with self.subTest(values), self.assertRaises(UserError):
                self._read(**values)
