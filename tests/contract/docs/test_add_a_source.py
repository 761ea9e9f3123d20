"""docs/how-to/add-a-source.md is true: its snippets load by the doors that it names."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from steppewire import engines
from steppewire.plugins import HOOKS_GROUP, SOURCES_GROUP, Source
from steppewire.rules import SiteRules
from steppewire_fetcher.catalogue import load_catalogue, read_toml

PAGE = (Path(__file__).parents[3] / "docs/how-to/add-a-source.md").read_text("utf-8")
BLOCKS = re.findall(r"^```(toml|python)\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
[TOML, PROJECT] = [text for language, text in BLOCKS if language == "toml"]
[MODULE] = [text for language, text in BLOCKS if language == "python"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The drop-in folder with the page's file."""
    (tmp_path / "ulus.toml").write_text(TOML, "utf-8")
    return tmp_path


def test_the_toml_file_is_a_source(folder: Path) -> None:
    source = read_toml(folder / "ulus.toml")

    assert source.owns("https://www.ulus.example/2026/15-zhana-zhol")
    assert load_catalogue(folder=folder, packs=lambda: ()).sources == {"ulus.example": source}


def test_it_is_about_ten_lines() -> None:
    assert len([line for line in TOML.splitlines() if line]) <= 11


def test_the_check_command_takes_it(folder: Path) -> None:
    [line] = re.findall(r"^steppewire (source check) \S+\.toml$", PAGE, re.MULTILINE)
    command = [sys.executable, "-m", "steppewire.cli", *line.split(), str(folder / "ulus.toml")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)

    assert done.returncode == 0, done.stderr
    assert "ulus.example" in done.stdout


def test_the_package_is_found_by_its_entry_point(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = tomllib.loads(PROJECT)["project"]
    [(name, module)] = project["entry-points"][SOURCES_GROUP].items()
    (tmp_path / f"{module}.py").write_text(MODULE, "utf-8")
    info = tmp_path / f"{module}-1.0.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Name: {project['name']}\nVersion: 1.0.0\n")
    (info / "entry_points.txt").write_text(f"[{SOURCES_GROUP}]\n{name} = {module}\n")
    monkeypatch.syspath_prepend(tmp_path)

    catalogue = load_catalogue()

    assert catalogue.sources["ulus.example"] == read_toml(folder / "ulus.toml")
    assert not [fault for fault in catalogue.faults if name in str(fault)]


@pytest.mark.parametrize("field", sorted({*Source.model_fields} - {"title", "home", "country"}))
def test_every_field_of_a_source_is_explained(field: str) -> None:
    told = {"user_agent"}  # a last resort that we do not advertise

    assert field in told or f"`{field}`" in PAGE or f"[{field}]" in PAGE


@pytest.mark.parametrize("engine", engines.names())
def test_every_engine_is_told(engine: str) -> None:
    assert f"| `{engine}` |" in PAGE


@pytest.mark.parametrize("rule", SiteRules.model_fields)
def test_every_rule_is_explained(rule: str) -> None:
    assert f"`{rule}`" in PAGE or f"`{rule} =" in PAGE


def test_the_group_of_hooks_is_named() -> None:
    assert f"`{HOOKS_GROUP}`" in PAGE
