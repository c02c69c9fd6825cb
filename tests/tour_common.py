"""What the tours share: a browser that may take its time, and a cron worker beside it."""

import threading

import requests

from odoo.tests import HttpCase
from odoo.tests.common import TEST_CURSOR_COOKIE_NAME

LONGEST = 180  # seconds for a tour, on a machine that does other things too


class TourCase(HttpCase):
    def start_tour(self, *args, **options):
        return super().start_tour(*args, **{"timeout": LONGEST, **options})


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
