"""Odoo's Send dialog: the buyer gets the invoice once, and only with its KSeF number."""

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import KsefCommon


class SendDialogCommon(KsefCommon):
    def setUp(self):
        super().setUp()
        self.connect()
        self.buyer.email = "faktury@nabywca.example"
        self.accountant.email = "ksiegowa@sprzedawca.example"
        self.consumer = self.env["res.partner"].create(
            {
                "name": "Jan Nowak",
                "email": "jan@nowak.example",
                "street": "ul. Leśna 2",
                "city": "Opole",
                "zip": "45-001",
                "country_id": self.env.ref("base.pl").id,
            }
        )
        self.invoice = self.post_invoice()

    def dialog(self, invoice=None, **values):
        wizard = self.env["account.move.send.wizard"].with_user(self.accountant)
        return wizard.create({"move_id": (invoice or self.invoice).id, **values})

    def bulk(self, invoices):
        wizard = self.env["account.move.send.batch.wizard"].with_user(self.accountant)
        return wizard.create({"move_ids": [Command.set(invoices.ids)]})

    def untick(self, wizard):
        box = wizard.extra_edi_checkboxes["ksef"]
        wizard.extra_edi_checkboxes = {"ksef": {**box, "checked": False}}
        return wizard

    def run_background(self):
        """Let Odoo's own background sending do what it has to do."""
        cron = self.env.ref("account.ir_cron_account_move_send")
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.env.invalidate_all()

    def mails(self, invoice=None):
        """The e-mails that went to the buyer of an invoice."""
        return self.env["mail.message"].search(
            [
                ("model", "=", "account.move"),
                ("res_id", "=", (invoice or self.invoice).id),
                ("message_type", "=", "comment"),
            ]
        )


