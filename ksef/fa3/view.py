"""What a reader is shown of a document: all of it, in the order that people look for it.

It goes by the elements and not by the dataclasses, since documents of strangers hold things that
the schema does not know. Each child of ``Faktura`` and of ``Fa`` belongs to one section, what no
section asks for to the last one, and each text becomes one ``Value`` of its section: so nothing
is lost and nothing is told twice. Names are those of the schema; words are for others to find.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import Enum
from itertools import compress
from typing import Any

from lxml import etree

from . import amounts, simple_types
from .faktura import NAMESPACE, Faktura
from .plan import Part, Place, parts_of
from .rates import GROUPS
from .schema import parse

# A document of the schema is 8 deep. What lies deeper is shown flat.
_DEEPEST = 12
_WIDEST = 7  # columns of a table; records with more fields are shown one by one
_XSI = "{http://www.w3.org/2001/XMLSchema-instance}"


class Kind(Enum):
    """How a text is to be read; ``TEXT`` also where it is no value of its type."""

    TEXT = "text"
    MONEY = "money"
    PRICE = "price"
    QUANTITY = "quantity"
    PERCENT = "percent"
    DAY = "day"
    MOMENT = "moment"
    FLAG = "flag"
    YES_NO = "yes_no"


@dataclass(frozen=True, kw_only=True)
class Value:
    """One filled element or attribute: ``text`` as it stands there, ``content`` as it is read."""

    name: str
    text: str
    kind: Kind = Kind.TEXT
    content: Any = None


@dataclass(frozen=True, kw_only=True)
class Column:
    """``caption`` and ``type`` are set in tables that the document itself names the columns of."""

    name: str
    caption: Value | None = None
    type: Value | None = None


@dataclass(frozen=True, kw_only=True)
class Row:
    """``details`` hold what has no column; ``before`` marks the state before a correction.

    ``name`` heads the row: the total in the table of totals, the number among the identifiers.
    """

    cells: tuple[Value | None, ...]
    details: tuple[Value, ...] = ()
    before: Value | None = None
    name: str = ""
    is_sum: bool = False


@dataclass(frozen=True, kw_only=True)
class Table:
    name: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, kw_only=True)
class Step:
    """A name on the way to a block; ``number`` counts where there are several of it, else 0."""

    name: str
    number: int = 0


@dataclass(frozen=True, kw_only=True)
class Block:
    """Values that stand together below the heading ``path``; none for those of the section."""

    path: tuple[Step, ...] = ()
    values: tuple[Value, ...] = ()
    table: Table | None = None


@dataclass(frozen=True, kw_only=True)
class Section:
    """``number`` counts sections of one name, of which a document may have several."""

    name: str
    blocks: tuple[Block, ...]
    number: int = 0


@dataclass(frozen=True, kw_only=True)
class View:
    """``is_fa3`` is not true of a document of another kind, which is shown as far as it goes."""

    sections: tuple[Section, ...]
    is_fa3: bool
    currency: str


# --- the order of things --------------------------------------------------------------------

TOTALS = "totals"
TECHNICAL = "technical"
OTHER = "other"
_TOTALS_OF_RATES = tuple(
    name for group in GROUPS for name in (group.base, group.tax, group.tax_in_pln) if name
)
# Parties have a section of their own, each.
_PARTIES = ("Podmiot1", "Podmiot2", "Podmiot3", "PodmiotUpowazniony", "Podmiot1K", "Podmiot2K")
_MEMBERS: dict[str, tuple[str, ...]] = {
    "document": (
        *("RodzajFaktury", "P_2", "P_1", "P_1M", "P_6", "OkresFa", "KodWaluty", "KursWalutyZ"),
        *("WZ", "FP", "TP", "ZwrotAkcyzy"),
    ),
    **{name: (name,) for name in _PARTIES},
    "correction": (
        *("PrzyczynaKorekty", "TypKorekty", "DaneFaKorygowanej", "OkresFaKorygowanej"),
        *("NrFaKorygowany", "P_15ZK", "KursWalutyZK"),
    ),
    "rows": ("FaWiersz",),
    "order": ("Zamowienie",),
    TOTALS: (*_TOTALS_OF_RATES, "P_15"),
    "advances": ("ZaliczkaCzesciowa", "FakturaZaliczkowa"),
    "settlement": ("Rozliczenie",),
    "payment": ("Platnosc",),
    "annotations": ("Adnotacje",),
    "conditions": ("WarunkiTransakcji",),
    "descriptions": ("DodatkowyOpis",),
    "attachment": ("Zalacznik",),
    "footer": ("Stopka",),
    TECHNICAL: ("Naglowek",),
    OTHER: (),
}
_SECTION_OF = {name: section for section, names in _MEMBERS.items() for name in names}
# Their content stands with its surroundings, without a heading.
_TRANSPARENT = frozenset(
    (
        *("DaneIdentyfikacyjne", "OkresFa", "Zwolnienie", "NoweSrodkiTransportu", "PMarzy"),
        *(
            "KodFormularza",
            "TerminPlatnosci",
            "TerminOpis",
            "Informacje",
            "Tekst",
            "DaneKontaktowe",
        ),
        *("Rozliczenie", "Platnosc", "Adnotacje", "WarunkiTransakcji", "Zamowienie", "Naglowek"),
        *("Stopka", "Zalacznik", *_PARTIES),
    )
)
_ROW_COLUMNS = {
    "FaWiersz": (
        *("NrWierszaFa", "P_7", "P_8B", "P_8A", "P_9A", "P_9B", "P_10", "P_12", "P_12_XII"),
        *("P_11", "P_11Vat", "P_11A"),
    ),
    "ZamowienieWiersz": (
        *("NrWierszaZam", "P_7Z", "P_8BZ", "P_8AZ", "P_9AZ", "P_12Z", "P_12Z_XII"),
        *("P_11NettoZ", "P_11VatZ"),
    ),
}
_TOTAL_COLUMNS = ("base", "tax", "tax_in_pln")
# They tie rows of different documents together, and tell people nothing.
_IDENTIFIERS = ("UU_ID", "UU_IDZ")
_BEFORE = frozenset(("StanPrzed", "StanPrzedZ"))
_PERCENTS = frozenset(("Udzial", "P_12_XII", "P_12Z_XII"))
_KINDS = {
    amounts.format_money: Kind.MONEY,
    amounts.format_price: Kind.PRICE,
    amounts.format_quantity: Kind.QUANTITY,
    simple_types.write_moment: Kind.MOMENT,
    simple_types.write_flag: Kind.FLAG,
    simple_types.write_yes_no: Kind.YES_NO,
}


@dataclass(frozen=True, kw_only=True)
class _Node:
    """An element with its name and what the schema says of it, if it knows it there."""

    element: etree._Element
    name: str
    part: Part | None

    @property
    def record(self) -> type[Any] | None:
        return self.part.record if self.part else None

    @property
    def is_leaf(self) -> bool:
        return not len(self.element)


# --- what others call -----------------------------------------------------------------------


def lay_out(document: bytes) -> View:
    """Raises ``InvalidDocument`` for what is not well-formed XML or has a DOCTYPE."""
    root = parse(document)
    is_fa3 = root.tag == f"{{{NAMESPACE}}}Faktura"
    name = etree.QName(root).localname
    sections = _sections(root) if name == "Faktura" else _foreign_sections(root, name)
    currency = root.findtext("{*}Fa/{*}KodWaluty") or ""
    return View(
        sections=tuple(sections),
        is_fa3=is_fa3,
        currency=simple_types.collapse_blanks(currency),
    )


def indent(document: bytes) -> str:
    """The XML with one element a line: for reading, for its hash is another one now.

    Raises ``InvalidDocument`` as ``lay_out`` does.
    """
    root = parse(document)
    etree.indent(root)
    text: str = etree.tostring(root, encoding="unicode")
    return text


# --- sections -------------------------------------------------------------------------------


def _sections(root: etree._Element) -> Iterator[Section]:
    members: dict[str, list[_Node]] = {name: [] for name in _MEMBERS}
    for node in _members(root):
        members[_SECTION_OF.get(node.name, OTHER)].append(node)
    surplus = [*_own_values(root), *_values_beside_invoice(root)]
    identifiers = list[Block]()
    for name, nodes in members.items():
        found = _sections_of(name, nodes, surplus if name == OTHER else [])
        sections = [_take_identifiers(section, identifiers) for section in found]
        if name == TECHNICAL and identifiers:
            blocks = tuple(block for section in sections for block in section.blocks)
            sections = [Section(name=name, blocks=(*blocks, *identifiers))]
        yield from sections


def _members(root: etree._Element) -> Iterator[_Node]:
    """The children of the root, and in the place of ``Fa`` its children."""
    for node in _children(root, Faktura):
        if node.name == "Fa" and not node.is_leaf:
            yield from _children(node.element, node.record)
        else:
            yield node


def _values_beside_invoice(root: etree._Element) -> Iterator[Value]:
    for invoice in root.iterchildren("{*}Fa"):
        if len(invoice):
            yield from _own_values(invoice)


def _sections_of(name: str, nodes: list[_Node], surplus: list[Value]) -> Iterator[Section]:
    if name in _PARTIES:
        for number, node in _numbered(nodes):
            if blocks := _blocks([node]):
                yield Section(name=name, blocks=blocks, number=number)
        return
    blocks = _total_blocks(nodes) if name == TOTALS else _blocks(nodes, surplus)
    if blocks:
        yield Section(name=name, blocks=blocks)


def _foreign_sections(root: etree._Element, name: str) -> Iterator[Section]:
    blocks = _blocks(_children(root, None), _own_values(root))
    yield Section(name=name, blocks=blocks)


def _numbered(nodes: list[_Node]) -> Iterator[tuple[int, _Node]]:
    """Numbers from 1, or 0 for the only one."""
    return ((number if len(nodes) > 1 else 0, node) for number, node in enumerate(nodes, 1))


# --- blocks ---------------------------------------------------------------------------------


def _blocks(
    nodes: Iterable[_Node], own: Iterable[Value] = (), path: tuple[Step, ...] = ()
) -> tuple[Block, ...]:
    """The blocks of elements that are siblings; ``own`` are values that belong to them all."""
    values, nested = list(own), list[Block]()
    for group in _grouped(nodes):
        found, blocks = _lay_out_group(group, path)
        values += found
        nested += blocks
    first = [Block(path=path, values=tuple(values))] if values else []
    return (*first, *nested)


def _grouped(nodes: Iterable[_Node]) -> Iterable[list[_Node]]:
    groups: dict[str, list[_Node]] = {}
    for node in nodes:
        groups.setdefault(node.name, []).append(node)
    return groups.values()


def _lay_out_group(
    nodes: list[_Node], path: tuple[Step, ...]
) -> tuple[list[Value], tuple[Block, ...]]:
    """Elements of one name: the values that join their surroundings, and the blocks."""
    name = nodes[0].name
    if all(node.is_leaf for node in nodes) or len(path) >= _DEEPEST:
        return [value for node in nodes for value in _leaves(node)], ()
    if name == "Tabela":
        return [], tuple(block for step, node in _steps(nodes, path) for block in _grid(node, step))
    if columns := _columns(nodes):
        step = Step(name=name)
        return [], (Block(path=(*path, step), table=_table(name, nodes, columns)),)
    if name in _TRANSPARENT:
        return _lay_out_transparent(nodes, path)
    return [], tuple(block for step, node in _steps(nodes, path) for block in _inside(node, step))


def _lay_out_transparent(
    nodes: list[_Node], path: tuple[Step, ...]
) -> tuple[list[Value], tuple[Block, ...]]:
    values, nested = list[Value](), list[Block]()
    for node in nodes:
        for block in _inside(node, path):
            if block.path == path and block.table is None:
                values += block.values
            else:
                nested.append(block)
    return values, tuple(nested)


def _inside(node: _Node, path: tuple[Step, ...]) -> tuple[Block, ...]:
    if node.is_leaf:
        return _blocks((), _leaves(node), path)
    return _blocks(_children(node.element, node.record), _own_values(node.element), path)


def _steps(nodes: list[_Node], path: tuple[Step, ...]) -> Iterator[tuple[tuple[Step, ...], _Node]]:
    for number, node in _numbered(nodes):
        yield (*path, Step(name=node.name, number=number)), node


# --- tables ---------------------------------------------------------------------------------


def _columns(nodes: list[_Node]) -> tuple[str, ...]:
    """The names of the columns if the elements are to be a table; nothing if not."""
    name = nodes[0].name
    if name in _ROW_COLUMNS:
        filled = {child.name for node in nodes for child in _children(node.element, node.record)}
        return tuple(column for column in _ROW_COLUMNS[name] if column in filled)
    names = {child.name for node in nodes for child in _children(node.element, node.record)}
    is_flat = all(len(child) == 0 for node in nodes for child in node.element)
    if name in _TRANSPARENT or len(nodes) < 2 or not is_flat or len(names) > _WIDEST:
        return ()
    return tuple(sorted(names, key=_order_in(nodes[0].record).__getitem__))


class _Order(dict[str, int]):
    """Where a name stands in the schema; names that it does not know come last."""

    def __missing__(self, name: str) -> int:
        return len(self)


def _order_in(record: type[Any] | None) -> _Order:
    names = _parts(record)
    return _Order({name: place for place, name in enumerate(names)})


def _table(name: str, nodes: list[_Node], columns: tuple[str, ...]) -> Table:
    return Table(
        name=name,
        columns=tuple(Column(name=column) for column in columns),
        rows=tuple(_row(node, columns) for node in nodes),
    )


def _row(node: _Node, columns: tuple[str, ...]) -> Row:
    """The first leaf of each name in its column, the rest among the details."""
    cells = dict[str, Value]()
    details = list[Value]()
    before = None
    for value in _leaves(node):
        if value.name in _BEFORE and value.content is True and before is None:
            before = value
        elif value.name in columns and value.name not in cells:
            cells[value.name] = value
        else:
            details.append(value)
    return Row(
        cells=tuple(cells.get(column) for column in columns),
        details=tuple(details),
        before=before,
    )


def _total_blocks(nodes: list[_Node]) -> tuple[Block, ...]:
    """The table of the totals by rates; amounts that have no place in it stand below."""
    values = [value for node in nodes for value in _leaves(node)]
    first = {value.name: value for value in reversed(values)}
    rows = tuple(
        Row(name=group.base, cells=cells)
        for group in GROUPS
        if any(cells := tuple(map(first.get, (group.base, group.tax, group.tax_in_pln))))
    )
    told = {id(cell) for row in rows for cell in row.cells}
    rest = tuple(value for value in values if id(value) not in told)
    table = [Block(table=_without_empty_columns(rows))] if rows else []
    return (*table, *([Block(values=rest)] if rest else []))


def _without_empty_columns(rows: tuple[Row, ...]) -> Table:
    filled = [any(row.cells[at] for row in rows) for at in range(len(_TOTAL_COLUMNS))]
    return Table(
        name=TOTALS,
        columns=tuple(Column(name=name) for name in compress(_TOTAL_COLUMNS, filled)),
        rows=tuple(replace(row, cells=tuple(compress(row.cells, filled))) for row in rows),
    )


def _grid(node: _Node, path: tuple[Step, ...]) -> Iterator[Block]:
    """A table of the attachment: columns, rows and sums as the document names them."""
    children = list(_children(node.element, node.record))
    columns, surplus = list[Column](), list[Value]()
    for child in children:
        if child.name == "TNaglowek":
            surplus += _read_columns(child, columns)
    rows = tuple(_grid_row(child) for child in children if child.name in ("Wiersz", "Suma"))
    around = [c for c in children if c.name not in ("TNaglowek", "Wiersz", "Suma")]
    width = max((len(row.cells) for row in rows), default=0)
    columns += [Column(name="NKom")] * (width - len(columns))
    table = Table(name=node.name, columns=tuple(columns), rows=rows)
    blocks = _blocks(around, [*_own_values(node.element), *surplus], path)
    own = next((block for block in blocks if block.path == path), Block(path=path))
    yield from (block for block in blocks if block is not own)
    yield replace(own, table=table)


def _read_columns(header: _Node, columns: list[Column]) -> list[Value]:
    """Add the columns of a header to ``columns``; return what it holds besides."""
    surplus = _own_values(header.element)
    for node in _children(header.element, header.record):
        leaves = list(_leaves(node))
        caption = next((leaf for leaf in leaves if leaf.name == "NKom"), None)
        kind = next((leaf for leaf in leaves if leaf.name == "Typ"), None)
        surplus += [leaf for leaf in leaves if leaf is not caption and leaf is not kind]
        columns.append(Column(name="NKom", caption=caption, type=kind))
    return surplus


def _grid_row(node: _Node) -> Row:
    """Empty cells keep their place."""
    children = list(_children(node.element, node.record))
    cells = [child for child in children if child.is_leaf and not child.element.attrib]
    details = [leaf for child in children if child not in cells for leaf in _leaves(child)]
    return Row(
        cells=tuple(next(iter(_leaves(cell)), None) for cell in cells),
        details=(*_own_values(node.element), *details),
        is_sum=node.name == "Suma",
    )


def _take_identifiers(section: Section, taken: list[Block]) -> Section:
    """The section without the identifiers of its rows; they are added to ``taken``."""
    blocks = list[Block]()
    for block in section.blocks:
        rows = block.table.rows if block.table else ()
        for name in _IDENTIFIERS:
            if found := tuple(_identifier_rows(rows, name)):
                table = Table(name=name, columns=(Column(name=name),), rows=found)
                taken.append(Block(table=table))
        blocks.append(_without_identifiers(block))
    return replace(section, blocks=tuple(blocks))


def _identifier_rows(rows: tuple[Row, ...], name: str) -> Iterator[Row]:
    for row in rows:
        number = next((cell.text for cell in row.cells if cell), "")
        yield from (Row(name=number, cells=(value,)) for value in row.details if value.name == name)


def _without_identifiers(block: Block) -> Block:
    if block.table is None:
        return block
    rows = (
        replace(row, details=tuple(v for v in row.details if v.name not in _IDENTIFIERS))
        for row in block.table.rows
    )
    return replace(block, table=replace(block.table, rows=tuple(rows)))


# --- values ---------------------------------------------------------------------------------


def _children(element: etree._Element, record: type[Any] | None) -> Iterator[_Node]:
    parts = _parts(record)
    for child in element.iterchildren("*"):
        name = etree.QName(child).localname
        yield _Node(element=child, name=name, part=parts.get(name))


_known_parts: dict[type[Any], dict[str, Part]] = {}


def _parts(record: type[Any] | None) -> dict[str, Part]:
    if record is None:
        return {}
    if record not in _known_parts:
        inside = (part for part in parts_of(record) if part.place is Place.ELEMENT)
        _known_parts[record] = {part.name: part for part in inside}
    return _known_parts[record]


def _leaves(node: _Node) -> Iterator[Value]:
    """All values of an element and of what is inside it, however deep."""
    waiting = [node]
    while waiting:
        current = waiting.pop()
        if current.is_leaf:
            yield from _attributes(current.element)
            yield from _value(current)
        else:
            yield from _own_values(current.element)
            waiting += reversed(list(_children(current.element, current.record)))


def _value(node: _Node) -> Iterator[Value]:
    text = node.element.text or ""
    if node.name != "StopkaFaktury":
        text = simple_types.collapse_blanks(text)
    if text.strip():
        yield _read_value(node, text)


def _read_value(node: _Node, text: str) -> Value:
    simple_type = node.part.simple_type if node.part else None
    # an integer is a code or a count, shown as it is written
    if simple_type is None or simple_type.read is simple_types.read_integer:
        return Value(name=node.name, text=text, content=text)
    try:
        content = simple_type.read(text)
    except ValueError:
        return Value(name=node.name, text=text, content=text)
    return Value(name=node.name, text=text, content=content, kind=_kind_of(node, content))


def _kind_of(node: _Node, content: Any) -> Kind:
    if node.name in _PERCENTS:
        return Kind.PERCENT
    simple_type = node.part.simple_type if node.part else None
    if simple_type is None or isinstance(content, str):
        return Kind.TEXT
    if simple_type.read is simple_types.read_date:
        return Kind.DAY
    return _KINDS.get(simple_type.write, Kind.TEXT)


def _own_values(element: etree._Element) -> list[Value]:
    """What an element with children has of its own: attributes, and text between them."""
    name = etree.QName(element).localname
    texts = [element.text, *(child.tail for child in element)]
    stray = [simple_types.collapse_blanks(text) for text in texts if text and text.strip()]
    return [*_attributes(element), *(Value(name=name, text=text, content=text) for text in stray)]


def _attributes(element: etree._Element) -> Iterator[Value]:
    for name, text in element.attrib.items():
        if text.strip() and not str(name).startswith(_XSI):
            local = etree.QName(str(name)).localname
            yield Value(name=local, text=str(text), content=str(text))
