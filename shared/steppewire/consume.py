"""Reading the newswire from a Python program: at least once, with nothing to acknowledge.

::

    import steppewire

    async for envelope in steppewire.consume(url, group="my-team", consumer="reader-1"):
        print(envelope.event.article.title)

An entry is acknowledged when the loop comes back for the next one. If its body raised, or the
process died, the entry comes again: to this consumer at its next start, or to another one of the
group. `article_id` and `version_id` tell a repetition.

With `history="postgresql://…"` a new group first gets everything that the archive has, and then
goes on in the stream at the very place where that ends.
"""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import AsyncGenerator, Coroutine, Generator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from types import ModuleType
from typing import Any, Generic, TypedDict, TypeVar, Unpack, overload

from steppewire.errors import SettingError, WireError
from steppewire.events import ArticleEnriched, ArticleStored, Event
from steppewire.past import Past
from steppewire.reader import Entry, Reader, connect
from steppewire.streams import ENRICHED, STORED, Stream, key
from steppewire.tasks import end, end_others
from steppewire.wire import decode

E = TypeVar("E", bound=Event)
T = TypeVar("T")


@dataclass(frozen=True)
class Envelope(Generic[E]):
    """An event on its way to a reader."""

    id: str
    """The entry's stream id: its place in this stream, and no identity of the article. For what
    came from the archive, `log-` and its number there."""
    partition: int
    model: type[E]
    """The type of event that its stream carries."""
    fields: Mapping[bytes, bytes] = field(repr=False)

    @property
    def key(self) -> str:
        """What the event is about: link id or article id."""
        return self.fields.get(b"key", b"").decode("utf-8", "replace")

    @property
    def traceparent(self) -> str:
        """W3C Trace Context, or an empty string."""
        return self.fields.get(b"traceparent", b"").decode("ascii", "replace")

    @cached_property
    def event(self) -> E:
        """The event. Raises WireError, or UnknownVersion when the writer is newer than this code.

        Catch it and go on, and the entry counts as read; let it through, and it comes again.
        """
        return decode(self.fields, self.model)


class Options(TypedDict, total=False):
    """What may be said of a way to read."""

    partitions: int
    """Partitions of the newswire, 1 by default; all are read."""
    batch: int
    """Entries a partition that are taken ahead at most, 10 by default."""
    claim_after: float
    """Seconds after a reader's last sign of life until another one of the group takes over what
    it left behind; 60 by default."""
    patience: float
    """Seconds without any answer of the server until BrokerUnreachable; 60 by default."""
    history: str
    """Database URL of the archive: a group that has read nothing yet gets all of it first."""
    since: datetime
    """Only articles that were published then or later, as a search has it; what gives no time
    counts from when it was fetched or stored. A new group begins there in the archive, too."""
    until: datetime
    """Only articles that were published until then. The loop goes on: an old article may come
    late."""
    last: timedelta
    """Only articles that were published within so long before the start; as `since`."""


@overload
def consume(
    url: str, *, group: str, consumer: str, **options: Unpack[Options]
) -> AsyncGenerator[Envelope[ArticleEnriched], None]: ...


@overload
def consume(
    url: str, *, group: str, consumer: str, stream: Stream, **options: Unpack[Options]
) -> AsyncGenerator[Envelope[Any], None]: ...


async def consume(
    url: str, *, group: str, consumer: str, stream: Stream = ENRICHED, **options: Unpack[Options]
) -> AsyncGenerator[Envelope[Any], None]:
    """Yield a stream's entries for ever, from the oldest that is kept, each at least once.

    `group` names your system and must be none of ours; `consumer` names this process: the same
    at each start, and no two at a time. A lost group is made again at 0: what is kept comes once
    more.

    Raises BrokerUnreachable when no server answers for a while, and SettingError for a wrong
    address.
    """
    async with _way(url, group, consumer, stream, options) as way:
        times = _times(stream, options)
        while True:
            for entry in await way.take():
                envelope = _envelope(entry, stream)
                if times is None or times.has(envelope):
                    yield envelope
                await way.done([entry])


@overload
def consume_batches(
    url: str, *, group: str, consumer: str, **options: Unpack[Options]
) -> AsyncGenerator[list[Envelope[ArticleEnriched]], None]: ...


@overload
def consume_batches(
    url: str, *, group: str, consumer: str, stream: Stream, **options: Unpack[Options]
) -> AsyncGenerator[list[Envelope[Any]], None]: ...


async def consume_batches(
    url: str, *, group: str, consumer: str, stream: Stream = ENRICHED, **options: Unpack[Options]
) -> AsyncGenerator[list[Envelope[Any]], None]:
    """Yield entries in lists of `batch` a partition at most: what is there, without waiting for
    more. A list is acknowledged as a whole when the loop comes back for the next one."""
    async with _way(url, group, consumer, stream, options) as way:
        times = _times(stream, options)
        while True:
            entries = await way.take()
            envelopes = [_envelope(entry, stream) for entry in entries]
            if times is not None:
                envelopes = [envelope for envelope in envelopes if times.has(envelope)]
            if envelopes:
                yield envelopes
            await way.done(entries)


