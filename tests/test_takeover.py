"""Taking over from `l10n_pl_edi` and giving back: its history is ours, and nobody sends twice."""

import base64
from itertools import pairwise
from unittest.mock import patch

from lxml import etree

from odoo.tests import tagged

from ..ksef.crypto import hash_base64
from ..models import takeover
from ..models.l10n_pl_edi_views import hide_columns, hide_nodes
from .common import KsefCommon

BILL_NUMBER = "5265877635-20250826-0100001AF629-AF"
NUMBER = "1234563218-20260105-010080DD2B5E-26"


class TakeoverCommon(KsefCommon):
    def setUp(self):
        super().setUp()
        self.invoice = self.post_invoice()

    def sent_by_them(self, invoice=None, **values):
        """Put an invoice where `l10n_pl_edi` puts it: taken by KSeF, verdict to come."""
        invoice = invoice or self.invoice
        invoice.write(
            {
                "l10n_pl_edi_status": "sent",
                "l10n_pl_edi_ref": "20260105-EE-0000000000-0000000000-00",
                "l10n_pl_edi_session_id": "20260105-SO-0000000000-0000000000-00",
                "l10n_pl_edi_attachment_file": base64.b64encode(b"<Faktura/>"),
                **values,
            }
        )
        return invoice

    def accepted_by_them(self, invoice=None, number=NUMBER):
        return self.sent_by_them(
            invoice,
            l10n_pl_edi_status="accepted",
            l10n_pl_edi_number=number,
            l10n_pl_edi_upo_file=base64.b64encode(b"<Potwierdzenie/>"),
        )

    def adopt_in_background(self):
        cron = self.env.ref("account_ksef.ir_cron_adopt")
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()

    def theirs_offers(self, invoice=None):
        edi = self.env["account.move.send"]._get_all_extra_edis()["pl_ksef"]
        return edi["is_applicable"](invoice or self.invoice)

    def use_theirs(self):
        """Configure `l10n_pl_edi` for the company."""
        self.company.l10n_pl_edi_certificate = self.env["certificate.certificate"].create(
            {"name": "KSeF", "content": base64.b64encode(b"-"), "company_id": self.company.id}
        )


