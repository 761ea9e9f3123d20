"""The archive over SQLAlchemy: one code for SQLite and PostgreSQL, apart from `search`."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from typing import Any, Literal

from sqlalchemy import (
    ColumnElement,
    Select,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from steppewire.archive import cursors, log, rows, search
from steppewire.archive import entities as entities_
from steppewire.archive.conditions import after, asks_for_no_word, conditions, matching
from steppewire.archive.engines import reachable
from steppewire.archive.folding import Wanted, wanted
from steppewire.archive.history import (
    Arrival,
    History,
    Receipt,
    Ruling,
    Version,
    arrival,
    reading,
    rule,
)
from steppewire.archive.kin import Arrived, Kin
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
from steppewire.archive.snippets import snippet
from steppewire.archive.tables import articles, entities, near_copies, receipts, versions
from steppewire.archive.tables import log as entries
from steppewire.events import ArticleEnriched, ArticleStored

MOST_COPIES = 100
"""Ids of copies, and of other reports, that a record lists."""
_AT_ONCE = 500
"""Ids in one statement; SQLite and PostgreSQL's driver both have an end."""

_ADD = {
    "sqlite": sqlite.insert(articles).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(articles).on_conflict_do_nothing(),
}


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass
class _Ours:
    """An article as a batch finds it in the database, and what the batch does to it."""

    id: int
    first_stored_at: datetime
    history: History = field(default_factory=History)
    is_new: bool = True
    current: ArticleEnriched | None = None
    """The event whose version became the current one."""
    reread: bool = False


