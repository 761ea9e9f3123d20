"""The page of sources, from what ships."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from pathlib import Path

import steppewire_fetcher.sources
from generating.markdown import page, table
from steppewire.plugins import Source
from steppewire_fetcher.catalogue import members
from steppewire_fetcher.drafting.files import HEAD, row

ROOT = Path(__file__).parents[3]
NEWSROOM = ROOT / "newsroom" / "steppewire_newsroom"


def sources_page() -> str:
    """Return the table of the sources that ship, and of those that the demo plays."""
    played = [_source_of(path) for path in sorted((NEWSROOM / "sources").glob("*.toml"))]
    return page(
        "Sources",
        "News sites that steppewire knows, and how sure we are of what it knows:\n"
        "**H** two or more recent accounts agree, **M** one recent account, **L** old or "
        "contradictory.\n"
        "The facts come from public scrapers, feed lists and stored pages; none was checked "
        "against the live site.\n"
        "Each source has golden pages and lists, written by us in its site's markup, and one suite "
        "reads them all.\n"
        "`steppewire source check NAME --live` tells whether the facts still hold, and "
        "[adding a source](../how-to/add-a-source.md) how to write one.",
        "## Shipped",
        f"{len(shipped())} sources.",
        _sources_table(shipped()),
        "## Where each looks for news",
        "In order of preference; every point is looked at.",
        _points_table(shipped()),
        "## Played by the demo's newsroom",
        "Written after the real sites, as TOML files in `newsroom/steppewire_newsroom/sources/`; "
        "`trouble.example` plays everything that can go wrong.",
        _sources_table(played),
    )


def shipped() -> list[Source]:
    """Return the sources of our own pack, by country and name."""
    found = [one for _, one in members(steppewire_fetcher.sources, "our pack")]
    faults = [one for one in found if not isinstance(one, Source)]
    if faults:
        raise faults[0]
    sources = [one for one in found if isinstance(one, Source)]
    return sorted(sources, key=lambda source: (source.country or "", source.name))


def _source_of(path: Path) -> Source:
    return Source.model_validate(tomllib.loads(path.read_text("utf-8")))


def _sources_table(sources: Sequence[Source]) -> str:
    return table(HEAD, [row(source) for source in sources])


def _points_table(sources: Sequence[Source]) -> str:
    rows = [
        (f"`{source.name}`" if not number else "", point.kind, f"`{point.url}`")
        for source in sources
        for number, point in enumerate(source.discover)
    ]
    return table(("source", "kind", "address"), rows)