@tagged("post_install", "-at_install")
class TestTakeover(TakeoverCommon):
    def test_accepted_invoice_becomes_our_history(self):
        self.accepted_by_them()
        self.connect()
        [row] = self.invoice.ksef_submission_ids.with_context(bin_size=False)
        self.assertEqual((row.state, row.origin), ("accepted", "l10n_pl_edi"))
        self.assertEqual(self.invoice.ksef_state, "accepted")
        self.assertEqual((self.invoice.ksef_number, row.ksef_number), (NUMBER, NUMBER))
        self.assertEqual(base64.b64decode(row.document), b"<Faktura/>")
        self.assertEqual(row.document_hash, hash_base64(b"<Faktura/>"))
        self.assertEqual(base64.b64decode(row.upo), b"<Potwierdzenie/>")
        self.assertFalse(self.invoice.ksef_is_sendable)

    def test_receipt_that_they_did_not_fetch_is_fetched(self):
        row = self.adopt_without_receipt()
        self.assertEqual((row.state, row.upo), ("accepted", False))
        self.run_queue()
        self.assertIn(self.invoice.ksef_number.encode(), base64.b64decode(row.upo))
        self.assertFalse(row.retry_at)
        self.assertEqual(len(self.simulator.documents()), 1)

    def test_receipt_is_fetched_after_a_refused_login_was_mended(self):
        token = self.simulator.token(self.company._ksef_nip(), status="Revoked")
        row = self.adopt_without_receipt(ksef_token=token)
        self.run_queue()
        self.assertFalse(row.upo)
        self.connect()
        self.run_queue(minutes=15)
        self.assertTrue(row.upo)

    def adopt_without_receipt(self, **values):
        """Have an invoice that KSeF accepted, and of which only their fields tell."""
        self.connect()
        self.send(self.invoice)
        self.company.ksef_is_enabled = False
        self.invoice.ksef_submission_ids.unlink()
        self.company.write({"ksef_is_enabled": True, **values})
        return self.invoice.ksef_submission_ids.with_context(bin_size=False)

    def test_receipt_that_their_session_does_not_have_is_not_asked_for_again(self):
        self.accepted_by_them().l10n_pl_edi_upo_file = False
        self.connect()
        row = self.invoice.ksef_submission_ids
        session = row.session_reference
        self.run_queue()
        self.assertEqual((row.retry_at, row.upo, row.failure_kind), (False,) * 3)
        self.assertEqual(row.session_reference, session)
        asked = [r["path"] for r in self.simulator.requests() if r["path"].endswith("/upo")]
        self.assertEqual(len(asked), 1)

    def test_receipts_of_a_long_history_come_one_after_the_other(self):
        self.patch(takeover, "AT_ONCE", 1)
        invoices = self.invoice | self.post_invoice() | self.post_invoice()
        for position, invoice in enumerate(invoices):
            self.accepted_by_them(invoice, NUMBER.replace("0105", f"011{position}"))
        invoices.l10n_pl_edi_upo_file = False
        self.connect()
        self.adopt_in_background()
        moments = self.env["ksef.submission"].search([], order="retry_at").mapped("retry_at")
        self.assertEqual(len(moments), 3)
        for earlier, later in pairwise(moments):
            self.assertGreaterEqual(later - earlier, takeover.RECEIPTS_APART)

    def test_switching_on_again_adopts_nothing_twice(self):
        self.accepted_by_them()
        self.connect()
        self.company.ksef_is_enabled = False
        self.company.ksef_is_enabled = True
        self.adopt_in_background()
        self.assertEqual(len(self.invoice.ksef_submission_ids), 1)

    def test_unfinished_invoice_is_asked_about_and_not_sent_again(self):
        self.connect()
        self.send(self.invoice)
        # As if that addon had sent it: KSeF has it, and here only its fields tell so
        row = self.invoice.ksef_submission_ids
        values = {
            "l10n_pl_edi_number": False,
            "l10n_pl_edi_ref": row.invoice_reference,
            "l10n_pl_edi_session_id": row.session_reference,
            "l10n_pl_edi_attachment_file": base64.b64encode(row._document_bytes()),
        }
        row.unlink()
        self.company.ksef_is_enabled = False
        self.invoice.ksef_number = False
        self.sent_by_them(**values)
        self.company.ksef_is_enabled = True
        self.assertEqual(self.invoice.ksef_submission_ids.state, "sent")
        self.send(self.invoice)
        self.assertEqual(
            (self.invoice.ksef_state, self.invoice.l10n_pl_edi_status), ("accepted",) * 2
        )
        self.assertEqual(self.invoice.l10n_pl_edi_number, self.invoice.ksef_number)
        self.assertEqual(len(self.simulator.documents()), 1)

    def test_unfinished_invoice_without_its_file_is_left_to_them_and_not_sent(self):
        self.sent_by_them(l10n_pl_edi_attachment_file=False)
        self.connect()
        self.assertFalse(self.invoice.ksef_submission_ids or self.invoice.ksef_is_sendable)
        self.send(self.invoice)
        self.assertFalse(self.simulator.documents())

    def test_invoice_that_ksef_refused_them_may_be_sent_by_us(self):
        self.sent_by_them(l10n_pl_edi_status="rejected")
        self.connect()
        self.send(self.invoice)
        self.assertEqual(self.invoice.ksef_state, "accepted")
        self.assertEqual(self.invoice.l10n_pl_edi_status, "accepted")

    def test_adopted_invoice_that_ksef_refuses_is_free_to_be_sent_again(self):
        self.sent_by_them()
        self.connect()
        row = self.invoice.ksef_submission_ids
        row._move_to("rejected", retry_at=False)
        self.assertEqual(self.invoice.l10n_pl_edi_status, "rejected")
        self.assertTrue(self.invoice.ksef_is_sendable)

    def test_trial_of_theirs_does_not_count_in_production(self):
        self.env["ir.config_parameter"].set_param("l10n_pl_edi_ksef.mode", "test")
        self.accepted_by_them()
        self.company.write({"ksef_environment": "production", "ksef_is_enabled": True})
        self.assertFalse(self.invoice.ksef_submission_ids)
        self.assertTrue(self.invoice.ksef_is_sendable)
        self.company.ksef_environment = "test"
        self.assertEqual(self.invoice.ksef_state, "accepted")

    def test_history_of_another_company_stays_there(self):
        other = self.accepted_by_them(self.post_invoice(company=self.other_company))
        self.connect()
        self.assertFalse(other.ksef_submission_ids)
        self.connect(self.other_company)
        self.assertEqual(other.ksef_state, "accepted")

    def test_long_history_is_adopted_in_the_background(self):
        self.patch(takeover, "AT_ONCE", 1)
        self.patch(takeover, "BATCH", 1)
        invoices = self.invoice | self.post_invoice() | self.post_invoice()
        for position, invoice in enumerate(invoices):
            self.accepted_by_them(invoice, NUMBER.replace("0105", f"011{position}"))
        self.connect()
        self.assertEqual(len(invoices.ksef_submission_ids), 1)
        self.assertFalse(any(invoices.mapped("ksef_is_sendable")))
        self.adopt_in_background()
        self.env.invalidate_all()
        self.assertEqual(invoices.mapped("ksef_state"), ["accepted"] * 3)

    def test_what_they_finish_later_is_adopted_in_the_background(self):
        self.sent_by_them(l10n_pl_edi_attachment_file=False)
        self.connect()
        self.invoice.write({"l10n_pl_edi_status": "accepted", "l10n_pl_edi_number": NUMBER})
        self.adopt_in_background()
        self.env.invalidate_all()
        self.assertEqual((self.invoice.ksef_state, self.invoice.ksef_number), ("accepted", NUMBER))

    def test_numbers_of_vendor_bills_are_taken_over_and_mirrored(self):
        bill = self.init_invoice("in_invoice", partner=self.buyer, amounts=[100])
        bill.l10n_pl_edi_number = BILL_NUMBER
        broken = self.init_invoice("in_invoice", partner=self.buyer, amounts=[100])
        broken.l10n_pl_edi_number = "7762811692"
        self.connect()
        self.assertEqual((bill.ksef_number, broken.ksef_number), (BILL_NUMBER, False))
        bill.ksef_number = False
        bill.l10n_pl_edi_number = False
        broken.ksef_number = BILL_NUMBER
        self.assertEqual(broken.l10n_pl_edi_number, BILL_NUMBER)

    def test_installation_keeps_the_environment_of_theirs(self):
        self.env["ir.config_parameter"].set_param("l10n_pl_edi_ksef.mode", "prod")
        self.use_theirs()
        self.env["res.company"]._ksef_prepare_takeover()
        self.assertEqual(self.company.ksef_environment, "production")
        self.assertEqual(self.other_company.ksef_environment, "test")


