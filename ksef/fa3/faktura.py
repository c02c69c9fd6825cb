"""The document FA(3): one class for each complex type, in the order of the schema.

Classes and fields bear the schema's own names; a class of an anonymous type has the name of its
element. What the schema demands has no default. Of a choice all branches are here, and it is for
the schema to see that one is taken. ``None``, an empty text, a ``False`` in a field of the type
``etd_TWybor1`` and an object without content stay out of the document.

The comment behind a field says what one needs to know beyond the name; what the elements mean is
told in the ministry's information brochure on FA(3).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

from .plan import ATTRIBUTE, TEXT
from .simple_types import (
    BDO,
    TGLN,
    TGTU,
    IDNabywcy,
    IPKSeF,
    LinkDoPlatnosci,
    SWIFT_Type,
    TData,
    TDataCzas,
    TDataT,
    TDataU,
    TFormaPlatnosci,
    TIlosci,
    TKodWaluty,
    TKodyKrajowUE,
    TKwotowy,
    TKwotowy2,
    TLadunek,
    TNaturalny,
    TNIPIdWew,
    TNrRB,
    TNrVatUE,
    TNumerKSeF,
    TNumerTelefonu,
    TOznaczenieProcedury,
    TOznaczenieProceduryZ,
    TProcentowy,
    TRachunekWlasnyBanku,
    TRodzajFaktury,
    TRodzajTransportu,
    TRolaPodmiotu3,
    TRolaPodmiotuUpowaznionego,
    TStatusInfoPodatnika,
    TStawkaPodatku,
    TTypKorekty,
    TypKolumny,
    TZnakowy,
    TZnakowy2,
    TZnakowy20,
    TZnakowy50,
    TZnakowy512,
    etd_TAdresEmail,
    etd_TKodKraju,
    etd_TNrIdentyfikacjiPodatkowej,
    etd_TNrKRS,
    etd_TNrNIP,
    etd_TNrREGON,
    etd_TTekstowy,
    etd_TWybor1,
    etd_TWybor1_2,
    integer,
)

NAMESPACE = "http://crd.gov.pl/wzor/2025/06/25/13775/"


@dataclass(frozen=True, kw_only=True)
class Faktura:
    Naglowek: TNaglowek
    Podmiot1: Podmiot1
    Podmiot2: Podmiot2
    Podmiot3: tuple[Podmiot3, ...] = ()
    PodmiotUpowazniony: PodmiotUpowazniony | None = None
    Fa: Fa
    Stopka: Stopka | None = None
    Zalacznik: Zalacznik | None = None


# --- header ---------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class TNaglowek:
    KodFormularza: KodFormularza = field(default_factory=lambda: KodFormularza())
    WariantFormularza: integer = 3
    DataWytworzeniaFa: TDataCzas
    SystemInfo: TZnakowy | None = None


@dataclass(frozen=True, kw_only=True)
class KodFormularza:
    kodSystemowy: Annotated[str, ATTRIBUTE] = "FA (3)"
    wersjaSchemy: Annotated[str, ATTRIBUTE] = "1-0E"
    text: Annotated[str, TEXT] = "FA"


# --- parties --------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class TPodmiot1:
    NIP: etd_TNrNIP
    Nazwa: TZnakowy512


@dataclass(frozen=True, kw_only=True)
class TPodmiot2:
    """One of: ``NIP``; ``KodUE`` and ``NrVatUE``; ``NrID``, perhaps ``KodKraju``; ``BrakID``."""

    NIP: etd_TNrNIP | None = None
    KodUE: TKodyKrajowUE | None = None  # Greece is EL here, and GR in KodKraju
    NrVatUE: TNrVatUE | None = None  # without the prefix that stands in KodUE
    KodKraju: etd_TKodKraju | None = None
    NrID: etd_TNrIdentyfikacjiPodatkowej | None = None
    BrakID: etd_TWybor1 = False
    Nazwa: TZnakowy512 | None = None


@dataclass(frozen=True, kw_only=True)
class TPodmiot3:
    """As ``TPodmiot2``, or ``IDWew``."""

    NIP: etd_TNrNIP | None = None
    IDWew: TNIPIdWew | None = None
    KodUE: TKodyKrajowUE | None = None
    NrVatUE: TNrVatUE | None = None
    KodKraju: etd_TKodKraju | None = None
    NrID: etd_TNrIdentyfikacjiPodatkowej | None = None
    BrakID: etd_TWybor1 = False
    Nazwa: TZnakowy512 | None = None


@dataclass(frozen=True, kw_only=True)
class TAdres:
    KodKraju: etd_TKodKraju
    AdresL1: TZnakowy512
    AdresL2: TZnakowy512 | None = None
    GLN: TGLN | None = None


@dataclass(frozen=True, kw_only=True)
class DaneKontaktowe:
    Email: etd_TAdresEmail | None = None
    Telefon: TNumerTelefonu | None = None


@dataclass(frozen=True, kw_only=True)
class Podmiot1:
    """The seller, who is Podmiot1 in self-billing too."""

    PrefiksPodatnika: TKodyKrajowUE | None = None  # only PL
    NrEORI: TZnakowy | None = None
    DaneIdentyfikacyjne: TPodmiot1
    Adres: TAdres
    AdresKoresp: TAdres | None = None
    DaneKontaktowe: tuple[DaneKontaktowe, ...] = ()
    StatusInfoPodatnika: TStatusInfoPodatnika | None = None


@dataclass(frozen=True, kw_only=True)
class Podmiot2:
    """The buyer."""

    NrEORI: TZnakowy | None = None
    DaneIdentyfikacyjne: TPodmiot2
    Adres: TAdres | None = None
    AdresKoresp: TAdres | None = None
    DaneKontaktowe: tuple[DaneKontaktowe, ...] = ()
    NrKlienta: TZnakowy | None = None
    IDNabywcy: IDNabywcy | None = None
    JST: etd_TWybor1_2  # concerns a subordinate unit of a local government
    GV: etd_TWybor1_2  # concerns a member of a VAT group


@dataclass(frozen=True, kw_only=True)
class Podmiot3:
    IDNabywcy: IDNabywcy | None = None
    NrEORI: TZnakowy | None = None
    DaneIdentyfikacyjne: TPodmiot3
    Adres: TAdres | None = None
    AdresKoresp: TAdres | None = None
    DaneKontaktowe: tuple[DaneKontaktowe, ...] = ()
    Rola: TRolaPodmiotu3 | None = None
    RolaInna: etd_TWybor1 = False
    OpisRoli: TZnakowy | None = None
    Udzial: TProcentowy | None = None
    NrKlienta: TZnakowy | None = None


@dataclass(frozen=True, kw_only=True)
class PodmiotUpowazniony:
    NrEORI: TZnakowy | None = None
    DaneIdentyfikacyjne: TPodmiot1
    Adres: TAdres
    AdresKoresp: TAdres | None = None
    DaneKontaktowe: tuple[DaneKontaktowePU, ...] = ()
    RolaPU: TRolaPodmiotuUpowaznionego


@dataclass(frozen=True, kw_only=True)
class DaneKontaktowePU:
    EmailPU: etd_TAdresEmail | None = None
    TelefonPU: TNumerTelefonu | None = None


# --- invoice --------------------------------------------------------------------------------


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


# --- settlement, payment, conditions --------------------------------------------------------


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


# --- footer, attachment ---------------------------------------------------------------------


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


@dataclass(frozen=True, kw_only=True)
class Zalacznik:
    BlokDanych: tuple[BlokDanych, ...]


@dataclass(frozen=True, kw_only=True)
class BlokDanych:
    ZNaglowek: TZnakowy512 | None = None
    MetaDane: tuple[MetaDane, ...]
    Tekst: Tekst | None = None
    Tabela: tuple[Tabela, ...] = ()


@dataclass(frozen=True, kw_only=True)
class MetaDane:
    ZKlucz: TZnakowy
    ZWartosc: TZnakowy


@dataclass(frozen=True, kw_only=True)
class Tekst:
    Akapit: tuple[TZnakowy512, ...]


@dataclass(frozen=True, kw_only=True)
class Tabela:
    TMetaDane: tuple[TMetaDane, ...] = ()
    Opis: TZnakowy512 | None = None
    TNaglowek: NaglowekTabeli
    Wiersz: tuple[Wiersz, ...]
    Suma: Suma | None = None


@dataclass(frozen=True, kw_only=True)
class TMetaDane:
    TKlucz: TZnakowy
    TWartosc: TZnakowy


@dataclass(frozen=True, kw_only=True)
class NaglowekTabeli:
    Kol: tuple[Kol, ...]


@dataclass(frozen=True, kw_only=True)
class Kol:
    Typ: Annotated[TypKolumny, ATTRIBUTE]
    NKom: TZnakowy2


@dataclass(frozen=True, kw_only=True)
class Wiersz:
    WKom: tuple[TZnakowy2, ...]


@dataclass(frozen=True, kw_only=True)
class Suma:
    SKom: tuple[TZnakowy2, ...]
