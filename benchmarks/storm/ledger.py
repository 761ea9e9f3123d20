"""The reckoning: what went in, beside what is in the stream, in the database and in the tallies.

A book is one byte a message, so that a million of them need a few megabytes.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any, Protocol

from redis.asyncio import Redis
from sqlalchemy import Select, func, select

from steppewire.archive.engines import make_engine, parse
from steppewire.archive.tables import articles, receipts, versions
from steppewire.streams import STAGES, STORED, dead_name, key
from steppewire.testing.service import tallies

_PAGE = 5000
_SHOWN = 20
"""Articles that are named of those that are missing, or there twice."""


class Roll(Protocol):
    """What was sent."""

    size: int

    def place(self, article: str, url: str) -> int | None:
        """Return the place of an article in the books; None when nobody sent it."""


class Book:
    """How often each message is somewhere."""

    def __init__(self, roll: Roll) -> None:
        self.roll, self.counts = roll, bytearray(roll.size)
        self.entries = self.strangers = 0

    def enter(self, article: str, url: str, count: int = 1) -> None:
        """Take down what was found."""
        self.entries += count
        place = self.roll.place(article, url)
        if place is None:
            self.strangers += 1
        else:
            self.counts[place] = min(255, self.counts[place] + count)


@dataclass
class Reckoning:
    """How the books compare."""

    messages: int
    lost: int = 0
    repeated: int = 0
    """How many times too often messages are somewhere."""
    places: list[int] = field(default_factory=list)
    """The first of those, by their place on the roll."""
    strangers: int = 0
    """Articles that nobody sent."""
    miscounted: dict[str, int] = field(default_factory=dict)
    """Stage -> how far the number of messages it says it ended is off."""
    dead_letters: int = 0
    endings: dict[str, int] = field(default_factory=dict)
    """How often an attempt ended otherwise: `stage outcome reason` -> count."""
    found: dict[str, int] = field(default_factory=dict)
    untrue: list[str] = field(default_factory=list)
    """Articles that do not say what their pages said."""

    @property
    def clean(self) -> bool:
        """Whether nothing is missing, nothing is there twice, and every count is right."""
        return not (
            self.lost
            or self.repeated
            or self.strangers
            or self.untrue
            or any(self.miscounted.values())
        )


async def reckon(redis: Redis, database: str, roll: Roll) -> Reckoning:
    """Compare all books. Nothing may be on its way any more."""
    books = {"articles.stored": await _told(redis, roll), **await _kept(database, roll)}
    result = compare(roll.size, books)
    for stage in STAGES:
        counted = await tallies(redis, stage)
        result.miscounted[stage.group] = counted.pop("done|", 0) - roll.size
        for how, number in sorted(counted.items()):
            result.endings[f"{stage.group} {how.replace('|', ' ')}".strip()] = number
        result.dead_letters += await redis.xlen(key(dead_name(stage)))
    return result


def compare(messages: int, books: dict[str, Book]) -> Reckoning:
    """Lay the books side by side."""
    result = Reckoning(messages)
    result.found = {name: book.entries for name, book in books.items()}
    result.strangers = sum(book.strangers for book in books.values())
    for place, counts in enumerate(zip(*(book.counts for book in books.values()), strict=True)):
        if set(counts) == {1}:
            continue
        result.lost += 0 in counts
        result.repeated += max(0, max(counts) - 1)
        result.places += [place] if len(result.places) < _SHOWN else []
    return result


async def _told(redis: Redis, roll: Roll) -> Book:
    book = Book(roll)
    async for event in _stored(redis):
        book.enter(event["article_id"], event["url"])
    return book


async def _stored(redis: Redis) -> AsyncIterator[dict[str, Any]]:
    start = "-"
    while True:
        rows: Any = await redis.xrange(key(STORED.name), start, "+", count=_PAGE)
        if not rows:
            return
        for _, fields in rows:
            yield json.loads(fields[b"data"])
        start = "(" + rows[-1][0].decode()


async def _kept(database: str, roll: Roll) -> dict[str, Book]:
    """Return what the database holds of each article: itself, versions, answers given."""
    engine = make_engine(parse(database), command_seconds=None)
    books = {}
    try:
        async with engine.connect() as connection:
            for name, statement in _COUNTED.items():
                book = books[f"database: {name}"] = Book(roll)
                paged = statement.execution_options(yield_per=_PAGE)
                async for row in await connection.stream(paged):
                    book.enter(*row)
    finally:
        await engine.dispose()
    return books


def _counted(table: Any) -> Select[Any]:
    of_each = select(table.c.article, func.count().label("number")).group_by(table.c.article)
    counts = of_each.subquery()
    return select(articles.c.article_id, articles.c.url, counts.c.number).join(
        counts, counts.c.article == articles.c.id
    )


_COUNTED: dict[str, Select[Any]] = {
    "articles": select(articles.c.article_id, articles.c.url),
    "versions": _counted(versions),
    "receipts": _counted(receipts),
}
