"""Reading the official receipt, UPO. Its schema is too narrow to be enforced:
receipts of the test environments and every signature fail it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lxml import etree

from .errors import BadAnswer
from .markup import parse_xml
from .wire import parse_moment


@dataclass(frozen=True, kw_only=True)
class UpoEntry:
    """What the receipt says of one invoice; ``invoice_hash`` is Base64 of its SHA-256."""

    seller_nip: str
    ksef_number: str
    invoice_number: str
    invoice_hash: str
    sent_at: datetime
    acquired_at: datetime
    mode: str


@dataclass(frozen=True, kw_only=True)
class UpoDocument:
    """A receipt, of one invoice or of a page of a session."""

    receiver: str
    session_reference: str
    form: str
    entries: tuple[UpoEntry, ...]

    def entry(self, invoice_hash: str) -> UpoEntry | None:
        """What it says of our document, None if it is about others."""
        return next((entry for entry in self.entries if entry.invoice_hash == invoice_hash), None)


def read_upo(content: bytes) -> UpoDocument:
    """Raises BadAnswer for anything that is no UPO."""
    root = parse_xml(content)
    if etree.QName(root).localname != "Potwierdzenie":
        raise BadAnswer("no UPO")
    return UpoDocument(
        receiver=_text(root, "NazwaPodmiotuPrzyjmujacego"),
        session_reference=_text(root, "NumerReferencyjnySesji"),
        form=_text(root, "KodFormularza"),
        entries=tuple(_entry(element) for element in root.iterfind("{*}Dokument")),
    )


def _entry(element: etree._Element) -> UpoEntry:
    return UpoEntry(
        seller_nip=_text(element, "NipSprzedawcy"),
        ksef_number=_text(element, "NumerKSeFDokumentu"),
        invoice_number=_text(element, "NumerFaktury"),
        invoice_hash=_text(element, "SkrotDokumentu"),
        sent_at=parse_moment(_text(element, "DataPrzeslaniaDokumentu")),
        acquired_at=parse_moment(_text(element, "DataNadaniaNumeruKSeF")),
        mode=_text(element, "TrybWysylki"),
    )


def _text(element: etree._Element, name: str) -> str:
    text = element.findtext(f"{{*}}{name}")
    if text is None:
        raise BadAnswer(f"a UPO without {name}")
    return text.strip()
