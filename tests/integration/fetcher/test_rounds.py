from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
from redis.asyncio import Redis

from steppewire.errors import Retry
from steppewire.pauses import Pause, Pauses
from steppewire.plugins import Source
from steppewire.streams import key
from steppewire.testing.service import until
from steppewire_fetcher.discover import Poll
from steppewire_fetcher.ledger import FAILURE_CAP, Claim, Ledger, Waiting, next_look
from steppewire_fetcher.rounds import Rounds
from steppewire_fetcher.waiting import WaitingRoom

Clock = Callable[[], datetime]
Sources = Callable[..., Source]


async def claimed(ledger: Ledger, *names: str) -> Claim:
    claim = await ledger.claim(names)
    assert isinstance(claim, Claim)
    return claim


async def state(redis: Redis, name: str = "news") -> Mapping[str, str]:
    fields: Any = await redis.hgetall(key(f"source.{name}"))
    return {k.decode(): v.decode() for k, v in fields.items()}


async def test_a_source_is_looked_at_by_one_fetcher_at_a_time(redis: Redis, now: Clock) -> None:
    ledgers = [Ledger(redis, now) for _ in range(3)]

    claims = await asyncio.gather(*(ledger.claim(["news"]) for ledger in ledgers))

    assert sum(isinstance(claim, Claim) for claim in claims) == 1


async def test_a_claim_whose_holder_died_lapses(redis: Redis, now: Clock) -> None:
    ledger = Ledger(redis, now, lease=0.05)
    dead = await claimed(ledger, "news")

    async def again() -> bool:
        return isinstance(await ledger.claim(["news"]), Claim)

    await until(again, what="the claim to lapse")
    assert not await ledger.settle(dead, 300)


async def test_a_settled_source_is_due_after_its_time(redis: Redis, now: Clock) -> None:
    ledger = Ledger(redis, now)

    assert await ledger.settle(await claimed(ledger, "news"), 300)
    waiting = await ledger.claim(["news"])

    assert isinstance(waiting, Waiting)
    assert 290 < waiting.seconds <= 300


async def test_the_most_overdue_source_comes_first(redis: Redis, now: Clock) -> None:
    ledger = Ledger(redis, now)
    await redis.zadd(key("sources.due"), {"late": 1000, "later": 500})

    names = [(await claimed(ledger, "late", "later")).source for _ in range(2)]

    assert names == ["later", "late"]


async def test_a_fetcher_claims_only_sources_that_it_knows(redis: Redis, now: Clock) -> None:
    await redis.zadd(key("sources.due"), {"stranger": 0})

    assert (await claimed(Ledger(redis, now), "news")).source == "news"


def rounds(redis: Redis, now: Clock, source: Source, outcome: Poll | Exception) -> Rounds:
    async def poll(_: Source) -> Poll:
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    return Rounds(Ledger(redis, now), {source.name: source}, poll, jitter=lambda: 0.5)


async def once(rounds: Rounds) -> None:
    claim = await rounds.ledger.claim(list(rounds.sources))
    assert isinstance(claim, Claim)
    await rounds.look(claim)


async def test_what_a_look_gave_is_written_down(redis: Redis, now: Clock, source: Sources) -> None:
    poll = Poll(seen=7, new=3, points=2, warnings=Counter({"feed-is-html": 1}))

    await once(rounds(redis, now, source(), poll))

    written = await state(redis)
    assert (written["state"], written["failures"], written["links_new"]) == ("ok", "0", "3")
    assert written["warning.feed-is-html"] == "1"
    assert datetime.fromisoformat(written["last_success"]).tzinfo is not None


