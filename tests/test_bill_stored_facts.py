import base64

from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..models.bill.stored_facts import FACTS
from .bill_documents import number_of
from .bill_reading_common import ReadingCommon
from .inbox_common import InboxCommon

FORGED = base64.b64encode(b"<forged/>").decode()
VALUES = {
    "ksef_document": FORGED,
    "ksef_document_hash": "x",
    "ksef_received_on": "2026-01-01",
    "ksef_remarks": [],
    "ksef_is_to_review": False,
}


@tagged("post_install", "-at_install")
class TestStoredFacts(ReadingCommon):
    """What an accountant can do by RPC to what KSeF handed out: nothing."""

    def setUp(self):
        super().setUp()
        self.stored = self.bill(ksef_number=number_of()).with_user(self.accountant)

    def document_file(self):
        return self.env["ir.attachment"].search(
            [
                ("res_model", "=", "account.move"),
                ("res_id", "=", self.stored.id),
                ("res_field", "=", "ksef_document"),
            ]
        )

    def test_no_fact_is_written(self):
        self.assertEqual(VALUES.keys(), FACTS)
        for name, value in VALUES.items():
            with self.subTest(name), self.assertRaises(AccessError):
                self.stored.write({name: value})

    def test_no_fact_is_brought_along_by_a_new_bill(self):
        moves = self.env["account.move"].with_user(self.accountant)
        for name, value in VALUES.items():
            with self.subTest(name):
                with self.assertRaises(AccessError):
                    moves.create({"move_type": "in_invoice", name: value})
                with self.assertRaises(AccessError):
                    moves.with_context(**{f"default_{name}": value}).create(
                        {"move_type": "in_invoice"}
                    )

    def test_file_is_not_changed_past_the_bill(self):
        file = self.document_file().with_user(self.accountant)
        self.assertEqual(file.raw, self.stored._ksef_document_bytes())
        with self.assertRaises(AccessError):
            file.write({"raw": b"<forged/>"})
        with self.assertRaises(AccessError):
            file.unlink()

    def test_file_is_not_put_beside_that_of_the_bill(self):
        values = {
            "name": "ksef_document",
            "raw": b"<forged/>",
            "res_model": "account.move",
            "res_id": self.stored.id,
        }
        attachments = self.env["ir.attachment"].with_user(self.accountant)
        with self.assertRaises(AccessError):
            attachments.create({**values, "res_field": "ksef_document"})
        with self.assertRaises(AccessError):
            attachments.create(values).write({"res_field": "ksef_document"})

    def test_files_of_people_stay_theirs(self):
        attachments = self.env["ir.attachment"].with_user(self.accountant)
        file = attachments.create(
            {"name": "a.txt", "raw": b"a", "res_model": "account.move", "res_id": self.stored.id}
        )
        file.raw = b"b"
        file.unlink()

    def test_settled_doubts_have_a_name(self):
        self.stored.sudo().ksef_is_to_review = True
        self.stored.action_ksef_reviewed()
        self.assertFalse(self.stored.ksef_is_to_review)
        message = self.stored.message_ids[0]
        self.assertIn("Checked", message.body)
        self.assertEqual(message.author_id, self.accountant.partner_id)

    def test_typed_number_tells_the_day_of_receipt(self):
        bill = self.stored.copy()
        self.assertFalse(bill.ksef_received_on)
        bill.ksef_number = number_of(day="20260305", part="010000000009")
        self.assertEqual(str(bill.ksef_received_on), "2026-03-05")


@tagged("post_install", "-at_install")
class TestTiedNumber(InboxCommon):
    def test_number_of_a_tied_bill_is_changed_by_untying_only(self):
        row = self.received("FV/1")
        self.as_accountant(row).action_make_bills()
        bill = self.as_accountant(row.bill_id)
        self.assertTrue(bill.ksef_is_tied)
        for number in (False, number_of()):
            with self.assertRaises(AccessError):
                bill.ksef_number = number
        bill.ksef_number = row.ksef_number
        self.as_accountant(row).action_untie()
        self.assertFalse(bill.ksef_is_tied or bill.ksef_number)
        bill.ksef_number = number_of()
