"""What the pages read from, and what of it may be a few seconds old."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any, Literal, TypeVar
from zoneinfo import ZoneInfo

from redis.exceptions import RedisError

from steppewire.archive.hooks import Book
from steppewire.archive.promise import Archive, Facet, Named, Query, Record
from steppewire.quarantine import Quarantine
from steppewire_api.gauges import Gauges
from steppewire_api.pages.letters import Letters
from steppewire_api.pages.pace import Pace

ZONE = ZoneInfo("Asia/Almaty")
FRESH = 20.0
"""Seconds for which counts of all articles are shown again: every page would count anew."""
LATELY = timedelta(days=30)
"""How far back names are counted: who was in the news, not who ever was."""
MOST_SOURCES = 1000
T = TypeVar("T")


@dataclass
class Desk:
    """The archive, the gauges of the newswire, and the zone in which pages tell times."""

    archive: Archive
    gauges: Gauges
    quarantine: Quarantine
    book: Book
    zone: ZoneInfo = ZONE
    _known: dict[str, tuple[float, Any]] = field(default_factory=dict)

    @cached_property
    def letters(self) -> Letters:
        """Reads dead letters."""
        return Letters(self.gauges.redis, self.gauges.partitions)

    @cached_property
    def pace(self) -> Pace:
        """Remembers how fast the stages are."""
        return Pace(self.gauges.redis, self.gauges.ended)

    async def sources(self) -> Sequence[Facet]:
        """Return the sources of all articles with their numbers."""
        return await self._lately("source", MOST_SOURCES)

    async def languages(self) -> Sequence[Facet]:
        """Return the languages of all articles with their numbers."""
        return await self._lately("language", 50)

    async def _lately(self, by: Literal["source", "language"], limit: int) -> Sequence[Facet]:
        return await self.remembered(by, lambda: self.archive.facets(by, limit=limit))

    async def named(self, types: Sequence[str], limit: int) -> Sequence[Named]:
        """Return the entities of some types that most articles of the last weeks name.

        Of all articles, where there are no new ones: an archive that was imported.
        """

        async def ask() -> Sequence[Named]:
            lately = Query(since=datetime.now(UTC) - LATELY)
            found = await self.archive.entities(limit, types=types, query=lately)
            return found or await self.archive.entities(limit, types=types)

        return await self.remembered(f"named {types} {limit}", ask)

    async def newest(self) -> Sequence[Record]:
        """Return the newest articles: what they call whom is what names are shown as."""

        async def ask() -> Sequence[Record]:
            return (await self.archive.find(Query(limit=100))).items

        return await self.remembered("newest", ask)

    async def remembered(self, name: str, ask: Callable[[], Awaitable[T]]) -> T:
        """Return an answer that is at most `FRESH` seconds old."""
        now = time.monotonic()
        asked, answer = self._known.get(name, (-FRESH, None))
        if now - asked >= FRESH:
            answer = await ask()
            self._known[name] = (now, answer)
        return answer  # type: ignore[no-any-return]  # what `ask` answered under this name


async def reached(ask: Awaitable[T]) -> T | None:
    """Return what the broker tells; None while it is away, which a page says in its place."""
    try:
        return await ask
    except (RedisError, OSError):
        return None
