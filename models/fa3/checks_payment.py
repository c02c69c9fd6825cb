from odoo import models


class KsefFa3ChecksPayment(models.AbstractModel):
    _inherit = "ksef.fa3"

    def _check_early_discount(self, invoice):
        """A discount that lowers the VAT before it is taken has no place in the document."""
        if "epd" in invoice.move.line_ids.mapped("display_type"):
            yield self._problem(
                invoice,
                code="E-PAY-04",
                record=invoice.move.invoice_payment_term_id,
                field="early_pay_discount_computation",
                message=self.env._(
                    "an early payment discount that lowers the VAT at once cannot be shown in KSeF."
                ),
                remedy=self.env._(
                    'Let the payment terms reduce the tax "On early payment", and reset the '
                    "invoice to draft."
                ),
            )
