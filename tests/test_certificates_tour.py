import base64

from odoo import Command
from odoo.tests import tagged

from .credentials_common import CredentialsCommon
from .tour_common import TourCase


@tagged("post_install", "-at_install")
class TestCertificatesTour(CredentialsCommon, TourCase):
    def test_administrator_loads_both_certificates(self):
        self.connect()
        self.company.tax_exigibility = True  # the taxes of Odoo's test company need it
        self.env.ref("base.user_admin").write(
            {
                "company_ids": [Command.link(self.company.id)],
                "company_id": self.company.id,
                "lang": "en_US",
            }
        )
        self.leave("authentication", self.seal())
        self.leave("offline", self.seal(is_offline=True, days=20))
        url = "/odoo/action-account.action_account_config"
        self.start_tour(url, "ksef_certificates", login="admin")
        self.assertEqual(self.company.ksef_auth_method, "certificate")
        self.assertTrue(self.company.ksef_certificate_id)
        self.assertTrue(self.company.ksef_offline_certificate_id)
        self.assertEqual(self.env["ksef.login"]._current(self.company).method, "certificate")

    def leave(self, name, der):
        """Leave a file where the tour finds it."""
        file = base64.b64encode(self.p12(der, password="tajne")).decode()
        self.env["ir.config_parameter"].set_param(f"account_ksef.tour_{name}", file)
