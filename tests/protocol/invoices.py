"""Small FA(3) documents for tests, written as text and valid against the schema."""

from __future__ import annotations

import datetime
from zoneinfo import ZoneInfo

from wire import BUYER, SELLER

_TEMPLATE = """<?xml version="1.0" encoding="UTF-8"?>
<Faktura xmlns="http://crd.gov.pl/wzor/2025/06/25/13775/">
 <Naglowek>
  <KodFormularza kodSystemowy="FA (3)" wersjaSchemy="1-0E">FA</KodFormularza>
  <WariantFormularza>3</WariantFormularza>
  <DataWytworzeniaFa>2026-02-01T00:00:00Z</DataWytworzeniaFa>
  <SystemInfo>tests</SystemInfo>
 </Naglowek>
 <Podmiot1>
  <DaneIdentyfikacyjne><NIP>{seller}</NIP><Nazwa>Sprzedawca {seller}</Nazwa></DaneIdentyfikacyjne>
  <Adres><KodKraju>PL</KodKraju><AdresL1>ul. Prosta 1</AdresL1></Adres>
 </Podmiot1>
 <Podmiot2>
  <DaneIdentyfikacyjne>{buyer}<Nazwa>Nabywca</Nazwa></DaneIdentyfikacyjne>
  <Adres><KodKraju>PL</KodKraju><AdresL1>ul. Krzywa 2</AdresL1></Adres>
  <JST>2</JST>
  <GV>2</GV>
 </Podmiot2>
 {third}
 <Fa>
  <KodWaluty>PLN</KodWaluty>
  <P_1>{issued_on}</P_1>
  <P_2>{number}</P_2>
  <P_6>{issued_on}</P_6>
  <P_13_1>100.00</P_13_1>
  <P_14_1>23.00</P_14_1>
  <P_15>123.00</P_15>
  <Adnotacje>
   <P_16>2</P_16>
   <P_17>{self_invoicing}</P_17>
   <P_18>2</P_18>
   <P_18A>2</P_18A>
   <Zwolnienie><P_19N>1</P_19N></Zwolnienie>
   <NoweSrodkiTransportu><P_22N>1</P_22N></NoweSrodkiTransportu>
   <P_23>2</P_23>
   <PMarzy><P_PMarzyN>1</P_PMarzyN></PMarzy>
  </Adnotacje>
  <RodzajFaktury>{kind}</RodzajFaktury>
  {correction}
  <FaWiersz>
   <NrWierszaFa>1</NrWierszaFa>
   <P_7>{item}</P_7>
   <P_8A>szt.</P_8A>
   <P_8B>1</P_8B>
   <P_9A>100.00</P_9A>
   <P_11>100.00</P_11>
   <P_12>23</P_12>
  </FaWiersz>
 </Fa>
 {attachment}
</Faktura>
"""
_ATTACHMENT = """<Zalacznik><BlokDanych>
  <ZNaglowek>Pomiary</ZNaglowek>
  <MetaDane><ZKlucz>licznik</ZKlucz><ZWartosc>7</ZWartosc></MetaDane>
</BlokDanych></Zalacznik>"""
_CORRECTION = """<DaneFaKorygowanej><DataWystFaKorygowanej>{issued_on}</DataWystFaKorygowanej>
  <NrFaKorygowanej>{number}</NrFaKorygowanej><NrKSeFN>1</NrKSeFN></DaneFaKorygowanej>"""


def invoice(
    number: str = "FV/1",
    *,
    seller: str = SELLER,
    buyer: str = f"<NIP>{BUYER}</NIP>",
    third: str = "",
    kind: str = "VAT",
    issued_on: str | None = None,
    is_self_invoiced: bool = False,
    has_attachment: bool = False,
    item: str = "Usługa testowa",
) -> bytes:
    """A sales invoice of 123.00 PLN, issued today in Poland unless told otherwise."""
    day = issued_on or today()
    return _TEMPLATE.format(
        seller=seller,
        buyer=buyer,
        third=third,
        kind=kind,
        number=number,
        issued_on=day,
        self_invoicing=1 if is_self_invoiced else 2,
        correction=_CORRECTION.format(issued_on=day, number=number) if kind == "KOR" else "",
        attachment=_ATTACHMENT if has_attachment else "",
        item=item,
    ).encode()


def today(days_later: int = 0) -> str:
    """An ISO date on the Polish calendar."""
    now = datetime.datetime.now(ZoneInfo("Europe/Warsaw"))
    return (now.date() + datetime.timedelta(days=days_later)).isoformat()
