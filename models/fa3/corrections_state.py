"""An invoice as KSeF knows it: the original document with its accepted corrections applied."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from ...ksef.fa3.amounts import round_money, round_price
from ...ksef.fa3.faktura import Faktura
from ...ksef.fa3.faktura.invoice import FaWiersz
from ...ksef.fa3.rates import GROUPS

_CENT = Decimal("0.01")
_ZERO = Decimal(0)
_SUMS = tuple(
    name for group in GROUPS for name in (group.base, group.tax, group.tax_in_pln) if name
)


@dataclass(frozen=True, kw_only=True)
class State:
    """Where the documents so far have left an invoice.

    `first` is the original, `last` shows parties and annotations as they are now. `rows` are
    by `key_of`. `due` is the sum of all P_15, `sums` those of the fields P_13 and P_14.
    """

    first: Faktura
    last: Faktura
    rows: Mapping[str, FaWiersz]
    due: Decimal
    sums: Mapping[str, Decimal]

    @property
    def is_returned(self):
        """Whether nothing of the sale is left but, perhaps, amounts."""
        return bool(self.rows) and not any(row.P_8B for row in self.rows.values())

    @property
    def is_overdrawn(self):
        """Whether more was taken back than was sold; a discount was negative from the start."""
        sold = {key_of(row): value_of(row) for row in self.first.Fa.FaWiersz}
        return self.due < 0 or any(
            value_of(row) < min(_ZERO, sold.get(key, _ZERO)) - _CENT
            for key, row in self.rows.items()
        )


def state_of(documents):
    """The state after `documents`: the original, then its corrections as KSeF accepted them."""
    original, *corrections = documents
    rows = {key_of(row): row for row in original.Fa.FaWiersz if not row.StanPrzed}
    state = State(
        first=original,
        last=original,
        rows=rows,
        due=original.Fa.P_15,
        sums=_add_sums({}, original.Fa),
    )
    for document in corrections:
        state = apply(state, document)
    return state


def apply(state, document):
    """The state after one more correction.

    A row after replaces what was; a row without a row before is new, or adds a difference.
    """
    rows = dict(state.rows)
    written = document.Fa.FaWiersz
    replaced = {key_of(row) for row in written if row.StanPrzed}
    for row in written:
        if row.StanPrzed:
            continue
        key = key_of(row)
        if key in replaced or key not in rows or code_of(rows[key]) != code_of(row):
            rows[key] = row
        else:
            is_price = price_of(row) != price_of(rows[key])
            add = add_prices if is_price else add_quantities
            rows[key] = add(rows[key], [row])
    return replace(
        state,
        last=document,
        rows=rows,
        due=state.due + document.Fa.P_15,
        sums=_add_sums(state.sums, document.Fa),
    )


def _add_sums(sums, fa):
    """Only fields that a document has are there, be they 0.00."""
    added = dict(sums)
    for name in _SUMS:
        amount = getattr(fa, name)
        if amount is not None:
            added[name] = added.get(name, _ZERO) + amount
    return added


def add_quantities(row, differences):
    """The row with differences of the same rate added."""
    quantity = sum((item.P_8B or _ZERO for item in differences), row.P_8B or _ZERO)
    return _add_values(row, differences, quantity)


def add_prices(row, differences):
    """The same where the differences are those of a price: the quantity stays."""
    return _add_values(row, differences, row.P_8B or _ZERO)


def _add_values(row, differences, quantity):
    value = value_of(row) + sum((value_of(item) for item in differences), _ZERO)
    tax = None
    if row.P_11Vat is not None:
        tax = row.P_11Vat + sum((item.P_11Vat or _ZERO for item in differences), _ZERO)
    excise = (row.KwotaAkcyzy or _ZERO) + sum(item.KwotaAkcyzy or _ZERO for item in differences)
    changed = replace(row, P_8B=quantity, P_11Vat=tax, KwotaAkcyzy=excise or None)
    changed = _with_value(changed, value)
    if not quantity or is_price_right(changed):
        return changed
    return with_price(replace(changed, P_10=None), round_price(value / quantity))


def key_of(row):
    """What tells the same row in all documents of an invoice."""
    return row.UU_ID or str(row.NrWierszaFa)


def code_of(row):
    """The rate, in whichever field it stands."""
    return row.P_12 or row.P_12_XII


def is_gross(row):
    return row.P_11 is None


def value_of(row):
    """Net or gross, as the row shows it."""
    return (row.P_11A if is_gross(row) else row.P_11) or _ZERO


def price_of(row):
    return row.P_9B if is_gross(row) else row.P_9A


def reduced_price_of(row):
    """The unit price less the discount beside it."""
    price = price_of(row)
    if not row.P_10 or price is None:
        return price
    return value_of(row) / row.P_8B if row.P_8B else price - row.P_10


def with_price(row, price):
    """The row with another price; a discount beside it stays what it is."""
    return replace(row, **{"P_9B" if is_gross(row) else "P_9A": price})


def _with_value(row, value):
    return replace(row, **{"P_11A" if is_gross(row) else "P_11": value})


def is_price_right(row):
    """Whether quantity and price still come to the value; P_10 is of a unit or of the row."""
    price, discount = price_of(row), row.P_10 or _ZERO
    if price is None:
        return False
    readings = (row.P_8B * price - discount, row.P_8B * (price - discount))
    return any(abs(round_money(reading) - value_of(row)) <= _CENT for reading in readings)
