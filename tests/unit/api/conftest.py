"""A small archive in memory, and the API over it."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Literal

import httpx
import pytest
from fastapi import FastAPI
from redis.asyncio import Redis

from steppewire.archive.hooks import Book
from steppewire.archive.promise import Facet, Found, Logged, Query, Record
from steppewire.delivery.gate import Gate
from steppewire.events import ArticleEnriched, ArticleStored
from steppewire.quarantine import Quarantine
from steppewire.testing.samples import NOON, enriched
from steppewire_api.access import Rules
from steppewire_api.app import described
from steppewire_api.gauges import Gauges
from steppewire_api.live import Live
from steppewire_api.web import build
from steppewire_store.migrate import migrate

NOWHERE = "redis://127.0.0.1:1/0"


class MemoryArchive:
    """Keeps the promise of an archive, without folding: a text matches as it is written."""

    def __init__(self) -> None:
        self.records: dict[str, list[Record]] = {}

    async def save(self, events: Sequence[ArticleEnriched]) -> list[ArticleStored]:
        return [self._save(event) for event in events]

    def _save(self, event: ArticleEnriched) -> ArticleStored:
        known = self.records.setdefault(event.key, [])
        number = len(known) + 1
        known.append(
            Record(
                article=event.article,
                enrichment=event.enrichment,
                fetch=event.fetch,
                extraction=event.extraction,
                version=number,
                first_stored_at=NOON,
                stored_at=NOON,
            )
        )
        return ArticleStored(
            article_id=event.key,
            version_id=event.article.version_id,
            version=number,
            change="created" if number == 1 else "updated",
            source=event.origin,
            url=event.article.url,
            title=event.article.title,
            language=event.enrichment.languages.article.tag,
            published_at=event.article.published_at,
            stored_at=NOON,
        )

    async def find(self, query: Query) -> Found:
        found = [r for versions in self.records.values() if _matches(r := versions[-1], query)]
        start = _start(query.cursor)
        page = found[start : start + query.limit]
        more = start + query.limit < len(found)
        return Found(items=tuple(page), next=str(start + query.limit) if more else None)

    async def get(self, article_id: str, version: int | None = None) -> Record | None:
        known = await self.versions(article_id)
        if version is None:
            return known[-1] if known else None
        return next((record for record in known if record.version == version), None)

    async def versions(self, article_id: str) -> list[Record]:
        return self.records.get(article_id, [])

    async def log(self, after: int, limit: int = 100) -> list[Logged]:
        told = [record for versions in self.records.values() for record in versions]
        return [Logged(seq=n, record=r) for n, r in enumerate(told, 1) if n > after][:limit]

    async def log_ends(self) -> tuple[int, int]:
        count = sum(map(len, self.records.values()))
        return min(count, 1), count

    async def facets(
        self,
        by: Literal["source", "language", "entity"],
        limit: int = 50,
        query: Query | None = None,
    ) -> list[Facet]:
        counted = Counter(
            v
            for versions in self.records.values()
            for v in _values(versions, by)
            if query is None or _matches(versions[-1], query)
        )
        return [Facet(value=value, count=count) for value, count in counted.most_common(limit)]

    async def count(self) -> int:
        return len(self.records)

    async def close(self) -> None:
        self.records.clear()


def _matches(record: Record, query: Query) -> bool:
    language = record.enrichment.languages.article.tag
    return (
        (not query.source or record.article.source in query.source)
        and (not query.language or any(language.startswith(tag) for tag in query.language))
        and (not query.text or query.text in record.article.title + record.article.text)
    )


def _start(cursor: str | None) -> int:
    if cursor is not None and not cursor.isdigit():
        raise ValueError("not a cursor of this archive")
    return int(cursor or 0)


def _values(versions: list[Record], by: str) -> list[str]:
    record = versions[-1]
    if by == "entity":
        return [entity.id or entity.name for entity in record.enrichment.entities]
    return [record.article.source if by == "source" else record.enrichment.languages.article.tag]


@pytest.fixture
async def archive() -> MemoryArchive:
    """Three articles of two sources."""
    archive = MemoryArchive()
    await archive.save([enriched(1), enriched(2), enriched(3, host="other.test")])
    return archive


Made = Callable[[Rules], FastAPI]


@pytest.fixture(scope="session")
def empty_book(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database without webhooks; nobody here adds any."""
    url = f"sqlite:///{tmp_path_factory.mktemp('book') / 'book.sqlite3'}"
    asyncio.run(migrate(url))
    return url


@pytest.fixture
async def made(archive: MemoryArchive, empty_book: str) -> AsyncIterator[Made]:
    """Makes the API with other rules of access, while no broker answers."""
    redis = Redis.from_url(NOWHERE)
    live, book = Live(archive, redis, described), Book.at(empty_book)

    def make(rules: Rules) -> FastAPI:
        return build(
            archive,
            Gauges(redis),
            live,
            Quarantine(Gate(redis)),
            book,
            broker=NOWHERE,
            cors=["https://reader.test"],
            rules=rules,
        )

    yield make
    await book.aclose()
    await redis.aclose()


@pytest.fixture
async def app(made: Made) -> FastAPI:
    """The API while no broker answers."""
    return made(Rules())


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody who asks. Faults of ours come as answers, as they would over a socket."""
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://api.test") as client:
        yield client
