"""How late a look at a due source starts, among many sources."""

from __future__ import annotations

import argparse
import asyncio
import random
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fetch.meter import Figures, broker_cpu_seconds, cpu_seconds
from steppewire import logs
from steppewire.broker import spare_the_collector
from steppewire.plugins import Source
from steppewire.servers import connect
from steppewire.streams import key
from steppewire.valkey import Valkey
from steppewire_fetcher.discover import Poll
from steppewire_fetcher.ledger import Ledger
from steppewire_fetcher.rounds import Rounds
from steppewire_fetcher.settings import FetcherSettings


async def punctual(broker: str, sources: int, seconds: float) -> Figures:
    """Let sources come due for a while; return how late the looks started, in seconds."""
    redis, chance = connect(broker), random.Random(1)
    many = {
        name: Source(
            name=name, title=name, home=f"https://{name}", hosts=(name,),
            poll=round(300 * 12 ** chance.random()),
        )
        for name in (f"news{number:05}.bench.example" for number in range(sources))
    }  # fmt: skip
    now = time.time()
    # as after days of running: each source somewhere between two looks
    due = {name: (now + chance.random() * source.poll) * 1000 for name, source in many.items()}
    await redis.zadd(key("sources.due"), due)
    late: list[float] = []

    async def poll(source: Source) -> Poll:
        late.append(time.time() - due[source.name] / 1000)
        await asyncio.sleep(0.2 * 10 ** chance.random())
        return Poll(seen=30, points=1)

    class Told(Ledger):
        """Notes when each source is due next."""

        async def settle(self, claim: Any, delay: float) -> bool:
            due[claim.source] = (time.time() + delay) * 1000
            return await super().settle(claim, delay)

    rounds = Rounds(Told(redis, lambda: datetime.now(UTC)), many, poll, chance.random)
    lanes = FetcherSettings().poll_lanes
    spare_the_collector()
    tasks = [asyncio.create_task(rounds.go()) for _ in range(lanes)]
    begun = time.monotonic()
    while (spent := time.monotonic() - begun) < seconds:
        print(f"\r{spent:4.0f} of {seconds:.0f} s, {len(late)} looks", end="", file=sys.stderr)
        await asyncio.sleep(1)
    print(file=sys.stderr)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    found = {
        "sources": sources,
        "lanes": lanes,
        "looks": len(late),
        "p50": statistics.median(late),
        "p99": statistics.quantiles(late, n=100)[98],
        "max": max(late),
        "cpu_share": cpu_seconds() / seconds,
        "broker_share": await broker_cpu_seconds(redis) / seconds,
    }
    await redis.aclose()
    return found


def schedule(args: argparse.Namespace) -> Figures:
    logs.configure("bench", level="ERROR")
    with tempfile.TemporaryDirectory() as folder, Valkey(Path(folder)) as broker:
        found = asyncio.run(punctual(broker.url, args.sources, args.seconds))
    print(
        f"\n{found['sources']:.0f} sources, {found['looks']:.0f} looks in {args.seconds:.0f} s, "
        f"{found['lanes']:.0f} at a time at most\n"
        f"a due look starts after  p50 {found['p50'] * 1000:.1f} ms  "
        f"p99 {found['p99'] * 1000:.1f} ms  max {found['max'] * 1000:.1f} ms\n"
        f"CPU of one core: process {found['cpu_share']:.1%}, broker {found['broker_share']:.1%}"
    )
    return found
