"""Many fetchers, one host: pace, requests at a time and the circuit breaker are everybody's."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from redis.asyncio import Redis

from steppewire.errors import Retry
from steppewire.testing.site import PAGE, Request, Site, reply
from steppewire.valkey import Valkey
from steppewire_fetcher.pace import Breaker, Pace
from steppewire_fetcher.rulebook import RedisShelf, Rulebook
from steppewire_fetcher.visit import Manners, Visitor
from steppewire_fetcher.web import Web

HOST = "news.example.kz"
REPLICAS, PAGES, INTERVAL = 4, 8, 0.2
LATE = 2
"""Intervals: a request starts on time, and arrives when a busy machine lets it."""

REPLICA = """
import asyncio, json, sys, time
from datetime import UTC, datetime
from steppewire.servers import connect
from steppewire_fetcher.pace import Pace
from steppewire_fetcher.rulebook import RedisShelf, Rulebook
from steppewire_fetcher.visit import Manners, Visitor
from steppewire_fetcher.web import Web

async def main(name, redis_url, site, pages, pace, concurrency):
    redis, web = connect(redis_url), Web(reroute={"*": site})
    rules = Rulebook(web, RedisShelf(redis, 4), now=time.monotonic)
    visitor = Visitor(web, rules, Pace(redis, 4), now=lambda: datetime.now(UTC))
    manners = Manners("test", pace, 10.0, 100_000, concurrency=concurrency, patience=60.0)
    visits = [visitor.visit(f"https://news.example.kz/{name}-{n}", manners) for n in range(pages)]
    print(json.dumps([answer.status for answer in await asyncio.gather(*visits)]))
    await web.aclose(); await redis.aclose()

