"""Nobody misses an article, nobody hears one twice, whatever happens on the way."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import Redis
from sqlalchemy import text

from steppewire.archive import Archive, Record, open_archive
from steppewire.archive.matching import Wish
from steppewire.errors import ArchiveUnreachable
from steppewire.servers import connect
from steppewire.streams import STORED, key
from steppewire.testing.articles import entity, story
from steppewire.testing.redis import running_valkey
from steppewire.testing.service import until
from steppewire.wire import encode, new_trace
from steppewire_api.live import Live
from steppewire_api.moments import Arrival, Beat, Gap, Moment, State
from steppewire_api.position import Start
from steppewire_store.migrate import migrate

BEGINNING = Start(0)
ANYTHING = Wish()


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("live") / "template.sqlite3"
    asyncio.run(migrate(f"sqlite:///{path}"))
    return path.read_bytes()


@pytest.fixture
def database(template: bytes, tmp_path: Path) -> str:
    path = tmp_path / "archive.sqlite3"
    path.write_bytes(template)
    return f"sqlite:///{path}"


@pytest.fixture
async def archive(database: str) -> AsyncIterator[Archive]:
    async with open_archive(database) as opened:
        yield opened


@pytest.fixture
async def house(archive: Archive, redis: Redis) -> House:
    return House(archive, redis)


class House:
    """The store's part: save, then say so."""

    def __init__(self, archive: Archive, redis: Redis) -> None:
        self.archive, self.redis = archive, redis

    async def store(self, *numbers: int, partition: int = 0, **changes: Any) -> None:
        events = [story(n, title=str(n), text=f"мәтін {n}", **changes) for n in numbers]
        for event in await self.archive.save(events):
            fields: Any = encode(event, new_trace())
            await self.redis.xadd(key(STORED.name, partition), fields)

    async def forget(self, *numbers: int) -> None:
        """Delete articles, as retention does."""
        titles = ", ".join(f"'{n}'" for n in numbers)
        async with self.archive._writing() as connection:  # type: ignore[attr-defined]
            await connection.execute(text(f"DELETE FROM articles WHERE title IN ({titles})"))


def title(record: Record) -> str:
    return record.article.title


@asynccontextmanager
async def reading(house: House, **options: Any) -> AsyncIterator[Live]:
    live = Live(house.archive, house.redis, title, **options)
    task = asyncio.create_task(live.run())
    try:
        await until(lambda: connected(live), what="the reader to stand at the end")
        yield live
    finally:
        live.close()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def connected(live: Live) -> bool:
    return live.state.connected


async def disconnected(live: Live) -> bool:
    return not live.state.connected


@pytest.fixture
async def live(house: House) -> AsyncIterator[Live]:
    async with reading(house) as live:
        yield live


