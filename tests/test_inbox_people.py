from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import freeze_time, new_test_user, tagged

from ..models.inbox.fetch import MOST_FAILURES
from .inbox_common import InboxCommon, make_document
from .tour_common import CronWorker, TourCase


class InboxPeople(InboxCommon):
    def watch(self, days=0):
        with freeze_time(fields.Datetime.now() + timedelta(days=days)):
            self.env["ksef.alert"]._watch(self.company)

    def alerts(self):
        """But for that of the clock: documents of these tests come from a later time."""
        alerts = self.env["ksef.alert"]._open_of(self.company)
        return alerts.filtered(lambda alert: alert.key != "clock")


@tagged("post_install", "-at_install")
class TestInboxAlerts(InboxPeople):
    def test_many_new_documents_are_one_activity(self):
        self.received("FV/1")
        self.watch()
        self.received("FV/2")
        self.watch()
        alert = self.alerts()
        self.assertEqual(alert.title, "New documents in the KSeF inbox: 2")
        self.assertEqual(alert.activity_ids.user_id, self.accountant)
        self.assertEqual(len(alert.activity_ids), 1)
        self.assertTrue(alert.is_of_inbox)

    def test_activity_goes_when_everything_is_taken_over(self):
        row = self.received("FV/1")
        self.watch()
        colleague = new_test_user(
            self.env,
            "kolezanka",
            groups="account_ksef.group_ksef_inbox",
            lang="en_US",
            company_id=self.company.id,
        )
        self.as_accountant(row)._assign(colleague)
        self.watch()
        self.assertEqual(self.alerts().user_id, colleague)
        self.as_accountant(row).action_approve()
        self.watch()
        self.assertFalse(self.alerts())

    def test_refused_fetching_is_told(self):
        self.connect(permissions=("InvoiceWrite",))
        self.fetch()
        self.watch()
        self.assertIn("permission", self.alerts().text)

    def test_fetching_that_does_not_get_on_is_told_until_it_does(self):
        self.simulator.deposit(make_document("FV/1"))
        self.simulator.fault("truncated-answer", "export-link", times=None)
        self.simulator.fault("truncated-answer", "query", times=None)
        self.company._ksef_fetch_now()
        self.run_queue(minutes=45)
        self.assertGreater(self.cursor().package_failures, MOST_FAILURES)
        self.watch()
        self.assertIn("cannot be read", self.alerts().text)
        self.simulator.clear_faults()
        self.run_queue(minutes=120)
        self.assertEqual(self.cursor().package_failures, 0)
        self.as_accountant(self.inbox()).action_approve()
        self.watch()
        self.assertFalse(self.alerts())


@tagged("post_install", "-at_install")
class TestInboxDashboard(InboxPeople):
    def test_card_of_the_purchases_counts_what_waits(self):
        self.received("FV/1")
        self.as_accountant(self.received("FV/2"))._object("disputed", "Zła cena")
        journal = self.company._ksef_bill_journal().with_user(self.accountant)
        data = journal._get_journal_dashboard_data_batched()[journal.id]
        self.assertEqual(data["ksef_inbox"], {"new": 1, "disputed": 1})

    def test_button_of_the_inbox_fetches(self):
        self.received("FV/1")
        self.cursors().write({"looked_at": False})
        inbox = self.env["ksef.inbox"].with_user(self.accountant)
        inbox.with_company(self.company).action_fetch()
        self.assertTrue(all(self.cursors().mapped("retry_at")))

    def test_company_without_ksef_has_nothing_to_fetch(self):
        self.company.ksef_is_enabled = False
        with self.assertRaises(UserError):
            self.env["ksef.inbox"].with_user(self.accountant).action_fetch()


@tagged("post_install", "-at_install")
class TestInboxDigest(InboxPeople):
    def mails(self):
        return self.env["mail.mail"].search([("subject", "like", "KSeF inbox of")])

    def test_whoever_wants_it_gets_one_mail_about_new_documents(self):
        self.accountant.email = "ksiegowa@example.com"
        self.company.ksef_digest_user_ids = [Command.set(self.accountant.ids)]
        self.received("FV/1")
        self.env["res.company"]._cron_ksef_digest()
        mail = self.mails()
        self.assertEqual(len(mail), 1)
        self.assertIn("ksiegowa@example.com", mail.email_to)
        self.assertIn("Dostawca sp. z o.o.", mail.body_html)

    def test_day_without_documents_brings_no_mail(self):
        self.accountant.email = "ksiegowa@example.com"
        self.company.ksef_digest_user_ids = [Command.set(self.accountant.ids)]
        self.env["res.company"]._cron_ksef_digest()
        self.assertFalse(self.mails())


@tagged("post_install", "-at_install")
class TestInboxTours(InboxPeople, TourCase):
    def setUp(self):
        super().setUp()
        self.company.tax_exigibility = True  # the taxes of Odoo's test company need it

    def test_accountant_fetches_reads_matches_and_books(self):
        bill = self.typed_bill("scan 15")
        self.simulator.deposit(make_document("FV/8"))
        with CronWorker(self):
            self.start_tour("/odoo", "ksef_inbox_match", login=self.accountant.login)
        row = self.inbox()
        self.assertEqual((row.state, row.bill_id, bill.state), ("booked", bill, "posted"))

    def test_accountant_marks_a_document_as_not_ours(self):
        row = self.received("FV/9")
        self.start_tour("/odoo", "ksef_inbox_not_ours", login=self.accountant.login)
        self.assertEqual((row.state, row.reason), ("not_ours", "Nic nie kupiliśmy"))

    def test_accountant_types_a_number_wrongly_and_then_right(self):
        self.company.ksef_environment = "production"
        bill = self.typed_bill("FV/2026/77")
        self.start_tour("/odoo", "ksef_bill_number", login=self.accountant.login)
        self.assertEqual(bill.ksef_number, "7762811692-20261105-010080DD2B5E-31")
