"""Delivery's core promises, on one server and on a cluster, in six partitions."""

from __future__ import annotations

import asyncio
import signal
from collections import Counter

from steppewire.delivery.entrance import Entrance, Offer
from steppewire.delivery.gate import Gate
from steppewire.errors import Reject, Retry
from steppewire.events import ArticleDiscovered, ArticleFetched
from steppewire.quarantine import Quarantine, Selection
from steppewire.streams import DISCOVERED, FETCH, FETCHED, key
from steppewire.testing.service import fetched, until

from .conftest import PARTITIONS, link, links, once, partition_for


async def forward(event: ArticleDiscovered) -> ArticleFetched:
    return fetched(event)


def wire(service):
    service.each(FETCH, forward, concurrency=8)


async def test_what_was_published_before_the_first_start_arrives_once_in_its_own_partition(broker):
    await broker.publish(DISCOVERED.name, links(120))

    async with broker.serving(wire):
        await until(broker.is_settled, what="120 messages")

    assert await broker.keys(FETCHED.name) == once(120)
    assert await broker.tallies() == {"done|": 120}
    lengths = [await broker.redis.xlen(key(FETCHED.name, p)) for p in range(PARTITIONS)]
    assert lengths == [sum(partition_for(e) == p for e in links(120)) for p in range(PARTITIONS)]
    assert min(lengths) > 0


async def test_a_link_enters_once_however_often_it_is_offered(broker):
    entrance = Entrance(Gate(broker.redis), partitions=PARTITIONS)
    await broker.prepare()
    offers = [Offer(event, partition=partition_for(event)) for event in links(60)]

    assert await entrance.offer(offers) == [True] * 60
    assert await entrance.offer(offers) == [False] * 60
    assert await entrance.has_room()
    assert await broker.keys(DISCOVERED.name) == once(60)


async def test_a_worker_killed_in_the_middle_of_a_batch_loses_and_repeats_nothing(broker):
    await broker.publish(DISCOVERED.name, links(300))
    for goal in (60, 150):
        with broker.worker(pause=0.05) as process:
            await until(lambda goal=goal: broker.has_written(goal), what=f"{goal} messages")
            process.send_signal(signal.SIGKILL)
            process.wait()
    with broker.worker():
        await until(broker.is_settled, what="all messages")

    assert await broker.keys(FETCHED.name) == once(300)
    assert await broker.tallies() == {"done|": 300}


async def test_a_worker_that_was_stopped_and_overtaken_commits_nothing(broker):
    await broker.publish(DISCOVERED.name, links(80))
    with broker.worker(pause=0.3) as sleeper:
        await until(lambda: broker.has_written(8), what="the first messages")
        sleeper.send_signal(signal.SIGSTOP)
        with broker.worker():
            await until(broker.is_settled, what="the others to take over")
            sleeper.send_signal(signal.SIGCONT)
            await broker.publish(DISCOVERED.name, links(80, 160))
            await until(broker.is_settled, what="the rest")
        sleeper.send_signal(signal.SIGTERM)
        assert await asyncio.to_thread(sleeper.wait) == 0

    assert await broker.keys(FETCHED.name) == once(160)


async def test_a_slow_worker_that_beats_keeps_its_messages(broker):
    async def slow(event):
        await asyncio.sleep(3.5)
        return fetched(event)

    def slowly(service):
        service.each(FETCH, slow, concurrency=12)

    await broker.publish(DISCOVERED.name, links(12))
    # a lease that beats can keep on a busy machine, too; a run takes more than two
    lease = {"lease": 1.5}
    async with broker.serving(slowly, **lease) as first, broker.serving(slowly, **lease) as second:
        await until(broker.is_settled, what="12 messages")
        claimed = first.workers[0].pulse.claimed + second.workers[0].pulse.claimed

    assert claimed == 0
    assert await broker.keys(FETCHED.name) == once(12)


