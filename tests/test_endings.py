from datetime import datetime, timedelta, timezone

from odoo import fields
from odoo.tests import freeze_time, tagged

from .credentials_common import CredentialsCommon


@tagged("post_install", "-at_install")
class TestEndings(CredentialsCommon):
    """Certificates and tokens that are about to end."""

    def setUp(self):
        super().setUp()
        self.company.ksef_responsible_id = self.accountant
        self.connect_with_certificate(der=self.seal(days=100))
        self.end = self.company.ksef_certificate_id.date_end

    def watch(self, days_before):
        """Let the cron look so many days before the certificate ends."""
        with (
            freeze_time(self.end - timedelta(days=days_before)),
            self.enter_registry_test_mode(),
        ):
            self.env.ref("account_ksef.ir_cron_watch").method_direct_trigger()
        return (
            self.env["ksef.alert"]
            ._open_of(self.company)
            .filtered(lambda alert: alert.key.startswith("ending:"))
        )

    def test_nobody_is_bothered_long_before(self):
        self.assertFalse(self.watch(40))

    def test_responsible_person_hears_of_it_30_14_7_and_1_days_before(self):
        told = [self.watch(days) for days in (30, 29, 15, 14, 8, 7, 2, 1)]
        self.assertEqual([len(alerts) for alerts in told], [1] * 8, "one at a time")
        self.assertEqual(len({alerts.id for alerts in told}), 4, "told anew at every step only")
        self.assertEqual(told[-1].user_id, self.accountant)
        self.assertEqual(told[-1].due_on, fields.Date.to_date(self.end))
        self.assertIn("Authentication certificate ends on", told[-1].title)

    def test_end_itself_is_told(self):
        self.assertIn("has ended", self.watch(-2).title)

    def test_renewal_settles_it(self):
        alert = self.watch(7)
        self.load(self.one_file(self.p12(self.seal(days=400))))
        self.assertFalse(self.watch(7))
        self.assertTrue(alert.settled_at)

    def test_offline_certificate_has_a_cause_of_its_own(self):
        der = self.seal(is_offline=True, days=100)
        self.load(self.one_file(self.p12(der)), scope="ksef_offline")
        self.assertEqual(len(self.watch(7)), 2)

    def test_certificate_that_nobody_logs_in_with_is_not_told(self):
        self.company.ksef_auth_method = "token"
        self.assertFalse(self.watch(7))

    def test_end_of_tokens_is_a_date_in_the_settings_and_stops_nothing(self):
        self.connect()
        self.company.ksef_auth_method = "token"
        self.company.ksef_token_ends_on = datetime.now(timezone.utc).date() - timedelta(days=1)
        invoice = self.post_invoice()
        self.send(invoice)
        self.assertEqual(invoice.ksef_state, "accepted", "KSeF decides, not the date")
        self.assertIn("KSeF token has ended", self.watch(100).title)
        self.company.ksef_token_ends_on = False
        self.assertFalse(self.watch(100))
