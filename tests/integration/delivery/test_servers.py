"""A server that is slow, silent, full, cut off or on a wrong clock: nothing lost, nothing twice."""

from __future__ import annotations

import asyncio
import os
import random
import resource
import shutil
import signal
import sys
from collections import Counter
from collections.abc import Callable

import pytest
from redis.asyncio import Redis
from redis.asyncio.retry import Retry as Never
from redis.backoff import NoBackoff
from redis.exceptions import BusyLoadingError, OutOfMemoryError, ResponseError
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

from steppewire.delivery.entrance import Entrance, Offer
from steppewire.delivery.gate import Gate, inlets
from steppewire.delivery.policy import Settlement
from steppewire.delivery.upkeep import history, memory_mark
from steppewire.errors import Retry
from steppewire.servers import connect
from steppewire.streams import (
    DISCOVERED,
    ENRICH,
    ENRICHED,
    FETCH,
    FETCHED,
    PARSE,
    STORE,
    delayed_name,
    key,
    looked_name,
)
from steppewire.testing.absent import absent
from steppewire.testing.clock import jump
from steppewire.testing.redis import running_valkey
from steppewire.testing.samples import enriched
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
from steppewire.valkey import Valkey, find_binary

HOUR = 3600
SOCKET_TIMEOUT = 5.0
"""Seconds; ours, see `connect`."""


async def forward(event):
    return fetched(event)


def wire(service):
    service.each(FETCH, forward, concurrency=8)


async def written(redis: Redis, count: int) -> bool:
    return await redis.xlen(key(FETCHED.name)) >= count


def once(count: int) -> dict[str, int]:
    return {discovered(n).key: 1 for n in range(count)}


async def test_a_server_that_is_silent_for_longer_than_the_socket_timeout_costs_nothing(tmp_path):
    """It is stopped until a client with a longer patience than ours has given up."""
    with running_valkey(tmp_path) as server:
        redis = connect(server.url)
        async with serving(server.url, wire):
            await publish(redis, DISCOVERED.name, [discovered(n) for n in range(300)])
            await until(lambda: written(redis, 50), what="50 messages")
            os.kill(server.pid, signal.SIGSTOP)
            patient = Redis.from_url(server.url, socket_timeout=6.0, retry=Never(NoBackoff(), 0))
            try:
                with pytest.raises((RedisTimeoutError, RedisConnectionError)):
                    await patient.ping()
            finally:
                os.kill(server.pid, signal.SIGCONT)
            await until(lambda: all_settled(redis), what="300 messages")
            await patient.aclose()
        keys, ended = Counter(await keys_of(redis, FETCHED.name)), await tallies(redis, FETCH)
        await redis.aclose()

    assert keys == once(300)
    assert ended == {"done|": 300}


async def test_a_server_that_is_gone_for_longer_than_the_socket_timeout_costs_nothing(tmp_path):
    """Nobody listens at its address meanwhile: connections are refused, again and again."""
    with running_valkey(tmp_path, durable=True) as server:
        redis = connect(server.url)
        with worker(server.url, pause=0.02), worker(server.url, pause=0.02):
            await publish(redis, DISCOVERED.name, [discovered(n) for n in range(300)])
            await until(lambda: written(redis, 50), what="50 messages")
            server.kill()
            clock = asyncio.get_running_loop().time
            back = clock() + SOCKET_TIMEOUT + 1.5
            await until(lambda: passed(clock, back), what="the time of its absence")
            server.start()
            await until(lambda: all_settled(redis), what="300 messages")
        keys, ended = Counter(await keys_of(redis, FETCHED.name)), await tallies(redis, FETCH)
        await redis.aclose()

    assert keys == once(300)
    assert ended == {"done|": 300}


async def passed(clock: Callable[[], float], moment: float) -> bool:
    return clock() > moment


async def test_a_server_that_is_loading_is_waited_for(tmp_path):
    """`key-load-delay` makes each of 500 keys take 4 ms: the server says LOADING for 2 s."""
    delay = ("--key-load-delay", "4000", "--loading-process-events-interval-bytes", "1024")
    server = Valkey(tmp_path, options=delay)
    server.start()
    redis = connect(server.url)
    probe = Redis.from_url(server.url)
    try:
        async with serving(server.url, wire):
            await redis.mset({f"ballast:{n}": "x" * 4096 for n in range(500)})
            for number in range(500):
                await redis.set(f"more:{number}", "x" * 2048)
            await publish(redis, DISCOVERED.name, [discovered(n) for n in range(200)])
            await until(lambda: written(redis, 30), what="30 messages")
            server.kill()
            starting = asyncio.create_task(asyncio.to_thread(server.start))
            await until(lambda: says_loading(probe), what="LOADING")
            await starting
            await until(lambda: all_settled(redis), what="200 messages")
        keys = Counter(await keys_of(redis, FETCHED.name))
    finally:
        await redis.aclose()
        await probe.aclose()
        server.stop()

    assert keys == once(200)


