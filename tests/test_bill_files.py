import base64

from odoo.tests import tagged

from .bill_documents import SELLER_NIP, number_of
from .bill_reading_common import ReadingCommon


@tagged("post_install", "-at_install")
class TestBillFiles(ReadingCommon):
    """Documents that are dropped on the journal, mailed to it or put on a bill."""

    def attach(self, document, name="faktura.xml", **values):
        attachments = self.env["ir.attachment"].with_user(self.accountant)
        return attachments.create(
            {"name": name, "raw": document, "mimetype": "application/xml", **values}
        )

    def upload(self, document, name="faktura.xml"):
        journal = self.journal.with_user(self.accountant).with_context(
            default_move_type="in_invoice"
        )
        return journal._create_document_from_attachment(self.attach(document, name).ids)

    def test_dropped_file_becomes_the_bill(self):
        document = self.document()
        bill = self.upload(document)
        self.assertEqual(bill.ref, "FV/2026/02/150")
        self.assertEqual(bill.amount_total, 123)
        self.assertEqual(bill.partner_id.vat, f"PL{SELLER_NIP}")
        self.assertEqual(bill._ksef_document_bytes(), document)
        self.assertEqual(bill.journal_id, self.journal)
        self.assertFalse(bill.ksef_number)

    def test_number_in_the_name_of_the_file_is_taken(self):
        bill = self.upload(self.document(), f"{number_of()}.xml")
        self.assertEqual(bill.ksef_number, number_of())
        self.assertEqual(str(bill.date), "2026-02-16")
        second = self.upload(self.document(P_2="FV/2"), f"{number_of()}.xml")
        self.assertFalse(second.ksef_number)

    def test_dropped_correction_becomes_a_refund(self):
        totals = {"P_13_1": "-100", "P_14_1": "-23", "P_15": "-123"}
        bill = self.upload(self.document(totals=totals, rows=[], kind="KOR"))
        self.assertEqual((bill.move_type, bill.amount_total), ("in_refund", 123))

    def test_file_of_others_leaves_a_draft_with_the_reason(self):
        bill = self.upload(self.document(buyer="5260250274"))
        self.assertFalse(bill.invoice_line_ids)
        messages = " ".join(bill.message_ids.mapped("body"))
        self.assertIn("5260250274", messages)

    def test_mailed_file_becomes_the_bill(self):
        mail = (
            "From: sprzedaz@example.com\nTo: faktury@example.com\nSubject: Faktura\n"
            "Message-Id: <ksef-1@example.com>\nMIME-Version: 1.0\n"
            'Content-Type: multipart/mixed; boundary="cut"\n\n--cut\n'
            "Content-Type: text/plain\n\nW załączeniu faktura.\n--cut\n"
            'Content-Type: application/xml; name="f.xml"\nContent-Transfer-Encoding: base64\n'
            'Content-Disposition: attachment; filename="f.xml"\n\n'
            f"{base64.encodebytes(self.document()).decode()}\n--cut--\n"
        )
        values = {
            "move_type": "in_invoice",
            "journal_id": self.journal.id,
            "company_id": self.company.id,
        }
        move_id = self.env["mail.thread"].message_process("account.move", mail, values)
        bill = self.env["account.move"].browse(move_id)
        self.assertEqual((bill.amount_total, bill.ref), (123, "FV/2026/02/150"))

    def test_document_put_on_its_typed_bill_is_tied_to_it(self):
        bill = self.bill()
        typed = bill.with_env(self.env).copy(
            {"ref": bill.ref, "invoice_date": bill.invoice_date, "partner_id": bill.partner_id.id}
        )
        bill.with_env(self.env).unlink()
        document = self.attach(self.document(), f"{number_of()}.xml")
        typed._extend_with_attachments(typed._to_files_data(document))
        self.assertEqual(typed.ksef_number, number_of())
        self.assertEqual(typed._ksef_document_bytes(), self.document())
        self.assertEqual(len(typed.invoice_line_ids), 1)

    def test_sales_journal_reads_no_bills(self):
        journal = self.company_data["default_journal_sale"].with_context(
            default_move_type="out_invoice"
        )
        move = journal.with_user(self.accountant)._create_document_from_attachment(
            self.attach(self.document()).ids
        )
        self.assertFalse(move.ksef_document_hash)
