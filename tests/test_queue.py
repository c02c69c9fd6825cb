from datetime import timedelta

from psycopg2.errors import UniqueViolation

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

from .common import KsefCommon

MODELS = ("ksef.login", "ksef.session", "ksef.submission")


@tagged("post_install", "-at_install")
class TestTransitions(KsefCommon):
    def test_every_pair_of_states_is_either_drawn_or_refused(self):
        for model in MODELS:
            states = [value for value, _label in self.env[model]._fields["state"].selection]
            self.assertEqual(set(states), set(self.env[model]._transitions))
            for before in states:
                for after in states:
                    with self.subTest(model=model, before=before, after=after):
                        self._check_step(model, before, after)

    def _check_step(self, model, before, after):
        row = self._make_row(model, before)
        if before == after or after in row._transitions[before]:
            row._move_to(after)
            self.assertEqual(row.state, after)
        else:
            with self.assertRaises(ValueError):
                row._move_to(after)
            self.assertEqual(row.state, before)

    def _make_row(self, model, state):
        values = {"company_id": self.company.id, "state": state}
        if model == "ksef.submission":
            values["move_id"] = self._create_invoice(partner_id=self.buyer).id
        return self.env[model].create(values)

    def test_same_state_leaves_the_row_untouched(self):
        row = self._make_row("ksef.session", "open")
        row.attempts = 3
        row._move_to("open", attempts=0)
        self.assertEqual(row.attempts, 3)

    def test_second_live_submission_of_an_invoice_is_impossible(self):
        row = self._make_row("ksef.submission", "queued")
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(UniqueViolation),
            self.env.cr.savepoint(),
        ):
            row.copy({"move_id": row.move_id.id})

    def test_rejected_submission_leaves_room_for_a_new_one(self):
        row = self._make_row("ksef.submission", "rejected")
        self.env.flush_all()
        second = row.copy({"move_id": row.move_id.id, "state": "queued"})
        self.env.flush_all()
        self.assertEqual(row.move_id.ksef_submission_ids, second | row)


@tagged("post_install", "-at_install")
class TestCronAlarm(TransactionCase):
    def test_trigger_is_planned_once_for_the_same_time(self):
        cron = self.env.ref("account_ksef.ir_cron_process_queue")
        self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)]).unlink()
        at = fields.Datetime.now() + timedelta(hours=1)
        for _repetition in range(3):
            self.env["ksef.queue"]._trigger_cron(at)
        self.assertEqual(
            self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)]).mapped("call_at"), [at]
        )


@tagged("post_install", "-at_install")
class TestRowsAreAppendOnly(KsefCommon):
    def test_accountant_can_read_but_not_touch_them(self):
        invoice = self.post_invoice()
        self.connect()
        self.send(invoice)
        row = invoice.ksef_submission_ids.with_user(self.accountant)
        self.assertEqual(row.state, "accepted")
        for touch in (
            lambda: row.write({"state": "rejected"}),
            row.unlink,
            lambda: row.create({"move_id": invoice.id, "company_id": self.company.id}),
        ):
            with self.assertRaises(AccessError):
                touch()
