"""Ways to damage a document: its bytes, its elements, their contents."""

from __future__ import annotations

import random
from collections.abc import Callable
from copy import deepcopy

from lxml import etree

from ksef.fa3.faktura import NAMESPACE

NASTY = (
    "", " ", "-", "NaN", "Infinity", "1e400", "-0", "0", "٣", "1,5", "+7", ".5", "1.", "--1",
    "9" * 20, "9" * 5000, "0." + "0" * 400 + "1", "-99999999999999.99", "2026-02-30", "0001-01-01",
    "9999-12-31", "\ud7ff", "\u00a0", "żółw" * 300, "<&>", "23%", "ZW", "np", "KOR", "UPR",
    "1", "2",
)  # fmt: skip

Mutation = Callable[[random.Random, bytes], bytes]


# --- bytes ----------------------------------------------------------------------------------


def flip_bytes(dice: random.Random, document: bytes) -> bytes:
    changed = bytearray(document)
    for _time in range(dice.randint(1, 8)):
        changed[dice.randrange(len(changed))] = dice.randrange(256)
    return bytes(changed)


def cut_off(dice: random.Random, document: bytes) -> bytes:
    return document[: dice.randrange(len(document))]


def cut_out(dice: random.Random, document: bytes) -> bytes:
    start = dice.randrange(len(document))
    return document[:start] + document[start + dice.randint(1, 200) :]


def repeat_slice(dice: random.Random, document: bytes) -> bytes:
    start = dice.randrange(len(document))
    end = start + dice.randint(1, 400)
    return document[:end] + document[start:end] * dice.randint(1, 5) + document[end:]


def recode(dice: random.Random, document: bytes) -> bytes:
    return document.decode(errors="replace").encode(
        dice.choice(["utf-16", "cp1250", "utf-32"]), "replace"
    )


# --- structure ------------------------------------------------------------------------------


def on_tree(change: Callable[[random.Random, list[etree._Element]], None]) -> Mutation:
    """A mutation of the bytes by way of the elements."""

    def mutate(dice: random.Random, document: bytes) -> bytes:
        root = etree.fromstring(document)
        change(dice, list(root.iter(etree.Element))[1:])
        return etree.tostring(root, encoding="UTF-8", xml_declaration=True)

    return mutate


def drop_elements(dice: random.Random, elements: list[etree._Element]) -> None:
    for element in dice.sample(elements, min(len(elements), dice.randint(1, 6))):
        if element.getparent() is not None:
            element.getparent().remove(element)


def double_elements(dice: random.Random, elements: list[etree._Element]) -> None:
    for element in dice.sample(elements, 3):
        for _time in range(dice.randint(1, 4)):
            element.addnext(deepcopy(element))


def move_elements(dice: random.Random, elements: list[etree._Element]) -> None:
    element, target = dice.sample(elements, 2)
    if element not in target.iterancestors():
        target.append(deepcopy(element))


def write_nonsense(dice: random.Random, elements: list[etree._Element]) -> None:
    leaves = [element for element in elements if not len(element)]
    for element in dice.sample(leaves, min(len(leaves), dice.randint(1, 5))):
        element.text = dice.choice(NASTY)


def scale_amounts(dice: random.Random, elements: list[etree._Element]) -> None:
    amounts = [element for element in elements if etree.QName(element).localname[:2] == "P_"]
    for element in dice.sample(amounts, min(len(amounts), 4)):
        element.text = dice.choice(["-", ""]) + str(dice.choice([0, 0.01, 1, 1e9, 123456.78]))


def rename_elements(dice: random.Random, elements: list[etree._Element]) -> None:
    for element in dice.sample(elements, 2):
        other = dice.choice(elements)
        element.tag = dice.choice([other.tag, "{urn:else}Fa", f"{{{NAMESPACE}}}Nieznany"])


def nest_deeply(dice: random.Random, elements: list[etree._Element]) -> None:
    inner = dice.choice(elements)
    for _level in range(dice.choice([5, 60, 200])):
        inner = etree.SubElement(inner, inner.tag)


MUTATE: tuple[Mutation, ...] = (
    flip_bytes,
    cut_off,
    cut_out,
    repeat_slice,
    recode,
    *map(
        on_tree,
        (
            drop_elements,
            double_elements,
            move_elements,
            write_nonsense,
            scale_amounts,
            rename_elements,
            nest_deeply,
        ),
    ),
)
