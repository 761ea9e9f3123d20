"""The wire: articles as they arrive, by day, with filters."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from starlette.responses import Response

from steppewire.archive.promise import Facet, Found, Query
from steppewire_api.pages.asked import Asked
from steppewire_api.pages.cards import by_day
from steppewire_api.pages.desk import Desk
from steppewire_api.pages.paper import Reader, page
from steppewire_api.pages.words import parts
from steppewire_api.problems import Problem

NAMES = 60
"""Names that the field for one proposes."""


@dataclass(frozen=True)
class Tongue:
    """A language among the articles, in all its scripts."""

    code: str
    count: int
    tags: Sequence[str]


async def show(desk: Desk, reader: Reader, asked: Asked) -> Response:
    """Show the newest articles that are asked for, and where to find earlier ones."""
    stream = await live(desk, asked)
    found = await find(desk, asked)
    words = reader.words
    return page(
        "now.html",
        reader,
        here="now",
        asked=asked,
        days=by_day(found.items, words, words.here(datetime.now(UTC)).date()),
        earlier=asked.with_(cursor=found.next) if found.next else None,
        tongues=tongues(await desk.languages(), asked.language),
        sources=await desk.sources(),
        names=await desk.named((), NAMES),
        live=stream,
    )


async def find(desk: Desk, asked: Asked) -> Found:
    """Return a page of what is asked for. Raises Problem for a cursor that is none of ours."""
    return await newest(desk, asked.query(desk.zone))


async def newest(desk: Desk, query: Query) -> Found:
    """Return a page of articles. Raises Problem for a cursor that is none of ours."""
    try:
        return await desk.archive.find(query)
    except ValueError as error:
        raise Problem(400, "bad-cursor", str(error).splitlines()[0][:120]) from None


def tongues(facets: Iterable[Facet], chosen: Sequence[str] = ()) -> list[Tongue]:
    """Put scripts together by language; a chosen one is shown even if no article is in it."""
    counted: dict[str, dict[str, int]] = {}
    for facet in facets:
        counted.setdefault(parts(facet.value)[0], {})[facet.value] = facet.count
    for tag in chosen:
        counted.setdefault(parts(tag)[0], {})
    found = [Tongue(code, sum(tags.values()), list(tags)) for code, tags in counted.items()]
    return sorted(found, key=lambda one: -one.count)


async def live(desk: Desk, asked: Asked) -> dict[str, Any]:
    """Return what the live stream is asked for: the same question, from where this page ends.

    The place is asked before the list is, so that what comes in between is told, and known.
    """
    question = asked.model_dump(include={"language", "source", "entity", "q"}, exclude_none=True)
    return {**question, "last_event_id": str((await desk.archive.log_ends())[1])}
