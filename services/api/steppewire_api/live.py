"""The live stream: one reader of the archive's log for any number of listeners.

The log is the truth: a listener is at a number of it, and goes on after that number, wherever
this process has been in the meantime. The stream `articles.stored` is the bell that says when to
look; while the broker is away, the reader looks once a second by itself.

What was read last is kept once for all (`Recent`). A listener who is further behind, because it
resumes or because its connection is slow, reads the archive by itself until it is close enough.
A listener holds nothing but its number, so memory does not grow with what it has yet to take.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from itertools import chain
from typing import Any, Protocol

from redis.asyncio import Redis
from redis.exceptions import RedisError

from steppewire import logs
from steppewire.archive.matching import Names, Wish, widen
from steppewire.archive.promise import Logged
from steppewire.errors import ArchiveUnreachable, SettingError
from steppewire.servers import together
from steppewire.streams import STORED, key
from steppewire.tasks import end
from steppewire_api.moments import Beat, Gap, Moment, State, missing
from steppewire_api.position import Start
from steppewire_api.recent import Describe, Item, Recent

log = logs.get(__name__)
_AWAY = (ArchiveUnreachable, SettingError, OSError)


class Log(Names, Protocol):
    """What is needed of the archive."""

    async def log(self, after: int, limit: int = 100) -> list[Logged]:
        """See `Archive.log`."""

    async def log_ends(self) -> tuple[int, int]:
        """See `Archive.log_ends`."""

    async def place_before(self, moment: datetime) -> int:
        """See `Archive.place_before`."""


class Seat:
    """A listener's place, and a bell."""

    def __init__(self, start: Start, wish: Wish) -> None:
        self.start, self.wish = start, wish
        self.position = start.after
        self.looked = False
        """Whether it is known that nothing is missing right after `position`."""
        self.told: State | None = None
        self.spoke = 0.0
        """When it last got anything."""
        self._bell = asyncio.Event()

    def ring(self) -> None:
        """Wake the listener."""
        self._bell.set()

    async def rest(self, until: float) -> None:
        """Wait for the bell, but not beyond a time of the loop's clock."""
        with suppress(TimeoutError):
            async with asyncio.timeout_at(until):
                await self._bell.wait()
        self._bell.clear()


