from datetime import datetime, timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import TransactionCase, freeze_time, new_test_user, tagged
from odoo.tools import mute_logger

from ..models.schedule import Schedule
from .common import KsefCommon
from .credentials_common import CredentialsCommon


class PoliciesCommon(KsefCommon):
    def setUp(self):
        super().setUp()
        self.connect()

    def run_policies(self, at=None):
        """Let the cron send what is due, as if it were another moment (naive UTC)."""
        cron = self.env.ref("account_ksef.ir_cron_send")
        with freeze_time(at or fields.Datetime.now()), self.enter_registry_test_mode():
            cron.method_direct_trigger()

    def consumer(self):
        return self.env["res.partner"].create(
            {
                "name": "Jan Przykładowy",
                "street": "ul. Leśna 2",
                "zip": "00-002",
                "city": "Warszawa",
                "country_id": self.env.ref("base.pl").id,
            }
        )


@tagged("post_install", "-at_install")
class TestOnPost(PoliciesCommon):
    def setUp(self):
        super().setUp()
        self.company.ksef_send_policy = "on_post"

    def test_posted_invoice_is_queued_in_the_same_transaction_and_gets_its_number(self):
        invoice = self.draft_invoice()
        invoice.with_user(self.accountant).action_post()
        self.assertEqual(invoice.ksef_state, "sending")
        self.run_queue()
        self.assertEqual(invoice.ksef_state, "accepted")

    def test_blocking_problem_leaves_the_invoice_posted_and_says_why(self):
        good, bad = self.draft_invoice(), self.draft_invoice()
        bad.invoice_line_ids.tax_ids = bad.invoice_line_ids.tax_ids.copy(
            {"name": "Nieznany", "ksef_rate_code": False}
        )
        (good | bad).with_user(self.accountant).action_post()
        self.assertEqual((bad.state, bad.ksef_state), ("posted", "error"))
        self.assertIn("Nieznany", bad.with_user(self.accountant).ksef_explanation)
        self.assertFalse(bad.ksef_submission_ids)
        self.assertEqual(good.ksef_state, "sending")

    def test_blocked_invoice_goes_by_itself_once_it_is_mended(self):
        self.company.ksef_send_policy = "manual"
        invoice = self.without_rate_code(self.post_invoice())
        self.company.ksef_send_policy = "on_post"
        self.run_policies()
        self.assertEqual(invoice.ksef_state, "error")
        self.run_policies()
        self.assertEqual(invoice.ksef_state, "error")
        invoice.invoice_line_ids.tax_ids.ksef_rate_code = "23"
        self.run_policies()
        self.assertEqual(invoice.ksef_state, "sending")
        self.assertFalse(invoice.ksef_blocked_reason)

    def test_what_the_cron_finds_is_in_the_language_of_the_one_who_mends_it(self):
        self.company.ksef_send_policy = "manual"
        invoice = self.without_rate_code(self.post_invoice())
        self.company.ksef_send_policy = "on_post"
        self.accountant.lang = "pl_PL"
        self.company.ksef_responsible_id = self.accountant
        self.run_policies()
        polish = invoice.with_context(lang="pl_PL")._ksef_problems()
        self.assertNotEqual(polish[0].message, invoice._ksef_problems()[0].message)
        self.assertIn(polish[0].message, invoice.ksef_blocked_reason)

    def test_warnings_do_not_hold_an_invoice_up(self):
        invoice = self.draft_invoice(
            invoice_date=fields.Date.today(), taxable_supply_date=self.far_supply_day()
        )
        self.assertIn("W-DAT-04", [problem.code for problem in invoice._ksef_problems()])
        invoice.action_post()
        self.assertEqual(invoice.ksef_state, "sending")

    def far_supply_day(self):
        return fields.Date.today() + timedelta(days=90)

    def test_posting_of_hundreds_does_not_ask_the_database_for_each(self):
        few = self.drafts(5)
        many = self.drafts(25)
        few_queries = self.count_queries(few)
        many_queries = self.count_queries(many)
        self.assertTrue(all(move.ksef_state == "sending" for move in few | many))
        self.assertLess(many_queries - few_queries, 20 * 2)

    def drafts(self, count):
        first = self.draft_invoice()
        return first.union(*(first.copy() for _copy in range(count - 1)))

    def count_queries(self, moves):
        """Count the queries of what posting adds for KSeF."""
        moves.action_post()
        moves.ksef_submission_ids._withdraw()
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        moves._ksef_send_on_post()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def test_invoices_that_were_not_queued_when_posted_are_caught_up_with(self):
        self.company.ksef_send_policy = "manual"
        invoice = self.post_invoice()
        self.company.ksef_send_policy = "on_post"
        self.run_policies()
        self.assertEqual(invoice.ksef_state, "sending")

    def test_companies_do_not_stop_each_other(self):
        self.connect(self.other_company)
        self.company.ksef_send_policy = self.other_company.ksef_send_policy = "manual"
        blocked = self.without_rate_code(self.post_invoice())
        foreign = self.post_invoice(self.other_company)
        self.company.ksef_send_policy = self.other_company.ksef_send_policy = "on_post"
        self.run_policies()
        self.assertEqual((blocked.ksef_state, foreign.ksef_state), ("error", "sending"))

    def test_salesperson_does_not_post_and_so_does_not_send(self):
        seller = new_test_user(
            self.env,
            "sprzedawca_bez_faktur",
            groups="sales_team.group_sale_salesman",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        invoice = self.draft_invoice()
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            invoice.with_user(seller).action_post()
        self.assertFalse(invoice.ksef_submission_ids)


@tagged("post_install", "-at_install")
class TestErrorsInside(PoliciesCommon):
    """An error of our own, or of the database, costs nobody else anything."""

    POLICY = "odoo.addons.account_ksef.models.account_move_policy"
    CRON = "odoo.addons.account_ksef.models.ksef_policy"
    STEPS = "odoo.addons.account_ksef.models.cron_steps"

    def setUp(self):
        super().setUp()
        self.company.ksef_send_policy = "on_post"

    def have_database_refuse(self, invoice):
        """Have the database take no submission of this invoice."""
        self.env.flush_all()
        self.env.cr.execute(
            """
            CREATE FUNCTION refuse_submission() RETURNS trigger LANGUAGE plpgsql
                AS $$ BEGIN RAISE EXCEPTION 'not this one'; END $$;
            CREATE TRIGGER refuse_submission BEFORE INSERT ON ksef_submission
                FOR EACH ROW WHEN (NEW.move_id = %s) EXECUTE FUNCTION refuse_submission()
            """,
            [invoice.id],
        )

    def test_posting_goes_on_where_one_invoice_of_many_cannot_be_queued(self):
        invoices = self.draft_invoice().union(*(self.draft_invoice() for _other in range(4)))
        self.have_database_refuse(invoices[2])
        with mute_logger("odoo.sql_db"), self.assertLogs(self.POLICY, "ERROR"):
            invoices.with_user(self.accountant).action_post()
        self.assertEqual(set(invoices.mapped("state")), {"posted"})
        self.assertEqual(set(invoices.mapped("ksef_state")), {"to_send"})

    def test_cron_finds_the_one_invoice_that_cannot_be_queued_and_sends_the_others(self):
        self.company.ksef_send_policy = "manual"
        invoices = self.post_invoice().union(*(self.post_invoice() for _other in range(4)))
        self.company.ksef_send_policy = "on_post"
        broken = invoices[2]
        self.have_database_refuse(broken)
        self.company.ksef_responsible_id = self.accountant
        with mute_logger("odoo.sql_db"), self.assertLogs(self.CRON, "ERROR"):
            self.run_policies()
        self.assertEqual(set((invoices - broken).mapped("ksef_state")), {"sending"})
        self.assertEqual(broken.ksef_state, "error")
        self.assertIn("your administrator", broken.ksef_explanation.lower())

    def test_company_whose_schedule_is_broken_stops_no_other(self):
        self.connect(self.other_company)
        self.other_company.ksef_send_policy = "manual"
        foreign = self.post_invoice(self.other_company)
        self.other_company.ksef_send_policy = "on_post"
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_company SET ksef_send_interval = 0 WHERE id = %s", self.company.ids
        )
        self.env.invalidate_all()
        with self.assertLogs(self.STEPS, "ERROR"):
            self.run_policies()
        self.assertEqual(foreign.ksef_state, "sending")


