"""Groups, consumers and trimming: whoever comes, goes, lags or loses its name, nothing is lost."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter

import pytest
from redis.asyncio import Redis

from steppewire.delivery.gate import Gate, inlets
from steppewire.delivery.policy import Settlement
from steppewire.delivery.upkeep import PATIENCE, waiting_ahead
from steppewire.errors import Retry
from steppewire.events import ArticleDiscovered, ArticleFetched
from steppewire.servers import connect
from steppewire.streams import (
    DISCOVERED,
    ENRICHED,
    FETCH,
    FETCHED,
    STAGES,
    STORE,
    delayed_name,
    key,
)
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
    unsettled,
    until,
)
from steppewire.wire import encode, new_trace

STREAM = key(DISCOVERED.name)
INLET = inlets(FETCH, 1)[0]


async def forward(event: ArticleDiscovered) -> ArticleFetched:
    return fetched(event)


def wire(service):
    service.each(FETCH, forward)


async def written(redis: Redis, count: int) -> bool:
    return await redis.xlen(key(FETCHED.name)) >= count


def once(*numbers: int) -> dict[str, int]:
    return {discovered(n).key: 1 for n in numbers}


LOSSES = {
    "flushall": ["FLUSHALL"],
    "group-destroyed": ["XGROUP", "DESTROY", STREAM, FETCH.group],
    "stream-deleted": ["DEL", STREAM],
}


@pytest.mark.parametrize("loss", LOSSES)
async def test_while_its_group_is_gone_a_service_is_not_ready_and_then_heals(tmp_path, loss):
    """The server forbids making groups for a while, so that the gap has no end of its own."""
    with running_valkey(tmp_path) as server:
        redis = connect(server.url)
        async with serving(server.url, wire) as service:
            await publish(redis, DISCOVERED.name, [discovered(1)])
            await until(lambda: written(redis, 1), what="the first message")
            await redis.execute_command("ACL", "SETUSER", "default", "-xgroup|create")
            await redis.execute_command(*LOSSES[loss])
            await until(lambda: unready(service), what="the service to own up")
            refused = await refusals(redis)
            await until(lambda: more(redis, refused + 3), what="three vain attempts to heal")
            assert service.condition.not_ready(time.monotonic()) == "a reader has stopped"
            await redis.execute_command("ACL", "SETUSER", "default", "+xgroup|create")
            await until(lambda: ready(service), what="the service to heal")
            assert await missing_groups(redis) == []
            await publish(redis, DISCOVERED.name, [discovered(2)])
            await until(lambda: arrived(redis, 2), what="a message after the loss")
        keys = Counter(await keys_of(redis, FETCHED.name))
        await redis.aclose()

    assert keys == (once(2) if loss == "flushall" else once(1, 2))


async def unready(service) -> bool:
    return service.condition.not_ready(time.monotonic()) is not None


async def ready(service) -> bool:
    return not await unready(service)


async def arrived(redis: Redis, number: int) -> bool:
    return discovered(number).key in await keys_of(redis, FETCHED.name)


async def refusals(redis: Redis) -> int:
    return sum(int(entry["count"]) for entry in await redis.acl_log())


async def more(redis: Redis, number: int) -> bool:
    return await refusals(redis) >= number


async def missing_groups(redis: Redis) -> list[str]:
    missing = []
    for stage in STAGES:
        for inlet in inlets(stage, 1):
            groups = await redis.xinfo_groups(inlet.stream)
            if stage.group.encode() not in [group["name"] for group in groups]:
                missing.append(inlet.stream)
    return missing


async def test_a_group_destroyed_again_and_again_under_load_loses_and_repeats_nothing(
    redis, valkey
):
    async with serving(valkey.url, wire):
        for part in range(4):
            numbers = range(part * 150, (part + 1) * 150)
            await publish(redis, DISCOVERED.name, [discovered(n) for n in numbers])
            await until(lambda part=part: written(redis, part * 150 + 30), what="some messages")
            await redis.xgroup_destroy(STREAM, FETCH.group)
        await until(lambda: written(redis, 600), what="all messages")
        await until(lambda: all_settled(redis), what="nothing left")

    assert Counter(await keys_of(redis, FETCHED.name)) == once(*range(600))


async def test_a_group_that_joins_late_reads_all_that_a_public_stream_keeps(redis, valkey):
    async def stored(event):
        return ()

    await prepare(redis)
    await publish(redis, ENRICHED.name, [enriched(n) for n in range(300)])
    async with serving(valkey.url, lambda s: s.each(STORE, stored)) as service:
        await until(lambda: all_settled(redis, STORE), what="300 messages")
        turn = service.condition.turned_at
        await until(lambda: turned_since(service, turn), what="the trimmer")
        await redis.xgroup_create(key(ENRICHED.name), "latecomer", id="0")
        ((_, entries),) = await redis.xreadgroup(
            "latecomer", "me", {key(ENRICHED.name): ">"}, count=1000
        )

    assert [f[b"key"].decode() for _, f in entries] == [enriched(n).key for n in range(300)]


async def turned_since(service, turn) -> bool:
    return service.condition.turned_at > turn


@pytest.mark.parametrize("seed", range(5))
async def test_a_trimmer_that_races_with_lagging_and_pending_groups_takes_nothing_they_need(
    redis, seed
):
    """Two groups read, acknowledge and fall behind at random while the trimmer keeps running."""
    dice, gate = random.Random(seed), Gate(redis)
    await prepare(redis)
    await redis.xgroup_create(STREAM, "other", id="0")
    held = {FETCH.group: [], "other": []}
    read: dict[str, list[bytes]] = {FETCH.group: [], "other": []}
    published: list[bytes] = []
    removed = 0
    for turn in range(400):
        if turn < 300:
            published += [await redis.xadd(STREAM, {"n": "x" * 400}) for _ in range(5)]
        group = dice.choice([FETCH.group, FETCH.group, "other"])
        rows = await redis.xreadgroup(group, "me", {STREAM: ">"}, count=dice.randrange(1, 40))
        fresh = [id_ for id_, _ in rows[0][1]] if rows else []
        read[group] += fresh
        held[group] += fresh
        dice.shuffle(held[group])
        for id_ in [held[group].pop() for _ in range(dice.randrange(len(held[group]) + 1))]:
            await redis.xack(STREAM, group, id_)
        removed += (await gate.trim(INLET, declared=[FETCH.group], patience=PATIENCE))[0]
        there = {id_ for id_, _ in await redis.xrange(STREAM)} if turn % 20 == 0 else None
        assert there is None or there.issuperset(held[FETCH.group] + held["other"])
    for group in read:
        rows = await redis.xreadgroup(group, "me", {STREAM: ">"}, count=10_000)
        read[group] += [id_ for id_, _ in rows[0][1]] if rows else []

    assert read == {FETCH.group: published, "other": published}
    assert removed > 0


async def test_nothing_is_trimmed_while_a_declared_group_is_missing(redis):
    gate = Gate(redis)
    await prepare(redis)
    await publish(redis, DISCOVERED.name, [discovered(n) for n in range(500)])
    await redis.xreadgroup(FETCH.group, "me", {STREAM: ">"}, count=500, noack=True)

    declared = [FETCH.group, "not-yet-there"]
    removed, _, absent = await gate.trim(INLET, declared=declared, patience=PATIENCE)
    assert (removed, absent, await redis.xlen(STREAM)) == (0, "not-yet-there", 500)
    await redis.xgroup_create(STREAM, "not-yet-there", id="0")
    removed, _, absent = await gate.trim(INLET, declared=declared, patience=PATIENCE)
    assert (removed, absent) == (0, "")


async def test_two_workers_under_one_name_lose_and_repeat_nothing(redis, valkey):
    def twin(service):
        service.consumer = "twin"
        service.each(FETCH, forward, concurrency=4)

    await publish(redis, DISCOVERED.name, [discovered(n) for n in range(300)])
    async with serving(valkey.url, twin):
        async with serving(valkey.url, twin):
            await until(lambda: written(redis, 100), what="100 messages")
        # the first to leave hands back the other's work, too
        await until(lambda: all_settled(redis), what="300 messages")

    assert Counter(await keys_of(redis, FETCHED.name)) == once(*range(300))
    assert await tallies(redis, FETCH) == {"done|": 300}


async def test_what_a_thousand_dead_consumers_hold_is_done_once_and_their_names_go(redis, valkey):
    await prepare(redis)
    await publish(redis, DISCOVERED.name, [discovered(n) for n in range(1000)])
    pipe = redis.pipeline(transaction=False)
    for number in range(1000):
        pipe.xreadgroup(FETCH.group, f"dead-{number}", {STREAM: ">"}, count=1)
    await pipe.execute()

    async def batch(events):
        return [fetched(event) for event in events]

    async with serving(valkey.url, lambda s: s.batch(FETCH, batch, size=50)) as service:
        await until(lambda: all_settled(redis), what="1000 messages")
        assert await service.gate.forget_consumers(INLET, silent=3600) == 0
        await service.gate.forget_consumers(INLET, silent=-1)
        left = {c["name"] for c in await redis.xinfo_consumers(STREAM, FETCH.group)}

    assert not [name for name in left if name.startswith(b"dead-")]
    assert Counter(await keys_of(redis, FETCHED.name)) == once(*range(1000))


async def test_the_name_of_a_consumer_that_still_holds_something_is_never_removed(redis):
    gate = Gate(redis)
    await prepare(redis)
    await publish(redis, DISCOVERED.name, [discovered(1)])
    await redis.xreadgroup(FETCH.group, "dead", {STREAM: ">"}, count=1)

    assert await gate.forget_consumers(INLET, silent=-1) == 0
    assert (await redis.xpending(STREAM, FETCH.group))["pending"] == 1


async def test_a_consumer_that_leaves_hands_back_everything_before_its_name_goes(redis):
    gate = Gate(redis)
    await prepare(redis)
    await publish(redis, DISCOVERED.name, [discovered(n) for n in range(500)])
    await redis.xreadgroup(FETCH.group, "leaver", {STREAM: ">"}, count=500)

    assert await gate.release(INLET, "leaver", lease=5.0) == 500
    taken = await gate.claim(INLET, "heir", lease=5.0, most=500)
    assert [e.deliveries for e in taken] == [1] * 500
    names = {c["name"] for c in await redis.xinfo_consumers(STREAM, FETCH.group)}
    assert b"leaver" not in names


async def test_an_overtaken_worker_commits_nothing_while_its_successor_is_still_at_work(redis):
    gate, done = Gate(redis), "example.kz|done|"
    await prepare(redis)
    await publish(redis, DISCOVERED.name, [discovered(1)])
    ((_, ((id_, _),)),) = await redis.xreadgroup(FETCH.group, "slow", {STREAM: ">"}, count=1)
    await redis.xclaim(STREAM, FETCH.group, "heir", 0, [id_])
    settlement = Settlement(id_, "done", done, (encode(fetched(discovered(1)), new_trace()),))

    assert await gate.beat(INLET, "slow", [id_]) == [id_]
    assert await gate.commit(INLET, "slow", [settlement]) == [0]
    assert await keys_of(redis, FETCHED.name) == []
    assert await gate.commit(INLET, "heir", [settlement]) == [1]
    assert await gate.commit(INLET, "heir", [settlement]) == [0]
    assert await keys_of(redis, FETCHED.name) == [discovered(1).key]


async def test_a_broker_that_refuses_every_commit_does_not_hand_out_its_whole_backlog(
    redis, valkey
):
    async with serving(valkey.url, lambda s: s.each(FETCH, forward, concurrency=4)) as service:
        await redis.delete(key(FETCHED.name))
        await redis.set(key(FETCHED.name), "not a stream")
        await publish(redis, DISCOVERED.name, [discovered(n) for n in range(2000)])
        await until(lambda: has_claimed(service), what="a failed entry's second turn")
        pending = (await redis.xpending(STREAM, FETCH.group))["pending"]
        await redis.delete(key(FETCHED.name))
        await until(lambda: all_settled(redis), what="2000 messages")

    assert pending < 100
    assert Counter(await keys_of(redis, FETCHED.name)) == once(*range(2000))


async def has_claimed(service) -> bool:
    return service.workers[0].pulse.claimed > 0


async def test_the_lag_that_is_told_is_the_lag_there_is_and_pending_returns_to_nothing(
    redis, valkey
):
    go = asyncio.Event()

    async def held(event):
        await go.wait()
        return fetched(event)

    await publish(redis, DISCOVERED.name, [discovered(n) for n in range(300)])
    async with serving(valkey.url, lambda s: s.each(FETCH, held, concurrency=4)) as service:
        load = service.condition.load
        await until(lambda: tells(load, 300), what="300 waiting messages")
        go.set()
        await until(lambda: tells(load, 0), what="no waiting messages")

    assert await unsettled(redis, FETCH) == 0
    assert (await redis.xpending(STREAM, FETCH.group))["pending"] == 0


async def tells(load, number: int) -> bool:
    return load.waiting.get(STREAM) == number


async def test_a_retry_comes_back_after_its_delay_and_not_before(redis, valkey):
    called: list[int] = []

    async def later(event):
        seconds, micros = await redis.time()
        called.append(seconds * 1000 + micros // 1000)
        if len(called) == 1:
            raise Retry("rate-limited", after=0.7)
        return fetched(event)

    await publish(redis, DISCOVERED.name, [discovered(1)])
    async with serving(valkey.url, lambda s: s.each(FETCH, later)):
        await until(lambda: all_settled(redis), what="the message")

    assert len(called) == 2
    assert called[1] - called[0] >= 700


async def test_a_retry_that_waits_survives_its_worker(redis, valkey):
    async def later(event):
        raise Retry("rate-limited", after=0.5)

    await publish(redis, DISCOVERED.name, [discovered(1)])
    async with serving(valkey.url, lambda s: s.each(FETCH, later)):
        await until(lambda: written_off(redis), what="the retry to be put aside")
    async with serving(valkey.url, wire):
        await until(lambda: all_settled(redis), what="the message")

    assert await keys_of(redis, FETCHED.name) == [discovered(1).key]


async def written_off(redis: Redis) -> bool:
    return "retry|rate-limited" in await tallies(redis, FETCH)


async def test_a_newer_consumer_reads_what_an_old_producer_wrote(redis, valkey):
    """Three fields, and none of the optional ones: all that version 1 ever required."""
    event = discovered(1)
    required = {"link_id", "url", "source", "via", "discovered_at"}
    data = event.model_dump_json(include=required)
    await prepare(redis)
    await redis.xadd(STREAM, {"v": "1", "type": "article.discovered", "data": data})

    async with serving(valkey.url, wire):
        await until(lambda: all_settled(redis), what="the message")

    assert await keys_of(redis, FETCHED.name) == [event.key]


async def test_an_old_consumer_reads_what_a_newer_producer_wrote(redis, valkey):
    data = discovered(1).model_dump_json()[:-1] + ',"data":"inner","mood":{"score":[1]}}'
    fields = {"v": "1", "type": "article.discovered", "data": data, "shard": "7"}
    await prepare(redis)
    await redis.xadd(STREAM, fields)

    async with serving(valkey.url, wire):
        await until(lambda: all_settled(redis), what="the message")

    assert await keys_of(redis, FETCHED.name) == [discovered(1).key]


async def test_what_waits_for_the_database_counts_as_waiting_and_what_waits_for_a_site_does_not(
    redis,
):
    await prepare(redis)
    await redis.zadd(key(delayed_name(STORE)), {f"entry {n}": n for n in range(7)})
    await redis.zadd(key(delayed_name(FETCH)), {f"entry {n}": n for n in range(7)})

    assert await waiting_ahead(redis, STORE.reads, 1) == 7
    assert await waiting_ahead(redis, FETCH.reads, 1) == 0
