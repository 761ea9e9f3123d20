"""A fetcher stage as a process of its own, in some partitions of a broker of any kind.

Usage: worker_program.py URL PARTITIONS PAUSE. Each message takes PAUSE seconds.
"""

from __future__ import annotations

import asyncio
import signal
import sys

from steppewire import logs
from steppewire.broker import Service
from steppewire.events import ArticleDiscovered, ArticleFetched
from steppewire.streams import FETCH
from steppewire.testing.service import fetched, settings


async def main(url: str, partitions: int, pause: float) -> None:
    logs.configure("worker", level="ERROR")

    async def one(event: ArticleDiscovered) -> ArticleFetched:
        await asyncio.sleep(pause)
        return fetched(event)

    service = Service("worker", settings(url, partitions=partitions))
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, service.stop)
    service.each(FETCH, one, concurrency=16)
    try:
        await service.serve()
    finally:
        await service.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3])))
