"""The tests: ``protocol`` without Odoo, ``odoo`` in a fresh database, ``chaos``, or all of them.

``modules`` are tests in Odoo without Sales, and with modules that have a part in invoices;
``collisions`` have people reach for the same invoices at the same moment. A FILTER for protocol
is a pytest expression (-k); for odoo and modules it is a class, a method or Class.method; for
chaos and collisions a seed, to have the same chances again. The last line says how many tests
passed and how many failed.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable

from tools import chaos, collisions, console, odoo_tests, protocol_tests
from tools.results import Results

SUITES: dict[str, tuple[Callable[[str], Results], ...]] = {
    "protocol": (protocol_tests.run,),
    "odoo": (odoo_tests.run,),
    "modules": (odoo_tests.run_with_other_modules,),
    "collisions": (collisions.run,),
    "chaos": (chaos.run,),
    "all": (
        protocol_tests.run,
        odoo_tests.run,
        odoo_tests.run_with_other_modules,
        collisions.run,
        chaos.run,
    ),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("suite", nargs="?", choices=sorted(SUITES), default="all")
    parser.add_argument("filter", nargs="?", default="")


def execute(options: argparse.Namespace) -> int:
    total = Results()
    for suite in SUITES[options.suite]:
        total += suite(options.filter)
    for complaint in total.complaints:
        console.tell(complaint)
    console.tell(str(total))
    return 0 if total.is_success else 1
