from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .credentials_common import CredentialsCommon

SYSTEM_ONLY = {
    "ksef.login",
    "ksef.token",
    "ksef.token.generate",
    "ksef.enrollment",
    "ksef.certificate.load",
}
OPERATIONS = ("read", "write", "create", "unlink")


@tagged("post_install", "-at_install")
class TestAccess(CredentialsCommon):
    """Who may send, see and read what, over every model of the integration."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.auditor = cls._user("audytor_test", "account.group_account_readonly")
        cls.employee = cls._user("pracownik_test", "base.group_user")
        cls.portal = cls._user("portal_test", "base.group_portal")
        cls.stranger = cls._user(
            "obca_ksiegowa_test", "account.group_account_invoice", cls.other_company
        )

    @classmethod
    def _user(cls, login, groups, company=None):
        company = company or cls.company
        return new_test_user(
            cls.env,
            login,
            groups=groups,
            lang="en_US",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )

    def setUp(self):
        super().setUp()
        self.connect()

    def models(self):
        """Every table of the integration."""
        names = (name for name in self.env.registry if name.startswith("ksef."))
        return [self.env[name] for name in names if not self.env[name]._abstract]

    def as_user(self, user, records):
        return records.with_user(user).sudo(False)

    def rights(self, user, model):
        records = self.as_user(user, model)
        return {operation for operation in OPERATIONS if records.has_access(operation)}

    # === TABLES === #

    def test_employees_and_portal_users_have_no_business_here(self):
        # An employee may have windows of their own: what they show is guarded where it is read
        for model in self.models():
            self.assertFalse(self.rights(self.portal, model), model._name)
            if not model._transient:
                self.assertFalse(self.rights(self.employee, model), model._name)

    def test_access_data_are_for_administrators_only(self):
        for name in SYSTEM_ONLY:
            for user in (self.accountant, self.auditor):
                self.assertFalse(self.rights(user, self.env[name]), f"{user.login}: {name}")

    def test_nobody_writes_what_the_queue_writes(self):
        administrator = self._user("admin_test", "base.group_system,account.group_account_manager")
        for model in self.models():
            if "retry_at" in model._fields:
                for user in (self.accountant, self.auditor, administrator):
                    rights = self.rights(user, model)
                    self.assertLessEqual(rights, {"read"}, f"{user.login}: {model._name}")

    def test_auditors_change_nothing(self):
        for model in self.models():
            if not model._transient:
                self.assertLessEqual(self.rights(self.auditor, model), {"read"}, model._name)

    # === WINDOWS === #

    def test_window_is_for_who_opened_it(self):
        rules = self.env["ir.rule"].with_user(self.accountant)
        for model in self.models():
            if model._transient:
                for operation in OPERATIONS:
                    domain = rules._compute_domain(model._name, operation)
                    self.assertIn("create_uid", repr(domain), f"{model._name}: {operation}")

    def test_colleague_does_not_look_into_a_window(self):
        invoice = self.as_user(self.accountant, self.post_invoice())
        action = invoice.action_ksef_open_wizard()
        colleague = self._user("kolezanka_test", "account.group_account_invoice")
        window = self.as_user(colleague, self.env["ksef.send"].browse(action["res_id"]))
        with self.assertRaises(AccessError):
            window.read(["plan"])
        with self.assertRaises(AccessError):
            window.action_send()

    def test_window_shows_no_document_of_another_company(self):
        """Fields that are related to the invoice would tell its buyer and its amounts."""
        invoice = self.post_invoice()
        windows = (
            ("ksef.send.line", {"move_id": invoice.id, "wizard_id": "ksef.send"}),
            ("ksef.technical.correction", {"move_id": invoice.id}),
            ("ksef.offline.issue", {"move_ids": [Command.set(invoice.ids)]}),
            ("ksef.correction", {"move_ids": [Command.set(invoice.ids)]}),
            ("ksef.number.import.line", {"bill_id": invoice.id, "wizard_id": "ksef.number.import"}),
        )
        for name, values in windows:
            if "wizard_id" in values:
                parent = self.as_user(self.stranger, self.env[values["wizard_id"]]).create({})
                values["wizard_id"] = parent.id
            with self.subTest(name), self.assertRaises(AccessError), self.env.cr.savepoint():
                self.as_user(self.stranger, self.env[name]).create(values)

    def test_only_odoo_makes_what_a_preview_shows(self):
        invoice = self.as_user(self.accountant, self.post_invoice())
        preview = self.as_user(self.accountant, self.env["ksef.preview"])
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            preview.create({"move_id": invoice.id, "ksef_number": "x"})
        preview = preview.browse(invoice.action_ksef_preview()["res_id"])
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            preview.write({"is_sent": True})

    # === COMPANIES === #

    def test_other_companies_see_nothing_of_it(self):
        self.connect_with_certificate()
        self.send(self.post_invoice())
        seen = 0
        for model in self.models():
            if "company_id" in model._fields and not model._transient:
                ours = model.search([("company_id", "=", self.company.id)])
                if self.rights(self.stranger, model):
                    seen += len(ours)
                    visible = self.as_user(self.stranger, model).search([("id", "in", ours.ids)])
                    self.assertFalse(visible, model._name)
        self.assertTrue(seen, "there was nothing to see")

    def test_administrator_of_another_company_does_not_see_certificates(self):
        self.connect_with_certificate()
        administrator = self._user("admin_obcy_test", "base.group_system", self.other_company)
        certificates = self.as_user(administrator, self.env["certificate.certificate"])
        self.assertFalse(certificates.search([("scope", "=", "ksef_authentication")]))

    # === SENDING === #

    def test_accountant_sends(self):
        invoice = self.post_invoice()
        self.send(invoice)
        self.assertEqual(invoice.ksef_state, "accepted")

    def test_nobody_else_sends(self):
        invoice = self.post_invoice()
        for user in (self.auditor, self.employee, self.portal, self.stranger):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.as_user(user, invoice).action_ksef_send()
        self.assertFalse(invoice.ksef_submission_ids)

    def test_nobody_else_opens_the_window_of_sending(self):
        invoice = self.post_invoice()
        for user in (self.employee, self.portal, self.stranger):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.as_user(user, self.env["ksef.send"])._open_for(self.as_user(user, invoice))

    def test_documents_and_receipts_are_closed_to_others(self):
        invoice = self.post_invoice()
        self.send(invoice)
        submission = invoice.ksef_submission_ids
        for user in (self.employee, self.portal, self.stranger):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.as_user(user, submission).read(["document", "upo", "explanation"])

    # === ACCESS DATA === #

    def test_only_administrators_touch_the_access_data(self):
        company = self.as_user(self.accountant, self.company)
        for name in (
            "action_ksef_test_connection",
            "action_ksef_load_certificate",
            "action_ksef_load_offline_certificate",
            "action_ksef_enroll",
            "action_ksef_enroll_offline",
            "action_ksef_generate_token",
            "action_ksef_tokens",
            "action_ksef_certificates",
        ):
            with self.subTest(method=name), self.assertRaises(AccessError):
                getattr(company, name)()

    def test_accountant_changes_no_settings_of_the_connection(self):
        company = self.as_user(self.accountant, self.company)
        for values in ({"ksef_token": "x"}, {"ksef_environment": "production"}):
            with self.subTest(values=values), self.assertRaises(AccessError):
                company.write(values)
