from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import KsefCommon


@tagged("post_install", "-at_install")
class TestSendWizard(KsefCommon):
    def setUp(self):
        super().setUp()
        self.connect()

    def open_wizard(self, invoices):
        action = invoices.with_user(self.accountant).action_ksef_open_wizard()
        return self.env["ksef.send"].with_user(self.accountant).browse(action["res_id"])

    def test_selection_is_sorted_into_ready_blocked_and_skipped(self):
        ready, blocked = self.post_invoice(), self.without_rate_code(self.post_invoice())
        draft = self._create_invoice(partner_id=self.buyer)
        wizard = self.open_wizard(ready | blocked | draft)
        self.assertEqual(
            {line.move_id: line.outlook for line in wizard.line_ids},
            {ready: "ready", blocked: "blocked", draft: "skipped"},
        )
        problem = wizard.problem_ids.filtered(lambda problem: problem.level == "error")[:1]
        self.assertEqual(problem.move_id, blocked)
        self.assertTrue(problem.message and problem.remedy)
        self.assertIn("res_id", problem.action_open_record())

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
        with self.assertRaises(UserError):
            self.open_wizard(draft).action_send()

    def test_invoice_without_problems_goes_at_one_click(self):
        invoice = self.post_invoice()
        self.assertIs(invoice.with_user(self.accountant).action_ksef_review(), True)
        self.assertEqual(invoice.ksef_state, "sending")