async def test_silence_is_counted_from_the_last_news_or_from_the_introduction(
    redis: Redis, now: Clock, source: Sources
) -> None:
    began, told = now(), []

    for hours, new in enumerate((0, 2, 0)):
        later = began + timedelta(hours=hours)
        looking = rounds(redis, lambda at=later: at, source(), Poll(seen=2, new=new, points=1))
        await redis.delete(key("sources.due"))
        await looking.ledger.introduce([source()])  # as at every start
        await once(looking)
        told.append((await state(redis))["last_new"])

    assert told == [(began + timedelta(hours=n)).isoformat() for n in (0, 1, 1)]


async def test_failures_in_a_row_are_counted_and_told(
    redis: Redis, now: Clock, source: Sources
) -> None:
    failing = Poll(points=1, failed=1, error="https://a.kz/rss: gone")

    for _ in range(2):
        await redis.delete(key("sources.due"))
        await once(rounds(redis, now, source(), failing))

    written = await state(redis)
    assert (written["state"], written["failures"]) == ("failing", "2")
    assert written["last_error"] == "https://a.kz/rss: gone"
    assert "last_success" not in written


@pytest.mark.parametrize("error", [Retry("timeout", "slow"), ValueError("odd"), OSError("lost")])
async def test_a_look_that_raises_is_a_failure_and_no_end(
    redis: Redis, now: Clock, source: Sources, error: Exception
) -> None:
    await once(rounds(redis, now, source(), error))

    assert (await state(redis))["failures"] == "1"


async def test_one_bad_source_does_not_stop_the_others(
    redis: Redis, now: Clock, source: Sources
) -> None:
    seen: list[str] = []

    async def poll(one: Source) -> Poll:
        seen.append(one.name)
        if one.name == "bad":
            raise ValueError("cannot be read")
        return Poll(points=1)

    sources = {name: source(name=name) for name in ("bad", "good", "fine")}
    going = asyncio.create_task(Rounds(Ledger(redis, now), sources, poll, lambda: 0.0).go())

    async def all_seen() -> bool:
        return {"bad", "good", "fine"} <= set(seen)

    await until(all_seen, what="a look at every source")
    going.cancel()


async def test_a_source_is_known_before_its_first_look(
    redis: Redis, now: Clock, source: Sources
) -> None:
    await Ledger(redis, now).introduce([source(languages=["kk-Cyrl", "ru-Cyrl"])])

    written = await state(redis)
    assert (written["state"], written["languages"]) == ("new", "kk-Cyrl,ru-Cyrl")


def test_a_failing_source_is_looked_at_ever_more_rarely_up_to_a_cap() -> None:
    waits = [next_look(300, failures, 0, 0.5) for failures in (0, 1, 2, 50)]

    assert waits == [300, 600, 1200, FAILURE_CAP]


def test_a_wait_that_the_site_asked_for_is_kept() -> None:
    assert next_look(300, 1, 5000, 0.5) == 5000


async def test_a_paused_source_keeps_its_place_and_is_passed_over(redis: Redis, now: Clock) -> None:
    ledger, pauses = Ledger(redis, now), Pauses(redis)
    await pauses.pause("first", Pause(at=now(), by="newsroom"))
    claim = await claimed(ledger, "first", "second")
    nothing = await Ledger(redis, now).claim(["first"])

    assert claim.source == "second"
    assert nothing == Waiting(1.0)
    assert await pauses.resume("first")
    assert not await pauses.resume("first")
    assert (await claimed(Ledger(redis, now), "first")).source == "first"


async def test_a_link_of_a_paused_source_waits_and_uses_up_no_attempt(
    redis: Redis, now: Clock
) -> None:
    pauses, at = Pauses(redis), 0.0
    room = WaitingRoom(pauses.names, lambda: at)
    await room.enter("news")
    await pauses.pause("news", Pause(at=now(), by="newsroom"))
    at = 1.0
    with pytest.raises(Retry, match="news") as raised:
        await room.enter("news")
    await room.enter("other")
    await pauses.resume("news")
    at = 2.0
    await room.enter("news")

    assert (raised.value.reason, raised.value.counted) == ("source-paused", False)
