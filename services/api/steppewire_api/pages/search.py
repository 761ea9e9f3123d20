"""Search in any spelling: what was found, where the words are, and ways to narrow it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from starlette.responses import Response

from steppewire.archive.promise import Facet, Found, Named
from steppewire_api.pages.asked import Asked
from steppewire_api.pages.called import called
from steppewire_api.pages.cards import Day, by_day, flat
from steppewire_api.pages.desk import Desk
from steppewire_api.pages.now import NAMES, Tongue, find, tongues
from steppewire_api.pages.paper import Reader, page
from steppewire_api.pages.words import Words

_SOURCES, _NAMES = 12, 12


@dataclass(frozen=True)
class Facets:
    """What the articles that match have in common; a filter's own values as if it were not set."""

    count: int
    tongues: Sequence[Tongue]
    sources: Sequence[Facet]
    names: Sequence[Named]


async def show(desk: Desk, reader: Reader, asked: Asked) -> Response:
    """Show what is found, the best first; without a question, only the field for one."""
    asked = asked if asked.order else asked.model_copy(update={"order": "relevance"})
    if not asked.is_narrow:
        return page("search.html", reader, here="search", facets=None, **await _form(desk, asked))
    found, facets = await asyncio.gather(find(desk, asked), facets_of(desk, asked))
    words = reader.words
    return page(
        "search.html",
        reader,
        here="search",
        facets=facets,
        local=called(found.items, words.language),
        days=_listed(found, asked, words),
        earlier=asked.with_(cursor=found.next) if found.next else None,
        **await _form(desk, asked),
    )


def _listed(found: Found, asked: Asked, words: Words) -> list[Day]:
    if asked.ordered == "relevance":
        return flat(found.items, words, words("search.best"))
    return by_day(found.items, words, words.here(datetime.now(UTC)).date())


async def _form(desk: Desk, asked: Asked) -> dict[str, Any]:
    return {
        "asked": asked,
        "tongues": tongues(await desk.languages(), asked.language),
        "sources": await desk.sources(),
        "names": await desk.named((), NAMES),
    }


async def facets_of(desk: Desk, asked: Asked) -> Facets:
    """Count what matches, and what it would be narrowed to."""
    query = asked.query(desk.zone)
    any_language = query.model_copy(update={"language": ()})
    any_source = query.model_copy(update={"source": ()})
    count, languages, sources, names = await asyncio.gather(
        desk.archive.count(query),
        desk.archive.facets("language", 50, any_language),
        desk.archive.facets("source", _SOURCES, any_source),
        desk.archive.entities(_NAMES, query=query),
    )
    return Facets(count, tongues(languages, asked.language), sources, names)
