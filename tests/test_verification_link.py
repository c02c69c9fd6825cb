from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import Form, tagged

from ..ksef.crypto import hash_base64
from ..ksef.links import url_safe
from .inbox_common import VENDOR_NIP, InboxCommon, make_document


@tagged("post_install", "-at_install")
class TestVerificationLink(InboxCommon):
    """The link behind the code of an invoice, in the place of the number."""

    def link_to(self, document):
        day = fields.Date.today().strftime("%d-%m-%Y")
        digest = url_safe(hash_base64(document))
        return f"https://qr-test.ksef.mf.gov.pl/invoice/{VENDOR_NIP}/{day}/{digest}"

    def form(self):
        return Form(self.typed_bill("paper").with_user(self.accountant))

    def test_link_to_a_document_in_the_inbox_gives_its_number(self):
        row = self.received("FV/1")
        bill = self.typed_bill("paper").with_user(self.accountant)
        bill.ksef_number = self.link_to(make_document("FV/1"))
        self.assertEqual(bill.ksef_number, row.ksef_number)

    def test_inbox_of_another_company_tells_nothing(self):
        self.received("FV/1")
        bill = self.typed_bill("paper")
        bill.company_id.ksef_is_enabled = False
        self.inbox().write({"company_id": self.other_company.id})
        with self.assertRaises(ValidationError):
            bill.with_user(self.accountant).ksef_number = self.link_to(make_document("FV/1"))

    def test_ksef_is_asked_for_what_is_not_in_the_inbox(self):
        self.fetch()
        self.let_time_pass()
        [_other, number] = self.simulator.deposit(make_document("FV/1"), make_document("FV/2"))
        form = self.form()
        form.ksef_number = self.link_to(make_document("FV/2"))
        self.assertEqual(form.ksef_number, number)
        self.assertEqual(form.save().ksef_number, number)
        self.assertFalse(self.inbox())

    def test_link_that_nobody_knows_says_what_to_do(self):
        self.fetch()
        with self.assertLogs("odoo.tests.form.onchange", "WARNING") as logs:
            form = self.form()
            form.ksef_number = self.link_to(b"unknown")
        self.assertIn(VENDOR_NIP, logs.output[0])
        self.assertIn("under the code", logs.output[0])
        with self.assertRaisesRegex(ValidationError, "paste the link again"):
            form.save()

    def test_ksef_that_does_not_answer_is_told(self):
        self.fetch()
        self.simulator.fault("server-error", "query", times=None, status=503)
        with self.assertLogs("odoo.tests.form.onchange", "WARNING") as logs:
            form = self.form()
            form.ksef_number = self.link_to(b"unknown")
        self.assertIn("KSeF", logs.output[0].rpartition("code on the invoice.")[2])


@tagged("post_install", "-at_install")
class TestWaitingDocument(InboxCommon):
    """A bill and its document in the inbox, whichever of them came first."""

    def upload(self, document, name="faktura.xml"):
        attachment = self.env["ir.attachment"].with_user(self.accountant)
        attachment = attachment.create(
            {"name": name, "raw": document, "mimetype": "application/xml"}
        )
        journal = self.company_data["default_journal_purchase"].with_user(self.accountant)
        return journal.with_context(
            default_move_type="in_invoice"
        )._create_document_from_attachment(attachment.ids)

    def test_file_uploaded_before_its_document_came_is_tied(self):
        bill = self.upload(make_document("FV/1"))
        row = self.received("FV/1")
        self.assertEqual((row.state, row.bill_id), ("booked", bill))
        self.assertEqual(bill.ksef_number, row.ksef_number)

    def test_file_uploaded_after_its_document_came_is_tied_by_one_click(self):
        row = self.received("FV/1")
        bill = self.upload(make_document("FV/1"))
        self.assertEqual(bill.ksef_waiting_document, row.display_name)
        bill.action_ksef_tie_waiting()
        self.assertEqual((row.state, row.bill_id), ("booked", bill))
        self.assertEqual(bill.ksef_number, row.ksef_number)
        self.assertFalse(bill.ksef_waiting_document)

    def test_typed_bill_is_offered_the_document_that_waits_for_it(self):
        row = self.received("FV/1")
        bill = self.typed_bill("fv 1").with_user(self.accountant)
        self.assertEqual(bill.ksef_waiting_document, row.display_name)
        bill.action_ksef_tie_waiting()
        self.assertEqual(row.bill_id, bill)

    def test_other_bills_are_offered_nothing(self):
        self.received("FV/1")
        self.assertFalse(self.typed_bill("FV/2").ksef_waiting_document)
        self.assertFalse(self.typed_bill("FV/1", price=1).ksef_waiting_document)

    def test_only_documents_over_the_amount_of_the_bill_are_looked_at(self):
        others = [make_document(f"FV/{i}", gross=f"{i}.00") for i in range(2, 5)]
        self.simulator.deposit(*others)
        row = self.received("FV/1")
        bill = self.typed_bill("FV/1")
        self.assertEqual(len(self.inbox()), 4)
        self.assertEqual(bill._ksef_candidates(), row)
        self.assertEqual(bill.ksef_waiting_document, row.display_name)

    def test_only_the_file_with_the_reference_of_the_bill_is_read(self):
        self.simulator.deposit(*(make_document(f"FV/{i}") for i in range(2, 5)))
        row = self.received("FV/1")
        bill = self.typed_bill("FV/1")
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(bill._ksef_candidates(), self.inbox())
        self.assertEqual(bill.ksef_waiting_document, row.display_name)
        self.assertEqual(self.files_in_memory(), set(row.ids))

    def test_refund_is_offered_the_correction_that_waits_for_it(self):
        self.let_time_pass()
        self.simulator.deposit(make_document("FV/1"), make_document("KOR/1", gross="-258.29"))
        rows = self.fetch_again()
        refund = self.typed_bill("KOR/1")
        refund.move_type = "in_refund"
        self.assertEqual(
            refund.ksef_waiting_document,
            rows.filtered(lambda row: row.document_number == "KOR/1").display_name,
        )

    def test_number_of_queries_does_not_grow_with_the_bills(self):
        self.received("FV/1")
        bills = self.env["account.move"].union(*map(self.typed_bill, ("FV/1", "FV/2", "FV/3")))
        self._queries(bills[0])  # fill the caches of access rules
        self.assertEqual(self._queries(bills[:1]), self._queries(bills))

    def _queries(self, bills):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        bills.mapped("ksef_waiting_document")
        return self.env.cr.sql_log_count - before

    def test_file_of_a_document_that_is_booked_names_its_bill(self):
        row = self.received("FV/1")
        self.as_accountant(row).action_make_bills()
        again = self.upload(make_document("FV/1"))
        self.assertIn("twin", [remark[0] for remark in again.ksef_remarks])
        self.assertIn(row.bill_id.display_name, again.ksef_review_reasons)
