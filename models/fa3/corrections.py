from collections import defaultdict
from dataclasses import replace
from decimal import Decimal

from odoo import models

from ...ksef.fa3 import text
from ...ksef.fa3.amounts import round_money
from ...ksef.fa3.faktura.invoice import DaneFaKorygowanej, Fa, Podmiot1K, Podmiot2K
from ...ksef.fa3.plan import limit_of
from . import corrections_state as states
from .annotations import SPLIT_PAYMENT_LIMIT

_REASON_LIMIT = limit_of(Fa, "PrzyczynaKorekty")
_BUYER = "NB01"  # ties the buyer to the data that are corrected


class KsefFa3Corrections(models.AbstractModel):
    """Corrections: what differs from the document of a plain sale."""

    _inherit = "ksef.fa3"

    # === ROWS === #

    def _build_rows(self, invoice):
        correction = invoice.correction
        if not correction:
            return super()._build_rows(invoice)
        if self._is_without_rows(invoice.move):
            return ()
        groups = defaultdict(list)
        for row in invoice.rows:
            groups[correction.key_for(row.line) or row.line].append(row)
        rows = []
        for key, members in groups.items():
            rows += self._build_change(invoice, correction.state, key, members, rows)
        return tuple(rows)

    def _is_without_rows(self, move):
        """Data only, or a rebate on all supplies of a period (art. 106j(3) VAT Act)."""
        return move.ksef_is_formal or bool(move.ksef_corrected_period)

    def _build_change(self, invoice, state, key, members, written):
        """The rows of one changed row of the original: before and after, or differences."""
        number = max((row.NrWierszaFa for row in written), default=0) + 1
        before = state.rows.get(key) if state and isinstance(key, str) else None
        differences = [self._build_difference(invoice, row, before) for row in members]
        after = None
        if before and invoice.move.company_id.ksef_kor_method == "before_after":
            after = self._build_after(before, differences, members)
        if not after:
            return [replace(row, NrWierszaFa=n) for n, row in enumerate(differences, number)]
        return [
            replace(before, NrWierszaFa=number, StanPrzed=True),
            replace(after, NrWierszaFa=number, StanPrzed=False),
        ]

    def _build_difference(self, invoice, row, before):
        """The change of one line as a row: of a return its quantity, else its price, is signed."""
        sign = invoice.correction.sign
        built = self._build_row(invoice, row, 1)
        field = "P_11A" if states.is_gross(built) else "P_11"
        signed = replace(
            built,
            P_11Vat=None if built.P_11Vat is None else sign * built.P_11Vat,
            KwotaAkcyzy=None if built.KwotaAkcyzy is None else sign * built.KwotaAkcyzy,
            **{field: sign * states.value_of(built)},
        )
        if before and not self._is_same_row(before, signed):
            return replace(signed, UU_ID=before.UU_ID, P_8B=sign * built.P_8B)
        if not self._is_price_change(row, before):
            signed = replace(signed, P_8B=sign * built.P_8B)
            return self._price_as_before(signed, before) if before else signed
        price = states.price_of(built)
        return replace(
            states.with_price(signed, price and sign * price),
            UU_ID=before.UU_ID if before else built.UU_ID,
        )

    def _is_same_row(self, before, row):
        return states.code_of(before) == states.code_of(row) and states.is_gross(
            before
        ) == states.is_gross(row)

    def _price_as_before(self, row, before):
        """The price of the original, if the value does not contradict it."""
        priced = replace(row, UU_ID=before.UU_ID, P_10=before.P_10)
        priced = states.with_price(priced, states.price_of(before))
        return priced if states.is_price_right(priced) else replace(row, UU_ID=before.UU_ID)

    def _is_price_change(self, row, before):
        """Another price than that of the corrected line means a change of price."""
        line = row.line
        if line.ksef_kor_mode or not before:
            return line.ksef_kor_mode == "price"
        root = line._ksef_root_line()
        is_same = (line.price_unit, line.discount) == (root.price_unit, root.discount)
        return not is_same and self._unit_price(row, row.net) != states.price_of(before)

    def _build_after(self, before, differences, members):
        """The row after the change; None where only differences can tell it."""
        if any(states.is_gross(row) != states.is_gross(before) for row in differences):
            return None
        same = [row for row in differences if states.code_of(row) == states.code_of(before)]
        others = [row for row in differences if states.code_of(row) != states.code_of(before)]
        if others:
            return self._build_after_rate_change(before, same, others)
        new = [row for row in differences if states.value_of(row) > 0 and len(differences) > 1]
        is_price = all(self._is_price_change(row, before) for row in members)
        after = (states.add_prices if is_price else states.add_quantities)(before, same)
        return self._describe_as(after, new[-1]) if new else after

    def _build_after_rate_change(self, before, same, others):
        """All of the row was taken back and sold anew at another rate."""
        taken = sum((states.value_of(row) for row in same), Decimal(0))
        if len(others) != 1 or not same or states.value_of(before) + taken:
            return None
        return replace(others[0], UU_ID=before.UU_ID, KursWaluty=before.KursWaluty)

    def _describe_as(self, row, new):
        """What was sold anew is described anew; the amounts are those of the whole change."""
        return replace(
            row,
            P_7=new.P_7,
            Indeks=new.Indeks,
            GTIN=new.GTIN,
            PKWiU=new.PKWiU,
            CN=new.CN,
            PKOB=new.PKOB,
            P_8A=new.P_8A,
            P_12_Zal_15=new.P_12_Zal_15,
            GTU=new.GTU,
            Procedura=new.Procedura,
        )

    # === AMOUNTS === #

    def _build_totals(self, invoice):
        """Differences. The taxes in PLN come with their sign."""
        totals = super()._build_totals(invoice)
        if not invoice.correction:
            return totals
        if invoice.move.ksef_is_formal:
            return {}
        sign = invoice.correction.sign
        return {
            name: amount if name.endswith("W") else sign * amount for name, amount in totals.items()
        }

    def _convert_taxes(self, invoice):
        sign = invoice.correction.sign if invoice.correction else 1
        taxes = super()._convert_taxes(invoice)
        return {name: sign * amount for name, amount in taxes.items()}

    # === DOCUMENT === #

    def _build_document(self, invoice):
        """Third parties stay those of the corrected invoice unless the correction names its own."""
        document = super()._build_document(invoice)
        state = invoice.correction and invoice.correction.state
        if not state or document.Podmiot3:
            return document
        return replace(document, Podmiot3=state.last.Podmiot3)

    def _build_invoice(self, invoice):
        built = super()._build_invoice(invoice)
        correction = invoice.correction
        if not correction:
            return built
        move = invoice.move
        values = {
            "P_15": Decimal(0) if move.ksef_is_formal else correction.sign * invoice.total,
            "PrzyczynaKorekty": text.shorten(self._correction_reason(move), _REASON_LIMIT)[0],
            "TypKorekty": int(move.ksef_correction_type) if move.ksef_correction_type else None,
            "DaneFaKorygowanej": tuple(map(self._build_corrected, correction.corrected)),
            "OkresFaKorygowanej": text.clean_line(move.ksef_corrected_period),
            "Platnosc": built.Platnosc if correction.sign > 0 else None,
            **self._build_dates(correction),
        }
        if move.ksef_is_formal and correction.state:
            values.update(self._build_corrected_parties(invoice))
        return replace(built, **values)

    def _build_dates(self, correction):
        """P_6 and OkresFa as known so far (the correction's own say nothing about the supply)."""
        known = correction.state.last.Fa if correction.state else None
        return {
            "P_6": known.P_6 if known else None,
            "OkresFa": known.OkresFa if known else None,
        }

    def _correction_reason(self, move):
        return text.clean_line(move.ksef_correction_reason) or text.clean_line(move.ref)

    def _build_corrected(self, corrected):
        return DaneFaKorygowanej(
            DataWystFaKorygowanej=corrected.issued_on,
            NrFaKorygowanej=text.clean_line(corrected.number),
            NrKSeF=bool(corrected.ksef_number),
            NrKSeFFaKorygowanej=corrected.ksef_number or None,
            NrKSeFN=not corrected.ksef_number,
        )

    def _invoice_type(self, invoice):
        if invoice.correction:
            return invoice.move._ksef_kind()
        return super()._invoice_type(invoice)

    def _build_annotations(self, invoice):
        """Those of the corrected invoice, with what the lines and the accountant add."""
        built = super()._build_annotations(invoice)
        state = invoice.correction and invoice.correction.state
        if not state:
            return built
        move, known = invoice.move, state.last.Fa.Adnotacje
        return replace(
            known,
            P_16=built.P_16 if move.ksef_cash_method else known.P_16,
            P_18=built.P_18 if move.ksef_reverse_charge else built.P_18 or known.P_18,
            P_18A=built.P_18A,
            Zwolnienie=known.Zwolnienie if known.Zwolnienie.P_19 else built.Zwolnienie,
        )

    def _is_split_payment(self, invoice):
        """As on the corrected invoice, unless the correction lifts that above the limit."""
        state = invoice.correction and invoice.correction.state
        if not state or invoice.move.ksef_split_payment:
            return super()._is_split_payment(invoice)
        return state.last.Fa.Adnotacje.P_18A or self._is_lifted_above_limit(invoice, state)

    def _is_lifted_above_limit(self, invoice, state):
        before, after = self._due_in_pln(invoice, state)
        is_annex15 = any(row.P_12_Zal_15 for row in state.rows.values()) or any(
            row.is_annex15 for row in invoice.rows
        )
        is_lifted = before <= SPLIT_PAYMENT_LIMIT < after
        return is_lifted and is_annex15 and self._is_taxpayer(invoice.buyer)

    def _due_in_pln(self, invoice, state):
        """What was due in all before this correction, and is after it."""
        after = state.due + invoice.correction.sign * invoice.total
        return tuple(round_money(due * (invoice.rate or 1)) for due in (state.due, after))

    def _build_descriptions(self, invoice):
        """Rows of a correction are numbered by changes, so nothing refers to their numbers."""
        built = super()._build_descriptions(invoice)
        if not invoice.correction:
            return built
        rest = text.shorten(self._correction_reason(invoice.move), _REASON_LIMIT)[1]
        return (
            *self._describe("Przyczyna korekty cd.", rest),
            *(replace(item, NrWiersza=None) for item in built),
        )

    def _reference_of(self, invoice):
        """None where Odoo wrote the corrected number and the reason: they have their own fields."""
        reference = super()._reference_of(invoice)
        if not invoice.correction:
            return reference
        numbers = [corrected.number for corrected in invoice.correction.corrected]
        numbers.append(invoice.move.reversed_entry_id.name)
        is_ours = any(number and number in reference for number in numbers)
        return "" if is_ours else reference

    # === PARTIES === #

    def _is_community_sale(self, invoice):
        """What the corrected invoice was: lines that correct data alone do not tell."""
        state = invoice.correction and invoice.correction.state
        was_community_sale = bool(state and state.last.Podmiot1.PrefiksPodatnika)
        return was_community_sale or super()._is_community_sale(invoice)

    def _build_buyer(self, invoice):
        """The buyer after the correction; what identifies it never changes."""
        built = super()._build_buyer(invoice)
        state = invoice.correction and invoice.correction.state
        if not state:
            return built
        known = state.last.Podmiot2
        if invoice.move.ksef_party_snapshot == "original" or not self._is_same_buyer(invoice):
            return known
        if invoice.move.ksef_is_formal:
            return replace(built, IDNabywcy=known.IDNabywcy or _BUYER)
        return replace(built, JST=known.JST, GV=known.GV)

    def _is_same_buyer(self, invoice):
        """Whether the buyer still is identified as on the corrected invoice."""
        known = invoice.correction.state.last.Podmiot2.DaneIdentyfikacyjne
        current = self._build_identity(invoice.buyer)
        return replace(current, Nazwa=None) == replace(known, Nazwa=None)

    def _build_corrected_parties(self, invoice):
        """Podmiot1K and Podmiot2K: whole data from before, where they were wrong."""
        state = invoice.correction.state
        seller, buyer = self._build_seller(invoice), self._build_buyer(invoice)
        was_seller, was_buyer = state.last.Podmiot1, state.last.Podmiot2
        former = {}
        if self._has_other_data(seller, was_seller):
            former["Podmiot1K"] = self._build_former_seller(was_seller)
        if self._has_other_data(buyer, was_buyer):
            former["Podmiot2K"] = (self._build_former_buyer(was_buyer),)
        return former

    def _has_other_data(self, party, former):
        """Whether a party has another name or address than before."""
        return (party.DaneIdentyfikacyjne, party.Adres) != (
            former.DaneIdentyfikacyjne,
            former.Adres,
        )

    def _build_former_seller(self, seller):
        return Podmiot1K(
            PrefiksPodatnika=seller.PrefiksPodatnika,
            DaneIdentyfikacyjne=seller.DaneIdentyfikacyjne,
            Adres=seller.Adres,
        )

    def _build_former_buyer(self, buyer):
        return Podmiot2K(
            DaneIdentyfikacyjne=buyer.DaneIdentyfikacyjne,
            Adres=buyer.Adres,
            IDNabywcy=buyer.IDNabywcy or _BUYER,
        )
