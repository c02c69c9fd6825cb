from decimal import Decimal

from odoo import models

from ..problem import Problem

# Up to these a simplified invoice may be issued (art. 106e(5)(3) VAT Act).
_LIMITS = {"PLN": Decimal(450), "EUR": Decimal(100)}
# What a simplified invoice must not document (art. 106e(6))
_EXCLUDED_CODES = {"0 WDT", "0 EX", "oss", "oo", "np I", "np II"}
# What the schema takes of an element: rows and descriptions, delivery notes and lots, parties
_MAX_ROWS, _MAX_NAMES, _MAX_PARTIES, _MAX_TRANSPORTS = 10_000, 1_000, 100, 20


class KsefFa3ChecksSimplified(models.AbstractModel):
    _inherit = "ksef.fa3"

    def _check_simplified(self, invoice):
        if not invoice.is_simplified:
            return
        currency = invoice.move.currency_id.name
        limit = _LIMITS.get(currency, Decimal(0))
        if invoice.total > limit or invoice.codes & _EXCLUDED_CODES:
            yield Problem(
                code="E-UPR-01",
                record=invoice.move,
                field="ksef_simplified",
                message=self._name_invoice(
                    invoice,
                    self.env._(
                        "a simplified invoice is for domestic sales of up to 450 PLN or 100 EUR "
                        "only, and this one is for %(total)s %(currency)s.",
                        total=invoice.total,
                        currency=currency,
                    ),
                ),
                remedy=self.env._("Issue an ordinary invoice: empty the field on the tab KSeF."),
            )

    def _check_counts(self, invoice):
        """More elements than the schema takes: told in words before it is asked."""
        counts = {
            self.env._("lines"): (len(invoice.rows), _MAX_ROWS),
            self.env._("delivery notes"): (len(self._deliveries_of(invoice.move)), _MAX_NAMES),
            self.env._("third parties"): (len(invoice.parties), _MAX_PARTIES),
            self.env._("additional descriptions"): (
                len(self._build_descriptions(invoice)),
                _MAX_ROWS,
            ),
            self.env._("transports"): (len(invoice.move.ksef_transport_ids), _MAX_TRANSPORTS),
        }
        for name, (count, limit) in counts.items():
            if count > limit:
                yield Problem(
                    code="E-CNT-01",
                    record=invoice.move,
                    field="invoice_line_ids",
                    message=self._name_invoice(
                        invoice,
                        self.env._(
                            "the invoice has %(count)s %(name)s; KSeF takes %(limit)s at most.",
                            count=count,
                            name=name,
                            limit=limit,
                        ),
                    ),
                    remedy=self.env._("Split the invoice into several."),
                )
