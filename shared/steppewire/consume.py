"""Reading the newswire from a Python program: at least once, with nothing to acknowledge.

::

    async for envelope in consume("redis://127.0.0.1:6379", group="my-team", consumer="reader-1"):
        print(envelope.event.article.title)

An entry is acknowledged when the loop comes back for the next one. If its body raised, or the
process died, the entry comes again: to this consumer at its next start, or to another one of the
group. `article_id` and `version_id` tell a repetition.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

from steppewire.errors import BrokerUnreachable, SettingError, SteppewireError
from steppewire.events import ArticleEnriched, Event
from steppewire.streams import ENRICHED, Stream, key
from steppewire.tasks import end
from steppewire.wire import decode

if TYPE_CHECKING:
    from redis.asyncio import Redis

E = TypeVar("E", bound=Event)

_BLOCK = 1.0
"""Seconds one read waits at the server; it returns at once when something arrives."""
_SHORT_BLOCK = 0.2
"""The same on a cluster, where one read cannot wait for all partitions."""
_BACKOFF = (0.05, 2.0)
"""First and longest pause (s) while the server is away."""


@dataclass(frozen=True)
class Envelope(Generic[E]):
    """A stream entry on its way to a reader."""

    id: str
    """The entry's stream id: its place in this stream, and no identity of the article."""
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


@overload
def consume(
    url: str,
    *,
    group: str,
    consumer: str,
    partitions: int = 1,
    batch: int = 10,
    claim_after: float = 60.0,
    patience: float = 60.0,
) -> AsyncGenerator[Envelope[ArticleEnriched], None]: ...


@overload
def consume(
    url: str,
    *,
    group: str,
    consumer: str,
    stream: Stream,
    partitions: int = 1,
    batch: int = 10,
    claim_after: float = 60.0,
    patience: float = 60.0,
) -> AsyncGenerator[Envelope[Any], None]: ...


async def consume(
    url: str,
    *,
    group: str,
    consumer: str,
    stream: Stream = ENRICHED,
    partitions: int = 1,
    batch: int = 10,
    claim_after: float = 60.0,
    patience: float = 60.0,
) -> AsyncGenerator[Envelope[Any], None]:
    """Yield a stream's entries for ever, from the oldest that is kept, each at least once.

    `group` names your system and must be none of ours; `consumer` names this process: the same
    at each start, and no two at a time. At most `batch` entries a partition are taken ahead.
    What a reader of the group left behind is taken over `claim_after` seconds after its last
    sign of life. A lost group is made again at 0: what is kept comes once more.

    Raises BrokerUnreachable when no server answers for `patience` seconds, and SettingError for
    a wrong address.
    """
    keys = [key(stream.name, partition) for partition in range(partitions)]
    redis, groups = _connect(url, keys)
    reader = _Reader(redis, keys, groups, group, consumer, batch, claim_after, patience)
    beating = asyncio.create_task(reader.keep_alive())
    try:
        while True:
            for partition, entry, fields in await reader.take():
                yield Envelope(entry.decode(), partition, stream.event, fields)
                await reader.acknowledge(partition, entry)
    finally:
        await end([beating])
        await reader.redis.aclose()


_Entry = tuple[int, bytes, Mapping[bytes, bytes]]


