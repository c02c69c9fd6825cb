"""Virtual environments with the pinned packages of ``requirements/``.

Each is named after its Python and its pins, so checkouts with other pins have another one.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from tools import console, locks, paths, processes
from tools.processes import Program

RUN = ("run", "test")
LINT = ("lint",)
NEWEST = (3, 13)  # the newest Python that Odoo 19 is made for
PAUSES = (0, 5, 30)  # seconds before each attempt to install: a mirror may be away for a moment


def python(names: Sequence[str] = RUN) -> Path:
    """The interpreter of the environment with these requirements; made if it lacks."""
    pins = [paths.ROOT / "requirements" / f"{name}.txt" for name in names]
    base = _base()
    digest = hashlib.sha256(_version(base).encode())
    for file in pins:
        digest.update(file.read_bytes())
    folder = paths.cache() / f"venv-{names[0]}-{digest.hexdigest()[:10]}"
    with locks.held(folder.with_suffix(".lock"), "Another ./dev is installing; waiting for it …"):
        if not (folder / "complete").exists():
            _make(folder, base, pins)
    return folder / "bin/python"


def _base() -> str:
    """Our own interpreter, or an older one on the PATH where ours is too new for Odoo."""
    if sys.version_info[:2] <= NEWEST:
        return sys.executable
    for minor in range(NEWEST[1], 9, -1):
        if found := shutil.which(f"python3.{minor}"):
            return found
    raise console.Problem(
        f"Odoo 19 runs with Python 3.10 to 3.13; this is {sys.version_info[0]}."
        f"{sys.version_info[1]}, and there is no older one on the PATH.\n"
        "Install one, for example: apt-get install python3.13 python3.13-venv"
    )


def _version(base: str) -> str:
    return subprocess.run(
        [base, "-c", "import sys; print(sys.version, sys.base_prefix)"],
        capture_output=True,
        text=True,
        check=True,
        env=processes.plain_environment(),
    ).stdout


def _make(folder: Path, base: str, pins: Sequence[Path]) -> None:
    """Made where it will stay, for a moved one has wrong paths in its scripts: a mark says done."""
    names = " and ".join(f"requirements/{file.name}" for file in pins)
    console.say(f"Installing the Python packages of {names} …")
    shutil.rmtree(folder, ignore_errors=True)
    child = processes.complete("venv", Program(argv=[base, "-m", "venv", folder]))
    if child.popen.returncode != 0:
        raise console.Problem(
            "Python could not make a virtual environment.\nOn Debian and Ubuntu: "
            f"apt-get install python3-venv\n{processes.tail(child)}"
        )
    _install(folder / "bin/python", pins)
    (folder / "complete").touch()


def _install(interpreter: Path, pins: Sequence[Path]) -> None:
    """With uv if it is there, else with pip; uv may not know what pip is configured with."""
    files = [part for file in pins for part in ("-r", str(file))]
    for pause in PAUSES:
        time.sleep(pause)
        for installer in _installers(interpreter):
            child = processes.complete("install", Program(argv=[*installer, *files]))
            if child.popen.returncode == 0:
                return
    raise console.Problem(f"The Python packages could not be installed.\n{processes.tail(child)}")


def _installers(interpreter: Path) -> Iterator[list[str]]:
    if uv := shutil.which("uv"):
        yield [uv, "pip", "install", "--python", str(interpreter)]
    yield [str(interpreter), "-m", "pip", "install", "--no-input", "--progress-bar=off"]
