"""A voyage: one storm from the first message to the reckoning, with servers of its own."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import figures
import fleet
import ledger
from light import Light
from plan import Storm
from proxy import Proxy
from real import real_crew
from redis.asyncio import Redis
from redis.exceptions import ResponseError
from weather import LEASE, Climate, Weather

from steppewire.delivery.gate import inlets
from steppewire.servers import connect
from steppewire.streams import STAGES, STORED, Stage, delayed_name, key
from steppewire.testing.clock import Clock, NoClock
from steppewire.testing.postgres import Postgres, running_postgres
from steppewire.testing.service import prepare, unsettled
from steppewire.valkey import Valkey
from steppewire_store.migrate import migrate

Tell = Callable[[str], None]

# a real worker needs seconds of CPU until it is at work, and most shall get that far
CLIMATES = {"light": Climate, "real": partial(Climate, worker=1.5)}
_NEARLY = 0.98
"""Share of the messages after whose arrival it grows calm: the last of them must end in calm."""
_STILL = 120.0
"""Seconds without any progress, beside an absence, after which what is missing counts as lost."""
_PATIENT = 60.0
"""Seconds that a killed broker may need to read its file again."""


class Crew(Protocol):
    """Who works, what is sent, and what must have become of it."""

    name: str
    services: Sequence[tuple[str, Stage | None]]
    settings: Mapping[str, str]

    @property
    def roll(self) -> ledger.Roll:
        """What was sent so far."""

    async def send(self, redis: Redis, tell: Tell) -> None:
        """Send everything, in the storm."""

    async def send_again(self, redis: Redis) -> int:
        """Send everything once more, in calm; return how many were let in."""

    async def untrue(self) -> list[str]:
        """Return the articles that do not say what they should."""


async def sail(storm: Storm, folder: Path, tell: Tell) -> figures.Told:
    """Run one storm; return its figures."""
    clock, why = _clock(folder)
    with (
        database(storm.store, folder) as (url, server),
        Valkey(
            folder / "broker",
            environment=clock.environment if clock else None,
            patience=_PATIENT,
        ) as broker,
    ):
        await migrate(url)
        redis = connect(broker.url)
        await prepare(redis)
        async with (
            Proxy(folder / "proxy.sock", Path(broker.url.removeprefix("unix://"))) as proxy,
            crew_of(storm, folder) as crew,
        ):
            each = [{**settings(at, url), **crew.settings} for at in (broker.url, proxy.url)]
            weather = Weather(
                fleet=fleet.build(crew.name, crew.services, each, folder),
                broker=broker,
                redis=redis,
                proxy=proxy,
                database=server,
                clock=clock,
                climate=CLIMATES[storm.crew](absence=storm.absence),
                seed=storm.seed,
            )
            began = time.monotonic()
            again, reckoning = await voyage(crew, redis, url, weather, tell)
            seconds = time.monotonic() - began
        await redis.aclose()
        return figures.tell(
            storm,
            weather.chronicle,
            reckoning,
            seconds=seconds,
            again=again,
            dropped=proxy.dropped,
            exits=weather.fleet.exits,
            refused=refused(folder),
            clock=why,
        )


def _clock(folder: Path) -> tuple[Clock | None, str]:
    """Return the broker's clock, and what is to be said about it."""
    try:
        return Clock(folder), "the broker's jumps"
    except NoClock as reason:
        if os.environ.get("CI", "").lower() in ("1", "true"):
            raise
        return None, f"the broker's was left alone: {reason}"


@asynccontextmanager
async def crew_of(storm: Storm, folder: Path) -> AsyncIterator[Crew]:
    """Give the crew of a storm."""
    if storm.crew == "light":
        yield Light(storm)
        return
    async with real_crew(storm, folder) as crew:
        yield crew