@tagged("post_install", "-at_install")
class TestSendDialog(SendDialogCommon):
    def test_ksef_is_ticked_where_it_is_expected_and_offered_where_it_is_a_choice(self):
        self.assertTrue(self.dialog().extra_edi_checkboxes["ksef"]["checked"])
        private = self.post_invoice(partner_id=self.consumer)
        self.assertFalse(self.dialog(private).extra_edi_checkboxes["ksef"]["checked"])
        self.send(self.invoice)
        self.assertFalse(self.dialog().extra_edi_checkboxes)

    def test_mail_waits_for_the_number_and_leaves_once(self):
        wizard = self.dialog()
        self.assertEqual(wizard.alerts["ksef_mail_waits"]["level"], "info")
        answer = wizard.action_send_and_print()
        self.assertEqual(answer["tag"], "display_notification")
        self.run_background()
        self.assertFalse(self.mails() or self.invoice.invoice_pdf_report_id)
        self.assertTrue(self.invoice.is_being_sent)
        self.run_queue()
        self.assertTrue(self.invoice.ksef_number)
        self.run_background()
        self.run_background()
        [mail] = self.mails()
        self.assertEqual(mail.notified_partner_ids, self.buyer)
        [pdf] = mail.attachment_ids
        self.assertIn(self.invoice.ksef_number.encode(), pdf.raw)
        self.assertFalse(self.invoice.is_being_sent)

    def test_choices_of_the_dialog_are_kept_until_the_mail_leaves(self):
        file = self.env["ir.attachment"].create({"name": "umowa.txt", "raw": b"umowa"})
        wizard = self.dialog()
        wizard.write({"subject": "Temat z okna", "body": "<p>Treść <b>z okna</b></p>"})
        manual = {"id": file.id, "name": file.name, "mimetype": file.mimetype, "manual": True}
        wizard.mail_attachments_widget = [*wizard.mail_attachments_widget, manual]
        file.with_user(self.accountant)
        wizard.sudo().action_send_and_print()
        self.run_queue()
        self.run_background()
        [mail] = self.mails()
        self.assertEqual(mail.subject, "Temat z okna")
        self.assertIn("<b>z okna</b>", mail.body)
        self.assertIn(b"umowa", mail.attachment_ids.mapped("raw"))

    def test_files_that_the_person_may_not_read_are_not_kept(self):
        secret = self.env["ir.attachment"].create(
            {"name": "s", "raw": b"s", "res_model": "ir.config_parameter", "res_id": 1}
        )
        wizard = self.dialog()
        wizard.mail_attachments_widget = [
            {"id": secret.id, "name": "s", "mimetype": "text/plain", "manual": True}
        ]
        with self.assertRaises(AccessError):
            wizard.action_send_and_print()

    def test_refused_invoice_is_never_mailed_and_the_sender_is_told(self):
        self.simulator.shift_clock(-2 * 24 * 3600)  # for KSeF the invoice is from the future
        self.company.ksef_token = self.simulator.token(self.company._ksef_nip())
        self.dialog().action_send_and_print()
        self.run_queue()
        self.assertEqual(self.invoice.ksef_state, "rejected")
        self.run_background()
        self.assertFalse(self.mails() or self.invoice.is_being_sent)
        told = self.invoice.message_ids.filtered(
            lambda message: self.accountant.partner_id in message.notified_partner_ids
        )
        self.assertIn("not e-mailed", told.body)

    def test_without_the_tick_nothing_is_sent_but_the_mail_still_waits(self):
        wizard = self.untick(self.dialog())
        self.assertEqual(wizard.alerts["ksef_mail_not_asked"]["level"], "warning")
        wizard.action_send_and_print()
        self.run_queue()
        self.run_background()
        self.assertFalse(self.invoice.ksef_submission_ids or self.mails())
        self.send(self.invoice)
        self.run_background()
        self.assertEqual(len(self.mails()), 1)

    def test_invoice_that_needs_no_ksef_is_mailed_at_once(self):
        private = self.post_invoice(partner_id=self.consumer)
        self.dialog(private).action_send_and_print()
        self.assertEqual(len(self.mails(private)), 1)
        self.assertFalse(private.ksef_submission_ids)

    def test_consumer_whose_invoice_is_sent_by_choice_gets_it_with_its_number(self):
        private = self.post_invoice(partner_id=self.consumer)
        wizard = self.dialog(private)
        box = wizard.extra_edi_checkboxes["ksef"]
        wizard.extra_edi_checkboxes = {"ksef": {**box, "checked": True}}
        wizard.action_send_and_print()
        self.assertFalse(self.mails(private))
        self.run_queue()
        self.run_background()
        [mail] = self.mails(private)
        self.assertIn(private.ksef_number.encode(), mail.attachment_ids.raw)

    def test_second_wish_replaces_the_first(self):
        self.dialog().action_send_and_print()
        self.dialog(subject="Drugi raz").action_send_and_print()
        self.run_queue()
        self.run_background()
        self.assertEqual(self.mails().mapped("subject"), ["Drugi raz"])
        self.assertEqual(len(self.accepted_documents()), 1)

    def test_draft_forgets_the_mail(self):
        self.untick(self.dialog()).action_send_and_print()
        self.invoice.with_user(self.accountant).button_draft()
        self.invoice.action_post()
        self.send(self.invoice)
        self.run_background()
        self.assertFalse(self.mails())

    def test_pdf_from_before_the_number_is_made_anew(self):
        self.company.ksef_is_enabled = False
        self.dialog().action_send_and_print()
        old = self.invoice.invoice_pdf_report_id
        self.assertTrue(old)
        self.company.ksef_is_enabled = True
        self.env.invalidate_all()
        self.send(self.invoice)
        self.env.invalidate_all()
        self.assertFalse(self.invoice.invoice_pdf_report_id)
        self.dialog().action_send_and_print()
        self.assertIn(self.invoice.ksef_number.encode(), self.invoice.invoice_pdf_report_id.raw)


@tagged("post_install", "-at_install")
class TestSendDialogProblems(SendDialogCommon):
    def test_error_blocks_the_dialog_and_leads_to_its_record(self):
        blocked = self.without_rate_code(self.post_invoice())
        wizard = self.dialog(blocked)
        [alert] = [a for a in wizard.alerts.values() if a["level"] == "danger"]
        self.assertIn("res_id", alert["action"])
        with self.assertRaises(UserError):
            wizard.action_send_and_print()
        self.assertFalse(blocked.is_being_sent)

    def test_error_is_found_without_the_dialog_too(self):
        blocked = self.without_rate_code(self.post_invoice())
        sender = self.env["account.move.send"].with_user(self.accountant)
        with self.assertRaises(UserError):
            sender._generate_and_send_invoices(blocked.with_user(self.accountant))

    def test_switched_off_background_sending_is_said(self):
        self.env.ref("account.ir_cron_account_move_send").active = False
        self.assertEqual(self.dialog().alerts["ksef_cron"]["level"], "danger")