async def says_loading(probe: Redis) -> bool:
    try:
        await probe.ping()
    except BusyLoadingError:
        return True
    except (OSError, ConnectionError, ResponseError):
        return False
    except Exception as error:
        return "loading" in str(error).lower()
    return False


@pytest.mark.parametrize("seed", range(4))
async def test_an_append_only_file_cut_at_any_byte_costs_nothing_that_is_offered_again(
    tmp_path, seed
):
    """The seen marks roll back together with the links: the next look at the feeds mends it."""
    with running_valkey(tmp_path / "whole", durable=True) as server:
        redis = connect(server.url)
        await prepare(redis)
        async with serving(server.url, wire):
            for start in range(0, 200, 20):
                await offer(redis, range(start, start + 20))
            await until(lambda: written(redis, 120), what="120 messages")
        await redis.aclose()
    shutil.copytree(tmp_path / "whole" / "appendonlydir", tmp_path / "cut" / "appendonlydir")
    (log,) = (tmp_path / "cut" / "appendonlydir").glob("*.incr.aof")
    os.truncate(log, random.Random(seed).randrange(1, log.stat().st_size))
    with running_valkey(tmp_path / "cut", durable=True) as server:
        redis = connect(server.url)
        async with serving(server.url, wire):
            await offer(redis, range(200))
            await until(lambda: all_settled(redis), what="all messages")
        keys = Counter(await keys_of(redis, FETCHED.name))
        await redis.aclose()

    assert keys == once(200)


async def offer(redis: Redis, numbers: range) -> list[bool]:
    return await Entrance(Gate(redis)).offer([Offer(discovered(n)) for n in numbers])


@pytest.fixture
def limited(tmp_path, monkeypatch) -> None:
    """Let servers that start now survive a full disk as a failed write, not as a signal."""
    if not sys.platform.startswith("linux"):
        absent("Linux, to give a running server less room on its disk")
    ignoring = tmp_path / "server"
    ignoring.write_text(f"#!/bin/sh\ntrap '' XFSZ\nexec '{find_binary()}' \"$@\"\n")
    ignoring.chmod(0o700)
    monkeypatch.setattr("steppewire.valkey.find_binary", lambda: ignoring)


def give_room(server: Valkey, size: int) -> None:
    """Let no file of a running server grow beyond a size: what a full disk does to its log."""
    resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


@pytest.mark.parametrize("spare", [0, 7001], ids=["at an entry's end", "inside an entry"])
async def test_a_full_disk_stops_the_newswire_and_loses_nothing(tmp_path, limited, spare):
    """The server refuses every write (MISCONF) until there is room; then all goes on by itself."""
    with running_valkey(tmp_path / "disk", durable=True) as server:
        redis = connect(server.url)
        async with serving(server.url, wire):
            await publish(redis, DISCOVERED.name, [discovered(n) for n in range(100)])
            await until(lambda: written(redis, 50), what="50 messages")
            (log,) = (server.directory / "appendonlydir").glob("*.incr.aof")
            give_room(server, log.stat().st_size + spare)
            await until(lambda: refuses_writes(redis), what="the server to refuse")
            with pytest.raises(ResponseError, match="MISCONF"):
                await publish(redis, DISCOVERED.name, [discovered(100)])
            give_room(server, resource.RLIM_INFINITY)
            await until(lambda: takes_writes(redis), what="the server to take writes again")
            await publish(redis, DISCOVERED.name, [discovered(n) for n in range(100, 200)])
            await until(lambda: all_settled(redis), what="200 messages", seconds=60)
        server.kill()
        server.start()  # what was acknowledged is on the disk, and nothing of it is torn
        keys, ended = Counter(await keys_of(redis, FETCHED.name)), await tallies(redis, FETCH)
        await redis.aclose()

    assert keys == once(200)
    assert ended == {"done|": 200}


async def refuses_writes(redis: Redis) -> bool:
    try:
        await redis.set("probe", "x" * 20_000)
    except ResponseError as error:
        return "MISCONF" in str(error)
    return False


