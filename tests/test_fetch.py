import base64
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from ..ksef.bill.facts import MAX_BYTES
from ..ksef.crypto import hash_base64
from ..models.inbox.fetch import MOST_FAILURES
from .common import OTHER_NIP
from .inbox_common import HOSTILE, VENDOR_NIP, InboxCommon, make_document

# Files that nobody can read, and what their reason says
BAD_FILES = {
    "doctype": (HOSTILE, "DOCTYPE"),
    "deep": (b"<a>" * 5000, "not well-formed"),
    "encoding": ('<?xml version="1.0"?><a>\u017c</a>'.encode("cp1250"), "not well-formed"),
    "text": (b"Faktura VAT 1/2026", "not well-formed"),
    "empty": (b"", "empty"),
    "root": (b"<Faktura/>", "none of the documents"),
    "large": (b"<a>" + b"x" * (MAX_BYTES + 1) + b"</a>", "larger than any document"),
}
# A list with an entry of which not even the number can be read
NAMELESS = '{"hasMore": false, "isTruncated": false, "invoices": [{}]}'


@tagged("post_install", "-at_install")
class TestFetch(InboxCommon):
    def test_button_of_the_journal_brings_documents_byte_for_byte(self):
        document = make_document()
        [number] = self.simulator.deposit(document)
        journal = self.company_data["default_journal_purchase"].with_user(self.accountant)
        self.assertTrue(journal.show_fetch_in_einvoices_button)
        journal.button_fetch_in_einvoices()
        self.run_queue()
        row = self.inbox()
        self.assertEqual((row.ksef_number, row.state, row.role), (number, "new", "Subject2"))
        self.assertEqual(base64.b64decode(row.document), document)
        self.assertEqual(row.document_hash, hash_base64(document))
        self.assertEqual((row.seller_nip, row.partner_id), (VENDOR_NIP, self.buyer))
        self.assertEqual((row.document_number, row.kind, row.form), ("FV/1", "VAT", "FA (3)"))
        amounts = (row.net_amount, row.vat_amount, row.gross_amount)
        self.assertEqual(amounts, (209.99, 48.30, 258.29))
        self.assertFalse(row.fault)

    def test_reading_on_brings_only_what_is_new(self):
        self.simulator.deposit(make_document("FV/1"))
        self.fetch()
        self.let_time_pass()
        self.simulator.deposit(make_document("FV/2"))
        rows = self.fetch_again()
        self.assertEqual(sorted(rows.mapped("document_number")), ["FV/1", "FV/2"])

    def test_truncated_packages_are_read_to_the_end(self):
        for i in range(7):
            at = fields.Datetime.now() - timedelta(minutes=30 - i)
            self.simulator.deposit(make_document(f"FV/{i}"), storedAt=f"{at.isoformat()}+00:00")
        self.simulator.fault("record-limit", "export", times=None, limit=3)
        rows = self.fetch()
        self.assertEqual(len(rows), 7)
        self.assertEqual(set(self.cursors().mapped("state")), {"idle"})

    def test_years_are_fetched_in_several_runs(self):
        old = fields.Datetime.now() - timedelta(days=250)
        self.simulator.deposit(make_document("FV/old"), storedAt=f"{old.isoformat()}+00:00")
        self.simulator.deposit(make_document("FV/new"))
        self.company.ksef_fetch_from = old.date() - timedelta(days=10)
        rows = self.fetch()
        self.assertEqual(len(rows), 2)
        self.assertEqual(self.count_requests("export"), 3 * 3)

    def test_each_role_has_a_cursor_of_its_own(self):
        self.fetch()
        roles = set(self.cursors().mapped("role"))
        self.assertEqual(roles, {"Subject2", "Subject3", "SubjectAuthorized"})

    def test_cron_fetches_at_the_interval_of_the_company(self):
        self.company.write({"ksef_fetch_policy": "interval", "ksef_fetch_interval": 30})
        self.run_queue()
        buyer, third = self.cursor(), self.cursor("Subject3")
        now = fields.Datetime.now()
        self.assertAlmostEqual(
            buyer.retry_at, now + timedelta(minutes=30), delta=timedelta(minutes=4)
        )
        self.assertGreater(third.retry_at, now + timedelta(hours=23))

    def test_interval_is_not_shorter_than_ksef_wants(self):
        with self.assertRaises(ValidationError):
            self.company.ksef_fetch_interval = 14

    def test_rate_limit_is_waited_for(self):
        self.simulator.deposit(make_document())
        self.simulator.fault("rate-limit", "export", retry_after=90)
        self.assertEqual(len(self.fetch()), 1)

    def test_second_company_sees_nothing(self):
        self.connect(self.other_company)
        self.simulator.deposit(make_document("FV/ours"))
        self.simulator.deposit(make_document("FV/theirs", buyer=OTHER_NIP))
        ours, theirs = self.fetch(), self.fetch(self.other_company)
        self.assertEqual(ours.document_number, "FV/ours")
        self.assertEqual(theirs.document_number, "FV/theirs")
        self.assertEqual(self.env["ksef.inbox"].with_user(self.accountant).search([]), ours)
        with self.assertRaises(AccessError):
            theirs.with_user(self.accountant).read(["ksef_number"])


