"""Workers and servers that die, hang and come back: nothing lost, nothing twice."""

from __future__ import annotations

import asyncio
import random
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from redis.asyncio import Redis

from steppewire.servers import connect
from steppewire.streams import DISCOVERED, FETCH, FETCHED, key
from steppewire.testing.redis import running_valkey
from steppewire.testing.service import (
    SHORT_LEASE,
    all_settled,
    dead_letters,
    discovered,
    fetched,
    keys_of,
    prepare,
    publish,
    serving,
    tallies,
    until,
)
from steppewire.testing.worker import worker


async def written(redis: Redis, count: int) -> bool:
    return await redis.xlen(key(FETCHED.name)) >= count


def once(numbers: range) -> Counter[str]:
    return Counter({discovered(n).key: 1 for n in numbers})


@pytest.mark.parametrize("mode", ["each", "batch"])
async def test_a_worker_killed_in_the_middle_of_a_batch_loses_and_repeats_nothing(
    redis, valkey, mode
):
    await publish(redis, DISCOVERED.name, [discovered(n) for n in range(400)])
    for goal in (60, 150):
        with worker(valkey.url, mode=mode) as process:
            await until(lambda goal=goal: written(redis, goal), what=f"{goal} messages")
            process.send_signal(signal.SIGKILL)
            process.wait()
    with worker(valkey.url, mode=mode):
        await until(lambda: all_settled(redis), what="all messages")

    assert Counter(await keys_of(redis, FETCHED.name)) == once(range(400))
    assert await tallies(redis, FETCH) == {"done|": 400}


async def test_a_worker_that_was_stopped_and_overtaken_commits_nothing(redis, valkey):
    await publish(redis, DISCOVERED.name, [discovered(n) for n in range(60)])
    with worker(valkey.url, pause=0.3) as sleeper:
        await until(lambda: written(redis, 8), what="the first messages")
        sleeper.send_signal(signal.SIGSTOP)
        stopped = await now(redis)
        with worker(valkey.url, pause=0.0):
            await until(lambda: all_settled(redis), what="the others to take over")
            await until(lambda: passed(redis, stopped + 3 * SHORT_LEASE), what="three leases")
            sleeper.send_signal(signal.SIGCONT)
            await publish(redis, DISCOVERED.name, [discovered(n) for n in range(60, 120)])
            await until(lambda: all_settled(redis), what="the rest")
        sleeper.send_signal(signal.SIGTERM)
        await asyncio.to_thread(sleeper.wait)

    assert Counter(await keys_of(redis, FETCHED.name)) == once(range(120))
    assert await tallies(redis, FETCH) == {"done|": 120}


async def now(redis: Redis) -> float:
    seconds, micros = await redis.time()
    return seconds + micros / 1e6


async def passed(redis: Redis, moment: float) -> bool:
    return await now(redis) > moment


async def test_a_slow_worker_that_cannot_beat_is_overtaken_and_commits_nothing(redis, valkey):
    """Its handler blocks the whole process for two leases, so that not even a heartbeat leaves."""
    await publish(redis, DISCOVERED.name, [discovered(n) for n in range(8)])
    with worker(valkey.url, pause=2 * SHORT_LEASE, mode="numb") as numb:
        await until(lambda: begun(redis, 1), what="the first handler at work")
        with worker(valkey.url, pause=0.0):
            await until(lambda: all_settled(redis), what="the other to take over")
            await until(lambda: begun(redis, 9), what="a message that was begun twice")
            numb.send_signal(signal.SIGTERM)
            await asyncio.to_thread(numb.wait)

    assert Counter(await keys_of(redis, FETCHED.name)) == once(range(8))
    assert await tallies(redis, FETCH) == {"done|": 8}


async def begun(redis: Redis, number: int) -> bool:
    return int(await redis.get("begun") or 0) >= number


