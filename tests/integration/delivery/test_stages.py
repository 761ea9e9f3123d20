"""A stage's promises on a real server: every message ends once, however its function ends."""

from __future__ import annotations

import asyncio
import errno
import itertools
import os
import signal
from collections import Counter
from functools import partial

import psutil
import pytest
from redis.asyncio import Redis

from steppewire.errors import Reject, Retry, Skip
from steppewire.events import ArticleDiscovered, ArticleFetched
from steppewire.streams import DISCOVERED, FETCH, FETCHED, key
from steppewire.testing.service import (
    dead_letters,
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
from steppewire.valkey import Valkey


async def forward(event: ArticleDiscovered) -> ArticleFetched:
    return fetched(event)


def forward_in_child(event: ArticleDiscovered) -> ArticleFetched:
    return fetched(event)


async def forward_batch(events):
    return [fetched(event) for event in events]


def settled(redis: Redis):
    return partial(_settled, redis)


async def _settled(redis: Redis) -> bool:
    return await unsettled(redis, FETCH) == 0


@pytest.mark.parametrize(
    "wire",
    [
        lambda s: s.each(FETCH, forward, concurrency=8),
        lambda s: s.batch(FETCH, forward_batch, size=20),
        lambda s: s.cpu(FETCH, forward_in_child, workers=2),
    ],
    ids=["each", "batch", "cpu"],
)
async def test_what_was_published_before_the_first_start_arrives_once(redis, valkey, wire):
    await publish(redis, DISCOVERED.name, [discovered(n) for n in range(120)])

    async with serving(valkey.url, wire):
        await until(settled(redis), what="120 messages")

    assert Counter(await keys_of(redis, FETCHED.name)) == {discovered(n).key: 1 for n in range(120)}
    assert await tallies(redis, FETCH) == {"done|": 120}


async def test_every_way_of_ending_is_counted_once_with_its_reason(redis, valkey):
    endings = [Skip("gone"), Reject("too-large", "11 MB"), None, Skip("gone")]

    async def fetch(event: ArticleDiscovered) -> ArticleFetched:
        number = int(event.url.split("/")[-1].split("-")[0])
        if endings[number] is not None:
            raise endings[number]
        return fetched(event)

    await prepare(redis)
    await publish(redis, DISCOVERED.name, [discovered(n) for n in range(4)])
    async with serving(valkey.url, lambda s: s.each(FETCH, fetch)):
        await until(settled(redis), what="4 messages")

    assert await tallies(redis, FETCH) == {"skip|gone": 2, "reject|too-large": 1, "done|": 1}
    assert [d["dead.reason"] for d in await dead_letters(redis, FETCH)] == ["too-large"]


async def test_a_message_that_asks_for_later_comes_back_later_and_succeeds(redis, valkey):
    tries = Counter()

    async def fetch(event: ArticleDiscovered) -> ArticleFetched:
        tries[event.key] += 1
        if tries[event.key] < 3:
            raise Retry("rate-limited", after=0.05)
        return fetched(event)

    await publish(redis, DISCOVERED.name, [discovered(n) for n in range(10)])
    async with serving(valkey.url, lambda s: s.each(FETCH, fetch)):
        await until(settled(redis), what="10 messages")

    assert sorted(await keys_of(redis, FETCHED.name)) == sorted(
        discovered(n).key for n in range(10)
    )
    assert await tallies(redis, FETCH) == {"retry|rate-limited": 20, "done|": 10}


async def test_waiting_that_is_nobodys_failure_uses_up_no_attempt(redis, valkey):
    tries = Counter()

    async def fetch(event: ArticleDiscovered) -> ArticleFetched:
        tries[event.key] += 1
        if tries[event.key] < 9:
            raise Retry("pace", after=0.01, counted=False)
        return fetched(event)

    await publish(redis, DISCOVERED.name, [discovered(1)])
    async with serving(valkey.url, lambda s: s.each(FETCH, fetch), max_attempts=2):
        await until(settled(redis), what="the message")

    assert await tallies(redis, FETCH) == {"wait|pace": 8, "done|": 1}


async def test_an_exception_is_tried_again_and_then_becomes_a_dead_letter_that_tells_why(
    redis, valkey
):
    tries = itertools.count()

    async def fetch(event: ArticleDiscovered) -> ArticleFetched:
        raise KeyError(f"the cause, found at {next(tries)}")

    await publish(redis, DISCOVERED.name, [discovered(1)])
    async with serving(valkey.url, lambda s: s.each(FETCH, fetch), max_attempts=3):
        await until(settled(redis), what="the message")

    (letter,) = await dead_letters(redis, FETCH)
    assert letter["dead.reason"] == "fault-KeyError"
    assert letter["dead.attempts"] == "3"
    assert letter["key"] == discovered(1).key
    assert "the cause" in letter["dead.traceback"]
    assert await tallies(redis, FETCH) == {"retry|fault-KeyError": 2, "dead|fault-KeyError": 1}


async def test_a_mistake_that_is_the_same_twice_is_not_made_a_third_time(redis, valkey):
    async def fetch(event: ArticleDiscovered) -> ArticleFetched:
        raise KeyError("title")

    await publish(redis, DISCOVERED.name, [discovered(1)])
    async with serving(valkey.url, lambda s: s.each(FETCH, fetch), max_attempts=5):
        await until(settled(redis), what="the message")

    assert await tallies(redis, FETCH) == {"retry|fault-KeyError": 1, "dead|fault-KeyError": 1}


async def test_trouble_outside_is_ridden_out_however_many_attempts_that_takes(redis, valkey):
    tries = Counter()

    async def fetch(event: ArticleDiscovered) -> ArticleFetched:
        tries[event.key] += 1
        if tries[event.key] < 6:
            raise Retry("server-error", "status 500")
        return fetched(event)

    await publish(redis, DISCOVERED.name, [discovered(n) for n in range(10)])
    wire = partial(_each, fetch)
    async with serving(valkey.url, wire, max_attempts=2, retry_base=0.01, outage=3600.0):
        await until(settled(redis), what="10 messages")

    assert Counter(await keys_of(redis, FETCHED.name)) == {discovered(n).key: 1 for n in range(10)}
    assert await tallies(redis, FETCH) == {"retry|server-error": 50, "done|": 10}


def _each(function, service) -> None:
    service.each(FETCH, function)


async def test_a_broker_or_disk_that_is_full_uses_up_no_attempt_of_any_message(redis, valkey):
    """A stage that meets them in its own work is as innocent as its message."""
    tries = Counter()

    async def fetch(event: ArticleDiscovered) -> ArticleFetched:
        tries[event.key] += 1
        if tries[event.key] < 3:
            await redis.set("note", "x" * 1000)  # refused: the memory is full
        if tries[event.key] < 5:
            raise OSError(errno.ENOSPC, "No space left on device")
        return fetched(event)

    await publish(redis, DISCOVERED.name, [discovered(n) for n in range(5)])
    await redis.config_set("maxmemory", "1")
    try:
        wire = partial(_each, fetch)
        async with serving(valkey.url, wire, max_attempts=1, max_memory_share=1.0) as service:
            service.workers[0].open.set()
            await until(_some_waits(redis), what="the first refusals")
            await redis.config_set("maxmemory", "0")
            await until(settled(redis), what="5 messages")
    finally:
        await redis.config_set("maxmemory", "0")

    assert Counter(await keys_of(redis, FETCHED.name)) == {discovered(n).key: 1 for n in range(5)}
    ended = await tallies(redis, FETCH)
    assert ended["done|"] == 5
    assert set(ended) == {"done|", "wait|broker-trouble", "wait|disk-trouble"}


def _some_waits(redis: Redis):
    async def some() -> bool:
        return "wait|broker-trouble" in await tallies(redis, FETCH)

    return some


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({b"v": b"1", b"type": b"article.discovered", b"data": b'{"url": 1}'}, "not-an-event"),
        ({b"v": b"1", b"type": b"article.discovered", b"data": b"\xff\xfe{"}, "not-an-event"),
        ({b"v": b"1", b"type": b"article.parsed", b"data": b"{}"}, "not-an-event"),
        ({b"v": b"99", b"type": b"article.discovered", b"data": b"{}"}, "unknown-version"),
        ({b"something": b"else"}, "not-an-event"),
    ],
)
async def test_an_entry_that_is_not_our_event_is_a_dead_letter_and_stops_nobody(
    redis, valkey, fields, reason
):
    await prepare(redis)
    await redis.xadd(key(DISCOVERED.name), fields)
    await publish(redis, DISCOVERED.name, [discovered(1)])

    async with serving(valkey.url, lambda s: s.each(FETCH, forward)):
        await until(settled(redis), what="both messages")

    assert [d["dead.reason"] for d in await dead_letters(redis, FETCH)] == [reason]
    assert await keys_of(redis, FETCHED.name) == [discovered(1).key]


