"""Messages that no stage survives: each ends alone in the dead letters and stops nobody."""

from __future__ import annotations

import asyncio
import os
from collections import Counter

from steppewire.events import ArticleDiscovered, ArticleFetched
from steppewire.streams import DISCOVERED, FETCH, FETCHED, key
from steppewire.testing.service import (
    all_settled,
    dead_letters,
    discovered,
    fetched,
    keys_of,
    prepare,
    publish,
    serving,
    tallies,
    until,
)

STREAM = key(DISCOVERED.name)
RAISES, KILLS, HANGS = 1001, 1002, 1003
GOOD = range(60)
FIELDS = {b"v": b"1", b"type": b"article.discovered"}
NO_UTF_8 = {**FIELDS, b"key": b"no-utf-8", b"data": b'{"url": "\xff\xfe\x80"}'}
WRONG_SCHEMA = {**FIELDS, b"key": b"wrong-schema", b"data": b'{"url": 1, "data": "inner"}'}
HUGE = {**FIELDS, b"key": b"huge", b"data": b'{"url": "' + b"x" * 60_000_000 + b'"}'}


def poisoned(event: ArticleDiscovered) -> ArticleFetched:
    if event.key == discovered(RAISES).key:
        raise ValueError("bad page")
    if event.key == discovered(KILLS).key:
        os._exit(9)
    while event.key == discovered(HANGS).key:
        pass
    return fetched(event)


async def test_poison_of_six_kinds_among_good_messages_costs_only_itself(redis, valkey):
    await prepare(redis)
    await publish(redis, DISCOVERED.name, [discovered(n) for n in GOOD[:30]])
    await publish(redis, DISCOVERED.name, [discovered(n) for n in (RAISES, KILLS, HANGS)])
    for fields in (NO_UTF_8, WRONG_SCHEMA, HUGE):
        await redis.xadd(STREAM, fields)
    await publish(redis, DISCOVERED.name, [discovered(n) for n in GOOD[30:]])

    async with serving(
        # a busy machine may take a second to notice that a child has died
        valkey.url,
        lambda s: s.cpu(FETCH, poisoned, workers=1, time_limit=3.0),
        max_attempts=2,
    ):
        await until(lambda: all_settled(redis), what="all messages", seconds=60)

    assert Counter(await keys_of(redis, FETCHED.name)) == {discovered(n).key: 1 for n in GOOD}
    assert {d["key"]: d["dead.reason"] for d in await dead_letters(redis, FETCH)} == {
        discovered(RAISES).key: "fault-ValueError",
        discovered(KILLS).key: "fault-ChildDied",
        discovered(HANGS).key: "time-limit",
        "no-utf-8": "not-an-event",
        "wrong-schema": "not-an-event",
        "huge": "not-an-event",
    }
    ended = await tallies(redis, FETCH)
    assert ended["done|"] == len(GOOD)
    assert sum(n for name, n in ended.items() if name.startswith(("dead", "reject"))) == 6


async def test_an_async_handler_that_hangs_is_cut_off_and_its_neighbours_pass(redis, valkey):
    async def hang(event):
        if event.key == discovered(HANGS).key:
            await asyncio.Event().wait()
        return fetched(event)

    await publish(redis, DISCOVERED.name, [discovered(n) for n in (HANGS, *GOOD)])
    async with serving(
        valkey.url, lambda s: s.each(FETCH, hang, concurrency=2, time_limit=0.3), max_attempts=2
    ):
        await until(lambda: all_settled(redis), what="all messages")

    assert [d["dead.reason"] for d in await dead_letters(redis, FETCH)] == ["time-limit"]
    assert Counter(await keys_of(redis, FETCHED.name)) == {discovered(n).key: 1 for n in GOOD}


async def test_a_body_of_sixty_megabytes_that_is_an_event_passes_like_any_other(redis, valkey):
    big = discovered(1).model_copy(update={"title_hint": "x" * 60_000_000})

    async def forward(event):
        return fetched(event)

    await publish(redis, DISCOVERED.name, [discovered(0), big, discovered(2)])
    async with serving(valkey.url, lambda s: s.each(FETCH, forward)):
        await until(lambda: all_settled(redis), what="3 messages")

    assert Counter(await keys_of(redis, FETCHED.name)) == {discovered(n).key: 1 for n in range(3)}
