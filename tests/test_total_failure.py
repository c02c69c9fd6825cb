"""A total failure: invoices stay outside KSeF for good, without codes and without a duty."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from .offline_common import OfflineCommon

FRIDAY = "2026-11-20 10:00:00"
SATURDAY = "2026-11-21 10:00:00"


@tagged("post_install", "-at_install")
class TestTotalFailure(OfflineCommon):
    def test_invoice_stays_outside_ksef_for_good(self):
        with self.at(FRIDAY):
            outage = self.announce("total_failure", "2026-11-20 09:00:00")
            invoice = self.post_invoice()
            self.issue(invoice)
            self.assertEqual((invoice.ksef_state, invoice.ksef_mode), (False, "total_failure"))
            self.assertEqual(invoice.ksef_exemption, "total_failure")
            self.assertFalse(invoice.ksef_submission_ids)
            self.assertFalse(invoice.ksef_is_sendable or invoice.ksef_due_at)
            outage.ends_at = "2026-11-20 12:00:00"
            invoice.with_user(self.accountant).action_ksef_send()
            self.run_queue()
        self.assertFalse(self.simulator.documents())

    def test_it_needs_no_certificate(self):
        self.company.ksef_offline_certificate_id = False
        self.announce("total_failure", "2026-11-20 09:00:00")
        invoice = self.post_invoice()
        self.issue(invoice)
        self.assertEqual(invoice.ksef_mode, "total_failure")

    def test_total_failure_ends_the_duty_to_send_what_was_issued_before(self):
        with self.at(FRIDAY):
            self.away()
            invoice = self.post_invoice()
            self.issue(invoice)
            self.announce("total_failure", "2026-11-20 12:00:00")
            self.assertFalse(invoice.ksef_due_at)
            self.assertIn("has ended the duty", invoice.ksef_status_line)

    def test_accountant_reads_why_it_is_not_in_ksef(self):
        self.announce("total_failure", "2026-01-01 09:00:00")
        invoice = self.post_invoice()
        self.issue(invoice)
        line = invoice.with_user(self.accountant).ksef_status_line
        self.assertIn("total failure", line)

    def test_invoice_that_ksef_would_not_take_is_issued_outside(self):
        self.announce("total_failure", "2026-01-01 09:00:00")
        invoice = self.without_rate_code(self.post_invoice())
        self.issue(invoice)
        self.assertEqual(invoice.ksef_mode, "total_failure")

    def test_what_is_on_its_way_already_is_not_called_outside(self):
        self.hold_verdicts()
        invoice = self.post_invoice()
        invoice.with_user(self.accountant).action_ksef_send()
        self.run_queue(minutes=0.2)
        self.announce("total_failure", "2026-01-01 09:00:00")
        self.assertFalse(invoice._ksef_issue_outside())
        self.assertFalse(invoice.ksef_mode)
        with self.assertRaises(UserError):
            self.issue(invoice)

    def test_waiting_invoice_of_yesterday_holds_up_nobody(self):
        self.connect(self.other_company)
        with self.at(FRIDAY):
            invoice = self.post_invoice(invoice_date="2026-11-20")
            self.away()
            invoice.with_user(self.accountant).action_ksef_send()
        with self.at(SATURDAY):
            self.announce("total_failure", "2026-11-21 09:00:00")
            self.simulator.clear_faults()
            other = self.post_invoice(self.other_company, invoice_date="2026-11-21")
            other.action_ksef_send()
            with self.assertNoLogs("odoo.addons.account_ksef", "ERROR"):
                self.run_queue()
        self.assertEqual(other.ksef_state, "accepted", other.ksef_explanation)
        self.assertFalse(invoice.ksef_submission_ids.is_offline)

    def test_what_nobody_issued_goes_online_when_it_is_over(self):
        with self.at(FRIDAY):
            self.announce("total_failure", "2026-11-20 09:00:00", "2026-11-20 12:00:00")
            self.away()
            invoice = self.post_invoice(invoice_date="2026-11-20")
            invoice.with_user(self.accountant).action_ksef_send()
            self.run_queue(minutes=3)
        with self.at("2026-11-20 12:30:00"):
            self.simulator.clear_faults()
            self.run_queue()
            self.assertEqual((invoice.ksef_state, invoice.ksef_mode), ("accepted", "online"))
