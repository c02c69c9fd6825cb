"""E-mails with invoices issued offline: at once, and a confirmation again with its number."""

from odoo.tests import tagged

from .offline_common import OfflineCommon
from .test_send_dialog import SendDialogCommon


@tagged("post_install", "-at_install")
class TestOfflineMail(OfflineCommon, SendDialogCommon):
    def setUp(self):
        super().setUp()
        self.foreign = self.buyer.copy(
            {"name": "Kunde GmbH", "vat": "DE123456788", "country_id": self.env.ref("base.de").id}
        )

    def issued(self, **values):
        invoice = self.post_invoice(**values)
        self.away()
        self.issue(invoice)
        return invoice

    def bring_back(self):
        self.simulator.clear_faults()
        self.run_queue(minutes=30)

    def attached(self, mail):
        return mail.attachment_ids.mapped("name")

    def test_domestic_business_gets_confirmation_now_and_invoice_with_number_later(self):
        invoice = self.issued()
        self.dialog(invoice).action_send_and_print()
        [confirmation] = self.mails(invoice)
        self.assertTrue(self.attached(confirmation)[0].startswith("Transaction confirmation"))
        self.assertFalse(invoice.invoice_pdf_report_id)
        self.run_background()
        self.assertEqual(len(self.mails(invoice)), 1, "not again without its number")
        self.bring_back()
        self.run_background()
        last = self.mails(invoice) - confirmation
        self.assertEqual(len(last), 1)
        self.assertFalse(any("confirmation" in name for name in self.attached(last)))
        self.assertEqual(len(self.attached(last)), 1)
        self.run_background()
        self.assertEqual(len(self.mails(invoice)), 2)

    def test_foreign_buyer_gets_the_invoice_once_and_at_once(self):
        invoice = self.issued(partner_id=self.foreign)
        self.dialog(invoice).action_send_and_print()
        self.assertEqual(len(self.mails(invoice)), 1)
        self.bring_back()
        self.run_background()
        self.assertEqual(len(self.mails(invoice)), 1)
        self.assertFalse(invoice.invoice_pdf_report_id, "the next print bears the number")

    def test_mail_that_waited_for_its_number_leaves_when_issued_offline(self):
        self.away()
        invoice = self.post_invoice(partner_id=self.foreign)
        self.dialog(invoice).action_send_and_print()
        self.run_queue(minutes=1)
        self.run_background()
        self.assertFalse(self.mails(invoice))
        self.issue(invoice)
        self.run_background()
        self.assertEqual(len(self.mails(invoice)), 1)

    def test_dialog_tells_what_the_buyer_gets(self):
        self.assertIn("ksef_offline_confirmation", self.dialog(self.issued()).alerts)
        self.simulator.clear_faults()
        foreign = self.issued(partner_id=self.foreign)
        self.assertIn("ksef_offline", self.dialog(foreign).alerts)

    def test_download_without_mail_keeps_nothing_for_later(self):
        invoice = self.issued()
        self.dialog(invoice, sending_methods=["manual"]).action_send_and_print()
        self.assertFalse(invoice.ksef_sending_data)
        self.assertFalse(self.mails(invoice))
