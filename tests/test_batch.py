import base64
import hashlib

from odoo import fields
from odoo.tests import tagged

from ..models.account_move import MOST_CHECKED
from ..models.ksef_session_batch import RECEIPT_TIME
from ..models.ksef_submission_batch import MOST_ONLINE
from .common import KsefCommon

MANY = MOST_ONLINE + 1


class BatchCommon(KsefCommon):
    def setUp(self):
        super().setUp()
        self.connect()

    def post_invoices(self, count, company=None):
        """Post plain invoices, quicker than one by one."""
        company = company or self.company
        first = self.post_invoice(company)
        values = first.copy_data({"invoice_date": first.invoice_date})
        others = first.create(values * (count - 1))
        others.action_post()
        return first | others

    def assert_each_has_one_number(self, invoices):
        self.assertEqual(set(invoices.mapped("ksef_state")), {"accepted"})
        self.assertEqual(len(set(invoices.mapped("ksef_number"))), len(invoices))
        accepted = {d["invoiceHash"]: d["ksefNumber"] for d in self.accepted_documents()}
        stored = {r.document_hash: r.ksef_number for r in invoices.ksef_submission_ids}
        self.assertEqual(stored, accepted)

    def count_requests(self, operation):
        return sum(r["operation"] == operation for r in self.simulator.requests())

    def form_batches(self):
        """Do what a round of the queue begins with, and no more."""
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            self.env(cr=cr)["ksef.submission"]._prepare_round()

    def batches(self):
        domain = [("company_id", "=", self.company.id), ("kind", "=", "batch")]
        return self.env["ksef.session"].search(domain)


@tagged("post_install", "-at_install")
class TestBatch(BatchCommon):
    def test_many_invoices_go_as_one_batch(self):
        invoices = self.post_invoices(MANY)
        self.send(invoices)
        self.assert_each_has_one_number(invoices)
        self.assertEqual(self.count_requests("send"), 0)
        self.assertEqual(self.count_requests("batch-open"), 1)
        self.assertEqual(self.batches().state, "closed")
        self.assertFalse(self.batches().encryption_key or self.batches().uploads)

    def test_of_many_nobody_waits_for_the_checks_and_the_wrong_one_waits_for_a_person(self):
        self.accountant.lang = "pl_PL"
        wrong = self.without_rate_code(self.post_invoice())
        others = self.post_invoices(MOST_CHECKED)
        self.send(wrong | others)
        self.assert_each_has_one_number(others)
        self.assertEqual(wrong.ksef_state, "error")
        self.assertIn("nie ma kodu stawki KSeF", wrong.ksef_submission_ids.failure_details)

    def test_few_invoices_go_online(self):
        invoices = self.post_invoices(3)
        self.send(invoices)
        self.assert_each_has_one_number(invoices)
        self.assertFalse(self.batches())

    def test_each_invoice_has_a_receipt_of_its_own_byte_for_byte(self):
        invoices = self.post_invoices(MANY)
        self.send(invoices)
        numbers = invoices.mapped("ksef_number")
        for row in invoices.ksef_submission_ids:
            upo = base64.b64decode(row.upo)
            self.assertEqual([n for n in numbers if n.encode() in upo], [row.ksef_number])
            digest = hashlib.sha256(upo).digest()
            self.assertEqual(base64.b64encode(digest).decode(), row.upo_hash)

    def test_receipts_that_come_slowly_hold_no_worker_up(self):
        invoices = self.post_invoices(MANY)
        self.send(invoices)
        rows, batch = invoices.ksef_submission_ids, self.batches()
        rows.write({"upo_hash": False})
        batch.state = "receipts"
        self.simulator.fault("slow-answer", "upo-by-ksef-number", seconds=RECEIPT_TIME + 0.2)
        self.assertEqual(len(batch._batch_from_receipts().others), 1)
        self.assertGreater(len(batch._batch_from_receipts().others), 1)

    def test_urgent_invoice_goes_at_once_while_a_batch_is_on_its_way(self):
        many, urgent = self.post_invoices(MANY), self.post_invoice()
        self.simulator.fault("slow-verdict", "batch-close", polls=1000)
        many.action_ksef_send()
        self.run_queue(minutes=0.5)
        self.assertEqual(self.batches().state, "processing")
        self.send(urgent)
        self.assertEqual(urgent.ksef_state, "accepted")
        self.assertEqual(set(many.mapped("ksef_state")), {"sent"})

    def test_invoice_with_a_problem_stays_behind_with_its_reason(self):
        invoices, bad = self.post_invoices(MANY), self.without_rate_code(self.post_invoice())
        (invoices | bad)._ksef_queue()
        self.run_queue()
        self.assert_each_has_one_number(invoices)
        self.assertEqual(bad.ksef_state, "error")
        self.assertEqual(bad.ksef_submission_ids.failure_kind, "problems")

    def test_companies_have_batches_of_their_own(self):
        self.connect(self.other_company)
        ours = self.post_invoices(MANY)
        theirs = self.post_invoices(MANY, self.other_company)
        (ours | theirs).action_ksef_send()
        self.run_queue()
        self.assert_each_has_one_number(ours | theirs)
        self.assertEqual(self.count_requests("batch-open"), 2)

    def test_offline_documents_are_never_mixed_with_online_ones(self):
        invoices = self.post_invoices(2 * MANY)
        invoices.action_ksef_send()
        invoices[:MANY].ksef_submission_ids.is_offline = True
        self.run_queue()
        self.assert_each_has_one_number(invoices)
        self.assertEqual(set(invoices[:MANY].mapped("ksef_mode")), {"offline24"})
        self.assertEqual(set(invoices[MANY:].mapped("ksef_mode")), {"online"})
        self.assertEqual(sorted(self.batches().mapped("is_offline")), [False, True])

    def test_waiting_document_of_a_batch_can_be_withdrawn(self):
        invoices = self.post_invoices(MANY + 1)
        invoices.action_ksef_send()
        self.form_batches()
        invoices[0].button_draft()
        self.run_queue()
        self.assert_each_has_one_number(invoices[1:])
        self.assertEqual(invoices[0].ksef_submission_ids.state, "withdrawn")

    def test_document_in_a_batch_that_waits_is_no_task_for_a_person(self):
        invoices = self.post_invoices(MANY)
        invoices.action_ksef_send()
        self.form_batches()
        self.assertEqual(set(invoices.mapped("ksef_state")), {"sending"})


