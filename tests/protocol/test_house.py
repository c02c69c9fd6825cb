"""The house rules that a reader of the code may rely on; each failure names file and line."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from statistics import median, quantiles

ROOT = Path(__file__).resolve().parents[2]
ADDON = "account_ksef"
PRODUCT = ("ksef", "models", "wizards", "controllers", "report")
MEASURED = ("ksef", "simulator", "models", "wizards", "controllers", "report", "tools")
LONGEST, LONG, USUAL = 40, 25, 15  # lines of a function: never more, 90 % below, median


@dataclass(frozen=True)
class Import:
    """One imported module: ``path`` as a path in the repository or an absolute module name."""

    place: str
    folder: str
    level: int
    module: str

    @property
    def target(self) -> str:
        """Absolute name, seen from the root of the repository: ``ksef.client``, ``odoo.fields``."""
        name = self.module
        if self.level:
            package = self.folder.split("/")
            kept = package[: len(package) - self.level + 1]
            name = ".".join([*kept, *filter(None, [self.module])])
        return name.removeprefix(f"odoo.addons.{ADDON}.")

    def leads_into(self, package: str) -> bool:
        return self.target == package or self.target.startswith(f"{package}.")


def _files(*folders: str) -> list[Path]:
    return sorted(file for folder in folders for file in (ROOT / folder).rglob("*.py"))


@cache
def _nodes(file: Path) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(ast.parse(file.read_text(encoding="utf-8"), str(file))))


def _place(file: Path, node: ast.AST) -> str:
    return f"{file.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}"


def _imports(*folders: str) -> Iterator[Import]:
    for file in _files(*folders):
        yield from _imports_of(file)


@cache
def _imports_of(file: Path) -> tuple[Import, ...]:
    return tuple(_read_imports(file))


def _read_imports(file: Path) -> Iterator[Import]:
    folder = file.parent.relative_to(ROOT).as_posix()
    for node in _nodes(file):
        if isinstance(node, ast.Import):
            place = _place(file, node)
            yield from (Import(place, folder, 0, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from _imported_from(node, _place(file, node), folder)


def _imported_from(node: ast.ImportFrom, place: str, folder: str) -> Iterator[Import]:
    """``from ..ksef import client`` imports the module ``ksef.client``: each name counts."""
    for alias in node.names:
        module = ".".join(filter(None, [node.module, alias.name]))
        yield Import(place, folder, node.level, module)


def _offenders(*folders: str, into: tuple[str, ...]) -> list[str]:
    return [
        f"{found.place} imports {found.target}"
        for found in _imports(*folders)
        if any(found.leads_into(package) for package in into)
    ]


def test_ksef_imports_neither_odoo_nor_the_simulator() -> None:
    assert _offenders("ksef", into=("odoo", "simulator", "models", "wizards", "tools")) == []


def test_ksef_imports_itself_only_relatively() -> None:
    absolute = [found for found in _imports("ksef") if not found.level]
    assert [found.place for found in absolute if found.leads_into("ksef")] == []


def test_simulator_imports_neither_ksef_nor_odoo() -> None:
    assert _offenders("simulator", into=("ksef", "odoo", "models", "wizards", "tools")) == []


def test_one_file_of_the_models_imports_the_client() -> None:
    importing = {found.place.partition(":")[0] for found in _imports("models") if _is_client(found)}
    assert importing == {"models/ksef_gateway.py"}


def _is_client(found: Import) -> bool:
    return found.leads_into("ksef.client")


def test_wizards_controllers_and_reports_leave_the_protocol_to_the_models() -> None:
    assert _offenders("wizards", "controllers", "report", into=("ksef",)) == []


def test_the_product_does_not_know_the_simulator() -> None:
    assert _offenders(*PRODUCT, into=("simulator",)) == []


def test_the_product_does_not_need_the_tools() -> None:
    assert _offenders(*PRODUCT, "simulator", into=("tools",)) == []


def test_the_product_never_sleeps() -> None:
    assert _calls(*PRODUCT, owner="time", name="sleep") == []
    assert _offenders(*PRODUCT, into=("time.sleep",)) == []


def test_the_product_never_commits_behind_the_back_of_the_cron() -> None:
    commits = [
        place for owner in ("cr", "_cr") for place in _calls(*PRODUCT, owner=owner, name="commit")
    ]
    assert commits == [], "ir.cron._commit_progress commits, and only when it may"


def _calls(*folders: str, owner: str, name: str) -> list[str]:
    """Calls of ``owner.name()``, also of ``something.owner.name()``."""
    return [
        _place(file, node)
        for file in _files(*folders)
        for node in _nodes(file)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == name
        and _last_name(node.func.value) == owner
    ]


def _last_name(node: ast.AST) -> str:
    return str(getattr(node, "attr", None) or getattr(node, "id", ""))


def test_no_function_is_longer_than_forty_lines() -> None:
    longer = {place: lines for place, lines in _function_lengths().items() if lines > LONGEST}
    assert longer == {}


def test_nine_functions_of_ten_have_less_than_25_lines() -> None:
    lengths = _function_lengths()
    longest = sorted(lengths.items(), key=lambda item: -item[1])[:20]
    assert quantiles(lengths.values(), n=10)[-1] < LONG, longest


def test_the_median_function_has_at_most_15_lines() -> None:
    assert median(_function_lengths().values()) <= USUAL


def _function_lengths() -> dict[str, int]:
    return {
        f"{_place(file, node)} {node.name}": (node.end_lineno or node.lineno) - node.lineno + 1
        for file in _files(*MEASURED)
        for node in _nodes(file)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    }


def test_every_test_of_odoo_is_imported() -> None:
    """Odoo runs only what ``tests/__init__.py`` imports; pytest needs no such list."""
    source = (ROOT / "tests/__init__.py").read_text(encoding="utf-8")
    imported = {alias.name for node in ast.parse(source).body for alias in _aliases(node)}
    written = {file.stem for file in (ROOT / "tests").glob("test_*.py")}
    assert written - imported == set()


def _aliases(node: ast.stmt) -> list[ast.alias]:
    return node.names if isinstance(node, ast.ImportFrom) else []


def test_every_test_that_the_simulator_names_exists() -> None:
    readme = (ROOT / "simulator/README.md").read_text(encoding="utf-8")
    rows = re.findall(r"\| (\w+) \| `(test_\w+)` \|", readme)
    sources = {name: ROOT / f"tests/protocol/test_simulator_{name}.py" for name, _ in rows}
    missing = [
        test for name, test in rows if f"def {test}(" not in sources[name].read_text("utf-8")
    ]
    assert (len(rows), missing) == (32, [])


def test_conditions_of_views_call_no_method() -> None:
    """The browser evaluates them, with a Python whose texts have no `split`: the page breaks."""
    condition = re.compile(r'\b(?:invisible|readonly|required|decoration-\w+)="[^"]*\.\w+\(')
    views = [file for folder in ("views", "wizards") for file in (ROOT / folder).glob("*.xml")]
    assert [
        f"{file.name}: {found.group()}"
        for file in views
        for found in condition.finditer(file.read_text(encoding="utf-8"))
        if "context.get(" not in found.group()
    ] == []
