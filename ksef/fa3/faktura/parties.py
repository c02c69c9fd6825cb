"""The parties: ``Podmiot1``, ``Podmiot2``, ``Podmiot3`` and ``PodmiotUpowazniony``."""

from __future__ import annotations

from dataclasses import dataclass

from ..simple_types import (
    TGLN,
    IDNabywcy,
    TKodyKrajowUE,
    TNIPIdWew,
    TNrVatUE,
    TNumerTelefonu,
    TProcentowy,
    TRolaPodmiotu3,
    TRolaPodmiotuUpowaznionego,
    TStatusInfoPodatnika,
    TZnakowy,
    TZnakowy512,
    etd_TAdresEmail,
    etd_TKodKraju,
    etd_TNrIdentyfikacjiPodatkowej,
    etd_TNrNIP,
    etd_TWybor1,
    etd_TWybor1_2,
)


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
