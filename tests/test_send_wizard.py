from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from .common import KsefCommon


class SendWizardCommon(KsefCommon):
    def setUp(self):
        super().setUp()
        self.connect()

    def open_wizard(self, invoices):
        action = invoices.with_user(self.accountant).action_ksef_open_wizard()
        return self.env["ksef.send"].with_user(self.accountant).browse(action["res_id"])

    def post_of_yesterday(self, days=1):
        """An invoice that KSeF takes as issued offline: a warning."""
        self.company.ksef_start_on = False
        return self.post_invoice(invoice_date=fields.Date.today() - timedelta(days=days))

    def outlooks(self, wizard):
        return {line.move_id: line.outlook for line in wizard.line_ids}


@tagged("post_install", "-at_install")
class TestSendWizard(SendWizardCommon):
    def test_selection_is_sorted_into_ready_blocked_and_skipped(self):
        ready, blocked = self.post_invoice(), self.without_rate_code(self.post_invoice())
        draft = self._create_invoice(partner_id=self.buyer)
        wizard = self.open_wizard(ready | blocked | draft)
        self.assertEqual(
            self.outlooks(wizard), {ready: "ready", blocked: "blocked", draft: "skipped"}
        )
        problem = wizard.problem_ids.filtered(lambda problem: problem.level == "error")[:1]
        self.assertEqual(problem.move_id, blocked)
        self.assertTrue(problem.message and problem.remedy)

    def test_what_is_left_out_is_listed_with_the_reason(self):
        sent, excluded = self.post_invoice(), self.post_invoice()
        self.send(sent)
        excluded.ksef_is_excluded = True
        draft = self._create_invoice(partner_id=self.buyer)
        wizard = self.open_wizard(sent | excluded | draft | self.post_invoice())
        self.assertEqual(
            {line.move_id: line.reason for line in wizard.skipped_line_ids},
            {
                sent: "Accepted by KSeF already",
                excluded: "Kept out of KSeF by the mark on the invoice",
                draft: "Not posted",
            },
        )
        self.assertEqual(len(wizard.sendable_line_ids), 1)

    def test_progress_ends_with_the_numbers(self):
        invoices = self.post_invoice() | self.post_invoice()
        wizard = self.open_wizard(invoices)
        wizard.action_send()
        self.assertTrue(wizard.is_running)
        self.run_queue()
        wizard.invalidate_recordset()
        self.assertFalse(wizard.is_running)
        self.assertEqual((wizard.accepted_count, wizard.progress), (2, 100))
        self.assertEqual(wizard.line_ids.mapped("ksef_number"), invoices.mapped("ksef_number"))

    def test_blocked_invoice_does_not_stop_the_ready_ones(self):
        ready, blocked = self.post_invoice(), self.without_rate_code(self.post_invoice())
        self.open_wizard(ready | blocked).action_send()
        self.run_queue()
        self.assertEqual((ready.ksef_state, blocked.ksef_state), ("accepted", "to_send"))

    def test_nothing_to_send_is_said(self):
        draft = self._create_invoice(partner_id=self.buyer)
        wizard = self.open_wizard(draft)
        self.assertTrue(self.hides_invoices(wizard), "an empty list would say nothing")
        self.assertFalse(self.hides_invoices(self.open_wizard(draft | self.post_invoice())))
        with self.assertRaises(UserError):
            wizard.action_send()

    def hides_invoices(self, wizard):
        return Form(wizard)._get_modifier("sendable_line_ids", "invisible")

    def test_invoice_without_problems_goes_at_one_click(self):
        invoice = self.post_invoice()
        self.assertIs(invoice.with_user(self.accountant).action_ksef_review(), True)
        self.assertEqual(invoice.ksef_state, "sending")

    def test_problems_of_many_invoices_are_grouped_by_kind(self):
        late = self.post_of_yesterday() | self.post_of_yesterday() | self.post_of_yesterday(2)
        blocked = self.without_rate_code(self.post_invoice())
        wizard = self.open_wizard(late | blocked)
        self.assertEqual(
            [(group.code, group.level, group.invoice_count) for group in wizard.group_ids],
            [("E-TAX-01", "error", 1), ("W-DAT-02", "warning", 3)],
        )
        self.assertEqual(wizard.shown_problem_ids.move_id, blocked)
        wizard.group_ids[1].action_show()
        self.assertEqual(wizard.shown_problem_ids.move_id, late)

    def test_problem_opens_the_record_to_be_mended(self):
        blocked = self.without_rate_code(self.post_invoice())
        nameless = self.post_invoice()
        nameless.invoice_line_ids.name = False
        wizard = self.open_wizard(blocked | nameless)
        actions = [problem.action_open_record() for problem in wizard.problem_ids]
        self.assertCountEqual(
            [(action["res_model"], action["res_id"]) for action in actions],
            [
                ("account.tax", blocked.invoice_line_ids.tax_ids.id),
                ("account.move", nameless.id),
            ],
        )

    def test_window_that_looks_again_stays_at_the_problem_that_is_mended(self):
        nameless = self.post_invoice() | self.post_invoice()
        nameless.invoice_line_ids.name = False
        late, blocked = self.post_of_yesterday(), self.without_rate_code(self.post_invoice())
        wizard = self.open_wizard(nameless | late | blocked)
        wizard.group_ids.filtered(lambda group: group.code == "E-LIN-01").action_show()
        nameless[0].invoice_line_ids.name = "Usługa"
        action = wizard.action_check_again()
        self.assertEqual(action["res_id"], wizard.id)
        self.assertEqual(wizard.shown_problem_ids.move_id, nameless[1])
        self.assertEqual(
            self.outlooks(wizard),
            {nameless[0]: "ready", nameless[1]: "blocked", late: "warned", blocked: "blocked"},
        )

    def test_window_goes_on_to_the_next_problem_when_one_is_mended(self):
        nameless, blocked = self.post_invoice(), self.without_rate_code(self.post_invoice())
        nameless.invoice_line_ids.name = False
        wizard = self.open_wizard(nameless | blocked)
        wizard.group_ids.filtered(lambda group: group.code == "E-LIN-01").action_show()
        nameless.invoice_line_ids.name = "Usługa"
        wizard.action_check_again()
        self.assertEqual(wizard.shown_group_id.code, "E-TAX-01")


