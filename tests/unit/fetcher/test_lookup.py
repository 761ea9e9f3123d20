"""The source of a page is found by its address, without loading the others."""

from __future__ import annotations

from pathlib import Path

import pytest

from steppewire_fetcher.catalogue import load_catalogue
from steppewire_fetcher.lookup import Owners

OWNER = Owners()
SOURCES = load_catalogue().sources.values()


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
def test_every_source_is_found_by_each_of_its_hosts(source):
    assert {OWNER(f"https://{host}/news/1").name for host in source.hosts} == {source.name}


@pytest.mark.parametrize(
    "url", ["https://example.kz/1", "https://notzakon.kz/1", "https://[broken/", "zakon.kz", ""]
)
def test_other_addresses_belong_to_nobody(url):
    assert OWNER(url) is None


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("STEPPEWIRE_SOURCES_DIR", str(tmp_path))
    return tmp_path


def test_a_source_that_was_dropped_in_goes_before_one_of_a_pack(folder):
    (folder / "own.toml").write_text(
        'name = "own"\ntitle = "Own"\nhome = "https://www.zakon.kz/"\n'
    )

    assert Owners()("https://zakon.kz/1").name == "own"


def test_a_broken_file_owns_nothing_and_hides_nobody(folder):
    (folder / "a.toml").write_text('home = "https://zakon.kz/"\nbroken')
    (folder / "b.toml").write_text('home = "https://zakon.kz/"\npoll = "never"\n')
    (folder / "c.toml").write_bytes(b"zakon.kz \xff")

    assert Owners()("https://zakon.kz/1").name == "zakon.kz"


def test_a_source_written_as_python_is_found_too(tmp_path, monkeypatch):
    info = tmp_path / "stranger-1.0.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Name: stranger\nVersion: 1.0.0\n")
    (info / "entry_points.txt").write_text("[steppewire.sources]\nstranger = stranger_sources\n")
    (tmp_path / "stranger_sources.py").write_text(
        'SOURCES = [{"title": "S", "home": "https://stranger.example/"}, {"title": "broken"}, 5]\n'
    )
    monkeypatch.syspath_prepend(tmp_path)

    assert Owners()("https://stranger.example/1").name == "stranger.example"
    assert Owners()("https://zakon.kz/1").name == "zakon.kz"
