"""``Fa/WarunkiTransakcji``: contracts, orders, delivery and transport."""

from __future__ import annotations

from dataclasses import dataclass

from ..simple_types import (
    TDataCzas,
    TDataU,
    TIlosci,
    TKodWaluty,
    TLadunek,
    TRodzajTransportu,
    TZnakowy,
    TZnakowy50,
    etd_TWybor1,
)
from .parties import TAdres, TPodmiot2


@dataclass(frozen=True, kw_only=True)
class WarunkiTransakcji:
    Umowy: tuple[Umowy, ...] = ()
    Zamowienia: tuple[Zamowienia, ...] = ()
    NrPartiiTowaru: tuple[TZnakowy, ...] = ()
    WarunkiDostawy: TZnakowy | None = None
    KursUmowny: TIlosci | None = None
    WalutaUmowna: TKodWaluty | None = None
    Transport: tuple[Transport, ...] = ()
    PodmiotPosredniczacy: etd_TWybor1 = False


@dataclass(frozen=True, kw_only=True)
class Umowy:
    DataUmowy: TDataU | None = None
    NrUmowy: TZnakowy | None = None


@dataclass(frozen=True, kw_only=True)
class Zamowienia:
    DataZamowienia: TDataU | None = None
    NrZamowienia: TZnakowy | None = None


@dataclass(frozen=True, kw_only=True)
class Transport:
    RodzajTransportu: TRodzajTransportu | None = None
    TransportInny: etd_TWybor1 = False
    OpisInnegoTransportu: TZnakowy50 | None = None
    Przewoznik: Przewoznik | None = None
    NrZleceniaTransportu: TZnakowy | None = None
    OpisLadunku: TLadunek | None = None
    LadunekInny: etd_TWybor1 = False
    OpisInnegoLadunku: TZnakowy50 | None = None
    JednostkaOpakowania: TZnakowy | None = None
    DataGodzRozpTransportu: TDataCzas | None = None
    DataGodzZakTransportu: TDataCzas | None = None
    WysylkaZ: TAdres | None = None
    WysylkaPrzez: tuple[TAdres, ...] = ()
    WysylkaDo: TAdres | None = None


@dataclass(frozen=True, kw_only=True)
class Przewoznik:
    DaneIdentyfikacyjne: TPodmiot2
    AdresPrzewoznika: TAdres
