import threading

import requests

from odoo import Command
from odoo.tests import HttpCase, tagged
from odoo.tests.common import TEST_CURSOR_COOKIE_NAME

from .common import KsefCommon, simulator_url


class CronWorker(threading.Thread):
    """Plays the server's cron worker beside a browser, until it is stopped.

    It asks the server to run the cron, as an administrator may: a thread of the test's own
    would share the test's cursor with the requests of the browser.
    """

    def __init__(self, case):
        super().__init__(daemon=True)
        self.case = case
        self.is_over = threading.Event()
        self.cron_ids = case.env.ref("account_ksef.ir_cron_process_queue").ids

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *exc_info):
        self.is_over.set()
        self.join()

    def run(self):
        self.session = requests.Session()
        while not self.is_over.wait(0.5):
            self.session.cookies[TEST_CURSOR_COOKIE_NAME] = self.case.http_request_key
            if "session_id" not in self.session.cookies:
                login = {"db": self.case.env.cr.dbname, "login": "admin", "password": "admin"}
                self._post("/web/session/authenticate", login)
            call = {"model": "ir.cron", "method": "method_direct_trigger"}
            path = "/web/dataset/call_kw/ir.cron/method_direct_trigger"
            self._post(path, {**call, "args": [self.cron_ids], "kwargs": {}})

    def _post(self, path, params):
        self.session.post(self.case.base_url() + path, json={"params": params}, timeout=60)


@tagged("post_install", "-at_install")
class TestTours(KsefCommon, HttpCase):
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
