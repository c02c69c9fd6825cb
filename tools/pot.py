"""Write the texts of the addon to i18n/account_ksef.pot and merge them into i18n/pl.po.

Names what is not translated yet. With --check nothing is written: fails if something would be.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from tools import databases, paths, processes, server
from tools.processes import Program
from tools.server import Odoo

TEMPLATE = paths.ROOT / "i18n" / f"{paths.ADDON}.pot"
POLISH = paths.ROOT / "i18n" / "pl.po"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--check", action="store_true", help="only say whether it is up to date")


def execute(options: argparse.Namespace) -> int:
    verb = "compare" if options.check else "merge"
    with server.ready() as odoo, tempfile.TemporaryDirectory() as folder:
        exported = Path(folder) / TEMPLATE.name
        with databases.fresh_copy(odoo, "texts") as target:
            _export(odoo, target, exported)
        return processes.attached(
            Program(argv=[odoo.python, "-m", "tools.catalogue", verb, exported, TEMPLATE, POLISH])
        )


def _export(odoo: Odoo, target: str, file: Path) -> None:
    odoo.install(target, paths.ADDON)
    export = ("i18n", "export", "-d", target, "-l", "pot", "-o", str(file), paths.ADDON)
    odoo.complete("odoo-export", odoo.program(*export))
