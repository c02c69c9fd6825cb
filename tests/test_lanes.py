from datetime import timedelta

from psycopg2.errors import UniqueViolation

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models.ksef_queue import LANES, Decision
from .common import KsefCommon

NOBODY = 2**31 - 1  # no connection to a database has such a number


@tagged("post_install", "-at_install")
class TestLanes(KsefCommon):
    def setUp(self):
        super().setUp()
        self.connect()
        self.env["ir.cron.trigger"].search([]).unlink()

    def planned(self):
        """How many lanes are to run."""
        triggers = self.env["ir.cron.trigger"].search([])
        return len(triggers.cron_id & self._lanes())

    def _lanes(self):
        return self.env["ir.cron"].union(*(self.env.ref(name) for name in LANES))

    def test_one_invoice_wakes_a_second_lane_in_case_the_first_is_held_up(self):
        self.post_invoice()._ksef_queue()
        self.assertEqual(self.planned(), 2)

    def test_much_work_wakes_all_of_them(self):
        self.env["ksef.queue"]._wake_lanes(99)
        self.assertEqual(self.planned(), len(LANES))

    def test_what_is_due_first_is_taken_first(self):
        later, first = self.post_invoice(), self.post_invoice()
        (later | first)._ksef_queue()
        first.ksef_submission_ids.due_at -= timedelta(days=1)
        self.env.flush_all()
        self.assertEqual(self.env["ksef.submission"]._claim(), first.ksef_submission_ids)

    def test_process_that_died_is_noticed_at_once(self):
        self.send(self.post_invoice())
        invoice = self.post_invoice()
        invoice._ksef_queue()
        row = invoice.ksef_submission_ids
        session = self.env["ksef.session"]._current(self.company)
        # As if the process had died between its intent and the call
        row.write(
            {
                **row._frozen_values(),
                "state": "sending",
                "session_id": session.id,
                "session_reference": session.reference_number,
                "connection": NOBODY,
                "retry_at": fields.Datetime.now() + timedelta(hours=1),
            }
        )
        self.run_queue()
        self.assertEqual(invoice.ksef_state, "accepted")
        self.assertEqual(len(self.simulator.documents()), 2)

    def test_work_of_a_living_process_is_left_alone(self):
        invoice = self.post_invoice()
        invoice._ksef_queue()
        row = invoice.ksef_submission_ids
        later = fields.Datetime.now() + timedelta(hours=1)
        row.write({"state": "sending", "connection": row._connection(), "retry_at": later})
        self.env["ksef.queue"]._recover()
        self.assertEqual(row.retry_at, later)

    def test_decision_about_a_row_that_another_worker_carried_on_is_dropped(self):
        invoice = self.post_invoice()
        invoice._ksef_queue()
        row = invoice.ksef_submission_ids
        mark = row._mark()
        decision = Decision(state="sending", retry_in=300, then="_send")
        row._move_to("sending", retry_at=fields.Datetime.now())
        row._move_to("sent")
        self.assertFalse(row._commit(decision, mark))
        self.assertEqual(row.state, "sent")

    def test_company_opens_one_session_at_a_time(self):
        sessions = self.env["ksef.session"]
        sessions._ask_for(self.company)
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(UniqueViolation),
            self.env.cr.savepoint(),
        ):
            sessions._ask_for(self.company)