async def takes_writes(redis: Redis) -> bool:
    return not await refuses_writes(redis)


async def test_when_memory_runs_out_producers_stop_nothing_is_evicted_and_all_goes_on(tmp_path):
    """Every stage but the last is paused and the entrance is shut; draining makes room again."""
    with running_valkey(tmp_path) as server:
        redis = connect(server.url)
        await prepare(redis)
        await publish(redis, DISCOVERED.name, [discovered(n) for n in range(200)])
        await redis.config_set("maxmemory", await used(redis) + 400_000)
        filled = await fill_memory(redis)
        with pytest.raises(OutOfMemoryError):
            await offer(redis, range(200, 201))
        entrance = Entrance(Gate(redis))
        assert not await entrance.has_room()
        async with serving(server.url, wire) as service:
            await until(lambda: paused(service), what="the pause")
            assert await redis.exists(*(f"ballast:{n}" for n in range(filled))) == filled
            for number in range(filled):
                await redis.delete(f"ballast:{number}")
            await redis.config_set("maxmemory", await used(redis) * 3)
            await until(lambda: all_settled(redis), what="200 messages")
            assert await entrance.has_room()
            # the mark of a link that was refused was refused with it
            assert await offer(redis, range(200, 202)) == [True, True]
            assert await offer(redis, range(200, 202)) == [False, False]
            await until(lambda: all_settled(redis), what="202 messages")
        info = await redis.info("stats")
        keys = Counter(await keys_of(redis, FETCHED.name))
        await redis.aclose()

    assert info["evicted_keys"] == 0
    assert keys == once(202)


async def used(redis: Redis) -> int:
    return int((await redis.info("memory"))["used_memory"])


async def fill_memory(redis: Redis) -> int:
    number = 0
    try:
        while True:
            await redis.set(f"ballast:{number}", "x" * 20_000)
            number += 1
    except OutOfMemoryError:
        await redis.config_set("maxmemory", await used(redis) - 50_000)
        return number


async def paused(service) -> bool:
    return not service.workers[0].open.is_set()


async def test_a_memory_full_of_waiting_messages_is_drained_by_the_last_stage(tmp_path):
    """What fills the memory is the backlog itself: the store must be able to work it off."""

    async def store(event):
        return ()

    with running_valkey(tmp_path) as server:
        redis = connect(server.url)
        await prepare(redis)
        await publish(redis, ENRICHED.name, [enriched(n) for n in range(600)])
        await redis.config_set("maxmemory", await used(redis) + 100_000)
        await fill_memory(redis)
        async with serving(server.url, lambda s: s.each(STORE, store), retain=86_400.0):
            await until(lambda: stored_all(redis, 600), what="600 messages")
            await until(lambda: below_the_mark(redis), what="room")
        await redis.aclose()


async def stored_all(redis: Redis, number: int) -> bool:
    return await tallies(redis, STORE) == {"done|": number}


async def below_the_mark(redis: Redis) -> bool:
    info = await redis.info("memory")
    return int(info["used_memory"]) < int(info["maxmemory"])


@pytest.mark.parametrize("seconds", [HOUR, -HOUR], ids=["forward", "back"])
async def test_a_clock_that_jumps_an_hour_loses_and_repeats_nothing(tmp_path, clock, seconds):
    """One worker is dead at the jump, one is in the middle of its work: both kinds get done."""
    go, held = asyncio.Event(), []

    async def slow(event):
        held.append(event.key)
        await go.wait()
        return fetched(event)

    with running_valkey(tmp_path / "server", environment=clock.environment) as server:
        redis = connect(server.url)
        await prepare(redis)
        await publish(redis, DISCOVERED.name, [discovered(n) for n in range(150)])
        with worker(server.url, pause=3600):
            await until(lambda: begun(redis, 8), what="8 handlers at work")
        async with serving(server.url, lambda s: s.each(FETCH, slow, concurrency=8), lease=2.0):
            await until(lambda: holds(held), what="8 more at work")
            await jump(redis, clock, seconds)
            go.set()
            await publish(redis, DISCOVERED.name, [discovered(n) for n in range(150, 300)])
            await until(lambda: all_settled(redis), what="300 messages")
        keys, ended = Counter(await keys_of(redis, FETCHED.name)), await tallies(redis, FETCH)
        await redis.aclose()

    assert keys == once(300)
    assert ended == {"done|": 300}


async def holds(held: list[str]) -> bool:
    return len(held) >= 8


