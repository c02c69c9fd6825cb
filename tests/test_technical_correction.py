"""Issued offline, handed over, refused: the same invoice again, in place of the refused one."""

import base64
import re
from datetime import timedelta

import requests

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

    def test_code_that_the_buyer_has_leads_to_the_corrected_invoice(self):
        invoice = self.refused_invoice()
        link = invoice.ksef_submission_ids._verification_link()
        self.assertEqual(self.verdict(link), "failed")
        self.buyer.street = "ul. Polna 1 lok. 2"
        self.correct(invoice)
        self.assertEqual(self.verdict(link), "passed")
        self.assertEqual(self.verdict(invoice.ksef_verification_link), "passed")
        self.assertNotEqual(link, invoice.ksef_verification_link)

    def verdict(self, link):
        """What the page behind a code says."""
        return re.search('data-verdict="([a-z]+)"', requests.get(link, timeout=10).text)[1]

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

    def test_accountant_is_not_told_that_the_invoice_was_never_issued(self):
        invoice = self.refused_invoice()
        self.assertIn("send a technical correction", invoice.ksef_explanation)
        self.assertNotIn("never issued", invoice.ksef_explanation)
        self.assertIn("permissions", self.refused_invoice(code=410).ksef_explanation)
        self.assertIn("cancel it here", self.refused_invoice(code=440).ksef_explanation)

    # === WHAT IS REFUSED === #

    def test_draft_of_it_cannot_be_confirmed_with_another_content(self):
        invoice = self.refused_invoice().with_user(self.accountant)
        other_price = Command.update(invoice.invoice_line_ids.id, {"price_unit": 90})
        day = invoice.invoice_date
        neighbour = day + timedelta(days=1 if day.day == 1 else -1)  # of the same year
        for change in ({"invoice_line_ids": [other_price]}, {"invoice_date": neighbour}):
            with (
                self.subTest(change),
                self.assertRaisesRegex(UserError, "credit note"),
                self.env.cr.savepoint(),
            ):
                invoice.button_draft()
                self.assertTrue(invoice.ksef_is_draft_of_issued)
                invoice.write(change)
                invoice.action_post()
        self.assertEqual(invoice.state, "posted")
        self.assertEqual(len(invoice.ksef_submission_ids), 1)

    def test_draft_of_it_is_confirmed_when_only_the_technical_part_changes(self):
        invoice = self.refused_invoice()
        invoice.button_draft()
        self.assertIn("The buyer has it", invoice.ksef_status_line)
        self.assertTrue(invoice.ksef_due_at, "the deadline goes on")
        self.buyer.street = "ul. Polna 1 lok. 2"
        invoice.action_post()
        self.assertFalse(invoice.ksef_is_draft_of_issued)
        self.correct(invoice)
        self.assertEqual(invoice.ksef_state, "accepted", invoice.ksef_explanation)

    def test_content_that_changed_outside_the_invoice_is_refused_too(self):
        invoice = self.refused_invoice()
        self.buyer.name = "Inny Nabywca S.A."
        self.assertIn("Podmiot2/DaneIdentyfikacyjne/Nazwa", self.wizard(invoice).content)
        with self.assertRaisesRegex(UserError, "credit note"):
            self.wizard(invoice).action_correct()
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

    # === WHAT KSEF HAS ALREADY === #

    def test_correction_that_exists_already_gives_its_number_to_the_invoice(self):
        invoice = self.refused_invoice()
        self.buyer.street = "ul. Polna 1 lok. 2"
        first = self.correct(invoice)
        number = first.ksef_number
        self.forget_acceptance(first)
        found = self.correct(invoice)
        refused = invoice.ksef_submission_ids.filtered(lambda row: row.failure_code == 21166)
        self.assertIn("a valid one exists already", refused.explanation)
        self.assertEqual((invoice.ksef_state, invoice.ksef_number), ("accepted", number))
        self.assertEqual(found.document_hash, first.document_hash)
        self.assertTrue(found.upo, "its session is known")
        self.assertEqual((found.mode, invoice.ksef_mode), ("offline24", "offline24"))
        self.assertFalse(invoice.activity_ids)

    def test_correction_of_another_program_is_taken_over_and_compared(self):
        invoice = self.refused_invoice()
        handed_over = invoice.ksef_submission_ids
        document = handed_over._document_bytes().replace("Usługa".encode(), b"Dostawa")
        foreign = handed_over._correct(document)
        self.run_queue(minutes=30)
        number = foreign.ksef_number
        self.forget_acceptance(foreign)
        foreign.unlink()
        found = self.correct(invoice)
        self.assertEqual((invoice.ksef_state, invoice.ksef_number), ("accepted", number))
        self.assertEqual(found._document_bytes(), document)
        self.assertIn(number.encode(), base64.b64decode(found.upo), "its session was looked for")
        self.assertIn("Dostawa", invoice.activity_ids.note)

    def test_correction_that_ksef_does_not_list_yet_is_looked_for_again(self):
        invoice = self.refused_invoice()
        refused = invoice.ksef_submission_ids
        refused.failure_code = 21166
        refused._ask_for_existing()
        self.run_queue(minutes=30)
        self.assertIn("looked for again", invoice.ksef_explanation)
        self.assertEqual(invoice.ksef_state, "sending")

    def test_document_that_was_accepted_after_all_gets_its_number(self):
        invoice = self.post_invoice()
        row = self.issue(invoice)
        self.run_queue()
        number, link = row.ksef_number, row.certificate_link
        self.forget_acceptance(row)
        found = self.correct(invoice)
        refused = invoice.ksef_submission_ids.filtered(lambda row: row.failure_code == 21167)
        self.assertIn("the invoice itself was accepted", refused.explanation)
        self.assertEqual((invoice.ksef_state, invoice.ksef_number), ("accepted", number))
        self.assertEqual(found.document_hash, row.document_hash)
        self.assertEqual(found.certificate_link, link)
        self.assertTrue(found.upo)
        self.assertEqual(len(self.accepted_documents()), 1, "nothing was sent twice")

    def test_repeated_document_that_ksef_has_already_gets_its_number(self):
        invoice = self.post_invoice()
        row = self.issue(invoice)
        self.run_queue()
        number = row.ksef_number
        self.forget_acceptance(row)
        row.failure_code = 410
        found = self.correct(invoice)
        self.assertEqual((invoice.ksef_state, invoice.ksef_number), ("accepted", number))
        self.assertEqual(invoice.ksef_mode, "offline24")
        self.assertFalse(found.mode, "KSeF does not say it of a duplicate")

    def forget_acceptance(self, row):
        """As if the database had been restored from a moment of refusal."""
        self.assertEqual(row.state, "accepted", row.explanation)
        values = {"failure_kind": "invoice", "failure_code": 450, "ksef_number": False}
        row.write({"state": "rejected", "retry_at": False, **values})
        row.move_id.ksef_number = False
        self.env.flush_all()

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
