"""First everything that the archive has, then the stream, from the very place where that ends.

1. the group is made in the stream, so that nothing is trimmed under it from now on
2. the archive's log is read from its beginning; Redis remembers the number that was read last
3. at its end, H, the newest id of each partition is noted
4. from there on the stream is read. What was written to it later than those ids cannot be in the
   log up to H. What was written before is looked up: skipped if its version stands at H or
   before, for then it was read; delivered if it does not.

So a record comes from exactly one of the two. Redis keeps the place, so that a process that is
killed goes on where it was, in the middle of the archive, too.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from steppewire.errors import SettingError, SteppewireError, WireError
from steppewire.events import ArticleEnriched, ArticleStored, Event
from steppewire.reader import Entry, Reader
from steppewire.streams import ENRICHED, STORED, Stream, key, reader_name
from steppewire.wire import decode, encode

if TYPE_CHECKING:
    from steppewire.archive.promise import Archive, Logged, Record

_FROM_LOG = b"log-"
_LOOK_EVERY = 0.2
"""Seconds until one looks again whether another consumer is done with the archive."""


@dataclass
class Past:
    """A reader who comes late. Takes and settles as `Reader` does."""

    archive: Archive
    reader: Reader
    stream: Stream
    book: str
    """The hash that keeps the group's place: `after`, and once at the end, `until` and the ids."""
    since: datetime | None = None
    """Nothing older is wanted: a new group begins there in the log."""
    read: int | None = None
    """The number that was read last; None: not asked yet."""
    until: int | None = None
    """H; None while the archive is being read."""
    newest: dict[int, tuple[int, int]] = field(default_factory=dict)

    @staticmethod
    @asynccontextmanager
    async def open(
        url: str, reader: Reader, stream: Stream, since: datetime | None = None
    ) -> AsyncIterator[Past]:
        """Open the archive; refuse a stream that it does not have."""
        if stream not in (ENRICHED, STORED):
            raise SettingError(
                f"history: the archive has no {stream.name}; read {ENRICHED.name} or {STORED.name}"
            )
        try:
            from steppewire.archive import open_archive
        except ImportError:
            raise SteppewireError(
                "reading history needs the archive: pip install 'steppewire[consume,archive]'"
            ) from None
        async with open_archive(url) as archive:
            past = Past(archive, reader, stream, key(reader_name(stream, reader.group)), since)
            reader.signs.append(past.keep_lock)
            yield past

    async def take(self) -> list[Entry]:
        """Return the next entries: of the archive, and after its end of the stream."""
        if self.until is None and self.read is None:
            await self._begin()
        while self.until is None:
            if not await self._lock():
                await asyncio.sleep(_LOOK_EVERY)
                await self._begin()
            elif page := await self._page():
                return page
            else:
                await self._arrive()
        while True:
            if fresh := await self._unread(await self.reader.take()):
                return fresh

    async def done(self, entries: Sequence[Entry]) -> None:
        """Settle entries: note the place in the archive, or acknowledge them in the stream."""
        numbers = [int(place[len(_FROM_LOG) :]) for _, place, _ in entries if _is_logged(place)]
        if numbers:
            self.read = numbers[-1]
            await self.reader.asked(lambda redis: redis.hset(self.book, "after", numbers[-1]))
        await self.reader.done([entry for entry in entries if not _is_logged(entry[1])])

    async def _begin(self) -> None:
        """Look where the group is, and be sure that the stream keeps what it has not read."""
        await self.reader.asked(lambda _: self.reader.make_groups())
        kept: Any = await self.reader.asked(lambda redis: redis.hgetall(self.book))
        if self.since is not None and not kept:
            self.read = await self.archive.place_before(self.since)
        else:
            self.read = int(kept.get(b"after", 0))
        if b"until" in kept:
            self.until = int(kept[b"until"])
            self.newest = {int(name): _id(place) for name, place in kept.items() if name.isdigit()}

    async def _lock(self) -> bool:
        """Be the one consumer of the group who reads the archive; the others wait for the stream.

        Another one takes over when this one gives no sign of life.
        """
        mine, life = self.reader.consumer.encode(), int(1000 * self.reader.claim_after)

        async def take(redis: Any) -> bool:
            name = f"{self.book}.lock"
            if await redis.set(name, mine, nx=True, px=life):
                return True
            if await redis.get(name) != mine:
                return False
            return bool(await redis.pexpire(name, life))

        return bool(await self.reader.asked(take))

    async def keep_lock(self) -> None:
        """Give a sign of life while a body is at work on what the archive had."""
        if self.until is None and self.read:
            await self._lock()

    async def _page(self) -> list[Entry]:
        """Read on in the log."""
        found = await self.archive.log(self.read or 0, self.reader.batch)
        return [_entry(logged, self.stream) for logged in found]

    async def _arrive(self) -> None:
        """The log is read to its end: note where that is, in the log and in the stream."""
        until = self.read or 0
        # after the log's end was seen: what is written from now on is not in what was read
        newest = {n: await self._newest(name) for n, name in enumerate(self.reader.keys)}
        place: Any = {"until": until} | {str(n): place for n, place in newest.items()}
        await self.reader.asked(lambda redis: redis.hset(self.book, mapping=place))
        self.until, self.newest = until, {n: _id(place) for n, place in newest.items()}

    async def _newest(self, name: str) -> bytes:
        info: Any = await self.reader.asked(lambda redis: redis.xinfo_stream(name))
        return bytes(info["last-generated-id"])

    async def _unread(self, entries: list[Entry]) -> list[Entry]:
        """Leave out, and acknowledge, what was read from the archive."""
        doubtful = [e for e in entries if _id(e[1]) <= self.newest.get(e[0], (0, 0))]
        if not doubtful:
            return entries
        events = [_read(entry, self.stream) for entry in doubtful]
        known = [event for event in events if event is not None]
        places = iter(await self.archive.places(known))
        assert self.until is not None
        read = []
        for entry, event in zip(doubtful, events, strict=True):
            place = next(places) if event is not None else None
            if place is not None and place <= self.until:
                read.append(entry)
        await self.reader.done(read)
        return [entry for entry in entries if entry not in read]


def _is_logged(place: bytes) -> bool:
    return place.startswith(_FROM_LOG)


def _id(place: bytes) -> tuple[int, int]:
    milliseconds, _, number = place.partition(b"-")
    return int(milliseconds), int(number)


def _read(entry: Entry, stream: Stream) -> Any:
    with suppress(WireError):
        return decode(entry[2], stream.event)
    return None  # whoever reads it is told


def _entry(logged: Logged, stream: Stream) -> Entry:
    event = _stored(logged.record) if stream == STORED else _enriched(logged.record)
    return 0, _FROM_LOG + str(logged.seq).encode(), encode(event, "")


def _enriched(record: Record) -> Event:
    return ArticleEnriched(
        article=record.article,
        enrichment=record.enrichment,
        fetch=record.fetch,
        extraction=record.extraction,
    )


def _stored(record: Record) -> Event:
    article = record.article
    return ArticleStored(
        article_id=article.article_id,
        version_id=article.version_id,
        version=record.version,
        change="created" if record.version == 1 else "updated",
        source=article.source,
        url=article.url,
        title=article.title,
        language=record.enrichment.languages.article.tag,
        published_at=article.published_at,
        stored_at=record.stored_at,
    )
