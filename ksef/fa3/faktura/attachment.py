"""``Zalacznik``: blocks of data, text and tables that belong to the invoice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from ..plan import ATTRIBUTE
from ..simple_types import TypKolumny, TZnakowy, TZnakowy2, TZnakowy512


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
