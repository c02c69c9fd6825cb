from odoo.tests import tagged

from .offline_common import OfflineCommon
from .tour_common import CronWorker, TourCase


class ReturningKsef(CronWorker):
    """A server at work beside the browser, and a KSeF that is back once the invoice is issued."""

    def _post(self, path, params):
        result = super()._post(path, params)
        sent = self.case.simulator.requests()
        if any(request["status"] == 503 for request in sent):
            self.case.simulator.clear_faults()
        return result


@tagged("post_install", "-at_install")
class TestOfflineTour(OfflineCommon, TourCase):
    def test_accountant_issues_offline_prints_and_the_rest_happens_by_itself(self):
        invoice = self.post_invoice()
        self.away()
        with ReturningKsef(self):
            self.start_tour(
                "/odoo/action-account.action_move_out_invoice",
                "ksef_issue_offline",
                login="ksiegowa_test",
            )
        self.assertEqual((invoice.ksef_state, invoice.ksef_mode), ("accepted", "offline24"))
        [document] = self.accepted_documents()
        self.assertEqual(document["invoicingMode"], "Offline")
