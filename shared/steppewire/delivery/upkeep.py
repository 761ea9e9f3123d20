"""Upkeep of the streams: groups before anything else, trimming, lag, backpressure."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import ResponseError

from steppewire import logs, servers
from steppewire.delivery.gate import Gate, Inlet, inlets
from steppewire.delivery.worker import Worker
from steppewire.streams import (
    DELIVER,
    FETCH,
    STAGES,
    STREAMS,
    Stage,
    Stream,
    delayed_name,
    key,
)

log = logs.get(__name__)

PATIENCE = 7 * 86_400.0
"""Seconds that an unknown group, say another system's, may hold back trimming."""
SILENCE = 3_600.0
"""Seconds after which the name of a consumer that holds nothing is removed."""


async def bootstrap(gate: Gate, partitions: int, own: Sequence[Stage] = ()) -> int:
    """Make every group of the topology, before anything is published; return how many were made.

    Every service makes all of them: whichever starts first, nothing is published into a stream
    that lacks a group. Of the stages beside an article's path, each service makes its `own`.
    """
    made = 0
    for stage in dict.fromkeys((*STAGES, *own)):
        for inlet in inlets(stage, partitions):
            made += await gate.ensure_group(inlet)
    return made


@dataclass
class Load:
    """How full things are, as last measured."""

    waiting: dict[str, int] = field(default_factory=dict)
    """Stream key -> entries this service's groups have not settled."""
    ahead: int = 0
    """Entries that the next stage has not settled."""
    memory_share: float = 0.0
    """Used share of the broker's memory limit; 0 when it has none."""


async def trim_inlets(gate: Gate, worker: Worker, *, retain: float) -> dict[str, int]:
    """Trim what the worker's stage reads; return stream key -> entries waiting.

    Raises GroupLost when a group that the topology declares is gone.
    """
    waiting = {}
    for inlet in worker.inlets:
        keep = retain if _is_public(inlet.name) else 0.0
        declared = [s.group for s in STAGES if s.reads.name == inlet.name] or [inlet.stage.group]
        _, waiting[inlet.stream], absent = await gate.trim(
            inlet, declared=declared, keep=keep, patience=PATIENCE
        )
        if absent:
            raise GroupLost(f"group {absent} of {inlet.stream} is gone")
    return waiting


class GroupLost(Exception):
    """A declared group no longer exists: FLUSHALL, XGROUP DESTROY, or DEL of its stream."""


async def trim_outlet(gate: Gate, stage: Stage, partitions: int, *, retain: float) -> None:
    """Trim the stream that a stage writes, when no stage of ours reads it."""
    if any(s.reads == stage.writes for s in (*STAGES, DELIVER)):
        return
    for partition in range(partitions):
        stream = key(stage.writes.name, partition)
        await gate.trim_outlet(stream, keep=retain, patience=PATIENCE)


async def waiting_ahead(redis: Redis, stream: Stream, partitions: int) -> int:
    """Return how many entries of `stream` the slowest stage that reads it has not settled.

    Delayed entries count, too: while the database is away, all that wait for it are delayed. Not
    those of the fetcher: links that wait for their own site must not stop the other sites.
    """
    slowest = 0
    for stage in (*STAGES, DELIVER):  # not NOTIFY: a webhook must never slow down the store
        if stage.reads == stream:
            counts = [await backlog(redis, inlet) for inlet in inlets(stage, partitions)]
            later = 0 if stage == FETCH else await delayed(redis, stage, partitions)
            slowest = max(slowest, sum(counts) + later)
    return slowest


async def delayed(redis: Redis, stage: Stage, partitions: int) -> int:
    """Return how many entries of a stage wait for another attempt."""
    names = [key(delayed_name(stage), partition) for partition in range(partitions)]
    return sum([int(await redis.zcard(name)) for name in names])


async def backlog(redis: Redis, inlet: Inlet) -> int:
    """Return lag + pending of an inlet's group; 0 when stream or group do not exist yet."""
    try:
        groups = await redis.xinfo_groups(inlet.stream)
    except ResponseError:
        return 0
    for group in groups:
        if group["name"] == inlet.stage.group.encode():
            return int(group["pending"]) + int(group.get("lag") or 0)
    return 0


async def memory_share(redis: Redis) -> float:
    """Return the used share of maxmemory, on a cluster of its fullest node; 0.0: no limit."""
    return max(_used_share(info) for info in await servers.memory(redis))


def _used_share(info: Mapping[str, Any]) -> float:
    limit = int(info.get("maxmemory") or 0)
    return int(info["used_memory"]) / limit if limit else 0.0


def memory_mark(stage: Stage, max_share: float) -> float:
    """Return the share of the broker's memory above which a stage stops taking work.

    The first stage stops at `max_share`, each later one a little later, the last one never: what
    it takes out is what makes room, and if all stopped together, none could ever go on.
    """
    last = len(STAGES) - 1
    position = STAGES.index(stage) if stage in STAGES else 0
    return math.inf if position == last else max_share + (1 - max_share) * position / last


def history(retain: float, share: float, max_share: float) -> float:
    """Return how many seconds of history the public streams may keep.

    Above the mark it shrinks with the room that is left: history gives way before work does.
    """
    if share <= max_share:
        return retain
    return retain * max(0.0, 1 - share) / (1 - max_share) if max_share < 1 else 0.0


async def regulate(
    worker: Worker, load: Load, *, partitions: int, max_lag: int, max_share: float
) -> None:
    """Pause or resume a worker by how full the way ahead is.

    It resumes at three quarters of the mark, so that it does not flutter around it.
    """
    redis = worker.gate.redis
    max_share = memory_mark(worker.stage, max_share)
    load.ahead = await waiting_ahead(redis, worker.stage.writes, partitions)
    load.memory_share = await memory_share(redis)
    if load.ahead > max_lag or load.memory_share > max_share:
        if worker.open.is_set() and not worker.closing:
            log.warning(
                "paused", stage=worker.stage.group, ahead=load.ahead, memory=load.memory_share
            )
            worker.open.clear()
    elif (
        load.ahead <= max_lag * 0.75
        and load.memory_share <= max_share * 0.95
        and not worker.open.is_set()
    ):
        log.info("resumed", stage=worker.stage.group, ahead=load.ahead)
        worker.open.set()


async def forget_consumers(worker: Worker) -> None:
    """Remove the names that dead workers left behind, once they hold nothing, now and then."""
    while True:
        await asyncio.sleep(SILENCE / 4)
        for inlet in worker.inlets:
            await worker.gate.forget_consumers(inlet, silent=SILENCE)


def _is_public(name: str) -> bool:
    return any(stream.name == name and stream.public for stream in STREAMS)
