"""``Stopka``: the footer, and the registers that the seller stands in."""

from __future__ import annotations

from dataclasses import dataclass

from ..simple_types import BDO, TZnakowy, etd_TNrKRS, etd_TNrREGON, etd_TTekstowy


@dataclass(frozen=True, kw_only=True)
class Stopka:
    Informacje: tuple[Informacje, ...] = ()
    Rejestry: tuple[Rejestry, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Informacje:
    StopkaFaktury: etd_TTekstowy | None = None


@dataclass(frozen=True, kw_only=True)
class Rejestry:
    PelnaNazwa: TZnakowy | None = None
    KRS: etd_TNrKRS | None = None
    REGON: etd_TNrREGON | None = None
    BDO: BDO | None = None
