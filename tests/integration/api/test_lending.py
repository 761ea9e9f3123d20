"""Rate limits that all processes of the API share, and what becomes of them without a broker."""

from __future__ import annotations

import asyncio
import sys

import pytest
from redis.asyncio import Redis

from steppewire.valkey import Valkey
from steppewire_api.lending import PAUSE, Lender
from steppewire_api.rates import Limiter, Rate

SLOW = Rate(0.001, 100)
"""A bucket that gains nothing while a test runs."""


async def passed(limiters: list[Limiter], count: int, caller: str = "a", rate: Rate = SLOW) -> int:
    """Ask in turn; return how often one may."""
    asked = [await limiters[n % len(limiters)].ask(caller, rate) for n in range(count)]
    return sum(taken.passes for taken in asked)


async def test_several_together_let_pass_what_one_would(redis: Redis) -> None:
    several: list[Limiter] = [Lender(SLOW, redis) for _ in range(3)]

    assert await passed(several, 250) == 100
    assert await passed(several, 10, caller="b") == 10


async def test_what_is_told_is_what_is_left(redis: Redis) -> None:
    lender = Lender(SLOW, redis)
    taken = [await lender.ask("a", SLOW) for _ in range(101)]

    assert [int(one.bucket.tokens) for one in taken] == [*range(99, -1, -1), 0]
    assert (taken[98].wait, taken[99].wait > 900, taken[100].passes) == (0, True, False)


async def test_a_bucket_that_is_full_again_is_forgotten(redis: Redis) -> None:
    await Lender(None, redis).ask("a", Rate(1000, 10))
    [name] = await redis.keys("*rate.a")

    assert 0 < await redis.pttl(name) < 2000


async def test_most_requests_ask_nobody(redis: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    lender, asked = Lender(None, redis), 0
    borrow = lender._borrow

    async def counted(caller: str, rate: Rate) -> tuple[int, float] | None:
        nonlocal asked
        asked += 1
        return await borrow(caller, rate)

    monkeypatch.setattr(lender, "_borrow", counted)
    await passed([lender], 1000, rate=Rate(50, 2000))

    assert asked == 25


async def test_without_a_broker_each_counts_for_itself_and_does_not_wait() -> None:
    now = 0.0
    nobody = Redis.from_url("redis://127.0.0.1:1/0")
    lender = Lender(SLOW, nobody, clock=lambda: now)

    assert await passed([lender], 120) == 100
    now = PAUSE  # it is asked again, and again nobody answers
    assert await passed([lender], 20) == 0
    await nobody.aclose()


_PROCESS = """
import asyncio, sys
from redis.asyncio import Redis
from steppewire_api.lending import Lender
from steppewire_api.rates import Rate

async def main():
    redis = Redis.from_url(sys.argv[1])
    lender, rate = Lender(None, redis), Rate(0.001, 400)
    print(sum([(await lender.ask("a", rate)).passes for _ in range(400)]))
    await redis.aclose()

asyncio.run(main())
"""


async def test_two_processes_share_one_bucket(valkey: Valkey, redis: Redis) -> None:
    started = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-c", _PROCESS, valkey.url, stdout=asyncio.subprocess.PIPE
        )
        for _ in range(2)
    ]
    said = [int((await process.communicate())[0]) for process in started]

    assert sum(said) == 400
