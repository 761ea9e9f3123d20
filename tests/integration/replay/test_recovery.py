"""After the broker's memory is lost: what was fetched comes back, each page once."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from redis.asyncio import Redis

from steppewire.delivery.again import Again
from steppewire.delivery.entrance import SEEN
from steppewire.delivery.gate import Gate
from steppewire.delivery.way import look
from steppewire.errors import Reject, Retry
from steppewire.events import ArticleFetched
from steppewire.recovery import Counts, Recovery
from steppewire.streams import (
    FETCHED,
    PARSE,
    STORED,
    dead_name,
    delayed_name,
    done_name,
    floor_name,
    key,
)
from steppewire.testing.service import keys_of, publish, serving, tallies, unsettled, until
from steppewire.wire import decode, encode, new_trace

from .conftest import Desk, both_databases, newswire


@pytest.fixture
def recover(desk: Desk, gate: Gate, again: Again):
    """Recover everything; return the counts."""

    async def recover(*, dry=False, links=True, tell=lambda text: None, **options) -> Counts:
        recovery = Recovery(
            records=desk.records,
            archive=desk.archive,
            again=again,
            way=await look(gate, 1),
            dry=dry,
            links=links,
            tell=tell,
            **options,
        )
        return await recovery.run(desk.records.list())

    return recover


@both_databases
async def test_after_flushall_every_fetched_page_is_stored_exactly_once(
    valkey, redis: Redis, desk: Desk, recover
):
    events = [desk.fetch(number) for number in range(30)]
    await desk.publish(*events[:10])
    await redis.flushall()

    counts = await recover()
    async with newswire(valkey.url, desk):
        await until(lambda: all_stored(redis, 20), what="20 articles")

    assert (counts.finished, counts.put_back, counts.looked_at) == (10, 20, 30)
    assert await desk.archive.count() == 30
    assert set(Counter(await keys_of(redis, STORED.name)).values()) == {1}
    again = await recover()
    assert (again.finished, again.put_back) == (30, 0)


async def all_stored(redis: Redis, count: int) -> bool:
    return len(await keys_of(redis, STORED.name)) >= count


@both_databases
async def test_what_was_removed_to_make_room_does_not_come_back(redis, desk: Desk, recover):
    await desk.publish(*(desk.fetch(number) for number in range(1, 6)))
    assert await desk.archive.forget(before=datetime.now(UTC)) == 5
    desk.fetch(0)

    counts = await recover()

    assert (counts.finished, counts.put_back) == (5, 1)


@both_databases
async def test_nor_does_what_was_removed_so_long_ago_that_it_is_forgotten(
    redis, desk: Desk, recover
):
    await desk.publish(desk.fetch(1, minutes=120))
    later = datetime.now(UTC)
    await desk.publish(desk.fetch(2))
    await desk.archive.forget(before=datetime.now(UTC))
    assert await desk.archive.forget_answers(later) == 1
    desk.fetch(0)

    counts = await recover()

    assert (counts.too_old, counts.finished, counts.put_back) == (1, 1, 1)


async def test_recovering_twice_puts_each_page_back_once(redis, desk: Desk, recover):
    for number in range(20):
        desk.fetch(number)

    first, second = await recover(), await recover()

    assert (first.put_back, second.put_back, second.waiting) == (20, 0, 20)
    assert len(await keys_of(redis, FETCHED.name)) == 20


async def test_two_people_who_recover_at_the_same_time_have_one_effect(redis, desk, recover):
    for number in range(60):
        desk.fetch(number)

    both = await asyncio.gather(recover(), recover(), recover())

    assert sum(counts.put_back for counts in both) == 60
    assert len(await keys_of(redis, FETCHED.name)) == 60


async def test_what_comes_back_is_what_was_fetched(redis, desk: Desk, recover):
    event = desk.fetch(1)

    await recover()

    [(_, fields)] = await redis.xrange(key(FETCHED.name))
    assert decode(fields, ArticleFetched) == event


async def test_what_is_on_its_way_is_left_alone(valkey, redis, desk: Desk, recover):
    lagging, pending, delayed, dead = (desk.fetch(number) for number in range(4))

    async def give_up(event: ArticleFetched) -> ArticleFetched:
        if event == dead:
            raise Reject("unreadable")
        raise Retry("not-now", after=600)

    await publish(redis, FETCHED.name, [delayed, dead])
    async with serving(valkey.url, lambda s: s.each(PARSE, give_up)):
        await until(lambda: ended(redis), what="one delayed, one dead")
    await publish(redis, FETCHED.name, [pending])
    await redis.xreadgroup("parser", "gone", {key(FETCHED.name): ">"})
    await publish(redis, FETCHED.name, [lagging])

    counts = await recover()

    assert (counts.waiting, counts.dead, counts.put_back) == (3, 1, 0)
    assert await unsettled(redis, PARSE) == 3


async def ended(redis: Redis) -> bool:
    waiting = await redis.zcard(key(delayed_name(PARSE)))
    return bool(waiting and await redis.xlen(key(dead_name(PARSE))))


async def test_more_delayed_entries_than_one_page_are_all_found(valkey, redis, desk, recover):
    events = [desk.fetch(number) for number in range(450)]

    async def later(event: ArticleFetched) -> ArticleFetched:
        raise Retry("not-now", after=600)

    await publish(redis, FETCHED.name, events)
    async with serving(valkey.url, lambda s: s.each(PARSE, later)):
        await until(lambda: all_delayed(redis, 450), what="450 delayed entries")

    counts = await recover()

    assert (counts.waiting, counts.put_back) == (450, 0)


async def all_delayed(redis: Redis, count: int) -> bool:
    return bool(await redis.zcard(key(delayed_name(PARSE))) == count)


async def test_settled_entries_that_still_lie_in_the_stream_are_not_on_their_way(
    redis, desk: Desk, recover
):
    event = desk.fetch(1)
    await publish(redis, FETCHED.name, [event])
    [[_, [(id_, _)]]] = await redis.xreadgroup("parser", "me", {key(FETCHED.name): ">"})
    await redis.xack(key(FETCHED.name), "parser", id_)

    counts = await recover()

    assert (counts.waiting, counts.put_back) == (0, 1)


async def test_a_group_that_was_destroyed_still_tells_what_it_had_settled(redis, desk, recover):
    settled, open_ = desk.fetch(1), desk.fetch(2)
    await publish(redis, FETCHED.name, [settled, open_])
    [(first, _), _] = await redis.xrange(key(FETCHED.name))
    await redis.set(key(floor_name(PARSE, FETCHED.name)), "0-0")
    await redis.zadd(key(done_name(PARSE, FETCHED.name)), {first: int(first.split(b"-")[0])})
    await redis.xgroup_destroy(key(FETCHED.name), "parser")

    counts = await recover()

    assert (counts.waiting, counts.put_back) == (1, 1)


async def test_pages_without_an_article_come_back_once_and_then_rest(valkey, redis, desk, recover):
    desk.fetch(1, b"%PDF-1.7")

    first = await recover()
    async with newswire(valkey.url, desk):
        await until(lambda: skipped(redis), what="the page to be skipped")
    second = await recover()

    assert (first.put_back, second.put_back, second.ended) == (1, 0, 1)


async def skipped(redis: Redis) -> bool:
    return (await tallies(redis, PARSE)).get("skip|not-html", 0) == 1


async def test_a_dry_run_changes_nothing(redis, desk: Desk, recover):
    desk.fetch(1)
    before = sorted(await redis.keys("*"))

    counts = await recover(dry=True)

    assert (counts.put_back, counts.links) == (1, 0)
    assert sorted(await redis.keys("*")) == before
    assert await keys_of(redis, FETCHED.name) == []


async def test_links_are_known_again_with_their_latest_mark(redis, desk: Desk, recover):
    event, newer = desk.fetch(1), desk.fetch(2)
    await redis.hset(key(SEEN), newer.key, "2026-11-25T00:00:00Z")

    counts = await recover()

    assert counts.links == 1
    assert await redis.hgetall(key(SEEN)) == {
        event.key.encode(): b"2026-11-20T04:30:00Z",
        newer.key.encode(): b"2026-11-25T00:00:00Z",
    }


async def test_without_links_no_finished_record_is_opened(redis, desk: Desk, recover):
    event = desk.fetch(1)
    await desk.publish(event)
    for file in desk.records.root.rglob("*.json"):
        file.write_text("damaged")

    counts = await recover(links=False)

    assert (counts.finished, counts.unreadable) == (1, 0)
    assert await redis.exists(key(SEEN)) == 0


async def test_a_damaged_record_is_told_and_stops_no_other(redis, desk: Desk, recover):
    for number in range(3):
        desk.fetch(number)
    next(iter(sorted(desk.records.root.rglob("*.json")))).write_text("{")

    counts = await recover()

    assert (counts.unreadable, counts.put_back) == (1, 2)


async def test_recovery_waits_while_the_stages_are_full(redis, desk: Desk, recover):
    for number in range(3):
        desk.fetch(number)
    filler = [desk.fetch(number) for number in range(100, 110)]
    await publish(redis, FETCHED.name, filler)
    told: asyncio.Queue[str] = asyncio.Queue()
    running = asyncio.create_task(recover(most_waiting=5, tell=told.put_nowait))

    assert await told.get() == "10 entries wait in articles.fetched"
    assert len(await keys_of(redis, FETCHED.name)) == 10
    await drain(redis)

    assert (await running).put_back == 3


async def drain(redis: Redis) -> None:
    """Settle everything that waits, as a worker would."""
    rows = await redis.xreadgroup("parser", "me", {key(FETCHED.name): ">"}, count=1000)
    for _, entries in rows:
        await redis.xack(key(FETCHED.name), "parser", *(id_ for id_, _ in entries))


async def test_only_what_a_window_and_a_source_hold_is_looked_at(desk: Desk):
    now = datetime.now(UTC)
    desk.fetch(1, minutes=120)
    desk.fetch(2, minutes=10, source="el.kz")
    recent = desk.fetch(3, minutes=10)

    since = list(desk.records.list(source="news.example.kz", since=now - timedelta(hours=1)))
    until_ = list(desk.records.list(until=now - timedelta(hours=1)))

    assert [desk.records.get(stamp).event for stamp in since] == [recent]
    assert len(until_) == 1


async def test_a_stranger_s_entries_are_passed_over(redis, desk: Desk, recover):
    desk.fetch(1)
    for data in (b"", b"{", b'{"fetch": 1}', b"\xff"):
        await redis.xadd(key(FETCHED.name), {b"data": data})
    await redis.xadd(key(dead_name(PARSE)), {b"x": b"y"})

    assert (await recover()).put_back == 1


async def test_an_event_is_found_in_every_partition(redis, desk: Desk):
    event = desk.fetch(1)
    await redis.xadd(key(FETCHED.name, 2), encode(event, new_trace()))

    way = await look(Gate(redis), 3)

    assert len(way.waiting) == 1
