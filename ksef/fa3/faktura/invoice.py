"""``Fa``: what is invoiced, what it corrects or settles, and the rows."""

from __future__ import annotations

from dataclasses import dataclass

from ..simple_types import (
    TGTU,
    IDNabywcy,
    TDataT,
    TIlosci,
    TKodWaluty,
    TKodyKrajowUE,
    TKwotowy,
    TKwotowy2,
    TNaturalny,
    TNumerKSeF,
    TOznaczenieProcedury,
    TProcentowy,
    TRodzajFaktury,
    TStawkaPodatku,
    TTypKorekty,
    TZnakowy,
    TZnakowy20,
    TZnakowy50,
    TZnakowy512,
    etd_TWybor1,
)
from .annotations import Adnotacje
from .conditions import WarunkiTransakcji
from .order import Zamowienie
from .parties import TAdres, TPodmiot1, TPodmiot2
from .payment import Platnosc, Rozliczenie


@dataclass(frozen=True, kw_only=True)
class Fa:
    """Amounts are in ``KodWaluty``, but ``P_14_*W``, which are in PLN."""

    KodWaluty: TKodWaluty
    P_1: TDataT
    P_1M: TZnakowy | None = None
    P_2: TZnakowy
    WZ: tuple[TZnakowy, ...] = ()
    P_6: TDataT | None = None
    OkresFa: OkresFa | None = None
    P_13_1: TKwotowy | None = None
    P_14_1: TKwotowy | None = None
    P_14_1W: TKwotowy | None = None
    P_13_2: TKwotowy | None = None
    P_14_2: TKwotowy | None = None
    P_14_2W: TKwotowy | None = None
    P_13_3: TKwotowy | None = None
    P_14_3: TKwotowy | None = None
    P_14_3W: TKwotowy | None = None
    P_13_4: TKwotowy | None = None
    P_14_4: TKwotowy | None = None
    P_14_4W: TKwotowy | None = None
    P_13_5: TKwotowy | None = None
    P_14_5: TKwotowy | None = None
    P_13_6_1: TKwotowy | None = None
    P_13_6_2: TKwotowy | None = None
    P_13_6_3: TKwotowy | None = None
    P_13_7: TKwotowy | None = None
    P_13_8: TKwotowy | None = None
    P_13_9: TKwotowy | None = None
    P_13_10: TKwotowy | None = None
    P_13_11: TKwotowy | None = None  # gross
    P_15: TKwotowy
    KursWalutyZ: TIlosci | None = None
    Adnotacje: Adnotacje
    RodzajFaktury: TRodzajFaktury
    PrzyczynaKorekty: TZnakowy | None = None
    TypKorekty: TTypKorekty | None = None
    DaneFaKorygowanej: tuple[DaneFaKorygowanej, ...] = ()
    OkresFaKorygowanej: TZnakowy | None = None
    NrFaKorygowany: TZnakowy | None = None
    Podmiot1K: Podmiot1K | None = None
    Podmiot2K: tuple[Podmiot2K, ...] = ()
    P_15ZK: TKwotowy | None = None
    KursWalutyZK: TIlosci | None = None
    ZaliczkaCzesciowa: tuple[ZaliczkaCzesciowa, ...] = ()
    FP: etd_TWybor1 = False
    TP: etd_TWybor1 = False
    DodatkowyOpis: tuple[TKluczWartosc, ...] = ()
    FakturaZaliczkowa: tuple[FakturaZaliczkowa, ...] = ()
    ZwrotAkcyzy: etd_TWybor1 = False
    FaWiersz: tuple[FaWiersz, ...] = ()
    Rozliczenie: Rozliczenie | None = None
    Platnosc: Platnosc | None = None
    WarunkiTransakcji: WarunkiTransakcji | None = None
    Zamowienie: Zamowienie | None = None


@dataclass(frozen=True, kw_only=True)
class OkresFa:
    P_6_Od: TDataT
    P_6_Do: TDataT


@dataclass(frozen=True, kw_only=True)
class DaneFaKorygowanej:
    """``NrKSeF`` and ``NrKSeFFaKorygowanej``, or ``NrKSeFN``."""

    DataWystFaKorygowanej: TDataT
    NrFaKorygowanej: TZnakowy
    NrKSeF: etd_TWybor1 = False
    NrKSeFFaKorygowanej: TNumerKSeF | None = None
    NrKSeFN: etd_TWybor1 = False


@dataclass(frozen=True, kw_only=True)
class Podmiot1K:
    PrefiksPodatnika: TKodyKrajowUE | None = None
    DaneIdentyfikacyjne: TPodmiot1
    Adres: TAdres


@dataclass(frozen=True, kw_only=True)
class Podmiot2K:
    DaneIdentyfikacyjne: TPodmiot2
    Adres: TAdres | None = None
    IDNabywcy: IDNabywcy | None = None


@dataclass(frozen=True, kw_only=True)
class ZaliczkaCzesciowa:
    P_6Z: TDataT
    P_15Z: TKwotowy
    KursWalutyZW: TIlosci | None = None


@dataclass(frozen=True, kw_only=True)
class TKluczWartosc:
    NrWiersza: TNaturalny | None = None
    Klucz: TZnakowy
    Wartosc: TZnakowy


@dataclass(frozen=True, kw_only=True)
class FakturaZaliczkowa:
    """``NrKSeFZN`` and ``NrFaZaliczkowej``, or ``NrKSeFFaZaliczkowej``."""

    NrKSeFZN: etd_TWybor1 = False
    NrFaZaliczkowej: TZnakowy | None = None
    NrKSeFFaZaliczkowej: TNumerKSeF | None = None


@dataclass(frozen=True, kw_only=True)
class FaWiersz:
    NrWierszaFa: TNaturalny
    UU_ID: TZnakowy50 | None = None
    P_6A: TDataT | None = None
    P_7: TZnakowy512 | None = None
    Indeks: TZnakowy50 | None = None
    GTIN: TZnakowy20 | None = None
    PKWiU: TZnakowy50 | None = None
    CN: TZnakowy50 | None = None
    PKOB: TZnakowy50 | None = None
    P_8A: TZnakowy | None = None
    P_8B: TIlosci | None = None
    P_9A: TKwotowy2 | None = None  # net
    P_9B: TKwotowy2 | None = None  # gross
    P_10: TKwotowy2 | None = None
    P_11: TKwotowy | None = None  # net
    P_11A: TKwotowy | None = None  # gross
    P_11Vat: TKwotowy | None = None
    P_12: TStawkaPodatku | None = None
    P_12_XII: TProcentowy | None = None
    P_12_Zal_15: etd_TWybor1 = False
    KwotaAkcyzy: TKwotowy | None = None
    GTU: TGTU | None = None
    Procedura: TOznaczenieProcedury | None = None
    KursWaluty: TIlosci | None = None  # PLN for one unit of KodWaluty
    StanPrzed: etd_TWybor1 = False
