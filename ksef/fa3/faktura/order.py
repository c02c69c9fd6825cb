"""``Fa/Zamowienie``: the order or contract that an advance is paid for."""

from __future__ import annotations

from dataclasses import dataclass

from ..simple_types import (
    TGTU,
    TIlosci,
    TKwotowy,
    TKwotowy2,
    TNaturalny,
    TOznaczenieProceduryZ,
    TProcentowy,
    TStawkaPodatku,
    TZnakowy,
    TZnakowy20,
    TZnakowy50,
    TZnakowy512,
    etd_TWybor1,
)


@dataclass(frozen=True, kw_only=True)
class Zamowienie:
    WartoscZamowienia: TKwotowy  # gross
    ZamowienieWiersz: tuple[ZamowienieWiersz, ...]


@dataclass(frozen=True, kw_only=True)
class ZamowienieWiersz:
    NrWierszaZam: TNaturalny
    UU_IDZ: TZnakowy50 | None = None
    P_7Z: TZnakowy512 | None = None
    IndeksZ: TZnakowy50 | None = None
    GTINZ: TZnakowy20 | None = None
    PKWiUZ: TZnakowy50 | None = None
    CNZ: TZnakowy50 | None = None
    PKOBZ: TZnakowy50 | None = None
    P_8AZ: TZnakowy | None = None
    P_8BZ: TIlosci | None = None
    P_9AZ: TKwotowy2 | None = None
    P_11NettoZ: TKwotowy | None = None
    P_11VatZ: TKwotowy | None = None
    P_12Z: TStawkaPodatku | None = None
    P_12Z_XII: TProcentowy | None = None
    P_12Z_Zal_15: etd_TWybor1 = False
    GTUZ: TGTU | None = None
    ProceduraZ: TOznaczenieProceduryZ | None = None
    KwotaAkcyzyZ: TKwotowy | None = None
    StanPrzedZ: etd_TWybor1 = False
