"""The pinned requirement files fit the distributions, each other, and every registry."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from itertools import chain
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PINS = ROOT / "requirements"
FOLDERS = {
    **{
        name: f"services/{name}"
        for name in ("fetcher", "parser", "enricher", "store", "api", "notifier")
    },
    "newsroom": "newsroom",
}
REMEDY = "run `make requirements`"


def pins(name: str) -> dict[str, set[str]]:
    """Return what a file pins: name -> versions, more than one where Pythons differ."""
    found: dict[str, set[str]] = {}
    for pin in map(Requirement, lines(name)):
        versions = {one.version for one in pin.specifier}
        found.setdefault(canonicalize_name(pin.name), set()).update(versions)
    return found


def lines(name: str) -> Iterator[str]:
    text = re.sub(r"^\s*#.*$", "", (PINS / f"{name}.txt").read_text("utf-8"), flags=re.MULTILINE)
    for line in re.sub(r"\\\n", " ", text).splitlines():
        if line.strip():
            yield line.partition("--hash")[0]


def asked(folder: str, extras: frozenset[str] = frozenset()) -> Iterator[Requirement]:
    """Yield what a distribution asks for, steppewire's extras included."""
    text = (ROOT / folder / "pyproject.toml").read_text("utf-8")
    project = tomllib.loads(text)["project"]
    optional = project.get("optional-dependencies", {})
    chosen = [one for extra in extras for one in optional[extra]]
    for requirement in map(Requirement, (*project["dependencies"], *chosen)):
        if requirement.name == "steppewire":
            yield from asked("shared", frozenset(requirement.extras))
        else:
            yield requirement


def missing(name: str, wanted: Iterator[Requirement]) -> list[str]:
    pinned = pins(name)
    return [str(one) for one in wanted if not fits(pinned.get(canonicalize_name(one.name)), one)]


def fits(versions: set[str] | None, wanted: Requirement) -> bool:
    return bool(versions) and all(
        wanted.specifier.contains(one, prereleases=True) for one in versions or ()
    )


@pytest.mark.parametrize("name", FOLDERS)
def test_a_services_pins_fit_what_it_asks_for(name: str) -> None:
    assert missing(name, asked(FOLDERS[name])) == [], REMEDY


@pytest.mark.parametrize("folder", [*FOLDERS.values(), "shared"])
def test_the_development_pins_fit_every_distribution(folder: str) -> None:
    extras = {"runtime", "archive", "cli", "trace"} if folder == "shared" else set()

    assert missing("dev", asked(folder, frozenset(extras))) == [], REMEDY


def test_the_pins_of_the_command_fit_what_it_asks_for() -> None:
    command = asked("shared", frozenset({"runtime", "cli", "archive"}))
    replayed = (asked(FOLDERS[name]) for name in ("fetcher", "parser", "enricher"))

    assert missing("ops", chain(command, *replayed)) == [], REMEDY


def test_the_pins_for_traces_fit_what_is_asked_for() -> None:
    assert missing("trace", asked("shared", frozenset({"trace"}))) == [], REMEDY


@pytest.mark.parametrize("name", [*FOLDERS, "ops", "trace", "build", "uv"])
def test_a_service_runs_on_the_very_versions_that_the_tests_ran_on(name: str) -> None:
    tested = pins("dev")

    assert {one: v for one, v in pins(name).items() if not v <= tested.get(one, set())} == {}


@pytest.mark.parametrize("name", [*FOLDERS, "ops", "trace", "build", "uv", "dev"])
def test_every_pin_has_a_hash_and_none_names_a_registry(name: str) -> None:
    text = re.sub(r"\\\n", " ", (PINS / f"{name}.txt").read_text("utf-8"))
    entries = [line for line in text.splitlines() if not line.lstrip().startswith("#")]

    assert [one for one in entries if "==" not in one or "--hash=sha256:" not in one] == []
    assert re.findall(r"https?:|file:|--(?:extra-)?index|--find-links|@ ", text) == []


def test_the_tests_import_only_what_the_development_pins_bring() -> None:
    pinned = pins("dev").keys()
    known = packages_distributions()
    # programs that are run from their folder, such as the storm
    files = list((ROOT / "benchmarks").rglob("*.py"))
    ours = {one for file in files for one in (file.stem, file.parent.name)} | {"tests"}
    ours |= {file.parent.name for file in (ROOT / "tests").rglob("__init__.py")}
    wanted = {
        name
        for file in (ROOT / "tests").rglob("*.py")
        for name in top_imports(file)
        if name not in {*sys.stdlib_module_names, *ours} and not name.startswith("steppewire")
    }
    unpinned = {
        name
        for name in wanted
        if not pinned & {canonicalize_name(one) for one in known.get(name, [name])}
    }

    assert unpinned == set(), "add these to requirements/dev.in, then " + REMEDY


def top_imports(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            yield node.module.partition(".")[0]
