"""A database in trouble, and power that fails: each article is stored once, and told once."""

from __future__ import annotations

import asyncio
import shutil
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import pytest
from redis.asyncio import Redis

from steppewire.archive import open_archive
from steppewire.events import ArticleEnriched
from steppewire.servers import connect
from steppewire.streams import ENRICHED, STORE, STORED
from steppewire.testing.articles import story
from steppewire.testing.postgres import running_postgres
from steppewire.testing.redis import running_valkey
from steppewire.testing.service import (
    dead_letters,
    keys_of,
    prepare,
    publish,
    tallies,
    unsettled,
    until,
)
from steppewire.valkey import Valkey
from steppewire_store.migrate import migrate

from .conftest import store, told

Stories = Sequence[ArticleEnriched]


async def all_stored_once(redis: Redis, database: str, events: Stories) -> None:
    """Assert that each article has as many versions as there are events of it, told once each."""
    expected = Counter(event.key for event in events)
    async with open_archive(database, patience=0) as archive:
        kept = {key: len(await archive.versions(key)) for key in expected}
        assert await archive.count() == len(expected)
    assert kept == expected
    assert Counter(await keys_of(redis, STORED.name)) == expected
    assert (await tallies(redis, STORE))["done|"] == len(events)
    assert await dead_letters(redis, STORE) == []
    assert await unsettled(redis, STORE) == 0


@pytest.mark.parametrize(
    "waits",
    [
        pytest.param(3, id="some-seconds"),
        pytest.param(30, id="a-minute", marks=pytest.mark.slow),
    ],
)
async def test_a_database_that_is_away_for_long_costs_no_article_and_no_attempt(
    valkey: Valkey, redis: Redis, waits: int
) -> None:
    """An article asks again every 2 s, and one attempt is all that it has."""
    await prepare(redis)
    events = [story(n) for n in range(40)]
    with running_postgres(durable=True) as server:
        await migrate(server.url())
        async with store(valkey.url, server.url(), STEPPEWIRE_MAX_ATTEMPTS="1"):
            await publish(redis, ENRICHED.name, events[:10])
            await told(redis, 10)
            server.stop()
            await publish(redis, ENRICHED.name, events[10:])
            await until(lambda: waited(redis, 30 * waits), what="the waits", seconds=120)
            server.start()
            await told(redis, 40)
            await until(lambda: none_left(redis), what="nothing left")

        await all_stored_once(redis, server.url(), events)


async def waited(redis: Redis, number: int) -> bool:
    return (await tallies(redis, STORE)).get("wait|database-away", 0) >= number


async def none_left(redis: Redis) -> bool:
    return await unsettled(redis, STORE) == 0


@pytest.fixture
async def postgres_archive(postgres_url: str) -> str:
    await migrate(postgres_url)
    return postgres_url