class SqlArchive:
    """The archive in a SQL database. It expects the schema to be there; see `open_archive`."""

    def __init__(self, engine: AsyncEngine, *, clock: Callable[[], datetime] = _now) -> None:
        self._engine = engine
        self._clock = clock
        # SQLite has one writer at a time; waiting here is cheaper than in its busy loop
        self._writer = asyncio.Lock()
        self._kin = Kin()

    # ── writing ──────────────────────────────────────────────────────────────────────────────

    async def save(self, events: Sequence[ArticleEnriched]) -> list[ArticleStored]:
        """Store a batch; see `Archive.save`.

        1. claim the articles: create missing ones, lock the others against other writers
        2. load what is known about them
        3. decide about each event, in order
        4. write what is new: versions, answers, and what is searched of current versions

        Raises ArchiveUnreachable when the database is away; then nothing has been stored.
        """
        if not events:
            return []
        now, arrivals = self._clock(), [arrival(event) for event in events]
        async with self._writing() as connection:
            ours = await _claim(connection, events, now)
            await _load(connection, ours, [arrived.mark for arrived in arrivals])
            rulings = [
                _judge(ours[event.key], event, arrived, now)
                for event, arrived in zip(events, arrivals, strict=True)
            ]
            added = await _write(connection, ours, list(zip(events, rulings, strict=True)))
            arrived = [ours[key] for key in dict.fromkeys(event.key for event in events)]
            await self._show(connection, [article for article in arrived if article.current])
            # last: whoever writes to the log keeps the others from it to the end of the transaction
            await log.append(connection, added)
        return [_answer(ours[e.key], e, r.receipt) for e, r in zip(events, rulings, strict=True)]

    # ── reading ──────────────────────────────────────────────────────────────────────────────

    async def find(self, query: Query) -> Found:
        """Return the current versions that match; see `Archive.find`."""
        words = wanted(query.text or "")
        if asks_for_no_word(query, words):
            return Found(items=())
        asked = conditions(query, words, self._engine.dialect.name)
        if query.cursor is not None:
            asked.append(after(query.cursor))
        found_ids = select(articles.c.id).where(*asked)
        async with self._reading() as connection:
            # sorted without their documents: a frequent word matches thousands
            ids = found_ids.order_by(*_NEWEST_FIRST).limit(query.limit + 1)
            statement = _records().where(articles.c.id.in_(ids)).order_by(*_NEWEST_FIRST)
            found = (await connection.execute(statement)).all()
            page = found[: query.limit]
            others = await _others(connection, page)
        records = tuple(_with_snippet(others.record(row), words) for row in page)
        return Found(items=records, next=_next(page) if len(found) > query.limit else None)

    async def get(self, article_id: str, version: int | None = None) -> Record | None:
        """Return one version of an article; see `Archive.get`."""
        return next(iter(await self._versions(article_id, version or articles.c.version)), None)

    async def versions(self, article_id: str) -> list[Record]:
        """Return all versions, oldest first; see `Archive.versions`."""
        return await self._versions(article_id, versions.c.number)

    async def log(self, after: int, limit: int = 100) -> list[Logged]:
        """Return what became visible after a number; see `Archive.log`."""
        at = (entries.c.article == versions.c.article) & (entries.c.number == versions.c.number)
        later = _records(at).add_columns(entries.c.seq).where(entries.c.seq > after)
        async with self._reading() as connection:
            statement = later.order_by(entries.c.seq).limit(limit)
            page = (await connection.execute(statement)).all()
            others = await _others(connection, page)
        return [Logged(seq=row.seq, record=others.record(row)) for row in page]

    async def log_ends(self) -> tuple[int, int]:
        """Return the first and the last number; see `Archive.log_ends`."""
        async with self._reading() as connection:
            return await log.ends(connection)

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
                rows_ = await connection.execute(known.where(receipts.c.fetch.in_(some)))
                found |= {str(fetch): article_id for fetch, article_id in rows_}
        return found

    async def histories(self, article_ids: Collection[str]) -> dict[str, list[Record]]:
        """Return all versions of several articles; see `Archive.histories`."""
        found: dict[str, list[Record]] = defaultdict(list)
        async with self._reading() as connection:
            for some in batched(map(rows.plain, article_ids), _AT_ONCE):
                known = _records(versions.c.number > 0).where(articles.c.article_id.in_(some))
                for row in await connection.execute(known.order_by(versions.c.number)):
                    found[row.article_id].append(rows.record(row))
        return dict(found)

    async def walk(
        self, *, source: str, since: datetime | None = None, until: datetime | None = None
    ) -> AsyncIterator[list[Record]]:
        """Return a source's versions by the time of fetching; see `Archive.walk`."""
        window, last = _fetched(since, until), 0
        of_source = articles.c.source == rows.plain(source)
        while True:
            page = select(articles.c.id).where(of_source, articles.c.id > last)
            async with self._reading() as connection:
                numbered = page.order_by(articles.c.id).limit(_AT_ONCE)
                ids = (await connection.execute(numbered)).scalars().all()
                found = _records(versions.c.number > 0).where(articles.c.id.in_(ids), *window)
                ordered = found.order_by(articles.c.id, versions.c.number)
                records = [rows.record(row) for row in await connection.execute(ordered)]
            if not ids:
                return
            last = ids[-1]
            if records:
                yield records

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
        found = matching(query, self._engine.dialect.name) if query else select(articles.c.id)
        async with self._reading() as connection:
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
        statement = _records(versions.c.number == number).where(
            articles.c.article_id == rows.plain(article_id)
        )
        async with self._reading() as connection:
            found = (await connection.execute(statement.order_by(versions.c.number))).all()
            others = await _others(connection, found[:1])
        return [others.record(row) for row in found]

    async def _show(self, connection: AsyncConnection, changed: Sequence[_Ours]) -> None:
        """Let articles be found as their current versions are."""
        known = [a for a in changed if not a.is_new]
        if known:
            old = entities.c.article.in_([a.id for a in known])
            await connection.execute(delete(entities).where(old))
        # the row of a new article says the right thing already, unless the batch itself changed it
        stale = [a for a in changed if not a.is_new or a.reread or len(a.history.versions) > 1]
        if stale:
            await connection.execute(_CURRENT, [_current_row(a) for a in stale])
        named = [row for a in changed for row in _entity_rows(a)]
        if named:
            await connection.execute(insert(entities), named)
        await search.put(connection, [rows.search_row(a.id, _shown(a)) for a in changed])
        # last of all: other writers wait from here on
        await connection.run_sync(self._kin.tell, [_arrived(a) for a in changed])

    @asynccontextmanager
    async def _reading(self) -> AsyncIterator[AsyncConnection]:
        with reachable(self._engine.url):
            async with self._engine.connect() as connection:
                yield connection

    @asynccontextmanager
    async def _writing(self) -> AsyncIterator[AsyncConnection]:
        async with self._writer if self._engine.dialect.name == "sqlite" else _free():
            with reachable(self._engine.url):
                async with self._engine.connect() as connection:
                    await connection.execution_options(writes=True)
                    async with connection.begin():
                        yield connection


