from odoo.tests import tagged

from .test_batch import MANY, BatchCommon


@tagged("post_install", "-at_install")
class TestSendRun(BatchCommon):
    def open_wizard(self, invoices):
        action = invoices.with_user(self.accountant).action_ksef_open_wizard()
        return self.env["ksef.send"].with_user(self.accountant).browse(action["res_id"])

    def test_few_invoices_are_said_to_go_one_by_one(self):
        wizard = self.open_wizard(self.post_invoices(2))
        self.assertIn("2 invoices go one by one", wizard.plan)
        self.assertIn(self.company.name, wizard.plan)

    def test_many_invoices_are_said_to_go_as_a_package(self):
        wizard = self.open_wizard(self.post_invoices(MANY))
        self.assertIn(f"{MANY} invoices go together as a package", wizard.plan)

    def test_counts_tell_how_far_a_package_is(self):
        invoices = self.post_invoices(MANY)
        wizard = self.open_wizard(invoices)
        wizard.action_send()
        self.assertEqual((wizard.waiting_count, wizard.progress), (MANY, 0))
        self.simulator.fault("slow-verdict", "batch-close", polls=1000)
        self.run_queue(minutes=0.5)
        wizard.invalidate_recordset()
        self.assertEqual((wizard.waiting_count, wizard.with_ksef_count), (0, MANY))
        self.assertAlmostEqual(wizard.progress, 70)
        self.assertTrue(wizard.is_running)

    def test_whoever_comes_back_finds_the_run_again(self):
        invoices = self.post_invoices(2)
        wizard = self.open_wizard(invoices)
        wizard.action_send()
        self.assertEqual(self.open_wizard(invoices), wizard)
        self.run_queue()
        self.assertNotEqual(self.open_wizard(invoices), wizard)

    def test_what_was_refused_needs_attention_and_ends_the_run(self):
        invoices = self.post_invoices(2)
        self.simulator.fault("verdict", "send", code=450)
        wizard = self.open_wizard(invoices)
        wizard.action_send()
        self.run_queue()
        wizard.invalidate_recordset()
        self.assertEqual((wizard.accepted_count, wizard.refused_count), (1, 1))
        self.assertEqual((wizard.is_running, wizard.progress), (False, 100))
