"""The storm: articles through all stages while everything they need is killed, again and again.

    python benchmarks/storm [--messages 20000] [--seed 1] [--store sqlite|postgresql|both]
                            [--json FILE] [--pace 350] [--absence 10]

Real: the broker (Valkey, append-only file synced every second, killed with -9), the delivery layer,
the store service and its database (SQLite in WAL mode; PostgreSQL with fsync), all in processes of
their own, three for each stage. Made up: fetch, parse and enrich make events of real shape but
compute next to nothing, so that 20,000 messages pass in time. The seed fixes the plan of the
strokes; what they hit is up to the operating system.

The lease is 1 s. MAX_DELIVERIES is 1000, not 10: these messages are innocent, and with a death
every 350 ms an innocent one may go down with its worker many times.

Afterwards every message must be once in articles.stored, once in the database (one article, one
version, one answer), and once in each stage's tally. Last line: `lost N repeated N`; the exit
status is not 0 when anything is lost, repeated or counted wrongly.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import fleet
import ledger
import stages
from proxy import Proxy
from redis.asyncio import Redis
from weather import LEASE, Climate, Weather

from steppewire.broker import connect
from steppewire.delivery.entrance import Entrance, Offer
from steppewire.delivery.gate import Gate
from steppewire.streams import STAGES, STORED, key
from steppewire.testing.postgres import Postgres, running_postgres
from steppewire.testing.service import prepare, unsettled
from steppewire.valkey import Valkey
from steppewire_store.migrate import migrate

REPLICAS = 3
_CHUNK = 50
_STILL = 60.0
"""Seconds without any progress, in calm weather, after which what is missing counts as lost."""


async def storm(given: argparse.Namespace, kind: str, folder: Path) -> dict[str, Any]:
    """Run one storm over one database; return its figures."""
    with database(kind, folder) as (url, server), Valkey(folder / "broker") as broker:
        await migrate(url)
        socket = Path(broker.url.removeprefix("unix://"))
        redis = connect(broker.url)
        await prepare(redis)
        async with Proxy(folder / "proxy.sock", socket) as proxy:
            ships = fleet.build(
                REPLICAS, [settings(broker.url, url), settings(proxy.url, url)], folder
            )
            weather = Weather(
                fleet=ships,
                broker=broker,
                redis=redis,
                proxy=proxy,
                database=server,
                climate=Climate(absence=given.absence),
                seed=given.seed,
            )
            began = time.monotonic()
            again = await voyage(given, redis, weather)
            seconds = time.monotonic() - began
            await asyncio.to_thread(ships.stop)
        result = await ledger.reckon(redis, url, given.messages)
        await redis.aclose()
        return figures(kind, given, weather, result, seconds, again)


async def voyage(given: argparse.Namespace, redis: Redis, weather: Weather) -> int:
    """Send all messages through the storm, then through calm; return how many entered late.

    Every link is offered a second time at the end, as a feed offers it again. What enters then had
    been forgotten by the broker with the last moments before its death.
    """
    entrance = Entrance(Gate(redis), max_lag=2000)
    crew = asyncio.create_task(weather.fleet.keep())
    try:
        rage = asyncio.create_task(weather.rage())
        await feed(entrance, given.messages, given.pace)
        await rough_end(redis, given.messages, rage)
        await calm(redis)
        again = await feed(entrance, given.messages, 0)
        await calm(redis)
    finally:
        crew.cancel()
    return again


async def feed(entrance: Entrance, messages: int, pace: float) -> int:
    """Offer every link, `pace` a second and while there is room; return how many were new."""
    began, new = time.monotonic(), 0
    for start in range(0, messages, _CHUNK):
        if start % 500 == 0:
            progress(f"offered {start} of {messages}")
            await entrance.wait_for_room()
        numbers = range(start, min(start + _CHUNK, messages))
        new += sum(await entrance.offer([Offer(stages.discovered(n)) for n in numbers]))
        if pace:
            await asyncio.sleep(max(0.0, began + numbers.stop / pace - time.monotonic()))
    return new


async def rough_end(redis: Redis, messages: int, rage: asyncio.Task[None]) -> None:
    """Keep the storm on until nearly all has arrived: the last of it must end in calm."""
    last, since = -1, time.monotonic()
    while time.monotonic() - since < _STILL and not rage.done():
        arrived = await redis.xlen(key(STORED.name))
        if arrived >= messages * 0.98:
            break
        if arrived != last:
            last, since = arrived, time.monotonic()
        progress(f"arrived {arrived} of {messages}")
        await asyncio.sleep(0.2)
    rage.cancel()
    [outcome] = await asyncio.gather(rage, return_exceptions=True)
    if not isinstance(outcome, asyncio.CancelledError):
        print(f"the storm itself broke: {outcome!r}", file=sys.stderr)
        raise SystemExit(70)


async def calm(redis: Redis) -> None:
    """Wait until nothing is on its way, or nothing has moved for a long time."""
    last, since = -1, time.monotonic()
    while time.monotonic() - since < _STILL:
        left = sum([await unsettled(redis, stage) for stage in STAGES])
        if left == 0:
            return
        if left != last:
            last, since = left, time.monotonic()
        progress(f"{left} on their way")
        await asyncio.sleep(0.1)


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
    }
    return {f"STEPPEWIRE_{name.upper()}": str(value) for name, value in values.items()}


def figures(
    kind: str,
    given: argparse.Namespace,
    weather: Weather,
    result: ledger.Reckoning,
    seconds: float,
    again: int,
) -> dict[str, Any]:
    """Return everything worth telling, ready for JSON."""
    chronicle = weather.chronicle
    return {
        "store": kind,
        "seed": given.seed,
        "messages": result.messages,
        "seconds": round(seconds, 1),
        "strokes": {
            **dict(sorted(chronicle.strokes.items())),
            "replies of executed commits dropped": weather.proxy.dropped,
        },
        "found": result.found,
        "lost": len(result.lost),
        "repeated": result.repeated.total(),
        "strangers": result.strangers,
        "miscounted": result.miscounted,
        "dead_letters": result.dead_letters,
        "waited_for_the_database": result.waits,
        "entered_at_the_second_offer": again,
        "workers_that_ended_by_themselves": weather.fleet.exits,
        "takeover_s": spread(chronicle.takeover),
        "takeover_undisturbed_s": spread(chronicle.takeover_undisturbed),
        "reading_after_broker_answers_s": spread(chronicle.reading),
        "committing_after_broker_answers_s": spread(chronicle.committing),
        "clean": result.clean,
    }


def spread(values: Sequence[float]) -> dict[str, float]:
    """Return count, median, 99th percentile and maximum."""
    if not values:
        return {"count": 0}
    cuts = statistics.quantiles(values, n=100, method="inclusive") if len(values) > 1 else values
    return {
        "count": len(values),
        "p50": round(statistics.median(values), 3),
        "p99": round(cuts[-1], 3),
        "max": round(max(values), 3),
    }


def show(told: dict[str, Any]) -> None:
    """Print the figures of one storm."""
    print(f"\n{told['store']}, seed {told['seed']}: {told['messages']:,} messages "
          f"in {told['seconds']} s")  # fmt: skip
    for name, value in told.items():
        if name in ("store", "seed", "messages", "seconds"):
            continue
        print(f"  {name.replace('_', ' '):34} {_words(value)}")


def _words(value: Any) -> str:
    if not isinstance(value, dict):
        return str(value)
    return ", ".join(f"{name}: {number}" for name, number in value.items()) or "none"


def progress(text: str) -> None:
    """Tell how far it is, on a terminal only."""
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)


def main() -> int:
    """Run the storms that were asked for; return the exit status."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--messages", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--store", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--json", type=Path, help="write the figures here, too")
    parser.add_argument("--pace", type=float, default=350, help="messages a second; 0: no limit")
    parser.add_argument("--absence", type=float, default=10, help="seconds PostgreSQL stays away")
    given = parser.parse_args()
    kinds = ("sqlite", "postgresql") if given.store == "both" else (given.store,)
    results = []
    for kind in kinds:
        with tempfile.TemporaryDirectory(prefix="storm-", ignore_cleanup_errors=True) as folder:
            results.append(asyncio.run(storm(given, kind, Path(folder))))
        show(results[-1])
    if given.json:
        given.json.write_text(json.dumps(results, indent=2, ensure_ascii=False) + "\n", "utf-8")
    lost, repeated = (sum(told[name] for told in results) for name in ("lost", "repeated"))
    print(f"\nlost {lost} repeated {repeated}")
    return 0 if all(told["clean"] for told in results) else 1


if __name__ == "__main__":
    sys.exit(main())
