"""The fetcher's parts, pointed at a small site that can misbehave in every way."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import Redis

from steppewire.blobs import DirectoryBlobs
from steppewire.delivery.entrance import Entrance
from steppewire.delivery.gate import Gate
from steppewire.events import ArticleDiscovered
from steppewire.identity import link_id
from steppewire.pauses import Pauses
from steppewire.plugins import Source
from steppewire.records import DirectoryRecords
from steppewire.rules import SiteRules
from steppewire.testing.site import Site, running_site
from steppewire_fetcher.discover import Discoverer
from steppewire_fetcher.door import Door
from steppewire_fetcher.fetch import Fetcher
from steppewire_fetcher.memory import Memory
from steppewire_fetcher.pace import Pace
from steppewire_fetcher.rulebook import RedisShelf, Rulebook
from steppewire_fetcher.survey import Surveyor
from steppewire_fetcher.visit import Manners, Visitor
from steppewire_fetcher.waiting import WaitingRoom
from steppewire_fetcher.web import Web

HOST = "news.example.kz"


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with running_site() as running:
        yield running


@pytest.fixture
async def web(site: Site) -> AsyncIterator[Web]:
    """The network, with every host name led to the site."""
    web = Web(reroute={"*": site.url})
    yield web
    await web.aclose()


MANNERS = Manners(agent="steppewire/test", pace=0.0, timeout=5.0, limit=100_000)


def _now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def now() -> Callable[[], datetime]:
    """The clock."""
    return _now


@pytest.fixture
def manners() -> Manners:
    return MANNERS


@pytest.fixture
def visitor(web: Web, redis: Redis) -> Visitor:
    rulebook = Rulebook(web, RedisShelf(redis, 1), now=time.monotonic)
    return Visitor(web, rulebook, Pace(redis, 1), now=_now)


@pytest.fixture
def blobs(tmp_path: Path) -> DirectoryBlobs:
    return DirectoryBlobs(tmp_path / "blobs")


def _source(**changes: Any) -> Source:
    values = {"name": "news", "title": "News", "home": f"https://{HOST}/", "hosts": (HOST,)}
    return Source.model_validate({**values, **changes})


@pytest.fixture
def source() -> Callable[..., Source]:
    """A source at news.example.kz, with changes."""
    return _source


@pytest.fixture
def fetcher(visitor: Visitor, redis: Redis, blobs: DirectoryBlobs) -> Fetcher:
    return Fetcher(
        visitor=visitor,
        memory=Memory(redis, 1),
        blobs=blobs,
        records=DirectoryRecords(blobs.root / "fetched"),
        now=_now,
        source_of=lambda event: _source(rules=SiteRules(body=("article",))),
        manners=lambda source: MANNERS,
        challenge_wait=900,
        room=WaitingRoom(Pauses(redis).names, time.monotonic),
    )


@pytest.fixture
def discoverer(visitor: Visitor, redis: Redis) -> Discoverer:
    return Discoverer(
        visitor=visitor,
        surveyor=Surveyor(visitor, time.monotonic),
        memory=Memory(redis, 1),
        door=Door(Entrance(Gate(redis)), redis, 1),
        now=_now,
        manners=lambda source: MANNERS,
    )


def _link(path: str = "/a.html", *, at: datetime | None = None) -> ArticleDiscovered:
    url = path if "://" in path else f"https://{HOST}{path}"
    return ArticleDiscovered(
        link_id=link_id(url), url=url, source="news", via="feed", discovered_at=at or _now()
    )


@pytest.fixture
def link() -> Callable[..., ArticleDiscovered]:
    """A discovered link at news.example.kz."""
    return _link
