"""The archive over SQLAlchemy: one code for SQLite and PostgreSQL, apart from `search`."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, nullcontext
from datetime import UTC, datetime
from itertools import islice
from typing import Literal

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from steppewire import logs
from steppewire.archive import entities as entities_
from steppewire.archive import finding, forgetting, log, retention, rows, writing
from steppewire.archive.conditions import asks_for_no_word, matching
from steppewire.archive.engines import reading
from steppewire.archive.engines import writing as transaction
from steppewire.archive.folding import wanted
from steppewire.archive.indexing import Indexer
from steppewire.archive.promise import (
    Facet,
    Found,
    Logged,
    Named,
    Period,
    Profile,
    Query,
    Record,
    Step,
)
from steppewire.archive.selecting import fetched, others, records
from steppewire.archive.tables import articles, receipts, to_index, versions
from steppewire.archive.tables import log as entries
from steppewire.errors import ArchiveUnreachable, SettingError
from steppewire.events import ArticleEnriched, ArticleStored

journal = logs.get(__name__)

_AT_ONCE = 500
"""Ids in one statement; SQLite and PostgreSQL's driver both have an end."""


def _now() -> datetime:
    return datetime.now(UTC)


class SqlArchive:
    """The archive in a SQL database. It expects the schema to be there; see `open_archive`."""

    def __init__(self, engine: AsyncEngine, *, clock: Callable[[], datetime] = _now) -> None:
        self._engine = engine
        self._clock = clock
        # SQLite has one writer at a time; waiting here is cheaper than in its busy loop
        self._writer = asyncio.Lock()
        self._indexer = Indexer()

    # ── writing ──────────────────────────────────────────────────────────────────────────────

    async def save(
        self, events: Sequence[ArticleEnriched], *, index: bool = True
    ) -> list[ArticleStored]:
        """Store a batch; see `Archive.save`.

        1. leave out what was answered before its article was removed
        2. claim the articles: create missing ones, lock the others against other writers
        3. load what is known about them
        4. decide about each event, in order
        5. write what is new: versions, answers
        6. index the current versions, or note that they are to be indexed

        Raises ArchiveUnreachable when the database is away; then nothing has been stored.
        """
        if not events:
            return []
        now, arrived = self._clock(), [rows.parcel(event) for event in events]
        async with self._writing() as connection:
            known = await retention.answers(connection, arrived)
            parcels = [parcel for parcel in arrived if parcel.arrival.mark not in known]
            ours = await writing.claim(connection, parcels, now)
            await writing.load(connection, ours, parcels)
            rulings = [writing.judge(ours[p.event.key], p, now) for p in parcels]
            added = await writing.write(connection, ours, list(zip(parcels, rulings, strict=True)))
            changed = writing.changed(ours, parcels)
            put = self._indexer.at_once if index else self._indexer.later
            noted = await put(connection, changed)
            # last: whoever writes to the log keeps the others from it to the end of the transaction
            await log.append(connection, added)
        self._indexer.know(noted)
        if not index:
            self._indexer.remember(changed)
        given = known | {
            p.arrival.mark: writing.answer(ours[p.event.key], p, ruling.receipt)
            for p, ruling in zip(parcels, rulings, strict=True)
        }
        return [given[parcel.arrival.mark] for parcel in arrived]

    async def forget(
        self, *, before: datetime | None = None, most_bytes: int | None = None, limit: int = 500
    ) -> int:
        """Remove some that are too old or too much; see `Archive.forget`."""
        count = 0
        async with self._writing() as connection:
            if before is not None:
                count = await retention.remove(connection, retention.oldest(before, limit))
            if not count and most_bytes is not None:
                surplus = await retention.surplus(connection, most_bytes)
                if surplus:
                    chosen = retention.oldest(None, min(limit, surplus))
                    count = await retention.remove(connection, chosen)
        return count

    async def forget_answers(self, before: datetime) -> int:
        """Forget answers of removed articles; see `Archive.forget_answers`."""
        async with self._writing() as connection:
            return await forgetting.answers(connection, before)

    async def forget_names(self, after: str = "") -> tuple[int, str | None]:
        """Forget names of nobody; see `Archive.forget_names`."""
        async with self._writing() as connection:
            found = await forgetting.names(connection, after)
        self._indexer.forget_names()
        return found

    async def size(self) -> int:
        """Return how much is kept; see `Archive.size`."""
        async with self._reading() as connection:
            return await retention.size(connection)

    async def index(self, limit: int = 1_000) -> int:
        """Index some of what was saved to be indexed later; see `Archive.index`."""
        async with self._reading() as connection:
            if (await connection.execute(select(to_index.c.article).limit(1))).first() is None:
                return 0
        try:
            return await self._index(limit)
        except (ArchiveUnreachable, SettingError):
            raise
        except Exception:
            waiting = await self._waiting(limit)
            if len(waiting) < 2:
                raise
            return await self._index_each(waiting)

    async def _index(self, limit: int, only: int | None = None) -> int:
        async with self._writing() as connection:
            indexed, noted = await self._indexer.some(connection, limit, only)
        self._indexer.know(noted)
        return indexed

    async def _waiting(self, limit: int) -> list[int]:
        async with self._reading() as connection:
            some = self._indexer.waiting().with_only_columns(to_index.c.article).limit(limit)
            return list((await connection.execute(some)).scalars())

    async def _index_each(self, waiting: Sequence[int]) -> int:
        """Index a piece that failed one by one: an article that cannot be indexed holds up nobody.

        It waits on, and is tried again by the next store that starts, whose code may be mended. If
        all fail alike, it is no fault of theirs: the last error is raised, and all wait on.
        """
        indexed, failed = 0, {}
        for article in waiting:
            try:
                indexed += await self._index(1, article)
            except (ArchiveUnreachable, SettingError):
                raise
            except Exception as error:
                failed[article] = error
        if failed and not indexed:
            raise next(reversed(failed.values()))
        for article, why in failed.items():
            self._indexer.unfit.add(article)
            journal.error(
                "not_indexed", article=article, error=f"{type(why).__name__}: {why}"[:300]
            )
        return indexed

    # ── reading ──────────────────────────────────────────────────────────────────────────────

    async def find(self, query: Query) -> Found:
        """Return the current versions that match; see `Archive.find`."""
        words = wanted(query.text or "")
        if asks_for_no_word(query, words):
            return Found(items=())
        async with self._reading() as connection:
            return await finding.find(connection, query, words)

    async def get(self, article_id: str, version: int | None = None) -> Record | None:
        """Return one version of an article; see `Archive.get`."""
        return next(iter(await self._versions(article_id, version or articles.c.version)), None)

    async def versions(self, article_id: str) -> list[Record]:
        """Return all versions, oldest first; see `Archive.versions`."""
        return await self._versions(article_id, versions.c.number)

    async def log(self, after: int, limit: int = 100) -> list[Logged]:
        """Return what became visible after a number; see `Archive.log`."""
        at = (entries.c.article == versions.c.article) & (entries.c.number == versions.c.number)
        later = records(at).add_columns(entries.c.seq).where(entries.c.seq > after)
        async with self._reading() as connection:
            statement = later.order_by(entries.c.seq).limit(limit)
            page = (await connection.execute(statement)).all()
            same = await others(connection, page)
        return [Logged(seq=row.seq, record=same.record(row)) for row in page]

    async def log_ends(self) -> tuple[int, int]:
        """Return the first and the last number; see `Archive.log_ends`."""
        async with self._reading() as connection:
            return await log.ends(connection)

    async def standing(self) -> str | None:
        """Return which edition is out; see `Archive.standing`."""
        async with self._reading() as connection:
            return await log.standing(connection)

    async def place_before(self, moment: datetime) -> int:
        """Return where to begin for what was stored since a moment; see `Archive.place_before`."""
        async with self._reading() as connection:
            return await log.place_before(connection, moment)

    async def called(self, entity_ids: Collection[str]) -> dict[str, frozenset[str]]:
        """Return what entities are called; see `Archive.called`."""
        async with self._reading() as connection:
            return await entities_.called(connection, entity_ids)

    async def places(self, events: Sequence[ArticleEnriched | ArticleStored]) -> list[int | None]:
        """Return where events are in the log; see `Archive.places`."""
        async with self._reading() as connection:
            return await log.places(connection, events)

    async def saved(self, fetches: Collection[str]) -> dict[str, str]:
        """Return the fetches that have a receipt; see `Archive.saved`."""
        found: dict[str, str] = {}
        answered = receipts.join(articles, articles.c.id == receipts.c.article)
        known = select(receipts.c.fetch, articles.c.article_id).select_from(answered)
        async with self._reading() as connection:
            for some in batched(fetches, _AT_ONCE):
                for asked in (retention.finished(some), known.where(receipts.c.fetch.in_(some))):
                    rows_ = await connection.execute(asked)
                    found |= {str(fetch): article_id for fetch, article_id in rows_}
        return found

    async def remembers_since(self) -> datetime | None:
        """Return since when it is known what was removed; see `Archive.remembers_since`."""
        async with self._reading() as connection:
            return await retention.remembered_since(connection)

    async def histories(self, article_ids: Collection[str]) -> dict[str, list[Record]]:
        """Return all versions of several articles; see `Archive.histories`."""
        found: dict[str, list[Record]] = defaultdict(list)
        async with self._reading() as connection:
            for some in batched(map(rows.plain, article_ids), _AT_ONCE):
                known = records(versions.c.number > 0).where(articles.c.article_id.in_(some))
                for row in await connection.execute(known.order_by(versions.c.number)):
                    found[row.article_id].append(rows.record(row))
        return dict(found)

    async def walk(
        self, *, source: str, since: datetime | None = None, until: datetime | None = None
    ) -> AsyncIterator[list[Record]]:
        """Return a source's versions by the time of fetching; see `Archive.walk`."""
        window, last = fetched(since, until), 0
        of_source = articles.c.source == rows.plain(source)
        while True:
            page = select(articles.c.id).where(of_source, articles.c.id > last)
            async with self._reading() as connection:
                numbered = page.order_by(articles.c.id).limit(_AT_ONCE)
                ids = (await connection.execute(numbered)).scalars().all()
                found = records(versions.c.number > 0).where(articles.c.id.in_(ids), *window)
                ordered = found.order_by(articles.c.id, versions.c.number)
                found_records = [rows.record(row) for row in await connection.execute(ordered)]
            if not ids:
                return
            last = ids[-1]
            if found_records:
                yield found_records

    async def facets(
        self,
        by: Literal["source", "language", "entity"],
        limit: int = 50,
        query: Query | None = None,
    ) -> list[Facet]:
        """Return the most frequent values; see `Archive.facets`."""
        async with self._reading() as connection:
            return await entities_.facets(connection, by, limit, query)

    async def count(self, query: Query | None = None) -> int:
        """Return the number of articles; see `Archive.count`."""
        async with self._reading() as connection:
            found = await matching(connection, query) if query else select(articles.c.id)
            counted = select(func.count()).select_from(found.subquery())
            return (await connection.execute(counted)).scalar_one()

    async def timeline(self, query: Query, by: Step = "day") -> list[Period]:
        """Return matching articles over time; see `Archive.timeline`."""
        async with self._reading() as connection:
            return await entities_.timeline(connection, query, by)

    async def activity(
        self, since: datetime, until: datetime | None = None, by: Step = "day"
    ) -> dict[str, list[Period]]:
        """Return the articles of each source over time; see `Archive.activity`."""
        async with self._reading() as connection:
            return await entities_.activity(connection, since, until, by)

    async def entity(self, entity_id: str) -> Profile | None:
        """Return what is known of an entity; see `Archive.entity`."""
        async with self._reading() as connection:
            return await entities_.entity(connection, entity_id)

    async def companions(self, entity_id: str, limit: int = 20) -> list[Named]:
        """Return who stands in the same articles; see `Archive.companions`."""
        async with self._reading() as connection:
            return await entities_.companions(connection, entity_id, limit)

    async def entities(
        self,
        limit: int = 50,
        *,
        types: Collection[str] = (),
        name: str | None = None,
        query: Query | None = None,
    ) -> list[Named]:
        """Return the entities that most articles name; see `Archive.entities`."""
        async with self._reading() as connection:
            return await entities_.named(connection, limit, types, name, query)

    async def close(self) -> None:
        """Release the connections."""
        await self._engine.dispose()

    # ── inside ───────────────────────────────────────────────────────────────────────────────

    async def _versions(self, article_id: str, number: int | ColumnElement[int]) -> list[Record]:
        statement = records(versions.c.number == number).where(
            articles.c.article_id == rows.plain(article_id)
        )
        async with self._reading() as connection:
            found = (await connection.execute(statement.order_by(versions.c.number))).all()
            same = await others(connection, found[:1])
        return [same.record(row) for row in found]

    @asynccontextmanager
    async def _reading(self) -> AsyncIterator[AsyncConnection]:
        async with reading(self._engine) as connection:
            yield connection

    @asynccontextmanager
    async def _writing(self) -> AsyncIterator[AsyncConnection]:
        alone = self._writer if self._engine.dialect.name == "sqlite" else nullcontext()
        async with alone, transaction(self._engine) as connection:
            yield connection


def batched(items: Iterable[str], size: int) -> Iterator[list[str]]:
    """Return items in lists of `size`; the last may be shorter."""
    rest = iter(items)
    while some := list(islice(rest, size)):
        yield some
