from odoo.exceptions import UserError
from odoo.tests import tagged

from .credentials_common import CredentialsCommon


@tagged("post_install", "-at_install")
class TestEnrollment(CredentialsCommon):
    def setUp(self):
        super().setUp()
        self.connect_with_certificate()
        self.seal_certificate = self.company.ksef_certificate_id

    def apply(self, scope="ksef_authentication"):
        """Press the button and let the queue work."""
        method = {
            "ksef_authentication": self.company.action_ksef_enroll,
            "ksef_offline": self.company.action_ksef_enroll_offline,
        }[scope]
        enrollment = self.env["ksef.enrollment"].browse(method()["res_id"])
        self.run_queue()
        return enrollment

    def issued(self):
        """How often KSeF was asked to issue."""
        return [r for r in self.simulator.requests() if r["operation"] == "enrol"]

    def test_certificate_is_applied_for_stored_and_used(self):
        enrollment = self.apply()
        self.assertEqual(enrollment.state, "done", enrollment.explanation)
        certificate = self.company.ksef_certificate_id
        self.assertNotEqual(certificate, self.seal_certificate)
        self.assertEqual(certificate.ksef_serial_number, enrollment.serial_number)
        self.assertEqual(certificate.ksef_key_name, "EC P-256")
        self.assertTrue(enrollment.certificates_left)
        self.assertTrue(self.seal_certificate.exists(), "the one before is kept")
        self.assert_logs_in()

    def assert_logs_in(self):
        self.company.action_ksef_test_connection()
        self.run_queue(minutes=0.1)
        self.assertEqual(self.env["ksef.login"]._current(self.company).state, "active")

    def test_offline_certificate_is_applied_for(self):
        self.apply("ksef_offline")
        self.assertEqual(self.company.ksef_offline_certificate_id.scope, "ksef_offline")
        self.assertTrue(self.company._ksef_offline_credential())
        self.assertEqual(self.company.ksef_certificate_id, self.seal_certificate)

    def test_certificate_with_null_parameters_is_stored(self):
        self.simulator.fault("null-parameters", operation="certificate-retrieve")
        self.assertEqual(self.apply("ksef_offline").state, "done")
        self.assertTrue(self.company._ksef_offline_credential())

    def test_renewal_replaces_the_certificate_with_one_click(self):
        first = self.apply().certificate_id
        second = self.apply().certificate_id
        self.assertEqual(self.company.ksef_certificate_id, second)
        self.assertNotEqual(first, second)
        self.assert_logs_in()

    def test_second_click_shows_the_application_that_runs(self):
        first = self.company.action_ksef_enroll()
        self.assertEqual(self.company.action_ksef_enroll()["res_id"], first["res_id"])

    def test_lost_answer_is_looked_up_and_not_repeated(self):
        self.simulator.fault("lost-answer", operation="enrol")
        enrollment = self.apply()
        self.assertEqual(enrollment.state, "done", enrollment.explanation)
        self.assertEqual(len(self.issued()), 1)
        self.assertEqual(self.company.ksef_certificate_id, enrollment.certificate_id)

    def test_process_that_died_while_sending_leaves_it_to_be_clarified(self):
        enrollment = self.env["ksef.enrollment"].browse(self.company.action_ksef_enroll()["res_id"])
        enrollment._move_to("sending", retry_at=enrollment.retry_at)
        self.run_queue(minutes=10)
        self.assertEqual(enrollment.state, "done", enrollment.explanation)
        self.assertEqual(len(self.issued()), 1)

    def test_with_a_token_the_reason_is_told(self):
        self.company.ksef_auth_method = "token"
        with self.assertRaisesRegex(UserError, "log in with a certificate"):
            self.company.action_ksef_enroll()

    def test_certificate_is_revoked_and_put_away(self):
        old = self.apply().certificate_id
        with self.assertRaisesRegex(UserError, "uses this certificate"):
            old.action_ksef_revoke()
        self.apply()
        self.send(self.post_invoice())
        old.action_ksef_revoke()
        self.assertFalse(old.active)

    def test_certificate_whose_revocation_is_not_answered_is_revoked_with_the_next_click(self):
        old = self.apply().certificate_id
        self.apply()
        self.send(self.post_invoice())
        self.simulator.fault("lost-answer", operation="certificate-revoke")
        with self.assertRaisesRegex(UserError, "does not answer. Try again in a few minutes"):
            old.action_ksef_revoke()
        self.assertTrue(old.active)
        old.action_ksef_revoke()
        self.assertFalse(old.active)
