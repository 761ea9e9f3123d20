"""The enricher as a process of its own on a real broker."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from redis.asyncio import Redis

from steppewire.events import (
    Article,
    ArticleEnriched,
    ArticleParsed,
    Extraction,
    Fetch,
    Paragraph,
)
from steppewire.streams import ENRICH, ENRICHED, PARSED, key
from steppewire.testing.service import keys_of, prepare, publish, tallies, until
from steppewire.valkey import Valkey
from steppewire.wire import decode

NOW = datetime(2026, 11, 1, tzinfo=UTC)


def parsed(number: int, text: str) -> ArticleParsed:
    url = f"https://example.kz/{number}"
    return ArticleParsed(
        article=Article(
            article_id=f"{number:032}",
            version_id=f"{number:032}",
            url=url,
            source="example",
            title="Астанада жиын өтті",
            paragraphs=(Paragraph(text=text),),
        ),
        fetch=Fetch(
            link_id=f"{number:032}",
            url=url,
            final_url=url,
            source="example",
            fetched_at=NOW,
            status=200,
            blob=f"sha256:{'0' * 64}",
            size=1,
        ),
        extraction=Extraction(parser="test/1", method="generic", charset="utf-8"),
    )


@asynccontextmanager
async def enricher(broker: str) -> AsyncIterator[asyncio.subprocess.Process]:
    environment = {"STEPPEWIRE_REDIS_URL": broker, "STEPPEWIRE_LOG_LEVEL": "ERROR"}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "steppewire_enricher", env={**os.environ, **environment}
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        await asyncio.wait_for(process.wait(), 20)


async def test_what_is_parsed_is_enriched_once(valkey: Valkey, redis: Redis) -> None:
    events = [
        parsed(n, "Қазақстан Президенті Қасым-Жомарт Тоқаев жиын өткізді.") for n in range(20)
    ]
    await prepare(redis)
    await publish(redis, PARSED.name, events)

    async with enricher(valkey.url) as process:
        await until(lambda: _ended(redis, 20), what="twenty records")

    assert process.returncode == 0
    assert {event.key for event in events} == set(await keys_of(redis, ENRICHED.name))
    assert await redis.xlen(key(ENRICHED.name)) == 20


async def test_the_record_names_who_is_spoken_of(valkey: Valkey, redis: Redis) -> None:
    await prepare(redis)
    await publish(redis, PARSED.name, [parsed(1, "Бұл туралы Тоқаевтың өзі Ташкентте айтты.")])

    async with enricher(valkey.url):
        await until(lambda: _ended(redis, 1), what="a record")

    (_, fields), *_ = await redis.xrange(key(ENRICHED.name))
    entities = decode(fields, ArticleEnriched).enrichment.entities
    assert {"person/toqaev-qasym-jomart", "place/astana", "place/tashkent"} <= {
        e.id for e in entities
    }


async def _ended(redis: Redis, number: int) -> bool:
    return sum((await tallies(redis, ENRICH)).values()) >= number
