"""One at a time or in batches, with an event loop or without: the same promises."""

from __future__ import annotations

import subprocess
import sys
from contextlib import aclosing, closing
from typing import Any, cast

import pytest
import redis as sync_redis
from redis.asyncio import Redis

import steppewire
from steppewire.errors import SettingError
from steppewire.streams import ENRICHED, key
from steppewire.testing.samples import enriched
from steppewire.valkey import Valkey
from steppewire.wire import encode, new_trace

STREAM = key(ENRICHED.name)
ME: Any = {"group": "team", "consumer": "reader"}


def fields(number: int) -> Any:
    return encode(enriched(number), new_trace())


def number(envelope: Any) -> int:
    return int(envelope.event.article.url.rsplit("/", 1)[1])


@pytest.fixture
async def seven(redis: Redis) -> Redis:
    for n in range(7):
        await redis.xadd(STREAM, fields(n))
    return redis


async def test_a_batch_is_what_is_there_and_is_acknowledged_as_a_whole(
    valkey: Valkey, seven: Redis
) -> None:
    async with aclosing(steppewire.consume_batches(valkey.url, batch=5, **ME)) as reader:
        first = [number(envelope) for envelope in await anext(reader)]
        before = await pending(seven)
        second = [number(envelope) for envelope in await anext(reader)]

    assert (first, second) == ([0, 1, 2, 3, 4], [5, 6])
    assert (before, await pending(seven)) == (5, 2)


async def test_a_batch_whose_body_raised_comes_again(valkey: Valkey, seven: Redis) -> None:
    async with aclosing(steppewire.consume_batches(valkey.url, batch=5, **ME)) as reader:
        first = [number(envelope) for envelope in await anext(reader)]
    async with aclosing(steppewire.consume_batches(valkey.url, batch=5, **ME)) as reader:
        assert [number(envelope) for envelope in await anext(reader)] == first


async def pending(redis: Redis) -> int:
    return int(cast("Any", await redis.xpending(STREAM, "team"))["pending"])


# Without an event loop


@pytest.fixture
def filled(valkey: Valkey) -> sync_redis.Redis:
    client = sync_redis.Redis.from_url(valkey.url)
    client.flushall()
    for n in range(7):
        client.xadd(STREAM, fields(n))
    return client


def waiting(client: sync_redis.Redis) -> int:
    return int(cast("Any", client.xpending(STREAM, "team"))["pending"])


def test_a_program_without_an_event_loop_reads_one_by_one(
    valkey: Valkey, filled: sync_redis.Redis
) -> None:
    with closing(steppewire.consume_sync(valkey.url, **ME)) as reader:
        assert [number(next(reader)) for _ in range(7)] == list(range(7))

    assert waiting(filled) == 1, "the last one was not read to its end"


def test_a_program_without_an_event_loop_reads_batches(
    valkey: Valkey, filled: sync_redis.Redis
) -> None:
    with closing(steppewire.consume_batches_sync(valkey.url, batch=4, **ME)) as reader:
        assert [number(envelope) for envelope in next(reader)] == [0, 1, 2, 3]
        assert [number(envelope) for envelope in next(reader)] == [4, 5, 6]


def test_a_slow_body_without_an_event_loop_keeps_its_article(
    valkey: Valkey, filled: sync_redis.Redis
) -> None:
    """Signs of life come from the thread, while the body does something else."""
    with closing(steppewire.consume_sync(valkey.url, claim_after=0.2, batch=1, **ME)) as reader:
        next(reader)
        idle: list[int] = [0]
        while sorted(idle) == idle:  # until the time without a sign of life starts anew
            rows: Any = filled.xpending_range(STREAM, "team", "-", "+", 1)
            idle.append(int(rows[0]["time_since_delivered"]))

    assert idle[-1] < idle[-2]


def test_an_error_reaches_a_program_without_an_event_loop() -> None:
    with pytest.raises(SettingError, match="give redis://"):
        next(steppewire.consume_sync("localhost:6379", **ME))


def test_ctrl_c_ends_a_program_that_waits_for_an_article(
    valkey: Valkey, filled: sync_redis.Redis
) -> None:
    program = (
        "import signal, steppewire\n"
        f"reader = steppewire.consume_sync({valkey.url!r}, group='g', consumer='c')\n"
        "for n, _ in enumerate(reader):\n"
        "    if n == 6:\n"
        "        signal.signal(signal.SIGALRM, signal.default_int_handler)\n"
        "        signal.setitimer(signal.ITIMER_REAL, 0.1)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=30, check=False
    )

    assert "KeyboardInterrupt" in done.stderr.splitlines()[-1]
    assert "never retrieved" not in done.stderr
    assert "was destroyed" not in done.stderr


@pytest.mark.parametrize(
    "program",
    [
        "import steppewire; steppewire.consume",
        "import steppewire.consume; steppewire.consume",
        "from steppewire import consume; consume",
        "from steppewire.consume import consume; consume",
    ],
)
def test_however_it_is_imported_it_may_be_called(program: str) -> None:
    call = f"{program}('redis://nowhere', group='g', consumer='c').aclose"
    subprocess.run([sys.executable, "-c", call], check=True, timeout=30)


def test_the_package_alone_loads_no_events() -> None:
    look = "import sys, steppewire; assert 'pydantic' not in sys.modules"
    subprocess.run([sys.executable, "-c", look], check=True, timeout=30)
