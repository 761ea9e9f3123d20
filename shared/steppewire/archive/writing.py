"""The steps of saving a batch: claim its articles, load what is known, decide, write."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, text, update
from sqlalchemy.dialects import sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from steppewire.archive import bulk, rows
from steppewire.archive.history import History, Receipt, Ruling, Version, rule
from steppewire.archive.indexing import Changed
from steppewire.archive.rows import Parcel
from steppewire.archive.tables import Moment, articles, receipts, utc, versions
from steppewire.events import ArticleStored


@dataclass
class Ours:
    """An article as a batch finds it in the database, and what the batch does to it."""

    id: int
    first_stored_at: datetime
    is_new: bool
    history: History = field(default_factory=History)
    current: Parcel | None = None
    """The event whose version became the current one."""
    reread: bool = False


async def claim(
    connection: AsyncConnection, parcels: Sequence[Parcel], now: datetime
) -> dict[str, Ours]:
    """Create the rows of new articles and lock those of all others, in the order of their ids.

    Whoever else saves one of these articles waits at the one or at the other, and in the same
    order, so that no two can wait for each other.
    """
    firsts: dict[str, Parcel] = {}
    for parcel in parcels:
        firsts.setdefault(parcel.event.key, parcel)
    ids = sorted(firsts)
    ours = articles.c.article_id.in_(ids)
    known = set((await connection.execute(select(articles.c.article_id).where(ours))).scalars())
    missing = [rows.article_row(firsts[id_].event, 1, now) for id_ in ids if id_ not in known]
    created = await _create(connection, missing)
    # whoever was created by another in between is no more ours than those who were known
    others = [id_ for id_ in ids if id_ not in created]
    return {id_: Ours(row, utc(now), True) for id_, row in created.items()} | {
        id_: one async for id_, one in _locked(connection, others)
    }


async def _create(connection: AsyncConnection, missing: Sequence[rows.Row]) -> dict[str, int]:
    if not missing:
        return {}
    if connection.dialect.name == "sqlite":
        await connection.execute(sqlite.insert(articles), missing)
        named = articles.c.article_id.in_([row["article_id"] for row in missing])
        found = await connection.execute(select(articles.c.article_id, articles.c.id).where(named))
    else:
        columns = {name: [_bound(row[name]) for row in missing] for name in missing[0]}
        found = await connection.execute(_CREATE, columns)
    return {row.article_id: row.id for row in found}


def _bound(value: Any) -> Any:
    return utc(value) if isinstance(value, datetime) else value


_TYPES = {"version": "int"} | {
    column.name: "timestamptz" for column in articles.c if isinstance(column.type, Moment)
}
_COLUMNS = [column.name for column in articles.c if column.name != "id"]
_ARRAYS = ", ".join(f"CAST(:{name} AS {_TYPES.get(name, 'text')}[])" for name in _COLUMNS)
# one statement for all: a statement for each row took twice the time of everything else
_CREATE = text(
    f"INSERT INTO articles ({', '.join(_COLUMNS)}) SELECT * FROM unnest({_ARRAYS}) "  # noqa: S608
    "ON CONFLICT (article_id) DO NOTHING RETURNING article_id, id"
)


async def _locked(
    connection: AsyncConnection, ids: Sequence[str]
) -> AsyncIterator[tuple[str, Ours]]:
    if not ids:
        return
    found = await connection.execute(
        select(articles.c.article_id, articles.c.id, articles.c.first_stored_at)
        .where(articles.c.article_id.in_(ids))
        .order_by(articles.c.article_id)
        # of the key nothing changes: whoever indexes such an article need not wait
        .with_for_update(key_share=True)
    )
    for row in found:
        yield row.article_id, Ours(row.id, row.first_stored_at, False)


async def load(
    connection: AsyncConnection, ours: Mapping[str, Ours], parcels: Sequence[Parcel]
) -> None:
    """Load versions and answers of the articles that were known before."""
    by_id = {article.id: article for article in ours.values() if not article.is_new}
    if not by_id:
        return
    marks = [p.arrival.mark for p in parcels if not ours[p.event.key].is_new]
    columns = (c for c in versions.c if c.name != "document")
    known = select(*columns).where(versions.c.article.in_(sorted(by_id)))
    for row in await connection.execute(known):
        by_id[row.article].history.versions.append(
            Version(row.fetched_at, row.number, row.version_id, row.reading, row.stored_at)
        )
    for row in await connection.execute(select(receipts).where(receipts.c.mark.in_(marks))):
        receipt = Receipt(row.mark, row.number, row.change, row.fetch)
        by_id[row.article].history.receipts[row.mark] = receipt


def judge(article: Ours, parcel: Parcel, now: datetime) -> Ruling:
    """Decide about an event, and note what becomes of the article's current version."""
    ruling = rule(article.history, parcel.arrival, now)
    changed = ruling.added or ruling.reread
    if changed is not None and changed == article.history.current:
        article.current = parcel
        article.reread = ruling.reread is not None
    return ruling


async def write(
    connection: AsyncConnection,
    ours: Mapping[str, Ours],
    ruled: Sequence[tuple[Parcel, Ruling]],
) -> list[tuple[int, int]]:
    """Write versions and answers; return the versions that are new: (article's row, number)."""
    fresh = [(ours[p.event.key], p, ruling) for p, ruling in ruled if not ruling.repeated]
    added = [rows.version_row(p, a.id, r.added) for a, p, r in fresh if r.added]
    await bulk.add(connection, versions, added)
    await bulk.add(connection, receipts, [_receipt_row(a.id, r.receipt) for a, _, r in fresh])
    reread = [_reread_row(a.id, r.reread, p) for a, p, r in fresh if r.reread]
    if reread:
        await connection.execute(_REREAD, reread)
    await _show(connection, [article for article in ours.values() if article.current])
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


def _reread_row(article: int, version: Version, parcel: Parcel) -> rows.Row:
    return {
        "of": article,
        "at": version.number,
        "reading": parcel.arrival.reading,
        "document": parcel.document,
    }


_CURRENT = update(articles).where(articles.c.id == bindparam("of"))


async def _show(connection: AsyncConnection, changed: Sequence[Ours]) -> None:
    """Let the rows of articles say what their current versions say."""
    # the row of a new article does already, unless the batch itself changed it
    stale = [a for a in changed if not a.is_new or a.reread or len(a.history.versions) > 1]
    if stale:
        await connection.execute(_CURRENT, [_current_row(a) for a in stale])


def _current_row(article: Ours) -> rows.Row:
    current = article.history.current
    assert current is not None
    assert article.current is not None
    row = rows.article_row(article.current.event, current.number, article.first_stored_at)
    return {"of": article.id, **row}


def changed(ours: Mapping[str, Ours], parcels: Sequence[Parcel]) -> list[Changed]:
    """Return the articles whose current version is another now, in the order of their arrival."""
    arrived = [ours[key] for key in dict.fromkeys(parcel.event.key for parcel in parcels)]
    return [
        Changed(a.id, a.current.event, a.current.arrival.reading, a.is_new)
        for a in arrived
        if a.current
    ]


def answer(article: Ours, parcel: Parcel, receipt: Receipt) -> ArticleStored:
    """Return the answer to an event."""
    return rows.stored(parcel.event, receipt, article.history.numbered(receipt.number))
