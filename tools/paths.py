"""Where things lie: what all checkouts share, and what belongs to this one."""

from __future__ import annotations

import functools
import hashlib
import os
from pathlib import Path

ADDON = "account_ksef"
ROOT = Path(__file__).resolve().parent.parent


@functools.cache
def cache() -> Path:
    """Folder of everything fetched or made; all of it may be deleted.

    For root it is not in the home folder: the embedded PostgreSQL runs as another user there,
    who has to be able to walk to its data.
    """
    if chosen := os.environ.get("ACCOUNT_KSEF_CACHE"):
        return Path(chosen).resolve()
    if os.geteuid() == 0:
        return Path("/var/cache") / ADDON
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base).resolve() / ADDON


def key() -> str:
    """Short name of this checkout, from its path: a second clone has another one."""
    return hashlib.sha256(str(ROOT).encode()).hexdigest()[:8]


@functools.cache
def own() -> Path:
    """What belongs to this checkout alone: databases, files, logs, locks."""
    folder = cache() / "checkouts" / key()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "checkout").write_text(f"{ROOT}\n", encoding="utf-8")
    return folder


def log(name: str) -> Path:
    """Log file of one child process; the next start of the same name overwrites it."""
    folder = own() / "logs"
    folder.mkdir(exist_ok=True)
    return folder / f"{name}.log"


def addons() -> Path:
    """Addons folder with one link, the repository under the addon's technical name."""
    folder = own() / "addons"
    folder.mkdir(exist_ok=True)
    return _linked(folder, ADDON, ROOT)


def imports(tree: Path) -> Path:
    """Folder for ``PYTHONPATH`` that holds one link, the package ``odoo`` of ``tree``."""
    folder = own() / "imports"
    folder.mkdir(exist_ok=True)
    return _linked(folder, "odoo", tree / "odoo")


def _linked(folder: Path, name: str, target: Path) -> Path:
    link = folder / name
    if not link.is_symlink() or link.readlink() != target:
        link.unlink(missing_ok=True)
        link.symlink_to(target)
    return folder