@asynccontextmanager
async def session(url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(url)
    try:
        yield connection
    finally:
        await connection.close()


LOCK = "SELECT id FROM articles WHERE article_id = $1 FOR UPDATE"


async def test_a_store_that_is_the_victim_of_a_deadlock_stores_its_articles_once_all_the_same(
    valkey: Valkey, redis: Redis, postgres_archive: str
) -> None:
    """Somebody locks two articles in the order that is not ours, and is the more patient one."""
    await prepare(redis)
    first = [story(n) for n in range(2)]
    second = [story(n, text="Басқа мәтін.", fetched=1) for n in range(2)]
    low, high = sorted(event.key for event in first)
    await publish(redis, ENRICHED.name, first)
    async with store(valkey.url, postgres_archive):
        await told(redis, 2)
    async with session(postgres_archive) as stranger, stranger.transaction():
        await stranger.execute("SET deadlock_timeout = '100s'")
        await stranger.execute(LOCK, high)
        await publish(redis, ENRICHED.name, second)  # before the store starts: one batch
        async with store(valkey.url, postgres_archive):
            await until(lambda: waits_for_a_lock(postgres_archive), what="the store to wait")
            await stranger.execute(LOCK, low)  # returns when the store has been thrown out
            await until(lambda: waited(redis, 1), what="the store to say: later")
            await stranger.execute("COMMIT; BEGIN")
            await told(redis, 4)
            await until(lambda: none_left(redis), what="nothing left")

    await all_stored_once(redis, postgres_archive, [*first, *second])


async def waits_for_a_lock(url: str) -> bool:
    async with session(url) as looking:
        return bool(
            await looking.fetchval(
                "SELECT count(*) FROM pg_stat_activity "
                "WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
        )


REFUSE_TWICE = """
CREATE SEQUENCE refused;
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF nextval('refused') <= 2 THEN
    RAISE unique_violation USING MESSAGE = 'duplicate key value, says somebody';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER refuse BEFORE INSERT ON receipts FOR EACH ROW EXECUTE FUNCTION refuse();
"""


async def test_a_unique_violation_costs_neither_the_article_nor_its_neighbours(
    valkey: Valkey, redis: Redis, postgres_archive: str
) -> None:
    await prepare(redis)
    events = [story(n) for n in range(20)]
    async with session(postgres_archive) as owner:
        await owner.execute(REFUSE_TWICE)
    await publish(redis, ENRICHED.name, events)
    async with store(valkey.url, postgres_archive):
        await told(redis, 20)
        await until(lambda: none_left(redis), what="nothing left")

    await all_stored_once(redis, postgres_archive, events)


CLAIM = """
INSERT INTO articles (article_id, version, source, language, url, title, first_stored_at, sort_at)
VALUES ($1, 1, '', '', '', '', now(), now())
"""


async def test_an_article_that_somebody_else_is_just_storing_is_stored_once(
    valkey: Valkey, redis: Redis, postgres_archive: str
) -> None:
    """The other's row is not committed yet when ours arrives: ours waits, and finds it there."""
    await prepare(redis)
    async with session(postgres_archive) as stranger, stranger.transaction():
        await stranger.execute(CLAIM, story(1).key)
        await publish(redis, ENRICHED.name, [story(1), story(2)])
        async with store(valkey.url, postgres_archive):
            await until(lambda: waits_for_a_lock(postgres_archive), what="the store to wait")
            await stranger.execute("COMMIT; BEGIN")
            await told(redis, 2)
            await until(lambda: none_left(redis), what="nothing left")

    await all_stored_once(redis, postgres_archive, [story(1), story(2)])


async def test_keys_that_are_there_twice_in_one_batch_are_stored_once(
    valkey: Valkey, redis: Redis, postgres_archive: str
) -> None:
    await prepare(redis)
    events = [story(n % 5) for n in range(60)]
    await publish(redis, ENRICHED.name, events)
    async with store(valkey.url, postgres_archive):
        await told(redis, 60)

    async with open_archive(postgres_archive, patience=0) as archive:
        assert await archive.count() == 5
        assert [len(await archive.versions(story(n).key)) for n in range(5)] == [1] * 5
    assert await tallies(redis, STORE) == {"done|": 60}


async def test_after_a_power_cut_that_takes_back_unsynced_writes_each_article_is_stored_once(
    tmp_path: Path,
) -> None:
    """The broker's disk falls back to an earlier moment; the database's, synced, does not."""
    url, log = f"sqlite:///{tmp_path / 'archive.sqlite3'}", "appendonlydir"
    events = [story(n, text="сөз " * 300) for n in range(400)]
    with running_valkey(tmp_path / "broker", durable=True) as server:
        redis = connect(server.url)
        await prepare(redis)
        await publish(redis, ENRICHED.name, events)
        async with store(server.url, url, STEPPEWIRE_STORE_BATCH="10"):
            await told(redis, 50)
            shutil.copytree(server.directory / log, tmp_path / "synced")
            before = await redis.xlen("news:{0}:articles.stored")
            await told(redis, before + 100)
            await asyncio.to_thread(server.kill)
            shutil.rmtree(server.directory / log)
            shutil.copytree(tmp_path / "synced", server.directory / log)
            await asyncio.to_thread(server.start)
            assert await redis.xlen("news:{0}:articles.stored") < before + 100
            await told(redis, 400)
            await until(lambda: none_left(redis), what="nothing left")
        await all_stored_once(redis, url, events)
        await redis.aclose()
