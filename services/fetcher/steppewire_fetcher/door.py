"""Letting links into the newswire, so that a link's mark of change only ever grows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol
from urllib.parse import urlsplit

from redis.asyncio import Redis

from steppewire.delivery.entrance import SEEN, Offer
from steppewire.events import ArticleDiscovered
from steppewire.streams import key, partition_of


class Entrance(Protocol):
    """The newswire's own door: a link's seen mark and its publication in one step."""

    async def offer(self, offers: Sequence[Offer]) -> list[bool]:
        """Return which links were new, in order."""

    async def wait_for_room(self) -> None:
        """Return when the newswire can take more."""


class Door:
    """Offers links. An older mark than the known one is no news.

    The same link stands in a feed, a sitemap and a listing with different dates or none; without
    this, each of them would undo the other's mark and have the page fetched at every poll.
    """

    def __init__(self, entrance: Entrance, redis: Redis, partitions: int) -> None:
        self._entrance, self._redis, self._partitions = entrance, redis, partitions

    async def let_in(self, links: Sequence[tuple[ArticleDiscovered, str]]) -> int:
        """Offer events with their marks; return how many were new or changed."""
        if not links:
            return 0
        await self._entrance.wait_for_room()
        offers = [Offer(event, mark, self._partition(event.url)) for event, mark in links]
        known = await self._known(offers)
        new = await self._entrance.offer(
            [
                Offer(o.event, later(k, o.mark), o.partition)
                for o, k in zip(offers, known, strict=True)
            ]
        )
        return sum(new)

    async def _known(self, offers: Sequence[Offer]) -> list[bytes | None]:
        pipe = self._redis.pipeline(transaction=False)
        for offer in offers:
            pipe.hget(key(SEEN, offer.partition), offer.event.link_id)
        marks: list[bytes | None] = await pipe.execute()
        return marks

    def _partition(self, url: str) -> int:
        return partition_of(urlsplit(url).hostname or "", self._partitions)


def later(known: bytes | None, mark: str) -> str:
    """Return the mark to offer: marks sort by time, so the known one stays when it is later."""
    return max(known.decode("utf-8", "replace"), mark) if known is not None else mark
