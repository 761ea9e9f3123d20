"""What the API reads of the stages is what the delivery layer really wrote."""

from __future__ import annotations

from typing import Any

from redis.asyncio import Redis

from steppewire.errors import Reject, Retry, Skip
from steppewire.events import ArticleDiscovered, ArticleFetched
from steppewire.streams import DISCOVERED, FETCH, NOTIFY, STORED, key, tally_name
from steppewire.testing.service import discovered, fetched, prepare, publish, serving, until
from steppewire.valkey import Valkey
from steppewire_api.gauges import Gauges, StageGauge


async def by_number(event: ArticleDiscovered) -> ArticleFetched:
    number = int(event.url.split("/")[-1].split("-")[0])
    if number == 1:
        raise Skip("gone")
    if number == 2:
        raise Reject("too-large")
    if number == 3:
        raise Retry("busy", after=3600)
    return fetched(event)


async def fetcher(redis: Redis) -> StageGauge:
    return (await Gauges(redis).stages())[0]


async def test_every_ended_message_is_counted_once_with_its_reason(
    redis: Redis, valkey: Valkey
) -> None:
    await prepare(redis)
    await publish(redis, DISCOVERED.name, [discovered(number) for number in range(6)])

    async def ended() -> bool:
        return sum((await fetcher(redis)).totals.values()) >= 6

    async with serving(valkey.url, lambda service: service.each(FETCH, by_number)):
        await until(ended, what="all six to end")
    gauge = await fetcher(redis)

    counted = {(one.outcome, one.reason): one.count for one in gauge.outcomes}
    assert counted == {
        ("done", ""): 3,
        ("skip", "gone"): 1,
        ("reject", "too-large"): 1,
        ("retry", "busy"): 1,
    }
    assert {one.source for one in gauge.outcomes} == {"example.kz"}
    assert (gauge.lag, gauge.pending, gauge.delayed, gauge.dead) == (0, 0, 1, 1)


async def test_what_nobody_has_taken_yet_is_lag(redis: Redis) -> None:
    await publish(redis, DISCOVERED.name, [discovered(number) for number in range(4)])
    before_groups = await fetcher(redis)
    await prepare(redis)

    assert before_groups.lag == (await fetcher(redis)).lag == 4


async def test_the_oldest_that_waits_and_the_oldest_in_hand_are_told_by_the_brokers_clock(
    redis: Redis,
) -> None:
    await prepare(redis)
    seconds, _ = await redis.time()
    for ago in (500, 300):
        await redis.xadd(key(DISCOVERED.name), {"data": "x"}, id=f"{(seconds - ago) * 1000}-0")
    await redis.xreadgroup(FETCH.group, "dead", {key(DISCOVERED.name): ">"}, count=1)
    gauge = await fetcher(redis)

    assert (gauge.lag, gauge.pending) == (1, 1)
    assert 300 <= gauge.oldest_lag < 330
    assert 500 <= gauge.oldest_pending < 530
    assert (await Gauges(redis).stages())[1].oldest_lag == 0.0


async def test_streams_count_what_was_ever_added(redis: Redis) -> None:
    await publish(redis, DISCOVERED.name, [discovered(number) for number in range(4)])
    await redis.xtrim(key(DISCOVERED.name), maxlen=1, approximate=False)

    first = (await Gauges(redis).streams())[0]
    assert (first.added, first.length) == (4, 1)


async def test_partitions_are_added_up(redis: Redis) -> None:
    await publish(redis, DISCOVERED.name, [discovered(1)], partition=0)
    await publish(redis, DISCOVERED.name, [discovered(2)], partition=2)

    gauges = Gauges(redis, 3)
    assert (await gauges.streams())[0].added == 2
    assert (await gauges.stages())[0].lag == 2


async def test_sources_are_read_as_the_fetcher_keeps_them(redis: Redis) -> None:
    state: Any = {"state": "ok", "title": "Ел", "links_new": "3"}
    await redis.hset(key("source.elkz"), mapping=state)
    await redis.set(key("source.not-a-hash"), "1")

    assert await Gauges(redis).sources() == {"elkz": state}


async def test_stages_beside_the_path_are_told_where_somebody_runs_them(redis: Redis) -> None:
    gauges = Gauges(redis)
    for _ in range(3):
        await redis.xadd(key(STORED.name), {"data": "{}"})
    nobody = await gauges.beside()
    await redis.xgroup_create(key(STORED.name), NOTIFY.group, id="0")
    await redis.hset(key(tally_name(NOTIFY)), "elkz|done|", 2)
    [notify] = await gauges.beside()

    assert nobody == []
    assert (notify.stage, notify.lag, notify.totals) == ("notifier", 3, {"done": 2})
    assert [gauge.stage for gauge in await gauges.all_stages()][-2:] == ["store", "notifier"]
    assert (await gauges.ended())["notifier"] == 2