asyncio.run(main(sys.argv[1], sys.argv[2], sys.argv[3], *map(json.loads, sys.argv[4:])))
"""


@dataclass
class Stopwatch:
    """When requests came, and how many were being answered at a time, as the server saw it."""

    takes: float = 0.0
    came: list[float] = field(default_factory=list)
    busy: int = 0
    busiest: int = 0

    async def __call__(self, request: Request, writer: asyncio.StreamWriter) -> None:
        self.came.append(time.monotonic())
        self.busy += 1
        self.busiest = max(self.busiest, self.busy)
        await asyncio.sleep(self.takes)
        self.busy -= 1
        await reply(PAGE)(request, writer)


async def replicas(
    valkey: Valkey, site: Site, watch: Stopwatch, *, pace: float, at_once: int
) -> None:
    """Let four processes fetch pages of one host, all at the same time."""
    for name in range(REPLICAS):
        site.replies |= {f"/{name}-{n}": watch for n in range(PAGES)}
    numbers = [json.dumps(one) for one in (PAGES, pace, at_once)]
    processes = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-c", REPLICA, str(n), valkey.url, site.url, *numbers,
            stdout=asyncio.subprocess.PIPE,
        )
        for n in range(REPLICAS)
    ]  # fmt: skip
    told = [await process.communicate() for process in processes]
    assert [json.loads(out) for out, _ in told] == [[200] * PAGES] * REPLICAS


async def test_four_fetchers_together_keep_one_hosts_pace(
    site: Site, redis: Redis, valkey: Valkey
) -> None:
    watch = Stopwatch()

    await replicas(valkey, site, watch, pace=INTERVAL, at_once=2)

    came = sorted(watch.came)
    assert len(came) == REPLICAS * PAGES
    assert came[-1] - came[0] >= (len(came) - 1 - LATE) * INTERVAL
    # and no burst on the way: eight in a row take seven intervals, whoever sent them
    assert all(last - first >= (7 - LATE) * INTERVAL for first, last in zip(came, came[7:]))  # noqa: B905


async def test_four_fetchers_together_ask_a_host_for_few_pages_at_a_time(
    site: Site, redis: Redis, valkey: Valkey
) -> None:
    watch = Stopwatch(takes=0.05)

    await replicas(valkey, site, watch, pace=0.0, at_once=3)

    assert len(watch.came) == REPLICAS * PAGES
    assert watch.busiest == 3


async def test_robots_txt_is_asked_for_at_most_once_by_each_of_four(
    site: Site, redis: Redis, valkey: Valkey
) -> None:
    await replicas(valkey, site, Stopwatch(), pace=0.0, at_once=8)

    asked = [one for one in site.requests if one.path == "/robots.txt"]
    assert 1 <= len(asked) <= REPLICAS


# ------------------------------------------------------------------------------- circuit breaker

QUICK = Breaker(failures=3, pause=0.0, first=1000.0, longest=3000.0)


async def fail(pace: Pace, times: int) -> None:
    for _ in range(times):
        await pace.done(await pace.turn(HOST, 0), "failed")


async def let_pass(redis: Redis) -> None:
    """Let the time pass for which the breaker is open, without waiting for it."""
    for name in await redis.keys("*pace.news*"):
        if await redis.type(name) == b"hash":
            await redis.hset(name, mapping={"broken": 1, "open": 1, "tail": 1})


async def down(pace: Pace) -> float:
    with pytest.raises(Retry, match="host-down") as caught:
        await pace.turn(HOST, 0)
    return caught.value.after or 0.0


async def test_a_host_that_fails_is_left_alone_by_all(redis: Redis) -> None:
    first, second = Pace(redis, 1, QUICK), Pace(redis, 1, QUICK)

    await fail(first, QUICK.failures)

    assert 990 < await down(second) <= 1000
    await second.turn("el.kz", 0)


async def test_waiting_for_a_host_that_is_down_uses_up_an_attempt(redis: Redis) -> None:
    pace = Pace(redis, 1, QUICK)
    await fail(pace, QUICK.failures)

    with pytest.raises(Retry) as caught:
        await pace.turn(HOST, 0)
    assert caught.value.counted


async def test_one_request_tries_whether_the_host_is_back(redis: Redis) -> None:
    first, second = Pace(redis, 1, QUICK), Pace(redis, 1, QUICK)
    await fail(first, QUICK.failures)
    await let_pass(redis)

    probe = await first.turn(HOST, 0)
    with pytest.raises(Retry, match="pace"):
        await second.turn(HOST, 0, patience=0.01)
    await first.done(probe, "ok")

    for _ in range(5):
        await second.turn(HOST, 0)


async def test_a_host_that_is_not_back_is_left_alone_for_twice_as_long(redis: Redis) -> None:
    pace, waits = Pace(redis, 1, QUICK), list[float]()
    await fail(pace, QUICK.failures)

    for _ in range(3):
        waits.append(round(await down(pace), -1))
        await let_pass(redis)
        await fail(pace, 1)

    assert [*waits, round(await down(pace), -1)] == [1000, 2000, 3000, 3000]


async def test_a_probe_whose_end_nobody_knows_lets_another_one_try(redis: Redis) -> None:
    pace = Pace(redis, 1, QUICK)
    await fail(pace, QUICK.failures)
    await let_pass(redis)

    await pace.done(await pace.turn(HOST, 0), "unknown")

    await pace.turn(HOST, 0)


async def test_one_answer_between_failures_keeps_the_host_open(redis: Redis) -> None:
    pace = Pace(redis, 1, QUICK)

    for _ in range(4):
        await fail(pace, QUICK.failures - 1)
        await pace.done(await pace.turn(HOST, 0), "ok")

    await pace.turn(HOST, 0)


async def test_each_failure_slows_a_host_down(redis: Redis) -> None:
    pace, waits = Pace(redis, 1, Breaker(failures=9, pause=100.0)), list[float]()

    for _ in range(3):
        turn = await pace.turn(HOST, 0)
        await pace.done(turn, "failed")
        with pytest.raises(Retry, match="pace") as caught:
            await pace.turn(HOST, 0)
        waits.append(round(caught.value.after or 0, -1))
        await let_pass(redis)

    assert waits == [100, 200, 400]


async def test_a_place_of_a_fetcher_that_died_is_free_again_in_time(redis: Redis) -> None:
    pace = Pace(redis, 1)
    await pace.turn(HOST, 0, concurrency=1, lasts=-59.95)  # lapses after 50 ms

    await pace.turn(HOST, 0, concurrency=1, patience=30.0)


async def test_a_turn_that_is_cancelled_while_it_waits_gives_its_place_back(redis: Redis) -> None:
    pace = Pace(redis, 1)
    await pace.done(await pace.turn(HOST, 3, concurrency=1), "ok")
    waiting = asyncio.create_task(pace.turn(HOST, 3, concurrency=1, patience=30.0))
    slots = "*pace.news*turns"
    while not await redis.keys(slots):
        await asyncio.sleep(0)

    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)

    assert await redis.keys(slots) == []


@pytest.mark.parametrize(
    ("answer", "failed"),
    [
        (reply(b"", 500), True),
        (reply(b"", 503), True),
        (reply(b"", 503, Retry_After="0"), False),
        (reply(b"", 404), False),
        (reply(b"", 429, Retry_After="0"), False),
    ],
)
async def test_only_what_speaks_against_the_host_counts(
    site: Site, web: Web, redis: Redis, now: Callable[[], object], answer: object, failed: bool
) -> None:
    site.replies |= {"/robots.txt": reply(b"", 404), "/a": answer}  # type: ignore[dict-item]
    rules = Rulebook(web, RedisShelf(redis, 1), now=time.monotonic)
    pace = Pace(redis, 1, Breaker(failures=2, pause=0.0))
    visitor = Visitor(web, rules, pace, now=now)  # type: ignore[arg-type]

    for _ in range(2):
        await visitor.visit(f"https://{HOST}/a", Manners("a", 0.0, 5.0, 1000))

    if failed:
        assert await down(pace) > 0
    else:
        await pace.turn(HOST, 0)