@tagged("post_install", "-at_install")
class TestScheduled(PoliciesCommon):
    def setUp(self):
        super().setUp()
        self.company.write(
            {"ksef_send_policy": "scheduled", "ksef_send_rhythm": "daily", "ksef_send_hour": 18}
        )

    def test_invoice_waits_for_its_hour_in_polish_time(self):
        with freeze_time("2026-11-20 12:00:00"):
            self.company.ksef_start_on = "2026-11-01"
            invoice = self.post_invoice(invoice_date="2026-11-20")
        self.run_policies(datetime(2026, 11, 20, 16, 58))
        self.assertEqual(invoice.ksef_state, "to_send")
        self.run_policies(datetime(2026, 11, 20, 17, 1))
        self.assertEqual(invoice.ksef_state, "sending")

    def test_hours_that_the_server_was_away_are_caught_up_with(self):
        with freeze_time("2026-11-20 12:00:00"):
            self.company.ksef_start_on = "2026-11-01"
            invoice = self.post_invoice(invoice_date="2026-11-20")
        self.run_policies(datetime(2026, 11, 23, 3, 0))
        self.assertEqual(invoice.ksef_state, "sending")

    def test_late_invoice_does_not_wait_for_the_hour(self):
        with freeze_time("2026-11-20 12:00:00"):
            self.company.ksef_start_on = "2026-11-01"
            invoice = self.post_invoice(invoice_date="2026-11-18")
        self.run_policies(datetime(2026, 11, 20, 12, 5))
        self.assertEqual(invoice.ksef_state, "sending")

    def test_status_line_names_the_hour(self):
        with freeze_time("2026-11-20 12:00:00"):
            self.company.ksef_start_on = "2026-11-01"
            invoice = self.post_invoice(invoice_date="2026-11-20")
            line = invoice.with_context(lang="en_US").ksef_status_line
        self.assertRegex(
            line, r"Since .*1:00.PM\. It is sent by itself at .*6:00.PM\. Due by .*11:59"
        )

    def test_schedule_outside_of_the_day_is_refused(self):
        for values in ({"ksef_send_hour": 23.5}, {"ksef_send_interval": 1}):
            with self.subTest(values), self.assertRaises(ValidationError):
                self.company.write(values)