@tagged("post_install", "-at_install")
class TestNeverTwoSenders(TakeoverCommon):
    def setUp(self):
        super().setUp()
        self.use_theirs()

    def test_theirs_is_offered_only_where_ours_is_off(self):
        self.assertTrue(self.theirs_offers())
        self.connect()
        self.assertFalse(self.theirs_offers())
        self.company.ksef_is_enabled = False
        self.assertTrue(self.theirs_offers())

    def test_theirs_gets_nothing_that_ours_has_under_way(self):
        self.connect()
        self.hold_verdicts()
        self.invoice.with_user(self.accountant).action_ksef_send()
        self.run_queue(minutes=0.2)
        self.company.ksef_is_enabled = False
        self.assertEqual(self.invoice.ksef_submission_ids.state, "sent")
        self.assertFalse(self.theirs_offers())

    def test_caller_who_insists_on_theirs_sends_nothing_where_ours_is_on(self):
        self.connect()
        data = {self.invoice: {"extra_edis": ["pl_ksef", "ksef"]}}
        self.env["account.move.send"]._call_web_service_before_invoice_pdf_render(data)
        self.assertEqual(data[self.invoice]["extra_edis"], ["ksef"])
        self.assertFalse(self.invoice.l10n_pl_edi_status or "error" in data[self.invoice])

    def test_their_warnings_are_silent_where_ours_is_on(self):
        self.company.street = False
        self.assertIn("address_problem", self.invoice._l10n_pl_edi_check_mandatory_fields())
        self.connect()
        self.assertFalse(self.invoice._l10n_pl_edi_check_mandatory_fields())

    def test_switching_off_lets_go_of_what_has_not_left(self):
        self.connect()
        self.invoice.with_user(self.accountant).action_ksef_send()
        self.company.ksef_is_enabled = False
        self.assertEqual(self.invoice.ksef_submission_ids.state, "withdrawn")
        self.run_queue()
        self.assertFalse(self.simulator.documents())
        self.assertTrue(self.theirs_offers())

    def test_what_we_issued_is_accepted_for_them_too(self):
        self.connect()
        self.send(self.invoice)
        self.company.ksef_is_enabled = False
        self.assertEqual(self.invoice.l10n_pl_edi_status, "accepted")
        self.assertEqual(self.invoice.l10n_pl_edi_number, self.invoice.ksef_number)
        self.assertTrue(self.invoice.l10n_pl_edi_ref and self.invoice.l10n_pl_edi_session_id)
        self.assertFalse(self.theirs_offers())

    def test_their_check_of_the_status_is_silent_about_ours(self):
        self.sent_by_them()
        self.connect()
        self.assertFalse(self.invoice.action_l10n_pl_edi_update_invoice_status())
        self.env["account.move"].with_company(self.company)._cron_l10n_pl_edi_check_invoice_status()
        self.assertFalse(self.invoice.l10n_pl_edi_header)

    def test_number_that_another_document_bears_is_not_mirrored(self):
        self.connect()
        bill = self.init_invoice("in_invoice", partner=self.buyer, amounts=[100])
        row = self.env["ksef.submission"].create(
            {"move_id": self.invoice.id, "company_id": self.company.id, "ksef_number": NUMBER}
        )
        bill.l10n_pl_edi_number = NUMBER
        row.write({"state": "accepted"})
        self.assertFalse(self.invoice.l10n_pl_edi_number)
        self.assertEqual(self.invoice.l10n_pl_edi_status, "accepted")