async def test_a_slow_worker_that_beats_keeps_its_messages(redis, valkey):
    """A run takes three leases; the heartbeat keeps a second worker's hands off it."""
    await publish(redis, DISCOVERED.name, [discovered(n) for n in range(8)])

    async def slow(event):
        await asyncio.sleep(2.0)
        return fetched(event)

    def wire(service):
        service.each(FETCH, slow, concurrency=8)

    async with serving(valkey.url, wire) as first, serving(valkey.url, wire) as second:
        await until(lambda: all_settled(redis), what="8 messages")
        claimed = first.workers[0].pulse.claimed + second.workers[0].pulse.claimed

    assert claimed == 0
    assert Counter(await keys_of(redis, FETCHED.name)) == once(range(8))


@pytest.mark.parametrize("mode", ["each", "batch", "cpu"])
async def test_sigterm_under_load_strands_nothing(redis, valkey, mode):
    await publish(redis, DISCOVERED.name, [discovered(n) for n in range(300)])
    with worker(valkey.url, mode=mode) as process:
        await until(lambda: written(redis, 40), what="40 messages")
        process.send_signal(signal.SIGTERM)
        assert await asyncio.to_thread(process.wait) == 0

    pending = await redis.xpending_range(key(DISCOVERED.name), FETCH.group, "-", "+", 1000)
    assert {row["consumer"] for row in pending} <= {b"handed-back"}
    with worker(valkey.url):
        await until(lambda: all_settled(redis), what="the rest")
    assert Counter(await keys_of(redis, FETCHED.name)) == once(range(300))


async def test_a_server_killed_under_load_loses_and_repeats_nothing(tmp_path):
    with running_valkey(tmp_path, durable=True) as server:
        redis = connect(server.url)
        await prepare(redis)
        await publish(redis, DISCOVERED.name, [discovered(n) for n in range(400)])
        with worker(server.url), worker(server.url):
            for goal in (50, 150, 250):
                await until(lambda goal=goal: written(redis, goal), what=f"{goal} messages")
                server.kill()
                server.start()
            await until(lambda: all_settled(redis), what="all messages")
        keys = Counter(await keys_of(redis, FETCHED.name))
        await redis.aclose()

    assert keys == once(range(400))


async def test_a_poisonous_message_that_kills_every_worker_ends_alone_in_the_dead_letters(
    redis, valkey
):
    """Each start kills the whole process; its neighbours must not share its fate."""
    program = Path(__file__).with_name("poison_program.py")
    await prepare(redis)
    await publish(redis, DISCOVERED.name, [discovered(n) for n in range(40)])
    for _ in range(60):
        process = subprocess.Popen([sys.executable, program, valkey.url])
        try:
            async with asyncio.timeout(30):
                while process.poll() is None and not await all_settled(redis):
                    await asyncio.sleep(0.02)
        finally:
            process.kill()
            process.wait()
        if await all_settled(redis):
            break

    assert [d["key"] for d in await dead_letters(redis, FETCH)] == [discovered(13).key]
    assert (await dead_letters(redis, FETCH))[0]["dead.reason"] == "crashed"
    expected = once(range(40))
    del expected[discovered(13).key]
    assert Counter(await keys_of(redis, FETCHED.name)) == expected


async def test_two_replicas_share_a_backlog(redis, valkey):
    await publish(redis, DISCOVERED.name, [discovered(n) for n in range(600)])
    handled: Counter[int] = Counter()

    def stage(number: int):
        async def one(event):
            handled[number] += 1
            await asyncio.sleep(random.Random(event.key).random() * 0.01)
            return fetched(event)

        return lambda service: service.each(FETCH, one, concurrency=4)

    async with serving(valkey.url, stage(1)), serving(valkey.url, stage(2)):
        await until(lambda: all_settled(redis), what="600 messages")

    assert min(handled.values()) > 150
    assert Counter(await keys_of(redis, FETCHED.name)) == once(range(600))
