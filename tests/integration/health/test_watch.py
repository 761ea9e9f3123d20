"""The watcher on a real server: what it tells, it tells once, whoever dies meanwhile."""

from __future__ import annotations

import asyncio
import hashlib
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

import pytest
from redis.asyncio import Redis

from steppewire.events import ArticleEnriched, SourceHealth
from steppewire.health.reading import TOLD, lines, read
from steppewire.health.watch import Watcher
from steppewire.streams import ENRICHED, FETCH, HEALTH, key, tally_name
from steppewire.testing.articles import story
from steppewire.testing.proxy import Snare, proxied
from steppewire.testing.samples import NOON
from steppewire.testing.service import publish, until
from steppewire.valkey import Valkey
from steppewire.wire import decode

PROGRAM = Path(__file__).with_name("watcher_program.py")
HOUR = 3600.0
FULL, SUMMARY = "Толық мәтін. " * 100, "Қысқаша."


def life(source: str, *, well: int = 60, ill: int = 6, again: int = 12) -> list[ArticleEnriched]:
    """A source that for a while gives summaries only."""
    texts = [FULL] * well + [SUMMARY] * ill + [FULL] * again
    return [
        story(n, source=source, text=text, fetched=n * HOUR, published=None, authors=("А. Б.",))
        for n, text in enumerate(texts)
    ]


async def told(redis: Redis) -> list[SourceHealth]:
    entries: Any = await redis.xrange(key(HEALTH.name))
    return [decode(fields, SourceHealth) for _, fields in entries]


async def read_all(redis: Redis, number: int) -> bool:
    """Whether the watcher has written down so many articles."""
    raw: Any = await redis.hget(key("health.place"), "0")
    last: Any = await redis.xrevrange(key(ENRICHED.name), count=1)
    length = await redis.xlen(key(ENRICHED.name))
    return bool(raw) and length >= number and raw == last[0][0]


@contextmanager
def watching(url: str, replicas: int = 1) -> Iterator[list[subprocess.Popen[bytes]]]:
    running = [subprocess.Popen([sys.executable, PROGRAM, url]) for _ in range(replicas)]
    try:
        yield running
    finally:
        for process in running:
            process.kill()
            process.wait()


def watcher(redis: Redis, now: float | None = None) -> Watcher:
    return Watcher(redis, partitions=1, now=lambda: now or time.time(), books=0.0)


async def step(one: Watcher) -> None:
    assert await one._claimed()
    await one.step()


def expected(sources: Sequence[str]) -> Counter[tuple[str, str]]:
    return Counter((source, kind) for source in sources for kind in ("layout-changed", "recovered"))


async def test_summaries_are_told_with_the_page_and_their_end_too(redis: Redis) -> None:
    events = life("trap.test")
    await publish(redis, ENRICHED.name, events)

    await step(watcher(redis))

    began, ended = await told(redis)
    assert (began.kind, began.reason, began.drifts[0].fact) == ("layout-changed", "body", "body")
    assert began.since == events[60].fetch.fetched_at
    assert began.page is not None
    assert began.page.url in {one.fetch.final_url for one in events[60:66]}
    assert began.page.blob.startswith("sha256:")
    assert "summaries only?" in began.text
    assert (ended.kind, ended.was) == ("recovered", "layout-changed")


async def test_a_watcher_killed_again_and_again_tells_everything_once(
    redis: Redis, valkey: Valkey
) -> None:
    sources = [f"site-{n}.test" for n in range(8)]
    streams = [life(source) for source in sources]
    events = [event for row in zip(*streams, strict=True) for event in row]
    for start in range(0, len(events), 104):
        await publish(redis, ENRICHED.name, events[start : start + 104])
        count = start + 104
        with watching(valkey.url, replicas=2) as (first, second):
            await until(lambda: begun(redis), what="a first step")
            (first if start % 208 else second).kill()
            await until(lambda n=count: read_all(redis, n), what="all articles")

    assert Counter((e.source, e.kind) for e in await told(redis)) == expected(sources)


async def begun(redis: Redis) -> bool:
    return bool(await redis.hexists(key("health.place"), "0"))