@tagged("post_install", "-at_install")
class TestSendBulk(SendDialogCommon):
    def test_each_leaves_when_its_own_number_is_there(self):
        private = self.post_invoice(partner_id=self.consumer)
        invoices = self.invoice | self.post_invoice() | private
        wizard = self.bulk(invoices)
        self.assertEqual(wizard.summary_data["ksef"]["count"], 2)
        wizard.action_send_and_print()
        self.run_background()
        self.assertEqual([len(self.mails(i)) for i in invoices], [0, 0, 1])
        self.run_queue()
        self.run_background()
        self.run_background()
        self.assertEqual([len(self.mails(i)) for i in invoices], [1, 1, 1])
        self.assertEqual(len(self.accepted_documents()), 2)

    def test_many_that_wait_keep_none_from_leaving(self):
        waiting = self.env["account.move"].union(*(self.post_invoice() for _i in range(12)))
        private = self.post_invoice(partner_id=self.consumer)
        self.bulk(waiting | private).action_send_and_print()
        self.run_background()
        self.run_background()
        self.assertEqual(len(self.mails(private)), 1)

    def test_faulty_invoice_is_left_out_and_stops_no_other(self):
        blocked = self.without_rate_code(self.post_invoice())
        wizard = self.bulk(self.invoice | blocked)
        texts = [alert["message"] for alert in wizard.alerts.values()]
        self.assertTrue(any("1 left out" in text for text in texts))
        wizard.action_send_and_print()
        self.run_background()
        self.run_queue()
        self.run_background()
        self.assertEqual((len(self.mails()), len(self.mails(blocked))), (1, 0))
        self.assertIn("was not sent to KSeF", "".join(blocked.message_ids.mapped("body")))

    def test_sending_that_a_crash_forgot_is_taken_up(self):
        self.send(self.invoice)
        self.invoice.ksef_sending_data = {
            "author_user_id": self.accountant.id,
            "author_partner_id": self.accountant.partner_id.id,
            "settings": {},
        }
        self.run_background()
        self.run_background()
        self.assertEqual(len(self.mails()), 1)


@tagged("post_install", "-at_install")
class TestMailedFiles(SendDialogCommon):
    def test_document_and_receipt_go_along_as_ksef_has_them(self):
        self.dialog(ksef_is_document_mailed=True, ksef_is_upo_mailed=True).action_send_and_print()
        self.run_queue()
        self.run_background()
        [mail] = self.mails()
        submission = self.invoice.ksef_submission_ids.with_context(bin_size=False)
        files = {file.name.split("_")[0]: file.raw for file in mail.attachment_ids}
        self.assertEqual(files["FA3"], submission._document_bytes())
        self.assertIn(b"Potwierdzenie", files["UPO"])

    def test_company_decides_what_bulk_mails_carry(self):
        self.company.ksef_is_document_mailed = True
        self.bulk(self.invoice | self.post_invoice()).action_send_and_print()
        self.run_background()
        self.run_queue()
        self.run_background()
        names = [file.name[:4] for file in self.mails().attachment_ids]
        self.assertIn("FA3_", names)
        self.assertNotIn("UPO_", names)

    def test_file_taken_off_the_list_does_not_go(self):
        wizard = self.dialog(ksef_is_document_mailed=True)
        wizard.mail_attachments_widget = [
            {**item, "skip": bool(item.get("ksef_kind"))} for item in wizard.mail_attachments_widget
        ]
        wizard.action_send_and_print()
        self.run_queue()
        self.run_background()
        self.assertEqual(len(self.mails().attachment_ids), 1)

    def test_mail_with_the_receipt_waits_for_it(self):
        self.dialog(ksef_is_upo_mailed=True).action_send_and_print()
        submission = self.invoice.ksef_submission_ids
        submission.write({"document_hash": "x", "state": "accepted", "ksef_number": "N"})
        self.assertFalse(self.invoice.sending_data)
        submission.write({"upo_hash": "y"})
        self.assertTrue(self.invoice.sending_data)
