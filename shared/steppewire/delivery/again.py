"""Putting events onto the path a second time: each once, and only while there is room."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from typing import cast
from urllib.parse import urlsplit

from steppewire.delivery.entrance import SEEN
from steppewire.delivery.gate import Gate
from steppewire.delivery.upkeep import memory_share, waiting_ahead
from steppewire.events import ArticleEnriched, ArticleFetched, ArticleParsed
from steppewire.streams import STREAMS, Stream, key, partition_of
from steppewire.wire import encode, new_trace

Carrier = ArticleFetched | ArticleParsed | ArticleEnriched
"""An event that knows its fetch."""

_LOOK_EVERY = 0.5
"""Seconds between two looks at whether there is room."""


class Again:
    """A door beside the path, for what has been on it before."""

    def __init__(self, gate: Gate, partitions: int, *, name: str, keep: float) -> None:
        """`name`: under which it is remembered what was put, for `keep` seconds."""
        self.gate, self.partitions, self.name, self.keep = gate, partitions, name, keep

    async def put(self, stream: Stream, events: Sequence[tuple[str, Carrier]]) -> int:
        """Publish (id, event) unless that id was published before; return how many were."""
        count = 0
        for partition, some in self._split(events).items():
            entries = [(id_, encode(event, new_trace())) for id_, event in some]
            put = await self.gate.again(
                key(self.name, partition), key(stream.name, partition), entries, keep=self.keep
            )
            count += sum(put)
        return count

    async def put_before(self, events: Sequence[tuple[str, Carrier]]) -> set[str]:
        """Return the ids that were published before."""
        found = set()
        for partition, some in self._split(events).items():
            ids = [id_ for id_, _ in some]
            name = key(self.name, partition)
            # redis-py types its answers for both of its clients at once
            known = await cast("Awaitable[list[int]]", self.gate.redis.smismember(name, ids))
            found |= {id_ for id_, one in zip(ids, known, strict=True) if one}
        return found

    async def forget(self) -> None:
        """Remember nothing of what was put."""
        for partition in range(self.partitions):
            await self.gate.redis.delete(key(self.name, partition))

    async def mark_seen(self, marks: Sequence[tuple[ArticleFetched, str]]) -> int:
        """Mark links as let in, as the entrance does; return how many were unknown."""
        count = 0
        by_partition: dict[int, dict[str, str]] = defaultdict(dict)
        for event, mark in marks:
            seen = by_partition[self._partition(event)]
            seen[event.key] = max(mark, seen.get(event.key, ""))
        for partition, seen in by_partition.items():
            count += await self.gate.know(key(SEEN, partition), seen)
        return count

    async def wait_for_room(
        self, stream: Stream, *, most: int, tell: Callable[[str], None], share: float = 0.8
    ) -> None:
        """Return when no stage from `stream` on has more than `most` entries before it."""
        while full := await self._full(stream, most, share):
            tell(full)
            await asyncio.sleep(_LOOK_EVERY)

    async def _full(self, stream: Stream, most: int, share: float) -> str:
        redis = self.gate.redis
        for one in STREAMS[STREAMS.index(stream) :]:
            waiting = await waiting_ahead(redis, one, self.partitions)
            if waiting > most:
                return f"{waiting} entries wait in {one.name}"
        used = await memory_share(redis)
        return f"the broker's memory is {used:.0%} full" if used > share else ""

    def _split(self, events: Sequence[tuple[str, Carrier]]) -> dict[int, list[tuple[str, Carrier]]]:
        by_partition: dict[int, list[tuple[str, Carrier]]] = defaultdict(list)
        for id_, event in events:
            by_partition[self._partition(event)].append((id_, event))
        return by_partition

    def _partition(self, event: Carrier) -> int:
        try:
            host = urlsplit(event.fetch.url).hostname
        except ValueError:
            host = None
        return partition_of(host or "", self.partitions)
