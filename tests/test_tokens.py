import time

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import OTHER_NIP
from .credentials_common import CredentialsCommon


@tagged("post_install", "-at_install")
class TestTokens(CredentialsCommon):
    def setUp(self):
        super().setUp()
        self.connect_with_certificate()

    def generate(self, **values):
        """Press the button of the window and let the queue work."""
        wizard = self.env["ksef.token.generate"].create({"company_id": self.company.id, **values})
        token = self.env["ksef.token"].browse(wizard.action_generate()["res_id"])
        self.run_queue()
        return token

    def listed(self):
        """The list of the company's tokens, fetched anew."""
        self.company.action_ksef_test_connection()
        self.run_queue(minutes=0.1)
        action = self.company.action_ksef_tokens()
        return self.env["ksef.token"].search(action["domain"])

    def test_token_is_generated_and_stands_in_the_settings(self):
        token = self.generate()
        self.assertEqual(token.state, "done", token.explanation)
        self.assertTrue(self.company.ksef_token.startswith(token.reference_number))
        self.assertTrue(token.is_in_use)
        self.assertFalse(token.secret, "it is kept in one place only")

    def test_generated_token_logs_in_with_its_permissions(self):
        self.generate(may_introspect=True)
        self.company.ksef_auth_method = "token"
        invoice = self.post_invoice()
        self.send(invoice)
        self.assertEqual(invoice.ksef_state, "accepted")
        permissions = self.env["ksef.login"]._current(self.company).permissions
        self.assertEqual(
            set(permissions.split(", ")), {"InvoiceRead", "InvoiceWrite", "Introspection"}
        )

    def test_token_before_is_revoked_when_asked(self):
        first = self.generate()
        second = self.generate()
        self.assertEqual((first.state, second.state), ("revoked", "done"))

    def test_token_before_stays_when_not_asked(self):
        first = self.generate()
        self.generate(is_to_replace_old=False)
        self.assertEqual(first.state, "done")

    def test_lost_answer_leaves_no_second_token(self):
        self.simulator.fault("lost-answer", operation="token-generate")
        token = self.generate()
        self.assertEqual(token.state, "done", token.explanation)
        states = self.listed().filtered(lambda each: each.name == token.name).mapped("state")
        self.assertEqual(states.count("done"), 1)

    def test_list_shows_what_others_generated_and_revokes_it(self):
        self.simulator.token(self.company._ksef_nip())
        self.generate()
        other = self.listed().filtered(lambda token: token.name == "Token z panelu symulatora")
        self.assertEqual(other[:1].state, "done")
        self.assertFalse(other[:1].is_in_use)
        other.action_revoke()
        self.run_queue()
        self.assertEqual(set(other.mapped("state")), {"revoked"})

    def test_token_that_the_company_logs_in_with_is_not_revoked(self):
        token = self.generate()
        self.company.ksef_auth_method = "token"
        with self.assertRaisesRegex(UserError, "logs in with this token"):
            token.action_revoke()

    def test_list_opens_the_login_when_there_is_none(self):
        self.assertEqual(self.company.action_ksef_tokens()["res_model"], "ksef.login")

    def test_token_without_any_permission_is_refused(self):
        with self.assertRaisesRegex(UserError, "at least one"):
            self.generate(may_read=False, may_write=False)

    def test_permission_that_the_login_lacks_is_refused_with_words(self):
        self.load(self.one_file(self.p12(self.signature(OTHER_NIP))))
        token = self.generate()
        self.assertEqual(token.failure_kind, "login")
        self.assertFalse(self.company.ksef_token)

    def test_with_a_token_the_reason_is_told(self):
        self.company.ksef_auth_method = "token"
        with self.assertRaisesRegex(UserError, "log in with a certificate"):
            self.generate()

    def test_list_is_not_waited_for_longer_than_a_person_does(self):
        self.generate()
        self.simulator.fault("slow-answer", operation="token-list", seconds=60)
        started = time.monotonic()
        with self.assertRaisesRegex(UserError, "does not answer. Try again in a few minutes"):
            self.company.action_ksef_tokens()
        self.assertLess(time.monotonic() - started, 45)
