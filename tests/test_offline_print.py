"""Invoices issued offline on paper: what a telephone reads from the print leads to KSeF."""

import base64
import re
from datetime import timedelta

import requests
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from odoo import fields
from odoo.tests import HttpCase, freeze_time, tagged

from .offline_common import OfflineCommon
from .protocol.certificates import make_ec_key, make_rsa_key
from .scanner import scan

LATER = timedelta(minutes=10)
QUIET_ZONE = 4  # modules, ISO/IEC 18004
SMALLEST_MODULE = 0.33  # millimetres that the cameras of telephones read with ease


class OfflinePrintCommon(OfflineCommon):
    def setUp(self):
        super().setUp()
        self.foreign = self.buyer.copy(
            {"name": "Kunde GmbH", "vat": "DE123456788", "country_id": self.env.ref("base.de").id}
        )

    def enroll(self, key):
        """Have the simulator issue an Offline certificate for a key."""
        self.connect_with_certificate()
        action = self.company.action_ksef_enroll_offline()
        enrollment = self.env["ksef.enrollment"].browse(action["res_id"])
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        enrollment.key_id = self.env["certificate.key"].create(
            {"name": "Test", "content": base64.b64encode(pem), "company_id": self.company.id}
        )
        self.run_queue()
        self.assertEqual(enrollment.state, "done", enrollment.explanation)

    def issued_invoice(self, **values):
        """An invoice that was issued offline while KSeF is away."""
        invoice = self.post_invoice(**values)
        self.away()
        self.issue(invoice)
        return invoice

    def bring_back(self, minutes=30):
        self.simulator.clear_faults()
        self.run_queue(minutes=minutes)

    def printed(self, invoice, **data):
        html, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "account.report_invoice_with_payments", invoice.ids, data=data
        )
        return html.decode()

    def labels(self, html):
        return re.findall(r'name="ksef_code_label"[^>]*>([^<]*)<', html)


@tagged("post_install", "-at_install")
class TestOfflinePrint(OfflinePrintCommon):
    def test_domestic_business_gets_a_confirmation_with_both_codes(self):
        html = self.printed(self.issued_invoice())
        self.assertIn("Transaction confirmation", html)
        self.assertIn("The invoice was issued offline and reaches you in KSeF", html)
        self.assertEqual(self.labels(html), ["OFFLINE", "CERTYFIKAT"])

    def test_foreign_buyer_and_consumer_get_the_invoice_with_both_codes(self):
        poland = self.env.ref("base.pl")
        private = self.env["res.partner"].create(
            {"name": "Jan Nowak", "city": "Opole", "country_id": poland.id}
        )
        for buyer in (self.foreign, private):
            self.simulator.clear_faults()
            html = self.printed(self.issued_invoice(partner_id=buyer), proforma=True)
            with self.subTest(buyer.name):
                self.assertNotIn("Transaction confirmation", html)
                self.assertNotIn('name="ksef_not_issued"', html)
                self.assertNotIn("Proforma", html)
                self.assertNotIn("Preview", html)
                self.assertEqual(self.labels(html), ["OFFLINE", "CERTYFIKAT"])

    def test_number_takes_the_place_of_the_word_offline(self):
        invoice = self.issued_invoice()
        self.bring_back()
        html = self.printed(invoice)
        self.assertEqual(self.labels(html), [invoice.ksef_number, "CERTYFIKAT"])
        self.assertNotIn("Transaction confirmation", html)

    def test_every_layout_of_odoo_shows_both(self):
        invoice = self.issued_invoice()
        for layout in self.env["report.layout"].search([]):
            self.company.external_report_layout_id = layout.view_id
            with self.subTest(layout.name):
                self.assertEqual(self.printed(invoice).count('name="ksef_code"'), 2)

    def test_link_that_no_code_can_hold_is_shown_as_text(self):
        invoice = self.issued_invoice()
        link = "https://qr.example/" + "x" * 3000
        invoice.ksef_submission_ids.certificate_link = link
        html = self.printed(invoice)
        self.assertEqual(html.count('name="ksef_code"'), 1)
        self.assertIn(f">{link}<", html)

    def test_total_failure_leaves_a_mark_and_no_code(self):
        self.announce("total_failure", "2026-01-01 09:00:00")
        invoice = self.post_invoice()
        self.issue(invoice)
        html = self.printed(invoice, proforma=True)
        self.assertIn('name="ksef_total_failure"', html)
        self.assertNotIn('name="ksef_code"', html)
        self.assertNotIn("Proforma", html)

    def test_what_ksef_refused_is_no_longer_printed_with_codes(self):
        invoice = self.issued_invoice()
        row = invoice.ksef_submission_ids
        row._move_to("sending")
        row._move_to("rejected")
        html = self.printed(invoice)
        self.assertNotIn('name="ksef_code"', html)
        self.assertIn('name="ksef_not_issued"', html)

    def test_pictures_are_there_for_other_reports(self):
        invoice = self.issued_invoice()
        self.assertEqual(invoice.ksef_verification_label, "OFFLINE")
        for name in ("ksef_verification_code", "ksef_certificate_code"):
            self.assertTrue(base64.b64decode(invoice[name]).startswith(b"\x89PNG"), name)
        self.assertFalse(self.post_invoice().ksef_verification_code)


