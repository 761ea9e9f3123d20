"""One consumer of a group on a stream's partitions: what is taken, and what is acknowledged.

At least once: an entry stays pending until `acknowledge`, and comes again after a crash, a lost
answer or a reader who died. `steppewire.consume` is what programs use.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from steppewire.errors import BrokerUnreachable, SettingError, SteppewireError

if TYPE_CHECKING:
    from redis.asyncio import Redis

T = TypeVar("T")

_BLOCK = 1.0
"""Seconds one read waits at the server; it returns at once when something arrives."""
_SHORT_BLOCK = 0.2
"""The same on a cluster, where one read cannot wait for all partitions."""
_BACKOFF = (0.05, 2.0)
"""First and longest pause (s) while the server is away."""

Entry = tuple[int, bytes, Mapping[bytes, bytes]]
"""Partition, stream id, fields."""


@dataclass
class Reader:
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
    signs: list[Callable[[], Awaitable[None]]] = field(default_factory=list)
    """More signs of life to give."""

    async def take(self) -> list[Entry]:
        """Return the next entries, waiting for them and for the server as long as it takes."""
        while True:
            if taken := await self.asked(lambda _: self._next()):
                return taken

    async def asked(self, work: Callable[[Redis], Awaitable[T]]) -> T:
        """Do something at the server: make a lost group again, and wait for a server that is away.

        Raises BrokerUnreachable when it has been away for too long.
        """
        unanswered, pause, lost = time.monotonic(), _BACKOFF[0], False
        while True:
            try:
                if lost:
                    await self.make_groups()
                return await work(self.redis)
            except errors().ResponseError as error:
                if not str(error).startswith(("NOGROUP", "UNBLOCKED")):
                    raise
                lost = True
            except (errors().ConnectionError, errors().TimeoutError, OSError) as error:
                self.resuming = True  # an answer may be lost that had entries for us
                if time.monotonic() - unanswered > self.patience:
                    raise BrokerUnreachable(
                        f"no Redis-compatible server for {self.patience:g} s: {error}"
                    ) from None
                await asyncio.sleep(pause)
                pause = min(2 * pause, _BACKOFF[1])

    async def _next(self) -> list[Entry]:
        await self._pay()
        if self.resuming:
            if own := await self._read("0"):
                return own
            self.resuming = False
        if time.monotonic() >= self.claim_at:
            if claimed := await self._claim():
                return claimed
            self.claim_at = time.monotonic() + self.claim_after / 2
        return await self._read(">")

    async def _read(self, after: str) -> list[Entry]:
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

    async def _read_some(self, names: Sequence[str], after: str) -> list[Entry]:
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

    async def _claim(self) -> list[Entry]:
        entries: list[Entry] = []
        for partition, name in enumerate(self.keys):
            idle = int(self.claim_after * 1000)
            answer = await self.redis.xautoclaim(
                name, self.group, self.consumer, idle, count=self.batch
            )
            entries += [(partition, entry, fields) for entry, fields in answer[1]]
        return await self._present(entries)

    async def _present(self, entries: list[Entry]) -> list[Entry]:
        """Let go of pending entries whose text was trimmed away: nobody can read them."""
        for partition, entry, fields in entries:
            if not fields:
                await self._acknowledge(partition, entry)
        return [entry for entry in entries if entry[2]]

    async def done(self, entries: Sequence[Entry]) -> None:
        """Acknowledge, now or as soon as the server is back."""
        self.owed += [(partition, place) for partition, place, _ in entries]
        with suppress(errors().ConnectionError, errors().TimeoutError, OSError):
            await self._pay()

    async def _pay(self) -> None:
        while self.owed:
            partition = self.owed[0][0]
            places = [place for other, place in self.owed if other == partition]
            await self._acknowledge(partition, *places)
            self.owed = [owed for owed in self.owed if owed[0] != partition]

    async def _acknowledge(self, partition: int, *places: bytes) -> None:
        await self.redis.xack(self.keys[partition], self.group, *places)

    async def make_groups(self) -> None:
        """Make the group in every partition, at the oldest entry that is kept."""
        for name in self.keys:
            with suppress(errors().ResponseError):  # BUSYGROUP: it is there
                await self.redis.xgroup_create(name, self.group, "0", mkstream=True)

    async def keep_alive(self) -> None:
        """Tell the group that we still work on what we hold, so that nobody takes it over."""
        while True:
            await asyncio.sleep(self.claim_after / 3)
            with suppress(errors().RedisError, OSError, BrokerUnreachable):
                for sign in self.signs:
                    await sign()
                for name in self.keys:
                    await self._keep_alive(name)

    async def _keep_alive(self, name: str) -> None:
        held = await self.redis.xpending_range(
            name, self.group, "-", "+", 10 * self.batch, self.consumer
        )
        if held:
            ids: list[Any] = [row["message_id"] for row in held]
            await self.redis.xclaim(name, self.group, self.consumer, 0, ids, justid=True)


def connect(url: str, keys: list[str]) -> tuple[Redis, list[list[str]]]:
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


def errors() -> Any:
    """The client's errors, imported late: without the client, `connect` says what is missing."""
    import redis.exceptions

    return redis.exceptions
