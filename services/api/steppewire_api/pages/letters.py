"""Dead letters as the page of the pipeline shows them: in heaps, without their payload."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from urllib.parse import urlencode

from redis.asyncio import Redis

from steppewire.quarantine import ALL, Address, Heap, Letter, heaps, name_of
from steppewire.streams import Stage, dead_name, key

NEWEST = 300
"""Letters of a stage and partition that are looked at; a flood must not stop the page."""
_TOLD = (b"dead.source", b"dead.outcome", b"dead.reason", b"dead.detail", b"dead.last")
"""The fields of a letter that the script answers with, in its order."""


@dataclass(frozen=True)
class Shown:
    """A heap, and what the page says of it."""

    heap: Heap
    detail: str
    """What the newest of them says."""
    last: datetime | None
    """When the newest of them died."""

    @property
    def value(self) -> str:
        """Which heap it is, as a form says it."""
        heap = self.heap
        told = {"stage": self.stage, "source": heap.source, "reason": heap.reason}
        return urlencode(told)

    @property
    def stage(self) -> str:
        """What people call the stage: `fetch`."""
        return name_of(self.heap.stage)


class Letters:
    """Reads the newest letters of every stage. Raises RedisError."""

    def __init__(self, redis: Redis, partitions: int = 1) -> None:
        self._partitions = range(partitions)
        script = files("steppewire_api.pages").joinpath("lua/letters.lua").read_text("utf-8")
        self._newest = redis.register_script(script)

    async def heaps(self) -> list[Shown]:
        """Return all heaps, the largest first."""
        found: list[Letter] = []
        for stage in ALL:
            for partition in self._partitions:
                name = key(dead_name(stage), partition)
                rows: list[list[bytes]] = await self._newest(keys=[name], args=[NEWEST])
                found += [_letter(stage, partition, row) for row in rows]
        newest = {letter.address: letter for letter in found}
        return [_shown(heap, newest[heap.newest]) for heap in heaps(found)]


def _letter(stage: Stage, partition: int, row: Sequence[bytes]) -> Letter:
    id_, *told = row
    address = Address(stage, partition, id_.decode())
    return Letter.read(address, dict(zip(_TOLD, told, strict=True)))


def _shown(heap: Heap, newest: Letter) -> Shown:
    return Shown(heap, newest.detail, newest.died_at)
