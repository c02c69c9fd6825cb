"""``Fa/Rozliczenie`` and ``Fa/Platnosc``: what is to be paid, when, and how."""

from __future__ import annotations

from dataclasses import dataclass

from ..simple_types import (
    IPKSeF,
    LinkDoPlatnosci,
    SWIFT_Type,
    TData,
    TFormaPlatnosci,
    TKwotowy,
    TNrRB,
    TRachunekWlasnyBanku,
    TZnakowy,
    TZnakowy50,
    etd_TWybor1,
    etd_TWybor1_2,
    integer,
)


@dataclass(frozen=True, kw_only=True)
class Rozliczenie:
    Obciazenia: tuple[Obciazenia, ...] = ()
    SumaObciazen: TKwotowy | None = None
    Odliczenia: tuple[Odliczenia, ...] = ()
    SumaOdliczen: TKwotowy | None = None
    DoZaplaty: TKwotowy | None = None
    DoRozliczenia: TKwotowy | None = None


@dataclass(frozen=True, kw_only=True)
class Obciazenia:
    Kwota: TKwotowy
    Powod: TZnakowy


@dataclass(frozen=True, kw_only=True)
class Odliczenia:
    Kwota: TKwotowy
    Powod: TZnakowy


@dataclass(frozen=True, kw_only=True)
class Platnosc:
    Zaplacono: etd_TWybor1 = False
    DataZaplaty: TData | None = None
    ZnacznikZaplatyCzesciowej: etd_TWybor1_2 | None = None  # 1: in part, 2: in full, by parts
    ZaplataCzesciowa: tuple[ZaplataCzesciowa, ...] = ()
    TerminPlatnosci: tuple[TerminPlatnosci, ...] = ()
    FormaPlatnosci: TFormaPlatnosci | None = None
    PlatnoscInna: etd_TWybor1 = False
    OpisPlatnosci: TZnakowy | None = None
    RachunekBankowy: tuple[TRachunekBankowy, ...] = ()
    RachunekBankowyFaktora: tuple[TRachunekBankowy, ...] = ()
    Skonto: Skonto | None = None
    LinkDoPlatnosci: LinkDoPlatnosci | None = None
    IPKSeF: IPKSeF | None = None


@dataclass(frozen=True, kw_only=True)
class ZaplataCzesciowa:
    KwotaZaplatyCzesciowej: TKwotowy
    DataZaplatyCzesciowej: TData
    FormaPlatnosci: TFormaPlatnosci | None = None
    PlatnoscInna: etd_TWybor1 = False
    OpisPlatnosci: TZnakowy | None = None


@dataclass(frozen=True, kw_only=True)
class TerminPlatnosci:
    Termin: TData | None = None
    TerminOpis: TerminOpis | None = None


@dataclass(frozen=True, kw_only=True)
class TerminOpis:
    Ilosc: integer
    Jednostka: TZnakowy50
    ZdarzeniePoczatkowe: TZnakowy


@dataclass(frozen=True, kw_only=True)
class TRachunekBankowy:
    NrRB: TNrRB
    SWIFT: SWIFT_Type | None = None
    RachunekWlasnyBanku: TRachunekWlasnyBanku | None = None
    NazwaBanku: TZnakowy | None = None
    OpisRachunku: TZnakowy | None = None


@dataclass(frozen=True, kw_only=True)
class Skonto:
    WarunkiSkonta: TZnakowy
    WysokoscSkonta: TZnakowy