@tagged("post_install", "-at_install")
class TestTheirViews(TakeoverCommon):
    def test_their_nodes_are_hidden_for_invoices_of_our_companies(self):
        arch = self.form("account.move")
        for name in ("l10n_pl_edi_status", "l10n_pl_edi_header", "l10n_pl_edi_number"):
            for node in arch.xpath(f"//field[@name='{name}']"):
                chain = [node, *node.iterancestors()]
                hidden = [n for n in chain if "ksef_replaces_l10n_pl_edi" in n.get("invisible", "")]
                self.assertTrue(hidden, name)
        for button in arch.xpath("//button[starts-with(@name, 'action_l10n_pl_edi')]"):
            self.assertIn("ksef_replaces_l10n_pl_edi", button.get("invisible"))

    def test_their_settings_are_hidden_while_ours_is_on(self):
        [node] = self.form("res.config.settings").xpath("//setting[@id='l10n_pl_edi_register']")
        self.assertIn("ksef_is_enabled", node.get("invisible"))

    def form(self, model):
        admin = self.env.ref("base.user_admin")
        return etree.fromstring(self.env[model].with_user(admin).get_view(view_type="form")["arch"])

    def test_nodes_of_another_layout_are_found_by_their_names(self):
        arch = etree.fromstring(
            "<form><sheet/><button name='action_l10n_pl_edi_send_offline' invisible='x'/>"
            "<label for='l10n_pl_edi_new'/><field name='l10n_pl_edi_new'/>"
            "<field name='name'/></form>"
        )
        hide_nodes(arch, "flag")
        hidden = [node.tag for node in arch if node.get("invisible", "").startswith("flag")]
        self.assertEqual(hidden, ["button", "label", "field"])
        self.assertEqual(arch.find("button").get("invisible"), "flag or (x)")
        self.assertEqual(len(arch.xpath("//field[@name='flag']")), 1)

    def test_form_without_their_nodes_is_left_alone(self):
        arch = etree.fromstring("<form><field name='name'/></form>")
        hide_nodes(arch, "flag")
        self.assertEqual(etree.tostring(arch), b'<form><field name="name"/></form>')

    def test_columns_of_another_layout_are_hidden(self):
        arch = etree.fromstring(
            "<list><field name='l10n_pl_edi_status'/><field name='name'/></list>"
        )
        hide_columns(arch)
        self.assertEqual(arch[0].get("column_invisible"), "True")