@pytest.mark.parametrize("side", ["request", "reply"])
async def test_a_watcher_killed_while_it_writes_repeats_and_loses_nothing(
    redis: Redis, valkey: Valkey, tmp_path: Path, side: Literal["request", "reply"]
) -> None:
    await publish(redis, ENRICHED.name, life("trap.test"))
    script = files("steppewire.health").joinpath("lua", "commit.lua").read_bytes()
    snare = Snare(hashlib.sha1(script).hexdigest().encode(), side, "hold")
    async with proxied(valkey.url, tmp_path, snare) as url:
        with watching(url):
            async with asyncio.timeout(30):
                await snare.caught.wait()
    with watching(valkey.url):
        await until(lambda: read_all(redis, 78), what="all articles")

    assert Counter((e.source, e.kind) for e in await told(redis)) == expected(["trap.test"])


async def test_one_who_has_lost_the_claim_writes_nothing(redis: Redis) -> None:
    late = watcher(redis)
    await step(late)
    await redis.set(key("health.claim"), "another")
    await publish(redis, ENRICHED.name, life("trap.test"))
    await late.step()

    assert await told(redis) == []
    assert not await redis.hexists(key("health.charts"), "trap.test")


async def test_refusals_in_the_books_are_told_as_blocked(redis: Redis) -> None:
    now = NOON.timestamp()
    await redis.zadd(key("sources.due"), {"shut.test": 1})
    one = watcher(redis, now)
    await step(one)
    await redis.hset(key(tally_name(FETCH)), "shut.test|skip|forbidden", 9)
    await step(one)

    [event] = await told(redis)
    assert (event.source, event.kind, event.reason) == ("shut.test", "blocked", "forbidden")


async def test_silence_is_told_when_somebody_has_looked_and_found_nothing(redis: Redis) -> None:
    await publish(redis, ENRICHED.name, life("still.test", well=24 * 16, ill=0, again=0))
    clock = [NOON.timestamp() + 24 * 16 * HOUR + 3 * 24 * HOUR]
    one = Watcher(redis, partitions=1, now=lambda: clock[0], books=0.0)
    for _ in range(3):
        await step(one)
        await step(one)
    assert await told(redis) == []

    looked = NOON.fromtimestamp(clock[0], NOON.tzinfo)
    await redis.hset(key("source.still.test"), "last_success", looked.isoformat())
    await step(one)
    clock[0] += 301
    await step(one)

    [event] = await told(redis)
    assert (event.kind, event.reason) == ("silent", "articles")
    health = (await read(redis))["still.test"]
    assert health.state == "silent"
    assert len(health.rhythm) == 7
    assert any("No article for" in line for line in lines("still.test", health))


async def test_a_chart_that_nobody_can_read_is_learnt_anew(redis: Redis) -> None:
    await redis.hset(key("health.charts"), "odd.test", "{")
    await redis.hset(key("health.place"), "step", "3")
    await publish(redis, ENRICHED.name, life("odd.test", well=3, ill=0, again=0))
    await step(watcher(redis))

    assert (await read(redis))["odd.test"].state == "learning"
    assert await redis.hexists(key(TOLD), "odd.test")


async def test_where_the_whole_country_is_slow_nobody_is_called_silent(redis: Redis) -> None:
    names = [f"site-{n}.test" for n in range(7)]
    stop = 24 * 16
    for name in names:
        # the seventh belongs to another country, where it is an ordinary day
        await redis.hset(key(f"source.{name}"), "country", "KZ" if name != names[6] else "UZ")
        await publish(redis, ENRICHED.name, life(name, well=stop, ill=0, again=0))
    clock = [NOON.timestamp() + stop * HOUR]
    one = Watcher(redis, partitions=1, now=lambda: clock[0], books=0.0)
    while not await read_all(redis, len(names) * stop):
        await step(one)
    quiet = clock[0] + 14 * HOUR
    for moment in (clock[0], quiet, quiet + 301):
        clock[0] = moment
        for name in names:
            looked = NOON.fromtimestamp(moment, NOON.tzinfo)
            await redis.hset(key(f"source.{name}"), "last_success", looked.isoformat())
        await step(one)

    assert {event.source for event in await told(redis)} == {names[6]}