class Live:
    """The log's end, shared. `run` reads, `follow` listens."""

    def __init__(
        self,
        archive: Log,
        redis: Redis,
        describe: Describe,
        *,
        partitions: int = 1,
        keep: int = 128,
        page: int = 64,
        heartbeat: float = 15.0,
        look_every: float = 1.0,
    ) -> None:
        self._archive, self._redis, self._describe = archive, redis, describe
        self._keys = [key(STORED.name, partition) for partition in range(partitions)]
        self._keep, self._page = keep, page
        self._heartbeat, self._look_every = heartbeat, look_every
        self._seats: set[Seat] = set()
        self._recent: Recent | None = None
        self._missing = {"archive": "the archive was not read yet", "broker": "not connected yet"}
        self._state = State(False, "not connected yet")
        self._bell = asyncio.Event()
        self._widening = asyncio.Lock()
        self._closed = False

    @property
    def state(self) -> State:
        """Whether everything is there that brings news."""
        return self._state

    @property
    def hears(self) -> bool:
        """Whether the broker answers."""
        return "broker" not in self._missing

    @property
    def listeners(self) -> int:
        """How many follow."""
        return len(self._seats)

    def close(self) -> None:
        """Let every listener finish now."""
        self._closed = True
        self._bell.set()
        self._ring()

    # ---- the one reader

    async def run(self) -> None:
        """Read the log's end until `close`; heal when archive and broker come back."""
        hearing = asyncio.create_task(self._hear(), name="bell")
        try:
            while not self._closed:
                await self._healing("archive", self._read_on)
        finally:
            await end([hearing])

    async def _healing(self, what: str, work: Callable[[], Any]) -> None:
        """Do endless work; say what is wrong when it ends, and pause before the next try."""
        try:
            await work()
        except (RedisError, *_AWAY) as error:
            self._is_missing(what, str(error) or type(error).__name__)
        except Exception as error:
            # A fault of ours must not leave a reader that looks alive and reads nothing.
            log.error("reader_failed", part=what, exc_info=error)
            self._is_missing(what, "the reader failed; it starts again")
        await asyncio.sleep(min(1.0, self._look_every))

    async def _read_on(self) -> None:
        await self._locate()
        await self._take_new()
        self._is_there("archive")
        while not self._closed:
            await self._catch_up()
            with suppress(TimeoutError):
                async with asyncio.timeout(self._look_every):
                    await self._bell.wait()
            self._bell.clear()

    async def _locate(self) -> None:
        """Stand near the end at the first start, and where we stood after an outage.

        A log that ends before that place is another one: everybody looks for itself what that
        means for it.
        """
        _, last = await self._archive.log_ends()
        if self._recent is None or last < self._recent.end:
            self._recent = Recent(self._keep, max(0, last - self._keep))
            for seat in self._seats:
                seat.looked = False

    async def _catch_up(self) -> None:
        """Read what is new. When nobody listens, it is enough to know where the end is."""
        assert self._recent is not None
        if not self._seats and self._recent.end:
            _, last = await self._archive.log_ends()
            if last > self._recent.end:
                self._recent = Recent(self._keep, last)
            return
        await self._take_new()

    async def _take_new(self) -> None:
        assert self._recent is not None
        while found := await self._archive.log(self._recent.end, self._page):
            self._recent.add([Item(entry, self._describe) for entry in found])
            self._ring()

    async def _hear(self) -> None:
        """Ring the reader's bell whenever the store says that it stored something."""
        while not self._closed:
            await self._healing("broker", self._hear_on)

    async def _hear_on(self) -> None:
        places: dict[Any, Any] = {name: await self._last(name) for name in self._keys}
        self._is_there("broker")
        groups = together(self._redis, self._keys)
        # Below redis-py's socket timeout of 5 s, above what would be a busy loop; short where one
        # command cannot wait for all partitions, for an arrival waits for the quiet ones then.
        block = 1000 if len(groups) == 1 else 200
        while not self._closed:
            answers: Any = await asyncio.gather(
                *(self._heard({name: places[name] for name in group}, block) for group in groups)
            )
            for name, entries in chain.from_iterable(answers):
                places[name.decode()] = entries[-1][0]
                self._bell.set()

    async def _last(self, name: str) -> Any:
        newest: Any = await self._redis.xrevrange(name, count=1)
        return newest[0][0] if newest else "0-0"

    async def _heard(self, places: dict[Any, Any], block: int) -> list[tuple[bytes, Any]]:
        answer: Any = await self._redis.xread(places, count=1000, block=block)
        return list(dict(answer).items())

    def _is_missing(self, what: str, why: str) -> None:
        if self._missing.get(what) != why:
            log.warning(f"{what}_away", reason=why)
        self._missing[what] = why
        self._become()

    def _is_there(self, what: str) -> None:
        self._missing.pop(what, None)
        self._become()

    def _become(self) -> None:
        state = State(not self._missing, "; ".join(self._missing.values()))
        if state != self._state:
            self._state = state
            self._ring()

    def _ring(self) -> None:
        for seat in self._seats:
            seat.ring()

    # ---- the many listeners

    async def follow(self, start: Start, wish: Wish) -> AsyncGenerator[list[Moment], None]:
        """Yield what happens, in lists. Ends when the house closes."""
        clock = asyncio.get_running_loop().time
        with self._seat(start, wish) as seat:
            while not self._closed:
                moments = await self._turn(seat)
                if not moments and clock() >= seat.spoke + self._heartbeat:
                    moments = [Beat(seat.position)]
                if moments:
                    yield moments
                    seat.spoke = clock()
                elif not self._has_more(seat):
                    await seat.rest(seat.spoke + self._heartbeat)

    @contextmanager
    def _seat(self, start: Start, wish: Wish) -> Iterator[Seat]:
        seat = Seat(start, wish)
        self._seats.add(seat)
        self._bell.set()  # the first one in finds a reader that has only looked where the end is
        try:
            yield seat
        finally:
            self._seats.discard(seat)

    async def _turn(self, seat: Seat) -> list[Moment]:
        """Return what this listener has not heard yet: a page of it at most."""
        if seat.told is not self._state:
            seat.told = self._state
            return [self._state]
        if "archive" in self._missing or self._recent is None:
            return []
        if seat.position is None and seat.start.since is None:
            return self._sit_down(seat)
        try:
            if seat.position is None:
                return await self._sit_back(seat)
            items = self._recent.after(seat.position)
            if items is None:
                return await self._look_back(seat)
            seat.looked = True
            return await self._wanted(seat, items)
        except _AWAY:
            # The reader will say what is wrong; it asks the same database.
            await asyncio.sleep(self._look_every)
            return []

    def _sit_down(self, seat: Seat) -> list[Moment]:
        """Begin now; the first thing heard is where that is."""
        assert self._recent is not None
        seat.position, seat.looked = self._recent.end, True
        if seat.start.asked:
            return [Gap(seat.position, seat.start.asked, seat.position)]
        return [Beat(seat.position)]

    async def _sit_back(self, seat: Seat) -> list[Moment]:
        """Begin with what was stored since a time."""
        assert seat.start.since is not None
        seat.position, seat.looked = await self._archive.place_before(seat.start.since), True
        return [Beat(seat.position)]

    async def _look_back(self, seat: Seat) -> list[Moment]:
        """Read the archive: for who is further behind than what is kept here."""
        assert seat.position is not None
        if not seat.looked:
            gap = missing(seat.position, *await self._archive.log_ends())
            seat.looked = True
            if gap:
                seat.position = gap.position
                return [gap]
        found = await self._archive.log(seat.position, self._page)
        if not found:  # the log ends before the place where it stands: wait for the reader
            await seat.rest(asyncio.get_running_loop().time() + self._look_every)
            return []
        return await self._wanted(seat, [Item(entry, self._describe) for entry in found])

    async def _wanted(self, seat: Seat, items: Sequence[Item]) -> list[Moment]:
        if seat.wish.asks_for_name and any(item.content.called is None for item in items):
            async with self._widening:  # the first who asks does it for all
                await widen(self._archive, [item.content for item in items])
        if items:
            seat.position = items[-1].seq
        return [item.arrival for item in items if item.is_wanted(seat.wish)]

    def _has_more(self, seat: Seat) -> bool:
        ready = self._recent is not None and "archive" not in self._missing
        return ready and seat.position != getattr(self._recent, "end", None)