@tagged("post_install", "-at_install")
class TestTheirOtherLayout(TakeoverCommon):
    def test_layout_without_a_field_is_survived(self):
        """Fields come and go with its releases; none of theirs is taken for granted."""
        move = self.env["account.move"]
        self.assertFalse(move._ksef_their("l10n_pl_edi_field_of_tomorrow"))
        self.assertFalse(move._ksef_adopted_file("upo", "l10n_pl_edi_field_of_tomorrow"))

    def test_status_of_another_layout_still_means_that_they_have_it(self):
        self.env.cr.execute(
            "UPDATE account_move SET l10n_pl_edi_status = 'offline' WHERE id = %s", self.invoice.ids
        )
        self.invoice.invalidate_recordset()
        self.connect()
        self.assertFalse(self.invoice.ksef_is_sendable)
        self.send(self.invoice)
        self.assertFalse(self.simulator.documents())


@tagged("post_install", "-at_install")
class TestNeverTwoReceivers(TakeoverCommon):
    """Beside the layout that downloads bills, which has methods that ours may lack."""

    def setUp(self):
        super().setUp()
        self.downloads = []
        self.give_theirs("_l10n_pl_edi_download_bills_from_ksef", self.note_download)
        self.give_theirs("_cron_l10n_pl_edi_download_bills", self.go_through_companies)

    def give_theirs(self, name, method):
        """Have their class the method of the other layout, below ours."""
        theirs = next(
            cls
            for cls in type(self.env["account.move"]).mro()
            if cls.__module__ == "odoo.addons.l10n_pl_edi.models.account_move"
        )
        patcher = patch.object(theirs, name, method, create=True)
        patcher.start()
        self.addCleanup(patcher.stop)

    @property
    def note_download(self):
        return lambda moves: self.downloads.append(moves.env.company)

    @property
    def go_through_companies(self):
        companies = self.company | self.other_company

        def run(moves):
            for company in companies:
                moves.with_company(company)._l10n_pl_edi_download_bills_from_ksef()

        return run

    def run_their_cron(self):
        self.downloads.clear()
        self.env["account.move"]._cron_l10n_pl_edi_download_bills()
        return self.downloads

    def their_bill(self, number=BILL_NUMBER):
        return self.env["account.move"].create(
            {
                "move_type": "in_invoice",
                "partner_id": self.buyer.id,
                "company_id": self.company.id,
                "l10n_pl_edi_number": number,
            }
        )

    def test_theirs_downloads_only_where_ours_is_off(self):
        self.assertEqual(self.run_their_cron(), [self.company, self.other_company])
        self.connect()
        self.assertEqual(self.run_their_cron(), [self.other_company])
        self.company.ksef_is_enabled = False
        self.assertEqual(self.run_their_cron(), [self.company, self.other_company])

    def test_their_cron_does_nothing_where_ours_is_on_everywhere(self):
        polish = [("account_fiscal_country_id.code", "=", "PL")]
        for company in self.env["res.company"].search(polish):
            self.connect(company)
        self.give_theirs("_cron_l10n_pl_edi_download_bills", self.note_download)
        self.assertFalse(self.run_their_cron())

    def test_bill_that_theirs_made_all_the_same_is_known_by_its_number(self):
        self.connect()
        self.assertEqual(self.their_bill().ksef_number, BILL_NUMBER)

    def test_bill_of_theirs_stays_theirs_where_ours_is_off(self):
        self.assertFalse(self.their_bill().ksef_number)

    def test_company_that_got_its_bills_from_theirs_goes_on_getting_them(self):
        cron = self.env.ref("account_ksef.ir_cron_watch").copy({"active": True})
        names = [{"xml_id": takeover.THEIR_RECEIVER, "record": cron, "noupdate": True}]
        self.env["ir.model.data"]._update_xmlids(names)
        self.company.l10n_pl_edi_access_token = "x"
        self.connect()
        self.connect(self.other_company)
        self.assertEqual(self.company.ksef_fetch_policy, "interval")
        self.assertEqual(self.other_company.ksef_fetch_policy, "manual")
