"""Ten thousand sources, and fetchers that do not all know the same ones."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from steppewire.plugins import Source
from steppewire.servers import connect
from steppewire.streams import key
from steppewire.testing.clock import jump
from steppewire.testing.redis import running_valkey
from steppewire.testing.service import until
from steppewire_fetcher.discover import Poll
from steppewire_fetcher.ledger import ANNOUNCED_FOR, FORGOTTEN_AFTER, Claim, Ledger
from steppewire_fetcher.rounds import Rounds

MANY = tuple(f"site-{number:05}.example.kz" for number in range(10_000))
DUE, KNOWN = key("sources.due"), key("sources.known")


@pytest.fixture
async def redis(tmp_path, clock):
    with running_valkey(tmp_path / "server", environment=clock.environment) as server:
        client = connect(server.url)
        yield client
        await client.aclose()


@pytest.fixture
def ledger(redis):
    return Ledger(redis, lambda: datetime.now(UTC))


async def claimed(ledger, names):
    claim = await ledger.claim(names)
    assert isinstance(claim, Claim)
    return claim.source


async def spread(redis, ledger, names, apart):
    """Let the sources be due one after the other, `apart` seconds from each other."""
    await ledger.claim(names)
    seconds, _ = await redis.time()
    await redis.zadd(DUE, {n: (seconds + apart * at) * 1000 for at, n in enumerate(names)})


async def told(redis, ledger, name):
    """Let a fetcher go on claiming; tell whether it has announced its source today."""
    await ledger.claim((name,))
    seconds, _ = await redis.time()
    return await redis.zscore(KNOWN, name) > (seconds - ANNOUNCED_FOR) * 1000


async def test_of_ten_thousand_sources_just_those_that_are_due_are_claimed_in_order(
    redis, ledger, clock
):
    await spread(redis, ledger, MANY, apart=100)
    claims = []

    await jump(redis, clock, 20_000)  # two hundred have become due
    while isinstance(claim := await ledger.claim(MANY), Claim):
        claims.append(claim.source)
        await ledger.settle(claim, 2_000_000)

    assert claims == list(MANY[: len(claims)])
    assert 201 <= len(claims) <= 202  # one more if the machine slept for a minute
    assert 0 < claim.seconds <= 100


async def test_a_claim_says_no_more_for_ten_thousand_sources_than_for_one(redis, ledger):
    await ledger.claim(MANY)

    before = (await redis.info("stats"))["total_net_input_bytes"]
    await ledger.claim(MANY)
    after = (await redis.info("stats"))["total_net_input_bytes"]

    assert after - before < 1000


async def test_fetchers_with_different_sources_leave_each_other_theirs(redis, ledger):
    other = Ledger(redis, lambda: datetime.now(UTC))
    mine, theirs = ("both", "mine"), ("both", "theirs")
    await spread(redis, ledger, ("theirs", "both", "mine"), apart=-3600)

    assert [await claimed(ledger, mine), await claimed(ledger, mine)] == ["mine", "both"]
    assert await claimed(other, theirs) == "theirs"


async def test_what_others_know_is_kept_however_long_it_waits(redis, ledger, clock):
    other = Ledger(redis, lambda: datetime.now(UTC))
    for day in range(3):
        await jump(redis, clock, int(day * FORGOTTEN_AFTER))
        await until(lambda: told(redis, other, "theirs"), what="an announcement")
        await ledger.claim(("mine",))

    assert await redis.zscore(DUE, "theirs") is not None


async def test_a_source_that_was_removed_is_forgotten_in_the_end(redis, ledger, clock):
    await spread(redis, ledger, ("removed", "kept"), apart=10)
    await jump(redis, clock, int(FORGOTTEN_AFTER) + 60)

    await ledger.claim(("kept",))

    assert await redis.zscore(DUE, "removed") is None
    assert await redis.zscore(KNOWN, "removed") is None


async def test_a_source_of_a_fetcher_that_announces_nothing_gets_a_day_of_grace(
    redis, ledger, clock
):
    await redis.zadd(DUE, {"old": 0})
    await ledger.claim(("mine",))
    assert await redis.zscore(DUE, "old") == 0

    await jump(redis, clock, int(FORGOTTEN_AFTER) + 60)
    await ledger.claim(("mine",))

    assert await redis.zscore(DUE, "old") is None


async def test_thousands_of_removed_sources_hide_none_that_is_due(redis, ledger, clock):
    await spread(redis, ledger, MANY[:5000], apart=-1)
    await redis.zadd(DUE, {"mine": 0})

    await ledger.claim(("mine",))
    await redis.zadd(DUE, {"mine": (await redis.time())[0] * 1000})

    assert await claimed(ledger, ("mine",)) == "mine"


async def test_a_broker_that_lost_everything_is_told_the_sources_again(redis, ledger):
    await claimed(ledger, ("mine",))
    await redis.flushall()

    assert await claimed(ledger, ("mine",)) == "mine"


async def test_a_source_that_comes_while_fetchers_run_is_due_at_once(redis, ledger):
    await claimed(ledger, ("mine",))

    assert await claimed(ledger, ("mine", "fresh")) == "fresh"


async def test_a_clock_set_back_keeps_no_source_waiting_for_it(redis, ledger, clock):
    await spread(redis, ledger, MANY, apart=1)
    await jump(redis, clock, -7200)

    while isinstance(answer := await ledger.claim(MANY), Claim):
        await ledger.settle(answer, 3600)

    assert answer.seconds <= 1


async def test_what_fetchers_know_is_said_again_now_and_then(redis, ledger, clock):
    await ledger.claim(("mine",))
    first = await redis.zscore(KNOWN, "mine")
    await jump(redis, clock, int(ANNOUNCED_FOR) + 1)

    async def again():
        await ledger.claim(("mine",))
        return await redis.zscore(KNOWN, "mine") >= first + ANNOUNCED_FOR * 1000

    await until(again, what="the catalogue to be announced again")


async def test_a_hundred_idle_lanes_ask_no_more_often_than_one(redis, ledger):
    looked = asyncio.Event()

    async def poll(_):
        looked.set()
        return Poll(points=1)

    source = Source.model_validate(
        {"name": "news", "title": "News", "home": "https://a.kz", "hosts": ["a.kz"]}
    )
    rounds = Rounds(ledger, {"news": source}, poll, lambda: 0.5)
    lanes = [asyncio.create_task(rounds.go()) for _ in range(100)]

    async def settled():
        return looked.is_set() and await redis.hget(key("source.news"), "polls")

    await until(settled, what="the look")
    stats = await redis.info("commandstats")
    for lane in lanes:
        lane.cancel()
    await asyncio.gather(*lanes, return_exceptions=True)

    assert stats["cmdstat_evalsha"]["calls"] < 20


async def test_a_source_that_was_taken_away_and_put_back_is_due_again(redis, ledger):
    source = Source.model_validate(
        {"name": "back", "title": "B", "home": "https://a.kz", "hosts": ["a.kz"]}
    )
    await ledger.introduce([source])
    await claimed(ledger, ("back", "mine"))
    await ledger.retire(["back"])
    await claimed(ledger, ("mine",))

    await ledger.introduce([source])

    assert await claimed(ledger, ("back", "mine")) == "back"


async def test_a_source_that_was_hastened_during_a_look_is_looked_at_again(redis, ledger):
    claim = await ledger.claim(("mine",))
    await ledger.hasten(["mine"])

    await ledger.settle(claim, 300)

    assert await claimed(ledger, ("mine",)) == "mine"
