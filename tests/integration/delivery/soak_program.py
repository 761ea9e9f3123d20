"""A fetcher stage that tells its lag in the key `told`. Usage: soak_program.py URL."""

from __future__ import annotations

import asyncio
import signal
import sys

from steppewire import logs
from steppewire.broker import Service
from steppewire.events import ArticleDiscovered, ArticleFetched
from steppewire.streams import DISCOVERED, FETCH, key
from steppewire.testing.service import fetched, settings

STREAM = key(DISCOVERED.name)


async def one(event: ArticleDiscovered) -> ArticleFetched:
    return fetched(event)


async def main(url: str) -> None:
    logs.configure("soak", level="ERROR")
    service = Service("soak", settings(url, max_lag=10**7))

    async def tell() -> None:
        while True:
            await service.redis.set("told", service.condition.load.waiting.get(STREAM, -1))
            await asyncio.sleep(0.2)

    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, service.stop)
    service.each(FETCH, one, concurrency=16)
    service.background(tell)
    try:
        await service.serve()
    finally:
        await service.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
