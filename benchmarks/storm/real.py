"""The real crew: our five services as they are, on the pages of five small sites.

The fetcher finds the pages by the sites' sitemaps and fetches them over HTTP into the blob store,
parser and enricher compute in their child processes, the store saves, the API tells. In the end
the API is asked for every article, which must say exactly what its page said.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pages
from plan import Storm
from redis.asyncio import Redis
from redis.exceptions import ResponseError

from steppewire.ports import free_port
from steppewire.streams import DISCOVERED, STAGES, Stage, key
from steppewire.testing.site import running_site

REPLICAS = 2
_SEASON = 45.0
"""Seconds over which the sites publish: long enough for strokes of every kind."""
_ISSUES = 15
_STILL = 150.0
"""Seconds without a new link after which no more are expected."""
_ASK_SECONDS = 120.0
_AT_ONCE = 8


class Pages:
    """The articles that must arrive, by their identity."""

    def __init__(self, truths: Sequence[pages.Truth]) -> None:
        self._places = {one.article_id: place for place, one in enumerate(truths)}
        self._urls = {one.url for one in truths}
        self.size = len(truths)

    def place(self, article: str, url: str) -> int | None:
        """Return the place of an article in the books; None when no page is such."""
        return self._places.get(article) if url in self._urls else None


class Real:
    """Runs the real services on known pages."""

    name = "real"

    def __init__(
        self,
        storm: Storm,
        folder: Path,
        sites: str,
        publish: Callable[[Sequence[pages.Truth]], None],
    ) -> None:
        self.publish = publish
        self.truths = [pages.page(number) for number in range(storm.messages)]
        self.roll = Pages(self.truths)
        self.port = free_port()
        staged: list[tuple[str, Stage | None]] = [
            (s.group, s) for s in STAGES for _ in range(REPLICAS)
        ]
        self.services = [*staged, ("api", None)]
        self.settings = {
            "STEPPEWIRE_BLOBS": str(folder / "blobs"),
            "STEPPEWIRE_SITES": ",".join(f"https://{host}/" for host in pages.HOSTS),
            "STEPPEWIRE_SOURCES": ",".join(pages.HOSTS),
            "STEPPEWIRE_REROUTE": f"*={sites}",
            "STEPPEWIRE_POLL": "3",
            "STEPPEWIRE_PACE": "0",
            "STEPPEWIRE_RETRY_BASE": "0.1",
            # a page whose child process is killed has failed, through no fault of its own
            "STEPPEWIRE_MAX_ATTEMPTS": "1000",
            "STEPPEWIRE_API_PORT": str(self.port),
        }

    async def send(self, redis: Redis, tell: Callable[[str], None]) -> None:
        """Let the sites publish issue after issue, and the fetchers find every page of each.

        All at once they would be through before the first stroke.
        """
        began = time.monotonic()
        for issue in range(1, _ISSUES + 1):
            count = self.roll.size * issue // _ISSUES
            self.publish(self.truths[:count])
            await self._found(redis, count, tell)
            await asyncio.sleep(max(0.0, began + _SEASON * issue / _ISSUES - time.monotonic()))

    async def _found(self, redis: Redis, count: int, tell: Callable[[str], None]) -> None:
        last, since = -1, time.monotonic()
        while last < count and time.monotonic() - since < _STILL:
            found = await _entered(redis)
            if found != last:
                last, since = found, time.monotonic()
            tell(f"found {found} of {self.roll.size} pages")
            await asyncio.sleep(0.1)

    async def send_again(self, redis: Redis) -> int:
        """Offer nothing: the fetchers look at the sites again and again. Return 0."""
        return 0

    async def untrue(self) -> list[str]:
        """Ask the API for every article; return those that differ from their pages."""
        address = f"http://127.0.0.1:{self.port}"
        async with httpx.AsyncClient(base_url=address, timeout=_ASK_SECONDS) as client:
            await _answers(client)
            some = asyncio.Semaphore(_AT_ONCE)
            right = await asyncio.gather(*(_is_true(client, one, some) for one in self.truths))
        return [one.url for one, holds in zip(self.truths, right, strict=True) if not holds]


async def _entered(redis: Redis) -> int:
    try:
        info: Any = await redis.xinfo_stream(key(DISCOVERED.name))
    except ResponseError:
        return 0
    return int(info["entries-added"])


async def _answers(client: httpx.AsyncClient) -> None:
    """Wait for the API: it may have been killed a moment ago."""
    deadline = time.monotonic() + _ASK_SECONDS
    while True:
        try:
            if (await client.get("/stats")).is_success:
                return
        except httpx.TransportError:
            pass
        if time.monotonic() > deadline:
            raise RuntimeError("the API does not answer any more")
        await asyncio.sleep(0.2)


async def _is_true(client: httpx.AsyncClient, one: pages.Truth, some: asyncio.Semaphore) -> bool:
    async with some:
        answer = await client.get(f"/articles/{one.article_id}")
    if not answer.is_success:
        return False
    told = answer.json()
    said = (
        told["url"],
        told["title"]["text"],
        tuple(paragraph["text"] for paragraph in told["paragraphs"]),
        told["language"],
        told["version"],
    )
    return said == (one.url, one.title, one.paragraphs, one.language, 1)


@asynccontextmanager
async def real_crew(storm: Storm, folder: Path) -> AsyncIterator[Real]:
    """Run the sites, and give the crew that reads them."""
    async with running_site() as site:
        yield Real(storm, folder, site.url, lambda some: site.replies.update(pages.replies(some)))
