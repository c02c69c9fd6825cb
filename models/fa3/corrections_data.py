from dataclasses import replace
from decimal import Decimal

from odoo import models

from ...ksef.fa3 import text
from ...ksef.fa3.amounts import round_money, round_quantity
from ...ksef.fa3.faktura.invoice import FaWiersz, Podmiot2K
from ...ksef.fa3.faktura.parties import TPodmiot2
from ...ksef.fa3.faktura.payment import Platnosc, TerminPlatnosci
from ...ksef.fa3.rates import GROUPS
from ..account_move_correction import REFUNDS

_ADDITIONAL_BUYER = 4  # Podmiot3/Rola


class KsefFa3CorrectionsData(models.AbstractModel):
    """Corrections without amounts in the currency of the invoice: data, number, exchange rate."""

    _inherit = "ksef.fa3"

    def _build_invoice(self, invoice):
        built, move = super()._build_invoice(invoice), invoice.move
        if not self._is_of_data(invoice):
            return built
        return replace(
            built,
            NrFaKorygowany=text.clean_line(move.ksef_right_number),
            Platnosc=self._build_right_payment(invoice),
            **self._build_right_days(move, built),
        )

    def _is_of_data(self, invoice):
        return bool(invoice.correction and invoice.correction.state and invoice.move.ksef_is_formal)

    def _build_right_days(self, move, built):
        """A period takes the place of a day, and the other way round."""
        if self._has_period(move):
            return {"P_6": None, "OkresFa": self._build_period(move)}
        if move.ksef_right_supply_on:
            return {"P_6": move.ksef_right_supply_on, "OkresFa": None}
        return {"P_6": built.P_6, "OkresFa": built.OkresFa}

    def _build_right_payment(self, invoice):
        """The terms of payment, if they are what is corrected."""
        move, state = invoice.move, invoice.correction.state
        known = state.last.Fa.Platnosc or state.first.Fa.Platnosc or Platnosc()
        if move.ksef_right_due_on:
            known = replace(
                known, TerminPlatnosci=(TerminPlatnosci(Termin=move.ksef_right_due_on),)
            )
        if move.ksef_right_bank_id:
            account = self._build_account(invoice, move.ksef_right_bank_id)
            known = replace(known, RachunekBankowy=(account,))
        return known if move.ksef_right_due_on or move.ksef_right_bank_id else None

    def _account_to_pay(self, move):
        """Nobody pays a credit note to the seller; it may only correct the account."""
        return (
            move.ksef_right_bank_id if move.move_type in REFUNDS else super()._account_to_pay(move)
        )

    # === ADDITIONAL BUYERS === #

    def _build_document(self, invoice):
        """Additional buyers get identifiers that tie them to their data from before."""
        document = super()._build_document(invoice)
        if not self._is_of_data(invoice):
            return document
        marked = {id(now): number for number, now, _was in self._pair_buyers(invoice, document)}
        parties = (
            replace(party, IDNabywcy=marked.get(id(party), party.IDNabywcy))
            for party in document.Podmiot3
        )
        former = (
            self._build_former_additional(number, was)
            for number, now, was in self._pair_buyers(invoice, document)
            if self._has_other_data(now, was)
        )
        fa = replace(document.Fa, Podmiot2K=(*document.Fa.Podmiot2K, *former))
        return replace(document, Podmiot3=tuple(parties), Fa=fa)

    def _pair_buyers(self, invoice, document):
        """Yield identifier, party now and party before of each additional buyer that is known."""
        before = self._additional_buyers(invoice.correction.state.last)
        for number, was in enumerate(before, 2):
            same = (
                now
                for now in self._additional_buyers(document)
                if self._identify(now) == self._identify(was)
            )
            if now := next(same, None):
                yield was.IDNabywcy or f"NB{number:02d}", now, was

    def _additional_buyers(self, document):
        return [party for party in document.Podmiot3 if party.Rola == _ADDITIONAL_BUYER]

    def _identify(self, party):
        return replace(party.DaneIdentyfikacyjne, Nazwa=None)

    def _build_former_additional(self, number, was):
        known = was.DaneIdentyfikacyjne
        return Podmiot2K(
            DaneIdentyfikacyjne=TPodmiot2(
                NIP=known.NIP,
                KodUE=known.KodUE,
                NrVatUE=known.NrVatUE,
                KodKraju=known.KodKraju,
                NrID=known.NrID,
                BrakID=known.BrakID,
                Nazwa=known.Nazwa,
            ),
            Adres=was.Adres,
            IDNabywcy=number,
        )

    # === ROWS WITHOUT AMOUNTS === #

    def _is_without_rows(self, move):
        """Of some supplies of a period the rows have names, of a wrong rate the rates."""
        if move.ksef_is_formal:
            return not move.ksef_right_rate
        return super()._is_without_rows(move) and not move.ksef_is_period_part

    def _build_rows(self, invoice):
        move = invoice.move
        if self._is_of_data(invoice) and move.ksef_right_rate:
            return self._build_rate_pairs(invoice)
        rows = super()._build_rows(invoice)
        if invoice.correction and move.ksef_corrected_period and move.ksef_is_period_part:
            return tuple(map(self._build_named_row, rows))
        return rows

    def _build_named_row(self, row):
        """Only what was supplied, not for how much (art. 106j(3)(2) VAT Act)."""
        return FaWiersz(
            NrWierszaFa=row.NrWierszaFa, UU_ID=row.UU_ID, P_7=row.P_7, CN=row.CN, PKWiU=row.PKWiU
        )

    # === EXCHANGE RATE === #

    def _build_rate_pairs(self, invoice):
        """The rows that were converted, at the rate from before and at the right one."""
        rate = round_quantity(invoice.move.ksef_right_rate)
        converted = [row for row in invoice.correction.state.rows.values() if row.KursWaluty]
        pairs = []
        for number, row in enumerate(converted, 1):
            pairs.append(replace(row, NrWierszaFa=number, StanPrzed=True))
            pairs.append(replace(row, NrWierszaFa=number, StanPrzed=False, KursWaluty=rate))
        return tuple(pairs)

    def _build_totals(self, invoice):
        if not (self._is_of_data(invoice) and invoice.move.ksef_right_rate):
            return super()._build_totals(invoice)
        return self._build_rate_totals(invoice)

    def _build_rate_totals(self, invoice):
        """0.00 in the currency, and the difference of the VAT in PLN."""
        sums, rate = invoice.correction.state.sums, round_quantity(invoice.move.ksef_right_rate)
        totals = {}
        for group in GROUPS:
            if group.tax_in_pln in sums:
                converted = round_money(sums[group.tax] * rate)
                totals |= {
                    group.base: Decimal(0),
                    group.tax: Decimal(0),
                    group.tax_in_pln: converted - sums[group.tax_in_pln],
                }
        return totals