@tagged("post_install", "-at_install")
class TestFetchRoles(InboxCommon):
    def test_third_party_gets_documents_of_its_role(self):
        third = (
            "<Podmiot3><DaneIdentyfikacyjne><NIP>1234563218</NIP><Nazwa>Odbiorca</Nazwa>"
            "</DaneIdentyfikacyjne><Rola>2</Rola></Podmiot3><Fa>"
        )
        document = make_document(buyer=OTHER_NIP).decode().replace("<Fa>", third, 1)
        self.simulator.deposit(document.encode())
        row = self.fetch()
        self.assertEqual((row.role, row.fault), ("Subject3", False))

    def test_nothing_new_is_no_failure(self):
        self.fetch()
        self.simulator.delays(hwm_lag_seconds=3600)
        self.fetch_again()
        self.assertEqual((self.cursor().state, self.cursor().failure_kind), ("idle", False))

    def test_earlier_first_day_fetches_once_more_without_twins(self):
        self.received("FV/1")
        self.company.ksef_fetch_from = fields.Date.today() - timedelta(days=20)
        self.assertEqual(len(self.fetch_again()), 1)

    def test_list_goes_on_after_a_crash(self):
        self.simulator.deposit(make_document("FV/1"), make_document("FV/2"))
        self.company._ksef_fetch_now()
        self.cursor().write({"state": "listing", "connection": 999999, "retry_at": False})
        self.run_queue()
        self.assertEqual(set(self.inbox().mapped("fault")), {False})
        self.assertEqual(len(self.inbox()), 2)
        self.assertEqual(self.cursor().state, "idle")

    def test_limit_of_downloads_is_waited_for(self):
        self.simulator.deposit(make_document("FV/1"), make_document("FV/2"))
        self.company._ksef_fetch_now()
        self.cursor().write({"state": "listing"})
        self.simulator.fault("rate-limit", "download", retry_after=30)
        self.run_queue()
        self.assertEqual(set(self.inbox().mapped("fault")), {False})


