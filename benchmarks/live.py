"""How many listeners one process of the API serves, beside a plain peer in the same run.

    python benchmarks/live.py [--clients 1000] [--articles 40] [--only ours query peer]

The peer is what one would write first: sse-starlette, and one Redis subscription for each client.
It remembers nothing: who reconnects has missed what was said meanwhile. Ours reads each article
from the archive, holds it against every query, and lets each client resume anywhere.

Two loads: *flood* (articles as fast as they are stored) for CPU time, and *pace* (five a second)
for the time from "stored" to a client's socket. Clients are bare sockets in the process that
measures; CPU time and memory are those of the server's process alone.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psutil
from redis.asyncio import Redis

from steppewire.archive import Archive, open_archive
from steppewire.ports import free_port
from steppewire.streams import STORED, key
from steppewire.testing.articles import entity, story
from steppewire.valkey import Valkey
from steppewire.wire import encode, new_trace
from steppewire_store.migrate import migrate

CHANNEL = "bench-live"
PACE = 5
BATCH = 5
WORDS = (
    "үкімет", "бюджет", "қаржы", "білім", "денсаулық", "құрылыс", "ауыл",
    "су", "жол", "мектеп", "министр", "президент", "сот", "экономика",
    "теңге", "салық", "газ", "мұнай", "зауыт", "спорт",
)  # fmt: skip
_TITLE = re.compile(rb'"title":"(\d+)"')


@dataclass
class Client:
    """A listener: what it heard, and when."""

    wanted: str = ""
    heard: int = 0
    times: dict[int, float] = field(default_factory=dict)
    timing: bool = False

    async def listen(self, port: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
        query = f"?q={quote(self.wanted)}" if self.wanted else ""
        writer.write(f"GET /events{query} HTTP/1.1\r\nHost: bench\r\n\r\n".encode())
        try:
            while chunk := await reader.read(1 << 18):
                self.heard += chunk.count(b"event: article")
                if self.timing:
                    now = time.perf_counter()
                    for number in _TITLE.findall(chunk):
                        self.times.setdefault(int(number), now)
        finally:
            writer.close()


@dataclass(frozen=True)
class Measured:
    """One server under both loads."""

    name: str
    delivered: int
    expected: int
    cpu: float
    """Seconds of CPU time for the flood."""
    wall: float
    idle: float
    """MB before the first client."""
    full: float
    """MB at the end."""
    latencies: tuple[float, ...]
    cpu_paced: float
    """Share of a core at the pace."""


@dataclass
class House:
    """What both servers stand on."""

    redis: Redis
    archive: Archive

    async def store(self, numbers: range) -> None:
        """Do what the store does, and tell the peer's channel."""
        events = [article(number) for number in numbers]
        for event, stored in zip(events, await self.archive.save(events), strict=True):
            fields: Any = encode(stored, new_trace())
            await self.redis.xadd(key(STORED.name), fields)
            await self.redis.publish(CHANNEL, card(event, stored))


def card(event: Any, stored: Any) -> str:
    from steppewire.archive.promise import Record
    from steppewire_api.app import described

    return described(
        Record(
            article=event.article,
            enrichment=event.enrichment,
            fetch=event.fetch,
            extraction=event.extraction,
            version=stored.version,
            first_stored_at=stored.stored_at,
            stored_at=stored.stored_at,
        )
    )


def article(number: int) -> Any:
    """Return an article of 250 words, four of which somebody may look for."""
    text = " ".join(f"{WORDS[(number + n * n) % len(WORDS)]}{n % 7}" for n in range(246))
    text += " " + " ".join(WORDS[(number + n) % len(WORDS)] for n in range(4))
    return story(number, title=str(number), text=text, entities=(entity("Асқар"),))


PEER = """
import asyncio, sys
import redis.asyncio as redis
import uvicorn
from fastapi import FastAPI
from sse_starlette import EventSourceResponse, ServerSentEvent

app = FastAPI()
url, channel, port = sys.argv[1:]

@app.get("/events")
async def events():
    async def told():
        client = redis.from_url(url, socket_connect_timeout=60, socket_timeout=60)
        async with client.pubsub() as heard:
            await heard.subscribe(channel)
            async for message in heard.listen():
                if message["type"] == "message":
                    yield ServerSentEvent(message["data"].decode(), event="article", sep="\\n")
    return EventSourceResponse(told(), sep="\\n")

uvicorn.run(app, port=int(port), log_level="warning")
"""


