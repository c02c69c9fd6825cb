from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common import OTHER_NIP, KsefCommon


@tagged("post_install", "-at_install")
class TestConnection(KsefCommon):
    def try_connection(self):
        """Press the button and wait as its window does."""
        action = self.company.action_ksef_test_connection()
        login = self.env["ksef.login"].browse(action["res_id"])
        self.run_queue(minutes=0.1)
        return login

    def test_good_token_shows_what_it_may_do(self):
        self.connect(permissions=("InvoiceRead", "InvoiceWrite", "Introspection"))
        login = self.try_connection()
        self.assertEqual(login.state, "active")
        self.assertFalse(login.explanation)
        self.assertEqual(
            set(login.permissions.split(", ")), {"InvoiceRead", "InvoiceWrite", "Introspection"}
        )

    def test_window_goes_on_without_the_cron(self):
        self.connect()
        login = self.env["ksef.login"].browse(self.company.action_ksef_test_connection()["res_id"])
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            mirror = login.with_env(self.env(cr=cr))
            for _look in range(10):
                mirror.action_ksef_refresh()
                mirror.retry_at = mirror.retry_at and mirror.queued_at
        self.assertEqual(login.state, "active")

    def assert_refused(self, *words):
        login = self.try_connection()
        self.assertEqual(login.state, "refused")
        for word in words:
            self.assertIn(word, login.explanation)
        polish = login.with_context(lang="pl_PL").explanation
        self.assertNotEqual(polish, login.explanation, "there is no Polish text")

    def test_wrong_token(self):
        self.connect()
        self.company.ksef_token = self.company.ksef_token[:-4] + "0000"
        self.assert_refused("refused the token")

    def test_revoked_token(self):
        self.connect(status="Revoked")
        self.assert_refused("revoked")

    def test_token_of_another_company(self):
        self.connect()
        self.company.ksef_token = self.simulator.token(OTHER_NIP)
        self.assert_refused("another taxpayer", OTHER_NIP)

    def test_half_a_token(self):
        self.connect()
        self.company.ksef_token = self.company.ksef_token.rpartition("|")[0]
        self.assert_refused("not complete")

    def test_simulator_without_an_address(self):
        self.connect()
        self.company.ksef_local_url = False
        self.assert_refused("address of the local simulator is missing")

    def test_no_token(self):
        self.connect()
        self.company.ksef_token = False
        self.assert_refused("No KSeF token")

    def test_company_without_nip(self):
        self.connect()
        self.company.vat = False
        self.assert_refused("no valid NIP")

    def test_company_with_a_wrong_nip(self):
        self.connect()
        self.company.partner_id.with_context(no_vat_validation=True).vat = "PL1234563219"
        self.assert_refused("no valid NIP", "1234563219")

    def test_nobody_answers(self):
        self.connect()
        self.company.ksef_local_url = "http://127.0.0.1:9"
        login = self.try_connection()
        self.assertEqual(login.state, "new")
        self.assertIn("does not answer", login.explanation)

    def test_token_pasted_with_a_line_break_works(self):
        self.connect()
        self.company.ksef_token = f"  {self.company.ksef_token}\n"
        self.assertEqual(self.try_connection().state, "active")

    def test_simulator_elsewhere_is_refused(self):
        with self.assertRaises(ValidationError):
            self.company.write(
                {"ksef_environment": "local", "ksef_local_url": "http://192.0.2.1:8080"}
            )

    def test_environment_cannot_change_under_an_invoice_that_is_judged(self):
        self.connect()
        self.hold_verdicts()
        invoice = self.post_invoice()
        invoice.action_ksef_send()
        self.run_queue(minutes=0.1)
        with self.assertRaises(ValidationError):
            self.company.ksef_environment = "production"

    def test_expired_access_is_renewed_with_the_same_login(self):
        self.connect()
        self.send(self.post_invoice())
        login = self.env["ksef.login"]._current(self.company)
        login.access_valid_until = login.queued_at
        invoice = self.post_invoice()
        self.send(invoice)
        self.assertEqual(invoice.ksef_state, "accepted")
        self.assertEqual(self.env["ksef.login"]._current(self.company), login)

    def test_access_that_ksef_no_longer_takes_is_renewed(self):
        self.connect()
        self.send(self.post_invoice())
        self.env["ksef.login"]._current(self.company).access_token = "stale"
        invoice = self.post_invoice()
        self.send(invoice)
        self.assertEqual(invoice.ksef_state, "accepted")

    def test_new_token_ends_the_old_login(self):
        self.connect()
        self.send(self.post_invoice())
        login = self.env["ksef.login"]._current(self.company)
        self.company.ksef_token = self.simulator.token(self.company._ksef_nip())
        self.assertEqual(login.state, "ended")
        self.assertFalse(login.access_token or login.refresh_token)