@tagged("post_install", "-at_install")
class TestBatchFailures(BatchCommon):
    def setUp(self):
        super().setUp()
        self.invoices = self.post_invoices(MANY)

    def test_lost_answers_everywhere_are_survived(self):
        for operation in (
            *("batch-open", "part-upload", "batch-close", "session-status", "invoice-list"),
            "upo-link",
        ):
            self.simulator.fault("lost-answer", operation)
        self.send(self.invoices)
        self.assert_each_has_one_number(self.invoices)
        self.assertTrue(all(self.invoices.ksef_submission_ids.mapped("upo_hash")))

    def test_errors_of_the_server_everywhere_are_survived(self):
        for operation in (
            *("batch-open", "part-upload", "batch-close", "session-status", "invoice-list"),
            "upo-link",
        ):
            self.simulator.fault("server-error", operation)
        self.send(self.invoices)
        self.assert_each_has_one_number(self.invoices)

    def start_upload_that_fails(self):
        self.simulator.fault("server-error", "part-upload", times=None)
        self.invoices.action_ksef_send()
        self.run_queue(minutes=0.2)
        self.simulator.clear_faults()
        self.assertEqual(self.batches().state, "open")

    def test_upload_is_resumed_by_another_process(self):
        self.start_upload_that_fails()
        self.assertTrue(self.batches().uploads and self.batches().encryption_key)
        self.run_queue()
        self.assert_each_has_one_number(self.invoices)
        self.assertEqual(self.count_requests("batch-open"), 1)

    def test_upload_that_comes_too_late_is_done_anew(self):
        self.start_upload_that_fails()
        self.batches().valid_until = fields.Datetime.now()
        self.run_queue()
        self.assert_each_has_one_number(self.invoices)
        self.assertEqual(sorted(self.batches().mapped("state")), ["closed", "lost"])

    def test_documents_of_a_spoilt_archive_are_sent_again(self):
        self.start_upload_that_fails()
        # As if another version of the compression made other bytes of the same documents
        self.batches().archive_hash = "?"
        self.run_queue()
        self.assert_each_has_one_number(self.invoices)

    def test_refused_token_tells_every_invoice(self):
        self.company.ksef_token = self.simulator.token(self.company._ksef_nip(), status="Revoked")
        self.send(self.invoices)
        self.assertEqual(set(self.invoices.mapped("ksef_state")), {"error"})
        self.company.ksef_token = self.simulator.token(self.company._ksef_nip())
        self.run_queue()
        self.assert_each_has_one_number(self.invoices)

    def test_missing_permission_to_send_tells_every_invoice(self):
        self.company.ksef_token = self.simulator.token(
            self.company._ksef_nip(), permissions=("InvoiceRead",)
        )
        self.send(self.invoices)
        self.assertEqual(set(self.invoices.mapped("ksef_state")), {"error"})

    def test_duplicate_in_a_batch_is_adopted_if_it_is_ours(self):
        first = self.invoices[0]
        self.send(first)
        row = first.ksef_submission_ids
        row.write({"state": "queued", "ksef_number": False, "session_id": False})
        row.write({"retry_at": fields.Datetime.now(), "upo_hash": False})
        first.ksef_number = False
        self.send(self.invoices[1:])
        self.assertIn(row.session_id, self.batches())
        self.assert_each_has_one_number(self.invoices)


@tagged("post_install", "-at_install")
class TestListedVerdicts(BatchCommon):
    def test_several_verdicts_come_with_one_question(self):
        invoices = self.post_invoices(12)
        self.send(invoices)
        self.assert_each_has_one_number(invoices)
        self.assertLess(self.count_requests("invoice-status"), 12)
        self.assertGreater(self.count_requests("invoice-list"), 0)

    def test_rejected_one_among_them_says_why(self):
        invoices = self.post_invoices(8)
        self.simulator.fault("verdict", "send", code=450, details=["Zła faktura"])
        self.send(invoices)
        states = sorted(invoices.mapped("ksef_state"))
        self.assertEqual(states, ["accepted"] * 7 + ["rejected"])
        rejected = invoices.filtered(lambda move: move.ksef_state == "rejected")
        self.assertIn("Zła faktura", rejected.ksef_explanation)

    def test_what_ksef_gave_up_is_sent_again(self):
        invoices = self.post_invoices(8)
        self.simulator.fault("verdict", "send", times=3, code=550)
        self.send(invoices)
        self.assert_each_has_one_number(invoices)
