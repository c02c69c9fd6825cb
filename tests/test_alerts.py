from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import freeze_time, new_test_user, tagged

from .common import KsefCommon


class AlertsCommon(KsefCommon):
    def setUp(self):
        super().setUp()
        self.connect()
        self.company.ksef_responsible_id = self.accountant

    def watch(self, hours=0):
        """Let the cron look for what waits for a person, as if hours had passed."""
        cron = self.env.ref("account_ksef.ir_cron_watch")
        with (
            freeze_time(fields.Datetime.now() + timedelta(hours=hours)),
            self.enter_registry_test_mode(),
        ):
            cron.method_direct_trigger()

    def person(self, login, company=None, groups="account.group_account_invoice"):
        company = company or self.company
        return new_test_user(
            self.env,
            login,
            groups=groups,
            lang="en_US",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )

    def alerts(self, company=None):
        return self.env["ksef.alert"]._open_of(company or self.company)

    def rejected_invoice(self, **values):
        """Post and send an invoice that, by the clock of KSeF, is from the future."""
        invoice = self.post_invoice(**values)
        self.simulator.shift_clock(-2 * 24 * 3600)
        self.company.ksef_token = self.simulator.token(self.company._ksef_nip())
        self.send(invoice)
        self.simulator.reset_clock()
        self.company.ksef_token = self.simulator.token(self.company._ksef_nip())
        self.assertEqual(invoice.ksef_state, "rejected")
        return invoice


@tagged("post_install", "-at_install")
class TestAlerts(AlertsCommon):
    def test_rejected_invoice_gives_one_activity_however_often_it_is_looked_at(self):
        invoice = self.rejected_invoice()
        self.watch()
        self.watch()
        activity = invoice.activity_ids
        self.assertEqual(len(activity), 1)
        self.assertEqual(activity.user_id, self.accountant)
        self.assertIn(invoice.name, activity.summary)
        self.assertIn("Correct what the details name", activity.note)

    def test_activity_goes_away_by_itself_when_the_invoice_is_accepted(self):
        invoice = self.rejected_invoice()
        self.watch()
        alert = self.alerts()
        self.send(invoice)
        self.assertEqual(invoice.ksef_state, "accepted")
        self.watch()
        self.assertFalse(invoice.activity_ids)
        self.assertTrue(alert.settled_at)

    def test_same_code_on_many_invoices_is_one_alert(self):
        first = self.rejected_invoice()
        self.watch()
        second = self.rejected_invoice()
        self.watch()
        alert = self.alerts()
        self.assertEqual(alert.move_ids, first | second)
        self.assertFalse((first | second).activity_ids)
        self.assertEqual(alert.activity_ids.user_id, self.accountant)

    def test_activity_that_is_done_comes_back_only_for_another_invoice(self):
        first = self.rejected_invoice()
        self.watch()
        first.activity_ids.with_user(self.accountant).action_done()
        self.watch()
        self.assertFalse(first.activity_ids)
        self.rejected_invoice()
        self.watch()
        self.assertEqual(self.alerts().activity_ids.user_id, self.accountant)

    def test_refused_login_is_one_alert_for_all_invoices_that_wait_for_it(self):
        self.company.ksef_token = self.simulator.token(self.company._ksef_nip(), status="Revoked")
        for _invoice in range(2):
            self.send(self.post_invoice())
        self.watch()
        alert = self.alerts()
        self.assertEqual(alert.key, "login")
        self.assertIn("Generate a new token", alert.text)
        self.company.ksef_token = self.simulator.token(self.company._ksef_nip())
        self.run_queue()
        self.watch()
        self.assertFalse(self.alerts())

    def test_connection_that_is_broken_for_an_hour_is_told(self):
        self.company.ksef_local_url = "http://127.0.0.1:9"
        invoice = self.post_invoice()
        self.send(invoice)
        self.watch()
        self.assertFalse(self.alerts())
        self.watch(hours=2)
        self.assertEqual(self.alerts().move_ids, invoice)
        self.assertIn("cannot be reached", self.alerts().title)

    def test_document_without_an_answer_for_long_is_told(self):
        invoice = self.post_invoice()
        self.send(invoice)
        invoice.ksef_submission_ids.write(
            {
                "state": "unknown",
                "state_changed_at": fields.Datetime.now() - timedelta(hours=1),
                "retry_at": fields.Datetime.now() + timedelta(hours=3),
            }
        )
        self.watch()
        self.assertIn("has not confirmed", self.alerts().title)
        self.assertEqual(invoice.activity_ids.user_id, self.accountant)

    def test_one_company_does_not_stop_another(self):
        self.connect(self.other_company)
        stranger = self.person("obca", company=self.other_company)
        self.other_company.ksef_responsible_id = stranger
        foreign = self.post_invoice(self.other_company)
        self.without_rate_code(foreign)
        foreign.with_company(self.other_company)._ksef_queue()
        self.run_queue()
        invoice = self.rejected_invoice()
        self.watch()
        self.assertEqual(foreign.activity_ids.user_id, stranger)
        self.assertEqual(invoice.activity_ids.user_id, self.accountant)


