"""A Python reader on a real server: joins late, crashes, resumes; loses nothing."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pytest
from redis.asyncio import Redis

from steppewire.consume import Envelope, consume
from steppewire.errors import BrokerUnreachable, SettingError, SteppewireError, WireError
from steppewire.events import ArticleStored
from steppewire.streams import STORED, key
from steppewire.testing.redis import running_valkey
from steppewire.valkey import Valkey
from steppewire.wire import encode, new_trace

STREAM = key(STORED.name)


async def test_a_reader_who_joins_late_gets_everything_that_is_kept(
    valkey: Valkey, redis: Redis
) -> None:
    await publish(redis, 25)

    assert await titles(reading(valkey), 25) == numbered(25)


async def test_a_body_that_raises_gets_its_article_again_and_no_other(
    valkey: Valkey, redis: Redis
) -> None:
    await publish(redis, 5)

    async def stumble() -> None:
        async with aclosing(reading(valkey)) as reader:
            async for envelope in reader:
                if envelope.event.title == "1":
                    raise RuntimeError(envelope.event.title)

    with pytest.raises(RuntimeError, match="1"):
        await stumble()

    assert await titles(reading(valkey), 4) == ["1", "2", "3", "4"]


async def test_what_was_read_to_the_end_is_acknowledged(valkey: Valkey, redis: Redis) -> None:
    await publish(redis, 3)
    seen: list[str] = []
    async with aclosing(reading(valkey)) as reader:
        async for envelope in reader:
            seen.append(envelope.event.title)
            if len(seen) == 3:
                break

    assert [row["message_id"].decode() for row in await pending(redis)] == [envelope.id]


async def test_what_a_dead_reader_left_goes_to_another_of_its_group(
    valkey: Valkey, redis: Redis
) -> None:
    await publish(redis, 3)
    await redis.xgroup_create(STREAM, "team", "0")
    await redis.xreadgroup("team", "died", {STREAM: ">"}, count=2)

    found = await titles(reading(valkey, claim_after=0.05), 3)

    assert sorted(found) == numbered(3)


async def test_a_slow_body_keeps_its_article(valkey: Valkey, redis: Redis) -> None:
    await publish(redis, 1)
    async with aclosing(reading(valkey, claim_after=0.3)) as reader:
        envelope = await anext(reader)
        idle = await idle_of(redis)
        # a sign of life arrives while the body is at work: the idle time starts anew
        async with asyncio.timeout(20):
            while (now := await idle_of(redis)) >= idle:
                idle = now
                await asyncio.sleep(0.01)

    assert envelope.event.title == "0"


async def test_an_entry_that_was_taken_over_is_not_taken_back(valkey: Valkey, redis: Redis) -> None:
    await publish(redis, 1)
    async with aclosing(reading(valkey, claim_after=0.1)) as reader:
        envelope = await anext(reader)
        await redis.xclaim(STREAM, "team", "other", 0, [envelope.id])
        async with asyncio.timeout(20):  # several signs of life later
            while await idle_of(redis) < 400:
                await asyncio.sleep(0.01)

        owners = [row["consumer"] for row in await pending(redis)]

    assert owners == [b"other"]


async def test_a_destroyed_group_is_made_again_and_loses_nothing(
    valkey: Valkey, redis: Redis
) -> None:
    await publish(redis, 2)
    async with aclosing(reading(valkey)) as reader:
        first = [(await anext(reader)).event.title for _ in range(2)]
        await redis.xgroup_destroy(STREAM, "team")
        await publish(redis, 1, start=2)
        after = [(await anext(reader)).event.title for _ in range(3)]

    assert (first, after) == (["0", "1"], ["0", "1", "2"])


async def test_a_flushed_server_is_read_on(valkey: Valkey, redis: Redis) -> None:
    await publish(redis, 1)
    async with aclosing(reading(valkey)) as reader:
        await anext(reader)
        waiting = asyncio.ensure_future(anext(reader))
        await redis.flushall()
        await publish(redis, 1, start=7)

        assert (await waiting).event.title == "7"


async def test_a_killed_server_that_comes_back_costs_nothing(tmp_path: Path) -> None:
    with running_valkey(tmp_path, durable=True) as server:
        redis = Redis.from_url(server.url)
        await publish(redis, 3)
        async with aclosing(reading(server)) as reader:
            seen = [(await anext(reader)).event.title]
            server.stop()
            waiting = asyncio.ensure_future(anext(reader))
            server.start()
            seen += [(await waiting).event.title, (await anext(reader)).event.title]
            await publish(redis, 1, start=3)
            seen.append((await anext(reader)).event.title)
        left = [row["message_id"] for row in await pending(redis)]
        await redis.aclose()

    # the acknowledgement that met a dead server was made up for: only the last is unsettled
    assert sorted(set(seen)) == numbered(4)
    assert len(left) == 1


async def test_an_entry_that_is_no_event_does_not_stop_a_reader_who_goes_on(
    valkey: Valkey, redis: Redis
) -> None:
    await redis.xadd(STREAM, {"v": "99", "type": "article.stored", "data": "{}"})
    await publish(redis, 1)
    seen: list[str] = []
    async with aclosing(reading(valkey)) as reader:
        async for envelope in reader:
            try:
                seen.append(envelope.event.title)
            except WireError as error:
                seen.append(str(error))
            if len(seen) == 2:
                break

    assert "schema version 99" in seen[0]
    assert seen[1] == "0"


async def test_a_pending_entry_that_was_trimmed_away_is_let_go(
    valkey: Valkey, redis: Redis
) -> None:
    await publish(redis, 2)
    await redis.xgroup_create(STREAM, "team", "0")
    await redis.xreadgroup("team", "reader", {STREAM: ">"})
    await redis.xtrim(STREAM, maxlen=1, approximate=False)

    assert await titles(reading(valkey), 1) == ["1"]
    assert len(await pending(redis)) == 1


async def test_all_partitions_are_read(valkey: Valkey, redis: Redis) -> None:
    await publish(redis, 2, partition=0)
    await publish(redis, 2, start=2, partition=1)

    assert sorted(await titles(reading(valkey, partitions=2), 4)) == numbered(4)


async def test_no_other_group_is_touched(valkey: Valkey, redis: Redis) -> None:
    await publish(redis, 3)
    await redis.xgroup_create(STREAM, "others", "0")
    await redis.xreadgroup("others", "one", {STREAM: ">"}, count=2)
    before = [row for row in await redis.xinfo_groups(STREAM) if row["name"] == b"others"]

    await titles(reading(valkey, claim_after=0.01), 3)

    after = [row for row in await redis.xinfo_groups(STREAM) if row["name"] == b"others"]
    assert after == before


async def test_no_server_is_said_in_one_line(tmp_path: Path) -> None:
    reader = consume(f"unix://{tmp_path}/none.sock", group="g", consumer="c", patience=0.1)

    with pytest.raises(BrokerUnreachable, match="no Redis-compatible server"):
        await anext(reader)


async def test_a_wrong_address_is_said_in_one_line() -> None:
    with pytest.raises(SettingError, match="give redis://"):
        await anext(consume("localhost:6379", group="g", consumer="c"))


async def test_without_the_client_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "redis.asyncio", None)

    with pytest.raises(SteppewireError, match=r"steppewire\[consume\]"):
        await anext(consume("redis://127.0.0.1", group="g", consumer="c"))


# What the tests are told in.


Reader = AsyncGenerator[Envelope[ArticleStored], None]


def reading(server: Valkey, **options: Any) -> Reader:
    return consume(server.url, group="team", consumer="reader", stream=STORED, **options)


async def titles(reader: Reader, count: int) -> list[str]:
    """Read `count` articles, as a loop that ends."""
    async with asyncio.timeout(30), aclosing(reader):
        return [(await anext(reader)).event.title for _ in range(count)]


def numbered(count: int) -> list[str]:
    return [str(number) for number in range(count)]


async def publish(redis: Redis, count: int, *, start: int = 0, partition: int = 0) -> None:
    for number in range(start, start + count):
        await redis.xadd(
            key(STORED.name, partition), cast("Any", encode(stored(number), new_trace()))
        )


def stored(number: int) -> ArticleStored:
    return ArticleStored(
        article_id=f"a{number}",
        version_id=f"v{number}",
        version=1,
        change="created",
        source="news.test",
        url=f"https://news.test/{number}",
        title=str(number),
        language="kk-Cyrl",
        stored_at=datetime(2026, 11, 22, tzinfo=UTC),
    )


async def pending(redis: Redis) -> list[dict[str, Any]]:
    return cast("list[dict[str, Any]]", await redis.xpending_range(STREAM, "team", "-", "+", 10))


async def idle_of(redis: Redis) -> int:
    return int((await pending(redis))[0]["time_since_delivered"])
