from odoo import models

from ...ksef.fa3 import text
from .conditions import DELIVERY_LIMIT
from .descriptions import FOOTER_LIMIT
from .payment import BANK_LIMIT
from .rows import UNIT_LIMIT

_SHOWN = 80  # characters of a text in a message


class KsefFa3ChecksTexts(models.AbstractModel):
    """Texts that the document shows only in part, or not at all."""

    _inherit = "ksef.fa3"

    def _check_texts(self, invoice):
        for record, field, value, limit in self._texts_with_limits(invoice):
            if len(value) > limit:
                yield self._problem_of_cut_text(invoice, record, field, value, limit)
        for record, field in self._texts_left_out(invoice):
            yield self._problem_of_missing_text(invoice, record, field)

    def _texts_with_limits(self, invoice):
        """Yield `(record, field, text, limit)` of what is cut where it is too long."""
        move, bank = invoice.move, self._account_to_pay(invoice.move).bank_id
        yield move, "narration", self._footer_text(invoice), FOOTER_LIMIT
        yield move.company_id, "ksef_footer", self._company_footer(invoice), FOOTER_LIMIT
        yield move, "incoterm_location", self._delivery_text(move), DELIVERY_LIMIT
        yield bank, "name", text.clean_line(bank.name), BANK_LIMIT
        for unit in invoice.move.invoice_line_ids.product_uom_id:
            yield unit, "name", self._unit_name(unit), UNIT_LIMIT

    def _texts_left_out(self, invoice):
        """Yield `(record, field)` of what would say something else if it were cut."""
        bank = self._account_to_pay(invoice.move).bank_id
        if bank.bic and not self._swift_of(bank):
            yield bank, "bic"
        if invoice.seller.phone and not self._clean_phone(invoice.seller.phone):
            yield invoice.seller, "phone"
        for product in {row.line.product_id for row in invoice.rows}:
            if product.default_code and not self._short_code(product.default_code):
                yield product, "default_code"

    def _problem_of_cut_text(self, invoice, record, field, value, limit):
        return self._problem(
            invoice,
            code="W-TXT-01",
            record=record,
            field=field,
            message=self.env._(
                'the text "%(text)s" has %(length)s characters. The document in KSeF shows only '
                "the first %(limit)s.",
                text=text.shorten(value, _SHOWN)[0],
                length=len(value),
                limit=limit,
            ),
            remedy=self.env._("Shorten the text, if all of it is to be read."),
        )

    def _problem_of_missing_text(self, invoice, record, field):
        return self._problem(
            invoice,
            code="W-TXT-01",
            record=record,
            field=field,
            message=self.env._(
                '%(field)s "%(text)s" is not in the document, for KSeF cannot take it: it is too '
                "long or not of the right form.",
                field=record._fields[field]._description_string(self.env),
                text=text.shorten(record[field], _SHOWN)[0],
            ),
            remedy=self.env._("Correct it where it is entered, or leave it out."),
        )