@tagged("post_install", "-at_install")
class TestResponsible(AlertsCommon):
    def test_somebody_without_access_to_the_company_cannot_be_responsible(self):
        for login, values in {
            "obca_osoba": {"company": self.other_company},
            "sprzedawca": {"groups": "sales_team.group_sale_salesman"},
        }.items():
            with self.subTest(login), self.assertRaises(ValidationError):
                self.company.ksef_responsible_id = self.person(login, **values)

    def test_salesperson_who_is_an_accountant_is_asked_when_nobody_is_named(self):
        self.company.ksef_responsible_id = False
        seller = self.person("sprzedawca_ksiegowy")
        invoice = self.rejected_invoice(invoice_user_id=seller.id)
        self.watch()
        self.assertEqual(invoice.activity_ids.user_id, seller)

    def test_salesperson_without_access_is_not_asked(self):
        self.company.ksef_responsible_id = False
        seller = self.person("sam_sprzedawca", groups="sales_team.group_sale_salesman")
        invoice = self.rejected_invoice(invoice_user_id=seller.id)
        self.watch()
        asked = invoice.activity_ids.user_id
        self.assertNotEqual(asked, seller)
        self.assertTrue(self.company._ksef_can_be_handled_by(asked))

    def test_accountant_of_another_company_does_not_see_the_alert(self):
        self.rejected_invoice()
        self.watch()
        stranger = self.person("obca_ksiegowa", company=self.other_company)
        alerts = self.env["ksef.alert"]
        self.assertTrue(alerts.with_user(self.accountant).search([]))
        self.assertFalse(alerts.with_user(stranger).search([]))
        with self.assertRaises(AccessError):
            self.alerts().with_user(self.accountant).write({"settled_at": fields.Datetime.now()})


@tagged("post_install", "-at_install")
class TestDeadlines(AlertsCommon):
    def setUp(self):
        super().setUp()
        self.company.ksef_start_on = "2026-11-01"
        with freeze_time("2026-11-20 12:00:00"):
            self.invoice = self.post_invoice(invoice_date="2026-11-20")

    def watch_at(self, moment):
        with freeze_time(moment):
            self.watch()

    def test_deadline_is_the_end_of_the_polish_day_of_issue(self):
        self.assertEqual(str(self.invoice.ksef_due_at), "2026-11-20 22:59:59")
        self.invoice.ksef_is_excluded = True
        self.assertFalse(self.invoice.ksef_due_at)

    def test_invoice_of_today_is_told_before_midnight(self):
        self.watch_at("2026-11-20 17:00:00")
        self.assertFalse(self.alerts())
        self.watch_at("2026-11-20 20:00:00")
        self.assertIn("Not in KSeF yet", self.invoice.activity_ids.summary)
        self.assertEqual(str(self.invoice.activity_ids.date_deadline), "2026-11-20")

    def test_invoice_of_yesterday_is_late(self):
        self.watch_at("2026-11-21 08:00:00")
        self.assertIn("Late for KSeF", self.invoice.activity_ids.summary)

    def test_many_invoices_of_a_day_are_one_activity(self):
        with freeze_time("2026-11-20 12:00:00"):
            others = self.post_invoice(invoice_date="2026-11-20") | self.post_invoice(
                invoice_date="2026-11-20"
            )
        self.watch_at("2026-11-20 20:00:00")
        self.assertEqual(self.alerts().move_ids, self.invoice | others)
        self.assertEqual(len(self.alerts().activity_ids), 1)

    def test_invoice_that_goes_by_itself_in_time_is_not_told(self):
        self.company.ksef_send_policy = "scheduled"
        self.watch_at("2026-11-20 20:00:00")
        self.assertFalse(self.alerts())


@tagged("post_install", "-at_install")
class TestSmallSeller(AlertsCommon):
    def setUp(self):
        super().setUp()
        self.company.write({"ksef_small_seller_until": fields.Date.today(), "ksef_start_on": False})

    def sell(self, gross, **values):
        invoice = self.draft_invoice(**values)
        invoice.invoice_line_ids.write({"quantity": 1, "price_unit": gross / 1.23})
        invoice.action_post()
        return invoice

    def test_month_is_summed_up_with_credit_notes_and_without_the_month_before(self):
        self.sell(4000)
        self.sell(500, move_type="out_refund")
        self.sell(700, invoice_date=fields.Date.today().replace(day=1) - timedelta(days=1))
        self.company.invalidate_recordset(["ksef_small_seller_total"])
        self.assertAlmostEqual(self.company.ksef_small_seller_total, 3500)

    def test_limit_itself_is_covered(self):
        self.sell(4000)
        self.sell(6000)
        self.watch()
        self.assertFalse(self.alerts())

    def test_what_passes_the_limit_is_told_until_it_is_in_ksef(self):
        self.sell(9000)
        beyond = self.sell(2000)
        self.watch()
        alert = self.alerts()
        self.assertEqual(alert.move_ids, beyond)
        self.assertIn("11,000.00", alert.text)
        self.assertFalse(alert.message_ids)
        run = alert.with_user(self.accountant).action_ksef_send_invoices()
        self.env[run["res_model"]].browse(run["res_id"]).with_user(self.accountant).action_send()
        self.run_queue()
        self.assertEqual(beyond.ksef_state, "accepted")
        self.watch()
        self.assertTrue(alert.settled_at)
        self.assertFalse(alert.has_sendable_invoices)
