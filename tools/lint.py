"""Every check that needs no running Odoo: style, types, Odoo's habits, translations, news."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from tools import console, environment, paths, processes
from tools.processes import Program

NEWS = re.compile(r"\d+\.(feature|bugfix|doc|removal|misc)\.md")
# Markdown describes as well as reStructuredText.
OCA_DISABLED = "--disable=prefer-readme-rst"
# It wants texts that are the same in both languages left empty; we want to see each translated.
OCA_PO_DISABLED = "--disable=po-pretty-format"
TYPED = ("ksef", "simulator")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No options."""


def execute(options: argparse.Namespace) -> int:
    failed = []
    for name, argv in _checks().items():
        console.say(name)
        if processes.attached(Program(argv=argv)) != 0:
            failed.append(name)
    console.say("newsfragments")
    if complaints := news_complaints(paths.ROOT / "newsfragments"):
        console.tell("\n".join(complaints))
        failed.append("newsfragments")
    if failed:
        raise console.Problem(f"lint: {', '.join(failed)}")
    console.say("Nothing to complain about.")
    return 0


def _checks() -> dict[str, list[str | Path]]:
    main, lint = environment.python(), environment.python(environment.LINT)
    addon = paths.addons() / paths.ADDON
    typed = [part for package in TYPED for part in ("-p", package)]
    return {
        "ruff": [lint, "-m", "ruff", "check", "--output-format=concise", addon],
        "ruff format": [lint, "-m", "ruff", "format", "--check", "--output-format=concise", "."],
        "mypy": [lint, "-m", "mypy", "--strict", "--python-executable", main, *typed],
        "pylint-odoo": [lint, "-m", "pylint", addon],
        "oca-checks": [
            *(lint.with_name("oca-checks-odoo-module"), OCA_DISABLED, addon),
        ],
        "oca-checks-po": [
            *(lint.with_name("oca-checks-po"), OCA_PO_DISABLED),
            *sorted((paths.ROOT / "i18n").glob("*.po*")),
        ],
        "translations": [
            *(main, "-m", "tools.catalogue", "check"),
            *(paths.ROOT / "i18n" / name for name in (f"{paths.ADDON}.pot", "pl.po")),
        ],
    }


def news_complaints(folder: Path) -> list[str]:
    """Fragments with a wrong name, or with nothing in them."""
    fragments = [file for file in folder.glob("*") if file.name != "README.md"]
    return [
        *(f"{file.name}: not ISSUE.TYPE.md" for file in fragments if not NEWS.fullmatch(file.name)),
        *(f"{file.name}: empty" for file in fragments if not file.read_text("utf-8").strip()),
    ]