def batched(items: Iterable[str], size: int) -> Iterator[list[str]]:
    """Return items in lists of `size`; the last may be shorter."""
    rest = iter(items)
    while some := list(islice(rest, size)):
        yield some


@asynccontextmanager
async def _free() -> AsyncIterator[None]:
    yield


# ── the steps of saving ──────────────────────────────────────────────────────────────────────


async def _claim(
    connection: AsyncConnection, events: Sequence[ArticleEnriched], now: datetime
) -> dict[str, _Ours]:
    """Create the rows of new articles and lock the rows of all, always in the order of their ids.

    Whoever else saves one of these articles waits at the one or at the other, and in the same
    order, so that no two can wait for each other.
    """
    firsts: dict[str, ArticleEnriched] = {}
    for event in events:
        firsts.setdefault(event.key, event)
    ids = sorted(firsts)
    ours = articles.c.article_id.in_(ids)
    known = set((await connection.execute(select(articles.c.article_id).where(ours))).scalars())
    missing = [rows.article_row(firsts[i], 1, now) for i in ids if i not in known]
    if missing:
        await connection.execute(_ADD[connection.dialect.name], missing)
    locked = await connection.execute(
        select(articles.c.article_id, articles.c.id, articles.c.first_stored_at)
        .where(ours)
        .order_by(articles.c.article_id)
        .with_for_update()
    )
    return {row.article_id: _Ours(row.id, row.first_stored_at) for row in locked}


async def _load(connection: AsyncConnection, ours: dict[str, _Ours], marks: Sequence[str]) -> None:
    by_id = {article.id: article for article in ours.values()}
    columns = (c for c in versions.c if c.name != "document")
    known = select(*columns).where(versions.c.article.in_(sorted(by_id)))
    for row in await connection.execute(known):
        by_id[row.article].is_new = False
        by_id[row.article].history.versions.append(
            Version(row.fetched_at, row.number, row.version_id, row.reading, row.stored_at)
        )
    for row in await connection.execute(select(receipts).where(receipts.c.mark.in_(marks))):
        receipt = Receipt(row.mark, row.number, row.change, row.fetch)
        by_id[row.article].history.receipts[row.mark] = receipt


def _judge(article: _Ours, event: ArticleEnriched, arrived: Arrival, now: datetime) -> Ruling:
    """Decide about an event, and note what becomes of the article's current version."""
    ruling = rule(article.history, arrived, now)
    changed = ruling.added or ruling.reread
    if changed is not None and changed == article.history.current:
        article.current = event
        article.reread = ruling.reread is not None
    return ruling


async def _write(
    connection: AsyncConnection,
    ours: dict[str, _Ours],
    ruled: Sequence[tuple[ArticleEnriched, Ruling]],
) -> list[tuple[int, int]]:
    """Write versions and answers; return the versions that are new: (article's row, number)."""
    fresh = [(ours[event.key], event, ruling) for event, ruling in ruled if not ruling.repeated]
    added = [rows.version_row(e, a.id, r.added) for a, e, r in fresh if r.added]
    answers = [_receipt_row(a.id, r.receipt) for a, _, r in fresh]
    reread = [_reread_row(a.id, r.reread, e) for a, e, r in fresh if r.reread]
    if added:
        await connection.execute(insert(versions), added)
    if answers:
        await connection.execute(insert(receipts), answers)
    if reread:
        await connection.execute(_REREAD, reread)
    return [(row["article"], row["number"]) for row in added]


def _receipt_row(article: int, receipt: Receipt) -> rows.Row:
    return {
        "mark": receipt.mark,
        "article": article,
        "number": receipt.number,
        "change": receipt.change,
        "fetch": receipt.fetch,
    }


_REREAD = (
    update(versions)
    .where(versions.c.article == bindparam("of"), versions.c.number == bindparam("at"))
    .values(reading=bindparam("reading"), document=bindparam("document"))
)


def _reread_row(article: int, version: Version, event: ArticleEnriched) -> rows.Row:
    return {
        "of": article,
        "at": version.number,
        "reading": reading(event),
        "document": rows.document(event),
    }


