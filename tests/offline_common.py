"""Companies that can issue offline, a clock for both sides, and a KSeF that goes away."""

import hashlib
from contextlib import contextmanager
from datetime import datetime, timezone

from odoo import fields
from odoo.tests import freeze_time

from .credentials_common import CredentialsCommon

DAY = 24 * 3600  # seconds


class OfflineCommon(CredentialsCommon):
    def setUp(self):
        super().setUp()
        self.connect()
        self.load_offline_certificate()

    def load_offline_certificate(self, **options):
        """A certificate of type 2 that is valid at all moments of these tests."""
        validity = {"not_before": datetime(2025, 1, 1, tzinfo=timezone.utc), "days": 3650}
        der = self.seal(is_offline=True, **{**validity, **options})
        self.load(self.one_file(self.p12(der)), scope="ksef_offline")

    @contextmanager
    def at(self, moment):
        """Let it be a moment (text, UTC) for Odoo and for the simulator."""
        with freeze_time(moment):
            self._have_simulator_live_now()
            self.company.ksef_token = self.simulator.token(self.company._ksef_nip())
            yield
        self._have_simulator_live_now()

    def _have_simulator_live_now(self):
        """Its keys too: certified a day before, as nobody uses what is not valid yet."""
        self.simulator.reset_clock()
        self.simulator.shift_clock(-DAY)
        for usage in ("KsefTokenEncryption", "SymmetricKeyEncryption"):
            self.simulator.recertify_key(usage)
        self.simulator.reset_clock()

    def away(self):
        """KSeF answers nobody, until `clear_faults`."""
        self.simulator.fault("server-error", times=None, status=503)

    def issue(self, invoice, user=None):
        """Issue offline as the accountant does, through the window."""
        wizard = self.env["ksef.offline.issue"].with_user(user or self.accountant)
        action = invoice.with_user(user or self.accountant).action_ksef_open_offline()
        wizard.browse(action["res_id"]).action_issue()
        return invoice.ksef_submission_ids.sorted("id")[-1:]

    def announce(self, mode, begins, ends=False):
        return self.env["ksef.announcement"].create(
            {
                "environment": "local",
                "mode": mode,
                "title": mode,
                "basis": "BIP",
                "starts_at": begins,
                "ends_at": ends,
            }
        )

    def run_policies(self):
        with self.enter_registry_test_mode():
            self.env.ref("account_ksef.ir_cron_send").method_direct_trigger()

    def process(self):
        """One pass of the queue at the present moment."""
        with self.enter_registry_test_mode():
            self.env.ref("account_ksef.ir_cron_process_queue").method_direct_trigger()

    def hash_of(self, content):
        return hashlib.sha256(content).digest()

    def moment(self, text):
        return fields.Datetime.to_datetime(text)
