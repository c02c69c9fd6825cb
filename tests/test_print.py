"""The printed invoice: its number and code once KSeF has issued it, a warning before."""

import re

import requests

from odoo.tests import HttpCase, tagged

from .common import KsefCommon


class PrintCommon(KsefCommon):
    def setUp(self):
        super().setUp()
        self.connect()
        self.invoice = self.post_invoice()

    def printed(self, invoice=None, **data):
        html, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "account.report_invoice_with_payments", (invoice or self.invoice).ids, data=data
        )
        return html.decode()


@tagged("post_install", "-at_install")
class TestPrint(PrintCommon):
    def test_issued_invoice_bears_number_and_code(self):
        self.send(self.invoice)
        html = self.printed()
        self.assertIn(self.invoice.ksef_number, html)
        self.assertEqual(html.count('name="ksef_code"'), 1)
        self.assertNotIn('name="ksef_not_issued"', html)

    def test_code_leads_to_the_invoice_in_ksef(self):
        self.send(self.invoice)
        [code] = self.invoice._ksef_printed_codes()
        self.assertEqual(code.label, self.invoice.ksef_number)
        self.assertIn(code.link, self.printed())
        answer = requests.get(code.link, timeout=10)
        self.assertEqual(answer.status_code, 200)
        self.assertIn(self.invoice.name, answer.text)

    def test_link_stays_where_it_was_sent_when_the_company_moves_on(self):
        self.send(self.invoice)
        link = self.invoice._ksef_printed_codes()[0].link
        self.company.write({"ksef_environment": "test"})
        self.assertEqual(self.invoice._ksef_printed_codes()[0].link, link)

    def test_domestic_business_gets_a_confirmation_until_then(self):
        html = self.printed()
        self.assertIn("Transaction confirmation", html)
        self.assertIn('name="ksef_not_issued"', html)
        self.assertNotIn('name="ksef_code"', html)
        self.assertNotIn("Proforma", self.printed(proforma=True))

    def test_foreign_buyer_gets_a_preview_until_then(self):
        foreign = self.buyer.copy(
            {"name": "Kunde GmbH", "vat": "DE123456788", "country_id": self.env.ref("base.de").id}
        )
        html = self.printed(self.post_invoice(partner_id=foreign))
        self.assertIn("Preview of invoice", html)
        self.assertNotIn("Transaction confirmation", html)

    def test_invoice_outside_ksef_is_printed_as_ever(self):
        private = self.env["res.partner"].create({"name": "Jan Nowak", "lang": "en_US"})
        html = self.printed(self.post_invoice(partner_id=private))
        self.assertNotIn("ksef", html.lower().replace("account_ksef", ""))
        self.assertIn("Invoice", html)

    def test_number_adopted_without_its_document_is_printed_without_a_code(self):
        number = "1234563218-20260101-010080DD2B5E-26"
        self.invoice.ksef_number = number
        self.env["ksef.submission"].create(
            {
                "move_id": self.invoice.id,
                "company_id": self.company.id,
                "state": "accepted",
                "ksef_number": number,
            }
        )
        html = self.printed()
        self.assertIn(self.invoice.ksef_number, html)
        self.assertNotIn('name="ksef_code"', html)

    def test_every_layout_of_odoo_shows_it(self):
        self.send(self.invoice)
        for layout in self.env["report.layout"].search([]):
            self.company.external_report_layout_id = layout.view_id
            with self.subTest(layout.name):
                self.assertIn('name="ksef_code"', self.printed())


@tagged("post_install", "-at_install")
class TestPortal(PrintCommon, HttpCase):
    def test_buyer_sees_number_and_code_in_the_portal(self):
        self.send(self.invoice)
        url = self.invoice.get_portal_url(report_type="html")
        page = self.url_open(url).text
        self.assertIn(self.invoice.ksef_number, page)
        self.assertTrue(re.search(r'name="ksef_code"', page))

    def test_buyer_sees_in_the_portal_that_it_is_not_issued(self):
        page = self.url_open(self.invoice.get_portal_url(report_type="html")).text
        self.assertIn('name="ksef_not_issued"', page)
