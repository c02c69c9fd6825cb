"""How many entries of each kind the schema takes, tried on the golden documents."""

from __future__ import annotations

from copy import deepcopy
from functools import cache
from pathlib import Path

import pytest
from lxml import etree

from ksef.fa3.faktura import NAMESPACE
from ksef.fa3.schema import find_schema_problems, read_limits

GOLDEN = Path(__file__).parents[1] / "golden"
LIMITS = read_limits()


@cache
def examples() -> dict[str, Path]:
    """A golden document for each element that may be repeated, where there is one."""
    known = {}
    for file in sorted(GOLDEN.glob("*.xml")):
        root = etree.parse(file).getroot()
        known |= {path: file for path in LIMITS.keys() - known if find(root, path) is not None}
    return known


def find(root: etree._Element, path: str) -> etree._Element | None:
    return root.find("/".join(f"{{{NAMESPACE}}}{name}" for name in path.split("/")))


def crowd(path: str, count: int) -> etree._Element:
    """The golden document of ``path`` with ``count`` of that element in the first place."""
    root = etree.parse(examples()[path]).getroot()
    entry = find(root, path)
    assert entry is not None
    holder = entry.getparent()
    assert holder is not None
    for _number in range(count - len(holder.findall(entry.tag))):
        entry.addnext(deepcopy(entry))
    return root


REPEATED = sorted(examples())


def test_only_what_is_never_written_has_no_example() -> None:
    never = {"Podmiot2/DaneKontaktowe", "Podmiot3/DaneKontaktowe"}
    never |= {"PodmiotUpowazniony/DaneKontaktowe"}
    missing = {path for path in LIMITS if path not in REPEATED and "Zalacznik" not in path}
    assert missing == never


@pytest.mark.parametrize("path", REPEATED)
def test_as_many_as_the_schema_takes_are_right(path: str) -> None:
    assert find_schema_problems(crowd(path, LIMITS[path])) == ()


@pytest.mark.parametrize("path", REPEATED)
def test_one_more_is_counted(path: str) -> None:
    (problem,) = find_schema_problems(crowd(path, LIMITS[path] + 1))
    assert (problem.code, problem.path) == ("E-CNT-01", path)
    assert (problem.value, problem.expected) == (str(LIMITS[path] + 1), str(LIMITS[path]))


def test_each_holder_is_counted_alone() -> None:
    path = "Fa/WarunkiTransakcji/Transport/WysylkaPrzez"
    root = crowd(path, LIMITS[path])
    transport = find(root, "Fa/WarunkiTransakcji/Transport")
    assert transport is not None
    transport.addnext(deepcopy(transport))
    assert find_schema_problems(root) == ()
