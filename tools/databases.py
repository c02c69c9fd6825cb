"""The databases of this checkout: a template that takes a minute to make, and its copies."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

from tools import console, database, locks, paths
from tools.server import Odoo

DEMO = database.name("demo")


@dataclass(frozen=True, kw_only=True)
class Template:
    """A database without the addon, which comes after: made once, then copied for each use.

    ``modules`` are installed into a copy of ``below``, or into an empty database.
    """

    role: str
    modules: str
    options: tuple[str, ...] = ("--load-language=en_US,pl_PL",)
    below: Template | None = None

    @property
    def name(self) -> str:
        return database.name(self.role)


# The modules that Polish databases have, with Odoo's demo data.
USUAL = Template(
    role="template",
    modules="l10n_pl,account,sale",
    options=("--with-demo", "--load-language=en_US,pl_PL"),
)
# What the addon cannot do without.
BARE = Template(role="bare_template", modules="l10n_pl,account")
# Modules that have a part in invoices, none of which the addon depends on.
FULL = Template(
    role="full_template",
    modules="sale_stock,purchase,account_debit_note,l10n_eu_oss,point_of_sale",
    below=USUAL,
)
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
            odoo.cluster.copy(USUAL.name, DEMO)
        odoo.install(DEMO, paths.ADDON)
    elif done_addon != addon:
        console.say("Updating the addon in the demo database …")
        odoo.update(DEMO, paths.ADDON)
    odoo.cluster.set_mark(DEMO, f"{template} {addon}")


@contextmanager
def fresh_copy(odoo: Odoo, role: str, template: Template = USUAL) -> Iterator[str]:
    """A copy of the template without the addon, for one use; gives its name."""
    ensure_template(odoo, template)
    target = database.name(role)
    with locks.held(
        paths.own() / f"{role}.lock", "Another ./dev of this checkout uses that database; waiting …"
    ):
        with _template_locked():
            odoo.cluster.copy(template.name, target)
        try:
            yield target
        finally:
            odoo.cluster.drop(target)


def ensure_template(odoo: Odoo, template: Template = USUAL) -> str:
    """Make the template if it lacks; returns what it was made from."""
    release = odoo.tree / "odoo/release.py"
    below = ensure_template(odoo, template.below) if template.below else ""
    made_from = _digest(
        *(str(odoo.tree), str(release.stat().st_mtime_ns), below),
        *(template.modules, *template.options),
    )
    with _template_locked():
        if odoo.cluster.mark(template.name) != made_from:
            _make(odoo, template)
            odoo.cluster.set_mark(template.name, made_from)
    return made_from


def _make(odoo: Odoo, template: Template) -> None:
    console.say(f"Making a database with {template.modules} (a minute, once) …")
    if template.below:
        odoo.cluster.copy(template.below.name, template.name)
    else:
        odoo.cluster.create(template.name)
    odoo.install(template.name, template.modules, *template.options)


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
