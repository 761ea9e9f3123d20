"""The store as a process of its own, between a real broker and a real database."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from redis.asyncio import Redis

from steppewire.archive import open_archive
from steppewire.streams import ENRICHED, STORE, STORED, key
from steppewire.testing.articles import story
from steppewire.testing.postgres import running_postgres
from steppewire.testing.service import keys_of, prepare, publish, tallies, until
from steppewire.valkey import Valkey
from steppewire_store.migrate import migrate

from .conftest import store, told


async def test_what_is_enriched_is_stored_andtold(
    valkey: Valkey, redis: Redis, tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path / 'new' / 'archive.sqlite3'}"
    events = [story(n) for n in range(30)]
    await prepare(redis)
    await publish(redis, ENRICHED.name, [*events, *events[:10]])

    async with store(valkey.url, url) as process:
        await told(redis, 40)

    assert process.returncode == 0
    assert {event.key for event in events} == set(await keys_of(redis, STORED.name))
    async with open_archive(url, patience=0) as archive:
        assert await archive.count() == 30


async def test_a_store_killed_in_the_middle_loses_and_repeats_nothing(
    valkey: Valkey, redis: Redis, tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path / 'archive.sqlite3'}"
    events = [story(n, text=f"мәтін {n}") for n in range(600)]
    await prepare(redis)
    await publish(redis, ENRICHED.name, events)

    async with store(valkey.url, url) as process:
        await told(redis, 1)
        process.kill()
        await process.wait()
    async with store(valkey.url, url), store(valkey.url, url):
        await told(redis, 600)

    assert len(set(await keys_of(redis, STORED.name))) == 600
    assert await redis.xlen(key(STORED.name)) == 600
    async with open_archive(url, patience=0) as archive:
        assert await archive.count() == 600
        assert all([len(await archive.versions(event.key)) == 1 for event in events[::50]])


async def test_a_database_that_goes_away_is_waited_for_and_nothing_is_lost(
    valkey: Valkey, redis: Redis
) -> None:
    await prepare(redis)
    # durable: it is stopped as by a crash, and what it confirmed must be there afterwards
    with running_postgres(durable=True) as server:
        await migrate(server.url())
        async with store(valkey.url, server.url()):
            await publish(redis, ENRICHED.name, [story(1)])
            await told(redis, 1)

            server.stop()
            await publish(redis, ENRICHED.name, [story(n) for n in range(2, 12)])
            await until(lambda: _waited(redis), what="a wait")
            server.start()
            await told(redis, 11)

        async with open_archive(server.url(), patience=0) as archive:
            assert await archive.count() == 11
    assert (await tallies(redis, STORE)).get("dead|database-away") is None


async def test_an_event_that_cannot_be_stored_does_not_stop_the_others(
    valkey: Valkey, redis: Redis, tmp_path: Path
) -> None:
    await prepare(redis)
    await publish(redis, ENRICHED.name, [story(1)])
    await redis.xadd(key(ENRICHED.name), {"type": "article.enriched", "data": "{}"})
    await publish(redis, ENRICHED.name, [story(2)])

    async with store(valkey.url, f"sqlite:///{tmp_path / 'archive.sqlite3'}"):
        await told(redis, 2)

    assert [story(1).key, story(2).key] == await keys_of(redis, STORED.name)


async def test_a_wrong_database_is_one_line_and_an_exit_status() -> None:
    environment = {**os.environ, "STEPPEWIRE_DATABASE": "mysql://u:geheim@host/db"}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "steppewire_store", "migrate",
        env=environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip

    said, complained = await process.communicate()

    assert (process.returncode, said) == (78, b"")
    assert complained.startswith(b"steppewire-store: STEPPEWIRE_DATABASE: no archive on 'mysql'")
    assert complained.count(b"\n") == 1


async def _waited(redis: Redis) -> bool:
    return (await tallies(redis, STORE)).get("wait|database-away", 0) > 0
