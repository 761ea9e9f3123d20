"""The reckoning: what went in, beside what is in the stream, in the database and in the tallies."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import stages
from redis.asyncio import Redis
from sqlalchemy import func, select

from steppewire.archive.engines import make_engine, parse
from steppewire.archive.tables import articles, receipts, versions
from steppewire.identity import article_id
from steppewire.streams import STAGES, STORED, dead_name, key
from steppewire.testing.service import tallies


@dataclass
class Reckoning:
    """How the books compare."""

    messages: int
    lost: set[str] = field(default_factory=set)
    repeated: Counter[str] = field(default_factory=Counter)
    """Article -> how many times too often it is somewhere."""
    strangers: int = 0
    """Articles that nobody sent."""
    miscounted: dict[str, int] = field(default_factory=dict)
    """Stage -> how far the number of messages it says it ended is off."""
    dead_letters: int = 0
    waits: int = 0
    """How often a message was sent back because the database was away."""
    found: dict[str, int] = field(default_factory=dict)

    @property
    def clean(self) -> bool:
        """Whether nothing is missing, nothing is there twice, and every count is right."""
        return not (self.lost or self.repeated or self.strangers or any(self.miscounted.values()))


async def reckon(redis: Redis, database: str, messages: int) -> Reckoning:
    """Compare all books. Nothing may be on its way any more."""
    result = Reckoning(messages)
    expected = {article_id(stages.discovered(number).url) for number in range(messages)}
    told: Counter[str] = Counter()
    async for article in _stored(redis):
        told[article] += 1
    kept = await _kept(database)
    for name, book in {"articles.stored": told, **kept}.items():
        result.found[name] = book.total()
        result.lost |= expected - book.keys()
        result.strangers += len(book.keys() - expected)
        for article, count in book.items():
            if count > 1:
                result.repeated[article] = max(result.repeated[article], count - 1)
    for stage in STAGES:
        counted = await tallies(redis, stage)
        result.miscounted[stage.group] = counted.get("done|", 0) - messages
        result.waits += sum(n for how, n in counted.items() if how.startswith("wait|"))
        result.dead_letters += await redis.xlen(key(dead_name(stage)))
    return result


async def _stored(redis: Redis) -> AsyncIterator[str]:
    start = "-"
    while rows := await _page(redis, start):
        for _, fields in rows:
            yield json.loads(fields[b"data"])["article_id"]
        start = "(" + rows[-1][0].decode()


async def _page(redis: Redis, start: str) -> list[Any]:
    rows: Any = await redis.xrange(key(STORED.name), start, "+", count=5000)
    return list(rows)


async def _kept(database: str) -> dict[str, Counter[str]]:
    """Return what the database holds of each article: itself, versions, answers given."""
    engine = make_engine(parse(database))
    try:
        async with engine.connect() as connection:
            ids = Counter((await connection.execute(select(articles.c.article_id))).scalars())
            books = {"database: articles": ids}
            for name, table in (("versions", versions), ("receipts", receipts)):
                counted = (
                    select(articles.c.article_id, func.count())
                    .join(table, table.c.article == articles.c.id)
                    .group_by(articles.c.article_id)
                )
                rows = (await connection.execute(counted)).all()
                books[f"database: {name}"] = Counter({row[0]: row[1] for row in rows})
    finally:
        await engine.dispose()
    return books
