"""The Lua scripts, each behind a typed method: the only writes that delivery makes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from itertools import chain
from typing import Any

from redis.asyncio import Redis

from steppewire.delivery.policy import Entry, Settlement
from steppewire.streams import (
    Stage,
    dead_name,
    delayed_name,
    done_name,
    floor_name,
    key,
    looked_name,
    retry_name,
    tally_name,
)


@dataclass(frozen=True)
class Inlet:
    """One stream that a stage reads in one partition: the stage's own, or its retries."""

    stage: Stage
    partition: int
    name: str

    @cached_property
    def stream(self) -> str:
        """Key of the stream."""
        return key(self.name, self.partition)

    @cached_property
    def floor(self) -> str:
        """Key of the id from which a lost group must read again."""
        return key(floor_name(self.stage, self.name), self.partition)

    @cached_property
    def done(self) -> str:
        """Key of the ids settled above the floor."""
        return key(done_name(self.stage, self.name), self.partition)

    @cached_property
    def commit_keys(self) -> list[str]:
        """Keys of the commit script, in its order."""
        stage, p = self.stage, self.partition
        names = (stage.writes.name, delayed_name(stage), dead_name(stage), tally_name(stage))
        return [self.stream, *(key(name, p) for name in names), self.done]


def inlets(stage: Stage, partitions: int) -> list[Inlet]:
    """Return everything that a stage reads, in all partitions."""
    names = (stage.reads.name, retry_name(stage))
    return [Inlet(stage, p, name) for p in range(partitions) for name in names]


class Gate:
    """The scripts, loaded once a connection pool; NOSCRIPT after a restart heals itself."""

    def __init__(self, redis: Redis) -> None:
        self.redis = redis
        self._scripts = {
            name: redis.register_script(_source(name))
            for name in (
                *("beat", "claim", "commit", "forget", "group", "offer"),
                *("release", "revive", "trim", "wake", "again", "known", "waits"),
            )
        }

    async def commit(
        self, inlet: Inlet, consumer: str, settlements: Sequence[Settlement]
    ) -> list[int]:
        """Settle entries; return 1 (settled), 2 (was settled before) or 0 (not ours) for each.

        Asking again after a lost reply is safe: what did execute answers 0 and changes nothing.
        """
        args: list[Any] = [inlet.stage.group, consumer]
        for id_, action, tally, entries, delay in settlements:
            args += (id_, action, tally, int(delay * 1000), len(entries))
            for fields in entries:
                args += _flat(fields)
        result: list[int] = await self._call("commit", inlet.commit_keys, args)
        return result

    async def claim(self, inlet: Inlet, consumer: str, *, lease: float, most: int) -> list[Entry]:
        """Take over entries that were not kept alive for `lease` seconds."""
        args = [inlet.stage.group, consumer, int(lease * 1000), most]
        raw, deliveries = await self._call("claim", [inlet.stream], args)
        return [
            Entry(row[0], dict(zip(row[1][::2], row[1][1::2], strict=True)), count)
            for row, count in zip(raw, deliveries, strict=True)
        ]

    async def beat(self, inlet: Inlet, consumer: str, ids: Sequence[bytes]) -> list[bytes]:
        """Keep running entries alive; return those that were taken over by another worker."""
        lost: list[bytes] = await self._call(
            "beat", [inlet.stream], [inlet.stage.group, consumer, *ids]
        )
        return lost

    async def release(self, inlet: Inlet, consumer: str, *, lease: float) -> int:
        """Hand back all entries of a consumer and remove its name; return how many."""
        args = [inlet.stage.group, consumer, int(lease * 1000)]
        return int(await self._call("release", [inlet.stream], args))

    async def wake(self, inlet: Inlet, *, most: int = 500) -> int:
        """Move delayed entries that are due to the retry stream; return how many."""
        stage, p = inlet.stage, inlet.partition
        names = (delayed_name(stage), retry_name(stage), looked_name(stage))
        return int(await self._call("wake", [key(name, p) for name in names], [most]))

    async def revive(self, stage: Stage, partition: int, ids: Sequence[str]) -> list[bool]:
        """Put dead letters back to work with no attempt used up; return which were there.

        Asking again after a lost reply is safe: what was put back is no letter any more.
        """
        names = (dead_name(stage), retry_name(stage), tally_name(stage))
        keys = [key(name, partition) for name in names]
        return [bool(found) for found in await self._call("revive", keys, ids)]

    async def ensure_group(self, inlet: Inlet) -> bool:
        """Make sure the group exists; return True when it had to be made."""
        made = await self._call("group", [inlet.stream, inlet.floor], [inlet.stage.group])
        return bool(made)

    async def trim(
        self, inlet: Inlet, *, declared: Sequence[str], keep: float = 0.0, patience: float
    ) -> tuple[int, int, str]:
        """Trim to what some group still needs.

        Returns the entries removed, this group's waiting entries (lag + pending), and the name of
        a declared group that is missing ('' when none is): then nothing was trimmed.
        """
        keys = [inlet.stream, inlet.floor, inlet.done]
        args = [inlet.stage.group, int(keep * 1000), int(patience * 1000), *declared]
        removed, waiting, absent = await self._call("trim", keys, args)
        return removed, waiting, absent.decode()

    async def trim_outlet(self, stream: str, *, keep: float, patience: float) -> int:
        """Trim a public stream that no stage of ours reads; return the entries removed."""
        keys = [stream, f"{stream}.floor", f"{stream}.done"]
        args = ["", int(keep * 1000), int(patience * 1000)]
        removed: int = (await self._call("trim", keys, args))[0]
        return removed

    async def forget_consumers(self, inlet: Inlet, *, silent: float) -> int:
        """Remove names of consumers that hold nothing and were silent for `silent` seconds."""
        args = [inlet.stage.group, int(silent * 1000)]
        return int(await self._call("forget", [inlet.stream], args))

    async def offer(
        self, seen: str, stream: str, offers: Sequence[tuple[str, str, Mapping[bytes, bytes]]]
    ) -> list[bool]:
        """Publish links whose (link id, mark) is new; return which were."""
        args: list[Any] = []
        for link, mark, fields in offers:
            args += [link, mark, *_flat(fields)]
        return [bool(new) for new in await self._call("offer", [seen, stream], args)]

    async def again(
        self,
        remembered: str,
        stream: str,
        events: Sequence[tuple[str, Mapping[bytes, bytes]]],
        *,
        keep: float,
    ) -> list[bool]:
        """Publish events (id, fields) that were not put again before; return which were put."""
        args: list[Any] = [int(keep)]
        for id_, fields in events:
            args += [id_, *_flat(fields)]
        return [bool(put) for put in await self._call("again", [remembered, stream], args)]

    async def waits(self, delayed: str, first: int, last: int) -> list[bytes]:
        """Return what delayed entries carry, by their ranks; -1 is the one that waits longest."""
        found: list[bytes] = await self._call("waits", [delayed], [first, last])
        return found

    async def know(self, seen: str, marks: Mapping[str, str]) -> int:
        """Mark links (link id -> mark) as seen; return how many were not, or less lately."""
        args = [part for pair in marks.items() for part in pair]
        return int(await self._call("known", [seen], args))

    async def _call(self, name: str, keys: Sequence[str], args: Sequence[Any]) -> Any:
        return await self._scripts[name](keys=keys, args=args)


def _flat(fields: Mapping[bytes, bytes]) -> list[Any]:
    return [2 * len(fields), *chain.from_iterable(fields.items())]


def _source(name: str) -> str:
    return files("steppewire.delivery").joinpath("lua", f"{name}.lua").read_text("utf-8")
