"""Wiring: sources and adapters in, one stage and the rounds out."""

from __future__ import annotations

import random
import time
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from datetime import UTC, datetime

from redis.asyncio import Redis

from steppewire import logs
from steppewire.blobs import open_blobs
from steppewire.broker import Service, run
from steppewire.errors import SettingError
from steppewire.pauses import Pauses
from steppewire.records import open_records
from steppewire.streams import FETCH
from steppewire_fetcher.apart import Apart
from steppewire_fetcher.catalogue import Catalogue
from steppewire_fetcher.discover import Discoverer
from steppewire_fetcher.door import Door
from steppewire_fetcher.dropins import DropIns
from steppewire_fetcher.fetch import Fetcher
from steppewire_fetcher.ledger import Ledger
from steppewire_fetcher.memory import Memory
from steppewire_fetcher.pace import Pace
from steppewire_fetcher.rounds import Rounds
from steppewire_fetcher.rulebook import RedisShelf, Rulebook
from steppewire_fetcher.settings import FetcherSettings
from steppewire_fetcher.survey import Surveyor
from steppewire_fetcher.visit import Visitor
from steppewire_fetcher.waiting import WaitingRoom
from steppewire_fetcher.web import Web
from steppewire_fetcher.websub import WebSub
from steppewire_fetcher.websub import routes as websub_routes

log = logs.get(__name__)
_TIME_LIMIT = 300.0
"""Seconds for one link: ten hops, each with its turn and its time."""


def main() -> None:
    """Run the fetcher."""
    run("fetcher", FetcherSettings, wire)


@asynccontextmanager
async def wire(service: Service[FetcherSettings]) -> AsyncIterator[None]:
    """Put the parts together; connections opened here are closed on the way out."""
    settings, redis = service.settings, service.redis
    catalogue = announced(settings.catalogue())
    if not settings.contact and not settings.reroute:
        log.warning(
            "no_contact", remedy="give sites a way to reach you: STEPPEWIRE_CONTACT=https://…"
        )
    web = Web(
        reroute=settings.reroute,
        connections=2 * settings.fetch_concurrency,
        allowed=settings.allow_networks,
    )
    async with aclosing(web), aclosing(Apart()) as read:
        rulebook = Rulebook(web, RedisShelf(redis, settings.partitions), now=time.monotonic)
        visitor = Visitor(web, rulebook, Pace(redis, settings.partitions), now=utc_now)
        memory = Memory(redis, settings.partitions)
        fetcher = Fetcher(
            visitor=visitor,
            memory=memory,
            blobs=open_blobs(settings.blobs),
            records=open_records(settings.blobs),
            now=utc_now,
            source_of=catalogue.source_of,
            manners=settings.manners,
            challenge_wait=settings.challenge_wait,
            room=WaitingRoom(Pauses(redis).names, time.monotonic),
        )
        websub = hub_of(settings, redis, web)
        discoverer = Discoverer(
            visitor=visitor,
            surveyor=Surveyor(visitor, time.monotonic, read),
            memory=memory,
            door=Door(service.entrance, redis, settings.partitions),
            now=utc_now,
            manners=settings.manners,
            max_links=settings.max_links,
            slowest=settings.poll or settings.slowest_poll,
            hubs=websub,
            read=read,
        )
        if websub:
            service.routes += websub_routes(websub, catalogue.sources, discoverer.receive)
        ledger = Ledger(redis, utc_now)
        rounds = Rounds(ledger, catalogue.sources, discoverer.poll, random.random)
        if settings.sources_dir:
            dropped = DropIns(settings.sources_dir, catalogue, settings.catalogue, ledger)
            service.background(dropped.watch)
        service.each(
            FETCH, fetcher.fetch, concurrency=settings.fetch_concurrency, time_limit=_TIME_LIMIT
        )
        for _ in range(settings.poll_lanes):
            service.background(rounds.go)
        yield


def hub_of(settings: FetcherSettings, redis: Redis, web: Web) -> WebSub | None:
    """Return what subscribes to hubs, if they can reach us. Raises SettingError if they cannot."""
    if not settings.websub_callback:
        return None
    if settings.health_port is None:
        raise SettingError(
            "STEPPEWIRE_WEBSUB_CALLBACK needs the port that answers hubs: "
            "set STEPPEWIRE_HEALTH_PORT, or unset the callback"
        )
    return WebSub(redis, web, callback=settings.websub_callback, agent=settings.agent, now=utc_now)


def announced(catalogue: Catalogue) -> Catalogue:
    """Say which sources run, and in one line each what is wrong with the others."""
    for fault in catalogue.faults:
        log.error("source_left_out", error=str(fault))
    log.info("sources", running=sorted(catalogue.sources))
    return catalogue


def utc_now() -> datetime:
    """Return the present moment."""
    return datetime.now(UTC)
