import base64
import hashlib
from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..ksef import number
from .common import KsefCommon


@tagged("post_install", "-at_install")
class TestSending(KsefCommon):
    def setUp(self):
        super().setUp()
        self.connect()

    def test_posted_invoice_gets_its_number_and_its_receipt(self):
        invoice = self.post_invoice()
        self.assertEqual(invoice.ksef_state, "to_send")
        self.send(invoice)
        row = invoice.ksef_submission_ids
        self.assertEqual((invoice.ksef_state, row.state), ("accepted", "accepted"))
        self.assertTrue(number.is_valid(invoice.ksef_number))
        self.assertEqual(invoice.ksef_mode, "online")
        upo = base64.b64decode(row.upo)
        self.assertIn(invoice.ksef_number.encode(), upo)
        self.assertEqual(base64.b64encode(hashlib.sha256(upo).digest()).decode(), row.upo_hash)

    def test_ksef_holds_the_very_bytes_that_were_stored(self):
        invoice = self.post_invoice()
        self.send(invoice)
        row = invoice.ksef_submission_ids
        self.assertEqual(self.simulator.document(row.document_hash), base64.b64decode(row.document))

    def test_several_invoices_share_one_login_and_one_session(self):
        invoices = self.post_invoice() | self.post_invoice() | self.post_invoice()
        self.send(invoices)
        self.assertEqual(set(invoices.mapped("ksef_state")), {"accepted"})
        self.assertEqual(len(invoices.ksef_submission_ids.session_id), 1)
        self.assertEqual(self.count_requests("redeem"), 1)
        self.assertEqual(self.count_requests("open"), 1)

    def test_second_click_does_nothing(self):
        invoice = self.post_invoice()
        invoice.with_user(self.accountant).action_ksef_send()
        invoice.with_user(self.accountant).action_ksef_send()
        self.run_queue()
        invoice.with_user(self.accountant).action_ksef_send()
        self.run_queue()
        self.assertEqual(len(invoice.ksef_submission_ids), 1)
        self.assertEqual(len(self.simulator.documents()), 1)

    def test_idle_session_is_closed(self):
        invoice = self.post_invoice()
        invoice.with_user(self.accountant).action_ksef_send()
        self.run_queue(minutes=14)
        session = invoice.ksef_submission_ids.session_id
        self.assertEqual(session.state, "closed")
        self.assertFalse(session.encryption_key)

    def test_second_company_logs_in_with_its_own_token(self):
        self.connect(self.other_company)
        ours, theirs = self.post_invoice(), self.post_invoice(self.other_company)
        (ours | theirs).action_ksef_send()
        self.run_queue()
        for invoice in ours, theirs:
            self.assertEqual(invoice.ksef_state, "accepted")
            nip = invoice.company_id._ksef_nip()
            self.assertTrue(invoice.ksef_number.startswith(nip))
        self.assertNotEqual(
            ours.ksef_submission_ids.session_id, theirs.ksef_submission_ids.session_id
        )

    def test_trouble_of_one_company_does_not_stop_the_other(self):
        self.connect(self.other_company, status="Revoked")
        ours, theirs = self.post_invoice(), self.post_invoice(self.other_company)
        (ours | theirs).action_ksef_send()
        self.run_queue()
        self.assertEqual(ours.ksef_state, "accepted")
        self.assertEqual(theirs.ksef_state, "error")

    def test_draft_is_left_alone(self):
        draft = self._create_invoice(partner_id=self.buyer)
        draft.with_user(self.accountant).action_ksef_send()
        self.assertFalse(draft.ksef_submission_ids)

    def test_invoice_dated_before_the_start_is_not_expected_but_may_be_sent(self):
        self.company.ksef_start_on = fields.Date.add(fields.Date.today(), days=1)
        invoice = self.post_invoice()
        self.assertFalse(invoice.ksef_state)
        self.send(invoice)
        self.assertEqual(invoice.ksef_state, "accepted")

    def test_switching_the_integration_on_leaves_old_invoices_alone(self):
        self.company.ksef_is_enabled = False
        invoice = self.post_invoice()
        self.company.ksef_is_enabled = True
        self.env.flush_all()
        invoice.invalidate_recordset()
        self.assertFalse(invoice.ksef_state)

    def test_problem_found_before_sending_stops_all_of_them(self):
        good, bad = self.post_invoice(), self.without_rate_code(self.post_invoice())
        with self.assertRaises(UserError):
            (good | bad).with_user(self.accountant).action_ksef_send()
        self.assertFalse((good | bad).ksef_submission_ids)

    def test_no_secret_is_readable_by_the_accountant(self):
        invoice = self.post_invoice()
        self.send(invoice)
        session = invoice.ksef_submission_ids.session_id.with_user(self.accountant)
        company = self.company.with_user(self.accountant)
        names = [name for name in company.fields_get() if name.startswith("ksef_")]
        readable = str(session.read()) + str(company.read(names))
        secret = self.env["ksef.login"].search([], limit=1).access_token
        for word in (secret, self.company.ksef_token, session.sudo().encryption_key):
            self.assertTrue(word)
            self.assertNotIn(word, readable)

    def count_requests(self, operation):
        return sum(r["operation"] == operation for r in self.simulator.requests())


