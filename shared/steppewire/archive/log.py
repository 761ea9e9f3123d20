"""The log: every version in the order in which it became visible, each with its number.

One number is all that a reader must remember: whatever it has not seen has a greater one. That
is not so of times or of a plain sequence, since a transaction that began first may end last. So
writers enter the log one after another, as the last thing that they do.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, func, insert, select, text, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from steppewire.archive import rows
from steppewire.archive.history import arrival
from steppewire.archive.tables import articles, receipts, removed, to_index, utc, versions
from steppewire.archive.tables import log as entries
from steppewire.events import ArticleEnriched, ArticleStored

_DOOR = 0x6C6F67  # "log"; any number that nobody else locks in this database
_AT_ONCE = 250
SLACK = timedelta(minutes=10)
"""How far the order of the log may be from that of `stored_at`."""

Event = ArticleEnriched | ArticleStored


async def append(connection: AsyncConnection, added: Sequence[tuple[int, int]]) -> None:
    """Enter versions: (article's row, number)."""
    if not added:
        return
    if connection.dialect.name == "postgresql":  # SQLite has one writer at a time anyway
        # held to the end of the transaction: PostgreSQL lets go of it after the commit is seen
        await connection.execute(text("SELECT pg_advisory_xact_lock(:door)"), {"door": _DOOR})
    await connection.execute(insert(entries), [{"article": a, "number": n} for a, n in added])


async def ends(connection: AsyncConnection) -> tuple[int, int]:
    """Return the first and the last number; zeros when the log is empty."""
    found = await connection.execute(select(func.min(entries.c.seq), func.max(entries.c.seq)))
    first, last = found.one()
    return first or 0, last or 0


async def standing(connection: AsyncConnection) -> str | None:
    """Return which edition is out; see `Archive.standing`.

    What is removed is the oldest, so that the time of what was removed last only grows.
    """
    first, last = await ends(connection)
    waits = select(to_index.c.article).limit(1).exists()
    gone = select(func.max(removed.c.stored_at)).scalar_subquery()
    is_waiting, newest_gone = (await connection.execute(select(waits, gone))).one()
    return None if is_waiting else f"{first}-{last}-{newest_gone or ''}"


async def place_before(connection: AsyncConnection, moment: datetime) -> int:
    """Return a number after which there is everything that was stored at a moment or later.

    Found by halving: the log is in the order of commits, which is that of storing but for the
    time that a transaction took and what the clocks of two writers differ by.
    """
    low, high = 0, (await ends(connection))[1]  # what is after `high` is later, up to `low` earlier
    moment = utc(moment) - SLACK
    while low < high:
        middle = (low + high) // 2
        found = (await connection.execute(_NEXT, {"place": middle})).one_or_none()
        if found is None or utc(found.stored_at) >= moment or found.seq > high:
            high = middle
        else:
            low = found.seq
    return low


_NEXT = (
    select(entries.c.seq, versions.c.stored_at)
    .join_from(
        entries,
        versions,
        (versions.c.article == entries.c.article) & (versions.c.number == entries.c.number),
    )
    .where(entries.c.seq > bindparam("place"))
    .order_by(entries.c.seq)
    .limit(1)
)


async def places(connection: AsyncConnection, events: Sequence[Event]) -> list[int | None]:
    """Return the number of the version that each event became; None: it is not saved yet."""
    marks = [_mark(event) for event in events]
    saved = await _by_mark(connection, {m for m in marks if isinstance(m, str)})
    saved |= await _by_version(connection, {m for m in marks if not isinstance(m, str)})
    return [saved.get(mark) for mark in marks]


_Mark = str | tuple[str, int]


def _mark(event: Event) -> _Mark:
    if isinstance(event, ArticleStored):
        return rows.plain(event.article_id), event.version
    return arrival(event).mark


async def _by_mark(connection: AsyncConnection, marks: Collection[str]) -> dict[_Mark, int]:
    version = (entries.c.article == receipts.c.article) & (entries.c.number == receipts.c.number)
    known = select(receipts.c.mark, entries.c.seq).join_from(receipts, entries, version)
    found: dict[_Mark, int] = {}
    for some in _some(marks):
        for mark, seq in await connection.execute(known.where(receipts.c.mark.in_(some))):
            found[mark] = seq
    return found


async def _by_version(
    connection: AsyncConnection, named: Collection[tuple[str, int]]
) -> dict[_Mark, int]:
    name = (articles.c.article_id, entries.c.number)
    same = entries.c.article == articles.c.id
    known = select(*name, entries.c.seq).join_from(articles, entries, same)
    found: dict[_Mark, int] = {}
    for some in _some(named):
        for article, number, seq in await connection.execute(known.where(tuple_(*name).in_(some))):
            found[article, number] = seq
    return found


def _some(items: Collection[Any]) -> list[list[Any]]:
    ordered = sorted(items)
    return [ordered[start : start + _AT_ONCE] for start in range(0, len(ordered), _AT_ONCE)]
