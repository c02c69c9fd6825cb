"""What a correction changes, in words and amounts that a person compares."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from odoo import models
from odoo.tools import format_date, formatLang
from odoo.tools.translate import LazyTranslate

from ...ksef.fa3.amounts import format_price, format_quantity
from ...ksef.fa3.rates import GROUPS
from . import corrections_state as states

_lt = LazyTranslate(__name__)
_ZERO = Decimal(0)
_GROUP_WORDS = {
    "P_13_1": "23%",
    "P_13_2": "8%",
    "P_13_3": "5%",
    "P_13_4": _lt("4% (taxi)"),
    "P_13_5": "OSS",
    "P_13_6_1": "0%",
    "P_13_6_2": "0% WDT",
    "P_13_6_3": "0% EX",
    "P_13_7": _lt("exempt"),
    "P_13_8": "np I",
    "P_13_9": "np II",
    "P_13_10": _lt("reverse charge"),
    "P_13_11": _lt("margin scheme"),
}


@dataclass(frozen=True, kw_only=True)
class Side:
    """A row before or after, as texts; empty where there is none."""

    name: str = ""
    quantity: str = ""
    price: str = ""
    code: str = ""
    value: str = ""


@dataclass(frozen=True, kw_only=True)
class Change:
    """A row before and after; `difference` is that of the values."""

    before: Side
    after: Side
    difference: str


@dataclass(frozen=True, kw_only=True)
class Sums:
    """Net, VAT or both before and after; `label` is the rate."""

    label: str
    before: str
    after: str
    difference: str


@dataclass(frozen=True, kw_only=True)
class Preview:
    """One document. `state` of the original is None for a sale, which has no before."""

    move: Any
    number: str
    kind: str
    reason: str
    effect: str
    corrected: tuple[str, ...]
    changes: tuple[Change, ...]
    nets: tuple[Sums, ...]
    taxes: tuple[Sums, ...]
    total: Sums
    data: tuple[Any, ...]
    problems: tuple[Any, ...]


class KsefFa3CorrectionsPreview(models.AbstractModel):
    _inherit = "ksef.fa3"

    def _previews(self, moves):
        """Return one `Preview` for each of these posted invoices and corrections.

        :raises InvalidDocument: for an invoice that cannot be built
        """
        problems = self._problems(moves)
        known = self._known_invoices(moves.ksef_origin_move_id)
        return [
            self._preview(invoice, known.get(invoice.move.ksef_origin_move_id), problems)
            for invoice in self._read(moves)
        ]

    def _preview(self, invoice, known, problems):
        document, move = self._build(invoice), invoice.move
        fa = document.Fa
        nets, taxes = self._preview_groups(move, fa, known)
        due = known.state.due if known else _ZERO
        return Preview(
            move=move,
            number=fa.P_2,
            kind=fa.RodzajFaktury,
            reason=fa.PrzyczynaKorekty or "",
            effect=str(fa.TypKorekty or ""),
            corrected=tuple(map(self._preview_corrected, fa.DaneFaKorygowanej)),
            changes=tuple(self._preview_rows(move, fa.FaWiersz)),
            nets=nets,
            taxes=taxes,
            total=self._preview_sums(move, "", due, fa.P_15),
            data=tuple(self._preview_data(document, known)),
            problems=tuple(problems[move]),
        )

    def _preview_corrected(self, item):
        date = format_date(self.env, item.DataWystFaKorygowanej)
        return f"{item.NrFaKorygowanej} ({date}) {item.NrKSeFFaKorygowanej or ''}".strip()

    # === ROWS === #

    def _preview_rows(self, move, rows):
        """Pairs of before and after share a number; a difference and a new row have no before."""
        numbers = defaultdict(dict)
        for row in rows:
            numbers[row.NrWierszaFa][bool(row.StanPrzed)] = row
        for pair in numbers.values():
            before, after = pair.get(True), pair.get(False)
            values = [states.value_of(row) if row else _ZERO for row in (before, after)]
            yield Change(
                before=self._preview_side(move, before),
                after=self._preview_side(move, after),
                difference=self._preview_money(move, values[1] - values[0]),
            )

    def _preview_side(self, move, row):
        if row is None:
            return Side()
        price = states.price_of(row)
        return Side(
            name=row.P_7 or "",
            quantity="" if row.P_8B is None else self._preview_number(format_quantity(row.P_8B)),
            price="" if price is None else self._preview_number(format_price(price)),
            code=str(states.code_of(row) or ""),
            value=self._preview_money(move, states.value_of(row)),
        )

    def _preview_number(self, number):
        """The number with the separators of the user's language, and no decimal too many."""
        decimals = len(number.partition(".")[2])
        return formatLang(self.env, float(number), digits=decimals)

    def _preview_money(self, move, amount):
        return formatLang(self.env, float(amount), currency_obj=move.currency_id)

    # === SUMS === #

    def _preview_groups(self, move, fa, known):
        """Nets and taxes of each rate that the sale or the correction has."""
        sums = known.state.sums if known else {}
        nets, taxes = [], []
        for group in GROUPS:
            if group.base not in sums and getattr(fa, group.base) is None:
                continue
            label = self.env._(_GROUP_WORDS[group.base])
            nets.append(self._preview_field(move, label, sums, fa, group.base))
            if group.tax:
                taxes.append(self._preview_field(move, label, sums, fa, group.tax))
            if group.tax_in_pln and getattr(fa, group.tax_in_pln) is not None:
                in_pln = f"{label} PLN"
                taxes.append(self._preview_field(move, in_pln, sums, fa, group.tax_in_pln))
        return tuple(nets), tuple(taxes)

    def _preview_field(self, move, label, sums, fa, field):
        before = sums.get(field, _ZERO)
        in_pln = field.endswith("W")
        change = getattr(fa, field) or _ZERO
        return self._preview_sums(
            move, label, before, change, currency=move.company_currency_id if in_pln else None
        )

    def _preview_sums(self, move, label, before, change, currency=None):
        amounts = (before, before + change, change)
        texts = [
            formatLang(self.env, float(amount), currency_obj=currency or move.currency_id)
            for amount in amounts
        ]
        return Sums(label=label, before=texts[0], after=texts[1], difference=texts[2])