@tagged("post_install", "-at_install")
class TestFetchFaults(InboxCommon):
    def test_bad_documents_become_rows_with_a_reason_and_the_others_go_on(self):
        for name, (content, _reason) in BAD_FILES.items():
            self.simulator.deposit(
                content, buyerNip="1234563218", sellerNip=VENDOR_NIP, invoiceNumber=name
            )
        self.simulator.deposit(make_document("good"))
        rows = {row.document_number: row.with_context(lang="en_US") for row in self.fetch()}
        self.assertFalse(rows.pop("good").fault)
        self.assertEqual(rows.keys(), BAD_FILES.keys())
        for name, (content, reason) in BAD_FILES.items():
            with self.subTest(name):
                self.assertEqual(rows[name].fault, "unreadable")
                self.assertEqual(rows[name]._document_bytes(), content)
                self.assertIn(reason, rows[name].fault_reason)

    def test_reason_is_told_without_reading_the_file_again(self):
        self.simulator.deposit(HOSTILE, buyerNip="1234563218", sellerNip=VENDOR_NIP)
        row = self.fetch().with_context(lang="en_US")
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertIn("DOCTYPE", row.fault_reason)
        self.assertFalse(self.files_in_memory())

    def test_document_of_others_is_told_apart(self):
        document = make_document(buyer=OTHER_NIP)
        self.simulator.deposit(document, buyerNip="1234563218", sellerNip=VENDOR_NIP)
        self.assertEqual(self.fetch().fault, "misaddressed")

    def test_number_of_somebody_else_is_told(self):
        self.simulator.deposit(make_document(), buyerNip="1234563218", sellerNip=OTHER_NIP)
        self.assertEqual(self.fetch().fault, "number")

    def test_file_with_another_hash_than_announced_is_told(self):
        self.simulator.deposit(make_document(), announcedHash=hash_base64(b"another"))
        self.assertEqual(self.fetch().fault, "hash")

    def test_gap_in_a_package_is_found_and_filled(self):
        self.simulator.deposit(make_document("FV/1"), make_document("FV/2"))
        self.simulator.fault("lost-files", "export", count=1)
        rows = self.fetch()
        self.assertEqual(len(rows), 2)
        self.assertEqual(set(rows.mapped("fault")), {False})
        self.assertEqual(self.count_requests("download"), 1)

    def test_broken_packages_lead_to_the_list(self):
        self.simulator.deposit(make_document("FV/1"), make_document("FV/2"))
        self.simulator.fault("truncated-answer", "export-link", times=None)
        self.company._ksef_fetch_now()
        for _attempt in range(MOST_FAILURES + 1):
            self.run_queue(minutes=20)
        rows = self.inbox()
        self.assertEqual(len(rows), 2)
        self.assertEqual(set(rows.mapped("fault")), {False})
        self.assertGreaterEqual(self.count_requests("query"), 1)

    def test_entry_that_cannot_be_read_stops_no_package(self):
        self.simulator.deposit(make_document("FV/1"), make_document("FV/2"))
        self.simulator.deposit(make_document("FV/3"), announcedHash=5)
        rows = self.fetch()
        self.assertEqual(
            sorted(rows.mapped("document_number")),
            ["FV/1", "FV/2", "FV/3"],
        )
        self.assertEqual(set(rows.mapped("fault")), {False})
        self.assertEqual(set(self.cursors().mapped("package_failures")), {0})
        self.assertEqual(self.count_requests("query"), 0)

    def test_entry_that_cannot_be_read_stops_no_list(self):
        self.simulator.deposit(make_document("FV/1"))
        self.simulator.deposit(make_document("FV/2"), announcedHash=5)
        self.company._ksef_fetch_now()
        self.cursor().write({"state": "listing"})
        self.run_queue()
        rows = self.inbox()
        self.assertEqual(sorted(rows.mapped("document_number")), ["FV/1", "FV/2"])
        self.assertEqual(set(rows.mapped("fault")), {False})

    def test_package_is_tried_again_after_a_list_that_cannot_be_read(self):
        self.simulator.deposit(make_document("FV/1"))
        self.simulator.fault("replaced-answer", "query", times=None, content=NAMELESS)
        self.company._ksef_fetch_now()
        self.cursor().write({"package_failures": MOST_FAILURES})
        self.run_queue(minutes=30)
        self.assertEqual(self.count_requests("query"), 2)
        self.assertEqual(self.inbox().document_number, "FV/1")
        self.assertEqual((self.cursor().state, self.cursor().package_failures), ("idle", 0))

    def collect_through(self, times):
        """Fetch two documents one by one, of which so many answers are not the file."""
        self.simulator.deposit(make_document("FV/1"), make_document("FV/2"))
        self.company._ksef_fetch_now()
        self.cursor().write({"state": "listing"})
        self.simulator.fault("wrong-hash", "download", times=times)
        self.run_queue(minutes=60)
        return self.inbox()

    def test_file_that_came_wrong_is_fetched_once_more(self):
        rows = self.collect_through(times=1)
        self.assertEqual(set(rows.mapped("fault")), {False})
        self.assertEqual(sorted(rows.mapped("download_failures")), [0, 1])

    def test_file_that_never_comes_right_holds_nobody_up(self):
        rows = self.collect_through(times=None)
        self.assertEqual(set(rows.mapped("fault")), {"refused"})
        self.assertEqual(self.cursor().state, "idle")

    def test_lost_order_is_given_again(self):
        self.simulator.deposit(make_document())
        self.simulator.fault("lost-answer", "export")
        self.assertEqual(len(self.fetch()), 1)

    def test_process_that_died_while_reading_is_succeeded(self):
        self.simulator.deposit(make_document())
        self.fetch()
        self.let_time_pass()
        self.simulator.deposit(make_document("FV/2"))
        self.cursors().write({"looked_at": False})
        self.simulator.fault("slow-verdict", "export", polls=2)
        self.company._ksef_fetch_now()
        self.run_queue(minutes=0.01)
        cursor = self.cursor()
        self.assertEqual(cursor.state, "ordered")
        cursor.write({"state": "reading", "connection": 999999, "retry_at": False})
        self.run_queue()
        self.assertEqual(cursor.state, "idle")
        self.assertEqual(len(self.inbox()), 2)

    def test_missing_permission_is_told_and_not_insisted_on(self):
        self.connect(permissions=("InvoiceWrite",))
        self.fetch()
        self.assertEqual(self.cursor().failure_kind, "refused")
        self.assertFalse(self.cursor().retry_at)
        self.assertIn("permission", self.cursor().explanation)

    def test_keys_of_packages_are_forgotten_and_kept_from_accountants(self):
        self.simulator.deposit(make_document())
        self.fetch()
        self.assertFalse(any(self.cursors().mapped("encryption_key")))
        with self.assertRaises(AccessError):
            self.cursor().with_user(self.accountant).read(["encryption_key"])

    def test_drawn_steps_are_the_only_ones(self):
        self.fetch()
        self.cursor()._move_to("collecting")
        with self.assertRaises(ValueError):
            self.cursor()._move_to("ordered")
