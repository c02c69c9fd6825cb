"""The document FA(3): one class for each complex type, in the order of the schema.

Classes and fields bear the schema's own names; a class of an anonymous type has the name of its
element. What the schema demands has no default. Of a choice all branches are here, and it is for
the schema to see that one is taken. ``None``, an empty text, a ``False`` in a field of the type
``etd_TWybor1`` and an object without content stay out of the document.

The comment behind a field says what one needs to know beyond the name; what the elements mean is
told in the ministry's information brochure on FA(3).

The header stands here; then, as they follow in the document, ``parties``, ``invoice`` (with
``annotations``, ``payment``, ``conditions`` and ``order``), ``footer`` and ``attachment``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

from ..plan import ATTRIBUTE, TEXT
from ..simple_types import TDataCzas, TZnakowy, integer
from .attachment import Zalacznik
from .footer import Stopka
from .invoice import Fa
from .parties import Podmiot1, Podmiot2, Podmiot3, PodmiotUpowazniony

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
