"""The fetcher reads the whole newsroom: every article, and every bad page with its reason."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from subprocess import DEVNULL, Popen
from typing import Any

import httpx
import pytest
from redis.asyncio import Redis

import steppewire_newsroom
from steppewire.delivery.entrance import SEEN
from steppewire.events import ArticleFetched
from steppewire.streams import FETCH, FETCHED, key, tally_name
from steppewire.testing.service import prepare, until
from steppewire.valkey import Valkey
from steppewire.wire import decode
from steppewire_newsroom import bad_pages, reroute, serve, source_problems, truth

SOURCES = Path(steppewire_newsroom.__file__).parent / "sources"
SEVERAL_POLLS = 3


@pytest.fixture
async def newsroom() -> AsyncIterator[int]:
    async with serve() as port:
        yield port


@asynccontextmanager
async def reading(newsroom: int, valkey: Valkey, folder: Path) -> AsyncIterator[None]:
    """Run a fetcher on the newsroom until the block ends."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith("STEPPEWIRE_")}
    environment = {
        "STEPPEWIRE_REDIS_URL": valkey.url,
        "STEPPEWIRE_BLOBS": str(folder / "blobs"),
        "STEPPEWIRE_SOURCES_DIR": str(SOURCES),
        "STEPPEWIRE_REROUTE": reroute(newsroom),
        "STEPPEWIRE_POLL": "1",
        "STEPPEWIRE_PACE": "0.01",
        "STEPPEWIRE_CHALLENGE_WAIT": "0.1",
        "STEPPEWIRE_RETRY_BASE": "0.1",
        "STEPPEWIRE_OUTAGE": "0",
    }
    command = [sys.executable, "-m", "steppewire_fetcher"]
    process = Popen(command, env=clean | environment, stderr=DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        process.wait()


async def fetched(redis: Redis) -> list[ArticleFetched]:
    entries: Any = await redis.xrange(key(FETCHED.name))
    return [decode(fields, ArticleFetched) for _, fields in entries]


async def endings(redis: Redis) -> Counter[tuple[str, ...]]:
    tally: Any = await redis.hgetall(key(tally_name(FETCH)))
    return Counter({tuple(k.decode().split("|")): int(n) for k, n in tally.items()})


async def polls(redis: Redis, source: str) -> int:
    return int(await redis.hget(key(f"source.{source}"), "polls") or 0)


def expected_bad() -> Counter[tuple[str, ...]]:
    ours = [page for page in bad_pages() if page.stage == "fetcher"]
    return Counter((page.source, page.outcome, page.reason) for page in ours)


def missing(pages: list[ArticleFetched]) -> set[str]:
    """Return the articles of the first edition of which no address has been fetched."""
    seen = {page.fetch.final_url for page in pages} | {page.fetch.url for page in pages}
    return {one.url for one in truth() if one.version == 1 and not seen & set(one.urls)}


async def test_every_article_is_fetched_and_every_bad_page_ends_with_its_reason(
    newsroom: int, redis: Redis, valkey: Valkey, tmp_path: Path
) -> None:
    await prepare(redis)

    async def all_ended() -> bool:
        bad = expected_bad()
        found = await endings(redis)
        return not missing(await fetched(redis)) and all(found[k] >= n for k, n in bad.items())

    async def polled_again() -> bool:
        return all([await polls(redis, n) >= SEVERAL_POLLS for n in ("zakon.kz", "kun.uz")])

    async with reading(newsroom, valkey, tmp_path):
        await until(all_ended, what="every page of the newsroom", seconds=60)
        await until(polled_again, what="further polls")

    found = await endings(redis)
    passing = ("done", "wait", "retry")
    final = {k: n for k, n in expected_bad().items() if k[1] not in passing}
    assert {k: n for k, n in found.items() if k[1] not in passing} == final
    # each link entered once, however many documents list it and however often they are read
    whole = sum(n for k, n in found.items() if k[1] not in ("retry", "wait"))
    assert whole == await redis.hlen(key(SEEN))
    for problem in source_problems():
        assert await redis.hget(key(f"source.{problem.source}"), f"warning.{problem.problem}")


async def test_only_an_edited_article_is_fetched_again(
    newsroom: int, redis: Redis, valkey: Valkey, tmp_path: Path
) -> None:
    await prepare(redis)
    changed = {one.url for one in truth(edited=True) if one.version == 2}

    async def all_in() -> bool:
        return not missing(await fetched(redis))

    async def twice() -> set[str]:
        counts = Counter(page.fetch.final_url for page in await fetched(redis))
        return {url for url, count in counts.items() if count > 1}

    async def edits_in() -> bool:
        return changed <= await twice()

    async with reading(newsroom, valkey, tmp_path):
        await until(all_in, what="the first edition", seconds=60)
        before = await twice()
        async with httpx.AsyncClient() as client:
            await client.post(f"http://127.0.0.1:{newsroom}/control/edit")
        await until(edits_in, what="the second edition")

    assert await twice() - before == changed
