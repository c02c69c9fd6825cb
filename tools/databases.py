"""The databases of this checkout: a template that takes a minute to make, and its copies."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from tools import console, database, locks, paths
from tools.server import Odoo

TEMPLATE = database.name("template")
DEMO = database.name("demo")
# The modules that every Polish database has, with Odoo's demo data; the addon comes after.
TEMPLATE_MODULES = "l10n_pl,account,sale"
TEMPLATE_OPTIONS = ("--with-demo", "--load-language=en_US,pl_PL")
# What Odoo reads into the database when it installs or updates the addon.
INSTALLED_FOLDERS = (
    *("controllers", "data", "demo", "i18n", "migrations", "models", "report", "security"),
    *("static", "views", "wizards"),
)
LOADED_SUFFIXES = frozenset({".py", ".xml", ".csv", ".po", ".sql", ".js", ".scss", ".css"})


def ensure_demo(odoo: Odoo) -> None:
    """Make the demo database, or bring it up to date with the files of the addon."""
    template = ensure_template(odoo)
    addon = _addon_mark()
    done_template, _, done_addon = odoo.cluster.mark(DEMO).partition(" ")
    if done_template != template:
        console.say("Making the demo database …")
        with _template_locked():
            odoo.cluster.copy(TEMPLATE, DEMO)
        odoo.install(DEMO, paths.ADDON)
    elif done_addon != addon:
        console.say("Updating the addon in the demo database …")
        odoo.update(DEMO, paths.ADDON)
    odoo.cluster.set_mark(DEMO, f"{template} {addon}")


@contextmanager
def fresh_copy(odoo: Odoo, role: str) -> Iterator[str]:
    """A copy of the template without the addon, for one use; gives its name."""
    ensure_template(odoo)
    target = database.name(role)
    with locks.held(
        paths.own() / f"{role}.lock", "Another ./dev of this checkout uses that database; waiting …"
    ):
        with _template_locked():
            odoo.cluster.copy(TEMPLATE, target)
        try:
            yield target
        finally:
            odoo.cluster.drop(target)


def ensure_template(odoo: Odoo) -> str:
    """Make the template if it lacks; returns what it was made from."""
    release = odoo.tree / "odoo/release.py"
    made_from = _digest(
        str(odoo.tree), str(release.stat().st_mtime_ns), TEMPLATE_MODULES, *TEMPLATE_OPTIONS
    )
    with _template_locked():
        if odoo.cluster.mark(TEMPLATE) != made_from:
            console.say("Making a database with Odoo's Polish accounting (a minute, once) …")
            odoo.cluster.create(TEMPLATE)
            odoo.install(TEMPLATE, TEMPLATE_MODULES, *TEMPLATE_OPTIONS)
            odoo.cluster.set_mark(TEMPLATE, made_from)
    return made_from


def _template_locked() -> AbstractContextManager[None]:
    return locks.held(
        paths.own() / "template.lock", "Another ./dev is making the template; waiting for it …"
    )


def _addon_mark() -> str:
    files = sorted(paths.ROOT.glob("*.py"))
    for folder in INSTALLED_FOLDERS:
        files += sorted(
            file for file in (paths.ROOT / folder).rglob("*") if file.suffix in LOADED_SUFFIXES
        )
    return _digest(*(f"{file.relative_to(paths.ROOT)}{file.read_bytes()!r}" for file in files))


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
