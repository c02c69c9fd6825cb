from markupsafe import Markup

from odoo import models
from odoo.tools import format_date, formatLang

from ...ksef.bill.groups import amount

_MOST_NOTES = 200


class KsefBillReader(models.AbstractModel):
    """What a document tells beyond its amounts, as a note on the bill."""

    _inherit = "ksef.bill.reader"

    def _narration(self, document, draft, source):
        """The note as `Markup`; empty if there is nothing to tell."""
        notes = [
            *self._notes_of_terms(draft.terms),
            *self._notes_of_payment(document.Fa),
            *self._notes_of_law(document.Fa),
            *self._notes_of_settlement(document.Fa),
            *self._notes_of_goods(document, source),
            *self._notes_of_seller(document),
        ]
        return Markup("<br/>").join(notes[:_MOST_NOTES]) if notes else False

    def _notes_of_terms(self, terms):
        if len(terms.due_dates) > 1:
            days = ", ".join(format_date(self.env, due) for due in terms.due_dates)
            yield self.env._("Payable by instalments: %s", days)
        for text in terms.descriptions:
            yield self.env._("Payment term: %s", text)

    def _notes_of_payment(self, fa):
        payment = fa.Platnosc
        if payment is None:
            return
        form = payment.OpisPlatnosci or self._note_of_form(payment.FormaPlatnosci)
        if form:
            yield self.env._("Form of payment: %s", form)
        for part in payment.ZaplataCzesciowa:
            paid_on = part.DataZaplatyCzesciowej
            yield self.env._(
                "Paid before: %(amount)s on %(day)s",
                amount=self._say_amount(part.KwotaZaplatyCzesciowej, fa),
                day=format_date(self.env, paid_on) if paid_on else "–",
            )
        if payment.Skonto:
            yield self.env._(
                "Discount for early payment: %(amount)s, %(condition)s",
                amount=payment.Skonto.WysokoscSkonta,
                condition=payment.Skonto.WarunkiSkonta,
            )
        if payment.IPKSeF:
            yield self.env._("Payment identifier (IPKSeF): %s", payment.IPKSeF)

    def _notes_of_law(self, fa):
        exemption = fa.Adnotacje.Zwolnienie if fa.Adnotacje else None
        basis = exemption and (exemption.P_19A or exemption.P_19B or exemption.P_19C)
        if basis:
            yield self.env._("Exempt by: %s", basis)
        if fa.PrzyczynaKorekty:
            yield self.env._("Reason of the correction: %s", fa.PrzyczynaKorekty)
        corrected = [entry.NrFaKorygowanej for entry in fa.DaneFaKorygowanej[:20]]
        if corrected:
            yield self.env._("Corrects: %s", ", ".join(filter(None, corrected)))

    def _notes_of_settlement(self, fa):
        for entry in fa.Rozliczenie.Odliczenia if fa.Rozliczenie else ():
            if entry.Kwota:
                yield self.env._(
                    "The vendor deducts %(amount)s from the payment: %(reason)s",
                    amount=self._say_amount(entry.Kwota, fa),
                    reason=entry.Powod or "–",
                )

    def _say_amount(self, value, fa):
        """An amount of the document with its currency, as the user's language writes it."""
        if amount(value) is None:
            return "–"
        return formatLang(self.env, float(value), currency_obj=self._find_currency(fa.KodWaluty))

    def _notes_of_goods(self, document, source):
        """With what the goods came, and to which of our units."""
        if document.Fa.WZ:
            yield self.env._("Delivery notes (WZ): %s", ", ".join(document.Fa.WZ[:_MOST_NOTES]))
        nip = source.company._ksef_nip()
        for party in document.Podmiot3:
            identity = party.DaneIdentyfikacyjne
            unit = (identity and identity.IDWew) or ""
            if nip and unit.startswith(nip):
                yield self.env._(
                    "Internal unit: %(unit)s %(name)s", unit=unit, name=identity.Nazwa or ""
                )

    def _notes_of_seller(self, document):
        for entry in document.Fa.DodatkowyOpis:
            row = f"{entry.NrWiersza}. " if entry.NrWiersza else ""
            yield f"{row}{entry.Klucz or ''}: {entry.Wartosc or ''}"
        footer = document.Stopka.Informacje if document.Stopka else ()
        yield from (info.StopkaFaktury for info in footer if info.StopkaFaktury)