@asynccontextmanager
async def server(command: list[str], port: int, **settings: str) -> AsyncIterator[psutil.Process]:
    """Run a server until the block ends."""
    process = subprocess.Popen(
        command,
        env={**os.environ, **settings},
        stderr=subprocess.DEVNULL,
    )
    try:
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.close()
                break
            except OSError:
                if process.poll() is not None:
                    raise SystemExit(f"the server did not start: {' '.join(command)}") from None
                await asyncio.sleep(0.05)
        yield psutil.Process(process.pid)
    finally:
        process.kill()
        process.wait()


async def measure(
    name: str, process: psutil.Process, port: int, house: House, clients: list[Client], args: Any,
    first: int, expects: Callable[[int], int],
) -> Measured:  # fmt: skip
    """Put both loads on a server."""
    idle = process.memory_info().rss / 1e6
    listening = []
    for client in clients:  # not all at once: each of the peer's opens a connection to Redis
        listening.append(asyncio.create_task(client.listen(port)))
        await asyncio.sleep(0.01)
    await warm(house, clients, first, expects)
    cpu, began = cpu_of(process), time.perf_counter()
    before = sum(client.heard for client in clients)
    numbers = range(first + 1, first + 1 + args.articles)
    for start in range(numbers.start, numbers.stop, BATCH):
        await house.store(range(start, min(start + BATCH, numbers.stop)))
    expected = sum(map(expects, numbers))
    await until(lambda: sum(c.heard for c in clients) - before >= expected)
    wall, spent = time.perf_counter() - began, cpu_of(process) - cpu
    delivered = sum(client.heard for client in clients) - before
    latencies, share = await pace(house, process, clients, numbers.stop, args.seconds)
    full = process.memory_info().rss / 1e6
    for task in listening:
        task.cancel()
    await asyncio.gather(*listening, return_exceptions=True)
    return Measured(name, delivered, expected, spent, wall, idle, full, latencies, share)


async def warm(
    house: House, clients: list[Client], first: int, expects: Callable[[int], int]
) -> None:
    """Wait until every client is on the line: the first article is told until all have heard."""
    everybody = sum(1 for client in clients if not client.wanted)
    deadline = time.perf_counter() + 60
    while time.perf_counter() < deadline:
        await house.store(range(first, first + 1))
        await asyncio.sleep(0.5)
        if sum(1 for c in clients if c.heard and not c.wanted) >= everybody:
            break
        first -= 1
    heard = sum(1 for client in clients if client.heard)
    if heard < everybody:
        print(f"only {heard} of {everybody} clients hear anything", file=sys.stderr)
    await asyncio.sleep(1.0)


async def pace(
    house: House, process: psutil.Process, clients: list[Client], first: int, seconds: int
) -> tuple[tuple[float, ...], float]:
    """Store five articles a second; return how long each took to each client, and the CPU share."""
    for client in clients:
        client.timing = True
    stored: dict[int, float] = {}
    cpu, began = cpu_of(process), time.perf_counter()
    for number in range(first, first + PACE * seconds):
        await house.store(range(number, number + 1))
        stored[number] = time.perf_counter()
        await asyncio.sleep(max(0, began + (number - first + 1) / PACE - time.perf_counter()))
    share = (cpu_of(process) - cpu) / (time.perf_counter() - began)
    await asyncio.sleep(1.0)
    found = [max(0.0, at - stored[n]) for c in clients for n, at in c.times.items() if n in stored]
    return tuple(sorted(found)), share