async def test_one_bad_event_of_a_batch_does_not_drag_the_others_with_it(redis, valkey):
    bad = discovered(7).key

    async def save(events):
        if any(event.key == bad for event in events):
            raise ValueError("cannot save this one")
        return [fetched(event) for event in events]

    await publish(redis, DISCOVERED.name, [discovered(n) for n in range(20)])
    async with serving(valkey.url, lambda s: s.batch(FETCH, save, size=20), max_attempts=2):
        await until(settled(redis), what="20 messages")

    assert sorted(await keys_of(redis, FETCHED.name)) == sorted(
        discovered(n).key for n in range(20) if n != 7
    )
    assert [d["key"] for d in await dead_letters(redis, FETCH)] == [bad]


async def test_a_stage_of_two_lanes_works_on_two_batches_at_a_time_and_each_event_once(
    redis, valkey
):
    """Each of the first two waits until the other one has begun, too."""
    both = asyncio.Barrier(2)
    sizes = []

    async def save(events):
        sizes.append(len(events))
        if len(sizes) <= 2:
            await both.wait()
        return [fetched(event) for event in events]

    await publish(redis, DISCOVERED.name, [discovered(n) for n in range(60)])
    async with serving(valkey.url, lambda s: s.batch(FETCH, save, size=20, concurrency=2)):
        await until(settled(redis), what="60 messages")

    assert sizes == [20, 20, 20]
    assert Counter(await keys_of(redis, FETCHED.name)) == {discovered(n).key: 1 for n in range(60)}


