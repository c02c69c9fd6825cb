"""Whole stories of invoices issued offline, with the clocks of Odoo and of KSeF moved."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from .offline_common import OfflineCommon
from .test_announcements import message

FRIDAY = "2026-11-20 10:00:00"
MONDAY = "2026-11-23 08:00:00"
MANY = 31  # one more than go one by one


class ScenarioCommon(OfflineCommon):
    def issued_at(self, moment, day):
        """An invoice of a Polish day, issued offline at a moment in UTC."""
        with self.at(moment):
            invoice = self.post_invoice(invoice_date=day)
            self.away()
            self.issue(invoice)
        return invoice

    def bring_back_at(self, moment):
        with self.at(moment):
            self.simulator.clear_faults()
            self.run_queue(minutes=30)


@tagged("post_install", "-at_install")
class TestModesToTheEnd(ScenarioCommon):
    """Each mode from the issue to the number, with KSeF's own verdict beside it."""

    def assert_way_to_number(self, mode):
        invoice = self.issued_at(FRIDAY, "2026-11-20")
        row = invoice.ksef_submission_ids
        frozen = row.document_hash
        self.assertEqual((invoice.ksef_mode, row.issued_mode), (mode, mode))
        self.bring_back_at(MONDAY)
        self.assertEqual(invoice.ksef_state, "accepted", invoice.ksef_explanation)
        self.assertEqual((invoice.ksef_mode, row.issued_mode, row.mode), (mode, mode, "offline24"))
        [document] = self.accepted_documents()
        self.assertEqual(document["invoiceHash"], frozen)
        self.assertEqual(document["invoicingMode"], "Offline")
        self.assertFalse(invoice.ksef_due_at)

    def test_offline24(self):
        self.assert_way_to_number("offline24")

    def test_unavailability(self):
        self.announce("unavailability", "2026-11-20 09:00:00", "2026-11-21 09:00:00")
        self.assert_way_to_number("unavailability")

    def test_emergency(self):
        self.announce("emergency", "2026-11-20 09:00:00", "2026-11-22 09:00:00")
        self.assert_way_to_number("emergency")

    def test_many_go_in_a_batch_of_their_own_beside_one_of_online_ones(self):
        with self.at(FRIDAY):
            offline, online = self.many(), self.many()
            self.away()
            offline.with_user(self.accountant)._ksef_issue_offline()
            self.simulator.clear_faults()
            online.with_user(self.accountant).action_ksef_send()
            self.run_queue(minutes=30)
        for invoices, is_offline, verdict in (
            (offline, True, "Offline"),
            (online, False, "Online"),
        ):
            rows = invoices.ksef_submission_ids
            self.assertEqual(set(rows.mapped("state")), {"accepted"})
            sessions = rows.session_id
            self.assertEqual(set(sessions.mapped("kind")), {"batch"})
            self.assertEqual(set(sessions.mapped("is_offline")), {is_offline})
            self.assertEqual(self.verdicts(invoices), {verdict})
        told = [set(invoices.mapped("ksef_submission_ids.mode")) for invoices in (offline, online)]
        self.assertEqual(told, [{"offline24"}, {"online"}])

    def many(self):
        drafts = [self.draft_invoice(invoice_date="2026-11-20") for _number in range(MANY)]
        invoices = self.env["account.move"].union(*drafts)
        invoices.action_post()
        return invoices

    def verdicts(self, invoices):
        """How KSeF itself classified these invoices."""
        modes = {d["invoiceNumber"]: d["invoicingMode"] for d in self.accepted_documents()}
        return {modes[invoice.name] for invoice in invoices}


