"""Who comes late first reads the archive, then goes on in the stream: no gap, no repetition."""

from __future__ import annotations

import asyncio
import random
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import Redis

from steppewire.archive import Archive, Query, open_archive
from steppewire.consume import consume, consume_batches
from steppewire.errors import SettingError
from steppewire.events import ArticleEnriched
from steppewire.streams import ENRICHED, PARSED, STORED, key
from steppewire.testing.samples import enriched
from steppewire.testing.service import until
from steppewire.valkey import Valkey
from steppewire.wire import encode, new_trace
from steppewire_store.migrate import migrate

NOON = datetime(2024, 11, 22, 12, tzinfo=UTC)
PROGRAM = Path(__file__).with_name("late_program.py")


@pytest.fixture(params=["sqlite", "postgresql"])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    url = f"sqlite:///{tmp_path / 'archive.sqlite3'}"
    if request.param == "postgresql":
        url = str(request.getfixturevalue("postgres_url"))
    await migrate(url)
    return url


@pytest.fixture
async def wire(database: str, redis: Redis) -> AsyncIterator[Newswire]:
    async with open_archive(database) as archive:
        yield Newswire(redis, archive)


class Newswire:
    """The enricher's and the store's part of the wire."""

    def __init__(self, redis: Redis, archive: Archive) -> None:
        self.redis, self.archive = redis, archive

    async def enrich(self, *numbers: int, partition: int = 0) -> list[ArticleEnriched]:
        """Publish enriched articles, which nobody has stored yet."""
        events = [enriched(number) for number in numbers]
        for event in events:
            fields: Any = encode(event, new_trace())
            await self.redis.xadd(key(ENRICHED.name, partition), fields)
        return events

    async def store(self, events: list[ArticleEnriched]) -> None:
        """Store them, and tell of it."""
        for stored in await self.archive.save(events):
            fields: Any = encode(stored, new_trace())
            await self.redis.xadd(key(STORED.name), fields)

    async def publish(self, *numbers: int, partition: int = 0) -> None:
        await self.store(await self.enrich(*numbers, partition=partition))


def number(event: ArticleEnriched) -> int:
    return number_of(event.article.url)


def number_of(url: str) -> int:
    return int(url.rsplit("/", 1)[1])


async def test_the_archive_comes_first_and_the_stream_follows(
    wire: Newswire, valkey: Valkey, database: str
) -> None:
    await wire.publish(*range(10))
    await wire.redis.xtrim(key(ENRICHED.name), maxlen=3, approximate=False)
    async with aclosing(late(valkey, database)) as reader:
        seen = [number((await anext(reader)).event) for _ in range(10)]
        await wire.publish(10, 11)
        seen += [number((await anext(reader)).event) for _ in range(2)]

    assert seen == list(range(12))


async def test_what_was_enriched_but_not_stored_comes_from_the_stream(
    wire: Newswire, valkey: Valkey, database: str
) -> None:
    """Old in the stream, and never in what was read of the archive."""
    await wire.publish(0, 1)
    waiting = await wire.enrich(2)
    await wire.publish(3)
    async with aclosing(late(valkey, database)) as reader:
        seen = [number((await anext(reader)).event) for _ in range(4)]
        await wire.store(waiting)
        await wire.publish(4)
        seen.append(number((await anext(reader)).event))

    assert seen == [0, 1, 3, 2, 4]


async def test_what_is_stored_while_the_archive_is_read_comes_once(
    wire: Newswire, valkey: Valkey, database: str
) -> None:
    await wire.publish(*range(20))
    seen = []
    async with aclosing(late(valkey, database, batch=3)) as reader:
        for turn in range(20):
            seen.append(number((await anext(reader)).event))
            await wire.publish(100 + turn)
        waiting = await wire.enrich(500, 501)
        seen += [number((await anext(reader)).event) for _ in range(22)]
        await wire.store(waiting)
        await wire.publish(502)
        seen.append(number((await anext(reader)).event))

    assert sorted(seen) == sorted([*range(20), *range(100, 120), 500, 501, 502])


async def test_stored_articles_have_a_history_too(
    wire: Newswire, valkey: Valkey, database: str
) -> None:
    await wire.publish(0, 1, 2)
    async with aclosing(late(valkey, database, stream=STORED)) as reader:
        seen = [(await anext(reader)).event for _ in range(3)]
        await wire.publish(3)
        last = (await anext(reader)).event

    assert [event.change for event in seen] == ["created"] * 3
    assert [event.url[-1] for event in (*seen, last)] == ["0", "1", "2", "3"]


async def test_a_batch_of_history_is_settled_as_a_whole(
    wire: Newswire, valkey: Valkey, database: str
) -> None:
    await wire.publish(*range(7))
    options: Any = {"group": "late", "consumer": "one", "history": database, "batch": 3}
    async with aclosing(consume_batches(valkey.url, **options)) as reader:
        first = [number(envelope.event) for envelope in await anext(reader)]
        second = [number(envelope.event) for envelope in await anext(reader)]
    async with aclosing(consume_batches(valkey.url, **options)) as reader:
        again = [number(envelope.event) for envelope in await anext(reader)]

    assert (first, second, again) == ([0, 1, 2], [3, 4, 5], [3, 4, 5])


