"""A fetcher stage that waits for its signal, works until told to stop, then tells what it took.

Usage: backlog_program.py URL. The signal is one element of the list `go`. At the end it prints as
JSON how many messages it handled, and its memory (KiB) at the signal and at its peak.
"""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from steppewire import logs
from steppewire.broker import Service
from steppewire.events import ArticleDiscovered, ArticleFetched
from steppewire.streams import FETCH
from steppewire.testing.service import fetched, settings

SIZE = 100


def memory(name: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    (kib,) = [line.split()[1] for line in lines if line.startswith(f"{name}:")]
    return int(kib)


async def main(url: str) -> None:
    logs.configure("backlog", level="ERROR")
    told = {"handled": 0, "at_signal": 0}
    service = Service("backlog", settings(url, max_lag=10**7))

    async def many(events: Sequence[ArticleDiscovered]) -> list[ArticleFetched]:
        while not told["at_signal"]:
            if await service.redis.blpop(["go"], timeout=1):
                told["at_signal"] = memory("VmRSS")
        told["handled"] += len(events)
        return [fetched(event) for event in events]

    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, service.stop)
    service.batch(FETCH, many, size=SIZE)
    try:
        await service.serve()
    finally:
        await service.close()
    print(json.dumps({**told, "peak": memory("VmHWM")}))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