@tagged("post_install", "-at_install")
class TestDaysAndNights(ScenarioCommon):
    """Days are Polish ones, also where the clock changes, and announcements change too."""

    def due(self, invoice):
        return str(invoice.ksef_due_at)

    def test_deadline_across_the_end_of_summer_time(self):
        invoice = self.issued_at("2026-10-23 10:00:00", "2026-10-23")
        self.assertEqual(self.due(invoice), "2026-10-26 22:59:59")

    def test_deadline_across_the_beginning_of_summer_time(self):
        invoice = self.issued_at("2026-03-27 10:00:00", "2026-03-27")
        self.assertEqual(self.due(invoice), "2026-03-30 21:59:59")

    def test_cut_off_on_the_day_when_the_clock_goes_back(self):
        with self.at("2026-10-25 21:50:00"):  # 22:50 in Warsaw, where it was 23:50 the day before
            invoice = self.post_invoice(invoice_date="2026-10-25")
            self.away()
            invoice.with_user(self.accountant).action_ksef_send()
            self.run_queue(minutes=3)
            self.run_policies()
            self.assertFalse(invoice.ksef_submission_ids.is_offline)
        with self.at("2026-10-25 22:46:00"):
            self.run_policies()
            self.assertTrue(invoice.ksef_submission_ids.is_offline)

    def test_last_minute_before_midnight_counts_as_that_day(self):
        invoice = self.issued_at("2026-11-20 22:59:00", "2026-11-20")
        self.assertEqual(self.due(invoice), "2026-11-23 22:59:59")
        self.bring_back_at("2026-11-20 23:05:00")
        self.assertEqual(invoice.ksef_mode, "offline24")
        self.assertTrue(invoice.ksef_number.startswith("1234563218-20261121-"))

    def test_failure_inside_a_failure_counts_from_the_last_end(self):
        self.announce("emergency", "2026-11-20 06:00:00", "2026-11-24 12:00:00")
        invoice = self.issued_at(FRIDAY, "2026-11-20")
        self.assertEqual(self.due(invoice), "2026-12-03 22:59:59")
        self.announce("emergency", "2026-11-23 06:00:00", "2026-11-26 12:00:00")
        self.assertEqual(self.due(invoice), "2026-12-07 22:59:59")

    def test_announcement_that_is_prolonged_moves_the_deadline(self):
        outage = self.announce("unavailability", "2026-11-20 06:00:00", "2026-11-20 18:00:00")
        invoice = self.issued_at(FRIDAY, "2026-11-20")
        self.assertEqual(self.due(invoice), "2026-11-23 22:59:59")
        outage.ends_at = "2026-11-24 18:00:00"
        self.assertEqual(self.due(invoice), "2026-11-25 22:59:59")
        outage.ends_at = False
        self.assertFalse(invoice.ksef_due_at)

    def test_failure_that_was_over_before_the_issue_moves_nothing(self):
        self.announce("emergency", "2026-11-20 05:00:00", "2026-11-20 09:00:00")
        invoice = self.issued_at(FRIDAY, "2026-11-20")
        self.assertEqual(invoice.ksef_mode, "offline24")
        self.assertEqual(self.due(invoice), "2026-11-23 22:59:59")

    def test_failure_that_was_announced_afterwards_counts_from_its_end(self):
        invoice = self.issued_at(FRIDAY, "2026-11-20")
        self.announce("emergency", "2026-11-19 12:00:00", "2026-11-20 12:00:00")
        self.assertEqual(self.due(invoice), "2026-12-01 22:59:59")

    def test_announcement_that_is_withdrawn_leaves_offline24(self):
        outage = self.announce("emergency", "2026-11-20 06:00:00")
        invoice = self.issued_at(FRIDAY, "2026-11-20")
        self.assertEqual((invoice.ksef_mode, invoice.ksef_due_at), ("emergency", False))
        outage.is_counted = False
        self.assertEqual(invoice.ksef_mode, "offline24")
        self.assertEqual(self.due(invoice), "2026-11-23 22:59:59")
        outage.is_counted = True
        self.assertEqual((invoice.ksef_mode, invoice.ksef_due_at), ("emergency", False))

    def test_announcement_of_another_kind_changes_mode_and_deadline(self):
        outage = self.announce("unavailability", "2026-11-20 06:00:00", "2026-11-20 18:00:00")
        invoice = self.issued_at(FRIDAY, "2026-11-20")
        outage.mode = "emergency"
        self.assertEqual(invoice.ksef_mode, "emergency")
        self.assertEqual(self.due(invoice), "2026-12-01 22:59:59")
        self.assertEqual(invoice.ksef_submission_ids.due_at, invoice.ksef_due_at)

    def test_failure_that_grows_into_a_total_one_ends_the_duty(self):
        outage = self.announce("emergency", "2026-11-20 06:00:00", "2026-11-20 18:00:00")
        invoice = self.issued_at(FRIDAY, "2026-11-20")
        outage.mode = "total_failure"
        self.assertEqual((invoice.ksef_mode, invoice.ksef_due_at), ("emergency", False))
        self.assertIn("has ended the duty", invoice.ksef_status_line)

    def test_failure_inside_offline24_moves_the_deadline(self):
        invoice = self.issued_at(FRIDAY, "2026-11-20")
        self.assertEqual(self.due(invoice), "2026-11-23 22:59:59")
        self.announce("emergency", "2026-11-23 06:00:00", "2026-11-23 12:00:00")
        self.assertEqual(self.due(invoice), "2026-12-02 22:59:59")
        self.assertEqual(invoice.ksef_mode, "offline24")