@overload
def consume_sync(
    url: str, *, group: str, consumer: str, **options: Unpack[Options]
) -> Generator[Envelope[ArticleEnriched], None, None]: ...


@overload
def consume_sync(
    url: str, *, group: str, consumer: str, stream: Stream, **options: Unpack[Options]
) -> Generator[Envelope[Any], None, None]: ...


def consume_sync(
    url: str, *, group: str, consumer: str, stream: Stream = ENRICHED, **options: Unpack[Options]
) -> Generator[Envelope[Any], None, None]:
    """`consume` for a program without an event loop: `for envelope in consume_sync(…)`.

    Signs of life go on from a thread while the body works.
    """
    yield from _without_loop(consume(url, group=group, consumer=consumer, stream=stream, **options))


@overload
def consume_batches_sync(
    url: str, *, group: str, consumer: str, **options: Unpack[Options]
) -> Generator[list[Envelope[ArticleEnriched]], None, None]: ...


@overload
def consume_batches_sync(
    url: str, *, group: str, consumer: str, stream: Stream, **options: Unpack[Options]
) -> Generator[list[Envelope[Any]], None, None]: ...


def consume_batches_sync(
    url: str, *, group: str, consumer: str, stream: Stream = ENRICHED, **options: Unpack[Options]
) -> Generator[list[Envelope[Any]], None, None]:
    """`consume_batches` for a program without an event loop."""
    yield from _without_loop(
        consume_batches(url, group=group, consumer=consumer, stream=stream, **options)
    )


@dataclass(frozen=True)
class _Times:
    """Between which times articles are asked for."""

    since: datetime | None
    until: datetime | None

    def has(self, envelope: Envelope[Any]) -> bool:
        """Tell whether an entry is asked for; what cannot be read is, so that somebody hears."""
        try:
            event = envelope.event
        except WireError:
            return True
        at = _published(event)
        return (self.since is None or at >= self.since) and (self.until is None or at <= self.until)


def _published(event: ArticleEnriched | ArticleStored) -> datetime:
    """Return when an article was published, by what its event says."""
    if isinstance(event, ArticleStored):
        published, known_at = event.published_at, event.stored_at
    else:
        published, known_at = event.article.published_at, event.fetch.fetched_at
    return min(published, known_at) if published else known_at


def _times(stream: Stream, options: Options) -> _Times | None:
    """Return the times that are asked for, if any. Raises SettingError."""
    since, until = _since(options), options.get("until")
    if since is None and until is None:
        return None
    if stream not in (ENRICHED, STORED):
        raise SettingError(
            f"since, until and last are of articles: read {ENRICHED.name} or {STORED.name}"
        )
    if any(time is not None and time.tzinfo is None for time in (since, until)):
        raise SettingError("since and until need a zone: datetime(2026, 11, 20, tzinfo=UTC)")
    return _Times(since, until)


def _since(options: Options) -> datetime | None:
    since, last = options.get("since"), options.get("last")
    if last is None:
        return since
    ago = datetime.now(UTC) - last
    return ago if since is None else max(since, ago)


def _envelope(entry: Entry, stream: Stream) -> Envelope[Any]:
    partition, place, fields = entry
    return Envelope(place.decode(), partition, stream.event, fields)


@asynccontextmanager
async def _way(
    url: str, group: str, consumer: str, stream: Stream, options: Options
) -> AsyncGenerator[Reader | Past, None]:
    """Open a way to read: the stream alone, or the archive before it."""
    _times(stream, options)  # refuses what cannot be meant
    keys = [key(stream.name, partition) for partition in range(options.get("partitions", 1))]
    redis, groups = connect(url, keys)
    reader = Reader(
        redis,
        keys,
        groups,
        group,
        consumer,
        options.get("batch", 10),
        options.get("claim_after", 60.0),
        options.get("patience", 60.0),
    )
    beating = asyncio.create_task(reader.keep_alive())
    try:
        if history := options.get("history"):
            async with Past.open(history, reader, stream, _since(options)) as past:
                yield past
        else:
            yield reader
    finally:
        await end([beating])
        await reader.redis.aclose()


# ---- without an event loop


def _without_loop(items: AsyncGenerator[T, None]) -> Generator[T, None, None]:
    with _loop() as run:
        try:
            while True:
                yield run(_next(items))
        finally:
            run(items.aclose())


async def _next(items: AsyncGenerator[T, None]) -> T:
    return await anext(items)


@contextmanager
def _loop() -> Generator[Any, None, None]:
    """Run an event loop in a thread; yield a function that waits for a coroutine in it."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="steppewire", daemon=True)
    thread.start()

    def run(work: Coroutine[Any, Any, T]) -> T:
        future = asyncio.run_coroutine_threadsafe(work, loop)
        try:
            return future.result()
        except BaseException:
            if not future.done():  # Ctrl-C in this thread: what runs in the other must end first
                asyncio.run_coroutine_threadsafe(end_others(), loop).result()
            raise

    try:
        yield run
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


class _Callable(ModuleType):
    """`steppewire.consume` is this module, and may be called as the function in it."""

    def __call__(self, url: str, **options: Any) -> AsyncGenerator[Envelope[Any], None]:
        return consume(url, **options)


sys.modules[__name__].__class__ = _Callable
