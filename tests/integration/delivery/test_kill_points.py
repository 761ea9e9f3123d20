"""A worker killed with -9 at the very point where it hurts: a proxy holds that moment still."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path

import pytest
from redis.asyncio import Redis

from steppewire.streams import DISCOVERED, FETCH, FETCHED, key
from steppewire.testing.proxy import Snare, proxied, script_mark
from steppewire.testing.service import (
    all_settled,
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

NUMBER = 40


def brings_entries(reply: bytes) -> bool:
    return b"article.discovered" in reply


def did_settle(reply: bytes) -> bool:
    return reply == b"*1\r\n:1\r\n"


POINTS = {
    "read-but-not-begun": lambda: Snare(b"XREADGROUP", "reply", "hold", brings_entries),
    "done-but-not-committed": lambda: Snare(script_mark("commit"), "request", "hold"),
    "committed-but-not-told": lambda: Snare(script_mark("commit"), "reply", "hold"),
    "claimed-but-not-told": lambda: Snare(script_mark("claim"), "reply", "hold", brings_entries),
}


@pytest.mark.parametrize("point", POINTS)
async def test_a_worker_killed_at_any_point_of_its_work_loses_and_repeats_nothing(
    redis, valkey, tmp_path, point
):
    await prepare(redis)
    await publish(redis, DISCOVERED.name, [discovered(n) for n in range(NUMBER)])
    if point.startswith("claimed"):  # somebody took everything and was never seen again
        await redis.xreadgroup(FETCH.group, "ghost", {key(DISCOVERED.name): ">"}, count=NUMBER)
    snare = POINTS[point]()
    async with proxied(valkey.url, tmp_path, snare) as url:
        with worker(url, pause=0.0):
            async with asyncio.timeout(30):
                await snare.caught.wait()
    with worker(valkey.url, pause=0.0):
        await until(lambda: all_settled(redis), what="all messages")

    assert Counter(await keys_of(redis, FETCHED.name)) == {
        discovered(n).key: 1 for n in range(NUMBER)
    }
    assert await tallies(redis, FETCH) == {"done|": NUMBER}


async def test_a_worker_killed_inside_its_handlers_loses_and_repeats_nothing(redis, valkey):
    await prepare(redis)
    await publish(redis, DISCOVERED.name, [discovered(n) for n in range(NUMBER)])
    with worker(valkey.url, pause=3600):
        await until(lambda: begun(redis, 8), what="8 handlers at work")
    assert await keys_of(redis, FETCHED.name) == []
    with worker(valkey.url, pause=0.0):
        await until(lambda: all_settled(redis), what="all messages")

    assert Counter(await keys_of(redis, FETCHED.name)) == {
        discovered(n).key: 1 for n in range(NUMBER)
    }


async def begun(redis: Redis, number: int) -> bool:
    return int(await redis.get("begun") or 0) >= number


async def test_replies_of_commits_that_did_execute_may_be_lost_and_nothing_repeats(
    redis, valkey, tmp_path
):
    """Each commit runs again on a new connection: the gate says "not yours" and changes nothing."""
    await prepare(redis)
    await publish(redis, DISCOVERED.name, [discovered(n) for n in range(NUMBER)])

    async def forward(event):
        return fetched(event)

    snare = Snare(script_mark("commit"), "reply", "drop", did_settle, times=15)
    async with (
        proxied(valkey.url, tmp_path, snare) as url,
        serving(url, lambda s: s.each(FETCH, forward, concurrency=4)) as service,
    ):
        await until(lambda: all_settled(redis), what="all messages")
        await until(lambda: refused(service, 15), what="15 refusals")

    assert snare.sprung == 15
    assert service.workers[0].pulse.overtaken == 15
    assert Counter(await keys_of(redis, FETCHED.name)) == {
        discovered(n).key: 1 for n in range(NUMBER)
    }
    assert await tallies(redis, FETCH) == {"done|": NUMBER}


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="children are read from /proc")
async def test_a_service_killed_with_its_children_at_work_leaves_no_orphans(redis, valkey):
    await prepare(redis)
    await publish(redis, DISCOVERED.name, [discovered(n) for n in range(NUMBER)])
    with worker(valkey.url, pause=0.0, mode="cpu") as process:
        await until(lambda: all_settled(redis), what="all messages")
        children = [pid for pid in children_of(process.pid) if alive(pid)]

    assert len(children) >= 2
    await until(lambda: none_alive(children), what="the children to end")


def children_of(pid: int) -> list[int]:
    return [
        int(child)
        for task in Path(f"/proc/{pid}/task").iterdir()
        for child in (task / "children").read_text().split()
    ]


def alive(pid: int) -> bool:
    """A zombie, which waits only for its parent's look, has no command line any more."""
    try:
        return bool(Path(f"/proc/{pid}/cmdline").read_bytes())
    except (FileNotFoundError, ProcessLookupError):
        return False


async def none_alive(pids: list[int]) -> bool:
    return not any(alive(pid) for pid in pids)


async def refused(service, number: int) -> bool:
    return service.workers[0].pulse.overtaken >= number
