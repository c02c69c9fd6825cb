"""What the reader of bills is given and what it gives back."""

from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Rule:
    """How the bills of a vendor are made; whatever is empty follows from earlier bills.

    `account` is a record of `account.account`, `analytic_distribution` as on invoice lines.
    `is_by_rate` makes one line for each VAT rate instead of one for each row.
    """

    account: Any = None
    analytic_distribution: Any = None
    is_by_rate: bool = False


@dataclass(frozen=True, kw_only=True)
class Source:
    """A document on its way to become a bill of a company."""

    document: bytes
    company: Any
    ksef_number: str = ""
    journal: Any = None
    received_on: date | None = None
    rule: Rule = Rule()


@dataclass(frozen=True, kw_only=True)
class Reading:
    """`move` is the draft, empty where there is no bill to make; `outcome` says which.

    `outcome` is `"bill"`, `"refund"` or `"no_bill"`; `reasons` are texts for people. The last is
    done with where a bill keeps the document and nothing remains to be booked.
    """

    move: Any
    outcome: str
    reasons: tuple[str, ...] = ()
    is_to_review: bool = False
    is_done: bool = False
