"""Nobody misses an entry, nobody sees one twice, whatever happens on the way."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import Redis

from steppewire.broker import connect
from steppewire.events import ArticleStored
from steppewire.identity import article_id
from steppewire.streams import STORED, key
from steppewire.testing.redis import running_valkey
from steppewire.testing.samples import NOON
from steppewire.testing.service import until
from steppewire.wire import encode, new_trace
from steppewire_api.live import Arrival, Beat, Gap, Live, Moment, State
from steppewire_api.position import Position

ORIGIN = Position(((0, 0),))


def stored(number: int, **changes: object) -> ArticleStored:
    url = f"https://news.test/{number}"
    event = ArticleStored(
        article_id=article_id(url),
        version_id=f"{number:032x}",
        version=1,
        change="created",
        source="news.test",
        url=url,
        title=str(number),
        language="kk-Cyrl",
        published_at=NOON + timedelta(minutes=number),
        stored_at=NOON,
    )
    return event.model_copy(update=changes)


async def say(redis: Redis, *numbers: int, partition: int = 0, **changes: object) -> list[Any]:
    """Write stored articles to the stream, each with a title that is a number; return the ids."""
    pipe = redis.pipeline(transaction=False)
    for number in numbers:
        fields: Any = encode(stored(number, **changes), new_trace())
        pipe.xadd(key(STORED.name, partition), fields)
    return list(await pipe.execute())


async def titles(events: Sequence[ArticleStored]) -> list[str]:
    return [event.title for event in events]


def anything(_: ArticleStored) -> bool:
    return True


@asynccontextmanager
async def reading(redis: Redis, **options: Any) -> AsyncIterator[Live]:
    live = Live(redis, titles, **options)
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


@pytest.fixture
async def live(redis: Redis) -> AsyncIterator[Live]:
    async with reading(redis) as live:
        yield live


class Listener:
    """Somebody who follows, and writes down what it heard."""

    def __init__(self, live: Live, start: Position | None, wants: Any = anything) -> None:
        self.heard: list[Moment] = []
        self.pace = 0.0
        self._task = asyncio.create_task(self._listen(live, start, wants))

    async def _listen(self, live: Live, start: Position | None, wants: Any) -> None:
        async with aclosing(live.follow(start, wants)) as moments:
            async for moment in moments:
                self.heard.append(moment)
                if self.pace:
                    await asyncio.sleep(self.pace)

    @property
    def numbers(self) -> list[int]:
        return [int(moment.data) for moment in self.heard if isinstance(moment, Arrival)]

    @property
    def position(self) -> Position:
        return next(m.position for m in reversed(self.heard) if isinstance(m, Arrival | Gap))

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


async def test_who_comes_now_hears_what_comes_next(live: Live, redis: Redis) -> None:
    await say(redis, 1)
    listener = Listener(live, None)
    await listener.meets(State)
    await until(lambda: aboard(live), what="the listener to step aboard")
    await say(redis, 2, 3)

    assert (await listener.hears(2))[-2:] == [2, 3]


async def aboard(live: Live) -> bool:
    return all(seat.aboard for seat in live._seats)


async def test_who_resumes_hears_the_rest_and_then_the_present(live: Live, redis: Redis) -> None:
    ids = await say(redis, *range(1, 400))
    listener = Listener(live, Position.parse(ids[99].decode(), 1))
    await listener.hears(299)
    await say(redis, 400, 401)

    assert list(range(101, 402)) == await listener.hears(301)


async def test_who_starts_at_the_origin_hears_everything(live: Live, redis: Redis) -> None:
    await say(redis, *range(10))

    assert list(range(10)) == await Listener(live, ORIGIN).hears(10)


async def test_a_slow_listener_misses_nothing_and_holds_up_nobody(redis: Redis) -> None:
    async with reading(redis, buffer=8, page=16) as live:
        slow, quick = Listener(live, ORIGIN), Listener(live, ORIGIN)
        slow.pace = 0.002
        for begin in range(0, 400, 20):
            await say(redis, *range(begin, begin + 20))
        everything = list(range(400))

        assert everything == await quick.hears(400)
        assert everything == await slow.hears(400)


async def test_listeners_who_come_and_go_hear_each_article_once(redis: Redis) -> None:
    """A storm: five listeners leave and resume at random while articles arrive."""
    chance = random.Random(7)
    async with reading(redis, buffer=8, page=8) as live:
        heard: list[list[int]] = [[] for _ in range(5)]

        async def come_and_go(numbers: list[int]) -> None:
            position = ORIGIN
            while len(numbers) < 300:
                listener = Listener(live, position)
                await listener.hears(min(chance.randint(1, 40), 300 - len(numbers)))
                await listener.leave()
                numbers += listener.numbers
                position = listener.position

        visits = [asyncio.create_task(come_and_go(numbers)) for numbers in heard]
        for number in range(300):
            await say(redis, number)
        await asyncio.gather(*visits)

        assert heard == [list(range(300))] * 5
        assert live.listeners == 0


async def test_each_listener_gets_what_it_wants(live: Live, redis: Redis) -> None:
    listener = Listener(live, ORIGIN, wants=lambda event: event.language == "uz-Latn")
    await say(redis, 1, 2)
    await say(redis, 3, language="uz-Latn")

    assert await listener.hears(1) == [3]


async def test_a_version_that_changed_nothing_is_not_told(live: Live, redis: Redis) -> None:
    listener = Listener(live, ORIGIN)
    await say(redis, 1, change="unchanged")
    await say(redis, 2, change="updated")

    assert await listener.hears(1) == [2]


async def test_an_entry_that_is_no_event_is_passed_over(live: Live, redis: Redis) -> None:
    listener = Listener(live, ORIGIN)
    await redis.xadd(key(STORED.name), {"hello": "world"})
    await say(redis, 1)

    assert await listener.hears(1) == [1]


async def test_a_beat_moves_the_position_past_what_was_not_wanted(redis: Redis) -> None:
    async with reading(redis, heartbeat=0.05) as live:
        listener = Listener(live, ORIGIN, wants=lambda _: False)
        last = (await say(redis, 1, 2))[-1].decode()

        async def moved() -> bool:
            beats = [moment for moment in listener.heard if isinstance(moment, Beat)]
            return bool(beats) and str(beats[-1].position) == last

        await until(moved, what="a beat at the end of the stream")


async def test_a_position_that_was_trimmed_away_is_a_gap(live: Live, redis: Redis) -> None:
    ids = await say(redis, *range(10))
    await redis.xtrim(key(STORED.name), minid=ids[6], approximate=False)
    listener = Listener(live, Position.parse(ids[2].decode(), 1))
    gap = await listener.meets(Gap)

    assert await listener.hears(4) == [6, 7, 8, 9]
    assert (gap.requested, gap.resumes) == (ids[2].decode(), ids[6].decode())


async def test_the_last_position_is_no_gap_when_the_stream_is_empty(
    live: Live, redis: Redis
) -> None:
    last = (await say(redis, 1))[-1]
    await redis.xtrim(key(STORED.name), maxlen=0, approximate=False)
    listener = Listener(live, Position.parse(last.decode(), 1))
    await until(lambda: aboard(live), what="the listener to step aboard")

    assert not any(isinstance(moment, Gap) for moment in listener.heard)


async def test_a_stream_made_anew_is_a_gap_and_is_read_from_its_beginning(
    live: Live, redis: Redis
) -> None:
    future = "9999999999999-0"
    await say(redis, 1, 2)
    listener = Listener(live, Position.parse(future, 1))
    gap = await listener.meets(Gap)

    assert gap.requested == future
    assert await listener.hears(2) == [1, 2]


async def test_partitions_are_resumed_each_at_its_own_place(redis: Redis) -> None:
    async with reading(redis, partitions=3) as live:
        origin = Position.parse("0-0", 3)
        for number in range(30):
            await say(redis, number, partition=number % 3)
        first = Listener(live, origin)
        await first.hears(11)
        await first.leave()
        second = Listener(live, first.position)

        assert set(range(30)) == {*first.numbers, *await second.hears(30 - len(first.numbers))}
        assert len(first.numbers) + len(second.numbers) == 30


async def test_a_broker_that_comes_back_is_told_and_nothing_is_lost(tmp_path: Path) -> None:
    with running_valkey(tmp_path, durable=True) as server:
        redis = connect(server.url, reconnects=1)
        async with reading(redis) as live:
            listener = Listener(live, ORIGIN)
            await say(redis, 1)
            await listener.hears(1)
            server.stop()
            await until(lambda: disconnected(live), what="the reader to notice")
            server.start()
            await until(lambda: connected(live), what="the reader to come back")
            await say(redis, 2)

            assert await listener.hears(2) == [1, 2]
            states = [m.connected for m in listener.heard if isinstance(m, State)]
            assert states[-2:] == [False, True]
        await redis.aclose()


async def disconnected(live: Live) -> bool:
    return not live.state.connected


async def test_a_listener_during_an_outage_hears_the_state_first(tmp_path: Path) -> None:
    redis = connect(f"unix://{tmp_path}/nobody.sock", reconnects=1)
    live = Live(redis, titles, heartbeat=0.05)
    task = asyncio.create_task(live.run())
    listener = Listener(live, None)

    state = await listener.meets(State)
    await listener.meets(Beat)

    assert not state.connected
    task.cancel()
    await listener.leave()
    await redis.aclose()


async def test_closing_lets_everybody_go(live: Live) -> None:
    listeners = [Listener(live, None) for _ in range(20)]
    await asyncio.gather(*(listener.meets(State) for listener in listeners))
    live.close()

    await asyncio.gather(*(listener.end() for listener in listeners))
    assert live.listeners == 0
