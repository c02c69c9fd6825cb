import base64

from lxml import html

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import KsefCommon
from .tour_common import TourCase


@tagged("post_install", "-at_install")
class TestPreview(KsefCommon):
    def open_preview(self, record, user=None):
        """What the button shows to a user."""
        record = record.with_user(user or self.accountant).sudo(False)
        action = record.action_ksef_preview()
        return record.env[action["res_model"]].browse(action["res_id"])

    def texts(self, preview):
        tree = html.fromstring(preview.html)
        return [" ".join(text.split()) for text in tree.itertext() if text.strip()]

    def make_user(self, login, groups, company=None):
        company = company or self.company
        return new_test_user(
            self.env,
            login,
            groups=groups,
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )

    def test_draft_is_shown_before_it_has_a_number(self):
        draft = self.post_invoice()
        draft.button_draft()
        draft.name = False
        preview = self.open_preview(draft)
        self.assertIn("(without a number)", self.texts(preview))
        self.assertIn("Nabywca sp. z o.o.", self.texts(preview))
        self.assertFalse(preview.is_sent)

    def test_posted_invoice_is_shown_as_it_would_be_sent(self):
        self.connect()
        invoice = self.post_invoice()
        preview = self.open_preview(invoice)
        self.assertIn(invoice.name, self.texts(preview))
        self.assertIn("246.00 PLN", self.texts(preview))
        self.assertIn(f"<P_2>{invoice.name}</P_2>", preview.xml)
        self.assertFalse(preview.is_blocked)

    def test_company_that_is_not_connected_has_a_preview_too(self):
        self.assertIn("246.00 PLN", self.texts(self.open_preview(self.post_invoice())))

    def test_problems_stand_above_what_can_be_shown(self):
        self.connect()
        preview = self.open_preview(self.without_rate_code(self.post_invoice()))
        self.assertTrue(preview.is_blocked)
        problem = preview.problem_ids.filtered(lambda problem: problem.level == "error")[0]
        self.assertTrue(problem.remedy)
        self.assertEqual(problem.action_open_record()["type"], "ir.actions.act_window")

    def test_preview_that_looks_again_shows_what_was_mended(self):
        self.connect()
        invoice = self.without_rate_code(self.post_invoice())
        preview = self.open_preview(invoice)
        invoice.invoice_line_ids.tax_ids.ksef_rate_code = "23"
        action = preview.action_check_again()
        self.assertEqual(action["res_id"], preview.id)
        self.assertFalse(preview.is_blocked)
        self.assertIn("246.00 PLN", self.texts(preview))

    def test_sent_invoice_is_shown_as_it_was_sent(self):
        self.connect()
        invoice = self.post_invoice()
        self.send(invoice)
        self.buyer.name = "Inna nazwa"
        preview = self.open_preview(invoice)
        self.assertIn("Nabywca sp. z o.o.", self.texts(preview))
        self.assertIn(invoice.ksef_number, self.texts(preview))
        frozen = invoice.ksef_submission_ids.document
        self.assertEqual(preview.with_context(bin_size=False).document, frozen)

    def test_submission_shows_its_own_document(self):
        self.connect()
        invoice = self.post_invoice()
        self.send(invoice)
        preview = self.open_preview(invoice.ksef_submission_ids)
        self.assertTrue(preview.is_sent)
        self.assertIn(invoice.ksef_number, self.texts(preview))

    def test_rejected_invoice_is_shown_as_it_would_be_sent_again(self):
        self.connect()
        invoice = self.post_invoice()
        self.send(invoice)
        invoice.ksef_submission_ids.write({"state": "rejected"})
        self.buyer.name = "Poprawiona nazwa"
        preview = self.open_preview(invoice)
        self.assertIn("Poprawiona nazwa", self.texts(preview))
        self.assertFalse(preview.is_sent)

    def test_language_of_the_document_may_be_chosen(self):
        preview = self.open_preview(self.post_invoice())
        self.assertIn("246.00 PLN", self.texts(preview))
        preview.lang = "pl_PL"
        self.assertIn("246,00 PLN", self.texts(preview))

    def test_auditor_who_may_read_the_invoice_sees_its_document(self):
        auditor = self.make_user("audytor_test", "account.group_account_readonly")
        preview = self.open_preview(self.post_invoice(), auditor)
        self.assertIn("246.00 PLN", self.texts(preview))

    def test_who_may_not_read_the_invoice_sees_nothing(self):
        invoice = self.post_invoice()
        stranger = self.make_user("obcy_test", "base.group_user")
        other = self.make_user("druga_test", "account.group_account_invoice", self.other_company)
        for user in (stranger, other):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.open_preview(invoice, user)

    def test_preview_of_another_user_cannot_be_read(self):
        preview = self.open_preview(self.post_invoice())
        other = self.make_user("inna_ksiegowa_test", "account.group_account_invoice")
        with self.assertRaises(AccessError):
            preview.with_user(other).read(["html"])


@tagged("post_install", "-at_install")
class TestPreviewInBrowser(KsefCommon, TourCase):
    def open_preview(self):
        invoice = self.post_invoice().with_user(self.accountant).sudo(False)
        return self.env["ksef.preview"].browse(invoice.action_ksef_preview()["res_id"])

    def test_xml_is_downloaded_byte_for_byte(self):
        preview = self.open_preview()
        self.authenticate("ksiegowa_test", "ksiegowa_test")
        answer = self.url_open(preview.action_download_xml()["url"])
        self.assertEqual(answer.content, base64.b64decode(preview.document))
        self.assertIn(".xml", answer.headers["Content-Disposition"])

    def test_pdf_is_downloaded(self):
        preview = self.open_preview()
        report = self.env["ir.actions.report"].with_context(force_report_rendering=True)
        content, kind = report._render_qweb_pdf("account_ksef.action_report_preview", preview.ids)
        self.assertEqual(kind, "pdf")
        self.assertTrue(content.startswith(b"%PDF"))

    def test_accountant_looks_at_the_document_before_sending(self):
        self.connect()
        self.post_invoice().button_draft()
        self.start_tour(
            "/odoo/action-account.action_move_out_invoice", "ksef_preview", login="ksiegowa_test"
        )
