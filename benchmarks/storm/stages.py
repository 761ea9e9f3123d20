"""The workers of the storm: what each process does from its fork to its death.

The real crew runs every service as `python -m steppewire_…` does. In the light crew only the store
is that; fetch, parse and enrich are services with real events, but what they compute is cheap and
made up, so that the storm meets the delivery layer and not the parser.
"""

from __future__ import annotations

import asyncio
import importlib
import os
import random
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import structlog

from steppewire.broker import Service, run
from steppewire.events import (
    ArticleDiscovered,
    ArticleEnriched,
    ArticleFetched,
    ArticleParsed,
    Extraction,
    Fetch,
)
from steppewire.identity import link_id
from steppewire.orphans import end_with_parent
from steppewire.settings import Settings
from steppewire.streams import ENRICH, FETCH, PARSE
from steppewire.testing import samples
from steppewire_store.app import StoreSettings
from steppewire_store.app import wire as wire_store

SOURCES = ("zakon.test", "el.test", "kun.test", "gazeta.test", "tengri.test")
PAUSE = 0.02
"""Longest time (s) that a run waits: a download, a computation; deaths shall fall into it."""


def discovered(number: int) -> ArticleDiscovered:
    """Return link number `number`, always the same."""
    source = SOURCES[number % len(SOURCES)]
    url = f"https://{source}/news/{number}"
    return ArticleDiscovered(
        link_id=link_id(url),
        url=url,
        source=source,
        via="feed",
        discovered_at=samples.NOON,
    )


async def fetch(event: ArticleDiscovered) -> ArticleFetched:
    """Fetch nothing, in a moment.

    The page is dated now: a link that was fetched twice would be two events to the database.
    """
    await asyncio.sleep(random.random() * PAUSE)
    page = Fetch(
        link_id=event.link_id,
        url=event.url,
        final_url=event.url,
        source=event.source,
        fetched_at=datetime.now(UTC),
        status=200,
        content_type="text/html; charset=utf-8",
        blob=f"sha256:{event.link_id}{event.link_id}",
        size=40_000,
    )
    return ArticleFetched(fetch=page)


async def parse(events: Sequence[ArticleFetched]) -> list[ArticleParsed]:
    """Parse nothing, in a moment."""
    await asyncio.sleep(random.random() * PAUSE)
    return [_parsed(event.fetch) for event in events]


def _parsed(fetch: Fetch) -> ArticleParsed:
    extraction = Extraction(parser="storm/1", method="rules", charset="utf-8")
    article = samples.article(number_of(fetch.url), fetch.source)
    return ArticleParsed(article=article, fetch=fetch, extraction=extraction)


async def enrich(events: Sequence[ArticleParsed]) -> list[ArticleEnriched]:
    """Enrich with what is known beforehand, in a moment."""
    await asyncio.sleep(random.random() * PAUSE)
    return [
        ArticleEnriched(
            article=event.article,
            enrichment=samples.enriched(number_of(event.fetch.url)).enrichment,
            fetch=event.fetch,
            extraction=event.extraction,
        )
        for event in events
    ]


def number_of(url: str) -> int:
    """Return the number of a link."""
    return int(url.rpartition("/")[2])


@asynccontextmanager
async def _wire_fetcher(service: Service[Settings]) -> AsyncIterator[None]:
    service.each(FETCH, fetch, concurrency=32)
    yield


@asynccontextmanager
async def _wire_parser(service: Service[Settings]) -> AsyncIterator[None]:
    service.batch(PARSE, parse, size=25)
    yield


@asynccontextmanager
async def _wire_enricher(service: Service[Settings]) -> AsyncIterator[None]:
    service.batch(ENRICH, enrich, size=25)
    yield


def _real(module: str) -> Callable[[], None]:
    return _forked(lambda: importlib.import_module(f"{module}.app").main())


def _forked(service: Callable[[], None]) -> Callable[[], None]:
    def main() -> None:
        sys.argv[1:] = []  # a fork inherits its parent's arguments
        service()

    return main


SERVICES: Mapping[str, Mapping[str, Callable[[], None]]] = {
    "light": {
        "fetcher": _forked(lambda: run("fetcher", Settings, _wire_fetcher)),
        "parser": _forked(lambda: run("parser", Settings, _wire_parser)),
        "enricher": _forked(lambda: run("enricher", Settings, _wire_enricher)),
        "store": _forked(lambda: run("store", StoreSettings, wire_store)),
    },
    "real": {
        name: _real(f"steppewire_{name}")
        for name in ("fetcher", "parser", "enricher", "store", "api")
    },
}


def live(crew: str, name: str, settings: Mapping[str, str], log: str) -> None:
    """Be a worker until killed. Runs in a freshly forked process."""
    if end_with_parent is not None:
        end_with_parent()
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.environ.update(settings)
    random.seed()  # a fork inherits its parent's dice
    # with it, what the log tells of a commit that was refused can be laid to a worker
    structlog.contextvars.bind_contextvars(pid=os.getpid())
    SERVICES[crew][name]()
