"""Odoo 19: the tree that ``ODOO_PATH`` names, or Debian's package, unpacked into the cache.

Only Debian's unstable has Odoo 19. Apt fetches it with folders of its own, so neither root is
needed nor anything on the machine changed, and checks signatures as always.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from tools import console, locks, paths, processes
from tools.processes import Program

SERIES = "19.0"
PACKAGES = ("odoo-19", "fonts-montserrat", "fonts-roboto-unhinted", "libjs-jquery")
KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
INSTEAD = "Or set ODOO_PATH to an Odoo 19 source tree that you have."
# The package lacks this script; without an answer for it every page logs an error.
MISSING_SCRIPT = "odoo/addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js"


def tree() -> Path:
    """Folder that holds the Python package ``odoo`` of Odoo 19; fetched if it lacks."""
    if given := os.environ.get("ODOO_PATH"):
        return _checked(Path(given).resolve())
    installed = paths.cache() / f"odoo-{SERIES}"
    with locks.held(
        paths.cache() / "odoo.lock", "Another ./dev is fetching Odoo; waiting for it …"
    ):
        if not installed.exists():
            _fetch(installed)
    return installed / "usr/lib/python3/dist-packages"


def _checked(given: Path) -> Path:
    release = given / "odoo/release.py"
    if not release.is_file():
        raise console.Problem(f"ODOO_PATH is {given}, but there is no odoo/release.py in it.")
    found = re.search(r"^version_info = \((\d+), (\d+)", release.read_text("utf-8"), re.MULTILINE)
    if not found or ".".join(found.groups()) != SERIES:
        raise console.Problem(f"ODOO_PATH is {given}, which is not Odoo {SERIES}.")
    return given


def _fetch(target: Path) -> None:
    _require_apt()
    console.say("Fetching Odoo 19 from Debian (143 MB, once) …")
    apt = paths.cache() / "apt"
    unpacked = target.with_name(f"{target.name}.new")
    for folder in (apt, unpacked):
        shutil.rmtree(folder, ignore_errors=True)
    _prepare(apt)
    _update(apt)
    _apt(apt, "odoo-download", "download", *PACKAGES)
    console.say("Unpacking Odoo (1.3 GB) …")
    for package in sorted(apt.glob("*.deb")):
        _completed("odoo-unpack", ["dpkg", "-x", package, unpacked], apt)
    _mend(unpacked)
    unpacked.rename(target)
    shutil.rmtree(apt)


def _require_apt() -> None:
    for program in ("apt-get", "dpkg"):
        if not shutil.which(program):
            raise console.Problem(
                f"Odoo 19 comes from Debian's packages, but there is no {program} here.\n{INSTEAD}"
            )
    if not KEYRING.is_file():
        raise console.Problem(
            "Debian's signing keys are missing: apt-get install debian-archive-keyring\n" + INSTEAD
        )


def _prepare(apt: Path) -> None:
    for folder in (
        "etc/apt/preferences.d",
        "var/cache/apt",
        "var/lib/dpkg",
        "var/lib/apt/lists/partial",
    ):
        (apt / folder).mkdir(parents=True)
    (apt / "var/lib/dpkg/status").touch()


def _update(apt: Path) -> None:
    """Find a mirror, among those the machine uses anyway, that has Debian unstable."""
    mirrors = _mirrors()
    for mirror in mirrors:
        source = f"deb [target=Packages signed-by={KEYRING}] {mirror} sid main\n"
        (apt / "etc/apt/sources.list").write_text(source, encoding="utf-8")
        if _apt_status(apt, "odoo-update", "update") == 0:
            return
    raise console.Problem(
        "None of this machine's package mirrors has Debian unstable (sid), where Odoo 19 is:\n"
        + "\n".join(f"    {mirror}" for mirror in mirrors or ["(apt knows no mirror)"])
        + f"\nName one that has it in DEBIAN_MIRROR. {INSTEAD}"
        + f"\nWhat apt said: {paths.log('odoo-update')}"
    )


def _mirrors() -> list[str]:
    if chosen := os.environ.get("DEBIAN_MIRROR"):
        return chosen.split()
    lines = subprocess.run(
        [
            *("apt-get", "indextargets", "--no-release-info"),
            *("--format", "$(REPO_URI) $(RELEASE) $(COMPONENT)", "Created-By: Packages"),
        ],
        capture_output=True,
        text=True,
        check=False,
    ).stdout.splitlines()
    sources = [line.split() for line in lines]
    return list(
        dict.fromkeys(
            source[0]
            for source in sources
            if len(source) == 3 and source[2] == "main" and "-" not in source[1]
        )
    )


def _apt(apt: Path, name: str, *arguments: str) -> None:
    if _apt_status(apt, name, *arguments) != 0:
        raise console.Problem(
            f"apt-get {arguments[0]} failed; what it said: {paths.log(name)}\n{INSTEAD}"
        )


def _apt_status(apt: Path, name: str, *arguments: str) -> int:
    command = [
        *("apt-get", "-q", "-o", f"Dir={apt}", "-o", "APT::Sandbox::User=root"),
        *("-o", "APT::Update::Error-Mode=any", "-o", "Acquire::Retries=5", *arguments),
    ]
    return _status(name, command, apt)


def _completed(name: str, command: Sequence[str | Path], folder: Path) -> None:
    if _status(name, command, folder) != 0:
        raise console.Problem(f"{command[0]} failed; what it said: {paths.log(name)}")


def _status(name: str, command: Sequence[str | Path], folder: Path) -> int:
    child = processes.complete(
        name,
        Program(argv=command, folder=folder),
        detail=lambda: f"{_megabytes(folder)} MB fetched",
    )
    return int(child.popen.returncode)


def _megabytes(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) // 1_000_000


def _mend(unpacked: Path) -> None:
    """The second copy of the addons goes, the script that the package lacks comes, empty."""
    packages = unpacked / "usr/lib/python3/dist-packages"
    shutil.rmtree(packages / "addons", ignore_errors=True)
    script = packages / MISSING_SCRIPT
    if not script.exists():
        script.parent.mkdir(parents=True, exist_ok=True)
        script.touch()
