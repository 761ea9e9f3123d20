"""`/sources`, `/stats`, `/health` and `/metrics`: how the newswire itself is doing."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from fastapi import APIRouter, Request, Response
from pydantic import Field
from redis.exceptions import RedisError

from steppewire.archive.promise import Archive
from steppewire.errors import ArchiveUnreachable
from steppewire.health.reading import Health
from steppewire.metrics import exposition
from steppewire.pauses import Pause
from steppewire_api.gauges import Gauges, StageGauge, StreamGauge
from steppewire_api.live import Live
from steppewire_api.metrics import Telling
from steppewire_api.views import View

PATIENCE = 3.0
"""Seconds for an answer of the database or the broker before it counts as unreachable."""
_MOST_SOURCES = 1000
T = TypeVar("T")


FULL = (
    "the broker answers, and cannot write to its disk: nothing moves, and nothing is lost. "
    "Make room on its disk (its log says more); all goes on by itself"
)


class Broker(View):
    """Whether the broker answers."""

    reachable: bool
    reason: str = Field("", description="What is wrong with it, and what helps; else empty.")


class Source(View):
    """A news site: what is stored from it, and how fetching goes."""

    name: str = Field(examples=["el.kz"])
    articles: int | None = Field(
        description="Articles in the archive; null while the database does not answer."
    )
    state: dict[str, str] | None = Field(
        None, description="As the fetcher keeps it; null when it has not looked yet."
    )
    health: Health | None = Field(
        None, description="Its rhythm and its troubles; null when nothing was seen of it yet."
    )
    paused: Pause | None = Field(
        None, description="Who has paused it, when and why; null while it goes on."
    )


class Sources(View):
    """All sources that are known to the fetcher or the archive."""

    broker: Broker
    items: tuple[Source, ...]


class Stats(View):
    """Counts from the first stage to the last. Every message that ended is counted once."""

    broker: Broker
    articles: int | None = Field(
        description="Articles in the archive; null while the database does not answer."
    )
    listeners: int = Field(description="Clients that follow the live stream of this process.")
    streams: tuple[StreamGauge, ...]
    stages: tuple[StageGauge, ...] = Field(
        description="Those of an article's path, then those beside it, such as webhooks."
    )


class Alive(View):
    """The process answers."""

    status: str = "alive"


class Ready(View):
    """Whether everything that the API needs is there."""

    ready: bool
    reasons: tuple[str, ...] = Field((), description="What is missing, one sentence each.")


def routes(archive: Archive, gauges: Gauges, live: Live, broker: str) -> APIRouter:
    """Return the routes that tell how things are; `broker` is its address without password."""
    router = APIRouter(tags=["status"])

    async def asked(read: Callable[[], Awaitable[T]]) -> tuple[T | None, Broker]:
        try:
            async with asyncio.timeout(PATIENCE):
                return await read(), Broker(reachable=True)
        except (RedisError, OSError):
            return None, Broker(reachable=False, reason=away(broker))

    async def missing() -> list[str]:
        return [
            *await _database_missing(archive),
            *([] if live.hears else [away(broker)]),
        ]

    @router.get("/sources", summary="Sources and their state")
    async def sources() -> Sources:
        """Return every source with what the fetcher knows of it and how much is stored."""
        facets = await unless_away(archive.facets("source", limit=_MOST_SOURCES))
        stored = {facet.value: facet.count for facet in facets or ()}
        found, reached = await asked(gauges.sources)
        told, _ = await asked(gauges.health) if reached.reachable else (None, reached)
        held, _ = await asked(gauges.pauses.all) if reached.reachable else (None, reached)
        states, healths, paused = found or {}, told or {}, held or {}
        return Sources(
            broker=reached,
            items=tuple(
                Source(
                    name=name,
                    articles=stored.get(name, 0) if facets is not None else None,
                    state=states.get(name),
                    health=healths.get(name),
                    paused=paused.get(name),
                )
                for name in sorted(stored.keys() | states.keys() | healths.keys())
            ),
        )

    @router.get("/stats", summary="Counts of every stage")
    async def stats() -> Stats:
        """Return what every stage did, by source, outcome and reason, and what waits for it."""
        streams, reached = await asked(gauges.streams)
        # one wait for a broker that is away is enough
        stages, reached = await asked(gauges.all_stages) if reached.reachable else (None, reached)
        refuses, _ = await asked(gauges.refuses) if reached.reachable else (False, reached)
        if refuses:
            reached = Broker(reachable=True, reason=FULL)
        return Stats(
            broker=reached,
            articles=await unless_away(archive.count()),
            listeners=live.listeners,
            streams=tuple(streams or ()),
            stages=tuple(stages or ()),
        )

    @router.get("/health/live", summary="Is the process alive?")
    async def alive() -> Alive:
        """Answer; nothing else is asked."""
        return Alive()

    @router.get(
        "/health/ready",
        summary="Is everything there?",
        responses={503: {"model": Ready, "description": "Something is missing: see `reasons`."}},
    )
    async def ready(response: Response) -> Ready:
        """Ask the database and the broker."""
        reasons = await missing()
        response.status_code = 503 if reasons else 200
        return Ready(ready=not reasons, reasons=tuple(reasons))

    telling = Telling()

    @router.get("/metrics", include_in_schema=False)
    async def metrics(request: Request) -> Response:
        """Tell Prometheus; the whole newswire is told by the API alone."""
        snapshot, _ = await asked(gauges.snapshot)
        told = telling.families(snapshot, ready=not await missing(), listeners=live.listeners)
        text, kind = exposition(told, request.headers.get("accept", ""))
        return Response(text, headers={"Content-Type": kind})

    return router


async def unless_away(ask: Awaitable[T]) -> T | None:
    """Return what the database tells, or None while it is away: counts of stages and states of
    sources are the broker's, and wanted most when something is wrong.
    """
    try:
        return await ask
    except ArchiveUnreachable:
        return None


def away(broker: str) -> str:
    """Say that the broker is away, and what still works."""
    return (
        f"no Redis-compatible server answers at {broker}: articles are served from the database, "
        "the live stream and the counts wait; start it or set STEPPEWIRE_REDIS_URL"
    )


async def _database_missing(archive: Archive) -> list[str]:
    try:
        async with asyncio.timeout(PATIENCE):
            await archive.count()
    except Exception as error:
        # Whatever a driver raises here means the same: this process cannot serve articles.
        told = (str(error).splitlines() or [type(error).__name__])[0][:200]
        return [f"the database does not answer ({told}): look at STEPPEWIRE_DATABASE"]
    return []