def die_on_three(event: ArticleDiscovered) -> ArticleFetched:
    if event.url.endswith("/3-article.html"):
        os._exit(9)
    return fetched(event)


async def test_an_event_that_kills_its_child_process_costs_nothing_but_itself(redis, valkey):
    await publish(redis, DISCOVERED.name, [discovered(n) for n in range(8)])

    async with serving(valkey.url, lambda s: s.cpu(FETCH, die_on_three, workers=1), max_attempts=2):
        await until(settled(redis), what="8 messages")

    assert sorted(await keys_of(redis, FETCHED.name)) == sorted(
        discovered(n).key for n in range(8) if n != 3
    )
    assert [d["dead.reason"] for d in await dead_letters(redis, FETCH)] == ["fault-ChildDied"]


def children() -> list[int]:
    found = psutil.Process().children()
    return [child.pid for child in found if "spawn_main" in " ".join(child.cmdline())]


async def test_a_stage_goes_on_when_a_child_process_is_killed_before_it_has_begun(redis, valkey):
    async with serving(valkey.url, lambda s: s.cpu(FETCH, forward_in_child, workers=1)):
        await publish(redis, DISCOVERED.name, [discovered(0)])
        await until(settled(redis), what="the first message")
        [child] = children()
        os.kill(child, signal.SIGSTOP)
        await publish(redis, DISCOVERED.name, [discovered(n) for n in range(1, 8)])
        await until(lambda: begun(redis), what="a message to wait for the child")
        os.kill(child, signal.SIGKILL)
        await until(settled(redis), what="8 messages")

    assert len(set(await keys_of(redis, FETCHED.name))) == 8
    assert not await dead_letters(redis, FETCH)


async def begun(redis: Redis) -> bool:
    return (await redis.xpending(key(DISCOVERED.name), FETCH.group))["pending"] > 0


def hang_on_two(event: ArticleDiscovered) -> ArticleFetched:
    while event.url.endswith("/2-article.html"):
        pass
    return fetched(event)


async def test_an_event_that_hangs_is_cut_off_at_the_time_limit(redis, valkey):
    await publish(redis, DISCOVERED.name, [discovered(n) for n in range(4)])

    async with serving(
        valkey.url,
        lambda s: s.cpu(FETCH, hang_on_two, workers=1, time_limit=0.5),
        max_attempts=1,
    ):
        await until(settled(redis), what="4 messages")

    assert [d["dead.reason"] for d in await dead_letters(redis, FETCH)] == ["time-limit"]
    assert len(await keys_of(redis, FETCHED.name)) == 3


