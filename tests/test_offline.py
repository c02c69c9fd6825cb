import base64
from datetime import datetime

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from ..ksef.crypto import hash_base64
from .offline_common import OfflineCommon

# Friday; the next working day is Monday
FRIDAY = "2026-11-20 10:00:00"
MONDAY_NIGHT = datetime(2026, 11, 23, 22, 59, 59)


@tagged("post_install", "-at_install")
class TestIssuingOffline(OfflineCommon):
    def test_invoice_issued_offline_is_frozen_signed_and_sent_when_ksef_is_back(self):
        with self.at(FRIDAY):
            invoice = self.post_invoice()
            self.away()
            row = self.issue(invoice)
            self.assertEqual((row.state, row.issued_mode), ("queued", "offline24"))
            self.assertEqual(invoice.ksef_mode, "offline24")
            self.assertEqual(invoice.ksef_due_at, MONDAY_NIGHT)
            self.assertIn("/certificate/Nip/1234563218/1234563218/", row.certificate_link)
            frozen = base64.b64decode(row.document)
            self.assertEqual(row.document_hash, hash_base64(frozen))
            self.run_queue(minutes=1)
            self.assertFalse(invoice.ksef_number)
            self.simulator.clear_faults()
            self.run_queue(minutes=30)
            self.assertEqual(invoice.ksef_state, "accepted", invoice.ksef_explanation)
            self.assertEqual(base64.b64decode(row.document), frozen)
        self.assertEqual((invoice.ksef_mode, invoice.ksef_due_at), ("offline24", False))
        self.assertEqual(row.mode, "offline24")
        document = self.accepted_documents()[0]
        self.assertEqual(document["invoicingMode"], "Offline")

    def test_what_was_issued_cannot_be_changed_or_taken_back(self):
        invoice = self.post_invoice()
        self.away()
        self.issue(invoice)
        accountant = invoice.with_user(self.accountant)
        for touch in (
            accountant.button_draft,
            accountant.button_cancel,
            accountant.unlink,
            lambda: accountant.write({"ref": "inna"}),
            lambda: accountant.invoice_line_ids.write({"price_unit": 1}),
        ):
            with self.subTest(touch=touch), self.assertRaises(UserError), self.env.cr.savepoint():
                touch()
        self.assertEqual(invoice.ksef_submission_ids.state, "queued")

    def test_waiting_invoice_is_issued_with_its_own_row(self):
        self.away()
        invoice = self.post_invoice()
        invoice.with_user(self.accountant).action_ksef_send()
        self.run_queue(minutes=1)
        self.assertTrue(invoice.ksef_is_issuable_offline)
        row = self.issue(invoice)
        self.assertEqual(len(invoice.ksef_submission_ids), 1)
        self.assertTrue(row.is_offline)

    def test_invoice_on_its_way_is_not_issued_a_second_time(self):
        self.hold_verdicts()
        invoice = self.post_invoice()
        invoice.with_user(self.accountant).action_ksef_send()
        self.run_queue(minutes=0.2)
        self.assertEqual(invoice.ksef_state, "sent")
        with self.assertRaises(UserError):
            self.issue(invoice)

    def test_selection_is_issued_together_or_not_at_all(self):
        self.away()
        invoices = self.post_invoice() + self.post_invoice()
        bad = self.without_rate_code(self.post_invoice())
        with self.assertRaises(UserError), self.env.cr.savepoint():
            self.issue(invoices + bad)
        self.assertFalse(invoices.ksef_submission_ids)
        self.issue(invoices)
        self.assertEqual(invoices.ksef_submission_ids.mapped("is_offline"), [True, True])

    def test_without_certificate_it_is_refused_early_with_the_reason(self):
        self.company.ksef_offline_certificate_id = False
        invoice = self.post_invoice()
        with self.assertRaises(UserError) as caught:
            self.issue(invoice)
        self.assertIn("Offline certificate", str(caught.exception))
        with self.assertRaises(UserError):
            self.company.ksef_away_policy = "offline"

    def test_expired_certificate_is_refused_with_the_reason(self):
        invoice = self.post_invoice()
        with self.at("2036-11-20 10:00:00"), self.assertRaises(UserError) as caught:
            self.company.invalidate_recordset()
            invoice._ksef_issue_offline()
        self.assertIn("Offline certificate", str(caught.exception))

    def test_salesperson_may_not_issue(self):
        seller = new_test_user(
            self.env,
            "handlowiec_offline",
            groups="base.group_user",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        with self.assertRaises(UserError):
            self.issue(self.post_invoice(), user=seller)

    def test_credit_note_waits_for_the_number_of_its_original(self):
        self.away()
        invoice = self.post_invoice()
        self.issue(invoice)
        refund = invoice._reverse_moves([{"ksef_correction_reason": "Zwrot"}])
        refund.action_post()
        with self.assertRaises(UserError) as caught, self.env.cr.savepoint():
            self.issue(refund)
        self.assertIn(invoice.name, str(caught.exception))
        self.simulator.clear_faults()
        self.run_queue(minutes=30)
        self.away()
        self.assertTrue(self.issue(refund).is_offline)

    def test_offline_and_online_ones_never_share_a_batch(self):
        invoices = [self.post_invoice() for _number in range(4)]
        self.away()
        for invoice in invoices[:2]:
            self.issue(invoice)
        self.simulator.clear_faults()
        rows = invoices[0].ksef_submission_ids
        for invoice in invoices[2:]:
            invoice.with_user(self.accountant).action_ksef_send()
        self.run_queue(minutes=30)
        modes = {d["invoiceNumber"]: d["invoicingMode"] for d in self.accepted_documents()}
        self.assertEqual(len(modes), 4)
        for invoice in invoices:
            expected = "Offline" if invoice in invoices[:2] else "Online"
            self.assertEqual(modes[invoice.name], expected)
        self.assertTrue(rows.is_offline)


@tagged("post_install", "-at_install")
class TestOfflineByItself(OfflineCommon):
    def wait_in_vain(self, invoice):
        self.away()
        invoice.with_user(self.accountant).action_ksef_send()
        self.run_queue(minutes=3)
        return invoice.ksef_submission_ids

    def test_policy_issues_offline_what_ksef_does_not_answer_for_long(self):
        self.company.ksef_away_policy = "offline"
        with self.at(FRIDAY):
            row = self.wait_in_vain(self.post_invoice())
            self.run_policies()
            self.assertFalse(row.is_offline)
        with self.at("2026-11-20 10:20:00"):
            self.run_policies()
            self.assertTrue(row.is_offline)

    def test_policy_issues_at_once_what_an_announcement_explains(self):
        self.company.ksef_away_policy = "offline"
        with self.at(FRIDAY):
            announcement = self.announce("unavailability", "2026-11-20 09:00:00")
            row = self.wait_in_vain(self.post_invoice())
            self.run_policies()
            self.assertEqual(row.issued_mode, "unavailability")
            self.assertEqual(row.announcement_id, announcement)

    def test_company_that_waits_issues_offline_before_midnight_only(self):
        with self.at("2026-11-20 21:00:00"):
            row = self.wait_in_vain(self.post_invoice())
            self.run_policies()
            self.assertFalse(row.is_offline)
        with self.at("2026-11-20 22:46:00"):
            self.run_policies()
            self.assertTrue(row.is_offline)

    def test_company_without_certificate_goes_on_waiting(self):
        self.company.ksef_offline_certificate_id = False
        with self.at("2026-11-20 22:50:00"):
            row = self.wait_in_vain(self.post_invoice())
            self.run_policies()
            self.assertFalse(row.is_offline)

    def test_invoice_of_yesterday_goes_as_issued_offline(self):
        with self.at(FRIDAY):
            invoice = self.post_invoice()
        with self.at("2026-11-21 10:00:00"):
            self.send(invoice)
            row = invoice.ksef_submission_ids
            self.assertEqual((invoice.ksef_state, invoice.ksef_mode), ("accepted", "offline24"))
            self.assertTrue(row.is_offline and row.certificate_link)

    def test_invoice_of_yesterday_without_certificate_goes_as_it_is(self):
        self.company.ksef_offline_certificate_id = False
        with self.at(FRIDAY):
            invoice = self.post_invoice()
        with self.at("2026-11-21 10:00:00"):
            self.send(invoice)
        self.assertEqual((invoice.ksef_state, invoice.ksef_mode), ("accepted", "offline24"))
        self.assertFalse(invoice.ksef_submission_ids.is_offline)

    def test_midnight_is_that_of_warsaw(self):
        with self.at("2026-11-20 22:55:00"):
            invoice = self.post_invoice()
            self.send(invoice)
            self.assertEqual(invoice.ksef_mode, "online")
        with self.at("2026-07-20 21:55:00"):
            invoice = self.post_invoice(invoice_date="2026-07-20")
        with self.at("2026-07-20 22:05:00"):
            self.send(invoice)
            self.assertEqual(invoice.ksef_mode, "offline24")


@tagged("post_install", "-at_install")
class TestDeadlines(OfflineCommon):
    def due(self, invoice):
        return str(invoice.ksef_due_at)[:10] if invoice.ksef_due_at else False

    def test_official_example(self):
        """The ministry's, a year later: issued on Tuesday, a failure from Wednesday to Saturday."""
        with self.at("2026-07-07 10:00:00"):
            self.away()
            invoice = self.post_invoice()
            self.issue(invoice)
            self.assertEqual(self.due(invoice), "2026-07-08")
        with self.at("2026-07-08 10:00:00"):
            failure = self.announce("emergency", "2026-07-08 06:00:00")
            self.assertFalse(invoice.ksef_due_at)
            failure.ends_at = "2026-07-11 12:00:00"
            self.assertEqual(self.due(invoice), "2026-07-21")
            self.assertEqual(invoice.ksef_submission_ids.due_at, invoice.ksef_due_at)
            failure.is_counted = False
            self.assertEqual(self.due(invoice), "2026-07-08")

    def test_unavailability_counts_from_its_end(self):
        with self.at(FRIDAY):
            outage = self.announce("unavailability", "2026-11-20 09:00:00")
            self.away()
            invoice = self.post_invoice()
            self.issue(invoice)
            self.assertFalse(invoice.ksef_due_at)
            outage.ends_at = "2026-11-21 22:00:00"
            self.assertEqual(self.due(invoice), "2026-11-23")

    def test_further_failure_starts_the_count_anew(self):
        with self.at(FRIDAY):
            self.announce("emergency", "2026-11-20 09:00:00", "2026-11-20 15:00:00")
            self.away()
            invoice = self.post_invoice()
            self.issue(invoice)
            self.assertEqual(self.due(invoice), "2026-12-01")
            self.announce("emergency", "2026-11-25 09:00:00", "2026-11-26 15:00:00")
            self.assertEqual(self.due(invoice), "2026-12-07")

    def test_failure_inside_offline24_does_not_touch_other_companies_invoices(self):
        with self.at(FRIDAY):
            self.away()
            invoice = self.post_invoice()
            self.issue(invoice)
            self.env["ksef.announcement"].create(
                {
                    "environment": "production",
                    "mode": "emergency",
                    "title": "Awaria",
                    "basis": "BIP",
                    "starts_at": FRIDAY,
                }
            )
            self.assertEqual(self.due(invoice), "2026-11-23")

    def test_accepted_invoice_is_not_due_any_more_whatever_is_announced(self):
        with self.at(FRIDAY):
            invoice = self.post_invoice()
            self.issue(invoice)
            self.run_queue()
            self.assertEqual(invoice.ksef_state, "accepted")
            self.announce("emergency", "2026-11-20 09:00:00", "2026-11-20 15:00:00")
            self.assertFalse(invoice.ksef_due_at)
