from pathlib import Path

import pytest

from steppewire.plugins import Source
from steppewire.testing.sources import noises, problems, sources_of
from steppewire_fetcher.catalogue import load_catalogue

PACKS = ("steppewire_source_ulus", "steppewire_source_ulus.pack")
GOLDEN = Path(__file__).parent / "golden"
SOURCES = [source for pack in PACKS for source in sources_of(pack)]


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
def test_a_source_keeps_its_promises(source: Source) -> None:
    assert problems(source, GOLDEN / source.name) == []


@pytest.mark.parametrize("pack", PACKS)
def test_importing_a_pack_asks_nothing_of_anybody(pack: str) -> None:
    assert noises(pack) == []


def test_the_fetcher_finds_them_by_their_entry_points() -> None:
    assert {"ulus.example", "aul.example"} <= load_catalogue().sources.keys()
