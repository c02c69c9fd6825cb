from collections import defaultdict
from decimal import Decimal

from odoo import models

from ...ksef.fa3.faktura.payment import Obciazenia, Odliczenia, Rozliczenie
from ...ksef.fa3.plan import limit_of
from ...ksef.fa3.text import shorten

_REASON_LIMIT = limit_of(Obciazenia, "Powod")


class KsefFa3Settlement(models.AbstractModel):
    _inherit = "ksef.fa3"

    def _build_settlement(self, invoice):
        """Rozliczenie: what is due or taken off beside the sale, and what remains to be paid.

        A credit note gives both back.
        """
        amounts = self._amounts_of_reasons(invoice)
        due = self._sign_of(invoice) * invoice.due
        if not amounts:
            return None
        charges = {reason: amount for reason, amount in amounts.items() if amount > 0}
        deductions = {reason: -amount for reason, amount in amounts.items() if amount < 0}
        return Rozliczenie(
            Obciazenia=self._build_items(Obciazenia, charges),
            SumaObciazen=sum(charges.values()) if charges else None,
            Odliczenia=self._build_items(Odliczenia, deductions),
            SumaOdliczen=sum(deductions.values()) if deductions else None,
            DoZaplaty=due if due >= 0 else None,
            DoRozliczenia=-due if due < 0 else None,
        )

    def _amounts_of_reasons(self, invoice):
        """One amount for each reason: the deposits of all lines are one charge."""
        amounts, sign = defaultdict(Decimal), self._sign_of(invoice)
        for charge in invoice.charges:
            amounts[shorten(charge.reason, _REASON_LIMIT)[0]] += sign * charge.amount
        return {reason: amount for reason, amount in amounts.items() if amount}

    def _sign_of(self, invoice):
        return invoice.correction.sign if invoice.correction else 1

    def _build_items(self, kind, amounts):
        return tuple(kind(Kwota=amount, Powod=reason) for reason, amount in amounts.items())
