"""Golden documents: what each scenario has to give, as files in `golden/`.

A file is the document itself, indented for those who read it. Only what no two runs have in
common is replaced: the identifiers of rows, and the version of this program.
"""

import os
import re
from difflib import unified_diff
from pathlib import Path

from lxml import etree

from ..ksef.fa3.faktura import NAMESPACE

FOLDER = Path(__file__).parent / "golden"
_VERSION = re.compile(rb"(?<=account_ksef )[\d.]+(?=</SystemInfo>)")
_ROW_IDENTIFIERS = (f"{{{NAMESPACE}}}UU_ID", f"{{{NAMESPACE}}}UU_IDZ")


def name_of(test, variant=""):
    """`S05` or `S05_variant` for a test named `test_s05_…`."""
    scenario = test.split("_")[1].upper()
    return "_".join(filter(None, [scenario, variant]))


def readable(document):
    """The text of the file for a document."""
    root = etree.fromstring(_VERSION.sub(b"1.0", document))
    known = {}
    for row in root.iter(*_ROW_IDENTIFIERS):
        row.text = known.setdefault(row.text, f"{len(known) + 1:032x}")
    etree.indent(root)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True).decode() + "\n"


def differences(name, document):
    """How the document differs from its file, line by line; empty if it does not.

    With `KSEF_GOLDEN=write` in the environment the file is written instead.
    """
    file = FOLDER / f"{name}.xml"
    found = readable(document)
    if os.environ.get("KSEF_GOLDEN") == "write":
        file.write_text(found, encoding="utf-8")
    expected = file.read_text(encoding="utf-8") if file.exists() else ""
    lines = unified_diff(
        expected.splitlines(), found.splitlines(), f"golden/{name}.xml", "built now", lineterm=""
    )
    return "\n".join(lines)
