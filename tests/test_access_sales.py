"""Those who are no accountants: the salesperson of an invoice, and its buyer in the portal."""

import re

from lxml import etree

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, new_test_user, tagged

from .modules_common import ModulesMixin
from .test_send_dialog import SendDialogCommon

SENDING_BUTTONS = (
    "action_ksef_send",
    "action_ksef_review",
    "action_ksef_open_wizard",
    "action_ksef_correct",
    "action_ksef_open_offline",
    "action_ksef_open_technical_correction",
)
SENDING_WINDOWS = (
    "ksef.send",
    "ksef.correction",
    "ksef.offline.issue",
    "ksef.technical.correction",
    "ksef.number.import",
)
# What a buyer has no business with: what goes on in the house of the seller
INTERNAL = (
    "ksef_explanation",
    "ksef_blocked_reason",
    "ksef_status_line",
    "ksef_retry_at",
    "ksef_upo_url",
    "ksef_submission_ids",
    "ksef_sending_data",
)


@tagged("post_install", "-at_install")
class TestSalesperson(ModulesMixin, SendDialogCommon):
    """Has the module Sales: may read own invoices and e-mail them, nothing else."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.need_module("sale")
        cls.seller = new_test_user(
            cls.env,
            "handlowiec_test",
            groups="sales_team.group_sale_salesman",
            email="handlowiec@sprzedawca.example",
            lang="en_US",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    def setUp(self):
        super().setUp()
        self.invoice.invoice_user_id = self.seller
        self.mine = self.invoice.with_user(self.seller)

    def seller_dialog(self):
        return (
            self.env["account.move.send.wizard"]
            .with_user(self.seller)
            .create({"move_id": self.invoice.id})
        )

    def test_sees_number_and_state_of_an_own_invoice_but_no_receipt(self):
        self.send(self.invoice)
        [seen] = self.mine.read(["ksef_number", "ksef_state", "ksef_status_line"])
        self.assertEqual(seen["ksef_number"], self.invoice.ksef_number)
        self.assertIn("Number given", seen["ksef_status_line"])
        with self.assertRaises(AccessError):
            self.mine.read(["ksef_submission_ids"])
        with self.assertRaises(AccessError):
            self.mine.action_ksef_download_upo()

    def test_reads_who_sends_an_own_invoice(self):
        theirs = self.invoice.with_user(self.accountant).ksef_status_line
        self.assertIn("Send it with the button.", theirs)
        self.assertIn("Accounting takes care of it.", self.mine.ksef_status_line)
        self.assertNotIn("button", self.mine.ksef_status_line)

    def test_sees_the_document_of_an_own_invoice(self):
        action = self.mine.action_ksef_preview()
        preview = self.env["ksef.preview"].with_user(self.seller).browse(action["res_id"])
        self.assertIn(self.invoice.name, preview.html)

    def test_sees_nothing_of_the_invoice_of_a_colleague(self):
        self.send(self.invoice)
        self.invoice.invoice_user_id = self.accountant
        with self.assertRaises(AccessError):
            self.mine.read(["ksef_number"])
        with self.assertRaises(AccessError):
            self.mine.action_ksef_preview()

    def test_reads_what_form_and_list_of_own_invoices_show_of_ours(self):
        self.send(self.invoice)
        for view_type in ("form", "list"):
            arch = etree.fromstring(self.mine.get_view(view_type=view_type)["arch"])
            shown = arch.xpath("//field[not(ancestor::field)][starts-with(@name, 'ksef')]/@name")
            self.assertIn("ksef_number", shown)
            self.assertNotIn("ksef_upo_url", shown)
            [row] = self.mine.web_read({name: {} for name in set(shown)})
            self.assertEqual(row["ksef_number"], self.invoice.ksef_number)
            self.assertFalse(arch.xpath("//button[@name='action_ksef_review']"))
            self.assertLessEqual(self.asked_about(arch), {*arch.xpath("//field/@name")})

    def asked_about(self, arch):
        """The fields of ours that conditions in a view look at."""
        conditions = arch.xpath("//@invisible | //@readonly | //@required | //@column_invisible")
        return {name for text in conditions for name in re.findall(r"\bksef_\w+", text)}

    def test_presses_no_button_that_sends_or_corrects(self):
        for name in SENDING_BUTTONS:
            with self.subTest(name), self.assertRaises(AccessError):
                getattr(self.mine, name)()
        self.assertFalse(self.invoice.ksef_submission_ids)

    def test_opens_no_window_that_sends_or_corrects(self):
        for name in SENDING_WINDOWS:
            with self.subTest(name), self.assertRaises(AccessError):
                self.env[name].with_user(self.seller).create({})

    def test_is_offered_no_ksef_and_told_who_sends(self):
        wizard = self.seller_dialog()
        self.assertNotIn("ksef", wizard.extra_edi_checkboxes or {})
        alert = wizard.alerts["ksef_mail_not_asked"]
        self.assertIn("Accountants send invoices to KSeF", alert["message"])

    def test_mail_of_a_salesperson_waits_until_an_accountant_has_sent_the_invoice(self):
        self.seller_dialog().action_send_and_print()
        self.run_background()
        self.assertFalse(self.invoice.ksef_submission_ids or self.mails())
        self.send(self.invoice)
        self.run_background()
        self.assertEqual(self.mails().author_id, self.seller.partner_id)

    def test_forged_tick_sends_nothing(self):
        wizard = self.seller_dialog()
        wizard.extra_edi_checkboxes = {"ksef": {"checked": True, "label": "KSeF"}}
        wizard.action_send_and_print()
        self.run_background()
        self.assertFalse(self.invoice.ksef_submission_ids)


@tagged("post_install", "-at_install")
class TestPortalUser(SendDialogCommon, HttpCase):
    """A buyer with a portal account sees number and code of the own invoice."""

    def setUp(self):
        super().setUp()
        self.portal = new_test_user(
            self.env,
            "nabywca_test",
            groups="base.group_portal",
            lang="en_US",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        self.portal.partner_id.parent_id = self.buyer
        self.foreign = self.post_invoice(partner_id=self.consumer)

    def test_sees_number_and_code_in_the_portal(self):
        self.send(self.invoice)
        self.authenticate("nabywca_test", "nabywca_test")
        page = self.url_open(f"/my/invoices/{self.invoice.id}?report_type=html").text
        self.assertIn(self.invoice.ksef_number, page)
        self.assertIn('name="ksef_code"', page)

    def test_does_not_see_the_invoice_of_another_buyer(self):
        self.authenticate("nabywca_test", "nabywca_test")
        page = self.url_open(f"/my/invoices/{self.foreign.id}?report_type=html")
        self.assertNotIn(self.foreign.name, page.text)

    def test_reads_nothing_of_what_goes_on_in_the_house(self):
        self.send(self.invoice)
        mine = self.invoice.with_user(self.portal)
        self.assertEqual(mine.read(["ksef_number"])[0]["ksef_number"], self.invoice.ksef_number)
        for name in INTERNAL:
            with self.subTest(name), self.assertRaises(AccessError):
                mine.read([name])

    def test_presses_no_button(self):
        mine = self.invoice.with_user(self.portal)
        for name in SENDING_BUTTONS:
            with self.subTest(name), self.assertRaises(AccessError):
                getattr(mine, name)()
        with self.assertRaises(AccessError):
            mine.action_ksef_preview()
