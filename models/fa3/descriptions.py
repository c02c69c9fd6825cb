from odoo import models
from odoo.tools import html2plaintext

from ...ksef.fa3 import text
from ...ksef.fa3.amounts import round_money
from ...ksef.fa3.faktura.footer import Informacje, Rejestry, Stopka
from ...ksef.fa3.faktura.invoice import TKluczWartosc
from ...ksef.fa3.plan import limit_of
from .rows import NAME_LIMIT

_VALUE_LIMIT = limit_of(TKluczWartosc, "Wartosc")
FOOTER_LIMIT = limit_of(Informacje, "StopkaFaktury")


class KsefFa3Descriptions(models.AbstractModel):
    _inherit = "ksef.fa3"

    def _build_descriptions(self, invoice):
        """DodatkowyOpis: what has no field of its own."""
        return (
            *self._describe("Nr referencyjny", self._reference_of(invoice)),
            *self._build_name_ends(invoice),
            *self._build_notes(invoice),
            *self._build_instalments(invoice),
            *self._build_extras(invoice),
        )

    def _reference_of(self, invoice):
        """The buyer's reference, unless it is the number of an order, which has its own field."""
        reference = text.clean_line(invoice.move.ref)
        orders = map(self._build_order_reference, self._orders_of(invoice.move))
        return "" if reference in {order.NrZamowienia for order in orders} else reference

    def _describe(self, key, value, number=None):
        """One entry, or several with the same key for a value that is too long for one."""
        return tuple(
            TKluczWartosc(NrWiersza=number, Klucz=key, Wartosc=piece)
            for piece in text.split(value, _VALUE_LIMIT)
        )

    def _build_name_ends(self, invoice):
        """The ends of names that P_7 is too short for."""
        ends = (text.shorten(self._name_of(row.line), NAME_LIMIT)[1] for row in invoice.rows)
        for number, end in enumerate(ends, 1):
            yield from self._describe("P_7 cd.", end, number)

    def _build_notes(self, invoice):
        """Notes between the lines, each with the number of the row that it follows."""
        numbers = {row.line: number for number, row in enumerate(invoice.rows, 1)}
        last = None
        for line in invoice.move.invoice_line_ids.sorted(lambda line: (line.sequence, line.id)):
            last = numbers.get(line, last)
            if line.display_type == "line_note":
                yield from self._describe("Uwagi", text.join_lines(line.name), last)

    def _build_instalments(self, invoice):
        """The amounts of several due days, which Platnosc has no field for."""
        terms = self._terms_of(invoice.move)
        if len(terms) < 2:
            return
        currency = invoice.move.currency_id.name
        for number, term in enumerate(terms, 1):
            amount = f"{round_money(abs(term.amount_currency))}".replace(".", ",")
            yield from self._describe(
                f"Rata {number}", f"{term.date_maturity} – {amount} {currency}"
            )

    def _build_extras(self, invoice):
        numbers = {row.line: number for number, row in enumerate(invoice.rows, 1)}
        for extra in invoice.move.ksef_extra_ids:
            key, value = text.clean_line(extra.key), text.join_lines(extra.value)
            yield from self._describe(key, value, numbers.get(extra.line_id))

    # === FOOTER === #

    def _build_footer(self, invoice):
        texts = (self._company_footer(invoice), self._footer_text(invoice))
        return Stopka(
            Informacje=tuple(
                Informacje(StopkaFaktury=self._shorten_footer(footer)) for footer in texts
            ),
            Rejestry=(self._build_registers(invoice.seller),),
        )

    def _shorten_footer(self, footer):
        return text.shorten(footer, FOOTER_LIMIT)[0]

    def _company_footer(self, invoice):
        return text.clean_text(invoice.move.company_id.ksef_footer)

    def _build_registers(self, company):
        return Rejestry(
            KRS=company._ksef_krs_number(),
            REGON=company.ksef_regon or None,
            BDO=text.clean_line(company.ksef_bdo),
        )

    def _footer_text(self, invoice):
        narration = invoice.move.narration
        return text.clean_text(html2plaintext(narration)) if narration else ""
