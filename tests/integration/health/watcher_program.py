"""A watcher as a process of its own, for tests that kill it. Usage: watcher_program.py URL"""

from __future__ import annotations

import asyncio
import sys
import time

from steppewire import logs
from steppewire.health.watch import Watcher
from steppewire.servers import connect


async def main(url: str) -> None:
    logs.configure("watcher", level="ERROR")
    redis = connect(url)
    watcher = Watcher(redis, partitions=1, now=time.time, lease=0.5, every=0.02, books=0.05)
    await watcher.watch()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
