"""What the tests of the correction wizard share: an accountant who goes through its steps."""

from odoo import Command
from odoo.tests import new_test_user

from .fa3_corrections_common import CorrectionsCommon


class CorrectionWizardCommon(CorrectionsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("en_US")  # the words that tests look for
        cls.accountant = new_test_user(
            cls.env,
            "ksiegowa_korekt",
            groups="account.group_account_invoice,base.group_partner_manager",
            lang="en_US",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    def open(self, invoices):
        """The wizard as the accountant's button opens it."""
        action = invoices.with_user(self.accountant).action_ksef_correct()
        wizards = self.env[action["res_model"]].with_user(self.accountant)
        return wizards.with_context(lang="en_US").browse(action["res_id"])

    def begin(self, invoices, subject, **values):
        """The wizard at the step where the right values are entered."""
        wizard = self.open(invoices)
        wizard.subject = subject
        wizard.action_next()
        wizard.write({"reason": "pomyłka", **values})
        return wizard

    def add_forgotten(self, wizard, name, tax):
        """A line of 20.00 that the invoice lacked."""
        self.env["ksef.correction.line"].with_user(self.accountant).create(
            {
                "wizard_id": wizard.id,
                "name": name,
                "price_unit": 20,
                "tax_ids": self.tax(tax).ids,
            }
        )

    def finish(self, wizard):
        """Look at the preview, create, and post what was made."""
        wizard.action_next()
        drafts = self.create_drafts(wizard)
        drafts.sudo().action_post()
        return drafts

    def create_drafts(self, wizard):
        known = self.env["account.move"].search([])
        wizard.action_create_documents()
        return self.env["account.move"].search([]) - known
