from dataclasses import dataclass

from odoo import models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)
_RECEIVED = "ksef_partial_advance_ids"


@dataclass(frozen=True, kw_only=True)
class Crowd:
    """Entries of one kind: how many there are, and how many the schema takes.

    `field` of the invoice is where they come from; `name` stands in "KSeF takes 100 orders".
    """

    name: str
    count: int
    limit: int
    field: str


class KsefFa3ChecksCounts(models.AbstractModel):
    """More entries than the schema takes: told in words before the document is made."""

    _inherit = "ksef.fa3"

    def _check_counts(self, invoice):
        for crowd in (*self._crowds_of_sale(invoice), *self._crowds_of_references(invoice)):
            if crowd.count > crowd.limit:
                yield self._problem(
                    invoice,
                    code="E-CNT-01",
                    field=crowd.field,
                    message=self.env._(
                        "the invoice has %(count)s %(name)s; KSeF takes %(limit)s at most.",
                        count=crowd.count,
                        name=self.env._(crowd.name),
                        limit=crowd.limit,
                    ),
                    remedy=self.env._("Split the invoice into several."),
                )

    def _crowds_of_sale(self, invoice):
        lines = "invoice_line_ids"
        yield Crowd(name=_lt("lines"), count=len(invoice.rows), limit=10_000, field=lines)
        yield Crowd(
            name=_lt("additional descriptions"),
            count=len(self._build_descriptions(invoice)),
            limit=10_000,
            field=lines,
        )
        yield Crowd(
            name=_lt("third parties"),
            count=len(invoice.parties),
            limit=100,
            field="ksef_party_ids",
        )
        yield Crowd(
            name=_lt("transports"),
            count=len(invoice.move.ksef_transport_ids),
            limit=20,
            field="ksef_transport_ids",
        )

    def _crowds_of_references(self, invoice):
        """Orders, deliveries, lots, advances and corrected invoices that the document names."""
        move = invoice.move
        corrected = invoice.correction.corrected if invoice.correction else ()
        counts = (
            (_lt("orders"), self._orders_of(move), 100, "invoice_line_ids"),
            (_lt("delivery notes"), self._deliveries_of(move), 1_000, "invoice_line_ids"),
            (_lt("lots"), self._lot_numbers(move), 1_000, "invoice_line_ids"),
            (_lt("advance invoices"), move._ksef_advances(), 100, "invoice_line_ids"),
            (_lt("advances received"), move.ksef_partial_advance_ids, 31, _RECEIVED),
            (_lt("payments"), invoice.payments, 100, "payment_state"),
            (_lt("corrected invoices"), corrected, 50_000, "ksef_corrected_document_ids"),
        )
        for name, entries, limit, field in counts:
            yield Crowd(name=name, count=len(entries), limit=limit, field=field)