def cpu_of(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


async def until(holds: Callable[[], bool], seconds: float = 120) -> None:
    deadline = time.perf_counter() + seconds
    while not holds() and time.perf_counter() < deadline:
        await asyncio.sleep(0.02)


HEAD = (
    "server", "delivered", "of", "per CPU-s", "per s", "p50 ms", "p99 ms", "CPU at pace",
    "MB idle", "MB full", "KB a client",
)  # fmt: skip


def shown(row: Measured, clients: int) -> str:
    """Return a server's line of the table."""
    p50 = 1000 * statistics.median(row.latencies) if row.latencies else float("nan")
    p99 = 1000 * row.latencies[int(0.99 * len(row.latencies))] if row.latencies else p50
    cells = (
        row.name, f"{row.delivered:,}", f"{row.expected:,}",
        f"{row.delivered / row.cpu:,.0f}", f"{row.delivered / row.wall:,.0f}",
        f"{p50:.0f}", f"{p99:.0f}", f"{row.cpu_paced:.0%}",
        f"{row.idle:.0f}", f"{row.full:.0f}", f"{1000 * (row.full - row.idle) / clients:.0f}",
    )  # fmt: skip
    return "| " + " | ".join(cells) + " |"


async def main(args: Any) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, 4 * args.clients)), hard))
    rows: list[Measured] = []
    with tempfile.TemporaryDirectory() as folder, Valkey(Path(folder) / "valkey") as broker:
        database = f"sqlite:///{folder}/archive.sqlite3"
        await migrate(database)
        redis = Redis.from_url(broker.url)
        async with open_archive(database) as archive:
            house = House(redis, archive)
            print(f"{args.clients} clients on one process\n")
            print("| " + " | ".join(HEAD) + " |\n|" + "---|" * len(HEAD))
            for run in runs(broker.url, database, args):
                first = 1 + 100_000 * (len(rows) + 1)
                rows.append(await run(house, first, args))
                print(shown(rows[-1], args.clients), flush=True)
        await redis.aclose()
    per = [row.delivered / row.cpu for row in rows]
    print(f"\nours / peer, deliveries a CPU-second: {per[0] / per[-1]:.1f}")


Run = Callable[[House, int, Any], Awaitable[Measured]]


def runs(broker: str, database: str, args: Any) -> list[Run]:
    count = args.clients
    settings = {
        "STEPPEWIRE_REDIS_URL": broker,
        "STEPPEWIRE_DATABASE": database,
        "STEPPEWIRE_API_RATE": "0",
        "STEPPEWIRE_LOG_LEVEL": "ERROR",
    }

    async def ours(house: House, first: int, args: Any) -> Measured:
        port = free_port()
        command = [sys.executable, "-m", "steppewire_api"]
        async with server(command, port, **settings, STEPPEWIRE_API_PORT=str(port)) as process:
            clients = [Client() for _ in range(count)]
            return await measure(
                "steppewire", process, port, house, clients, args, first, lambda _: count
            )

    async def picky(house: House, first: int, args: Any) -> Measured:
        port = free_port()
        command = [sys.executable, "-m", "steppewire_api"]
        async with server(command, port, **settings, STEPPEWIRE_API_PORT=str(port)) as process:
            wanted = [f"{WORDS[n % len(WORDS)]} {WORDS[n * 3 % len(WORDS)]}0" for n in range(count)]
            clients = [Client(), *(Client(one) for one in wanted[1:])]
            met = matches(wanted[1:])
            return await measure(
                "steppewire, a query each", process, port, house, clients, args, first,
                lambda number: 1 + met(number),
            )  # fmt: skip

    async def peer(house: House, first: int, args: Any) -> Measured:
        port = free_port()
        command = [sys.executable, "-c", PEER, broker, CHANNEL, str(port)]
        async with server(command, port) as process:
            clients = [Client() for _ in range(count)]
            return await measure(
                "sse-starlette + pubsub", process, port, house, clients, args, first,
                lambda _: count,
            )  # fmt: skip

    every = {"ours": ours, "query": picky, "peer": peer}
    return [run for name, run in every.items() if name in args.only]


def matches(wanted: list[str]) -> Callable[[int], int]:
    """Return how many queries an article meets, by what a search would find."""
    from steppewire.archive.matching import Content, Wish
    from steppewire.archive.promise import Record

    wishes = [Wish(text=text) for text in wanted]

    def met(number: int) -> int:
        event = article(number)
        now = event.fetch.fetched_at
        record = Record(
            article=event.article, enrichment=event.enrichment, fetch=event.fetch,
            extraction=event.extraction, version=1, first_stored_at=now, stored_at=now,
        )  # fmt: skip
        content = Content(record)
        return sum(wish.met_by(content) for wish in wishes)

    return met


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--clients", type=int, default=1000)
    parser.add_argument("--articles", type=int, default=40, help="in the flood")
    parser.add_argument("--seconds", type=int, default=5, help="at the pace")
    parser.add_argument("--only", nargs="+", default=["ours", "query", "peer"])
    asyncio.run(main(parser.parse_args()))
