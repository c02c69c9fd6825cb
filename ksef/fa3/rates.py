"""Rate codes of the field P_12 and the totals P_13, P_14 that their rows are summed up in."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from .faktura.invoice import FaWiersz


@dataclass(frozen=True, kw_only=True)
class Group:
    """Names of the fields of ``Fa`` for one group of rates.

    ``tax`` is empty where there is no tax, ``tax_in_pln`` where no amount in PLN is shown. The
    base of the margin scheme is gross.
    """

    base: str
    tax: str = ""
    tax_in_pln: str = ""
    is_gross: bool = False


STANDARD = Group(base="P_13_1", tax="P_14_1", tax_in_pln="P_14_1W")
REDUCED_I = Group(base="P_13_2", tax="P_14_2", tax_in_pln="P_14_2W")
REDUCED_II = Group(base="P_13_3", tax="P_14_3", tax_in_pln="P_14_3W")
TAXI = Group(base="P_13_4", tax="P_14_4", tax_in_pln="P_14_4W")
OSS = Group(base="P_13_5", tax="P_14_5")
ZERO_DOMESTIC = Group(base="P_13_6_1")
ZERO_COMMUNITY = Group(base="P_13_6_2")
ZERO_EXPORT = Group(base="P_13_6_3")
EXEMPT = Group(base="P_13_7")
OUTSIDE_POLAND = Group(base="P_13_8")
COMMUNITY_SERVICES = Group(base="P_13_9")
REVERSE_CHARGE = Group(base="P_13_10")
MARGIN = Group(base="P_13_11", is_gross=True)

# In the order of the schema.
GROUPS = (
    STANDARD,
    REDUCED_I,
    REDUCED_II,
    TAXI,
    OSS,
    ZERO_DOMESTIC,
    ZERO_COMMUNITY,
    ZERO_EXPORT,
    EXEMPT,
    OUTSIDE_POLAND,
    COMMUNITY_SERVICES,
    REVERSE_CHARGE,
    MARGIN,
)

GROUP_OF_CODE = {
    "23": STANDARD,
    "22": STANDARD,
    "8": REDUCED_I,
    "7": REDUCED_I,
    "5": REDUCED_II,
    "4": TAXI,
    "3": TAXI,
    "0 KR": ZERO_DOMESTIC,
    "0 WDT": ZERO_COMMUNITY,
    "0 EX": ZERO_EXPORT,
    "zw": EXEMPT,
    "oo": REVERSE_CHARGE,
    "np I": OUTSIDE_POLAND,
    "np II": COMMUNITY_SERVICES,
}


def find_group(row: FaWiersz) -> Group | None:
    """The group of a row; ``None`` for a code that the schema does not have."""
    if row.P_12 is not None:
        return GROUP_OF_CODE.get(row.P_12)
    return OSS if row.P_12_XII is not None else MARGIN


def percent_of(code: str) -> Decimal | None:
    """The rate of a taxed code; ``None`` for codes without a tax."""
    return Decimal(code) if code.isdigit() else None
