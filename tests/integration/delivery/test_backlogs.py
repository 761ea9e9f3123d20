"""A large backlog: two replicas share it fairly, and neither takes more than it can work on."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from pathlib import Path

import pytest
from redis.asyncio import Redis

from steppewire.streams import DISCOVERED, FETCH, FETCHED, key
from steppewire.testing.service import discovered, prepare, publish, unsettled, until

PROGRAM = Path(__file__).with_name("backlog_program.py")
SIZE = 100
"""Entries in one run of the program, and in one read of it."""
STREAM = key(DISCOVERED.name)


@pytest.mark.parametrize(
    ("count", "letters"),
    [
        pytest.param(20_000, 1500, id="20000-large"),
        pytest.param(200_000, 20, id="200000", marks=pytest.mark.slow),
    ],
)
async def test_two_replicas_share_a_backlog_fairly_in_bounded_memory(redis, valkey, count, letters):
    await prepare(redis)
    await publish_backlog(redis, count, letters)
    first, second = (start(valkey.url) for _ in range(2))
    try:
        await until(lambda: holders(redis, 2), what="both to take their first entries")
        await redis.rpush("go", "1", "1")
        most = await most_pending_until_done(redis)
        told = [await asyncio.to_thread(end, process) for process in (first, second)]
    finally:
        for process in (first, second):
            process.kill()
            process.wait()

    assert sum(one["handled"] for one in told) == count
    assert await redis.xlen(key(FETCHED.name)) == count
    assert min(one["handled"] for one in told) > count * 0.3
    # of each replica one batch at work, one that is read and waits for its slot
    assert most <= 2 * 2 * SIZE
    assert max(one["peak"] - one["at_signal"] for one in told) < 40 * 1024


async def publish_backlog(redis: Redis, count: int, letters: int) -> None:
    for begin in range(0, count, 1000):
        events = [
            discovered(n).model_copy(update={"title_hint": "ж" * letters})
            for n in range(begin, begin + 1000)
        ]
        await publish(redis, DISCOVERED.name, events)


def start(url: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, PROGRAM, url], stdout=subprocess.PIPE)


def end(process: subprocess.Popen[bytes]) -> dict[str, int]:
    process.terminate()
    out, _ = process.communicate(timeout=30)
    told: dict[str, int] = json.loads(out)
    return told


async def holders(redis: Redis, number: int) -> bool:
    summary = await redis.xpending(STREAM, FETCH.group)
    return len(summary["consumers"] or ()) == number


async def most_pending_until_done(redis: Redis) -> int:
    most = 0

    async def done() -> bool:
        nonlocal most
        most = max(most, (await redis.xpending(STREAM, FETCH.group))["pending"])
        return await unsettled(redis, FETCH) == 0

    await until(done, what="the backlog", seconds=240)
    return most
