"""Backpressure: who stops, in which order, and that all goes on by itself with nothing lost."""

from __future__ import annotations

from collections import Counter
from functools import partial

import pytest
from redis.asyncio import Redis

from steppewire.delivery.gate import inlets
from steppewire.events import Event
from steppewire.servers import connect
from steppewire.streams import (
    DISCOVERED,
    ENRICH,
    ENRICHED,
    FETCH,
    FETCHED,
    PARSE,
    PARSED,
    STORE,
    Stage,
    Stream,
    key,
)
from steppewire.testing import samples
from steppewire.testing.redis import running_valkey
from steppewire.testing.service import (
    discovered,
    fetched,
    keys_of,
    prepare,
    publish,
    serving,
    tallies,
    unsettled,
    until,
)

MARK, COUNT = 40, 300
NEXT = {FETCH: PARSE, PARSE: ENRICH, ENRICH: STORE}


def sample(stream: Stream, number: int) -> Event:
    makers = {
        DISCOVERED.name: discovered,
        FETCHED.name: lambda n: fetched(discovered(n)),
        PARSED.name: samples.parsed,
        ENRICHED.name: samples.enriched,
    }
    event: Event = makers[stream.name](number)
    return event


def at_work(stage: Stage, service) -> None:
    """Wire a stage that sends on, for each message, the next free one of what it writes."""
    numbers = iter(range(COUNT))

    async def work(_event: Event) -> Event:
        return sample(stage.writes, next(numbers))

    service.each(stage, work, concurrency=4)


@pytest.mark.parametrize("stage", NEXT, ids=lambda stage: stage.group)
async def test_a_stage_stops_before_a_full_one_holds_nothing_meanwhile_and_goes_on_by_itself(
    redis, valkey, stage
):
    await prepare(redis)
    backlog = [sample(stage.writes, n) for n in range(1000, 1000 + MARK + 1)]
    await publish(redis, stage.writes.name, backlog)
    await publish(redis, stage.reads.name, [sample(stage.reads, n) for n in range(COUNT)])

    async with serving(valkey.url, partial(at_work, stage), max_lag=MARK) as service:
        worker = service.workers[0]
        await until(lambda: closed(worker), what="the pause")
        await until(lambda: holds_nothing(redis, stage), what="what was read to be done")
        turn, left = service.condition.turned_at, await unsettled(redis, stage)
        await until(lambda: turned_since(service, turn + 2), what="two more turns")
        assert await unsettled(redis, stage) == left > 0
        assert await holds_nothing(redis, stage)
        assert service.condition.not_alive(turn + 10_000) is None
        await until(lambda: drained(redis, stage), what="all of them", seconds=60)

    sent = await keys_of(redis, stage.writes.name)
    assert Counter(sent[-COUNT:]) == {sample(stage.writes, n).key: 1 for n in range(COUNT)}
    assert await tallies(redis, stage) == {"done|": COUNT}


async def closed(worker) -> bool:
    return not worker.open.is_set()


async def holds_nothing(redis: Redis, stage: Stage) -> bool:
    held = [(await redis.xpending(i.stream, stage.group))["pending"] for i in inlets(stage, 1)]
    return not any(held)


async def turned_since(service, moment: float) -> bool:
    return service.condition.turned_at > moment


async def drained(redis: Redis, stage: Stage) -> bool:
    """Work for the next stage, a little at a time; tell whether nothing waits in this one."""
    stream, group = key(stage.writes.name), NEXT[stage].group
    for _, rows in await redis.xreadgroup(group, "test", {stream: ">"}, count=20):
        await redis.xack(stream, group, *(id_ for id_, _ in rows))
    return await unsettled(redis, stage) == 0


def all_stages(service) -> None:
    async def work(_event: Event) -> tuple[()]:
        return ()

    for stage in (FETCH, PARSE, ENRICH, STORE):
        service.each(stage, work)


async def test_as_memory_fills_the_fetcher_stops_first_and_the_store_never(tmp_path):
    with running_valkey(tmp_path) as server:
        redis = connect(server.url)
        for number in range(60):  # so that a little more or less is no share
            await redis.set(f"ballast:{number}", b"x" * 1_000_000)
        async with serving(server.url, all_stages, max_memory_share=0.8) as service:
            for share, stopped in ((0.5, 0), (0.83, 1), (0.9, 2), (0.97, 3), (1.2, 3), (0.5, 0)):
                used = int((await redis.info("memory"))["used_memory"])
                await redis.config_set("maxmemory", int(used / share))
                await until(lambda n=stopped: stops(service, n), what=f"{stopped} pauses")
            evicted = (await redis.info("stats"))["evicted_keys"]
        await redis.aclose()

    assert evicted == 0


async def stops(service, number: int) -> bool:
    """Tell whether the first so many stages have stopped, and no other."""
    return [worker.open.is_set() for worker in service.workers] == [
        *([False] * number),
        *([True] * (4 - number)),
    ]


async def test_the_last_stage_stops_for_no_backlog(redis, valkey):
    """What it writes is read by other systems, at their own pace, or by nobody."""
    await prepare(redis)
    await publish(redis, ENRICHED.name, [samples.enriched(n) for n in range(COUNT)])

    async with serving(valkey.url, all_stages, max_lag=1) as service:
        await until(lambda: none_left(redis), what=f"{COUNT} messages")
        assert service.workers[3].open.is_set()

    assert await tallies(redis, STORE) == {"done|": COUNT}


async def none_left(redis: Redis) -> bool:
    return await unsettled(redis, STORE) == 0
