"""The data of a document in the words of an accountant, to be compared before and after."""

from dataclasses import dataclass

from odoo import models
from odoo.tools import format_date

_SECTIONS = (
    "_describe_parties",
    "_describe_dates",
    "_describe_payment",
    "_describe_annotations",
    "_describe_rest",
)


@dataclass(frozen=True, kw_only=True)
class Datum:
    """A piece of data before and after."""

    label: str
    before: str
    after: str


class KsefFa3CorrectionsWords(models.AbstractModel):
    _inherit = "ksef.fa3"

    def _preview_data(self, document, known):
        """Yield what a correction of data changes; what it leaves out stays as it was."""
        if not known or not document.Fa.RodzajFaktury.startswith("KOR") or document.Fa.FaWiersz:
            return
        before = self._describe_known(known)
        for label, text in self._describe_document(document).items():
            if text and text != before.get(label, ""):
                yield Datum(label=label, before=before.get(label, ""), after=text)

    def _describe_known(self, known):
        """Return `{label: text}`: what the last document says, else the original."""
        first, last = known.state.first, known.state.last
        return {**self._describe_document(first), **self._describe_document(last)}

    def _describe_document(self, document):
        """Return `{label: text}` of what the document has, but for its rows and sums."""
        words = {}
        for section in _SECTIONS:
            words |= getattr(self, section)(document)
        return {label: text for label, text in words.items() if text}

    def _describe_parties(self, document):
        seller, buyer = document.Podmiot1, document.Podmiot2
        words = {
            self.env._("Name of the seller"): seller.DaneIdentyfikacyjne.Nazwa,
            self.env._("Address of the seller"): self._describe_address(seller.Adres),
            self.env._("Name of the buyer"): buyer.DaneIdentyfikacyjne.Nazwa,
            self.env._("Address of the buyer"): self._describe_address(buyer.Adres),
        }
        for number, party in enumerate(self._additional_buyers(document), 2):
            label = self.env._("Buyer no. %(number)s", number=number)
            address = self._describe_address(party.Adres)
            words[label] = f"{party.DaneIdentyfikacyjne.Nazwa}, {address}"
        return words

    def _describe_address(self, address):
        lines = (address.AdresL1, address.AdresL2, address.KodKraju) if address else ()
        return ", ".join(line for line in lines if line)

    def _describe_dates(self, document):
        fa = document.Fa
        period = fa.OkresFa
        return {
            self.env._("Number of the invoice"): fa.NrFaKorygowany
            or (fa.P_2 if not fa.DaneFaKorygowanej else ""),
            self.env._("Date of supply"): format_date(self.env, fa.P_6) if fa.P_6 else "",
            self.env._("Period of supply"): period
            and " – ".join(format_date(self.env, day) for day in (period.P_6_Od, period.P_6_Do)),
        }

    def _describe_payment(self, document):
        payment = document.Fa.Platnosc
        if not payment:
            return {}
        days = (format_date(self.env, term.Termin) for term in payment.TerminPlatnosci)
        return {
            self.env._("Due"): ", ".join(days),
            self.env._("Bank account"): ", ".join(item.NrRB for item in payment.RachunekBankowy),
        }

    def _describe_annotations(self, document):
        notes = document.Fa.Adnotacje
        return {
            self.env._("Cash method"): self._describe_answer(notes.P_16),
            self.env._("Reverse charge"): self._describe_answer(notes.P_18),
            self.env._("Split payment"): self._describe_answer(notes.P_18A),
        }

    def _describe_answer(self, is_yes):
        return self.env._("yes") if is_yes else self.env._("no")

    def _describe_rest(self, document):
        terms = document.Fa.WarunkiTransakcji
        contracts = terms.Umowy if terms else ()
        words = {item.Klucz: item.Wartosc for item in document.Fa.DodatkowyOpis}
        words[self.env._("Contract")] = ", ".join(
            " ".join(filter(None, (item.NrUmowy, item.DataUmowy and str(item.DataUmowy))))
            for item in contracts
        )
        return words
