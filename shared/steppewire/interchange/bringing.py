"""Bringing pages and articles onto the path: each once, and only while there is room.

What is in the database already, or was brought before, is left alone. A page goes into the blob
store, and a record beside it, before anybody hears of it, as when it had been fetched.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Generic, TypeVar

from steppewire.archive.history import arrival
from steppewire.archive.promise import Archive
from steppewire.blobs import Blobs
from steppewire.delivery.again import Again, Carrier
from steppewire.events import ArticleEnriched, ArticleParsed
from steppewire.identity import fetch_id
from steppewire.interchange.warcs import Page
from steppewire.records import FetchRecord, Records
from steppewire.streams import ENRICHED, FETCHED, PARSED, Stream

REMEMBERED = "imported"
"""Name of the set of what was brought."""
KEEP = 30 * 86_400.0
"""Seconds for which it is remembered."""
_CHUNK = 100

T = TypeVar("T")


@dataclass
class Brought:
    """What became of the pages or articles of an archive."""

    looked_at: int = 0
    finished: int = 0
    """In the database already."""
    before: int = 0
    """Brought before, and not yet, or never, in the database."""
    brought: int = 0
    skipped: dict[str, int] = field(default_factory=dict)
    """What is no page or article, by reason."""


@dataclass(frozen=True)
class Bringing:
    """One run."""

    archive: Archive
    again: Again
    blobs: Blobs
    records: Records
    dry: bool = False
    most_waiting: int = 5000
    tell: Callable[[str], None] = print
    counts: Brought = field(default_factory=Brought)

    async def pages(self, found: Iterator[Page]) -> Brought:
        """Bring pages, as `articles.fetched`."""
        pieces = _Pieces(found)
        while chunk := await asyncio.to_thread(pieces.take):
            ids = [fetch_id(p.event.fetch.link_id, p.event.fetch.fetched_at) for p in chunk]
            finished = await self._finished(ids)
            fresh = {i: p for i, p in zip(ids, chunk, strict=True) if i not in finished}
            if not self.dry:
                await asyncio.to_thread(self._keep, list(fresh.values()))
            await self._put(FETCHED, [(id_, page.event) for id_, page in fresh.items()])
        return self.counts

    async def articles(self, found: Iterator[ArticleEnriched | ArticleParsed]) -> Brought:
        """Bring articles, as `articles.enriched` or `articles.parsed`."""
        pieces = _Pieces(found)
        while chunk := await asyncio.to_thread(pieces.take):
            enriched = [e for e in chunk if isinstance(e, ArticleEnriched)]
            await self._put_fresh(ENRICHED, {arrival(e).mark: e for e in enriched})
            parsed = [e for e in chunk if isinstance(e, ArticleParsed)]
            await self._put_fresh(PARSED, {_of_parsed(e): e for e in parsed})
        return self.counts

    async def _put_fresh(self, stream: Stream, events: dict[str, Carrier]) -> None:
        if not events:
            return
        fetches = {i: fetch_id(e.fetch.link_id, e.fetch.fetched_at) for i, e in events.items()}
        finished = await self._finished(list(fetches.values()))
        fresh = [(i, e) for i, e in events.items() if fetches[i] not in finished]
        await self._put(stream, fresh)

    async def _finished(self, fetches: Sequence[str]) -> set[str]:
        saved = set(await self.archive.saved(fetches))
        self.counts.looked_at += len(fetches)
        self.counts.finished += sum(fetch in saved for fetch in fetches)
        return saved

    def _keep(self, pages: Sequence[Page]) -> None:
        for page in pages:
            self.blobs.put(page.body)
            self.records.put(FetchRecord(event=page.event))

    async def _put(self, stream: Stream, events: Sequence[tuple[str, Carrier]]) -> None:
        if self.dry:
            known = await self.again.put_before(events) if events else set()
            put = len(events) - len(known)
        elif events:
            await self.again.wait_for_room(stream, most=self.most_waiting, tell=self.tell)
            put = await self.again.put(stream, events)
        else:
            put = 0
        self.counts.brought += put
        self.counts.before += len(events) - put
        self.tell(f"{self.counts.looked_at:,} looked at, {self.counts.brought:,} brought")


def _of_parsed(event: ArticleParsed) -> str:
    return f"parsed:{fetch_id(event.fetch.link_id, event.fetch.fetched_at)}"


class _Pieces(Generic[T]):
    """Takes what an iterator yields in pieces; an error comes after what was yielded before it."""

    def __init__(self, found: Iterator[T]) -> None:
        self._found = found
        self._error: Exception | None = None

    def take(self) -> list[T]:
        """Return the next piece; the last one is empty."""
        if self._error is not None:
            raise self._error
        taken: list[T] = []
        try:
            taken.extend(islice(self._found, _CHUNK))
        except Exception as error:  # whatever a library raises on what it cannot read
            self._error = error
            if not taken:
                raise
        return taken
