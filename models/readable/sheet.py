"""The view of a document in words, as the template sets it."""

from dataclasses import dataclass, replace
from itertools import zip_longest

from odoo.tools.translate import LazyTranslate

from ...ksef.fa3.view import Kind, Value
from .wording import NUMBERS, RATES, Wording

_lt = LazyTranslate(__name__)

PARTIES = ("Podmiot1", "Podmiot2", "Podmiot3", "PodmiotUpowazniony", "Podmiot1K", "Podmiot2K")
TITLE = ("RodzajFaktury", "P_2")
UNLABELLED = ("Nazwa", "AdresL1", "AdresL2", "StopkaFaktury", "Akapit", "ZNaglowek", "Opis")
STRONG = ("Nazwa", "DoZaplaty", "NrRB", "Termin", "ZNaglowek")
NEGATIVE_FLAGS = ("P_19N", "P_22N", "P_PMarzyN")
LONG_WORD = 30  # characters; longer ones are broken where the cell ends

UNNUMBERED = _lt("(without a number)")
KSEF_NUMBER = _lt("KSeF number")
LEFT_OUT = _lt("%(count)s more rows are not shown here. The PDF and the XML have all of them.")
NOT_FA3 = _lt(
    "This document is not FA(3) but of another kind (%(name)s). It is shown as far as its "
    "elements are known; the file itself is what counts."
)
PAGE = _lt("Document FA(3): what KSeF holds is the XML; this is a reading aid made from it.")


@dataclass(frozen=True, kw_only=True)
class Item:
    """A text with its label; `style` is a class of the style sheet, `hint` explains a code."""

    label: str = ""
    text: str = ""
    hint: str = ""
    style: str = ""


@dataclass(frozen=True, kw_only=True)
class Line:
    """A row of a table. `badge` marks the state before a correction."""

    cells: tuple[Item, ...]
    details: tuple[Item, ...] = ()
    badge: str = ""
    style: str = ""


@dataclass(frozen=True, kw_only=True)
class Grid:
    """`left_out` says how many rows are missing, if any are."""

    columns: tuple[Item, ...]
    lines: tuple[Line, ...]
    left_out: str = ""


@dataclass(frozen=True, kw_only=True)
class Part:
    heading: str = ""
    items: tuple[Item, ...] = ()
    grid: Grid | None = None


@dataclass(frozen=True, kw_only=True)
class Chapter:
    name: str
    title: str
    parts: tuple[Part, ...]

    @property
    def is_short(self):
        """Whether it is better kept on one page."""
        return not any(part.grid for part in self.parts)


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """`ksef_number` is an empty item for a document that has none, or none yet."""

    title: str
    number: str
    ksef_number: Item
    facts: tuple[Item, ...]
    parties: tuple[Chapter, ...]
    chapters: tuple[Chapter, ...]
    notice: str
    note: str


