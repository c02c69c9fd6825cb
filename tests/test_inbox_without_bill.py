from odoo.tests import tagged

from . import bill_documents
from .common import BUYER_NIP, NIP
from .inbox_common import InboxCommon, make_document


@tagged("post_install", "-at_install")
class TestInboxWithoutBill(InboxCommon):
    """Documents that make no bill: people read why, and what remains to be done."""

    def correction_of_data(self, corrected):
        """A row for a correction of a document of our vendor, whose amounts stay as they were."""
        document = bill_documents.document(
            buyer=NIP,
            seller=BUYER_NIP,
            totals={"P_15": 0},
            kind="KOR",
            P_2="FK/1",
            PrzyczynaKorekty="błędny adres",
            DaneFaKorygowanej={
                "DataWystFaKorygowanej": "2026-02-15",
                "NrFaKorygowanej": "FV/1",
                "NrKSeF": 1,
                "NrKSeFFaKorygowanej": corrected,
            },
        )
        return self.deposited(document, invoiceNumber="FK/1")

    def deposited(self, document, **values):
        self.let_time_pass()
        [number] = self.simulator.deposit(document, buyerNip=NIP, sellerNip=BUYER_NIP, **values)
        self.fetch_again()
        return self.inbox().filtered(lambda row: row.ksef_number == number)

    def make_bills(self, rows):
        """The message that the button shows, and the action that follows."""
        action = self.as_accountant(rows).with_context(lang="en_US").action_make_bills()
        self.assertEqual(action["tag"], "display_notification")
        return action["params"]["message"], action["params"]["next"]

    def test_correction_of_data_is_done_when_its_bill_keeps_it(self):
        original = self.received("FV/1")
        self.as_accountant(original).action_make_bills()
        row = self.correction_of_data(original.ksef_number)
        message, _next = self.make_bills(row)
        self.assertIn("changes no amount", message)
        self.assertIn("FV/1", message)
        self.assertEqual((row.state, row.bill_id), ("booked", self.env["account.move"]))
        self.assertIn("błędny adres", original.bill_id.message_ids[0].body)
        self.as_accountant(row).action_reopen()
        self.assertEqual((row.state, row.reason), ("new", False))

    def test_correction_of_an_unknown_bill_waits_with_the_reason(self):
        row = self.correction_of_data(bill_documents.number_of(BUYER_NIP))
        self.make_bills(row)
        self.assertEqual(row.state, "new")
        self.assertIn("changes no amount", row.reason)

    def test_bills_of_the_others_are_made_and_shown(self):
        good, bad = self.received("FV/1"), self.deposited(b"<broken", invoiceNumber="D/9")
        message, following = self.make_bills(good + bad)
        self.assertIn("not well-formed", message)
        self.assertIn("D/9", message)
        self.assertEqual(following["res_id"], good.bill_id.id)
        self.assertEqual((good.state, bad.state), ("booked", "new"))

    def test_document_of_others_says_whose_it_is(self):
        row = self.deposited(make_document(buyer="5260250274"))
        self.make_bills(row)
        self.assertIn("5260250274", row.reason)
