"""What two documents of one invoice say differently, and whether that is content.

A technical correction may mend what KSeF refused, not what the buyer was told (KSeF API §4.7).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from .schema import parse

# Elements that describe the file, or how to reach somebody; all others say what was sold to whom.
_TECHNICAL = frozenset(
    (
        "Naglowek",
        "Stopka",
        "Adres",
        "AdresKoresp",
        "DaneKontaktowe",
        "NrKlienta",
        "IDNabywcy",
        "DodatkowyOpis",
        "Zalacznik",
    )
)


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One value that two documents have at ``path`` (``Fa/FaWiersz[2]/P_11``); empty: none."""

    path: str
    before: str
    after: str

    @property
    def is_content(self) -> bool:
        """Whether the buyer was told something else, which only a correcting invoice may do."""
        names = {step.partition("[")[0] for step in self.path.split("/")}
        return not names & _TECHNICAL


def compare(before: bytes, after: bytes) -> tuple[Difference, ...]:
    """Every value that differs, in the order of the documents; signs nobody sees do not count.

    Raises ``InvalidDocument`` for what is not well-formed or has a DOCTYPE.
    """
    old, new = (dict(_values(parse(document), "")) for document in (before, after))
    paths = dict.fromkeys((*old, *new))
    return tuple(
        Difference(path=path, before=old.get(path, ""), after=new.get(path, ""))
        for path in paths
        if old.get(path, "") != new.get(path, "")
    )


def _values(element: etree._Element, path: str) -> Iterator[tuple[str, str]]:
    children = [child for child in element if isinstance(child.tag, str)]
    if not children:
        yield path, _seen(element.text or "")
    counts: Counter[str] = Counter()
    for child in children:
        name = etree.QName(child).localname
        counts[name] += 1
        position = f"[{counts[name]}]" if counts[name] > 1 else ""
        yield from _values(child, f"{path}/{name}{position}".lstrip("/"))


def _seen(text: str) -> str:
    """The text as a reader sees it: without control characters, with single spaces."""
    visible = (sign if sign.isprintable() else " " if sign.isspace() else "" for sign in text)
    return " ".join("".join(visible).split())
