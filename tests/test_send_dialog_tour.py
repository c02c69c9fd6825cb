from odoo.tests import tagged

from .test_send_dialog import SendDialogCommon
from .tour_common import CronWorker, TourCase


@tagged("post_install", "-at_install")
class TestSendDialogTour(SendDialogCommon, TourCase):
    def test_accountant_sends_with_odoos_own_dialog(self):
        layout = self.env["report.layout"].search([], limit=1).view_id
        self.company.external_report_layout_id = layout  # else Odoo asks for one first
        with CronWorker(self):
            self.start_tour(
                "/odoo/action-account.action_move_out_invoice",
                "ksef_send_dialog",
                login="ksiegowa_test",
            )
        self.env.invalidate_all()
        self.run_background()
        [mail] = self.mails()
        self.assertIn("FA3_", "".join(mail.attachment_ids.mapped("name")))
