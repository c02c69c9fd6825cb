from decimal import Decimal

from odoo import models

# Up to these a simplified invoice may be issued (art. 106e(5)(3) VAT Act).
_LIMITS = {"PLN": Decimal(450), "EUR": Decimal(100)}
# What a simplified invoice must not document (art. 106e(6))
_EXCLUDED_CODES = {"0 WDT", "0 EX", "oss", "oo", "np I", "np II"}


class KsefFa3ChecksSimplified(models.AbstractModel):
    _inherit = "ksef.fa3"

    def _check_simplified(self, invoice):
        if not invoice.is_simplified:
            return
        currency = invoice.move.currency_id.name
        limit = _LIMITS.get(currency, Decimal(0))
        if invoice.total > limit or invoice.codes & _EXCLUDED_CODES:
            yield self._problem(
                invoice,
                code="E-UPR-01",
                field="ksef_simplified",
                message=self.env._(
                    "a simplified invoice is for domestic sales of up to 450 PLN or 100 EUR "
                    "only, and this one is for %(total)s %(currency)s.",
                    total=invoice.total,
                    currency=currency,
                ),
                remedy=self.env._("Issue an ordinary invoice: empty the field on the tab KSeF."),
            )