async def voyage(
    crew: Crew, redis: Redis, database: str, weather: Weather, tell: Tell
) -> tuple[int, ledger.Reckoning]:
    """Send all messages through the storm, then through calm; reckon."""
    workers = asyncio.create_task(weather.fleet.keep())
    try:
        rage = asyncio.create_task(weather.rage())
        await crew.send(redis, tell)
        await rough_end(redis, crew.roll.size, rage, _STILL + weather.climate.absence, tell)
        await calm(redis, tell)
        again = await crew.send_again(redis)
        await calm(redis, tell)
        untrue = await crew.untrue()
    finally:
        workers.cancel()
    tell("reckoning")
    await asyncio.to_thread(weather.fleet.stop)
    reckoning = await ledger.reckon(redis, database, crew.roll)
    reckoning.untrue = untrue
    return again, reckoning


async def rough_end(
    redis: Redis, messages: int, rage: asyncio.Task[None], patience: float, tell: Tell
) -> None:
    """Keep the storm on until nearly all has arrived."""
    last, since = -1, time.monotonic()
    while time.monotonic() - since < patience and not rage.done():
        arrived = await redis.xlen(key(STORED.name))
        if arrived >= messages * _NEARLY:
            break
        if arrived != last:
            last, since = arrived, time.monotonic()
        tell(f"arrived {arrived} of {messages}")
        await asyncio.sleep(0.2)
    rage.cancel()
    [outcome] = await asyncio.gather(rage, return_exceptions=True)
    if not isinstance(outcome, asyncio.CancelledError):
        print(f"the storm itself broke: {outcome!r}", file=sys.stderr)
        raise SystemExit(70)


async def calm(redis: Redis, tell: Tell) -> None:
    """Wait until nothing is on its way, or nothing has moved for a long time."""
    last, since = -1, time.monotonic()
    while time.monotonic() - since < _STILL:
        left = sum([await unsettled(redis, stage) for stage in STAGES])
        if left == 0:
            return
        if left != last:
            last, since = left, time.monotonic()
        tell(f"calm: {left} on their way")
        await asyncio.sleep(0.1)
    print(f"stuck: {json.dumps(await whereabouts(redis), default=str)}", file=sys.stderr)


async def whereabouts(redis: Redis) -> dict[str, Any]:
    """Return what of each stage's messages has not ended, for whoever hunts a loss."""
    found: dict[str, Any] = {"now": await redis.time()}
    for stage in STAGES:
        for inlet in inlets(stage, 1):
            with suppress(ResponseError):  # no retry stream yet
                args = (inlet.stream, stage.group)
                pending = await redis.xpending_range(*args, "-", "+", 5)
                backlog = await redis.xinfo_groups(inlet.stream)
                found[inlet.stream] = {"pending": pending, "groups": backlog} if pending else {}
        delayed = await redis.zrange(key(delayed_name(stage)), 0, 4, withscores=True)
        found[f"{stage.group} delayed until"] = [score for _, score in delayed]
    return found


@contextmanager
def database(kind: str, folder: Path) -> Iterator[tuple[str, Postgres | None]]:
    """Give the address of an empty database, and its server when it has one."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'archive.sqlite3'}", None
        return
    with running_postgres(durable=True) as server:
        yield server.url(), server


def settings(broker: str, database: str) -> dict[str, str]:
    """Return a worker's environment."""
    values = {
        "redis_url": broker,
        "database": database,
        "lease": LEASE,
        "max_deliveries": 1000,
        "drain": 3,
        # articles.stored has no reader of ours, so nothing is trimmed there; the rest is
        "retain": 0,
        "log_level": "WARNING",
        "log_format": "json",
    }
    return {f"STEPPEWIRE_{name.upper()}": str(value) for name, value in values.items()}


def refused(folder: Path) -> Mapping[int, int]:
    """Return process id -> entries whose commit the gate refused, as the workers' logs tell."""
    counts: Counter[int] = Counter()
    for path in folder.glob("*.log"):
        with path.open(encoding="utf-8", errors="replace") as log:
            for line in log:
                if '"overtaken"' in line and line.startswith("{"):
                    told = json.loads(line)
                    counts[told["pid"]] += told["entries"]
    return counts