async def test_an_entry_that_is_no_event_is_delivered_for_the_reader_to_judge(
    wire: Newswire, valkey: Valkey, database: str
) -> None:
    await wire.redis.xadd(key(ENRICHED.name), {"v": "99", "type": "article.enriched", "data": "{}"})
    await wire.publish(0)
    async with aclosing(late(valkey, database)) as reader:
        assert number((await anext(reader)).event) == 0
        assert (await anext(reader)).fields[b"v"] == b"99"


async def test_only_one_of_a_group_reads_the_archive(
    wire: Newswire, valkey: Valkey, database: str
) -> None:
    await wire.publish(*range(20))
    seen: list[int] = []

    async def read(consumer: str) -> None:
        async for envelope in late(valkey, database, consumer=consumer, batch=2):
            seen.append(number(envelope.event))
            await asyncio.sleep(0)

    readers = [asyncio.create_task(read(name)) for name in ("one", "two")]
    await until(lambda: _length(seen, 20), what="the archive to be read")
    await wire.publish(*range(20, 40))
    await until(lambda: _length(seen, 40), what="the stream to be read")
    for reader in readers:
        reader.cancel()
    await asyncio.gather(*readers, return_exceptions=True)

    assert sorted(seen) == list(range(40))


async def _length(items: list[int], count: int) -> bool:
    return len(items) >= count


async def test_a_reader_that_is_killed_anywhere_misses_nothing_and_repeats_one_at_most(
    wire: Newswire, valkey: Valkey, database: str, tmp_path: Path
) -> None:
    """kill -9 in the archive, at its end and in the stream, while articles arrive."""
    chance, file, published = random.Random(3), tmp_path / "read", 40
    await wire.publish(*range(published))
    kills = 0
    while kills < 4:
        process = start(valkey, database, file)
        goal = min(lines(file) + chance.randint(3, 15), published)
        await until(lambda goal=goal: _reaches(file, goal), what=f"{goal} articles")
        process.kill()
        process.wait()
        kills += 1
        await wire.publish(*range(published, published + 20))
        published += 20
    last = start(valkey, database, file)
    await until(lambda: _all(file, published), what="everything")
    last.kill()
    last.wait()

    read = [int(line.split()[0]) for line in file.read_text().splitlines()]
    assert set(read) == set(range(published))
    assert len(read) - len(set(read)) <= kills


def start(valkey: Valkey, database: str, file: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, str(PROGRAM), valkey.url, database, str(file), "one"]
    return subprocess.Popen(command)


def lines(file: Path) -> int:
    return len(file.read_text().splitlines()) if file.exists() else 0


async def _reaches(file: Path, count: int) -> bool:
    return lines(file) >= count


async def _all(file: Path, count: int) -> bool:
    return len({line.split()[0] for line in file.read_text().splitlines()}) >= count


async def test_a_stream_without_an_archive_has_no_history(valkey: Valkey, database: str) -> None:
    with pytest.raises(SettingError, match=r"the archive has no articles.parsed"):
        await anext(late(valkey, database, stream=PARSED))


def late(server: Valkey, database: str, **options: Any) -> Any:
    told = {"group": "late", "consumer": "one", "history": database, **options}
    return consume(server.url, **told)


def published(number: int, at: datetime | None) -> ArticleEnriched:
    event = enriched(number)
    article = event.article.model_copy(update={"published_at": at})
    fetch = event.fetch.model_copy(update={"fetched_at": NOON + timedelta(days=number)})
    return event.model_copy(update={"article": article, "fetch": fetch})


async def test_a_time_means_what_it_means_in_a_search_in_the_archive_and_after_it(
    wire: Newswire, valkey: Valkey, database: str
) -> None:
    day = timedelta(days=1)
    dated = [published(n, NOON + n * day) for n in range(6)]
    await wire.store([*dated, published(6, None)])
    options: Any = {"since": NOON + 3 * day, "until": NOON + 9 * day}
    async with aclosing(late(valkey, database, **options)) as reader:
        seen = [number((await anext(reader)).event) for _ in range(4)]
        for event in (published(7, NOON), published(8, NOON + 20 * day), published(9, None)):
            fields: Any = encode(event, new_trace())
            await wire.redis.xadd(key(ENRICHED.name), fields)
        # number 8 says that it is of the future: it counts from when it was fetched
        seen += [number((await anext(reader)).event) for _ in range(2)]
    found = await wire.archive.find(Query(since=options["since"], limit=50))

    assert seen == [3, 4, 5, 6, 8, 9]
    assert {number_of(record.article.url) for record in found.items} == {3, 4, 5, 6}


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"last": timedelta(hours=1), "stream": PARSED}, "are of articles"),
        ({"since": datetime(2026, 11, 20)}, "need a zone"),
    ],
)
async def test_a_time_that_cannot_be_meant_is_refused(
    valkey: Valkey, options: dict[str, Any], told: str
) -> None:
    with pytest.raises(SettingError, match=told):
        await anext(consume(valkey.url, group="g", consumer="c", **options))
