"""What is removed to make room, and what is remembered of it: the answers that were given.

An article is as old as its last change in the archive. With it go its versions and all that it is
found by; of its answers one small row each stays, so that an event that is delivered again after
that gets its first answer again, and a recovery knows that its page was finished.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, delete, func, insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from steppewire.archive.history import Receipt, Version
from steppewire.archive.rows import Parcel
from steppewire.archive.rows import stored as told
from steppewire.archive.tables import articles, receipts, removed, utc, versions
from steppewire.events import ArticleStored

AT_ONCE = 500
"""Articles that are removed in one transaction at most."""


async def size(connection: AsyncConnection) -> int:
    """Return how much is kept, in bytes: of SQLite the pages in use, of PostgreSQL the records.

    Files of PostgreSQL never shrink, so that nothing could be told from theirs.
    """
    if connection.dialect.name == "sqlite":
        pages = [
            (await connection.execute(text(f"PRAGMA {name}"))).scalar_one()
            for name in ("page_count", "freelist_count", "page_size")
        ]
        return int((pages[0] - pages[1]) * pages[2])
    # the length of a stored text is known without reading it
    total = select(func.coalesce(func.sum(func.octet_length(versions.c.document)), 0))
    return int((await connection.execute(total)).scalar_one())


async def surplus(connection: AsyncConnection, most_bytes: int) -> int:
    """Return how many articles there are too many, by their mean size."""
    kept = await size(connection)
    if kept <= most_bytes:
        return 0
    count = (await connection.execute(select(func.count()).select_from(articles))).scalar_one()
    mean = kept / max(1, count)
    return min(count, int((kept - most_bytes) / mean) + 1)


def oldest(before: datetime | None, limit: int) -> Select[int]:
    """Select the articles that came first, of those that have not changed since a time."""
    found = select(articles.c.id).order_by(articles.c.id).limit(min(limit, AT_ONCE))
    if before is not None:
        of_it = versions.c.article == articles.c.id
        changed = select(versions.c.number).where(of_it, versions.c.stored_at >= before)
        found = found.where(articles.c.first_stored_at < before, ~changed.exists())
    # whom somebody writes to at this moment is not old
    return found.with_for_update(skip_locked=True)


async def remove(connection: AsyncConnection, chosen: Select[int]) -> int:
    """Remove articles, and remember their answers; return how many."""
    ids = (await connection.execute(chosen)).scalars().all()
    if not ids:
        return 0
    version = (versions.c.article == receipts.c.article) & (versions.c.number == receipts.c.number)
    answered = (
        select(receipts.c.mark, receipts.c.fetch, articles.c.article_id, receipts.c.number,
               receipts.c.change, versions.c.stored_at)
        .join_from(receipts, articles, articles.c.id == receipts.c.article)
        .join(versions, version)
        .where(receipts.c.article.in_(ids))
    )  # fmt: skip
    columns = ("mark", "fetch", "article_id", "number", "change", "stored_at")
    await connection.execute(insert(removed).from_select(columns, answered))
    if connection.dialect.name == "sqlite":  # a virtual table follows no reference
        await connection.execute(_UNSEARCHED, {"ids": list(ids)})
    await connection.execute(delete(articles).where(articles.c.id.in_(ids)))
    return len(ids)


_UNSEARCHED = text("DELETE FROM article_search WHERE rowid IN :ids").bindparams(
    bindparam("ids", expanding=True)
)


async def answers(
    connection: AsyncConnection, parcels: Sequence[Parcel]
) -> dict[str, ArticleStored]:
    """Return by mark the answers to events whose articles were removed since they were given."""
    marks = [parcel.arrival.mark for parcel in parcels]
    found = await connection.execute(select(removed).where(removed.c.mark.in_(marks)))
    rows: Mapping[str, Any] = {row.mark: row for row in found}
    return {
        parcel.arrival.mark: _answer(parcel, rows[parcel.arrival.mark])
        for parcel in parcels
        if parcel.arrival.mark in rows
    }


def _answer(parcel: Parcel, row: Any) -> ArticleStored:
    arrived = parcel.arrival
    version = Version(
        arrived.fetched_at, row.number, arrived.version_id, arrived.reading, utc(row.stored_at)
    )
    return told(parcel.event, Receipt(row.mark, row.number, row.change, row.fetch), version)


def finished(fetches: Collection[str]) -> Select[str, str]:
    """Select which of some fetches are of removed articles, and of which."""
    return select(removed.c.fetch, removed.c.article_id).where(removed.c.fetch.in_(fetches))


async def remembered_since(connection: AsyncConnection) -> datetime | None:
    """Return the time of the oldest answer that is remembered of removed articles."""
    oldest_answer: datetime | None = await connection.scalar(select(func.min(removed.c.stored_at)))
    return oldest_answer
