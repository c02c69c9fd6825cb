"""The simple types of the FA(3) schema: how their values become text, and text a value.

The names are those of the schema; ``etd_`` types are those of its base schema. A type says with
``limit`` how many characters it takes.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timezone
from decimal import Decimal
from typing import Annotated, Any

from . import amounts

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)", re.ASCII)
_BLANKS = re.compile(r"[ \t\r\n]+")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MOMENT = re.compile(
    r"(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.(\d+))?(Z|[+-]\d{2}:\d{2})?", re.ASCII
)


@dataclass(frozen=True, kw_only=True)
class SimpleType:
    """``read`` raises ``ValueError`` for text that is no value of the type.

    ``write`` may give an empty text, which means that the element stays out of the document:
    only ``may_be_empty`` types stand there empty.
    """

    write: Callable[[Any], str]
    read: Callable[[str], Any]
    limit: int | None = None
    may_be_empty: bool = False


def collapse_blanks(text: str) -> str:
    """What a validator makes of an ``xsd:token``; a no-break space is an ordinary character."""
    return _BLANKS.sub(" ", text).strip(" ")


def read_decimal(text: str) -> Decimal:
    text = collapse_blanks(text)
    if not _NUMBER.fullmatch(text):
        raise ValueError(text)
    return Decimal(text)


def read_date(text: str) -> date:
    text = collapse_blanks(text)
    if not _DATE.fullmatch(text):
        raise ValueError(text)
    return date.fromisoformat(text)


def read_moment(text: str) -> datetime:
    """With or without zone, as it is written; what is finer than a microsecond is cut off."""
    match = _MOMENT.fullmatch(collapse_blanks(text))
    if not match:
        raise ValueError(text)
    seconds, fraction, zone = match.groups()
    digits = (fraction or "")[:6].ljust(6, "0")
    return datetime.fromisoformat(f"{seconds}.{digits}{(zone or '').replace('Z', '+00:00')}")


def write_moment(moment: datetime) -> str:
    """To the second. A moment with a zone is written in UTC, one without stays without."""
    if moment.tzinfo is None:
        return moment.strftime("%Y-%m-%dT%H:%M:%S")
    return moment.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def write_flag(yes: bool) -> str:
    """Nothing for no: ``1`` is the only value of the type, and the element stays out."""
    return "1" if yes else ""


def read_flag(text: str) -> bool:
    if collapse_blanks(text) != "1":
        raise ValueError(text)
    return True


def write_yes_no(yes: bool) -> str:
    return "1" if yes else "2"


def read_yes_no(text: str) -> bool:
    answer = {"1": True, "2": False}.get(collapse_blanks(text))
    if answer is None:
        raise ValueError(text)
    return answer


def read_integer(text: str) -> int:
    return int(collapse_blanks(text))


def _token(limit: int | None = None, *, may_be_empty: bool = False) -> SimpleType:
    return SimpleType(write=str, read=collapse_blanks, limit=limit, may_be_empty=may_be_empty)


def _string(limit: int | None = None) -> SimpleType:
    return SimpleType(write=str, read=str, limit=limit)


_INTEGER = SimpleType(write=str, read=read_integer)
_CHOICE = _token()
_DAY = SimpleType(write=date.isoformat, read=read_date)

TKwotowy = Annotated[Decimal, SimpleType(write=amounts.format_money, read=read_decimal)]
TKwotowy2 = Annotated[Decimal, SimpleType(write=amounts.format_price, read=read_decimal)]
TIlosci = Annotated[Decimal, SimpleType(write=amounts.format_quantity, read=read_decimal)]
TProcentowy = Annotated[Decimal, SimpleType(write=amounts.format_quantity, read=read_decimal)]
TNaturalny = Annotated[int, _INTEGER]
integer = Annotated[int, _INTEGER]

TData = Annotated[date, _DAY]
TDataT = Annotated[date, _DAY]
TDataU = Annotated[date, _DAY]
TDataCzas = Annotated[datetime, SimpleType(write=write_moment, read=read_moment)]

etd_TWybor1 = Annotated[bool, SimpleType(write=write_flag, read=read_flag)]
etd_TWybor1_2 = Annotated[bool, SimpleType(write=write_yes_no, read=read_yes_no)]

TZnakowy = Annotated[str, _token(256)]
TZnakowy2 = Annotated[str, _token(256, may_be_empty=True)]
TZnakowy20 = Annotated[str, _token(20)]
TZnakowy50 = Annotated[str, _token(50)]
TZnakowy512 = Annotated[str, _token(512)]
TNumerTelefonu = Annotated[str, _token(16)]
TGLN = Annotated[str, _token(13)]
IDNabywcy = Annotated[str, _token(32)]
BDO = Annotated[str, _token(9)]
etd_TTekstowy = Annotated[str, _string(3500)]
etd_TAdresEmail = Annotated[str, _token(255)]

etd_TNrNIP = Annotated[str, _string(10)]
etd_TNrIdentyfikacjiPodatkowej = Annotated[str, _string(50)]
etd_TNrKRS = Annotated[str, _string(10)]
etd_TNrREGON = Annotated[str, _string(14)]
TNrVatUE = Annotated[str, _string(12)]
TNIPIdWew = Annotated[str, _token(20)]
TNumerKSeF = Annotated[str, _token(36)]
TNrRB = Annotated[str, _string(34)]
SWIFT_Type = Annotated[str, _string(11)]
LinkDoPlatnosci = Annotated[str, _token(512)]
IPKSeF = Annotated[str, _token(13)]

etd_TKodKraju = Annotated[str, _CHOICE]
TKodyKrajowUE = Annotated[str, _CHOICE]
TKodWaluty = Annotated[str, _CHOICE]
TRodzajFaktury = Annotated[str, _CHOICE]
TStawkaPodatku = Annotated[str, _CHOICE]
TOznaczenieProcedury = Annotated[str, _CHOICE]
TOznaczenieProceduryZ = Annotated[str, _CHOICE]
TGTU = Annotated[str, _CHOICE]
TypKolumny = Annotated[str, _CHOICE]
TFormaPlatnosci = Annotated[int, _INTEGER]
TLadunek = Annotated[int, _INTEGER]
TRachunekWlasnyBanku = Annotated[int, _INTEGER]
TRodzajTransportu = Annotated[int, _INTEGER]
TRolaPodmiotu3 = Annotated[int, _INTEGER]
TRolaPodmiotuUpowaznionego = Annotated[int, _INTEGER]
TStatusInfoPodatnika = Annotated[int, _INTEGER]
TTypKorekty = Annotated[int, _INTEGER]
