"""What people see of invoices issued offline: light, countdown, alerts, the mail in the morning."""

from odoo import fields
from odoo.tests import tagged

from ..models.ksef_digest import LATE
from .offline_common import OfflineCommon

FRIDAY = "2026-11-20 10:00:00"


@tagged("post_install", "-at_install")
class TestOfflineOverview(OfflineCommon):
    def setUp(self):
        super().setUp()
        journal = self.company_data["default_journal_sale"].with_user(self.accountant)
        self.journal = journal.with_context(lang="en_US")
        self.company.ksef_responsible_id = self.accountant

    def light(self):
        self.env.invalidate_all()
        return self.journal._get_journal_dashboard_data_batched()[self.journal.id]["ksef_light"]

    def alerts(self):
        """The keys of what waits for a person now."""
        self.env["ksef.alert"]._watch(self.company)
        return self.env["ksef.alert"]._open_of(self.company)

    def issued_invoice(self):
        invoice = self.post_invoice()
        self.away()
        self.issue(invoice)
        return invoice

    # === LIGHT === #

    def test_light_shows_that_ksef_works_and_what_is_announced(self):
        self.look()
        self.assertEqual(self.light()["colour"], "text-success")
        announcement = self.announce("emergency", "2026-01-01 09:00:00")
        shown = self.light()
        self.assertEqual((shown["colour"], shown["title"]), ("text-danger", announcement.title))
        action = self.journal.action_ksef_open_announcement()
        self.assertEqual(action["res_id"], announcement.id)

    def test_light_says_how_long_ksef_is_away(self):
        with self.at(FRIDAY):
            self.look()
            self.assertFalse(self.light()["lasts"])
            failure = self.announce("emergency", "2026-11-20 09:30:00")
            self.assertIn("since 11/20/26, 10:30", self.light()["lasts"])  # in Poland
            failure.ends_at = "2026-11-20 12:00:00"
            self.assertIn("until 11/20/26, 1:00", self.light()["lasts"])

    def test_light_names_the_next_time_that_ksef_will_be_away(self):
        self.assertFalse(self.light()["coming"])
        with self.at(FRIDAY):
            self.look()
            self.announce("unavailability", "2026-12-24 09:00:00", "2026-12-24 12:00:00")
            self.announce("unavailability", "2026-11-28 01:00:00", "2026-11-28 05:00:00")
            self.assertEqual(self.light()["colour"], "text-success")
            self.assertIn("11/28/26, 2:00", self.light()["coming"])  # in Poland

    def test_light_is_unknown_since_the_last_answer_when_latarnia_is_silent(self):
        self.assertEqual(self.light()["since"], "No answer yet")
        with self.at(FRIDAY):
            self.look()
            self.simulator.latarnia(reachable=False)
        with self.at("2026-11-20 10:40:00"):
            self.look()
            shown = self.light()
        self.assertEqual((shown["colour"], shown["words"]), ("text-muted", "State of KSeF unknown"))
        self.assertIn("11/20/26, 11:00", shown["since"])  # in Poland

    def test_answer_to_a_call_of_ours_makes_the_light_known(self):
        self.simulator.latarnia(reachable=False)
        self.look()
        self.assertEqual(self.light()["words"], "State of KSeF unknown")
        self.send(self.post_invoice())
        self.assertEqual(self.light()["words"], "KSeF works")
        self.assertFalse(self.light()["since"])

    def test_company_that_may_need_a_certificate_and_has_none_is_told(self):
        self.company.ksef_offline_certificate_id = False
        self.assertFalse(self.light()["lacks_certificate"])
        self.announce("unavailability", fields.Datetime.add(fields.Datetime.now(), days=2))
        self.assertTrue(self.light()["lacks_certificate"])
        self.assertIn("offline_certificate", self.alerts().mapped("key"))
        self.load_offline_certificate()
        self.assertNotIn("offline_certificate", self.alerts().mapped("key"))

    # === DEADLINES === #

    def test_countdown_is_in_words(self):
        with self.at(FRIDAY):
            invoice = self.issued_invoice()
            self.assertIn("3 d 12 h left", invoice.ksef_status_line)
        with self.at("2026-11-23 20:00:00"):
            self.env.invalidate_all()
            self.assertIn("2 h 59 min left", invoice.ksef_status_line)
        with self.at("2026-11-24 08:00:00"):
            self.env.invalidate_all()
            self.assertIn("It had to be in KSeF", invoice.ksef_status_line)

    def test_deadline_of_an_outage_that_lasts_is_not_made_up(self):
        with self.at(FRIDAY):
            self.announce("emergency", "2026-11-20 09:00:00")
            invoice = self.issued_invoice()
            self.assertIn("end of the announced outage", invoice.ksef_status_line)

    def test_alert_comes_before_the_deadline_and_shouts_after_it(self):
        with self.at(FRIDAY):
            invoice = self.issued_invoice()
            self.assertFalse(self.alerts())
        with self.at("2026-11-23 20:00:00"):
            near = self.alerts().filtered(lambda alert: "offline:deadline" in alert.key)
            self.assertEqual(near.move_ids, invoice)
            self.assertIn("issued offline", near.text)
        with self.at("2026-11-24 08:00:00"):
            self.env.invalidate_all()
            late = self.alerts().filtered(lambda alert: "offline:late" in alert.key)
            self.assertIn("TOO LATE", late.title)

    def test_mail_in_the_morning_names_what_is_due(self):
        with self.at(FRIDAY):
            invoice = self.issued_invoice()
            self.mail_digest()
        mail = self.env["mail.message"].search(
            [("partner_ids", "in", self.accountant.partner_id.ids), ("subject", "like", "KSeF")]
        )
        self.assertEqual(len(mail), 1)
        self.assertIn(f"/odoo/account.move/{invoice.id}", mail.body)
        self.assertIn("left", mail.body)
        self.assertNotIn(LATE, mail.body)

    def test_mail_in_the_morning_makes_what_is_late_stand_out(self):
        with self.at(FRIDAY):
            self.issued_invoice()
        with self.at("2026-11-24 08:00:00"):
            self.mail_digest()
        mail = self.env["mail.message"].search([("subject", "like", "KSeF")], limit=1)
        self.assertIn(LATE, mail.body)
        self.assertIn("It had to be in KSeF", mail.body)

    def mail_digest(self):
        with self.enter_registry_test_mode():
            self.env.ref("account_ksef.ir_cron_digest").method_direct_trigger()

    def test_nobody_is_written_to_without_a_reason(self):
        self.post_invoice()
        before = self.env["mail.message"].search_count([])
        self.mail_digest()
        self.assertEqual(self.env["mail.message"].search_count([]), before)

    # === CLOCK === #

    def look(self):
        with self.enter_registry_test_mode():
            self.env.ref("account_ksef.ir_cron_look").method_direct_trigger()
        return self.alerts().filtered(lambda alert: alert.key == "clock")

    def test_clock_that_is_wrong_is_told_until_it_is_right(self):
        self.assertFalse(self.look())
        self.simulator.shift_clock(600)
        self.assertIn("10 minutes", self.look().text)
        self.simulator.reset_clock()
        self.assertFalse(self.look())

    def test_clock_is_told_by_every_answer_of_ksef(self):
        self.look()
        self.simulator.latarnia(reachable=False)
        self.simulator.shift_clock(600)
        self.send(self.post_invoice())
        self.assertIn("10 minutes", self.alerts().filtered(lambda alert: alert.key == "clock").text)

    def test_clock_that_differs_a_little_is_nobodys_business(self):
        self.simulator.shift_clock(-60)
        self.assertFalse(self.look())
