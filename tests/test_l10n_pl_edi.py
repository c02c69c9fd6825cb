from odoo.tests import tagged

from .common import KsefCommon


@tagged("post_install", "-at_install")
class TestBesideOdoosOwn(KsefCommon):
    def test_loads_after_odoos_own_addon(self):
        order = list(self.env.registry._init_modules)
        self.assertIn("l10n_pl_edi", order)
        dependencies = self.env.ref("base.module_account_ksef").dependencies_id.mapped("name")
        self.assertIn("l10n_pl_edi", dependencies)

    def test_is_silent_where_we_send(self):
        invoice = self.post_invoice()
        self.company.l10n_pl_edi_register = True
        self.assertIn("pl_ksef", self.applicable_edis(invoice))
        self.connect()
        self.assertNotIn("pl_ksef", self.applicable_edis(invoice))
        self.company.ksef_is_enabled = False
        self.assertIn("pl_ksef", self.applicable_edis(invoice))

    def applicable_edis(self, invoice):
        edis = self.env["account.move.send"]._get_all_extra_edis()
        return {key for key, edi in edis.items() if edi["is_applicable"](invoice)}
