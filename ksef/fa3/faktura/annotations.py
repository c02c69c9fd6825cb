"""``Fa/Adnotacje``: the annotations that the VAT Act asks for."""

from __future__ import annotations

from dataclasses import dataclass

from ..simple_types import TDataT, TNaturalny, TZnakowy, etd_TWybor1, etd_TWybor1_2


@dataclass(frozen=True, kw_only=True)
class Adnotacje:
    P_16: etd_TWybor1_2
    P_17: etd_TWybor1_2
    P_18: etd_TWybor1_2
    P_18A: etd_TWybor1_2
    Zwolnienie: Zwolnienie
    NoweSrodkiTransportu: NoweSrodkiTransportu
    P_23: etd_TWybor1_2
    PMarzy: PMarzy


@dataclass(frozen=True, kw_only=True)
class Zwolnienie:
    """``P_19`` and one of ``P_19A`` to ``P_19C``, or ``P_19N``."""

    P_19: etd_TWybor1 = False
    P_19A: TZnakowy | None = None
    P_19B: TZnakowy | None = None
    P_19C: TZnakowy | None = None
    P_19N: etd_TWybor1 = False


@dataclass(frozen=True, kw_only=True)
class NoweSrodkiTransportu:
    """``P_22`` with the rest, or ``P_22N``. ``P_42_5`` is 1 or 2 where ``P_22`` is."""

    P_22: etd_TWybor1 = False
    P_42_5: etd_TWybor1_2 | None = None
    NowySrodekTransportu: tuple[NowySrodekTransportu, ...] = ()
    P_22N: etd_TWybor1 = False


@dataclass(frozen=True, kw_only=True)
class NowySrodekTransportu:
    P_22A: TDataT
    P_NrWierszaNST: TNaturalny
    P_22BMK: TZnakowy | None = None
    P_22BMD: TZnakowy | None = None
    P_22BK: TZnakowy | None = None
    P_22BNR: TZnakowy | None = None
    P_22BRP: TZnakowy | None = None
    P_22B: TZnakowy | None = None
    P_22B1: TZnakowy | None = None
    P_22B2: TZnakowy | None = None
    P_22B3: TZnakowy | None = None
    P_22B4: TZnakowy | None = None
    P_22BT: TZnakowy | None = None
    P_22C: TZnakowy | None = None
    P_22C1: TZnakowy | None = None
    P_22D: TZnakowy | None = None
    P_22D1: TZnakowy | None = None


@dataclass(frozen=True, kw_only=True)
class PMarzy:
    """``P_PMarzy`` and one kind of margin, or ``P_PMarzyN``."""

    P_PMarzy: etd_TWybor1 = False
    P_PMarzy_2: etd_TWybor1 = False
    P_PMarzy_3_1: etd_TWybor1 = False
    P_PMarzy_3_2: etd_TWybor1 = False
    P_PMarzy_3_3: etd_TWybor1 = False
    P_PMarzyN: etd_TWybor1 = False