@tagged("post_install", "-at_install")
class TestLatarniaMovesDeadlines(ScenarioCommon):
    """What Latarnia says, and says differently later, reaches the invoices that rest upon it."""

    def say(self, *messages, status="AVAILABLE"):
        self.simulator.clear_faults()
        self.simulator.latarnia(status=status, messages=messages)
        with self.enter_registry_test_mode():
            self.env.ref("account_ksef.ir_cron_look").method_direct_trigger()

    def maintenance(self, **values):
        start, end = "2026-11-20T10:00:00+01:00", "2026-11-20T20:00:00+01:00"
        kind = {"category": "MAINTENANCE", "kind": "MAINTENANCE_ANNOUNCEMENT"}
        return message(start=start, **{"end": end, **kind, **values})

    def test_prolonged_maintenance_moves_the_deadline(self):
        self.say(self.maintenance())
        invoice = self.issued_at(FRIDAY, "2026-11-20")
        self.assertEqual(invoice.ksef_mode, "unavailability")
        self.assertEqual(str(invoice.ksef_due_at), "2026-11-23 22:59:59")
        self.say(self.maintenance(version=2, end="2026-11-23T08:00:00+01:00"))
        self.assertEqual(str(invoice.ksef_due_at), "2026-11-24 22:59:59")

    def test_maintenance_that_becomes_a_failure_gives_seven_days(self):
        self.say(self.maintenance())
        invoice = self.issued_at(FRIDAY, "2026-11-20")
        self.say(
            self.maintenance(),
            self.maintenance(version=2, category="FAILURE", kind="FAILURE_START"),
        )
        self.assertEqual(invoice.ksef_mode, "emergency")
        self.assertEqual(str(invoice.ksef_due_at), "2026-12-01 22:59:59")

    def test_failure_that_ends_gives_the_deadline(self):
        start = "2026-11-20T09:00:00+01:00"
        self.say(message(start=start), status="FAILURE")
        invoice = self.issued_at(FRIDAY, "2026-11-20")
        self.assertEqual((invoice.ksef_mode, invoice.ksef_due_at), ("emergency", False))
        ended = message(kind="FAILURE_END", version=2, end="2026-11-21T23:30:00+01:00")
        self.say(message(start=start), ended)
        self.assertEqual(str(invoice.ksef_due_at), "2026-12-01 22:59:59")

    def test_failure_that_ends_after_midnight_in_warsaw_ends_on_the_next_day(self):
        start = "2026-11-20T09:00:00+01:00"
        self.say(message(start=start), status="FAILURE")
        invoice = self.issued_at(FRIDAY, "2026-11-20")
        ended = message(kind="FAILURE_END", version=2, end="2026-11-22T23:30:00Z")
        self.say(message(start=start), ended)
        self.assertEqual(str(invoice.ksef_due_at), "2026-12-02 22:59:59")


@tagged("post_install", "-at_install")
class TestCertificateThatEnds(ScenarioCommon):
    """A certificate is needed at the moment of issue, not at that of sending."""

    def setUp(self):
        super().setUp()
        with self.at(FRIDAY):
            self.load_offline_certificate(days=690)  # since 2025: it ends on 22 November
            self.env.invalidate_all()

    def test_what_was_issued_before_the_end_is_sent_after_it(self):
        invoice = self.issued_at(FRIDAY, "2026-11-20")
        link = invoice.ksef_submission_ids.certificate_link
        self.bring_back_at(MONDAY)
        self.assertEqual(invoice.ksef_state, "accepted", invoice.ksef_explanation)
        self.assertEqual(invoice.ksef_submission_ids.certificate_link, link)

    def test_after_the_end_nothing_more_is_issued_and_the_reason_is_said(self):
        with self.at(MONDAY):
            self.away()
            invoice = self.post_invoice(invoice_date="2026-11-23")
            with self.assertRaisesRegex(UserError, "Offline certificate cannot sign"):
                self.issue(invoice)

    def test_technical_correction_after_the_end_goes_without_a_second_code(self):
        invoice = self.issued_at(FRIDAY, "2026-11-20")
        with self.at(MONDAY):
            self.simulator.clear_faults()
            self.simulator.fault("verdict", code=450, details=["Błąd"])
            self.run_queue(minutes=30)
            self.assertEqual(invoice.ksef_state, "rejected")
            invoice.with_user(self.accountant)._ksef_correct_technically()
            self.run_queue(minutes=30)
        self.assertEqual(invoice.ksef_state, "accepted", invoice.ksef_explanation)
        self.assertFalse(invoice._ksef_last_submission().certificate_link)


@tagged("post_install", "-at_install")
class TestCancelledInvoice(ScenarioCommon):
    """Refused, so never issued in KSeF, and cancelled: nobody has to send it any more."""

    def test_it_has_no_deadline_and_nobody_is_reminded_of_it(self):
        invoice = self.issued_at(FRIDAY, "2026-11-20")
        self.simulator.clear_faults()
        with self.at(MONDAY):
            self.simulator.fault("verdict", code=450, details=["Błąd"])
            self.run_queue(minutes=30)
            self.assertEqual(invoice.ksef_state, "rejected")
            self.assertTrue(invoice.ksef_due_at)
            self.assertTrue(self.causes())
            invoice.button_cancel()
            self.assertFalse(invoice.ksef_state or invoice.ksef_due_at)
            self.assertFalse(self.causes())
            self.assertFalse(self.env["ksef.digest"]._waiting(self.company))

    def causes(self):
        self.env["ksef.alert"]._watch(self.company)
        return self.env["ksef.alert"]._open_of(self.company).move_ids
