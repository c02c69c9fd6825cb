"""What a bill is made of, as the document says it; how it gets there is told by ``compose``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum

from ..fa3.faktura.invoice import FaWiersz
from ..fa3.rates import Group

ZERO = Decimal(0)


class Outcome(Enum):
    BILL = "bill"
    REFUND = "refund"
    NO_BILL = "no_bill"


class Doubt(Enum):
    """What a person should know before a bill is booked."""

    FORMAL = "formal"  # a correction of data only: nothing to book
    RATE_ONLY = "rate_only"  # only the VAT in PLN changes
    NO_AMOUNTS = "no_amounts"
    GROUP_DIFFERS = "group_differs"  # rows of a rate against its total
    TAX_DIFFERS = "tax_differs"
    TAX_IN_PLN = "tax_in_pln"  # of another sign than the tax itself
    TOTAL_DIFFERS = "total_differs"
    NEGATIVE = "negative"  # no correction, and less than nothing
    RATE_UNKNOWN = "rate_unknown"  # rows without a rate that could belong to several
    RATES_DIFFER = "rates_differ"  # several exchange rates
    CHARGES = "charges"  # amounts beside the invoice
    DEDUCTIONS = "deductions"
    RECEIPT = "receipt"  # FP: the sale was on a cash register before
    CASH_METHOD = "cash_method"
    FACTOR = "factor"
    PAID = "paid"
    INSTALMENTS = "instalments"  # several due dates, of amounts that no document states
    REVERSE_CHARGE = "reverse_charge"
    TAX_MISSING = "tax_missing"  # nothing to book the rate on
    TAX_POINT_LATER = "tax_point_later"
    VENDOR_NEW = "vendor_new"
    VENDOR_UNKNOWN = "vendor_unknown"
    ACCOUNT_NEW = "account_new"
    CURRENCY_UNKNOWN = "currency_unknown"
    ORIGINAL_UNKNOWN = "original_unknown"  # the corrected document is not here
    ADVANCE_UNKNOWN = "advance_unknown"  # nor is that of the advance
    MANY_ROWS = "many_rows"  # so many that a line for each rate says more
    TWIN = "twin"  # a bill that looks the same is here already
    OTHER_FORM = "other_form"  # no FA(3)
    DEFECT = "defect"  # of this program


@dataclass(frozen=True, kw_only=True)
class Remark:
    """A doubt with what it is about: a rate code, a number, amounts as they were and should be."""

    doubt: Doubt
    subject: str = ""
    found: str = ""
    stated: str = ""


class Origin(Enum):
    """What a line of the bill stands for."""

    ROW = "row"
    GROUP = "group"  # the total of a rate, where rows say nothing of it
    ADVANCE = "advance"
    SETTLEMENT = "settlement"  # the advances, deducted
    CHARGE = "charge"  # outside VAT, beside the total of the invoice
    ROUNDING = "rounding"


@dataclass(frozen=True, kw_only=True)
class Line:
    """``net`` is what the line has to come to; ``code`` is empty outside VAT.

    ``code`` is that of P_12, or ``oss`` and ``margin``; ``discount`` is in percent.
    """

    origin: Origin
    name: str
    net: Decimal
    code: str = ""
    quantity: Decimal = Decimal(1)
    price: Decimal = ZERO
    discount: Decimal = ZERO
    row: FaWiersz | None = None


@dataclass(frozen=True, kw_only=True)
class Target:
    """The total of a group of rates as the document states it. ``tax_in_pln`` where it is told."""

    group: Group
    code: str
    net: Decimal
    tax: Decimal = ZERO
    tax_in_pln: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class Account:
    number: str
    bank: str = ""
    swift: str = ""
    is_factors: bool = False


@dataclass(frozen=True, kw_only=True)
class Terms:
    """``paid_on`` where the document says that it was paid in full before it was issued."""

    due_dates: tuple[date, ...] = ()
    descriptions: tuple[str, ...] = ()
    accounts: tuple[Account, ...] = ()
    form: int | None = None
    paid_on: date | None = None
    is_paid: bool = False


@dataclass(frozen=True, kw_only=True)
class Draft:
    """Amounts have the sign of the Odoo document: those of a refund are positive.

    ``rate`` is units of the currency for one PLN, ``None`` where the document does not tell.
    """

    outcome: Outcome
    lines: tuple[Line, ...] = ()
    targets: tuple[Target, ...] = ()
    total: Decimal = ZERO
    rate: Decimal | None = None
    terms: Terms = Terms()
    remarks: tuple[Remark, ...] = ()
