import base64
import logging
from contextlib import contextmanager

from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import new_test_user, tagged

from ..models.certificate_files import CertificateFiles, Inspection
from ..models.ksef_queue import Decision
from .credentials_common import PASSWORD, CredentialsCommon

WRONG_PASSWORD = "nie to hasło"
LOGGERS = ("", "odoo", "odoo.service.model", "odoo.http", "odoo.addons.account_ksef", "urllib3")
SECRET_FIELDS = {
    "res.company": ("ksef_token", "ksef_certificate_id", "ksef_offline_certificate_id"),
    "ksef.session": ("encryption_key", "initialization_vector"),
}
SECRET_MODELS = (
    "certificate.certificate",
    "certificate.key",
    "ksef.login",
    "ksef.token",
    "ksef.enrollment",
)


class Listener(logging.Handler):
    """Keeps the text of every record; that of SQL apart (see `log_redaction`)."""

    def __init__(self):
        super().__init__(logging.DEBUG)
        self.lines, self.sql = [], []

    def emit(self, record):
        lines = self.sql if record.name.startswith("odoo.sql_db") else self.lines
        lines.append(self.format(record))


@contextmanager
def full_log():
    """Everything that is logged meanwhile, at the level DEBUG, and nothing of it elsewhere."""
    root = logging.getLogger()
    loggers = [logging.getLogger(name) for name in LOGGERS]
    levels, handlers = [logger.level for logger in loggers], root.handlers
    root.handlers = [Listener()]
    try:
        for logger in loggers:
            logger.setLevel(logging.DEBUG)
        yield root.handlers[0]
    finally:
        root.handlers = handlers
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


