"""The fetcher of steppewire: as it runs, and only its visits."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from pathlib import Path

from fetch.lanes import AGENT, AT_A_HOST, AT_A_TIME, lanes
from fetch.meter import Figures, Meter, broker_cpu_seconds
from steppewire.broker import Service, spare_the_collector
from steppewire.events import ArticleDiscovered
from steppewire.identity import link_id
from steppewire.servers import connect
from steppewire.streams import FETCH, FETCHED, key
from steppewire.testing.service import prepare, publish
from steppewire_fetcher.app import wire
from steppewire_fetcher.pace import Pace
from steppewire_fetcher.rulebook import RedisShelf, Rulebook
from steppewire_fetcher.settings import FetcherSettings
from steppewire_fetcher.visit import Manners, Visitor
from steppewire_fetcher.web import Web


async def ours(urls: list[str], folder: Path, broker: str) -> Figures:
    service = Service("fetcher", settings(urls, folder, broker))
    redis = service.redis
    await prepare(redis)
    await publish(redis, FETCH.reads.name, [link(url) for url in urls])
    meter, before = Meter(len(urls)), 0.0
    async with wire(service):
        spare_the_collector()
        task = asyncio.create_task(service.serve())
        while not meter.reached(int(await redis.xlen(key(FETCHED.name)))):
            before = before or (await broker_cpu_seconds(redis) if meter.begun[0] else 0.0)
            await asyncio.sleep(0.05)
        found = meter.figures()
        found["server_us"] = (await broker_cpu_seconds(redis) - before) / found["counted"] * 1e6
        service.stop()
        await task
    await service.close()
    return found


def settings(urls: list[str], folder: Path, broker: str) -> FetcherSettings:
    """Return the fetcher's settings: every host a source from a TOML file, no pace, no polling."""
    sources = folder / "sources"
    sources.mkdir()
    for host in sorted({host_of(url) for url in urls}):
        text = f'name = "{host}"\ntitle = "{host}"\nhome = "https://{host}/"\nhosts = ["{host}"]\n'
        (sources / f"{host}.toml").write_text(text, "utf-8")
    return FetcherSettings.model_validate(
        {
            "redis_url": broker,
            "blobs": str(folder / "blobs"),
            "sources_dir": sources,
            "allow_networks": "127.0.0.0/8",
            "contact": "https://example.kz/bot",
            "pace": 0.0,
            "poll_lanes": 0,
            "fetch_concurrency": AT_A_TIME,
            "max_lag": 10**9,
        }
    )


def host_of(url: str) -> str:
    return url.split("/")[2].partition(":")[0]


def link(url: str) -> ArticleDiscovered:
    return ArticleDiscovered(
        link_id=link_id(url),
        url=url,
        source=host_of(url),
        via="feed",
        discovered_at=datetime.now(UTC),
        title_hint="Сауда айналымы өсті",
    )


async def visits(urls: list[str], folder: Path, broker: str) -> Figures:
    redis, web = connect(broker), Web(allowed=("127.0.0.0/8",), connections=2 * AT_A_TIME)
    rulebook = Rulebook(web, RedisShelf(redis, 1), now=time.monotonic)
    visitor = Visitor(web, rulebook, Pace(redis, 1), now=lambda: datetime.now(UTC))
    manners = Manners(AGENT, 0.0, 30.0, 10_000_000, AT_A_HOST)
    spare_the_collector()

    async def visit(url: str) -> None:
        assert (await visitor.visit(url, manners)).status == 200

    found = await lanes(urls, visit)
    await web.aclose()
    await redis.aclose()
    return found
