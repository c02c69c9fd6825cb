"""Documents for the tests of ``ksef.fa3``: small, valid, and easy to change."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timezone
from decimal import Decimal

from ksef.fa3.faktura import Faktura, TNaglowek
from ksef.fa3.faktura.annotations import Adnotacje, NoweSrodkiTransportu, PMarzy, Zwolnienie
from ksef.fa3.faktura.invoice import Fa, FaWiersz
from ksef.fa3.faktura.parties import Podmiot1, Podmiot2, TAdres, TPodmiot1, TPodmiot2

TODAY = date(2026, 3, 2)


def make_row(number: int = 1, *, net: str = "100.00", code: str = "23") -> FaWiersz:
    """One piece of something at the price of ``net``."""
    return FaWiersz(
        NrWierszaFa=number,
        P_7=f"Towar {number}",
        P_8A="szt.",
        P_8B=Decimal(1),
        P_9A=Decimal(net),
        P_11=Decimal(net),
        P_12=code,
    )


def make_annotations() -> Adnotacje:
    return Adnotacje(
        P_16=False,
        P_17=False,
        P_18=False,
        P_18A=False,
        Zwolnienie=Zwolnienie(P_19N=True),
        NoweSrodkiTransportu=NoweSrodkiTransportu(P_22N=True),
        P_23=False,
        PMarzy=PMarzy(P_PMarzyN=True),
    )


def make_sale() -> Faktura:
    """One row at 23 %: 100.00 and 23.00."""
    address = TAdres(KodKraju="PL", AdresL1="ul. Próbna 1", AdresL2="00-001 Warszawa")
    return Faktura(
        Naglowek=TNaglowek(DataWytworzeniaFa=datetime(2026, 3, 2, 9, 30, tzinfo=timezone.utc)),
        Podmiot1=Podmiot1(
            DaneIdentyfikacyjne=TPodmiot1(NIP="9999999999", Nazwa="Sprzedawca"), Adres=address
        ),
        Podmiot2=Podmiot2(
            DaneIdentyfikacyjne=TPodmiot2(NIP="1111111111", Nazwa="Nabywca"),
            Adres=address,
            JST=False,
            GV=False,
        ),
        Fa=Fa(
            KodWaluty="PLN",
            P_1=TODAY,
            P_2="FV/2026/1",
            P_13_1=Decimal("100.00"),
            P_14_1=Decimal("23.00"),
            P_15=Decimal("123.00"),
            Adnotacje=make_annotations(),
            RodzajFaktury="VAT",
            FaWiersz=(make_row(),),
        ),
    )


def change_invoice(faktura: Faktura, **values: object) -> Faktura:
    """``faktura`` with other values in its ``Fa``."""
    return replace(faktura, Fa=replace(faktura.Fa, **values))
