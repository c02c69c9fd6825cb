"""Received documents that nobody would write: nothing escapes, nothing hangs, memory is bounded."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest
from memory import MEGABYTE, resident_memory_within
from mutations import MUTATE

from ksef.bill.compose import compose
from ksef.bill.draft import Draft, Outcome
from ksef.bill.facts import MAX_AMOUNT, MAX_BYTES, Form, Obstacle, read_facts
from ksef.fa3.faktura import NAMESPACE
from ksef.fa3.reader import read

GOLDEN = sorted((Path(__file__).parents[1] / "golden").glob("*.xml"))
MUTATIONS = 2000
MOST_MEMORY = 100 * MEGABYTE  # more than before
SLOWEST = 5.0  # seconds of the processor for one document


def take(document: bytes) -> Draft | None:
    """What the bill of a document is made from; ``None`` for what is no FA(3)."""
    facts = read_facts(document)
    if facts.form is not Form.FA3:
        assert facts.obstacle or facts.form is not Form.UNKNOWN
        return None
    return compose(read(document))


def test_two_thousand_mutations_give_a_bill_or_a_reason() -> None:
    dice = random.Random(20260201)
    documents = [path.read_bytes() for path in GOLDEN]
    bills = 0
    with resident_memory_within(MOST_MEMORY):
        for _time in range(MUTATIONS):
            bills += examine(mutate(dice, dice.choice(documents)))
    assert bills > MUTATIONS / 4, "the mutations say nothing if hardly anything can be read"


def mutate(dice: random.Random, document: bytes) -> bytes:
    for _time in range(dice.randint(1, 2)):
        document = dice.choice(MUTATE)(dice, document) if is_tree(document) else document
    return document


def is_tree(document: bytes) -> bool:
    return read_facts(document).obstacle is None


def examine(document: bytes) -> bool:
    """Whether it makes a bill, one that can be booked."""
    began = time.process_time()
    draft = take(document)
    assert time.process_time() - began < SLOWEST
    if draft is None or draft.outcome is Outcome.NO_BILL:
        return False
    assert draft.lines or not draft.targets or not any(target.net for target in draft.targets)
    for line in draft.lines:
        assert line.quantity
        assert abs(line.net) < 2 * MAX_AMOUNT
        assert abs(float(line.quantity) * float(line.price)) < 1e16
    return True


# --- attacks --------------------------------------------------------------------------------

LAUGHS = "".join(f'<!ENTITY l{level} "{f"&l{level - 1};" * 10}">' for level in range(1, 12))
ATTACKS = {
    "doctype": b'<!DOCTYPE Faktura SYSTEM "http://127.0.0.1:9/x.dtd"><Faktura/>',
    "entity": b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><a>&x;</a>',
    "billion_laughs": f'<!DOCTYPE a [<!ENTITY l0 "lol">{LAUGHS}]><a>&l11;</a>'.encode(),
    "deep": b"<a>" * 100_000 + b"</a>" * 100_000,
    "wrong_encoding": '<?xml version="1.0" encoding="UTF-8"?><a>ż</a>'.encode("cp1250"),
    "unknown_encoding": b'<?xml version="1.0" encoding="klingon"?><a/>',
    "no_xml": b"%PDF-1.7 ...",
    "nothing": b"",
    "zero_bytes": b"\x00" * 1000,
}


@pytest.mark.parametrize("name", ATTACKS)
def test_attacks_are_refused_with_a_reason(name: str) -> None:
    began = time.process_time()
    assert read_facts(ATTACKS[name]).obstacle in (Obstacle.NO_XML, Obstacle.EMPTY)
    assert time.process_time() - began < SLOWEST


def test_fifty_megabytes_of_text_are_not_even_parsed() -> None:
    text = b"<Faktura>" + b"x" * 50_000_000 + b"</Faktura>"
    assert len(text) > MAX_BYTES
    assert read_facts(text).obstacle is Obstacle.TOO_LARGE


def test_unknown_roots_are_named() -> None:
    for root in (b"<a/>", b'<Faktura xmlns="urn:x"/>', f'<a xmlns="{NAMESPACE}"/>'.encode()):
        assert read_facts(root).obstacle is Obstacle.UNKNOWN_ROOT


def test_processing_instructions_and_comments_change_nothing() -> None:
    document = next(path for path in GOLDEN if path.name == "S02.xml").read_bytes()
    disguised = document.replace(b"<P_15>", b"<P_15><?php evil()?><!-- 999 -->").replace(
        b"<Fa>", b"<?x?><Fa><!-- -->"
    )
    assert compose(read(disguised)).lines == compose(read(document)).lines


def test_document_of_ten_thousand_rows_is_read_in_seconds() -> None:
    document = next(path for path in GOLDEN if path.name == "S01.xml").read_bytes()
    start = document.index(b"<FaWiersz>")
    row = document[start : document.index(b"</FaWiersz>") + len(b"</FaWiersz>")]
    large = document[:start] + row * 10_000 + document[start:]
    began = time.process_time()
    draft = compose(read(large))
    assert len(draft.lines) == 10_002
    assert time.process_time() - began < 10 * SLOWEST
