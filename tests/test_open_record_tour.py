from odoo.tests import tagged

from .test_send_wizard import SendWizardCommon
from .tour_common import CronWorker, TourCase

INVOICES = "/odoo/action-account.action_move_out_invoice"


@tagged("post_install", "-at_install")
class TestOpenRecordTour(SendWizardCommon, TourCase):
    def test_accountant_mends_the_buyer_without_leaving_the_window(self):
        self.accountant.group_ids += self.env.ref("base.group_partner_manager")
        self.buyer.write({"street": False, "city": False})
        invoices = self.post_invoice() | self.post_invoice()
        with CronWorker(self):
            self.start_tour(INVOICES, "ksef_mend_buyer", login="ksiegowa_test")
        self.assertEqual(invoices.mapped("ksef_state"), ["accepted", "accepted"])
        self.assertEqual(self.buyer.city, "Warszawa")

    def test_invoice_reset_to_draft_in_the_window_leaves_the_others_chosen(self):
        self.env["res.lang"]._activate_lang("pl_PL")
        self.accountant.lang = "pl_PL"
        good, nameless = self.post_invoice(), self.post_invoice()
        nameless.invoice_line_ids.name = False
        self.start_tour(INVOICES, "ksef_mend_line", login="ksiegowa_test")
        self.assertEqual((good.state, nameless.state), ("posted", "draft"))
