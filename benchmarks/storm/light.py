"""The light crew: stages that compute next to nothing, so that very many messages pass in time.

Made up are fetch, parse and enrich; real are their delivery, the store service and its database.
"""

from __future__ import annotations

import asyncio
import time
from bisect import bisect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import stages
from plan import Storm
from redis.asyncio import Redis
from supply import Supply

from steppewire.delivery.entrance import Entrance, Offer
from steppewire.delivery.gate import Gate
from steppewire.identity import article_id
from steppewire.streams import STAGES

REPLICAS = 3
_CHUNK = 50
_LOOK = 500
"""Messages between two looks whether there is room."""


@dataclass
class Numbers:
    """The links that were sent, by number; drawn in ranges, in order."""

    ranges: list[range] = field(default_factory=list)
    _starts: list[int] = field(default_factory=list)
    _before: list[int] = field(default_factory=list)
    size: int = 0

    def add(self, more: range) -> None:
        """Take down some more."""
        self.ranges.append(more)
        self._starts.append(more.start)
        self._before.append(self.size)
        self.size += len(more)

    def place(self, article: str, url: str) -> int | None:
        """Return the place of an article in the books; None when nobody sent it."""
        try:
            number = stages.number_of(url)
        except ValueError:
            return None
        at = bisect(self._starts, number) - 1
        if at < 0 or number not in self.ranges[at]:
            return None
        known = article == article_id(stages.discovered(number).url)
        return self._before[at] + number - self.ranges[at].start if known else None


class Light:
    """Sends numbered links through made-up stages."""

    name = "light"

    def __init__(self, storm: Storm) -> None:
        assert storm.supply is not None
        self.storm = storm
        self.supply = Supply(storm.supply, storm.total)
        self.roll = Numbers()
        self.services = [(s.group, s) for s in STAGES for _ in range(REPLICAS)]
        self.settings: Mapping[str, str] = {}

    async def send(self, redis: Redis, tell: Callable[[str], None]) -> None:
        """Offer links at a pace, while there is room and any are left."""
        entrance, began = Entrance(Gate(redis), max_lag=2000), time.monotonic()
        while self.roll.size < self.storm.messages and not self._late(began):
            if self.roll.size % _LOOK == 0:
                tell(f"sent {self.roll.size}")
                await entrance.wait_for_room()
            drawn = self.supply.draw(min(_CHUNK, self.storm.messages - self.roll.size))
            if not drawn:
                break
            self.roll.add(drawn)
            await _offer(entrance, drawn)
            if self.storm.pace:
                due = began + self.roll.size / self.storm.pace
                await asyncio.sleep(max(0.0, due - time.monotonic()))

    def _late(self, began: float) -> bool:
        return 0 < self.storm.at_most < time.monotonic() - began

    async def send_again(self, redis: Redis) -> int:
        """Offer every link a second time, as a feed does; return how many were let in.

        Those had been forgotten by the broker with the last moments before its death.
        """
        entrance = Entrance(Gate(redis), max_lag=2000)
        return sum([await _offer(entrance, drawn) for drawn in self.roll.ranges])

    async def untrue(self) -> list[str]:
        """Compare nothing: what made-up stages say is made up."""
        return []


async def _offer(entrance: Entrance, numbers: range) -> int:
    return sum(await entrance.offer([Offer(stages.discovered(n)) for n in numbers]))