class Listener:
    """Somebody who follows, and writes down what it heard."""

    def __init__(self, live: Live, start: Start = BEGINNING, wish: Wish = ANYTHING) -> None:
        self.heard: list[Moment] = []
        self.pace = 0.0
        self._task = asyncio.create_task(self._listen(live, start, wish))

    async def _listen(self, live: Live, start: Start, wish: Wish) -> None:
        async with aclosing(live.follow(start, wish)) as lists:
            async for moments in lists:
                self.heard += moments
                if self.pace:
                    await asyncio.sleep(self.pace)

    @property
    def numbers(self) -> list[int]:
        return [int(moment.data) for moment in self.heard if isinstance(moment, Arrival)]

    @property
    def start(self) -> Start:
        return Start(next(m.position for m in reversed(self.heard) if isinstance(m, Arrival | Gap)))

    async def hears(self, count: int) -> list[int]:
        async def enough() -> bool:
            return len(self.numbers) >= count

        await until(enough, what=f"{count} articles, heard {len(self.numbers)}")
        return self.numbers

    async def meets(self, kind: type[Moment]) -> Any:
        async def met() -> bool:
            return any(isinstance(moment, kind) for moment in self.heard)

        await until(met, what=kind.__name__)
        return next(moment for moment in self.heard if isinstance(moment, kind))

    async def leave(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def end(self) -> None:
        async with asyncio.timeout(10):
            await self._task


async def test_who_comes_now_hears_what_comes_next(live: Live, house: House) -> None:
    await house.store(1)
    before = Listener(live)
    await before.hears(1)
    listener = Listener(live, Start())
    await listener.meets(Beat)
    await house.store(2, 3)

    assert await listener.hears(2) == [2, 3]


async def test_the_first_thing_told_is_where_one_stands(live: Live, house: House) -> None:
    await house.store(1)
    await Listener(live).hears(1)
    beat = await Listener(live, Start()).meets(Beat)

    assert beat.position == 1


async def test_who_resumes_hears_the_rest_and_then_the_present(live: Live, house: House) -> None:
    await house.store(*range(1, 400))
    listener = Listener(live, Start(100))
    await listener.hears(299)
    await house.store(400, 401)

    assert list(range(101, 402)) == await listener.hears(301)


async def test_a_slow_listener_misses_nothing_and_holds_up_nobody(house: House) -> None:
    async with reading(house, keep=8, page=16) as live:
        slow, quick = Listener(live), Listener(live)
        slow.pace = 0.05
        for begin in range(0, 400, 20):
            await house.store(*range(begin, begin + 20))
        everything = list(range(400))

        assert everything == await quick.hears(400)
        assert everything == await slow.hears(400)


async def test_what_is_kept_for_all_is_bounded(house: House) -> None:
    async with reading(house, keep=8, page=16) as live:
        await house.store(*range(100))
        await Listener(live).hears(100)
        assert live._recent is not None

        assert len(live._recent._items) == 8


async def test_listeners_who_come_and_go_hear_each_article_once(house: House) -> None:
    """A storm: five listeners leave and resume at random while articles arrive."""
    chance = random.Random(7)
    async with reading(house, keep=8, page=8) as live:
        heard: list[list[int]] = [[] for _ in range(5)]

        async def come_and_go(numbers: list[int]) -> None:
            start = BEGINNING
            while len(numbers) < 300:
                listener = Listener(live, start)
                await listener.hears(min(chance.randint(1, 40), 300 - len(numbers)))
                await listener.leave()
                numbers += listener.numbers
                start = listener.start

        visits = [asyncio.create_task(come_and_go(numbers)) for numbers in heard]
        for number in range(0, 300, 3):
            await house.store(number, number + 1, number + 2)
        await asyncio.gather(*visits)

        assert heard == [list(range(300))] * 5
        assert live.listeners == 0


async def test_each_listener_gets_what_it_wants(live: Live, house: House) -> None:
    uzbek = Listener(live, wish=Wish(language=("uz",)))
    seven = Listener(live, wish=Wish(text="мәтіні 7"))
    await house.store(1, 7)
    await house.store(3, language="uz-Latn")

    assert await uzbek.hears(1) == [3]
    assert await seven.hears(1) == [7]


async def test_a_version_that_changed_nothing_is_not_told(live: Live, house: House) -> None:
    listener = Listener(live)
    await house.store(1)
    await house.store(1, fetched=60)
    await house.store(2)

    assert await listener.hears(2) == [1, 2]


async def test_a_beat_moves_the_position_past_what_was_not_wanted(house: House) -> None:
    """Also while unwanted articles arrive all the time."""
    async with reading(house, heartbeat=0.05) as live:
        listener = Listener(live, wish=Wish(source=("nobody",)))

        async def moved() -> bool:
            await house.store(len(listener.heard))
            beats = [moment for moment in listener.heard if isinstance(moment, Beat)]
            return len(beats) > 3 and bool(beats[-1].position)

        await until(moved, what="beats with a place")


async def test_a_trimmed_or_flushed_stream_costs_a_listener_nothing(
    live: Live, house: House
) -> None:
    """The stream is a bell; what was told stands in the archive."""
    await house.store(*range(1, 20))
    await house.redis.xtrim(key(STORED.name), maxlen=1, approximate=False)
    listener = Listener(live, Start(4))
    await listener.hears(15)
    await house.redis.flushall()
    await house.store(20, 21)

    assert await listener.hears(17) == list(range(5, 22))
    assert not any(isinstance(moment, Gap) for moment in listener.heard)


async def test_what_was_saved_but_never_announced_is_told(house: House) -> None:
    """A store that died between the two."""
    async with reading(house, look_every=0.05) as live:
        listener = Listener(live)
        await house.archive.save([story(1, title="1")])

        assert await listener.hears(1) == [1]


async def test_what_retention_deleted_is_a_gap(house: House) -> None:
    await house.store(*range(1, 301))
    await house.forget(*range(1, 101))
    async with reading(house) as live:
        listener = Listener(live, Start(50))
        gap = await listener.meets(Gap)

        assert await listener.hears(200) == list(range(101, 301))
    assert gap == Gap(100, "50", 101)


async def test_the_place_before_the_oldest_is_no_gap(house: House) -> None:
    await house.store(*range(1, 301))
    await house.forget(*range(1, 101))
    async with reading(house) as live:
        listener = Listener(live, Start(100))

        assert await listener.hears(200) == list(range(101, 301))
    assert not any(isinstance(moment, Gap) for moment in listener.heard)


async def test_a_place_in_another_archive_is_a_gap_and_all_is_read(
    live: Live, house: House
) -> None:
    await house.store(1, 2)
    await Listener(live).hears(2)
    listener = Listener(live, Start(9_999_999))
    gap = await listener.meets(Gap)

    assert gap.requested == "9999999"
    assert await listener.hears(2) == [1, 2]


async def test_an_id_from_before_the_log_is_a_gap_and_goes_on_now(live: Live, house: House) -> None:
    listener = Listener(live, Start(None, "1763800000000-0"))
    gap = await listener.meets(Gap)
    await house.store(1)

    assert gap.requested == "1763800000000-0"
    assert await listener.hears(1) == [1]


async def test_all_partitions_ring(house: House) -> None:
    async with reading(house, partitions=3, look_every=20) as live:
        listener = Listener(live)
        for number in range(9):
            await house.store(number, partition=number % 3)

        assert await listener.hears(9) == list(range(9))


async def test_a_broker_that_is_away_is_told_and_articles_come_all_the_same(
    archive: Archive, tmp_path: Path
) -> None:
    with running_valkey(tmp_path / "valkey", durable=True) as server:
        redis = connect(server.url, reconnects=1)
        house = House(archive, redis)
        async with reading(house, look_every=0.05) as live:
            listener = Listener(live)
            await house.store(1)
            await listener.hears(1)
            server.stop()
            await until(lambda: disconnected(live), what="the reader to notice")
            await archive.save([story(2, title="2", text="b")])
            assert await listener.hears(2) == [1, 2]
            server.start()
            await until(lambda: connected(live), what="the reader to come back")
            await house.store(3)

            assert await listener.hears(3) == [1, 2, 3]
            states = [m.connected for m in listener.heard if isinstance(m, State)]
            assert states[-2:] == [False, True]
        await redis.aclose()


class Moody:
    """An archive that is away when told to be."""

    def __init__(self, archive: Archive) -> None:
        self._archive, self.away = archive, False

    async def log(self, after: int, limit: int = 100) -> Any:
        self._answer()
        return await self._archive.log(after, limit)

    async def log_ends(self) -> tuple[int, int]:
        self._answer()
        return await self._archive.log_ends()

    def _answer(self) -> None:
        if self.away:
            raise ArchiveUnreachable("no answer from the database")


async def test_a_database_that_is_away_is_told_and_nothing_is_lost(
    archive: Archive, redis: Redis
) -> None:
    moody, real = Moody(archive), House(archive, redis)
    async with reading(House(moody, redis), look_every=0.02) as live:  # type: ignore[arg-type]
        listener = Listener(live)
        await real.store(1)
        await listener.hears(1)
        moody.away = True
        await until(lambda: disconnected(live), what="the reader to notice")
        late = Listener(live)
        state = await late.meets(State)
        await real.store(2)
        moody.away = False

        assert "no answer from the database" in state.reason
        assert await listener.hears(2) == [1, 2]
        assert await late.hears(2) == [1, 2]


async def test_an_archive_made_anew_is_a_gap_for_who_listens(
    redis: Redis, template: bytes, tmp_path: Path
) -> None:
    """The database was lost, and another one stands in its place."""
    (tmp_path / "a.sqlite3").write_bytes(template)
    (tmp_path / "b.sqlite3").write_bytes(template)
    async with (
        open_archive(f"sqlite:///{tmp_path / 'a.sqlite3'}") as lost,
        open_archive(f"sqlite:///{tmp_path / 'b.sqlite3'}") as other,
    ):
        moody = Moody(lost)
        await House(lost, redis).store(1, 2, 3)
        await House(other, redis).store(7)
        async with reading(House(moody, redis), look_every=0.02) as live:  # type: ignore[arg-type]
            listener = Listener(live)
            await listener.hears(3)
            moody.away = True
            await until(lambda: disconnected(live), what="the reader to notice")
            moody._archive, moody.away = other, False

            assert await listener.hears(4) == [1, 2, 3, 7]
            assert isinstance((await listener.meets(Gap)), Gap)


async def test_closing_lets_everybody_go(live: Live) -> None:
    listeners = [Listener(live, Start()) for _ in range(20)]
    await asyncio.gather(*(listener.meets(State) for listener in listeners))
    live.close()

    await asyncio.gather(*(listener.end() for listener in listeners))
    assert live.listeners == 0


async def test_a_name_is_known_in_any_language_to_who_is_there_and_to_who_comes_later(
    live: Live, house: House
) -> None:
    known = entity("Toshkent", id="place/t", type="GPE", names={"ru": "Ташкент"})
    bare = entity("Toshkent", id="place/t", type="GPE")
    early = Listener(live, wish=Wish(entity="Ташкент"))
    await house.store(1, entities=(known,))
    await house.store(2)
    await house.store(3, entities=(bare,))

    assert await early.hears(2) == [1, 3]
    assert await Listener(live, wish=Wish(entity="Ташкент")).hears(2) == [1, 3]
    assert await Listener(live, Start(1), Wish(entity="ташкент")).hears(1) == [3]


async def test_who_asks_for_a_time_hears_what_was_stored_since_and_then_the_present(
    house: House,
) -> None:
    async with reading(house, keep=4, page=4) as live:
        await house.store(*range(20))
        records = [entry.record for entry in await house.archive.log(0)]
        since = records[0].stored_at
        all_of_it = Listener(live, Start(since=since - timedelta(hours=1)))
        none_yet = Listener(live, Start(since=since + timedelta(days=1)))
        assert (await none_yet.meets(Beat)).position == 20
        await house.store(20)

        assert await all_of_it.hears(21) == list(range(21))
        assert await none_yet.hears(1) == [20]
