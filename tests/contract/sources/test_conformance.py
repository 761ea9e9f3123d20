"""One suite for every source that is registered: to be registered is to be tested."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from steppewire import engines
from steppewire.plugins import Source
from steppewire.rules import SELECTORS
from steppewire.testing.frozen import frozen
from steppewire.testing.sources import PROMISES, meets, noises, sources_of

PACK = "steppewire_fetcher.sources"
GOLDEN = Path(__file__).parent / "golden"
SOURCES = sources_of(PACK)
FILES = sorted(Path(str(__import__(PACK, fromlist=["x"]).__file__)).parent.glob("*.toml"))
LINES = 20
"""The promise for an ordinary site; blank lines and comments (the evidence) are not counted."""


@pytest.mark.parametrize("promise", PROMISES, ids=lambda promise: promise.__name__)
@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
def test_a_source_keeps_its_promises(
    source: Source, promise: Callable[[Source, Path], Iterator[str]]
) -> None:
    assert list(promise(source, GOLDEN / source.name)) == []


def test_importing_the_pack_asks_nothing_of_anybody() -> None:
    assert noises(PACK) == []


def test_golden_documents_belong_to_a_source() -> None:
    assert {folder.name for folder in GOLDEN.iterdir()} <= {source.name for source in SOURCES}


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
def test_a_source_says_how_sure_it_is_and_since_when(source: Source) -> None:
    assert source.checked
    assert source.languages
    assert source.country
    assert source.discover
    assert source.article


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_source_is_one_small_file_named_like_it(path: Path) -> None:
    lines = [line for line in path.read_text("utf-8").splitlines() if line.strip()]
    said = [line for line in lines if not line.startswith("#")]

    assert len(said) <= LINES
    assert lines[0].startswith("# "), "begin with a comment: which facts it rests on"
    assert path.stem in {source.name for source in SOURCES}


@pytest.mark.parametrize("engine", engines.names())
def test_what_an_engine_says_is_shown_by_some_site_that_runs_on_it(engine: str) -> None:
    pages = [
        page
        for source in SOURCES
        if source.engine == engine
        for page in frozen(source, GOLDEN / source.name)
        if page.kind == "page"
    ]
    rules = engines.completed({"engine": engine})["rules"]
    common = engines.inherited(None, None, ())
    unseen = [
        f"{field}: {own}"
        for field in SELECTORS
        for own in rules.get(field, ())
        if own not in common.get(field, ()) and not any(meets(p, field, own) for p in pages)
    ]

    assert unseen == []
