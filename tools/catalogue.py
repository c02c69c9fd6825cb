"""The translations: ``python -m tools.catalogue merge|compare|check …`` (needs polib).

* ``merge EXPORTED POT PO`` takes over freshly exported texts and names what is untranslated;
* ``compare EXPORTED POT PO`` fails where ``merge`` would change a text;
* ``check POT PO`` fails unless every text is translated, with the same placeholders.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import polib

PLACEHOLDER = re.compile(r"%\(\w+\)[sdf]|%[sdf]|\{\w+\}")
VOLATILE = ("POT-Creation-Date", "PO-Revision-Date")  # would change at each export


def merge(exported: Path, template: Path, translated: Path) -> list[str]:
    """Write both files; what is left to translate."""
    texts = polib.pofile(str(exported))
    for field in VOLATILE:
        texts.metadata.pop(field, None)
    texts.save(str(template))
    catalogue = polib.pofile(str(translated)) if translated.exists() else _empty()
    catalogue.merge(texts)
    for entry in catalogue.obsolete_entries():
        catalogue.remove(entry)
    catalogue.sort(key=lambda entry: (entry.msgid, entry.msgctxt or ""))
    catalogue.save(str(translated))
    return check(template, translated)


def compare(exported: Path, template: Path, translated: Path) -> list[str]:
    """The texts that were added or taken away since the last export."""
    new, old = _ids(exported), _ids(template) if template.exists() else set()
    return [
        *(f"{template.name} lacks, run ./dev pot: {text}" for text in sorted(new - old)),
        *(f"{template.name} still has, run ./dev pot: {text}" for text in sorted(old - new)),
    ]


def check(template: Path, translated: Path) -> list[str]:
    """What is not translated, doubtful, or translated with other placeholders."""
    absent = [
        f"{file} lacks: run ./dev pot" for file in (template, translated) if not file.exists()
    ]
    if absent:
        return absent
    catalogue = polib.pofile(str(translated))
    by_id = {entry.msgid: entry for entry in catalogue if not entry.obsolete}
    return [
        f"{translated.name}: {complaint}: {text}"
        for text in sorted(_ids(template))
        if (complaint := _complaint(text, by_id.get(text)))
    ]


def _complaint(text: str, entry: polib.POEntry | None) -> str | None:
    if entry is None:
        return "lacks"
    if not entry.msgstr:
        return "untranslated"
    if entry.fuzzy:
        return "fuzzy"
    if set(PLACEHOLDER.findall(text)) != set(PLACEHOLDER.findall(entry.msgstr)):
        return "other placeholders"
    return None


def _ids(file: Path) -> set[str]:
    return {entry.msgid for entry in polib.pofile(str(file)) if not entry.obsolete}


def _empty() -> polib.POFile:
    catalogue = polib.POFile()
    catalogue.metadata = {
        "Language": "pl",
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": "nplurals=1; plural=0;",
    }
    return catalogue


VERBS: dict[str, Callable[..., list[str]]] = {"merge": merge, "compare": compare, "check": check}


def main(verb: str, files: Sequence[str]) -> int:
    """Print the complaints; 1 if there are any."""
    complaints = VERBS[verb](*map(Path, files))
    for complaint in complaints:
        print(complaint)
    print(f"{len(complaints)} complaints about the translations")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
