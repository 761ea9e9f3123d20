"""Imports point down: app -> recipe -> leaf -> steppewire; never back up, never sideways."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import packages_distributions
from itertools import chain
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SERVICES = ("fetcher", "parser", "enricher", "store", "api", "notifier")
FOLDERS = {
    "steppewire": ROOT / "shared",
    **{f"steppewire_{name}": ROOT / "services" / name for name in SERVICES},
    "steppewire_newsroom": ROOT / "newsroom",
}
WIRED = {f"steppewire_{name}" for name in SERVICES}
"""The services; the newsroom is one small web application and has no wiring of its own."""

RECIPES = {
    "steppewire_fetcher": {"discover", "fetch"},
    "steppewire_parser": {"recipe"},
    "steppewire_enricher": {"enrich"},
    "steppewire_store": {"save"},
    "steppewire_notifier": {"notify"},
}
"""The modules that read like a service's table of contents; `app` and tools for people use them."""

TOOLS = {"__init__", "__main__", "app", "stage", "check", "commands"}
"""What stands above a recipe: the wiring, and commands for people."""

PURE = {"errors", "events", "rules", "plugins", "streams", "identity", "wire", "blobs"} | {
    f"language.{name}" for name in ("apostrophes", "lookalikes", "sentences", "abbreviations")
}
"""The language itself: pydantic and the standard library, nothing else."""

NEWER = {"compression"}
"""In the standard library of a Python newer than the one that may run this: 3.14."""
PYDANTIC = {"pydantic", "pydantic_core"}
"""Its core is pinned by pydantic itself to one exact version, so nobody names it."""


@dataclass(frozen=True)
class Import:
    """One import: by whom, of what, where."""

    file: Path
    line: int
    package: str
    module: str
    """Dotted name of the importing module inside its package, such as `sources.zakon`."""
    target: str
    """Dotted name of what is imported."""
    names: tuple[str, ...]
    """What `from target import …` asks for."""

    @property
    def head(self) -> str:
        return self.target.partition(".")[0]

    def reaches(self, dotted: str) -> bool:
        whole = {self.target, *(f"{self.target}.{name}" for name in self.names)}
        return any(name == dotted or name.startswith(f"{dotted}.") for name in whole)

    def __str__(self) -> str:
        what = f"from {self.target} import {', '.join(self.names)}" if self.names else self.target
        return f"{self.file.relative_to(ROOT)}:{self.line}: {what}"


def files(package: str) -> list[Path]:
    return sorted((FOLDERS[package] / package).rglob("*.py"))


def module_name(package: str, file: Path) -> str:
    parts = file.relative_to(FOLDERS[package] / package).with_suffix("").parts
    return ".".join(parts[:-1] if len(parts) > 1 and parts[-1] == "__init__" else parts)


def imports_of(package: str) -> Iterator[Import]:
    for file in files(package):
        module = module_name(package, file)
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    yield Import(file, node.lineno, package, module, alias.name, ())
            elif isinstance(node, ast.ImportFrom):
                names = tuple(alias.name for alias in node.names)
                target = absolute(package, file, node)
                yield Import(file, node.lineno, package, module, target, names)


def absolute(package: str, file: Path, node: ast.ImportFrom) -> str:
    """Resolve `from ..x import y`."""
    if not node.level:
        return node.module or ""
    here = (package, *file.relative_to(FOLDERS[package] / package).parent.parts)
    base = here[: len(here) - node.level + 1]
    return ".".join((*base, node.module) if node.module else base)


EVERY = [one for package in FOLDERS for one in imports_of(package)]


def report(wrong: list[Import], remedy: str) -> str:
    return "\n".join([remedy, *(f"  {one}" for one in wrong)])


def test_every_service_of_the_house_is_there_and_imports_something() -> None:
    silent = [package for package in FOLDERS if not any(one.package == package for one in EVERY)]

    assert silent == [], "no imports were found: has a folder moved?"


def test_services_never_import_each_other() -> None:
    wrong = [
        one
        for one in EVERY
        if one.head.startswith("steppewire_") and one.head != one.package and one.head in FOLDERS
    ]

    assert not wrong, report(wrong, "what two services share belongs to shared/steppewire:")


def test_nobody_imports_a_folder_or_the_tests() -> None:
    folders = {"shared", "services", "newsroom", "tests", "benchmarks"}
    wrong = [one for one in EVERY if one.head in folders]

    assert not wrong, report(wrong, "these are folders; import the packages inside them:")


def test_only_the_reader_of_streams_knows_faststream() -> None:
    knowing = [one for one in EVERY if one.head == "faststream"]
    wrong = [one for one in knowing if (one.package, one.module) != ("steppewire", "broker.reader")]

    assert knowing, "nobody imports it: has the reader moved?"
    assert not wrong, report(wrong, "only steppewire/broker/reader.py may import faststream:")


def test_only_the_wiring_of_a_service_knows_the_broker() -> None:
    wrong = [
        one
        for one in EVERY
        if one.package.startswith("steppewire_")
        and (one.reaches("steppewire.broker") or one.reaches("steppewire.servers.connect"))
        and one.module not in {"app", "__main__"}
    ]

    assert not wrong, report(wrong, "take what you need as an argument; app.py hands it in:")