@tagged("post_install", "-at_install")
class TestMoments(TransactionCase):
    def test_interval_counts_from_polish_midnight(self):
        schedule = Schedule(minutes=60, is_daily=False)
        moment = datetime(2026, 11, 20, 12, 30)
        self.assertEqual(schedule.last_before(moment), datetime(2026, 11, 20, 12, 0))
        self.assertEqual(schedule.next_after(moment), datetime(2026, 11, 20, 13, 0))

    def test_what_is_posted_after_the_daily_hour_still_goes_on_the_same_day(self):
        schedule = Schedule(minutes=18 * 60, is_daily=True)
        posted_at = datetime(2026, 11, 20, 19, 0)
        self.assertEqual(schedule.next_after(posted_at), datetime(2026, 11, 20, 22, 0))

    def test_hour_follows_summer_time(self):
        schedule = Schedule(minutes=18 * 60, is_daily=True)
        self.assertEqual(
            schedule.next_after(datetime(2026, 7, 1, 6, 0)), datetime(2026, 7, 1, 16, 0)
        )


@tagged("post_install", "-at_install")
class TestExemptions(PoliciesCommon):
    def setUp(self):
        super().setUp()
        self.company.ksef_send_policy = "on_post"

    def assert_exempt(self, invoice, reason, words):
        self.assertEqual((invoice.ksef_state, invoice.ksef_exemption), (False, reason))
        self.assertIn(words, invoice.with_user(self.accountant).ksef_status_line)
        self.assertFalse(invoice.ksef_submission_ids)

    def test_consumer_is_not_sent_and_the_invoice_says_why(self):
        invoice = self.post_invoice(partner_id=self.consumer())
        self.assert_exempt(invoice, "consumer", "consumer")

    def test_consumer_is_sent_when_the_invoice_asks_for_it(self):
        invoice = self.draft_invoice(partner_id=self.consumer())
        invoice.ksef_is_requested = True
        invoice.action_post()
        self.assertEqual(invoice.ksef_state, "sending")

    def test_consumer_for_whom_a_way_is_chosen_is_sent(self):
        consumer = self.consumer()
        consumer.with_company(self.company).ksef_send_policy = "on_post"
        self.assertEqual(self.post_invoice(partner_id=consumer).ksef_state, "sending")

    def test_invoice_of_before_the_start_is_not_sent(self):
        yesterday = fields.Date.today() - timedelta(days=1)
        self.assert_exempt(self.post_invoice(invoice_date=yesterday), "before_start", "began")

    def test_excluded_journal_is_not_sent_unless_the_customer_says_so(self):
        journal = self.company_data["default_journal_sale"]
        journal.ksef_send_policy = "never"
        self.assert_exempt(self.post_invoice(), "journal", "journal")
        self.buyer.with_company(self.company).ksef_send_policy = "manual"
        self.assertEqual(self.post_invoice().ksef_state, "to_send")

    def test_excluded_customer_is_excluded_in_this_company_only(self):
        self.buyer.with_company(self.company).ksef_send_policy = "never"
        self.connect(self.other_company)
        self.assert_exempt(self.post_invoice(), "partner", "customer")
        self.assertEqual(self.post_invoice(self.other_company).ksef_state, "to_send")

    def test_small_seller_need_not_send(self):
        self.company.ksef_small_seller_until = fields.Date.today()
        self.assert_exempt(self.post_invoice(), "small_seller", "small sellers")

    def test_company_taxed_abroad_does_not_send(self):
        self.company.account_fiscal_country_id = self.env.ref("base.de")
        lines = [Command.create({"name": "Usługa", "price_unit": 100, "tax_ids": []})]
        invoice = self.post_invoice(invoice_line_ids=lines)
        self.assert_exempt(invoice, "country", "another country")

    def test_kept_out_by_hand_is_told(self):
        invoice = self.draft_invoice()
        invoice.ksef_is_excluded = True
        invoice.action_post()
        self.assert_exempt(invoice, "excluded", "by hand")

    def test_journal_by_hand_differs_from_a_company_that_sends_at_once(self):
        self.company_data["default_journal_sale"].ksef_send_policy = "manual"
        invoice = self.post_invoice()
        self.run_policies()
        self.assertEqual(invoice.ksef_state, "to_send")

    def test_journal_at_once_differs_from_a_company_by_hand(self):
        self.company.ksef_send_policy = "manual"
        self.company_data["default_journal_sale"].ksef_send_policy = "on_post"
        self.assertEqual(self.post_invoice().ksef_state, "sending")

    def test_journal_that_is_excluded_later_holds_back_what_waits(self):
        self.company.ksef_send_policy = "manual"
        invoice = self.post_invoice()
        self.company_data["default_journal_sale"].ksef_send_policy = "never"
        self.company.ksef_send_policy = "on_post"
        self.run_policies()
        self.assert_exempt(invoice, "journal", "journal")

    def test_document_of_a_company_without_ksef_says_nothing(self):
        invoice = self.post_invoice(self.other_company)
        self.assertFalse(invoice.ksef_state or invoice.ksef_exemption or invoice.ksef_status_line)


@tagged("post_install", "-at_install")
class TestAwayPolicy(CredentialsCommon):
    def test_company_with_an_offline_certificate_may_choose_to_issue_offline(self):
        self.connect()
        offline = self.one_file(self.p12(self.seal(is_offline=True)))
        self.load(offline, scope="ksef_offline")
        self.company.ksef_away_policy = "offline"
        self.assertEqual(self.company.ksef_away_policy, "offline")

    def test_issuing_offline_without_the_certificate_is_refused_with_the_reason(self):
        with self.assertRaisesRegex(ValidationError, "Offline certificate"):
            self.company.ksef_away_policy = "offline"
