"""`steppewire entities`: whom a name means, and corrections that hold from then on."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def entities(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "steppewire.cli", "entities", *words], capture_output=True, text=True
    )


def test_a_name_shows_its_id_and_names():
    told = entities("show", "Касым-Жомарт Токаев").stdout
    assert told.startswith("person/toqaev-qasym-jomart\n")
    assert "uz-Cyrl: Қосим-Жомарт Тўқаев" in told


def test_what_is_recorded_as_the_same_is_shown_as_one(tmp_path: Path):
    file = str(tmp_path / "entities.toml")
    assert entities("same", "person/~a", "person/~b", "--file", file).returncode == 0
    assert entities("show", "person/~b", "--file", file).stdout.startswith("person/~a\n")


def test_what_is_recorded_as_apart_tells_by_which_words(tmp_path: Path):
    file = str(tmp_path / "entities.toml")
    done = entities("apart", "person/~a", "person/~a.x", "--when", "Қарағанды", "--file", file)
    assert done.returncode == 0
    assert "person/~a.x where the text has Қарағанды" in entities(
        "show", "person/~a", "--file", file
    ).stdout  # fmt: skip


def test_a_contradiction_is_refused_and_the_file_stays(tmp_path: Path):
    file = tmp_path / "entities.toml"
    entities("same", "person/~a", "person/~b", "--file", str(file))
    before = file.read_text("utf-8")
    told = entities("apart", "person/~a", "person/~b", "--when", "x", "--file", str(file))
    assert told.returncode != 0
    assert "both same and apart" in told.stderr
    assert file.read_text("utf-8") == before


def test_without_a_file_the_remedy_is_named():
    told = entities("same", "person/~a", "person/~b")
    assert told.returncode != 0
    assert "--file" in told.stderr
    assert len(told.stderr.strip().splitlines()) == 1
