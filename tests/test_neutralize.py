from datetime import timedelta

from odoo import fields
from odoo.modules.neutralize import get_neutralization_queries
from odoo.tests import tagged

from ..models.ksef_queue import QUEUES
from .credentials_common import CredentialsCommon

NOBODY = 2**31 - 1  # no connection to a database has such a number


@tagged("post_install", "-at_install")
class TestNeutralize(CredentialsCommon):
    def neutralize(self):
        """What Odoo does to a copy of a database."""
        self.env.flush_all()
        for query in get_neutralization_queries(["account_ksef"]):
            self.env.cr.execute(query)
        self.env.invalidate_all()

    def test_copy_of_a_database_can_neither_log_in_nor_send(self):
        self.connect()
        invoice = self.post_invoice()
        self.send(invoice)
        waiting = self.post_invoice()
        waiting.action_ksef_send()
        self.neutralize()
        self.assertFalse(self.company.ksef_token or self.company.ksef_is_enabled)
        self.assertEqual(self.company.ksef_environment, "test")
        self.assertFalse(self.env["ksef.login"]._current(self.company))
        self.assertFalse(invoice.ksef_submission_ids.session_id.encryption_key)
        self.assertFalse(waiting.ksef_submission_ids.retry_at)
        self.assertTrue(invoice.ksef_number, "what was issued stays readable")

    def test_copy_holds_no_key_that_could_log_in_or_sign(self):
        self.connect_with_certificate()
        self.load(self.one_file(self.p12(self.seal())))
        self.company.action_ksef_enroll()
        other = self.env["certificate.key"]._generate_ec_private_key(self.company, name="Inny")
        keys = self.env["certificate.key"].search([("id", "!=", other.id)])
        self.assertEqual(len(keys), 3, "of the first certificate, the second and the application")
        self.neutralize()
        self.assertFalse(keys.exists())
        self.assertFalse(self.env["certificate.certificate"].search([("scope", "ilike", "ksef")]))
        self.assertTrue(other.exists().pem_key, "keys of others stay")

    def test_files_of_keys_go_with_the_next_vacuum(self):
        self.connect_with_certificate()
        key = self.company.ksef_certificate_id.private_key_id
        other = self.env["certificate.key"]._generate_ec_private_key(self.company, name="Inny")
        self.assertTrue(self.files_of(key))
        self.neutralize()
        self.env["certificate.key"]._gc_ksef_files()
        self.assertFalse(self.files_of(key))
        self.assertTrue(self.files_of(other))

    def files_of(self, key):
        domain = [("res_model", "=", key._name), ("res_id", "=", key.id)]
        return self.env["ir.attachment"].search([*domain, ("res_field", "!=", False)])

    def test_work_of_the_original_is_not_taken_up_by_its_copy(self):
        self.connect_with_certificate()
        self.company._ksef_fetch_now()
        self.post_invoice().action_ksef_send()
        self.company.action_ksef_enroll()
        for name in QUEUES:
            later = fields.Datetime.now() + timedelta(hours=1)
            self.env[name].search([]).write({"connection": NOBODY, "retry_at": later})
        self.neutralize()
        self.env["ksef.queue"]._recover()
        self.assertFalse(self._waiting_rows())