async def test_a_message_that_asks_for_later_comes_back_later_and_succeeds(broker):
    tries: Counter[str] = Counter()

    async def fetch(event):
        tries[event.key] += 1
        if tries[event.key] < 3:
            raise Retry("rate-limited", after=0.05)
        return fetched(event)

    await broker.publish(DISCOVERED.name, links(24))
    async with broker.serving(lambda s: s.each(FETCH, fetch)):
        await until(broker.is_settled, what="24 messages")

    assert await broker.keys(FETCHED.name) == once(24)
    assert await broker.tallies() == {"retry|rate-limited": 48, "done|": 24}


async def test_what_can_never_succeed_is_a_dead_letter_that_can_be_put_back_once(broker):
    async def refuse(event):
        raise Reject("too-large", "11 MB")

    await broker.publish(DISCOVERED.name, links(12))
    async with broker.serving(lambda s: s.each(FETCH, refuse)):
        await until(broker.is_settled, what="12 messages")
    assert {letter["dead.reason"] for letter in await broker.dead_letters()} == {"too-large"}

    quarantine = Quarantine(Gate(broker.redis), PARTITIONS)
    addresses = [letter.address for letter in await quarantine.find(Selection())]
    assert await quarantine.retry(addresses) == 12
    assert await quarantine.retry(addresses) == 0
    async with broker.serving(wire):
        await until(broker.is_settled, what="12 messages")

    assert await broker.keys(FETCHED.name) == once(12)
    assert await broker.dead_letters() == []


async def test_groups_that_were_destroyed_read_on_from_where_they_were_and_repeat_nothing(broker):
    await broker.publish(DISCOVERED.name, links(200))
    async with broker.serving(wire):
        await until(broker.is_settled, what="200 messages")
        for partition in range(PARTITIONS):
            await broker.redis.xgroup_destroy(key(DISCOVERED.name, partition), FETCH.group)
        await broker.publish(DISCOVERED.name, links(200, 300))
        await until(lambda: broker.has_written(300), what="300 messages")
        await until(broker.is_settled, what="nothing left")

    assert await broker.keys(FETCHED.name) == once(300)


async def test_losing_everything_heals_and_new_messages_flow(broker):
    async with broker.serving(wire):
        await broker.publish(DISCOVERED.name, [link(1)])
        await until(lambda: broker.has_written(1), what="the first message")
        await broker.redis.flushall()
        await broker.publish(DISCOVERED.name, [link(2)])
        await until(lambda: broker.has_written(1), what="the second message")

    assert await broker.keys(FETCHED.name) == {link(2).key: 1}


async def test_a_full_next_stage_stops_the_one_before_it_until_there_is_room(broker):
    await broker.prepare()
    await broker.publish(FETCHED.name, [fetched(event) for event in links(60)])
    await broker.publish(DISCOVERED.name, links(100, 400))

    async with broker.serving(
        lambda s: s.each(FETCH, forward, concurrency=4), max_lag=40
    ) as service:
        worker = service.workers[0]
        await until(lambda: is_open(worker, False), what="the pause")
        assert await broker.unsettled() > 0
        for partition in range(PARTITIONS):
            name = key(FETCHED.name, partition)
            await broker.redis.xgroup_setid(name, "parser", "$", entries_read=10**6)
            await broker.redis.xtrim(name, maxlen=0)
        await until(lambda: is_open(worker, True), what="the end of the pause")


async def is_open(worker, wanted: bool) -> bool:
    return worker.open.is_set() is wanted


async def test_a_trimmed_stream_keeps_what_any_group_still_needs(broker):
    await broker.prepare()
    await broker.publish(DISCOVERED.name, links(1200))
    lengths = [await broker.redis.xlen(key(DISCOVERED.name, p)) for p in range(PARTITIONS)]
    before = max(lengths)
    stream = key(DISCOVERED.name, lengths.index(before))
    await broker.redis.xgroup_create(stream, "somebody-else", id="0")
    await broker.redis.xreadgroup("somebody-else", "me", {stream: ">"}, count=120, noack=True)

    async with broker.serving(wire):
        await until(broker.is_settled, what="1200 messages")
        await until(lambda: is_shorter(broker, stream, before), what="the trimmer")

    ((_, rest),) = await broker.redis.xreadgroup("somebody-else", "me", {stream: ">"}, count=2000)
    assert len(rest) == before - 120


async def is_shorter(broker, stream: str, length: int) -> bool:
    return await broker.redis.xlen(stream) < length
