from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .bill_documents import SELLER_NIP, number_of
from .bill_reading_common import ReadingCommon


@tagged("post_install", "-at_install")
class TestBillTwins(ReadingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.vendor = cls.env["res.partner"].create(
            {"name": "ABC", "is_company": True, "vat": f"PL{SELLER_NIP}", "supplier_rank": 1}
        )

    def typed_bill(self, **values):
        return self.env["account.move"].create(
            {
                "move_type": "in_invoice",
                "company_id": self.company.id,
                "partner_id": self.vendor.id,
                "invoice_date": "2026-02-16",
                "ref": "FV/2026/02/150",
                "invoice_line_ids": [
                    Command.create(
                        {
                            "name": "Towar",
                            "price_unit": 100,
                            "tax_ids": self.purchase_tax("vz_kraj_23").ids,
                        }
                    )
                ],
                **values,
            }
        )

    def find(self, **values):
        facts = self.reader._facts(self.document(**values))
        twins = self.reader._find_twins(facts, self.company)
        return twins, twins.filtered(lambda bill: self.reader._is_exact_twin(bill, facts))

    def test_typed_bill_is_found_however_its_reference_was_written(self):
        for reference in ("FV/2026/02/150", "fv/2026/02/150", "FV 2026-2-150"):
            with self.subTest(reference):
                bill = self.typed_bill(ref=reference)
                self.assertEqual(self.find(), (bill, bill))
                bill.unlink()

    def test_near_matches_come_behind_the_exact_one(self):
        other_reference = self.typed_bill(ref="150")
        other_amount = self.typed_bill(invoice_line_ids=[Command.create({"price_unit": 7})])
        exact = self.typed_bill()
        scanned = self.typed_bill(partner_id=False)
        twins, exact_twins = self.find()
        self.assertEqual(exact_twins, exact)
        self.assertEqual(twins[:2], exact + scanned)
        self.assertEqual(set(twins), {exact, scanned, other_amount, other_reference})

    def test_bills_of_others_and_those_with_a_document_are_no_twins(self):
        self.typed_bill(partner_id=self.buyer.id)
        self.typed_bill(ksef_number=number_of())
        self.typed_bill().button_cancel()
        self.typed_bill(ref="inna", invoice_date="2025-11-01")
        self.assertFalse(self.find()[0])

    def test_refund_is_no_twin_of_the_invoice(self):
        self.typed_bill()
        totals = {"P_13_1": "-100", "P_14_1": "-23", "P_15": "-123"}
        self.assertFalse(self.find(totals=totals, kind="KOR")[1])

    def test_tied_bill_has_number_and_document_even_when_posted(self):
        bill = self.typed_bill(ksef_outside_reason="small")
        bill.action_post()
        document = self.document()
        bill = bill.with_user(self.accountant)
        self.reader.with_user(self.accountant)._tie(bill, document, number_of())
        self.assertEqual(bill.ksef_number, number_of())
        self.assertEqual(bill._ksef_document_bytes(), document)
        self.assertEqual(bill.ksef_receipt, "numbered")
        self.assertEqual(str(bill.ksef_received_on), "2026-02-16")
        self.assertTrue(bill.ksef_has_preview)
        self.reader.with_user(self.accountant)._untie(bill)
        self.assertFalse(bill.ksef_number or bill.ksef_document or bill.ksef_has_preview)
        self.assertEqual(bill.amount_total, 123)

    def test_number_of_another_document_is_not_tied(self):
        bill = self.typed_bill()
        with self.assertRaises(UserError):
            self.reader._tie(bill, self.document(), number_of("5260250274"))
        with self.assertRaises(UserError):
            self.reader._tie(bill, self.document(), "FV/1")

    def test_bill_made_beside_a_twin_says_so(self):
        typed = self.typed_bill()
        bill = self.bill()
        self.assertIn("twin", self.doubts(bill))
        self.assertIn(typed.display_name, bill.ksef_review_reasons)


@tagged("post_install", "-at_install")
class TestBillHistory(ReadingCommon):
    """What earlier bills of the vendor were booked on."""

    def test_second_bill_takes_account_tax_and_analytics_of_the_first(self):
        account = self.company_data["default_account_expense"].copy({"code": "402999"})
        service = self.purchase_tax("vz_kraj_usl_23")
        first = self.bill()
        first.invoice_line_ids.write({"account_id": account.id, "tax_ids": [(6, 0, service.ids)]})
        first.with_env(self.env).action_post()
        second = self.bill(self.document(P_2="FV/2"))
        self.assertEqual(second.invoice_line_ids.account_id, account)
        self.assertEqual(second.invoice_line_ids.tax_ids, service)
        self.assertEqual(second.partner_id, first.partner_id)

    def test_known_vendor_is_never_changed(self):
        vendor = self.env["res.partner"].create(
            {"name": "Po swojemu", "is_company": True, "vat": SELLER_NIP, "city": "Gdynia"}
        )
        self.assertEqual(self.bill().partner_id, vendor)
        self.assertEqual((vendor.name, vendor.city), ("Po swojemu", "Gdynia"))

    def test_unknown_vendor_is_made_with_its_address(self):
        vendor = self.bill().partner_id
        self.assertEqual(vendor.vat, f"PL{SELLER_NIP}")
        self.assertEqual((vendor.zip, vendor.city), ("00-002", "Kraków"))
        self.assertEqual(vendor.country_id.code, "PL")

    def test_products_are_found_by_barcode_and_by_the_vendors_own_code(self):
        product = self.product_a
        product.barcode = "5901234123457"
        rows = [{"NrWierszaFa": 1, "P_7": "X", "GTIN": "05901234123457", "P_11": 100, "P_12": "23"}]
        self.assertEqual(self.bill(self.document(rows=rows)).invoice_line_ids.product_id, product)
        vendor = self.reader._find_vendor(SELLER_NIP, self.company)
        self.product_b.seller_ids = [
            Command.create({"partner_id": vendor.id, "product_code": "AB-7"})
        ]
        rows = [{"NrWierszaFa": 1, "P_7": "X", "Indeks": "AB-7", "P_11": 100, "P_12": "23"}]
        second = self.bill(self.document(rows=rows, P_2="FV/2"))
        self.assertEqual(second.invoice_line_ids.product_id, self.product_b)
        self.assertEqual(second.amount_total, 123)

    def test_refund_is_tied_to_the_bill_that_it_corrects(self):
        original = self.bill(ksef_number=number_of())
        original.with_env(self.env).action_post()
        refund = self.bill(
            self.document(
                P_2="FK/1",
                kind="KOR",
                totals={"P_13_1": "-100", "P_14_1": "-23", "P_15": "-123"},
                rows=[],
                DaneFaKorygowanej={
                    "DataWystFaKorygowanej": "2026-02-15",
                    "NrFaKorygowanej": "FV/2026/02/150",
                    "NrKSeF": 1,
                    "NrKSeFFaKorygowanej": number_of(),
                },
            )
        )
        self.assertEqual(refund.reversed_entry_id, original)