class SecretsCommon(CredentialsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.administrator = new_test_user(
            cls.env,
            "administrator_test",
            groups="base.group_system,account.group_account_manager",
            company_id=cls.company.id,
            company_ids=[(6, 0, cls.company.ids)],
        )

    def rpc(self, model, method, *args, **kwargs):
        """Call as the browser of an administrator does."""
        records = self.env[model].with_user(self.administrator).sudo(False)
        return call_kw(records, method, list(args), kwargs)


@tagged("post_install", "-at_install")
class TestSecretsInLogs(SecretsCommon):
    def load_by_browser(self, password):
        file = base64.b64encode(self.p12(self.seal())).decode()
        values = {
            "company_id": self.company.id,
            "scope": "ksef_authentication",
            "container": file,
            "password": password,
        }
        specification = {"problem": {}, "is_ready": {}, "password": {}, "container": {}}
        self.rpc("ksef.certificate.load", "onchange", [], values, ["password"], specification)
        return self.rpc("ksef.certificate.load", "web_save", [], values, specification)

    def enter_token_by_browser(self):
        token = self.simulator.token(self.company._ksef_nip())
        self.rpc("res.company", "web_save", self.company.ids, {"ksef_token": token}, {})
        self.company.ksef_auth_method = "token"

    def go_through(self):
        """Yield every secret of a whole flow: both logins, sending, UPO, token, certificate."""
        self.connect()
        with self.assertRaises(UserError), self.cr.savepoint():
            self.load_by_browser(WRONG_PASSWORD)
        self.load_by_browser(PASSWORD)
        yield from self.send_and_collect()
        yield from self.ask_and_collect()
        self.enter_token_by_browser()
        yield from self.send_and_collect()

    def send_and_collect(self):
        invoice = self.post_invoice()
        self.send(invoice)
        self.assertEqual(invoice.ksef_state, "accepted")
        self.assertTrue(invoice.ksef_submission_ids.upo)
        login = self.env["ksef.login"]._current(self.company)
        session = invoice.ksef_submission_ids.session_id
        yield from (login.access_token, login.refresh_token)
        yield from (self.company.ksef_token, session.encryption_key)

    def ask_and_collect(self):
        """Have a certificate and a token made."""
        self.company.action_ksef_enroll_offline()
        self.company._ksef_generate_token(["InvoiceRead", "InvoiceWrite"], "Odoo", True)
        self.run_queue()
        yield self.company.ksef_token
        key = self.company.ksef_offline_certificate_id.private_key_id
        yield from base64.b64decode(key.pem_key).decode().splitlines()[1:-1]

    def test_full_debug_log_of_a_whole_flow_holds_no_secret(self):
        with full_log() as listener:
            secrets = {secret for secret in self.go_through() if secret}
        uploaded = {PASSWORD, WRONG_PASSWORD, *self.key_file().decode().splitlines()[1:-1]}
        secrets |= uploaded
        secrets |= {secret.rpartition("|")[2] for secret in secrets if "|" in secret}
        log, sql = "\n".join(listener.lines), "\n".join(listener.sql)
        self.assertIn("web_save", log, "nothing was logged at all")
        self.assertGreater(len(secrets), 10)
        for secret in secrets:
            self.assertNotIn(secret, log)
            self.assertNotIn(base64.b64encode(secret.encode()).decode(), log)
        self.assertNotIn("Bearer ", log)
        self.assertIn("INSERT INTO", sql)
        self.assertFalse([secret for secret in uploaded if secret in sql])
        self.assert_not_told(secrets)

    def assert_not_told(self, secrets):
        """Neither messages nor their tracking, activities or alerts hold a secret."""
        self.env.flush_all()
        told = [
            *self.env["mail.message"].search([]).mapped("body"),
            *self.env["mail.activity"].search([]).mapped("note"),
            *self.env["ksef.alert"].search([]).mapped("text"),
            *self.env["mail.tracking.value"].search([]).mapped("new_value_char"),
        ]
        text = "\n".join(str(each) for each in told)
        self.assertFalse([secret for secret in secrets if secret in text])


@tagged("post_install", "-at_install")
class TestSecretsInRecords(SecretsCommon):
    def setUp(self):
        super().setUp()
        self.connect_with_certificate()
        self.company.ksef_token = self.simulator.token(self.company._ksef_nip())
        self.send(self.post_invoice())
        self.accountant.group_ids += self.env.ref("base.group_allow_export")

    def assert_denied(self, method, *args):
        with self.assertRaises(AccessError):
            method(*args)

    def test_only_administrators_read_secret_fields(self):
        for model, names in SECRET_FIELDS.items():
            records = self.env[model].search([("id", "!=", 0)], limit=1)
            records = records.with_user(self.accountant).sudo(False)
            for name in names:
                with self.subTest(field=f"{model}.{name}"):
                    self.assertNotIn(name, records.fields_get())
                    self.assert_denied(records.read, [name])
                    self.assert_denied(records.export_data, [name])
                    self.assert_denied(records.search, [(name, "!=", False)])
                    self.assert_denied(records.search, [], 0, None, name)

    def test_only_administrators_read_certificates_keys_logins_and_tokens(self):
        for model in SECRET_MODELS:
            records = self.env[model].with_user(self.accountant).sudo(False)
            with self.subTest(model=model):
                self.assert_denied(records.search, [])
                self.assert_denied(records.search_read, [])
                self.assert_denied(records.create, {})

    def test_private_keys_are_not_in_the_index_of_files(self):
        key = self.key_file().decode().splitlines()[1]
        domain = [("res_field", "!=", False), ("index_content", "like", key)]
        self.assertFalse(self.env["ir.attachment"].search(domain))

    def test_files_of_keys_are_closed_to_accountants(self):
        domain = [
            ("res_model", "in", ("certificate.key", "certificate.certificate")),
            ("res_field", "!=", False),
        ]
        files = self.env["ir.attachment"].search(domain)
        self.assertTrue(files, "the keys are stored elsewhere now")
        attachments = self.env["ir.attachment"].with_user(self.accountant).sudo(False)
        self.assert_denied(attachments.search, domain)
        for file in attachments.browse(files.ids):
            self.assert_denied(file.read, ["datas", "raw", "index_content"])

    def test_copies_hold_no_secret(self):
        [copied] = self.company.copy_data()
        self.assertFalse(copied.keys() & {*SECRET_FIELDS["res.company"]})

    def test_nothing_shows_a_secret_when_it_is_printed(self):
        token, key = self.company.ksef_token, self.key_file()
        credential = self.company._ksef_login_credential()
        shown = repr(
            (
                CertificateFiles(container=self.p12(self.seal()), key=key, password=PASSWORD),
                Inspection(credential=credential),
                credential,
                Decision(state="active", values={"access_token": token}),
                self.company,
            )
        )
        self.assertNotIn(PASSWORD, shown)
        self.assertNotIn(token, shown)
        self.assertNotIn("PRIVATE", shown)
