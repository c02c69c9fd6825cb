#!/usr/bin/env python3
"""Make the compact schemas of ``schemas/`` from the ministry's files.

    tools/compact_schema.py OUTPUT.xsd MAIN.xsd [IMPORTED.xsd ...]

The product accepts and refuses the same documents as the official file and needs nothing
beside itself:

* annotations, comments and indentation go: they are two thirds of the official FA(3) file;
* the simple types of an imported namespace come in as ``<prefix>_<name>``, those that are not
  used stay out, and no ``schemaLocation`` remains for a parser to fetch;
* ``^`` and ``$`` around a pattern go: XML Schema patterns are anchored anyway and take the two
  as ordinary letters, so the official file of the login request refuses every right PeppolId.

``schemas/README.md`` names the official files and the commands.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

from lxml import etree

XSD = "{http://www.w3.org/2001/XMLSchema}"
REFERENCES = ("type", "base", "ref", "itemType", "memberTypes")
HEADER = """<?xml version="1.0" encoding="UTF-8"?>
<!-- Made from {} by tools/compact_schema.py: change that, not this. -->"""


class SchemaError(Exception):
    """The official file has a construct that this script does not know how to keep."""


def read(path: Path) -> etree._Element:
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        huge_tree=False,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
        remove_blank_text=True,
    )
    return etree.parse(str(path), parser).getroot()


def drop_prose(root: etree._Element) -> None:
    for annotation in list(root.iter(f"{XSD}annotation")):
        parent = annotation.getparent()
        if parent is not None:
            parent.remove(annotation)


def strip_anchors(root: etree._Element) -> None:
    for pattern in root.iter(f"{XSD}pattern"):
        value = pattern.get("value", "")
        pattern.set("value", value.removeprefix("^").removesuffix("$"))


def find_source(location: str, sources: dict[str, Path]) -> Path:
    name = unquote(urlsplit(location).path).rsplit("/", 1)[-1]
    if name not in sources:
        raise SchemaError(f"{location} is imported: give its local copy on the command line")
    return sources[name]


def collect_types(location: str, sources: dict[str, Path]) -> dict[str, etree._Element]:
    """Global types of an imported schema and of what it includes, by name."""
    root = read(find_source(location, sources))
    drop_prose(root)
    types: dict[str, etree._Element] = {}
    for child in root:
        if child.tag == f"{XSD}include":
            types.update(collect_types(child.get("schemaLocation", ""), sources))
        elif name := child.get("name"):
            types[name] = child
    return types


def iter_references(root: etree._Element) -> Iterator[tuple[etree._Element, str]]:
    for element in root.iter(f"{XSD}*"):
        for attribute in REFERENCES:
            if attribute in element.attrib:
                yield element, attribute


def names_of(elements: Iterable[etree._Element], prefix: str) -> set[str]:
    """Local names that ``elements`` refer to with ``prefix``."""
    return {
        name.removeprefix(f"{prefix}:")
        for root in elements
        for element, attribute in iter_references(root)
        for name in element.get(attribute, "").split()
        if name.startswith(f"{prefix}:")
    }


def close_over(
    names: set[str], types: dict[str, etree._Element], prefix: str
) -> dict[str, etree._Element]:
    """``names`` and all types they are derived from, sorted by name."""
    found: dict[str, etree._Element] = {}
    while names:
        new = {name: types[name] for name in names}
        found.update(new)
        names = names_of(new.values(), prefix) - found.keys()
    return dict(sorted(found.items()))


def redirect(root: etree._Element, prefix: str, target: str) -> None:
    """Make references ``prefix:Name`` point at the type brought in as ``prefix_Name``."""
    for element, attribute in iter_references(root):
        names = element.get(attribute, "").split()
        if any(name.startswith(f"{prefix}:") for name in names):
            renamed = [
                f"{target}:{prefix}_{name.removeprefix(f'{prefix}:')}"
                if name.startswith(f"{prefix}:")
                else name
                for name in names
            ]
            element.set(attribute, " ".join(renamed))


def prefix_of(root: etree._Element, namespace: str | None) -> str:
    for prefix, value in root.nsmap.items():
        if prefix and value == namespace:
            return prefix
    raise SchemaError(f"no prefix is bound to {namespace}")


def bring_in(root: etree._Element, statement: etree._Element, sources: dict[str, Path]) -> None:
    """Replace one ``xsd:import`` by the types of it that ``root`` uses.

    Only simple types can move to another namespace without changing what the schema accepts:
    they have no element names.
    """
    prefix = prefix_of(root, statement.get("namespace"))
    types = collect_types(statement.get("schemaLocation", ""), sources)
    used = close_over(names_of([root], prefix), types, prefix)
    for name, definition in reversed(used.items()):
        if definition.tag != f"{XSD}simpleType":
            raise SchemaError(f"{prefix}:{name} is not a simple type")
        definition.set("name", f"{prefix}_{name}")
        root.insert(root.index(statement) + 1, definition)
    root.remove(statement)
    redirect(root, prefix, prefix_of(root, root.get("targetNamespace")))


def compact(main: Path, imported: Iterable[Path]) -> bytes:
    root = read(main)
    sources = {path.name: path for path in imported}
    drop_prose(root)
    for statement in root.findall(f"{XSD}import"):
        bring_in(root, statement, sources)
    strip_anchors(root)
    target = prefix_of(root, root.get("targetNamespace"))
    etree.cleanup_namespaces(root, keep_ns_prefixes=[target])
    etree.indent(root, space=" ")
    return f"{HEADER.format(main.name)}\n{etree.tostring(root, encoding='unicode')}\n".encode()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("output", type=Path)
    parser.add_argument("main", type=Path)
    parser.add_argument("imported", type=Path, nargs="*")
    arguments = parser.parse_args()
    try:
        text = compact(arguments.main, arguments.imported)
    except (OSError, SchemaError, etree.XMLSyntaxError) as error:
        print(f"compact_schema: {error}", file=sys.stderr)
        return 1
    arguments.output.write_bytes(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
