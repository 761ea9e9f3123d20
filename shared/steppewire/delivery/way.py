"""What is on its way: which fetches' events some stage has yet to settle, or has given up."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import AwareDatetime, BaseModel, ValidationError
from redis.asyncio import Redis
from redis.exceptions import ResponseError

from steppewire.delivery.gate import Gate, Inlet, inlets
from steppewire.identity import fetch_id
from steppewire.streams import ENRICH, PARSE, STORE, Stage, dead_name, delayed_name, key

PAST_FETCHING = (PARSE, ENRICH, STORE)
"""The stages that a fetched page still has before it, in the order of its path."""
_PAGE = 200


@dataclass
class Way:
    """The fetches (`identity.fetch_id`) that a broker holds."""

    waiting: set[str] = field(default_factory=set)
    """Some stage has yet to settle them."""
    dead: set[str] = field(default_factory=set)
    """Some stage gave them up."""


async def look(gate: Gate, partitions: int) -> Way:
    """Return what is on its way while all of it moves.

    Stages are looked at in the order of the path: what moves on meanwhile is met again further
    down, or is in the database for whoever asks that afterwards. Of one stage, retries are looked
    at twice, for entries go to and fro between its retry stream and its delayed ones.
    """
    way = Way()
    for stage in PAST_FETCHING:
        for inlet in inlets(stage, partitions):
            way.waiting |= {one async for one in _unsettled(gate.redis, inlet)}
        for partition in range(partitions):
            way.waiting |= {one async for one in _delayed(gate, stage, partition)}
        for inlet in inlets(stage, partitions):
            if inlet.name != stage.reads.name:
                way.waiting |= {one async for one in _unsettled(gate.redis, inlet)}
        for partition in range(partitions):
            way.dead |= {one async for one in _dead(gate.redis, stage, partition)}
    return way


async def _unsettled(redis: Redis, inlet: Inlet) -> AsyncIterator[str]:
    delivered = await _delivered(redis, inlet)
    pending = {one async for one in _pending(redis, inlet)} if delivered else set()
    floor: Any = await redis.get(inlet.floor)
    last = _parts(delivered or floor or b"0-0")
    start = min([last, *map(_parts, pending)])
    async for page in _pages(redis, inlet.stream, f"{start[0]}-{start[1]}"):
        open_ = [row for row in page if row[0] in pending or _parts(row[0]) > last]
        # a group that was lost reads again what it had settled, and skips that
        ids: Any = [id_ for id_, _ in open_]
        done: Any = await redis.zmscore(inlet.done, ids) if ids else []
        for (_, fields), score in zip(open_, done, strict=True):
            if score is None and (found := fetch_of(fields.get(b"data", b""))):
                yield found


async def _delivered(redis: Redis, inlet: Inlet) -> bytes | None:
    """Return the id up to which a group has read; None when there is no such group."""
    try:
        groups: Any = await redis.xinfo_groups(inlet.stream)
    except ResponseError:  # no such stream
        return None
    mine = [g["last-delivered-id"] for g in groups if g["name"] == inlet.stage.group.encode()]
    return mine[0] if mine else None


async def _pending(redis: Redis, inlet: Inlet) -> AsyncIterator[bytes]:
    start = "-"
    while True:
        rows: Any = await redis.xpending_range(
            inlet.stream, inlet.stage.group, min=start, max="+", count=1000
        )
        for row in rows:
            yield row["message_id"]
        if len(rows) < 1000:
            return
        start = f"({rows[-1]['message_id'].decode()}"


async def _delayed(gate: Gate, stage: Stage, partition: int) -> AsyncIterator[str]:
    """From the last to the first: what becomes due leaves at the front and shifts nothing."""
    name, end = key(delayed_name(stage), partition), -1
    while True:
        page = await gate.waits(name, end - _PAGE + 1, end)
        for found in filter(None, map(fetch_of, page)):
            yield found
        if len(page) < _PAGE:
            return
        end -= _PAGE


async def _dead(redis: Redis, stage: Stage, partition: int) -> AsyncIterator[str]:
    async for page in _pages(redis, key(dead_name(stage), partition), "-"):
        for found in filter(None, (fetch_of(fields.get(b"data", b"")) for _, fields in page)):
            yield found


async def _pages(
    redis: Redis, stream: str, start: str
) -> AsyncIterator[Iterable[tuple[bytes, Mapping[bytes, bytes]]]]:
    while True:
        rows: Any = await redis.xrange(stream, start, count=_PAGE)
        yield rows
        if len(rows) < _PAGE:
            return
        start = f"({rows[-1][0].decode()}"


class _Page(BaseModel):
    link_id: str
    fetched_at: AwareDatetime


class _Carrier(BaseModel):
    fetch: _Page


def fetch_of(data: bytes) -> str | None:
    """Return which fetch an event of any stage after fetching is of; None when it is no event."""
    try:
        fetch = _Carrier.model_validate_json(data).fetch
    except ValidationError:
        return None
    return fetch_id(fetch.link_id, fetch.fetched_at)


def _parts(id_: bytes) -> tuple[int, int]:
    ms, _, sequence = id_.partition(b"-")
    return int(ms), int(sequence or 0)