@tagged("post_install", "-at_install")
class TestAcknowledgement(SendWizardCommon):
    def acknowledge(self, invoices):
        wizard = self.open_wizard(invoices)
        wizard.group_ids.action_acknowledge()
        return wizard

    def test_warning_is_acknowledged_before_the_invoice_goes(self):
        late, ready = self.post_of_yesterday(), self.post_invoice()
        wizard = self.open_wizard(late | ready)
        self.assertEqual(self.outlooks(wizard), {late: "warned", ready: "ready"})
        wizard.action_send()
        self.assertEqual((late.ksef_state, ready.ksef_state), ("to_send", "sending"))
        wizard = self.open_wizard(late)
        wizard.problem_ids.action_acknowledge()
        self.assertEqual((wizard.ready_count, wizard.warned_count), (1, 0))
        wizard.action_send()
        self.assertEqual(late.ksef_state, "sending")

    def test_all_of_a_kind_are_acknowledged_at_once(self):
        late = self.post_of_yesterday() | self.post_of_yesterday()
        wizard = self.acknowledge(late)
        self.assertFalse(wizard.group_ids)
        self.assertEqual(late.ksef_acknowledgement_ids.mapped("code"), ["W-DAT-02"] * 2)

    def test_who_and_when_are_kept(self):
        late = self.post_of_yesterday()
        self.acknowledge(late)
        row = late.ksef_acknowledgement_ids
        self.assertEqual(
            (row.create_uid, row.title), (self.accountant, "Invoice date that has passed")
        )
        self.assertIn(row.message, late.message_ids[0].body)

    def test_nobody_is_asked_twice(self):
        late = self.post_of_yesterday()
        self.acknowledge(late)
        self.assertEqual(self.open_wizard(late).ready_count, 1)
        polish = self._create_user_in_polish()
        self.assertIs(late.with_user(polish).action_ksef_review(), True)

    def _create_user_in_polish(self):
        self.env["res.lang"]._activate_lang("pl_PL")
        return new_test_user(
            self.env,
            "druga_ksiegowa",
            groups="account.group_account_invoice",
            lang="pl_PL",
            company_id=self.company.id,
            company_ids=[fields.Command.set(self.company.ids)],
        )

    def test_another_fact_is_asked_anew(self):
        late = self.post_of_yesterday()
        self.acknowledge(late)
        row = late.ksef_acknowledgement_ids
        row.fact = row.fact.replace(str(late.invoice_date.day), "99")
        self.assertEqual(self.open_wizard(late).warned_count, 1)

    def test_going_back_to_draft_revokes_it(self):
        late = self.post_of_yesterday()
        self.acknowledge(late)
        late.button_draft()
        self.assertFalse(late.ksef_acknowledgement_ids)
        late.action_post()
        self.assertEqual(self.open_wizard(late).warned_count, 1)

    def test_click_on_an_invoice_with_a_warning_shows_it(self):
        late = self.post_of_yesterday()
        action = late.with_user(self.accountant).action_ksef_review()
        self.assertEqual(action["res_model"], "ksef.send")
        self.assertEqual(late.ksef_state, "to_send")

    def test_warning_does_not_stop_what_sends_by_itself(self):
        late = self.post_of_yesterday()
        late.action_ksef_send()
        self.assertEqual(late.ksef_state, "sending")

    def test_error_cannot_be_acknowledged(self):
        blocked = self.without_rate_code(self.post_invoice())
        wizard = self.acknowledge(blocked)
        self.assertEqual(wizard.blocked_count, 1)
        self.assertFalse(blocked.ksef_acknowledgement_ids)

    def test_acknowledgement_is_not_written_by_hand(self):
        late = self.post_of_yesterday()
        values = {"move_id": late.id, "code": "W-DAT-02", "fact": "x", "message": "x"}
        with self.assertRaises(AccessError):
            self.env["ksef.acknowledgement"].with_user(self.accountant).create(values)
