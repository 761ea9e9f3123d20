"""One reader of `articles.stored` for any number of listeners.

The reader sits on the stream's end and hands each entry to all who are *aboard*. A listener
who resumes further back, or whose buffer ran over because its connection is slow, reads the
history from the stream by itself until it has caught up, and steps aboard then. So memory is
bounded by `buffer` entries for each listener, and nobody misses or repeats an entry.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import chain
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError, ResponseError

from steppewire import logs
from steppewire.errors import WireError
from steppewire.events import ArticleStored
from steppewire.servers import together
from steppewire.streams import STORED, key
from steppewire.wire import decode
from steppewire_api.position import ORIGIN, EntryId, Position, entry_id, shown

log = logs.get(__name__)

Describe = Callable[[Sequence[ArticleStored]], Awaitable[Sequence[str]]]
"""Turns events into the JSON that listeners get, one for each."""
Wants = Callable[[ArticleStored], bool]


@dataclass(frozen=True)
class Entry:
    """An entry of the stream; without an event it is nothing that a listener could want."""

    partition: int
    id: EntryId
    event: ArticleStored | None


@dataclass(frozen=True)
class Arrival:
    """An article was stored; `position` is where a listener resumes after it."""

    position: Position
    data: str


@dataclass(frozen=True)
class Gap:
    """Entries after `requested` are gone from the stream; it goes on at `resumes`."""

    position: Position
    requested: str
    resumes: str


@dataclass(frozen=True)
class Beat:
    """Nothing happened for a while; the position may have moved past unwanted entries."""

    position: Position | None


@dataclass(frozen=True)
class State:
    """Whether the broker answers, and if not, why."""

    connected: bool
    reason: str = ""


Moment = Arrival | Gap | Beat | State


class Seat:
    """A listener's place: where it stands, what it has not taken yet, and a bell."""

    def __init__(self, start: Position | None, wants: Wants, buffer: int) -> None:
        self.position = start
        self.wants = wants
        self.aboard = False
        self.looked = start is None
        """Whether it is known that nothing is missing right after `position`."""
        self._buffer = buffer
        self._waiting: deque[tuple[Entry, str]] = deque()
        self._bell = asyncio.Event()

    def offer(self, entries: Sequence[tuple[Entry, str]]) -> None:
        """Hand over entries; whose buffer would run over gets off and catches up by itself."""
        if not self.aboard:
            return
        if len(self._waiting) + len(entries) > self._buffer:
            self.get_off()
        else:
            self._waiting.extend(entries)
        self.ring()

    def get_off(self) -> None:
        """Leave the shared reader: the next turn catches up from `position`."""
        self.aboard = self.looked = False

    def take(self) -> Iterator[Arrival]:
        """Yield what waits, is wanted and was not seen while catching up."""
        while self._waiting:
            entry, data = self._waiting.popleft()
            if self.passes(entry):
                yield Arrival(self.here, data)

    def passes(self, entry: Entry) -> bool:
        """Move past an entry; tell whether it is new here and wanted."""
        if entry.id <= self.here.ids[entry.partition]:
            return False
        self.position = self.here.at(entry.partition, entry.id)
        return entry.event is not None and self.wants(entry.event)

    @property
    def here(self) -> Position:
        """The position of a listener who stands somewhere."""
        assert self.position is not None
        return self.position

    def ring(self) -> None:
        """Wake the listener."""
        self._bell.set()

    async def rest(self, seconds: float) -> bool:
        """Wait until the bell rings; return False when it did not within `seconds`."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._bell.wait()
        rang = self._bell.is_set()
        self._bell.clear()
        return rang


class Live:
    """The stream's end, shared. `run` reads, `follow` listens."""

    def __init__(
        self,
        redis: Redis,
        describe: Describe,
        *,
        partitions: int = 1,
        buffer: int = 512,
        page: int = 128,
        heartbeat: float = 15.0,
    ) -> None:
        self._redis = redis
        self._describe = describe
        self._keys = [key(STORED.name, partition) for partition in range(partitions)]
        self._buffer = buffer
        self._page = page
        self._heartbeat = heartbeat
        self._seats: set[Seat] = set()
        self._position: Position | None = None
        self._state = State(connected=False, reason="not connected yet")
        self._closed = False

    @property
    def partitions(self) -> int:
        """The number of partitions that are read."""
        return len(self._keys)

    @property
    def state(self) -> State:
        """Whether the broker answers."""
        return self._state

    @property
    def listeners(self) -> int:
        """How many follow."""
        return len(self._seats)

    def close(self) -> None:
        """Let every listener finish now."""
        self._closed = True
        self._ring()

    # ---- the one reader

    async def run(self) -> None:
        """Read the stream's end until `close`; heal when the broker comes back.

        Cancelling is not enough: redis-py 8.1 sometimes loses a cancellation that comes while
        it reads, so each turn looks whether the house has closed.
        """
        pause = 0.1
        while not self._closed:
            try:
                await self._locate()
                pause = 0.1
                while not self._closed:
                    await self._read()
            except (RedisError, OSError) as error:
                self._become(State(connected=False, reason=str(error) or type(error).__name__))
            except Exception as error:
                # A fault of ours must not leave a reader that looks alive and reads nothing.
                log.error("reader_failed", exc_info=error)
                self._become(State(connected=False, reason="the reader failed; it starts again"))
            await asyncio.sleep(pause)
            pause = min(pause * 2, 2.0)

    async def _locate(self) -> None:
        """Stand at the end at the first start, and where we stood after an outage.

        A stream that ends before the place where we stood has been made anew: it is read from
        its beginning, and every listener looks for itself what that means for it.
        """
        ends = tuple([(await self._extent(name))[1] for name in self._keys])
        stood = self._position.ids if self._position else ends
        self._position = Position(
            tuple(ORIGIN if end < at else at for at, end in zip(stood, ends, strict=True))
        )
        if self._position.ids != stood:
            for seat in self._seats:
                seat.get_off()
        self._become(State(connected=True))

    async def _extent(self, name: str) -> tuple[EntryId, EntryId]:
        """Return the first id that is in a stream and the last that was ever given out."""
        try:
            info: dict[str, Any] = await self._redis.xinfo_stream(name)
        except ResponseError as error:
            if "no such key" in str(error):
                return ORIGIN, ORIGIN
            raise
        last = entry_id(info["last-generated-id"])
        return (entry_id(info["first-entry"][0]) if info["first-entry"] else last), last

    async def _read(self) -> None:
        assert self._position is not None
        places = dict(zip(self._keys, map(shown, self._position.ids), strict=True))
        groups = together(self._redis, self._keys)
        # Below redis-py's socket timeout of 5 s, above what would be a busy loop; short where one
        # command cannot wait for all partitions, for an arrival waits for the quiet ones then.
        block = 1000 if len(groups) == 1 else 200
        answers = await asyncio.gather(
            *(self._arrived({name: places[name] for name in group}, block) for group in groups)
        )
        for name, found in chain.from_iterable(answers):
            await self._hand_out(entries(self._keys.index(name.decode()), found))

    async def _arrived(self, places: dict[Any, Any], block: int) -> list[tuple[bytes, Any]]:
        answer: Any = await self._redis.xread(places, count=self._page, block=block)
        return list(dict(answer).items())

    async def _hand_out(self, found: Sequence[Entry]) -> None:
        handed = await self._described(found) if self._seats else []
        assert self._position is not None
        self._position = self._position.at(found[-1].partition, found[-1].id)
        for seat in self._seats:
            seat.offer(handed)

    async def _described(self, found: Sequence[Entry]) -> list[tuple[Entry, str]]:
        """Add what listeners get. An entry that nobody can want says nothing, but moves them."""
        told = [entry.event for entry in found if entry.event]
        texts = iter(await self._describe(told) if told else ())
        return [(entry, next(texts) if entry.event else "") for entry in found]

    def _become(self, state: State) -> None:
        if state == self._state:
            return
        if not state.connected:
            log.warning("broker_away", reason=state.reason)
        self._state = state
        self._ring()

    def _ring(self) -> None:
        for seat in self._seats:
            seat.ring()

    # ---- the many listeners

    async def follow(self, start: Position | None, wants: Wants) -> AsyncGenerator[Moment, None]:
        """Yield what happens after `start`, or from now on. Ends when the house closes."""
        told: State | None = None
        with self._seat(start, wants) as seat:
            while not self._closed:
                if told is not self._state:
                    told = self._state
                    yield told
                async for moment in self._turn(seat):
                    yield moment

    @contextmanager
    def _seat(self, start: Position | None, wants: Wants) -> Iterator[Seat]:
        seat = Seat(start, wants, self._buffer)
        self._seats.add(seat)
        try:
            yield seat
        finally:
            self._seats.discard(seat)

    async def _turn(self, seat: Seat) -> AsyncIterator[Moment]:
        """Take what waits; then listen on, or catch up first."""
        for arrival in seat.take():
            yield arrival
        if seat.aboard or not self._state.connected:
            if not await seat.rest(self._heartbeat):
                yield Beat(seat.position)
            return
        try:
            async for moment in self._catch_up(seat):
                yield moment
        except (RedisError, OSError):
            # The reader will say what is wrong; it asks the same server.
            await seat.rest(1.0)

    async def _catch_up(self, seat: Seat) -> AsyncIterator[Moment]:
        """Read the stream up to where the shared reader stands, and step aboard there."""
        assert self._position is not None
        if seat.position is None:
            seat.position = self._position
        if not seat.looked:
            gap = await self._gap(seat.position)
            seat.looked = True
            if gap:
                seat.position = gap.position
                yield gap
        while seat.here.is_behind(self._position) and not self._closed:
            for arrival in await self._page_after(seat):
                yield arrival
        # Nothing is awaited between the comparison and this line, so nothing slips through.
        seat.aboard = True

    async def _gap(self, position: Position) -> Gap | None:
        """Tell what is missing after a position: trimmed away, or the stream was made anew."""
        extents = [await self._extent(name) for name in self._keys]
        places = list(zip(position.ids, extents, strict=True))
        if all(at == ORIGIN or first <= at <= last for at, (first, last) in places):
            return None
        return Gap(
            Position(tuple(ORIGIN if at > last else at for at, (_, last) in places)),
            requested=str(position),
            resumes=str(
                Position(
                    tuple(max(at, first) if at <= last else first for at, (first, last) in places)
                )
            ),
        )

    async def _page_after(self, seat: Seat) -> list[Arrival]:
        arrivals: list[Arrival] = []
        for partition, name in enumerate(self._keys):
            after = f"({shown(seat.here.ids[partition])}"
            found: Any = await self._redis.xrange(name, min=after, count=self._page)
            for entry, data in await self._described(entries(partition, found)):
                if seat.passes(entry):
                    arrivals.append(Arrival(seat.here, data))
        return arrivals


def entries(partition: int, found: Sequence[tuple[bytes, dict[bytes, bytes]]]) -> list[Entry]:
    """Read raw entries. What is no event of ours is passed over: it has no listener."""
    return [Entry(partition, entry_id(raw_id), _event(raw_id, raw)) for raw_id, raw in found]


def _event(raw_id: bytes, raw: dict[bytes, bytes]) -> ArticleStored | None:
    try:
        event = decode(raw, ArticleStored)
    except WireError as error:
        log.warning("entry_unreadable", id=raw_id.decode(), reason=str(error))
        return None
    # "unchanged" tells other systems that a message was handled; no reader sees anything new.
    return event if event.change != "unchanged" else None
