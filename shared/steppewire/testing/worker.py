"""A fetcher stage as a process of its own, for tests that kill, stop and overtake it.

`worker` runs this module: python -m steppewire.testing.worker URL PAUSE MODE.
"""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from steppewire import logs
from steppewire.broker import Service
from steppewire.events import ArticleDiscovered, ArticleFetched
from steppewire.streams import FETCH
from steppewire.tasks import end_others
from steppewire.testing.service import fetched, settings


@contextmanager
def worker(url: str, pause: float = 0.02, mode: str = "each") -> Iterator[subprocess.Popen[bytes]]:
    """Run a worker until the block ends, then kill it.

    `mode` is each, batch, cpu or numb. Each message (but not with cpu) takes `pause` seconds; with
    numb the whole process is deaf meanwhile and cannot beat. What it has begun is counted in the
    key `begun`.
    """
    command = [sys.executable, "-m", "steppewire.testing.worker", url, str(pause), mode]
    process = subprocess.Popen(command)  # noqa: S603 (our own words)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


async def main(url: str, pause: float, mode: str) -> None:
    """Work until SIGTERM."""
    logs.configure("worker", level="WARNING")

    async def one(event: ArticleDiscovered) -> ArticleFetched:
        await service.redis.incr("begun")
        await asyncio.sleep(pause)
        return fetched(event)

    async def many(events: Sequence[ArticleDiscovered]) -> list[ArticleFetched]:
        await service.redis.incrby("begun", len(events))
        await asyncio.sleep(pause)
        return [fetched(event) for event in events]

    async def numb(event: ArticleDiscovered) -> ArticleFetched:
        await service.redis.incr("begun")
        time.sleep(pause)  # noqa: ASYNC251 (deaf on purpose)
        return fetched(event)

    service = Service("worker", settings(url))
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, service.stop)
    if mode == "cpu":
        service.cpu(FETCH, fetched, workers=2)
    elif mode in ("each", "numb"):
        service.each(FETCH, one if mode == "each" else numb, concurrency=8)
    else:
        service.batch(FETCH, many, size=50)
    try:
        await service.serve()
    finally:
        await service.close()
        await end_others()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], float(sys.argv[2]), sys.argv[3]))