_CURRENT = update(articles).where(articles.c.id == bindparam("of"))


def _arrived(article: _Ours) -> Arrived:
    event = _shown(article)
    return Arrived(article.id, event.key, event.enrichment.sketch, article.is_new)


def _shown(article: _Ours) -> ArticleEnriched:
    assert article.current is not None
    return article.current


def _current_row(article: _Ours) -> rows.Row:
    current = article.history.current
    assert current is not None
    row = rows.article_row(_shown(article), current.number, article.first_stored_at)
    return {"of": article.id, **row}


def _entity_rows(article: _Ours) -> list[rows.Row]:
    return rows.entity_rows(_shown(article).enrichment.entities, article.id)


def _answer(article: _Ours, event: ArticleEnriched, receipt: Receipt) -> ArticleStored:
    return rows.stored(event, receipt, article.history.numbered(receipt.number))


# ── the parts of finding ─────────────────────────────────────────────────────────────────────


_NEWEST_FIRST = (articles.c.sort_at.desc(), articles.c.id.desc())


def _records(version: ColumnElement[bool] | None = None) -> Select[*tuple[Any, ...]]:
    """Select records, by default of current versions."""
    current = versions.c.number == articles.c.version
    joined = articles.join(versions, versions.c.article == articles.c.id).outerjoin(
        near_copies, near_copies.c.article == articles.c.id
    )
    return (
        select(
            articles.c.id,
            articles.c.article_id,
            articles.c.sort_at,
            articles.c.text_hash,
            articles.c.first_stored_at,
            near_copies.c.grp,
            versions.c.number,
            versions.c.stored_at,
            versions.c.document,
        )
        .select_from(joined)
        .where(current if version is None else version)
    )


def _fetched(since: datetime | None, until: datetime | None) -> list[ColumnElement[bool]]:
    conditions = []
    if since is not None:
        conditions.append(versions.c.fetched_at >= since)
    if until is not None:
        conditions.append(versions.c.fetched_at < until)
    return conditions


class _Others:
    """Which articles say the same as those of a page: word for word, and nearly."""

    def __init__(self, copies: dict[str, list[str]], reports: dict[str, list[str]]) -> None:
        self._copies, self._reports = copies, reports

    def record(self, row: Any) -> Record:
        """Return the record of a row, which names the others."""
        copies = _but(self._copies.get(row.text_hash, ()), row.article_id)
        return rows.record(row, copies, _but(self._reports.get(row.grp, ()), row.article_id))


def _but(ids: Iterable[str], own: str) -> list[str]:
    return [id_ for id_ in ids if id_ != own][:MOST_COPIES]


async def _others(connection: AsyncConnection, page: Sequence[Any]) -> _Others:
    hashes = sorted({row.text_hash for row in page if row.text_hash is not None})
    groups = sorted({row.grp for row in page if row.grp is not None})
    copies = (
        select(articles.c.text_hash, articles.c.article_id)
        .where(articles.c.text_hash.in_(hashes))
        .order_by(articles.c.id)
    )
    reports = (
        select(near_copies.c.grp, articles.c.article_id)
        .join_from(near_copies, articles, near_copies.c.article == articles.c.id)
        .where(near_copies.c.grp.in_(groups))
        .order_by(near_copies.c.number)
    )
    return _Others(
        await _listed(connection, copies, len(hashes)),
        await _listed(connection, reports, len(groups)),
    )


async def _listed(
    connection: AsyncConnection, found: Select[*tuple[Any, ...]], wanted_: int
) -> dict[str, list[str]]:
    listed: dict[str, list[str]] = defaultdict(list)
    if wanted_:
        # one too many, for the article itself
        bounded = found.limit((MOST_COPIES + 1) * wanted_)
        for same, article_id in await connection.execute(bounded):
            listed[same].append(article_id)
    return listed


def _with_snippet(record: Record, words: Sequence[Wanted]) -> Record:
    if not words:
        return record
    article = record.article
    texts = (article.text, article.lead or "", article.title)
    return record.model_copy(update={"snippet": snippet(texts, words)})


def _next(page: Sequence[Any]) -> str:
    return cursors.encode(cursors.Position(page[-1].sort_at, page[-1].id))
