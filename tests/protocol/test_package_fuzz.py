"""Packages that are damaged in every way: what can be read is read, the rest has one error."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from memory import MEGABYTE, resident_memory_within
from mutations import NASTY, cut_off, cut_out, flip_bytes, repeat_slice
from packages import tarred, zipped

from ksef.archive import Compression
from ksef.bill.facts import read_facts
from ksef.errors import BadAnswer
from ksef.export import METADATA_FILE, read_package, read_package_metadata

GOLDEN = sorted((Path(__file__).parents[1] / "golden").glob("S0*.xml"))
PACK = {Compression.ZIP: zipped, Compression.TAR_GZ: tarred}
MUTATIONS = 1000  # of each kind of archive
SLOWEST = 5.0  # seconds of the processor for one package
MOST_MEMORY = 100 * MEGABYTE  # more than before; a file of a package may have 64
AFTERWARDS = (flip_bytes, cut_off, cut_out, repeat_slice)
NAMES = ("../../etc/passwd", "/x.xml", METADATA_FILE, "ż.xml", "a" * 300, "-" * 35 + ".xml", " ")

Files = dict[str, bytes]


def number_of(place: int) -> str:
    return f"5555555555-20260302-{place:012X}-E4"


def metadata_of(place: int) -> dict[str, object]:
    party = {"nip": "5555555555", "name": "A", "identifier": {"type": "Nip", "value": "1"}}
    moment = "2026-03-02T10:00:00+00:00"
    return {
        "ksefNumber": number_of(place),
        "invoiceNumber": f"FV/{place}",
        "issueDate": "2026-03-02",
        **dict.fromkeys(("invoicingDate", "acquisitionDate", "permanentStorageDate"), moment),
        **dict.fromkeys(("seller", "buyer"), party),
        **dict.fromkeys(("netAmount", "grossAmount", "vatAmount"), 1.5),
        **dict.fromkeys(("isSelfInvoicing", "hasAttachment"), False),
        **dict.fromkeys(("invoicingMode", "invoiceType", "invoiceHash", "currency"), "x"),
        "formCode": {"systemCode": "FA (3)", "schemaVersion": "1-0E", "value": "FA"},
        "thirdSubjects": [],
    }


@pytest.fixture(scope="module")
def whole() -> Files:
    """What a package holds as long as nobody has touched it."""
    documents = [path.read_bytes() for path in GOLDEN]
    listed = {"invoices": [metadata_of(place) for place in range(len(documents))]}
    files = {f"{number_of(place)}.xml": text for place, text in enumerate(documents)}
    return {**files, METADATA_FILE: json.dumps(listed).encode()}


# --- what is packed -------------------------------------------------------------------------


def spoil_metadata(dice: random.Random, files: Files) -> None:
    """A value at any depth of the list becomes nonsense, or goes."""
    listed = json.loads(files[METADATA_FILE])
    entry: object = listed
    while isinstance(entry, (dict, list)) and entry:
        inside = entry
        key = dice.choice(list(entry)) if isinstance(entry, dict) else dice.randrange(len(entry))
        entry = entry[key]
        if dice.random() < 0.2:
            break
    nonsense = [*NASTY, None, 1e400, -1, 10**400, True, [], {}, [[]], {"a": {}}]
    inside[key] = dice.choice(nonsense)
    files[METADATA_FILE] = json.dumps(listed, ensure_ascii=dice.random() < 0.5).encode(
        errors="surrogatepass"
    )


def spoil_metadata_bytes(dice: random.Random, files: Files) -> None:
    files[METADATA_FILE] = dice.choice(AFTERWARDS)(dice, files[METADATA_FILE])


def rename_file(dice: random.Random, files: Files) -> None:
    files[dice.choice(NAMES)] = files.pop(dice.choice(list(files)))


def drop_file(dice: random.Random, files: Files) -> None:
    files.pop(dice.choice(list(files)))


BEFOREHAND: tuple[Callable[[random.Random, Files], None], ...] = (
    spoil_metadata,
    spoil_metadata_bytes,
    rename_file,
    drop_file,
)


def damaged(dice: random.Random, files: Files, compression: Compression) -> bytes:
    """Damaged before it is packed, afterwards, or both."""
    files, moment = dict(files), dice.randrange(3)
    if moment != 0:
        dice.choice(BEFOREHAND)(dice, files)
    package = PACK[compression](files)
    return package if moment == 1 else dice.choice(AFTERWARDS)(dice, package)


# --- what comes out -------------------------------------------------------------------------


@pytest.mark.parametrize("compression", list(Compression))
def test_thousand_damaged_packages_are_read_or_refused(
    tmp_path: Path, compression: Compression, whole: Files
) -> None:
    dice = random.Random(20260201)
    outcomes = {True: 0, False: 0}
    with resident_memory_within(MOST_MEMORY):
        for _time in range(MUTATIONS):
            path = tmp_path / "package"
            path.write_bytes(damaged(dice, whole, compression))
            outcomes[is_read(path, compression)] += 1
    assert min(outcomes.values()) > MUTATIONS / 10, "one of the two is hardly tried"


def is_read(path: Path, compression: Compression) -> bool:
    """Whether a package could be read to its end; documents of it are looked into at once."""
    began = time.process_time()
    try:
        for entry in read_package_metadata(path, compression):
            assert entry.metadata is None or float(entry.metadata.gross_amount) < 1e300
        for invoice in read_package(path, compression):
            read_facts(invoice.content)
    except BadAnswer:
        return False
    finally:
        assert time.process_time() - began < SLOWEST
    return True
