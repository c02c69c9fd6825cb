from datetime import timedelta

from lxml import etree

from odoo import fields
from odoo.tests import freeze_time, new_test_user, tagged
from odoo.tools.safe_eval import safe_eval

from .common import KsefCommon
from .tour_common import TourCase


class OverviewCommon(KsefCommon):
    def setUp(self):
        super().setUp()
        self.connect()
        self.journal = self.company_data["default_journal_sale"]
        self.company.ksef_start_on = fields.Date.today() - timedelta(days=30)

    def blocked_invoice(self):
        """Post an invoice that cannot be sent by itself."""
        invoice = self.without_rate_code(self.post_invoice())
        invoice._ksef_send_on_post()
        return invoice

    def late_invoice(self, **values):
        late_on = fields.Date.today() - timedelta(days=3)
        return self.post_invoice(invoice_date=late_on, **values)


@tagged("post_install", "-at_install")
class TestDashboard(OverviewCommon):
    def card(self, journal=None, user=None):
        journal = (journal or self.journal).with_user(user or self.accountant)
        return journal._get_journal_dashboard_data_batched()[journal.id].get("ksef")

    def test_card_counts_what_is_not_done(self):
        self.send(self.post_invoice())
        self.post_invoice()
        self.late_invoice()
        self.blocked_invoice()
        self.post_invoice().with_user(self.accountant).action_ksef_send()
        self.assertEqual(self.card(), {"to_send": 2, "late": 1, "attention": 1, "in_progress": 1})

    def test_card_does_not_count_what_was_refused_and_cancelled(self):
        invoice = self.post_invoice()
        self.simulator.fault("verdict", code=450)
        self.send(invoice)
        self.assertEqual(self.card(), {"rejected": 1})
        invoice.with_user(self.accountant).button_cancel()
        self.assertEqual(self.card(), {})
        invoice.with_user(self.accountant).button_draft()
        self.assertEqual(invoice.ksef_state, "rejected")

    def test_card_of_a_company_without_ksef_says_nothing(self):
        self.company.ksef_is_enabled = False
        self.assertIsNone(self.card())

    def test_card_does_not_count_invoices_of_another_company(self):
        self.connect(self.other_company)
        self.post_invoice(self.other_company)
        self.assertEqual(self.card(), {})

    def test_number_of_queries_does_not_grow_with_the_journals(self):
        journals = self.journal | self.journal.copy() | self.journal.copy()
        for journal in journals:
            self.post_invoice(journal_id=journal.id)
        self._queries(journals)  # fill the caches of access rules
        self.assertEqual(self._queries(self.journal), self._queries(journals))

    def _queries(self, journals):
        before = self.env.cr.sql_log_count
        journals.with_user(self.accountant)._ksef_counts()
        return self.env.cr.sql_log_count - before

    def test_link_of_the_card_opens_the_invoices_that_are_late(self):
        self.post_invoice()
        late = self.late_invoice()
        view = self.env["account.move"].get_view(
            self.env.ref("account.view_account_invoice_filter").id, "search"
        )
        self.assertIn("ksef_late", view["arch"])
        journal_action = self.journal.with_user(self.accountant).open_action()
        domain = [*journal_action["domain"], ("ksef_due_at", "<", "now")]
        self.assertEqual(self.env["account.move"].search(domain), late)


