import threading
import time

from odoo.tests import TransactionCase, tagged

from ..ksef.budget import Limit
from ..ksef.errors import RateLimited
from ..ksef.sessions import SEND_INVOICE
from ..models.ksef_budget import Ledger
from .common import NIP, KsefCommon

THREADS, CALLS_EACH, ALLOWED = 4, 20, 50


@tagged("post_install", "-at_install")
class TestBudgetRows(KsefCommon):
    def setUp(self):
        super().setUp()
        self.simulator.limits("production")
        self.addCleanup(self.simulator.limits, "fast")
        self.connect()

    def budget(self):
        return self.env["ksef.budget"]._of(self.company)

    def spend_hour(self):
        """As if the company had sent all that KSeF allows it in an hour."""
        self.send(self.post_invoice())
        moments = [time.time() - 120 - number for number in range(180)]
        self.budget().spent = {"calls": {"invoiceSend": moments}, "blocked_until": {}}

    def count_requests(self, operation):
        return sum(r["operation"] == operation for r in self.simulator.requests())

    def test_limits_are_learnt_with_the_login_and_calls_are_counted(self):
        self.simulator.limit("invoiceSend", 7, 21, 77)
        self.send(self.post_invoice())
        self.assertEqual(self.budget().nip, NIP)
        self.assertEqual(self.budget().limits["invoiceSend"]["perHour"], 77)
        self.assertEqual(len(self.budget().spent["calls"]["invoiceSend"]), 1)
        self.assertEqual(self.env["ksef.budget"]._room(self.company, SEND_INVOICE), 76)

    def test_limits_are_asked_for_once_a_day(self):
        self.send(self.post_invoice())
        self.company._ksef_forget_login()
        self.send(self.post_invoice())
        paths = [r["path"] for r in self.simulator.requests()]
        self.assertEqual(sum(path.endswith("/rate-limits") for path in paths), 1)

    def test_invoice_goes_as_a_batch_when_the_hour_is_spent(self):
        self.spend_hour()
        invoice = self.post_invoice()
        self.send(invoice)
        self.assertEqual(invoice.ksef_state, "accepted")
        self.assertEqual(invoice.ksef_submission_ids.session_id.kind, "batch")
        self.assertEqual(self.count_requests("send"), 1, "only the one that came before")

    def test_few_more_wait_for_each_other_instead_of_opening_a_batch_each(self):
        self.spend_hour()
        self.post_invoice()._ksef_queue()
        self.run_queue(minutes=0.3)
        second, third = self.post_invoice(), self.post_invoice()
        (second | third)._ksef_queue()
        self.run_queue()
        self.assertEqual(set((second | third).mapped("ksef_state")), {"accepted"})
        self.assertEqual(len((second | third).ksef_submission_ids.session_id), 1)
        self.assertEqual(self.count_requests("batch-open"), 2)

    def test_no_call_is_made_that_would_break_a_limit(self):
        self.send(self.post_invoice())
        ledger = self.env["ksef.budget"]._ledger(self.company)
        with self.enter_registry_test_mode():
            ledger.block(SEND_INVOICE, 100)
        invoice = self.post_invoice()
        invoice._ksef_queue()
        self.run_queue(minutes=0.5)
        self.assertEqual(self.count_requests("send"), 1)
        self.assertIn(invoice.ksef_submission_ids.failure_kind, (False, "rate_limited"))
        self.run_queue()
        self.assertEqual(invoice.ksef_state, "accepted")

    def test_companies_of_one_taxpayer_share_a_budget(self):
        self.other_company.vat = self.company.vat
        self.connect(self.other_company)
        self.send(self.post_invoice())
        room = self.env["ksef.budget"]._room(self.other_company, SEND_INVOICE)
        self.assertEqual(room, 179)

    def test_dozen_of_invoices_gets_through_with_the_limits_of_production(self):
        invoices = self.env["account.move"].union(*(self.post_invoice() for _ in range(12)))
        self.send(invoices)
        self.run_queue()
        self.assertEqual(set(invoices.mapped("ksef_state")), {"accepted"})


@tagged("post_install", "-at_install")
class TestLedger(TransactionCase):
    """With connections of their own, as workers and hosts have them."""

    def setUp(self):
        super().setUp()
        self.ledger = Ledger(self.registry, "0000000000", "test")
        self.ledger.set_limits({"invoiceSend": Limit(per_hour=ALLOWED)})
        self.addCleanup(self._forget)

    def _forget(self):
        with self.registry.cursor() as cr:
            cr.execute("DELETE FROM ksef_budget WHERE nip = '0000000000'")

    def _call_often(self, allowed):
        for _number in range(CALLS_EACH):
            try:
                begun = self.ledger.begin(SEND_INVOICE)
            except RateLimited:
                continue
            allowed.append(begun)
            self.ledger.finish(SEND_INVOICE, begun)

    def test_workers_together_make_no_more_calls_than_one_may(self):
        allowed = []
        threads = [
            threading.Thread(target=self._call_often, args=(allowed,)) for _ in range(THREADS)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(len(allowed), ALLOWED)

    def test_shut_door_is_seen_by_all(self):
        self.ledger.block(SEND_INVOICE, 30)
        with self.assertRaises(RateLimited) as caught:
            Ledger(self.registry, "0000000000", "test").begin(SEND_INVOICE)
        self.assertGreater(caught.exception.retry_after, 10)
        self.assertLessEqual(caught.exception.retry_after, 31)
