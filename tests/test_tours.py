from odoo import Command
from odoo.tests import tagged

from .common import KsefCommon, simulator_url
from .tour_common import CronWorker, TourCase


@tagged("post_install", "-at_install")
class TestTours(KsefCommon, TourCase):
    def test_administrator_connects_the_company(self):
        self.company.tax_exigibility = True  # the taxes of Odoo's test company need it
        self.env.ref("base.user_admin").write(
            {
                "company_ids": [Command.link(self.company.id)],
                "company_id": self.company.id,
                "lang": "en_US",
            }
        )
        parameters = self.env["ir.config_parameter"]
        parameters.set_param("account_ksef.tour_url", simulator_url())
        parameters.set_param(
            "account_ksef.tour_token", self.simulator.token(self.company._ksef_nip())
        )
        self.start_tour("/odoo/action-account.action_account_config", "ksef_connect", login="admin")
        self.assertTrue(self.company.ksef_is_enabled)
        self.assertEqual(self.env["ksef.login"]._current(self.company).state, "active")

    def test_accountant_posts_sends_and_sees_the_number(self):
        self.connect()
        draft = self.post_invoice()
        draft.button_draft()
        with CronWorker(self):
            self.start_tour("/odoo", "ksef_post_and_send", login="ksiegowa_test")
        self.assertEqual(draft.ksef_state, "accepted")
        self.assertEqual(len(self.accepted_documents()), 1)

    def test_accountant_sends_a_selection(self):
        self.connect()
        good, bad = self.post_invoice(), self.without_rate_code(self.post_invoice())
        with CronWorker(self):
            self.start_tour(
                "/odoo/action-account.action_move_out_invoice",
                "ksef_send_many",
                login="ksiegowa_test",
            )
        self.assertEqual((good.ksef_state, bad.ksef_state), ("accepted", "to_send"))

    def test_accountant_corrects_a_price(self):
        self.connect()
        invoice = self.post_invoice()
        self.send(invoice)
        self.start_tour(
            f"/odoo/action-account.action_move_out_invoice/{invoice.id}",
            "ksef_correct_price",
            login="ksiegowa_test",
        )
        correction = invoice.ksef_correction_ids
        self.assertEqual((correction.state, correction.move_type), ("draft", "out_refund"))
        self.assertEqual(correction.amount_untaxed, 20)
        self.assertEqual(correction.ksef_correction_reason, "wrong price")
