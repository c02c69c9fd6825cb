from odoo import models


class AccountMove(models.Model):
    """Invoices that the buyer issues in the name of the seller (art. 106d VAT Act).

    They are vendor bills of a journal for self-billing, with its numbers for each vendor. KSeF
    takes them only if the vendor gave us the permission for self-invoicing there.
    """

    _inherit = "account.move"

    def _ksef_is_self_billed(self):
        return bool(self.journal_id.is_self_billing and self.is_purchase_document())

    def _ksef_is_issued_here(self):
        """Whether it is we who issue this kind of document."""
        return self.is_sale_document() or self._ksef_is_self_billed()

    def _ksef_is_possible(self):
        company = self.company_id
        is_issued_here = (
            self._ksef_is_self_billed()
            and company.ksef_is_enabled
            and company.account_fiscal_country_id.code == "PL"
        )
        return is_issued_here or super()._ksef_is_possible()

    def _ksef_is_expected(self):
        is_expected = super()._ksef_is_expected()
        starts_on = self.company_id.ksef_start_on
        if is_expected and self._ksef_is_self_billed():
            return not starts_on or self.invoice_date >= starts_on
        return is_expected

    def _ksef_is_to_consumer(self):
        """The buyer of what we bill ourselves is our company."""
        return not self._ksef_is_self_billed() and super()._ksef_is_to_consumer()
