from odoo.modules.neutralize import get_neutralization_queries
from odoo.tests import tagged

from .common import KsefCommon


@tagged("post_install", "-at_install")
class TestNeutralize(KsefCommon):
    def test_copy_of_a_database_can_neither_log_in_nor_send(self):
        self.connect()
        invoice = self.post_invoice()
        self.send(invoice)
        waiting = self.post_invoice()
        waiting.action_ksef_send()
        self.env.flush_all()
        for query in get_neutralization_queries(["account_ksef"]):
            self.env.cr.execute(query)
        self.env.invalidate_all()
        self.assertFalse(self.company.ksef_token or self.company.ksef_is_enabled)
        self.assertEqual(self.company.ksef_environment, "test")
        self.assertFalse(self.env["ksef.login"]._current(self.company))
        self.assertFalse(invoice.ksef_submission_ids.session_id.encryption_key)
        self.assertFalse(waiting.ksef_submission_ids.retry_at)
        self.assertTrue(invoice.ksef_number, "what was issued stays readable")