@tagged("post_install", "-at_install")
class TestInvoiceList(OverviewCommon):
    """The filters and groups of the list of invoices."""

    def setUp(self):
        super().setUp()
        moves = self.env["account.move"].with_user(self.accountant)
        self.moves = moves.with_context(default_move_type="out_invoice")
        view = self.env.ref("account.view_account_invoice_filter")
        self.search_view = etree.fromstring(self.moves.get_view(view.id, "search")["arch"])

    def found(self, name):
        """What the list shows with a filter."""
        [domain] = self.search_view.xpath(f"//filter[@name='{name}']/@domain")
        company = ("company_id", "=", self.company.id)
        return self.moves.search([*safe_eval(domain), company])

    def test_each_filter_finds_what_it_names(self):
        accepted, rejected = self.post_invoice(), self.post_invoice()
        self.send(accepted)
        self.simulator.fault("verdict", code=450)
        self.send(rejected)
        named = {
            "ksef_accepted": accepted,
            "ksef_rejected": rejected,
            "ksef_attention": self.blocked_invoice(),
            "ksef_late": self.late_invoice(),
            "ksef_exempt": self.post_invoice(ksef_is_excluded=True),
            "ksef_in_progress": self.post_invoice(),
        }
        named["ksef_in_progress"]._ksef_queue()
        named["ksef_to_send"] = named["ksef_late"]
        for name, invoice in named.items():
            with self.subTest(name):
                self.assertEqual(self.found(name), invoice)

    def test_invoices_are_grouped_by_what_ksef_made_of_them(self):
        self.send(self.post_invoice())
        groups = self.search_view.xpath("//filter[starts-with(@name, 'ksef_')][@context]/@context")
        self.assertTrue(groups)
        for context in groups:
            with self.subTest(context):
                group = safe_eval(context)["group_by"]
                self.assertTrue(self.moves.formatted_read_group([], [group], ["__count"]))


@tagged("post_install", "-at_install")
class TestStatusLine(OverviewCommon):
    def line(self, invoice):
        return invoice.with_user(self.accountant).with_context(lang="en_US").ksef_status_line

    def test_waiting_invoice_says_since_when_what_next_and_by_when(self):
        with freeze_time("2026-11-20 12:00:00"):
            self.company.ksef_start_on = "2026-11-01"
            line = self.line(self.post_invoice(invoice_date="2026-11-20"))
        self.assertRegex(line, r"^Since 1:00.PM\. Send it with the button\. Due by 11:59.PM\.$")

    def test_late_invoice_says_what_that_means(self):
        invoice = self.late_invoice()
        self.assertTrue(invoice.ksef_is_late)
        self.assertIn("as issued offline", self.line(invoice))

    def test_invoice_that_waits_for_the_login_is_not_to_be_corrected(self):
        self.company.ksef_token = self.simulator.token(self.company._ksef_nip(), status="Revoked")
        invoice = self.post_invoice()
        self.send(invoice)
        self.assertEqual(invoice.ksef_state, "error")
        self.assertIn("by itself once the company can log in", self.line(invoice))
        self.assertIn("Correct what is named", self.line(self.blocked_invoice()))

    def test_accepted_invoice_is_not_due_any_more(self):
        invoice = self.post_invoice()
        self.send(invoice)
        self.assertFalse(invoice.ksef_due_at)
        self.assertIn("Number given", self.line(invoice))

    def test_auditor_reads_the_line_and_portal_users_see_no_alert(self):
        auditor = new_test_user(
            self.env,
            "audytor_stanu",
            groups="account.group_account_readonly",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        invoice = self.post_invoice()
        self.assertTrue(invoice.with_user(auditor).ksef_status_line)
        portal = new_test_user(self.env, "klient_portalu", groups="base.group_portal")
        self.assertFalse(self.env["ksef.alert"].with_user(portal).has_access("read"))


@tagged("post_install", "-at_install")
class TestOverviewTour(OverviewCommon, TourCase):
    def test_accountant_goes_from_the_dashboard_to_what_is_wrong(self):
        self.blocked_invoice()
        self.late_invoice()
        self.start_tour("/odoo/accounting", "ksef_overview", login="ksiegowa_test")

    def test_late_invoice_stands_out_in_the_list(self):
        self.post_invoice()
        self.late_invoice(partner_id=self.buyer.copy({"name": "Late buyer"}))
        url = "/odoo/action-account.action_move_out_invoice"
        self.start_tour(url, "ksef_late", login="ksiegowa_test")

    def test_accountant_reads_why_ksef_refused(self):
        invoice = self.post_invoice()
        self.simulator.fault("verdict", code=450)
        self.send(invoice)
        url = f"/odoo/action-account.action_move_out_invoice/{invoice.id}"
        self.start_tour(url, "ksef_attempts", login="ksiegowa_test")
