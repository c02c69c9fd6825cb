"""A KSeF that hangs for some companies: neither their other rows nor other companies wait."""

import socketserver
import threading
import time
from contextlib import contextmanager
from datetime import timedelta

from odoo import fields
from odoo.sql_db import db_connect
from odoo.tests import tagged

from ..models.failure import Failure
from ..models.ksef_hold_up import AT_WORK, HELD_UP, TURN
from ..models.ksef_queue import LANES, PATIENCE, Decision
from .common import KsefCommon


class SilentKsef(socketserver.ThreadingTCPServer):
    """Takes every call, and after a while hangs up without an answer."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), None)
        self.calls = 0
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}"

    def finish_request(self, request, client_address):
        self.calls += 1
        request.recv(1)
        time.sleep(HELD_UP + 0.2)


@tagged("post_install", "-at_install")
class TestHoldUp(KsefCommon):
    def setUp(self):
        super().setUp()
        self.connect()
        self.send(self.post_invoice())  # logged in, and a session is open
        self.silent = SilentKsef()
        self.addCleanup(self.silent.server_close)
        self.addCleanup(self.silent.shutdown)

    def queue_invoices(self, *companies):
        """Queue an invoice of each company and return what waits for being sent."""
        invoices = self.env["account.move"].union(*map(self.post_invoice, companies))
        invoices._ksef_queue()
        return invoices.ksef_submission_ids.sorted("id")

    def run_once(self):
        self.env.ref(LANES[0]).method_direct_trigger()

    # === THE SAME COMPANY === #

    def hang(self):
        """Have KSeF take the next document, hang up late, and not answer what became of it."""
        self.simulator.fault("slow-answer", "send", seconds=HELD_UP + 0.2)
        self.simulator.fault("lost-answer", "send")
        self.simulator.fault("lost-answer", "invoice-list", times=3)

    def test_one_row_tries_alone_while_the_others_of_the_company_wait(self):
        probe, *others = self.queue_invoices(*[self.company] * 3)
        self.hang()
        begun = fields.Datetime.now()
        self.run_once()
        self.assertEqual(probe.state, "unknown")
        self.assertEqual(len(self.simulator.documents()), 2)
        for row in others:
            self.assertEqual((row.state, row.failure_kind), ("queued", "no_answer"))
            self.assertEqual(row.attempts, 0)
            self.assertGreater(row.retry_at, begun + timedelta(seconds=PATIENCE))
            self.assertGreater(row.retry_at, probe.retry_at)

    def test_all_go_when_ksef_answers_again(self):
        rows = self.queue_invoices(*[self.company] * 3)
        self.hang()
        self.run_once()
        self.run_queue(minutes=0.5)  # less than the others would wait
        self.assertEqual(rows.mapped("state"), ["accepted"] * 3)
        self.assertEqual(len(self.simulator.documents()), 4)

    def test_login_that_hangs_keeps_all_its_rows_waiting(self):
        rows = self.queue_invoices(*[self.company] * 3)
        self.company.ksef_local_url = self.silent.url
        self.run_once()
        login = self.env["ksef.login"]._current(self.company)
        self.assertEqual(self.silent.calls, login.attempts)
        self.assertGreater(min(rows.mapped("retry_at")), login.retry_at)

    def test_others_go_on_waiting_while_it_tries_again(self):
        probe, *others = self.queue_invoices(*[self.company] * 3)
        self.commit(probe, self.hung())
        deferred_to = min(row.retry_at for row in others)
        self.commit(probe, Decision(state="sending", retry_in=300, then="_send"))
        self.assertEqual(min(row.retry_at for row in others), deferred_to)
        self.commit(probe, Decision(state="sent", retry_in=1))
        self.assertLess(max(row.retry_at for row in others), deferred_to)

    def hung(self, *, is_held_up=True):
        failure = Failure(kind="no_answer")
        return Decision(state="queued", retry_in=1, failure=failure, is_held_up=is_held_up)

    def commit(self, row, decision):
        """Commit a decision as a worker does; return whether another one may have a turn then."""
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            row = row.with_env(row.env(cr=cr))
            self.assertTrue(row._commit(decision, row._mark()))
            with self.turn_elsewhere() as is_free:
                return is_free

    # === OTHER COMPANIES === #

    def test_other_companies_are_served_meanwhile(self):
        self.connect(self.other_company)
        *ours, theirs = self.queue_invoices(*[self.company] * 3, self.other_company)
        self.company.ksef_local_url = self.silent.url
        self.run_queue(minutes=0.5)
        self.assertEqual(theirs.state, "accepted")
        self.assertFalse([row for row in ours if row.state == "accepted"])

    def test_company_leaves_a_worker_for_the_others(self):
        self.connect(self.other_company)
        ours, theirs = self.queue_invoices(self.company, self.other_company)
        with self.worker_elsewhere(self.company):
            self.assertEqual(self.env["ksef.submission"]._claim(), theirs)
        self.assertEqual(self.env["ksef.submission"]._claim(), ours)

    def test_only_company_has_all_the_workers(self):
        rows = self.queue_invoices(self.company)
        with self.worker_elsewhere(self.company):
            self.assertEqual(self.env["ksef.submission"]._claim(), rows)

    def test_nobody_waits_for_rows_that_are_left_to_another_worker(self):
        self.connect(self.other_company)
        ours, theirs = self.queue_invoices(self.company, self.other_company)
        theirs.retry_at += timedelta(minutes=2)
        self.env.flush_all()
        queue = self.env["ksef.submission"]
        self.assertEqual(queue._next_moment(), ours.retry_at)
        with self.worker_elsewhere(self.company):
            self.assertEqual(queue._next_moment(), theirs.retry_at)

    @contextmanager
    def worker_elsewhere(self, company):
        """Another process, with a connection of its own, is at work for a company."""
        with db_connect(self.env.cr.dbname).cursor() as cr:
            cr.execute("SELECT pg_advisory_xact_lock_shared(%s, %s)", (AT_WORK, company.id))
            yield

    # === SEVERAL THAT HANG === #

    def hanging_and_working(self):
        """Queue an invoice of a company that hangs, which is due first, and one of another."""
        self.connect(self.other_company)
        ours, theirs = self.queue_invoices(self.company, self.other_company)
        ours.write({"held_up_at": ours.retry_at, "retry_at": ours.retry_at - timedelta(seconds=9)})
        self.env.flush_all()
        return ours, theirs

    @contextmanager
    def turn_elsewhere(self, take="SELECT pg_try_advisory_xact_lock(%s, 0)"):
        """Another process tries whether a company that hangs is answered."""
        with db_connect(self.env.cr.dbname).cursor() as cr:
            cr.execute(take, (TURN,))
            [is_taken] = cr.fetchone()
            yield is_taken

    def test_companies_that_hang_leave_a_worker_to_those_that_work(self):
        ours, theirs = self.hanging_and_working()
        with self.turn_elsewhere():
            self.assertEqual(self.env["ksef.submission"]._claim(), theirs)
        self.assertEqual(self.env["ksef.submission"]._claim(), ours)

    def test_new_invoice_of_a_company_that_hangs_waits_for_its_turn_too(self):
        ours, theirs = self.hanging_and_working()
        ours.retry_at += timedelta(minutes=2)
        new = self.queue_invoices(self.company)
        new.retry_at -= timedelta(seconds=9)
        self.env.flush_all()
        with self.turn_elsewhere():
            self.assertEqual(self.env["ksef.submission"]._claim(), theirs)
        self.assertEqual(self.env["ksef.submission"]._claim(), new)

    def test_nobody_looks_for_rows_whose_turn_it_is_not(self):
        ours, theirs = self.hanging_and_working()
        theirs.retry_at += timedelta(minutes=2)
        self.env.flush_all()
        queue = self.env["ksef.submission"]
        with self.turn_elsewhere():
            self.assertEqual(queue._next_moment(), theirs.retry_at)
        self.assertEqual(queue._next_moment(), ours.retry_at)

    def test_who_finds_the_turn_taken_lets_go_of_the_row(self):
        ours, theirs = self.hanging_and_working()
        # A lock that is not looked for: as if it had been taken just after the look
        with self.turn_elsewhere("SELECT pg_advisory_xact_lock_shared(%s, 0)"):
            self.run_once()
            self.assertEqual((ours.state, ours.attempts), ("queued", 0))
        self.run_queue()
        self.assertEqual((ours.state, theirs.state), ("accepted", "accepted"))

    def test_turn_goes_on_after_the_commit_of_an_intent(self):
        ours, _theirs = self.hanging_and_working()
        intent = Decision(state="sending", retry_in=300, then="_send")
        self.assertFalse(self.commit(ours, intent))

    def test_only_company_needs_no_turn(self):
        rows = self.queue_invoices(self.company)
        rows.write({"held_up_at": fields.Datetime.now()})
        with self.turn_elsewhere():
            self.assertEqual(self.env["ksef.submission"]._claim(), rows)

    def test_company_hangs_until_it_has_an_answer(self):
        self.connect(self.other_company)
        probe = self.queue_invoices(self.company)
        self.commit(probe, self.hung())
        self.commit(probe, self.hung(is_held_up=False))
        self.assertTrue(probe.held_up_at and probe._is_of_hanging_company())
        self.run_queue(minutes=0.5)
        self.assertEqual(probe.state, "accepted")
        self.assertFalse(probe.held_up_at or probe._is_of_hanging_company())
