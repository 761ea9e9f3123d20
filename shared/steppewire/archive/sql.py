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
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from steppewire.archive import cursors, log, rows, search
from steppewire.archive.engines import reachable
from steppewire.archive.folding import Wanted, name_key, wanted
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
from steppewire.archive.promise import Facet, Found, Logged, Query, Record
from steppewire.archive.snippets import snippet
from steppewire.archive.tables import articles, entities, receipts, versions
from steppewire.archive.tables import log as entries
from steppewire.corrections import corrections
from steppewire.events import ArticleEnriched, ArticleStored

MOST_COPIES = 100
"""Ids of copies that a record lists."""
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
            await _write(connection, ours, list(zip(events, rulings, strict=True)))
        return [_answer(ours[e.key], e, r.receipt) for e, r in zip(events, rulings, strict=True)]

    # ── reading ──────────────────────────────────────────────────────────────────────────────

    async def find(self, query: Query) -> Found:
        """Return the current versions that match; see `Archive.find`."""
        words = wanted(query.text or "")
        if not words and (query.text or "").strip():
            return Found(items=())
        matching = select(articles.c.id).where(*self._conditions(query, words))
        async with self._reading() as connection:
            # sorted without their documents: a frequent word matches thousands
            ids = matching.order_by(*_NEWEST_FIRST).limit(query.limit + 1)
            statement = _records().where(articles.c.id.in_(ids)).order_by(*_NEWEST_FIRST)
            found = (await connection.execute(statement)).all()
            page = found[: query.limit]
            copies = await _copies(connection, page)
        records = tuple(
            _with_snippet(rows.record(row, copies[row.article_id]), words) for row in page
        )
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
            copies = await _copies(connection, page)
        return [
            Logged(seq=row.seq, record=rows.record(row, copies[row.article_id])) for row in page
        ]

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
        self, by: Literal["source", "language", "entity"], limit: int = 50
    ) -> list[Facet]:
        """Return the most frequent values; see `Archive.facets`."""
        counted = _counted_entities(limit) if by == "entity" else _counted(articles.c[by], limit)
        async with self._reading() as connection:
            found = (await connection.execute(counted)).all()
        return [Facet(value=value, count=count) for value, count in found]

    async def count(self) -> int:
        """Return the number of articles."""
        async with self._reading() as connection:
            return (
                await connection.execute(select(func.count()).select_from(articles))
            ).scalar_one()

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
            copies = await _copies(connection, found[:1])
        return [rows.record(row, copies[row.article_id]) for row in found]

    def _conditions(self, query: Query, words: Sequence[Wanted]) -> list[ColumnElement[bool]]:
        found: list[ColumnElement[bool]] = []
        if query.language:
            found.append(or_(*(_speaks(tag) for tag in query.language)))
        if query.source:
            found.append(articles.c.source.in_([rows.plain(name) for name in query.source]))
        if query.entity is not None:
            found.append(_names(query.entity))
        if query.since is not None:
            found.append(articles.c.sort_at >= query.since)
        if query.until is not None:
            found.append(articles.c.sort_at <= query.until)
        if words:
            found.append(search.SEARCHES[self._engine.dialect.name].matches(words))
        if query.cursor is not None:
            found.append(_after(cursors.decode(query.cursor)))
        return found

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
) -> None:
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
    await _show(connection, [article for article in ours.values() if article.current])
    # last: whoever writes to the log keeps the others from it until the end of the transaction
    await log.append(connection, [(row["article"], row["number"]) for row in added])


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


async def _show(connection: AsyncConnection, changed: Sequence[_Ours]) -> None:
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
    joined = articles.join(versions, versions.c.article == articles.c.id)
    return (
        select(
            articles.c.id,
            articles.c.article_id,
            articles.c.sort_at,
            articles.c.text_hash,
            articles.c.first_stored_at,
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


async def _copies(connection: AsyncConnection, page: Iterable[Any]) -> dict[str, list[str]]:
    """Return for each article of a page the ids of those with the same text."""
    hashes = {row.article_id: row.text_hash for row in page if row.text_hash is not None}
    same: dict[str, list[str]] = defaultdict(list)
    if hashes:
        wanted_hashes = sorted(set(hashes.values()))
        found = await connection.execute(
            select(articles.c.text_hash, articles.c.article_id)
            .where(articles.c.text_hash.in_(wanted_hashes))
            .order_by(articles.c.id)
            .limit(MOST_COPIES * len(wanted_hashes))
        )
        for text_hash, article_id in found:
            same[text_hash].append(article_id)
    others = {i: [o for o in same[text_hash] if o != i] for i, text_hash in hashes.items()}
    return defaultdict(list, {i: ids[:MOST_COPIES] for i, ids in others.items()})


def _with_snippet(record: Record, words: Sequence[Wanted]) -> Record:
    if not words:
        return record
    article = record.article
    texts = (article.text, article.lead or "", article.title)
    return record.model_copy(update={"snippet": snippet(texts, words)})


def _counted(value: ColumnElement[str], limit: int) -> Select[str, int]:
    count = func.count()
    counted = select(value, count).group_by(value).order_by(count.desc(), value)
    return counted.limit(limit)


def _counted_entities(limit: int) -> Select[str, int]:
    """Count articles by name; names that fold to the same are one, shown as one of them."""
    count = func.count(entities.c.article.distinct())
    keys = select(entities.c.key, count).where(entities.c.is_name == 1)
    top = keys.group_by(entities.c.key).order_by(count.desc(), entities.c.key).limit(limit)
    counted = top.subquery()
    # the name is looked up for the few that are shown, not for all that are counted
    one = select(func.max(entities.c.name)).where(
        entities.c.key == counted.c.key, entities.c.is_name == 1
    )
    name = one.scalar_subquery()
    return select(name, counted.c[1]).order_by(counted.c[1].desc(), counted.c.key)


def _next(page: Sequence[Any]) -> str:
    return cursors.encode(cursors.Position(page[-1].sort_at, page[-1].id))


def _after(position: cursors.Position) -> ColumnElement[bool]:
    place = tuple_(articles.c.sort_at, articles.c.id)
    return place < tuple_(position.sort_at, position.id)


def _speaks(tag: str) -> ColumnElement[bool]:
    # BCP 47 tags are at most 35 characters long; a LIKE of SQLite's has an end, too
    tag = rows.plain("-".join(_subtag(i, part) for i, part in enumerate(tag[:40].split("-"))))
    language = articles.c.language
    return or_(language == tag, language.startswith(f"{tag}-", autoescape=True))


def _subtag(place: int, part: str) -> str:
    """BCP 47, section 2.1.1: `kk-cyrl-kz` is written `kk-Cyrl-KZ`."""
    if place == 0:
        return part.lower()
    return part.title() if len(part) == 4 else part.upper()


def _names(entity: str) -> ColumnElement[bool]:
    # what was saved before two ids were told to be one is found under both
    ids = [rows.plain(id_) for id_ in corrections().all(entity)]
    by_id = select(entities.c.article).where(entities.c.entity_id.in_(ids))
    by_name = select(entities.c.article).where(entities.c.key == name_key(entity))
    return articles.c.id.in_(by_id.union(by_name))
