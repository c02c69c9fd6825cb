from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common import KsefCommon


@tagged("post_install", "-at_install")
class TestProtection(KsefCommon):
    def setUp(self):
        super().setUp()
        self.connect()
        self.invoice = self.post_invoice()

    def test_accepted_invoice_stays_as_it_is(self):
        self.send(self.invoice)
        invoice = self.invoice.with_user(self.accountant)
        self.assertFalse(invoice.show_reset_to_draft_button)
        for touch in (
            invoice.button_draft,
            invoice.button_cancel,
            invoice.unlink,
            lambda: invoice.write({"state": "draft"}),
            lambda: invoice.write({"state": "cancel"}),
        ):
            with self.subTest(touch=touch), self.assertRaises(UserError), self.env.cr.savepoint():
                touch()
        self.assertEqual(self.invoice.state, "posted")

    def test_fields_that_ksef_fills_cannot_be_typed(self):
        for values in (
            {"ksef_number": "1234563218-20260101-010080DD2B5E-26"},
            {"ksef_state": "accepted"},
            {"ksef_mode": "online"},
        ):
            with self.subTest(values), self.assertRaises(AccessError):
                self.invoice.with_user(self.accountant).write(values)

    def test_queued_invoice_can_go_back_to_draft(self):
        self.invoice.with_user(self.accountant).action_ksef_send()
        self.invoice.with_user(self.accountant).button_draft()
        self.assertEqual(self.invoice.ksef_submission_ids.state, "withdrawn")
        self.run_queue()
        self.assertFalse(self.simulator.documents())
        self.invoice.action_post()
        self.send(self.invoice)
        self.assertEqual(self.invoice.ksef_state, "accepted")

    def test_invoice_on_its_way_cannot_go_back_to_draft(self):
        self.hold_verdicts()
        self.invoice.with_user(self.accountant).action_ksef_send()
        self.run_queue(minutes=0.2)
        self.assertEqual(self.invoice.ksef_state, "sent")
        with self.assertRaises(UserError):
            self.invoice.with_user(self.accountant).button_draft()

    def test_history_with_ksef_keeps_an_invoice_from_being_deleted(self):
        self.invoice.with_user(self.accountant).action_ksef_send()
        self.invoice.with_user(self.accountant).button_draft()
        with self.assertRaises(UserError), self.env.cr.savepoint():
            self.invoice.unlink()

    def test_posting_does_not_need_ksef(self):
        self.company.ksef_local_url = "http://127.0.0.1:9"
        self.assertEqual(self.post_invoice().state, "posted")

    def test_copy_of_an_accepted_invoice_starts_anew(self):
        self.send(self.invoice)
        copy = self.invoice.copy()
        self.assertFalse(copy.ksef_number or copy.ksef_state or copy.ksef_submission_ids)


@tagged("post_install", "-at_install")
class TestWhoMay(KsefCommon):
    def setUp(self):
        super().setUp()
        self.connect()
        self.invoice = self.post_invoice()

    def test_accountant_of_another_company_can_neither_send_nor_see(self):
        stranger = new_test_user(
            self.env,
            "obca_ksiegowa",
            groups="account.group_account_invoice",
            company_id=self.other_company.id,
            company_ids=[(6, 0, self.other_company.ids)],
        )
        with self.assertRaises(AccessError):
            self.invoice.with_user(stranger).action_ksef_send()
        self.send(self.invoice)
        rows = self.env["ksef.submission"].with_user(stranger)
        self.assertFalse(rows.search([]))
        with self.assertRaises(AccessError):
            self.invoice.ksef_submission_ids.with_user(stranger).read(["document"])

    def test_salesperson_and_portal_user_can_neither_send_nor_read(self):
        for groups in ("sales_team.group_sale_salesman", "base.group_portal"):
            user = new_test_user(
                self.env,
                f"user_{groups.split('.')[1]}",
                groups=groups,
                company_id=self.company.id,
                company_ids=[(6, 0, self.company.ids)],
            )
            with self.subTest(groups):
                with self.assertRaises(AccessError):
                    self.invoice.with_user(user).action_ksef_send()
                with self.assertRaises(AccessError):
                    self.env["ksef.submission"].with_user(user).search([])
        self.assertFalse(self.invoice.ksef_submission_ids)

    def test_auditor_reads_but_does_not_send(self):
        auditor = new_test_user(
            self.env,
            "audytor",
            groups="account.group_account_readonly",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        with self.assertRaises(AccessError):
            self.invoice.with_user(auditor).action_ksef_send()
        self.send(self.invoice)
        self.assertTrue(self.invoice.ksef_submission_ids.with_user(auditor).document)

    def test_login_is_for_the_administrator_only(self):
        self.send(self.invoice)
        with self.assertRaises(AccessError):
            self.env["ksef.login"].with_user(self.accountant).search([])
        with self.assertRaises(AccessError):
            self.company.with_user(self.accountant).ksef_token  # noqa: B018
