from odoo.tests import tagged

from .common import KsefCommon


@tagged("post_install", "-at_install")
class TestBesideOdoosOwn(KsefCommon):
    def test_goes_before_odoos_own_addon_in_the_registry_of_a_running_database(self):
        for model in ("account.move", "account.move.send", "res.company"):
            addons = [cls.__module__ for cls in type(self.env[model]).mro()]
            ours = min(i for i, name in enumerate(addons) if ".account_ksef." in name)
            theirs = min(i for i, name in enumerate(addons) if ".l10n_pl_edi." in name)
            self.assertLess(ours, theirs, f"{model}: ours must override theirs")

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
