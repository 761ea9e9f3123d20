"""The looks at the stages, on a real server."""

from __future__ import annotations

from redis.asyncio import Redis

from steppewire.streams import PARSE, dead_name, key, tally_name
from steppewire_api.gauges import Gauges
from steppewire_api.pages.letters import Letters
from steppewire_api.pages.pace import LOOKS, TURN, Pace

NOON = 1_795_000_020.0
"""A moment well inside a minute."""


async def test_two_processes_look_once_and_see_the_same(redis: Redis) -> None:
    now = NOON
    first, second = (Pace(redis, Gauges(redis).ended, clock=lambda: now) for _ in range(2))
    await first.look()
    await second.look()
    assert await redis.zcard(key(LOOKS)) == 1
    await redis.hset(key(tally_name(PARSE)), mapping={"a|done|": 5, "a|retry|slow": 9})
    await redis.delete(key(TURN))
    now += 10
    await second.look()

    assert (await first.minutes(["parser"]))["parser"][-1] == 5


async def test_what_is_older_than_an_hour_is_forgotten(redis: Redis) -> None:
    now = NOON
    pace = Pace(redis, Gauges(redis).ended, clock=lambda: now)
    for minutes in (0, 30, 90):
        await redis.delete(key(TURN))
        now = NOON + 60 * minutes
        await pace.look()

    assert await redis.zcount(key(LOOKS), "-inf", NOON + 60 * 30 - 1) == 0
    assert await redis.zcard(key(LOOKS)) == 2


async def test_dead_letters_are_read_in_heaps_without_what_they_carry(redis: Redis) -> None:
    told = {"dead.source": "el.kz", "dead.outcome": "reject", "dead.reason": "no-article"}
    for number in range(3):
        last = {"dead.last": f"2026-11-21T09:0{number}:00+00:00", "dead.detail": f"page {number}"}
        await redis.xadd(key(dead_name(PARSE)), {"data": "x" * 100_000} | told | last)
    await redis.xadd(key(dead_name(PARSE)), {"data": "a stranger's"})
    heaps = await Letters(redis).heaps()

    assert [(heap.stage, heap.heap.count, heap.detail) for heap in heaps] == [
        ("parse", 3, "page 2"),
        ("parse", 1, ""),
    ]
    assert heaps[0].value == "stage=parse&source=el.kz&reason=no-article"
    assert heaps[1].last is None
