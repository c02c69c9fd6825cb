"""Reading receipts that are right, foreign or hostile."""

from __future__ import annotations

import pytest

from ksef.errors import BadAnswer
from ksef.upo import read_upo

UPO = """<?xml version="1.0" encoding="utf-8"?>
<Potwierdzenie xmlns="http://upo.schematy.mf.gov.pl/KSeF/v4-3">
 <NazwaPodmiotuPrzyjmujacego>Ministerstwo Finansów - środowisko testowe (TE)
 </NazwaPodmiotuPrzyjmujacego>
 <NumerReferencyjnySesji>20260302-SO-2C3E6C8000-B675CF5D68-07</NumerReferencyjnySesji>
 <KodFormularza>FA (3)</KodFormularza>
 <Dokument>
  <NipSprzedawcy>5555555555</NipSprzedawcy>
  <NumerKSeFDokumentu>5555555555-20260302-010080615740-E4</NumerKSeFDokumentu>
  <NumerFaktury>FV/1</NumerFaktury>
  <DataWystawieniaFaktury>2026-03-02</DataWystawieniaFaktury>
  <DataPrzeslaniaDokumentu>2026-03-02T10:00:00.1234567+01:00</DataPrzeslaniaDokumentu>
  <DataNadaniaNumeruKSeF>2026-03-02T10:00:01+01:00</DataNadaniaNumeruKSeF>
  <SkrotDokumentu>yea0uWO0i7hXyhXt3cJyw3Qu4UQtWK2ir6FGVD5nl6E=</SkrotDokumentu>
  <TrybWysylki>Online</TrybWysylki>
 </Dokument>
</Potwierdzenie>"""


def test_receipt_tells_what_was_received() -> None:
    upo = read_upo(UPO.encode())
    assert upo.receiver == "Ministerstwo Finansów - środowisko testowe (TE)"
    assert upo.form == "FA (3)"
    entry = upo.entry("yea0uWO0i7hXyhXt3cJyw3Qu4UQtWK2ir6FGVD5nl6E=")
    assert entry is not None
    assert entry.ksef_number == "5555555555-20260302-010080615740-E4"
    assert entry.sent_at.isoformat() == "2026-03-02T09:00:00.123456+00:00"


def test_receipt_of_another_document_says_nothing_of_ours() -> None:
    assert read_upo(UPO.encode()).entry("other") is None


def test_later_version_of_the_receipt_is_read_alike() -> None:
    assert read_upo(UPO.replace("v4-3", "v4-4").encode()).entries


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html/>",
        b"<Potwierdzenie/>",
        UPO.replace("<NumerFaktury>FV/1</NumerFaktury>", "").encode(),
        UPO.replace("2026-03-02T10:00:01+01:00", "yesterday").encode(),
        UPO.encode()[:-5],
        b'<!DOCTYPE x [<!ENTITY a "b">]>' + UPO.split("?>")[1].encode(),
        b'<!DOCTYPE x SYSTEM "file:///etc/passwd">' + UPO.split("?>")[1].encode(),
    ],
)
def test_anything_else_is_no_receipt(content: bytes) -> None:
    with pytest.raises(BadAnswer):
        read_upo(content)