@tagged("post_install", "-at_install")
class TestFailures(KsefCommon):
    def setUp(self):
        super().setUp()
        self.connect()
        self.invoice = self.post_invoice()

    @property
    def row(self):
        return self.invoice.ksef_submission_ids[:1]

    def assert_exactly_one_document(self):
        self.assertEqual(self.invoice.ksef_state, "accepted")
        [document] = self.simulator.documents()
        self.assertEqual(document["ksefNumber"], self.invoice.ksef_number)

    def test_lost_answer_to_the_send_makes_no_second_document(self):
        self.simulator.fault("lost-answer", "send")
        self.send(self.invoice)
        self.assert_exactly_one_document()

    def test_timeout_leaves_submission_unknown_until_ksef_was_asked(self):
        self.simulator.fault("lost-answer", "send")
        self.simulator.fault("server-error", "invoice-list", times=3)
        self.invoice.action_ksef_send()
        self.run_queue(minutes=0.05)
        self.assertEqual(self.row.state, "unknown")
        self.assertEqual(self.invoice.ksef_state, "sending")
        self.run_queue()
        self.assert_exactly_one_document()

    def test_lost_answers_everywhere_are_survived(self):
        for operation in (
            "challenge",
            "ksef-token",
            "redeem",
            "open",
            "send",
            "invoice-status",
            "upo",
        ):
            self.simulator.fault("lost-answer", operation)
        self.send(self.invoice)
        self.assert_exactly_one_document()
        self.assertTrue(self.row.upo)

    def test_error_of_the_server_before_it_took_the_invoice_is_repeated(self):
        self.simulator.fault("server-error", "send")
        self.send(self.invoice)
        self.assert_exactly_one_document()

    def test_document_that_ksef_fails_on_again_and_again_is_sent_ever_more_rarely(self):
        waits = []
        self.simulator.delays(processing_polls=0)
        for _time in range(3):
            self.simulator.fault("verdict", "send", code=550)
        self.invoice.action_ksef_send()
        for _time in range(3):
            self.run_queue(minutes=0.05)
            waits.append((self.row.retry_at - self.row.state_changed_at).total_seconds())
            self.row.retry_at = fields.Datetime.now()
        self.assertEqual(waits, [4, 8, 15])
        self.run_queue()
        self.assertEqual(self.row.sendings, 4)
        [accepted] = self.accepted_documents()
        self.assertEqual(accepted["ksefNumber"], self.invoice.ksef_number)

    def test_crash_after_the_intent_is_resolved_by_asking(self):
        self.simulator.fault("lost-answer", "send")
        self.simulator.fault("server-error", "invoice-list")
        self.invoice.action_ksef_send()
        self.run_queue(minutes=0.05)
        now = fields.Datetime.now()
        self.row.write({"state": "sending", "retry_at": now, "invoice_reference": False})
        self.run_queue()
        self.assert_exactly_one_document()

    def test_too_many_requests_waits_as_long_as_ksef_says(self):
        begun = fields.Datetime.now()
        self.simulator.fault("rate-limit", "send", retry_after=40)
        self.invoice.action_ksef_send()
        self.run_queue(minutes=0.2)
        self.assertEqual(self.row.state, "queued")
        self.assertGreater(self.row.retry_at, begun + timedelta(seconds=40))
        self.run_queue()
        self.assert_exactly_one_document()

    def test_slow_verdict_is_awaited(self):
        self.simulator.delays(processing_polls=6)
        self.send(self.invoice)
        self.assert_exactly_one_document()

    def test_simulator_that_is_down_loses_nothing(self):
        url = self.company.ksef_local_url
        self.company.ksef_local_url = "http://127.0.0.1:9"
        self.send(self.invoice)
        self.assertEqual((self.row.state, self.invoice.ksef_state), ("queued", "sending"))
        self.assertIn("KSeF does not answer", self.invoice.ksef_explanation)
        self.company.ksef_local_url = url
        self.run_queue()
        self.assert_exactly_one_document()

    def test_refused_document_says_why_and_can_be_sent_again(self):
        self.simulator.shift_clock(-2 * 24 * 3600)  # for KSeF the invoice is from the future
        self.company.ksef_token = self.simulator.token(self.company._ksef_nip())
        self.send(self.invoice)
        self.assertEqual(self.invoice.ksef_state, "rejected")
        self.assertEqual(self.row.failure_code, 450)
        self.assertIn("Correct what the details name", self.invoice.ksef_explanation)
        self.assertTrue(self.row.failure_details)
        self.simulator.reset_clock()
        self.company.ksef_token = self.simulator.token(self.company._ksef_nip())
        self.send(self.invoice)
        self.assertEqual(self.invoice.ksef_state, "accepted")
        self.assertEqual(len(self.invoice.ksef_submission_ids), 2)

    def test_duplicate_of_our_own_bytes_is_adopted(self):
        self.send(self.invoice)
        first = self.row
        # As if the database had been restored from before the answer came
        first.write({"state": "rejected", "ksef_number": False})
        self.invoice.ksef_number = False
        self.env.flush_all()
        twin = first.copy(
            {
                "move_id": self.invoice.id,
                "state": "queued",
                "document": first.document,
                "document_hash": first.document_hash,
                "retry_at": fields.Datetime.now(),
            }
        )
        self.run_queue()
        self.assertEqual(twin.state, "accepted")
        self.assertTrue(twin.upo)
        [accepted] = self.accepted_documents()
        self.assertEqual(twin.ksef_number, accepted["ksefNumber"])

    def ask_for_receipt_again(self, **values):
        """Have the receipt fetched once more, in a minute, for what is left of its origin."""
        in_a_minute = fields.Datetime.now() + timedelta(minutes=1)
        self.row.write({"session_id": False, "upo": False, "upo_hash": False, **values})
        self.row.retry_at = in_a_minute
        self.run_queue()

    def test_receipt_is_looked_for_where_ksef_named_a_wrong_session(self):
        self.send(self.invoice)
        upo = self.row.upo
        self.ask_for_receipt_again(session_reference="20261123-SO-0000000000-0000000000-00")
        self.assertEqual(self.row.upo, upo)

    def test_receipt_that_no_session_has_is_not_promised(self):
        self.send(self.invoice)
        foreign = f"{self.row.ksef_number[:-15]}000000000000-"
        foreign += number.check_digits(f"{foreign}00")
        self.ask_for_receipt_again(session_reference=False, ksef_number=foreign)
        self.invoice.invalidate_recordset(["ksef_status_line"])
        self.assertEqual((self.row.state, self.row.retry_at), ("accepted", False))
        self.assertNotIn("follows by itself", self.invoice.ksef_status_line)

    def test_duplicate_with_another_content_is_a_task_for_a_person(self):
        self.send(self.invoice)
        number = self.invoice.ksef_number
        self.row.write({"state": "rejected"})
        self.invoice.invoice_line_ids.name = "Inna usługa"
        self.env.flush_all()
        self.send(self.invoice)
        self.assertEqual(self.row.state, "rejected")
        self.assertEqual(self.row.failure_kind, "foreign_duplicate")
        self.assertIn(number, self.row.failure_details)

    def test_refused_token_halts_and_the_next_token_goes_on_by_itself(self):
        self.company.ksef_token = self.simulator.token(self.company._ksef_nip(), status="Revoked")
        self.send(self.invoice)
        self.assertEqual(self.invoice.ksef_state, "error")
        self.assertIn("cannot log in", self.invoice.ksef_explanation)
        self.company.ksef_token = self.simulator.token(self.company._ksef_nip())
        self.run_queue()
        self.assert_exactly_one_document()

    def test_missing_permission_to_send_is_explained(self):
        self.company.ksef_token = self.simulator.token(
            self.company._ksef_nip(), permissions=("InvoiceRead",)
        )
        self.send(self.invoice)
        self.assertEqual(self.invoice.ksef_state, "error")
        self.assertIn("lacks a permission", self.invoice.ksef_explanation)

    def test_closed_session_is_replaced(self):
        other = self.post_invoice()
        self.send(other)
        session = other.ksef_submission_ids.session_id
        self.simulator.fault("session-unavailable", "send")
        self.send(self.invoice)
        self.assertEqual(self.invoice.ksef_state, "accepted")
        self.assertNotEqual(self.row.session_id, session)

    def test_error_of_our_own_stops_one_row_only(self):
        broken = self.post_invoice()
        broken.action_ksef_send()
        lost = {"state": "sent", "session_reference": False, "invoice_reference": False}
        broken.ksef_submission_ids.write(lost)
        with mute_logger("odoo.addons.account_ksef.models.ksef_queue"):
            self.send(self.invoice)
        self.assertEqual(self.invoice.ksef_state, "accepted")
        self.assertEqual(broken.ksef_submission_ids.failure_kind, "defect")
        self.assertTrue(broken.ksef_submission_ids.retry_at, "it is tried again by itself")