@tagged("post_install", "-at_install")
class TestOfflinePaper(OfflinePrintCommon, HttpCase):
    """From the record to wkhtmltopdf, to pixels, to the page that a telephone opens."""

    def issued_with(self, key):
        """An invoice signed with a new certificate: later, for the queue of tests runs ahead."""
        self.enroll(key)
        self.simulator.shift_clock(LATER.total_seconds())
        with freeze_time(fields.Datetime.now() + LATER):
            return self.issued_invoice()

    def paper(self, invoice):
        report = self.env["ir.actions.report"].with_context(force_report_rendering=True)
        self.env["ir.config_parameter"].set_param("report.url", self.base_url())
        pdf, kind = report._render_qweb_pdf("account.account_invoices", invoice.ids)
        self.assertEqual(kind, "pdf")
        return pdf

    def assert_scans(self, invoice):
        """Scan the print, on good and on poor paper; return both codes."""
        pdf = self.paper(invoice)
        codes = scan(pdf)
        self.assertEqual(len(codes), 2)
        self.assertEqual([c.text for c in scan(pdf, dots_per_inch=110)], [c.text for c in codes])
        for code in codes:
            self.assertGreater(code.module, SMALLEST_MODULE)
            self.assertGreaterEqual(code.quiet_zone, QUIET_ZONE)
        return codes

    def verdict(self, code):
        answer = requests.get(code.text, timeout=10)
        self.assertEqual(answer.status_code, 200)
        return re.search('data-verdict="([a-z]+)"', answer.text)[1]

    def assert_pages_accept(self, invoice):
        first, second = self.assert_scans(invoice)
        self.simulator.clear_faults()
        self.assertEqual(self.verdict(second), "passed")
        self.assertEqual(self.verdict(first), "failed", "it is not in KSeF yet")
        self.bring_back()
        self.assertEqual(invoice.ksef_state, "accepted", invoice.ksef_explanation)
        sent = self.assert_scans(invoice)
        self.assertEqual([code.text for code in sent], [first.text, second.text])
        self.assertEqual([self.verdict(code) for code in sent], ["passed", "passed"])

    def test_codes_signed_with_elliptic_curves_are_scanned_and_accepted(self):
        self.assert_pages_accept(self.issued_with(make_ec_key()))

    def test_codes_signed_with_rsa_are_scanned_and_accepted(self):
        self.assert_pages_accept(self.issued_with(make_rsa_key()))

    def test_buyer_sees_both_codes_in_the_portal(self):
        invoice = self.issued_invoice()
        self.assertEqual(self.labels_in_portal(invoice), ["OFFLINE", "CERTYFIKAT"])
        self.bring_back()
        self.assertEqual(self.labels_in_portal(invoice), [invoice.ksef_number, "CERTYFIKAT"])

    def labels_in_portal(self, invoice):
        return self.labels(self.url_open(invoice.get_portal_url(report_type="html")).text)

    def test_pictures_are_for_those_who_may_see_the_invoice(self):
        invoice = self.issued_invoice()
        url = f"/web/image/account.move/{invoice.id}/ksef_certificate_code"
        self.authenticate("ksiegowa_test", "ksiegowa_test")
        picture = self.url_open(url)
        self.assertEqual(picture.headers["Content-Type"], "image/png")
        self.assertGreater(len(picture.content), 500)
        self.logout()
        self.assertNotEqual(self.url_open(url).content, picture.content)
