"""What a dead worker leaves is taken over in batches that shrink with each further death."""

from __future__ import annotations

import pytest
from redis.asyncio import Redis

from steppewire.delivery.gate import Gate, inlets
from steppewire.streams import DISCOVERED, FETCH
from steppewire.testing.service import discovered, prepare, publish

INLET = inlets(FETCH, 1)[0]
MOST = 20


async def read(redis: Redis, count: int) -> None:
    await redis.xreadgroup(FETCH.group, "first", {INLET.stream: ">"}, count=count)


async def die(redis: Redis, times: int) -> None:
    """Let every pending entry go down with a worker some more times."""
    pending = await redis.xpending_range(INLET.stream, FETCH.group, "-", "+", 1000)
    ids = [row["message_id"] for row in pending]
    for number in range(times):
        await redis.xclaim(INLET.stream, FETCH.group, f"dead-{number}", 0, ids)


@pytest.mark.parametrize(("deaths", "together"), [(1, 20), (2, 5), (3, 2), (4, 1), (7, 1)])
async def test_the_more_workers_an_entry_went_down_with_the_fewer_come_with_it(
    redis, deaths, together
):
    await prepare(redis)
    await publish(redis, DISCOVERED.name, [discovered(n) for n in range(40)])
    await read(redis, 40)
    await die(redis, deaths - 1)

    taken = await Gate(redis).claim(INLET, "heir", lease=0, most=MOST)

    assert [entry.deliveries for entry in taken] == [deaths + 1] * together


async def test_what_went_down_once_never_shares_a_batch_with_a_suspect(redis):
    await prepare(redis)
    await publish(redis, DISCOVERED.name, [discovered(n) for n in range(12)])
    await read(redis, 6)
    await die(redis, 1)
    await read(redis, 6)

    taken = await Gate(redis).claim(INLET, "heir", lease=0, most=MOST)

    assert [entry.deliveries for entry in taken] == [2] * 6
