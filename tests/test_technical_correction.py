"""Issued offline, handed over, refused: the same invoice again, in place of the refused one."""

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from .offline_common import OfflineCommon


@tagged("post_install", "-at_install")
class TestTechnicalCorrection(OfflineCommon):
    def refused_invoice(self, code=450, **values):
        """An invoice that was issued offline, sent and refused."""
        invoice = self.post_invoice(**values)
        self.away()
        self.issue(invoice)
        self.simulator.clear_faults()
        self.simulator.fault("verdict", code=code, details=["Błąd"])
        self.run_queue(minutes=30)
        self.assertEqual(invoice.ksef_state, "rejected")
        return invoice

    def wizard(self, invoice, user=None):
        as_user = invoice.with_user(user or self.accountant)
        action = as_user.action_ksef_open_technical_correction()
        return (
            self.env[action["res_model"]]
            .with_user(user or self.accountant)
            .browse(action["res_id"])
        )

    def correct(self, invoice):
        self.wizard(invoice).action_correct()
        self.run_queue(minutes=30)
        return invoice.ksef_submission_ids.sorted("id")[-1]

    def hashes_told(self):
        """What the correction that KSeF accepted says it is a correction of."""
        return [d.get("correctedHash") for d in self.accepted_documents()]

    # === THE WAY TO THE NUMBER === #

    def test_same_content_is_sent_again_with_the_hash_of_the_refused_document(self):
        invoice = self.refused_invoice()
        refused = invoice.ksef_submission_ids
        self.buyer.street = "ul. Polna 1 lok. 2"
        self.assertIn("ul. Polna 1 lok. 2", self.wizard(invoice).technical)
        row = self.correct(invoice)
        self.assertEqual(invoice.ksef_state, "accepted", invoice.ksef_explanation)
        self.assertEqual((row.corrected_id, row.issued_mode), (refused, refused.issued_mode))
        self.assertNotEqual(row.document_hash, refused.document_hash)
        self.assertEqual(self.hashes_told(), [refused.document_hash])
        self.assertEqual(invoice.ksef_mode, "offline24")

    def test_second_correction_is_one_of_what_the_buyer_has(self):
        invoice = self.refused_invoice()
        refused = invoice.ksef_submission_ids
        self.simulator.fault("verdict", code=450, details=["Błąd"])
        self.assertEqual(self.correct(invoice).state, "rejected")
        self.assertEqual(self.correct(invoice).corrected_id, refused)
        self.assertEqual(self.hashes_told(), [refused.document_hash])

    def test_certificate_that_ended_in_between_stops_nothing(self):
        invoice = self.refused_invoice()
        self.company.ksef_offline_certificate_id = False
        row = self.correct(invoice)
        self.assertEqual(invoice.ksef_state, "accepted", invoice.ksef_explanation)
        self.assertFalse(row.certificate_link)
        labels = [code.label for code in invoice._ksef_printed_codes()]
        self.assertEqual(labels, [invoice.ksef_number])

    def test_certificate_that_is_valid_signs_the_new_document(self):
        invoice = self.refused_invoice()
        refused = invoice.ksef_submission_ids
        row = self.correct(invoice)
        self.assertIn("/certificate/", row.certificate_link)
        self.assertNotEqual(row.certificate_link, refused.certificate_link)

    def test_missing_permission_sends_the_very_same_document(self):
        invoice = self.refused_invoice(code=410)
        refused = invoice.ksef_submission_ids
        self.assertTrue(self.wizard(invoice).is_repetition)
        row = self.correct(invoice)
        self.assertEqual(invoice.ksef_state, "accepted", invoice.ksef_explanation)
        self.assertEqual(row.document_hash, refused.document_hash)
        self.assertEqual(row.certificate_link, refused.certificate_link)
        self.assertFalse(row.corrected_id)

    def test_correction_never_joins_a_batch(self):
        invoice = self.refused_invoice()
        self.wizard(invoice).action_correct()
        rows = self.env["ksef.submission"].search(
            self.env["ksef.submission"]._due_outside_batches()
        )
        self.assertNotIn(invoice, rows.move_id)

    # === WHAT IS REFUSED === #

    def test_other_content_is_refused_and_says_what_to_do_instead(self):
        invoice = self.refused_invoice()
        invoice.button_draft()
        invoice.invoice_line_ids.write({"price_unit": 90})
        invoice.action_post()
        self.assertIn("P_9A", self.wizard(invoice).content)
        with self.assertRaises(UserError) as caught:
            self.wizard(invoice).action_correct()
        self.assertIn("credit note", str(caught.exception))
        self.assertEqual(len(invoice.ksef_submission_ids), 1)

    def test_document_that_is_not_valid_is_refused(self):
        invoice = self.refused_invoice()
        self.without_rate_code(invoice)
        self.assertTrue(self.wizard(invoice).problems)
        with self.assertRaises(UserError):
            self.wizard(invoice).action_correct()

    def test_invoice_of_an_online_session_is_sent_again_and_not_corrected(self):
        self.simulator.fault("verdict", code=450, details=["Błąd"])
        invoice = self.post_invoice()
        self.send(invoice)
        self.assertEqual(invoice.ksef_state, "rejected")
        self.assertFalse(invoice.ksef_is_technically_correctable)
        with self.assertRaises(UserError):
            self.wizard(invoice)

    def test_correction_that_exists_already_is_explained(self):
        invoice = self.refused_invoice()
        self.forget_acceptance(self.correct(invoice))
        self.assertEqual(self.correct(invoice).failure_code, 21166)
        self.assertIn("a valid one exists already", invoice.ksef_explanation)
        self.assertFalse(invoice.ksef_is_technically_correctable)

    def test_document_that_was_accepted_after_all_is_explained(self):
        invoice = self.post_invoice()
        row = self.issue(invoice)
        self.run_queue()
        self.forget_acceptance(row)
        self.assertEqual(self.correct(invoice).failure_code, 21167)
        self.assertIn("the invoice itself was accepted", invoice.ksef_explanation)
        self.assertFalse(invoice.ksef_is_technically_correctable)

    def forget_acceptance(self, row):
        """As if the database had been restored from a moment of refusal."""
        self.assertEqual(row.state, "accepted", row.explanation)
        values = {"failure_kind": "invoice", "failure_code": 450, "ksef_number": False}
        row.write({"state": "rejected", "retry_at": False, **values})
        row.move_id.ksef_number = False

    def test_only_accountants_may_correct(self):
        invoice = self.refused_invoice()
        seller = new_test_user(
            self.env,
            "handlowiec_korekta",
            groups="base.group_user",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        with self.assertRaises(UserError):
            self.wizard(invoice, user=seller)