def test_nobody_imports_the_wiring() -> None:
    wrong = [
        one
        for one in EVERY
        if one.package in WIRED
        and one.reaches(f"{one.package}.app")
        and one.module not in {"__main__", "__init__"}
    ]

    assert not wrong, report(wrong, "app.py stands on top; nothing below may import it:")


def test_no_leaf_imports_the_recipe() -> None:
    wrong = [
        one
        for one in EVERY
        for recipe in RECIPES.get(one.package, ())
        if one.reaches(f"{one.package}.{recipe}") and one.module not in TOOLS | {recipe}
    ]

    assert not wrong, report(wrong, "a recipe calls its leaves, and no leaf calls it back:")


@pytest.mark.parametrize(("package", "recipe"), [(p, r) for p in RECIPES for r in RECIPES[p]])
def test_every_recipe_is_where_this_test_thinks_it_is(package: str, recipe: str) -> None:
    assert (FOLDERS[package] / package / f"{recipe}.py").is_file()


def test_the_shared_language_needs_only_pydantic() -> None:
    allowed = {*PYDANTIC, "steppewire", *sys.stdlib_module_names}
    wrong = [
        one
        for one in EVERY
        if one.package == "steppewire" and one.module in PURE and one.head not in allowed
    ]

    assert not wrong, report(wrong, "these modules are the language; keep them free of machinery:")


@pytest.mark.parametrize("package", FOLDERS)
def test_no_two_modules_import_each_other_in_a_circle(package: str) -> None:
    assert circle(graph(package)) == [], "a circle of imports has no reading order"


def graph(package: str) -> dict[str, set[str]]:
    modules = {module_name(package, file) for file in files(package)} - {"__init__"}
    edges: dict[str, set[str]] = {module: set() for module in modules}
    for one in imports_of(package):
        if one.module in edges:
            edges[one.module] |= targets(one, package, modules) - {one.module}
    return edges


def targets(one: Import, package: str, modules: set[str]) -> set[str]:
    """Return the modules behind an import; `from package import module` means the module."""
    target = one.target.removeprefix(package).removeprefix(".")
    inner = {name: f"{target}.{name}".removeprefix(".") for name in one.names}
    direct = {target} if not one.names or any(i not in modules for i in inner.values()) else set()
    return (direct | set(inner.values())) & modules


def circle(edges: dict[str, set[str]]) -> list[str]:
    """Return the modules of one circle, or nothing."""
    done: set[str] = set()

    def walk(module: str, path: list[str]) -> list[str]:
        if module in path:
            return [*path[path.index(module) :], module]
        if module in done:
            return []
        found = next((c for o in sorted(edges[module]) if (c := walk(o, [*path, module]))), [])
        done.add(module)
        return found

    return next((c for module in sorted(edges) if (c := walk(module, []))), [])


@pytest.mark.parametrize("package", FOLDERS)
def test_every_import_is_declared_as_a_dependency(package: str) -> None:
    known = packages_distributions()
    declared = dependencies(package)
    wrong = [
        one
        for one in imports_of(package)
        # the kit for tests needs what tests need: requirements/dev.in
        if not one.module.startswith("testing")
        and one.head not in {*sys.stdlib_module_names, *NEWER}
        and one.head not in {*PYDANTIC, "steppewire", package}
        and not declared
        & {canonical(name) for name in known.get(one.head, NOT_INSTALLED.get(one.head, [one.head]))}
    ]

    assert not wrong, report(wrong, f"add to {FOLDERS[package].name}/pyproject.toml:")


NOT_INSTALLED = {"pycrfsuite": ["python-crfsuite"]}
"""Modules that only training needs, in an environment of its own, and whose they are."""


def dependencies(package: str) -> set[str]:
    """Return the distributions that a package names, and those of the extras it asks for."""
    said = tomllib.loads((FOLDERS[package] / "pyproject.toml").read_text("utf-8"))
    project = said["project"]
    extras: dict[str, list[str]] = project.get("optional-dependencies", {})
    groups: dict[str, list[str]] = said.get("dependency-groups", {})
    more = chain.from_iterable((*extras.values(), *groups.values()))
    requirements = [*project.get("dependencies", ()), *more]
    shared = [one for one in requirements if canonical(one) == "steppewire"]
    asked = {extra for one in shared for extra in re.findall(r"\w+", one.partition("]")[0])[1:]}
    return {canonical(one) for one in requirements} | of_shared(asked)


def of_shared(asked: set[str]) -> set[str]:
    project = tomllib.loads((FOLDERS["steppewire"] / "pyproject.toml").read_text("utf-8"))
    extras: dict[str, list[str]] = project["project"]["optional-dependencies"]
    names = chain.from_iterable(extras.get(extra, ()) for extra in asked)
    return {canonical(one) for one in (*project["project"]["dependencies"], *names)}


def canonical(requirement: str) -> str:
    """Return the normalised name (PEP 503) of a requirement: `Foo_Bar[x]>=2` -> `foo-bar`."""
    return re.sub(r"[-_.]+", "-", re.split(r"[\[<>=!~; (@]", requirement, maxsplit=1)[0]).lower()


def test_the_search_for_circles_finds_one() -> None:
    assert circle({"a": {"b"}, "b": {"c"}, "c": {"b"}}) == ["b", "c", "b"]
    assert circle({"a": {"b", "c"}, "b": {"c"}, "c": set()}) == []