class SheetWriter:
    """Words a `View`. Tables end after `row_limit` rows, if it is set."""

    def __init__(self, lang, row_limit=None):
        self.wording = Wording(lang)
        self.row_limit = row_limit
        self.currency = ""

    def compose(self, view, ksef_number=""):
        self.currency = view.currency
        sections = {section.name: section for section in view.sections}
        document = sections.get("document")
        title, facts = self._split_title(document)
        others = [s for s in view.sections if s.name not in ("document", *PARTIES)]
        return Sheet(
            **title,
            ksef_number=self._label_number(ksef_number),
            facts=tuple(map(self._item, facts)),
            parties=tuple(self._chapter(s) for s in view.sections if s.name in PARTIES),
            chapters=(*self._surplus(document), *map(self._chapter, others)),
            notice="" if view.is_fa3 else self._not_fa3(view),
            note=self.wording.translate(PAGE),
        )

    # === HEAD === #

    def _split_title(self, section):
        """Return what stands in the title, and the values that stand below it."""
        values = section.blocks[0].values if section and not section.blocks[0].path else ()
        first = {value.name: value for value in reversed(values) if value.name in TITLE}
        kind, number = first.get("RodzajFaktury"), first.get("P_2")
        title = {
            "title": self.wording.say(kind) if kind else self.wording.label("document"),
            "number": number.text if number else self.wording.translate(UNNUMBERED),
        }
        return title, [value for value in values if value not in (kind, number)]

    def _surplus(self, section):
        """Blocks of the document's section that the head has no room for."""
        blocks = [block for block in section.blocks if block.path] if section else []
        return [self._chapter(replace(section, blocks=tuple(blocks)))] if blocks else []

    def _label_number(self, number):
        return Item(label=self.wording.translate(KSEF_NUMBER), text=number) if number else Item()

    def _not_fa3(self, view):
        name = view.sections[0].name if len(view.sections) == 1 else "Faktura"
        return self.wording.translate(NOT_FA3) % {"name": name}

    # === CHAPTERS === #

    def _chapter(self, section):
        title = self.wording.label(section.name)
        return Chapter(
            name=section.name,
            title=f"{title} {section.number}" if section.number else title,
            parts=tuple(self._part(section, block) for block in section.blocks),
        )

    def _part(self, section, block):
        return Part(
            heading=self._heading(section, block),
            items=tuple(map(self._item, sorted(block.values, key=_is_no_name))),
            grid=self._grid(block.table) if block.table else None,
        )

    def _heading(self, section, block):
        """The way to the block; a table of the same title as its section needs none."""
        steps = [
            f"{self.wording.label(step.name)} {step.number or ''}".strip() for step in block.path
        ]
        return "" if steps == [self.wording.label(section.name)] else " · ".join(steps)

    def _item(self, value):
        is_labelled = value.name not in UNLABELLED
        return Item(
            label=self.wording.label(value.name) if is_labelled else "",
            text=self.wording.say_in_currency(value, self.currency),
            style=_style_of(value),
        )

    # === TABLES === #

    def _grid(self, table):
        rows = table.rows[: self.row_limit]
        left_out = len(table.rows) - len(rows)
        names = [Item()] if any(row.name for row in table.rows) else []
        columns = tuple(
            self._column(column, [row.cells[at] for row in rows if at < len(row.cells)])
            for at, column in enumerate(table.columns)
        )
        return Grid(
            columns=(*names, *columns),
            lines=tuple(self._line(row, columns) for row in rows),
            left_out=self.wording.translate(LEFT_OUT) % {"count": left_out} if left_out else "",
        )

    def _column(self, column, cells):
        caption, kind = column.caption, column.type
        kinds = {cell.kind for cell in cells if cell}
        is_numeric = bool(kinds) and kinds <= set(NUMBERS)
        is_numeric = is_numeric or (kind is not None and kind.text in ("dec", "int"))
        text = self.wording.label(column.name) if kind is None else ""
        return Item(
            text=caption.text if caption else text,
            hint=kind.text if kind else "",
            style="o_num" if is_numeric else "",
        )

    def _line(self, row, columns):
        """Rows that the document has too short are filled up."""
        names = [Item(text=self.wording.label(row.name))] if row.name else []
        cells = zip_longest(row.cells, columns)
        return Line(
            cells=(*names, *(self._cell(cell, column) for cell, column in cells)),
            details=tuple(map(self._item, row.details)),
            badge=self.wording.label(row.before.name) if row.before else "",
            style=self._line_style(row),
        )

    def _line_style(self, row):
        if row.before:
            return "o_before"
        return "o_sum" if row.is_sum else ""

    def _cell(self, value, column):
        if value is None:
            return Item()
        text = self.wording.say_shortly(value)
        is_long = max(map(len, text.split()), default=0) > LONG_WORD
        return Item(
            text=text,
            hint=self.wording.find_words(value) if value.name in RATES else "",
            style="o_long" if is_long else column.style,
        )


def _is_no_name(value: Value):
    """The name of a party comes first, although the schema has it behind the tax number."""
    return value.name != "Nazwa"


def _style_of(value: Value):
    if value.name in STRONG:
        return "o_strong"
    if value.name == "P_15":
        return "o_due"
    if value.name == "StopkaFaktury":
        return "o_text"
    is_no = value.kind is Kind.YES_NO and value.content is False
    return "o_no" if is_no or value.name in NEGATIVE_FLAGS else ""
