"""How a new link enters the newswire: its seen mark and its publication in one step."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from steppewire.delivery.gate import Gate
from steppewire.delivery.tracing import Tracing
from steppewire.delivery.upkeep import memory_share, waiting_ahead
from steppewire.events import ArticleDiscovered
from steppewire.streams import DISCOVERED, key
from steppewire.wire import encode, new_trace

SEEN = "links.seen"
_CHUNK = 200


@dataclass(frozen=True)
class Offer:
    """A link to let in, if it is new or its mark has changed since it was last let in."""

    event: ArticleDiscovered
    mark: str = ""
    """The site's own mark of the last change, such as a sitemap's lastmod."""
    partition: int = 0


class Entrance:
    """The only door into `articles.discovered`."""

    def __init__(
        self, gate: Gate, *, partitions: int = 1, max_lag: int = 5000, max_share: float = 0.8
    ) -> None:
        self.gate, self.partitions = gate, partitions
        self.max_lag, self.max_share = max_lag, max_share
        self.tracing: Tracing | None = None

    async def offer(self, offers: Sequence[Offer]) -> list[bool]:
        """Let links in; return which were new, in order. The same link twice enters once."""
        new = [False] * len(offers)
        by_partition: dict[int, list[int]] = defaultdict(list)
        for index, offer in enumerate(offers):
            by_partition[offer.partition].append(index)
        for partition, indexes in by_partition.items():
            for start in range(0, len(indexes), _CHUNK):
                chunk = indexes[start : start + _CHUNK]
                for index, result in zip(
                    chunk, await self._offer([offers[i] for i in chunk], partition), strict=True
                ):
                    new[index] = result
        return new

    async def _offer(self, offers: Sequence[Offer], partition: int) -> list[bool]:
        began, tracing = time.time_ns(), self.tracing
        rows = [
            (
                o.event.link_id,
                o.mark,
                encode(o.event, new_trace(sampled=tracing is not None and tracing.chosen())),
            )
            for o in offers
        ]
        new = await self.gate.offer(key(SEEN, partition), key(DISCOVERED.name, partition), rows)
        if tracing is not None:
            entered = (fields for (_, _, fields), is_new in zip(rows, new, strict=True) if is_new)
            tracing.let_in(partition, entered, began)
        return new

    async def has_room(self) -> bool:
        """Tell whether the newswire can take more: the fetcher is the first to stop."""
        redis = self.gate.redis
        waiting = await waiting_ahead(redis, DISCOVERED, self.partitions)
        return waiting <= self.max_lag and await memory_share(redis) <= self.max_share

    async def wait_for_room(self) -> None:
        """Return when there is room."""
        while not await self.has_room():  # noqa: ASYNC110 (the room is on the server)
            await asyncio.sleep(1.0)