@dataclass
class _Reader:
    """One consumer of a group, on all its partitions."""

    redis: Redis
    keys: list[str]
    groups: list[list[str]]
    """The keys that one command may name together."""
    group: str
    consumer: str
    batch: int
    claim_after: float
    patience: float
    resuming: bool = True
    """Something of ours may be pending: after a start, or after a command without an answer."""
    owed: list[tuple[int, bytes]] = field(default_factory=list)
    """Read to the end, but not yet acknowledged."""
    claim_at: float = 0.0

    async def take(self) -> list[_Entry]:
        """Return the next entries, waiting for them and for the server as long as it takes."""
        unanswered, pause = time.monotonic(), _BACKOFF[0]
        while True:
            try:
                if taken := await self._next():
                    return taken
                unanswered, pause = time.monotonic(), _BACKOFF[0]
            except _errors().ResponseError as error:
                if not str(error).startswith(("NOGROUP", "UNBLOCKED")):
                    raise
                await self._make_groups()
            except (_errors().ConnectionError, _errors().TimeoutError, OSError) as error:
                self.resuming = True  # an answer may be lost that had entries for us
                if time.monotonic() - unanswered > self.patience:
                    raise BrokerUnreachable(
                        f"no Redis-compatible server for {self.patience:g} s: {error}"
                    ) from None
                await asyncio.sleep(pause)
                pause = min(2 * pause, _BACKOFF[1])

    async def _next(self) -> list[_Entry]:
        while self.owed:
            await self._acknowledge(*self.owed[0])
            del self.owed[0]
        if self.resuming:
            if own := await self._read("0"):
                return own
            self.resuming = False
        if time.monotonic() >= self.claim_at:
            if claimed := await self._claim():
                return claimed
            self.claim_at = time.monotonic() + self.claim_after / 2
        return await self._read(">")

    async def _read(self, after: str) -> list[_Entry]:
        """Read new entries (">"), or our own pending ones ("0"), which does not wait."""
        reads = [self._read_some(names, after) for names in self.groups]
        answers = await asyncio.gather(*reads, return_exceptions=True)
        entries = []
        for answer in answers:
            if isinstance(answer, BaseException):
                # What the other reads have brought is ours by now, and pending: asked for again.
                self.resuming = True
                raise answer
            entries += answer
        return await self._present(entries)

    async def _read_some(self, names: Sequence[str], after: str) -> list[_Entry]:
        answer: Any = await self.redis.xreadgroup(
            self.group,
            self.consumer,
            dict.fromkeys(names, after),
            count=self.batch,
            block=int(1000 * (_BLOCK if len(self.groups) == 1 else _SHORT_BLOCK)),
        )
        return [
            (self.keys.index(name.decode()), entry, fields)
            for name, rows in answer
            for entry, fields in rows
        ]

    async def _claim(self) -> list[_Entry]:
        entries: list[_Entry] = []
        for partition, name in enumerate(self.keys):
            idle = int(self.claim_after * 1000)
            answer = await self.redis.xautoclaim(
                name, self.group, self.consumer, idle, count=self.batch
            )
            entries += [(partition, entry, fields) for entry, fields in answer[1]]
        return await self._present(entries)

    async def _present(self, entries: list[_Entry]) -> list[_Entry]:
        """Let go of pending entries whose text was trimmed away: nobody can read them."""
        for partition, entry, fields in entries:
            if not fields:
                await self._acknowledge(partition, entry)
        return [entry for entry in entries if entry[2]]

    async def acknowledge(self, partition: int, entry: bytes) -> None:
        """Acknowledge, now or as soon as the server is back."""
        try:
            await self._acknowledge(partition, entry)
        except (_errors().ConnectionError, _errors().TimeoutError, OSError):
            self.owed.append((partition, entry))

    async def _acknowledge(self, partition: int, entry: bytes) -> None:
        await self.redis.xack(self.keys[partition], self.group, entry)

    async def _make_groups(self) -> None:
        for name in self.keys:
            with suppress(_errors().ResponseError):  # BUSYGROUP: it is there
                await self.redis.xgroup_create(name, self.group, "0", mkstream=True)

    async def keep_alive(self) -> None:
        """Tell the group that we still work on what we hold, so that nobody takes it over."""
        while True:
            await asyncio.sleep(self.claim_after / 3)
            with suppress(_errors().RedisError, OSError):
                for name in self.keys:
                    await self._keep_alive(name)

    async def _keep_alive(self, name: str) -> None:
        held = await self.redis.xpending_range(
            name, self.group, "-", "+", 10 * self.batch, self.consumer
        )
        if held:
            ids: list[Any] = [row["message_id"] for row in held]
            await self.redis.xclaim(name, self.group, self.consumer, 0, ids, justid=True)


def _connect(url: str, keys: list[str]) -> tuple[Redis, list[list[str]]]:
    """Return a client, and which of the keys one command may name together."""
    if "-cluster://" in url:
        try:
            from steppewire.servers import connect, together
        except ImportError:
            raise SteppewireError(
                "reading a cluster needs a newer Redis client: pip install 'steppewire[runtime]'"
            ) from None
        redis = connect(url, reconnects=0, timeout=_BLOCK + 5)
        return redis, together(redis, keys)
    return _connect_to_one(url), [keys]


def _connect_to_one(url: str) -> Redis:
    try:
        from redis.asyncio import Redis
        from redis.asyncio.retry import Retry
        from redis.backoff import NoBackoff
    except ImportError:
        raise SteppewireError(
            "reading a stream needs the Redis client: pip install 'steppewire[consume]'"
        ) from None
    try:
        # No hidden retries: a read whose answer was lost has entries for us that we must ask for.
        return Redis.from_url(
            url, protocol=2, retry=Retry(NoBackoff(), 0), socket_timeout=_BLOCK + 5
        )
    except ValueError as error:
        raise SettingError(
            f"wrong address: {error}; give redis://host:6379/0 or unix:///path"
        ) from None


def _errors() -> Any:
    """The client's errors, imported late: without the client, `_connect` says what is missing."""
    import redis.exceptions

    return redis.exceptions
