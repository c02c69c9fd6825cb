"""Documents that fill each element that the schema has, and texts that no other place has."""

from dataclasses import fields
from datetime import date, datetime
from decimal import Decimal
from itertools import count

from ..ksef.fa3 import simple_types
from ..ksef.fa3.faktura import Faktura
from ..ksef.fa3.plan import parts_of

CODES = {"RodzajFaktury": "VAT", "KodWaluty": "EUR", "KodKraju": "DE", "P_12": "23"}
VALUES = {
    simple_types.read_decimal: lambda number: Decimal(f"{number}.37"),
    simple_types.read_date: lambda number: date(2026, 1 + number % 12, 1 + number % 28),
    simple_types.read_moment: lambda number: datetime(2026, 3, 1 + number % 28, 9, 30),
    simple_types.read_flag: lambda number: True,
    simple_types.read_yes_no: lambda number: True,
    simple_types.read_integer: lambda number: 1 + number % 3,
}


def make_full_document():
    """A `Faktura` with every branch of every choice, and twice what may stand there often."""
    return _fill(Faktura, count(1))


def _fill(record, numbers):
    return record(**{part.name: _content(part, numbers) for part in parts_of(record)})


def _content(part, numbers):
    if part.is_repeated:
        return (_one(part, numbers), _one(part, numbers))
    return _one(part, numbers)


def _one(part, numbers):
    if part.record:
        return _fill(part.record, numbers)
    number = next(numbers)
    make = VALUES.get(part.simple_type.read)
    return make(number) if make else CODES.get(part.name, f"{part.name}~{number}")


def element_names():
    """All names of elements and attributes below `Faktura`."""
    waiting, known, names = [Faktura], set(), set()
    while waiting:
        record = waiting.pop()
        if record not in known:
            known.add(record)
            names |= {item.name for item in fields(record)} - {"text"}
            waiting += [part.record for part in parts_of(record) if part.record]
    return names
