"""A fetcher stage that dies whole when it meets message 13. Usage: poison_program.py URL."""

from __future__ import annotations

import asyncio
import os
import sys

from steppewire import logs
from steppewire.broker import Service
from steppewire.events import ArticleDiscovered, ArticleFetched
from steppewire.streams import FETCH
from steppewire.testing.service import discovered, fetched, settings


async def one(event: ArticleDiscovered) -> ArticleFetched:
    if event.key == discovered(13).key:
        os._exit(1)
    return fetched(event)


async def main(url: str) -> None:
    logs.configure("poison", level="WARNING")
    service = Service("poison", settings(url, max_deliveries=4))
    service.each(FETCH, one, concurrency=8)
    await service.serve()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