async def begun(redis: Redis, number: int) -> bool:
    return int(await redis.get("begun") or 0) >= number


async def test_a_stream_made_anew_on_a_clock_that_was_set_back_is_read_from_its_start(
    tmp_path, clock
):
    """Its ids are below the floor of the stream that it replaces."""
    with running_valkey(tmp_path / "server", environment=clock.environment) as server:
        redis = connect(server.url)
        async with serving(server.url, wire) as service:
            await publish(redis, DISCOVERED.name, [discovered(n) for n in range(50)])
            await until(lambda: all_settled(redis), what="50 messages")
            turn = service.condition.turned_at
            await until(lambda: turned_since(service, turn), what="the floor to be written")
        await jump(redis, clock, -HOUR)
        await redis.delete(key(DISCOVERED.name))
        await publish(redis, DISCOVERED.name, [discovered(n) for n in range(50, 100)])
        async with serving(server.url, wire):
            await until(lambda: written(redis, 100), what="100 messages")
        keys = Counter(await keys_of(redis, FETCHED.name))
        await redis.aclose()

    assert keys == once(100)


async def test_what_waits_for_another_attempt_waits_no_longer_on_a_clock_that_was_set_back(
    tmp_path, clock
):
    async def once_away(event):
        if event.key in seen:
            return fetched(event)
        seen.add(event.key)
        raise Retry("away", after=0.5, counted=False)

    seen: set[str] = set()
    with running_valkey(tmp_path / "server", environment=clock.environment) as server:
        redis = connect(server.url)
        await prepare(redis)
        async with serving(server.url, lambda s: s.each(FETCH, once_away)):
            await publish(redis, DISCOVERED.name, [discovered(n) for n in range(20)])
            await until(lambda: redis.exists(key(looked_name(FETCH))), what="a look at the delayed")
            await jump(redis, clock, -HOUR)
            await until(lambda: all_settled(redis), what="20 messages")
        ended = await tallies(redis, FETCH)
        await redis.aclose()

    assert ended == {"wait|away": 20, "done|": 20}


async def test_nor_when_nobody_has_looked_at_it_before_the_clock_was_set_back(tmp_path, clock):
    with running_valkey(tmp_path / "server", environment=clock.environment) as server:
        redis = connect(server.url)
        await prepare(redis)
        await publish(redis, DISCOVERED.name, [discovered(0)])
        gate, inlet = Gate(redis), inlets(FETCH, 1)[0]
        [[_, [(id_, fields)]]] = await redis.xreadgroup(FETCH.group, "w", {inlet.stream: ">"})
        again = Settlement(id_, "retry", "tally||", (fields,), delay=60.0)
        assert await gate.commit(inlet, "w", [again]) == [1]
        await jump(redis, clock, -HOUR)
        await gate.wake(inlet)
        [(_, due)] = await redis.zrange(key(delayed_name(FETCH)), 0, -1, withscores=True)
        now = (await redis.time())[0]
        await redis.aclose()

    assert 0 < due / 1000 - now <= 61


async def test_a_dead_workers_work_is_taken_over_on_a_clock_that_was_set_back_long_after_it_came(
    tmp_path, clock
):
    """Its stream has seen nothing new since: no id tells that the clock was ever ahead."""
    with running_valkey(tmp_path / "server", environment=clock.environment) as server:
        redis = connect(server.url)
        await prepare(redis)
        await jump(redis, clock, -2 * HOUR)
        await publish(redis, DISCOVERED.name, [discovered(n) for n in range(8)])
        await jump(redis, clock, 0)
        with worker(server.url, pause=3600):
            await until(lambda: begun(redis, 8), what="8 handlers at work")
        await jump(redis, clock, -HOUR)
        async with serving(server.url, wire):
            await until(lambda: written(redis, 8), what="8 messages")
        await redis.aclose()


async def turned_since(service, turn) -> bool:
    return service.condition.turned_at > turn


def test_the_parser_stops_for_memory_later_than_the_fetcher_and_the_store_never():
    marks = [memory_mark(stage, 0.8) for stage in (FETCH, PARSE, ENRICH, STORE)]

    assert marks[0] == 0.8
    assert marks == sorted(set(marks))
    assert marks[2] < 1 < marks[3]


def test_history_gives_way_as_memory_fills():
    assert history(100.0, 0.5, 0.8) == 100.0
    assert history(100.0, 0.9, 0.8) == pytest.approx(50.0)
    assert history(100.0, 1.2, 0.8) == 0.0
    assert history(100.0, 1.2, 1.0) == 0.0