async def test_a_stop_under_load_hands_back_what_is_not_finished_without_counting_it(redis, valkey):
    gate = asyncio.Event()
    started = Counter()

    async def slow(event: ArticleDiscovered) -> ArticleFetched:
        started[event.key] += 1
        await gate.wait()
        return fetched(event)

    await publish(redis, DISCOVERED.name, [discovered(n) for n in range(30)])
    async with serving(valkey.url, lambda s: s.each(FETCH, slow, concurrency=5), drain=0.1):
        await until(lambda: _any(started), what="the first message")
    gate.set()
    handed_back = await redis.xpending(key(DISCOVERED.name), FETCH.group)
    assert handed_back["pending"] >= 5

    async with serving(valkey.url, lambda s: s.each(FETCH, slow, concurrency=5)) as service:
        await until(settled(redis), what="30 messages")
        assert service.workers[0].pulse.overtaken == 0

    assert Counter(await keys_of(redis, FETCHED.name)) == {discovered(n).key: 1 for n in range(30)}


async def _any(counter: Counter) -> bool:
    return bool(counter)


async def test_a_full_next_stage_stops_the_one_before_it_until_there_is_room(redis, valkey):
    await prepare(redis)
    await publish(redis, FETCHED.name, [fetched(discovered(n)) for n in range(50)])
    await publish(redis, DISCOVERED.name, [discovered(n) for n in range(100, 400)])

    async with serving(
        valkey.url, lambda s: s.each(FETCH, forward, concurrency=4), max_lag=40
    ) as service:
        worker = service.workers[0]
        await until(lambda: _closed(worker), what="the pause")
        assert await unsettled(redis, FETCH) > 0
        await redis.xgroup_setid(key(FETCHED.name), "parser", "$", entries_read=10**6)
        await redis.xtrim(key(FETCHED.name), maxlen=0)
        await until(lambda: _opened(worker), what="the end of the pause")


async def _closed(worker) -> bool:
    return not worker.open.is_set()


async def _opened(worker) -> bool:
    return worker.open.is_set()


async def test_a_group_that_was_destroyed_reads_on_from_where_it_was_and_repeats_nothing(
    redis, valkey: Valkey
):
    await publish(redis, DISCOVERED.name, [discovered(n) for n in range(200)])
    async with serving(valkey.url, lambda s: s.each(FETCH, forward)) as service:
        await until(settled(redis), what="200 messages")
        await redis.xgroup_destroy(key(DISCOVERED.name), FETCH.group)
        await publish(redis, DISCOVERED.name, [discovered(n) for n in range(200, 300)])
        await until(lambda: _count(redis, 300), what="300 messages")
        await until(settled(redis), what="nothing left")
        assert service.condition.not_ready(service.condition.turned_at) is None

    assert Counter(await keys_of(redis, FETCHED.name)) == {discovered(n).key: 1 for n in range(300)}


async def _count(redis: Redis, number: int) -> bool:
    return await redis.xlen(key(FETCHED.name)) >= number


async def test_losing_everything_heals_and_new_messages_flow(redis, valkey):
    async with serving(valkey.url, lambda s: s.each(FETCH, forward)):
        await publish(redis, DISCOVERED.name, [discovered(1)])
        await until(lambda: _count(redis, 1), what="the first message")
        await redis.flushall()
        await publish(redis, DISCOVERED.name, [discovered(2)])
        await until(lambda: _count(redis, 1), what="the second message")

    assert await keys_of(redis, FETCHED.name) == [discovered(2).key]


async def test_a_trimmed_stream_keeps_what_any_group_still_needs(redis, valkey):
    await prepare(redis)
    await publish(redis, DISCOVERED.name, [discovered(n) for n in range(1000)])
    await redis.xgroup_create(key(DISCOVERED.name), "somebody-else", id="0")
    await redis.xreadgroup(
        "somebody-else", "me", {key(DISCOVERED.name): ">"}, count=600, noack=True
    )

    async with serving(valkey.url, lambda s: s.each(FETCH, forward)):
        await until(settled(redis), what="1000 messages")
        await until(lambda: _shorter(redis, 1000), what="the trimmer")

    (stream,) = await redis.xreadgroup(
        "somebody-else", "me", {key(DISCOVERED.name): ">"}, count=1000
    )
    assert len(stream[1]) == 400


async def _shorter(redis: Redis, number: int) -> bool:
    return await redis.xlen(key(DISCOVERED.name)) < number
