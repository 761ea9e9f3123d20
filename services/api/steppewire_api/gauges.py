"""What the newswire tells about itself in Redis: counts of every stage, lag, state of sources."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic import Field
from redis.asyncio import Redis
from redis.exceptions import ResponseError

from steppewire.health import reading as health
from steppewire.health.reading import Health
from steppewire.pauses import Pauses
from steppewire.streams import (
    NAMESPACE,
    SIDE_STAGES,
    STAGES,
    STREAMS,
    Stage,
    Stream,
    dead_name,
    delayed_name,
    key,
    retry_name,
    tally_name,
)
from steppewire_api.views import View

T = TypeVar("T")
SOURCE_PREFIX = "source."
_SOURCE_KEY = re.compile(rf"^{NAMESPACE}:\{{(\d+)\}}:{re.escape(SOURCE_PREFIX)}(.+)$")


class Outcome(View):
    """How many messages of a source ended in one way at a stage."""

    source: str = Field(examples=["el.kz"])
    outcome: str = Field(description="done, skip, reject, dead or retry.", examples=["reject"])
    reason: str = Field(description="A short slug; empty for `done`.", examples=["gone"])
    count: int


class StageGauge(View):
    """One stage: what waits for it and how its messages ended."""

    stage: str = Field(examples=["parser"])
    reads: str = Field(examples=["articles.fetched"])
    writes: str = Field(examples=["articles.parsed"])
    lag: int = Field(description="Entries that nobody has taken yet.")
    pending: int = Field(description="Entries in somebody's hands.")
    delayed: int = Field(description="Entries that wait for another attempt.")
    dead: int = Field(description="Dead letters kept for inspection.")
    oldest_lag: float = Field(description="Age in seconds of the oldest that nobody has taken.")
    oldest_pending: float = Field(description="Age in seconds of the oldest in somebody's hands.")
    totals: dict[str, int] = Field(examples=[{"done": 118, "reject": 2}])
    outcomes: tuple[Outcome, ...]


class StreamGauge(View):
    """One stream."""

    name: str = Field(examples=["articles.discovered"])
    added: int = Field(description="Entries ever added.")
    length: int = Field(description="Entries in it now.")


@dataclass(frozen=True)
class Snapshot:
    """The newswire at one moment."""

    stages: Sequence[StageGauge]
    streams: Sequence[StreamGauge]
    sources: Mapping[str, Mapping[str, str]]
    """State of each source that a fetcher has claimed."""
    memory_used: int
    memory_limit: int
    """Bytes; 0 for none."""
    troubles: Mapping[str, Collection[str]] = field(default_factory=dict)
    """Source -> what is wrong with it, as the watcher tells: `silent`, …; empty when it is well."""


def outcome(field: str, count: int) -> Outcome:
    """Read one field of a tally: `source|outcome|reason`."""
    source, ended, reason = (*field.split("|", 2), "", "")[:3]
    return Outcome(source=source, outcome=ended, reason=reason, count=count)


def totals(outcomes: Sequence[Outcome]) -> dict[str, int]:
    """Add up by outcome."""
    counted: Counter[str] = Counter()
    for one in outcomes:
        counted[one.outcome] += one.count
    return dict(sorted(counted.items()))


def waiting(groups: Sequence[Mapping[str, Any]], group: str, length: int) -> tuple[int, int]:
    """Return (lag, pending) of a group from XINFO GROUPS; a group not made yet has read nothing."""
    for info in groups:
        if info["name"] == group.encode():
            # Redis cannot tell the lag after some deletions: then at most all of it.
            lag = info["lag"] if info["lag"] is not None else length
            return int(lag), int(info["pending"])
    return length, 0


def age(id_: bytes, now: float) -> float:
    """Return how many seconds ago an entry came, by its id; 0.0 for no id."""
    return max(0.0, now - int(id_.partition(b"-")[0]) / 1000) if id_ else 0.0


_FIRST = """#!lua flags=no-writes,allow-oom
-- The id of the first entry after ARGV[1], and nothing else of it: an entry may be large.
local first = redis.call('XRANGE', KEYS[1], '(' .. ARGV[1], '+', 'COUNT', 1)[1]
return first and first[1] or ''
"""


class Gauges:
    """Reads the gauges; nothing is written."""

    def __init__(self, redis: Redis, partitions: int = 1) -> None:
        self.redis, self.partitions = redis, partitions
        self._redis = redis
        self._partitions = range(partitions)
        self._first = redis.register_script(_FIRST)
        self.pauses = Pauses(redis)

    async def snapshot(self) -> Snapshot:
        """Return everything that metrics tell. Raises RedisError."""
        memory: dict[str, Any] = await self._redis.info("memory")
        return Snapshot(
            stages=await self.all_stages(),
            streams=await self.streams(),
            sources=await self._claimed(),
            memory_used=int(memory["used_memory"]),
            memory_limit=int(memory.get("maxmemory") or 0),
            troubles={name: one.troubles.keys() for name, one in (await self.health()).items()},
        )

    async def refuses(self) -> bool:
        """Tell whether the broker cannot write to its disk, and so takes nothing in any more.
        Raises RedisError.
        """
        told: dict[str, Any] = await self._redis.info("persistence")
        return "err" in {told.get("aof_last_write_status"), told.get("rdb_last_bgsave_status")}

    async def stages(self) -> list[StageGauge]:
        """Return every stage of an article's path, in its order. Raises RedisError."""
        return list(await asyncio.gather(*map(self._stage, STAGES)))

    async def beside(self) -> list[StageGauge]:
        """Return the stages beside the path, where anybody runs them. Raises RedisError."""
        there = await asyncio.gather(*map(self._has_group, SIDE_STAGES))
        stages = [stage for stage, is_there in zip(SIDE_STAGES, there, strict=True) if is_there]
        return list(await asyncio.gather(*map(self._stage, stages)))

    async def all_stages(self) -> list[StageGauge]:
        """Return all stages, those beside the path last. Raises RedisError."""
        return [*await self.stages(), *await self.beside()]

    async def _has_group(self, stage: Stage) -> bool:
        names = [key(stage.reads.name, partition) for partition in self._partitions]
        found: Any = [await _or(self._redis.xinfo_groups(name), []) for name in names]
        return any(info["name"] == stage.group.encode() for groups in found for info in groups)

    async def streams(self) -> list[StreamGauge]:
        """Return every stream in the order of the path. Raises RedisError."""
        return list(await asyncio.gather(*map(self._stream, STREAMS)))

    async def sources(self) -> dict[str, dict[str, str]]:
        """Return the state that the fetcher keeps of each source. Raises RedisError."""
        states: dict[str, dict[str, str]] = {}
        pattern = key(f"{SOURCE_PREFIX}*").replace("{0}", "{*}")
        async for name in self._redis.scan_iter(match=pattern, count=1000, _type="HASH"):
            if match := _SOURCE_KEY.match(name.decode()):
                state: dict[bytes, bytes] = await _answer(self._redis.hgetall(name))
                states[match[2]] = {_text(k): _text(v) for k, v in state.items()}
        return dict(sorted(states.items()))

    async def _claimed(self) -> dict[str, dict[str, str]]:
        """Read the states by the fetchers' own list: searching all keys is for people who wait."""
        claimed: list[bytes] = await _answer(self._redis.zrange(key("sources.due"), 0, -1))
        names = sorted(map(_text, claimed))
        states = [await _answer(self._redis.hgetall(key(SOURCE_PREFIX + name))) for name in names]
        return {
            name: {_text(k): _text(v) for k, v in state.items()}
            for name, state in zip(names, states, strict=True)
            if state
        }

    async def ended(self) -> dict[str, int]:
        """Return how many messages every stage has ever ended, retries aside. Raises RedisError."""
        return {
            stage.group: sum(
                one.count for one in await self._outcomes(stage) if one.outcome != "retry"
            )
            for stage in (*STAGES, *SIDE_STAGES)
        }

    async def health(self) -> dict[str, Health]:
        """Return how each source is doing, as the watcher tells it. Raises RedisError."""
        return await health.read(self._redis)

    async def _stage(self, stage: Stage) -> StageGauge:
        outcomes = await self._outcomes(stage)
        lag, pending = await self._waiting(stage)
        oldest_lag, oldest_pending = await self._oldest(stage)
        return StageGauge(
            stage=stage.group,
            reads=stage.reads.name,
            writes=stage.writes.name,
            lag=lag,
            pending=pending,
            delayed=await self._sum(self._redis.zcard, delayed_name(stage)),
            dead=await self._sum(self._redis.xlen, dead_name(stage)),
            oldest_lag=oldest_lag,
            oldest_pending=oldest_pending,
            totals=totals(outcomes),
            outcomes=tuple(outcomes),
        )

    async def _outcomes(self, stage: Stage) -> list[Outcome]:
        counted: Counter[str] = Counter()
        for partition in self._partitions:
            name = key(tally_name(stage), partition)
            tally: dict[bytes, bytes] = await _answer(self._redis.hgetall(name))
            counted.update({_text(field): int(count) for field, count in tally.items()})
        return [outcome(field, count) for field, count in sorted(counted.items())]

    async def _waiting(self, stage: Stage) -> tuple[int, int]:
        """Add up what waits in the stage's stream and in the one where its retries come back."""
        lag = pending = 0
        for partition in self._partitions:
            for name in (stage.reads.name, retry_name(stage)):
                full = key(name, partition)
                groups: Any = await _or(self._redis.xinfo_groups(full), [])
                more = waiting(groups, stage.group, await self._redis.xlen(full))
                lag, pending = lag + more[0], pending + more[1]
        return lag, pending

    async def _oldest(self, stage: Stage) -> tuple[float, float]:
        """Return the ages of the oldest entry not taken, and of the oldest in hand."""
        seconds, micros = await self._redis.time()
        now, untaken, held = seconds + micros / 1e6, [0.0], [0.0]
        for partition in self._partitions:
            for name in (stage.reads.name, retry_name(stage)):
                full = key(name, partition)
                groups: Any = await _or(self._redis.xinfo_groups(full), [])
                info = next((g for g in groups if g["name"] == stage.group.encode()), None)
                seen = info["last-delivered-id"] if info else b"0-0"
                if info is None or info["lag"] != 0:
                    untaken.append(age(await self._first(keys=[full], args=[seen]), now))
                if info and info["pending"]:
                    first = (await self._redis.xpending(full, stage.group))["min"]
                    held.append(age(first or b"", now))
        return max(untaken), max(held)

    async def _stream(self, stream: Stream) -> StreamGauge:
        added = length = 0
        for partition in self._partitions:
            info: Any = await _or(self._redis.xinfo_stream(key(stream.name, partition)), {})
            added += int(info.get("entries-added", 0))
            length += int(info.get("length", 0))
        return StreamGauge(name=stream.name, added=added, length=length)

    async def _sum(self, read: Callable[[str], Any], name: str) -> int:
        return sum([int(await read(key(name, partition))) for partition in self._partitions])


async def _or(answer: Awaitable[T], otherwise: T) -> T:
    """Return an answer about a stream, or `otherwise` when there is no such stream yet."""
    try:
        return await answer
    except ResponseError as error:
        if "no such key" in str(error):
            return otherwise
        raise


async def _answer(answer: Any) -> Any:
    """Await what redis-py types as "a value or an awaitable of it"."""
    return await answer


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")
