"""The weather: what is killed, stopped and taken away, when, and how long the newswire needs."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import socket
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from fleet import Berth, Fleet
from proxy import Proxy
from redis.asyncio import Redis
from redis.exceptions import RedisError

from steppewire.delivery.gate import Inlet, inlets
from steppewire.testing.postgres import Postgres
from steppewire.valkey import Valkey

LEASE = 1.0
"""Seconds: the short lease of the storm."""


@dataclass(frozen=True)
class Climate:
    """Mean seconds between two strokes of each kind, and how long they last."""

    worker: float = 0.35
    freeze: float = 4.0
    frozen: tuple[float, float] = (1.5 * LEASE, 4 * LEASE)
    broker: float = 9.0
    broker_down: tuple[float, float] = (0.1, 2.5)
    reply: float = 0.5
    database: float = 9.0
    absence: float = 10.0
    """How long PostgreSQL stays away every third time."""


@dataclass
class Chronicle:
    """What happened."""

    strokes: Counter[str] = field(default_factory=Counter)
    takeover: list[float] = field(default_factory=list)
    """Seconds from each worker's death until the last of its work was somebody else's or done."""
    takeover_undisturbed: list[float] = field(default_factory=list)
    """Those through which the servers and at least one replica of the same stage lived."""
    reading: list[float] = field(default_factory=list)
    """Seconds from the broker's first answer until something was read."""
    committing: list[float] = field(default_factory=list)
    """Seconds from the broker's first answer until something was committed."""


@dataclass
class Weather:
    """All strokes, each a loop of its own with dice of its own, so that a seed means a plan."""

    fleet: Fleet
    broker: Valkey
    redis: Redis
    proxy: Proxy
    database: Postgres | None
    climate: Climate
    seed: int
    chronicle: Chronicle = field(default_factory=Chronicle)
    _watches: set[asyncio.Task[None]] = field(default_factory=set)
    _calamities: int = 0
    """How often a server went away, or came back."""

    async def rage(self) -> None:
        """Strike until cancelled; then leave everything running."""
        loops = [
            self.kill_workers(),
            self.freeze_workers(),
            self.kill_broker(),
            self.drop_replies(),
        ]
        if self.database is not None:
            loops.append(self.stop_database(self.database))
        tasks = [asyncio.create_task(loop) for loop in loops]
        try:
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self._restore()
            await asyncio.gather(*self._watches)

    async def _restore(self) -> None:
        self.proxy.due = 0
        if self.broker.pid is None:
            await asyncio.to_thread(self.broker.start)
        if self.database is not None and not self.database.running:
            await asyncio.to_thread(self.database.start)

    # ── workers ──────────────────────────────────────────────────────────────────────────────

    async def kill_workers(self) -> None:
        """Kill one with -9 after the other."""
        dice = random.Random(f"{self.seed} workers")
        while True:
            await asyncio.sleep(dice.uniform(0.5, 1.5) * self.climate.worker)
            berth = self.fleet.choose(dice)
            if berth is not None:
                pid = berth.pid
                os.kill(pid, signal.SIGKILL)
                self.chronicle.strokes[f"kill -9 {berth.stage.group}"] += 1
                self._watch(berth, pid)

    async def freeze_workers(self) -> None:
        """Stop one for longer than its lease, then let it go on as if nothing had happened."""
        dice = random.Random(f"{self.seed} freeze")
        while True:
            await asyncio.sleep(dice.uniform(0.5, 1.5) * self.climate.freeze)
            berth = self.fleet.choose(dice)
            if berth is None:
                continue
            pid, berth.frozen = berth.pid, True
            os.kill(pid, signal.SIGSTOP)
            self.chronicle.strokes["SIGSTOP past the lease, SIGCONT"] += 1
            try:
                await asyncio.sleep(dice.uniform(*self.climate.frozen))
            finally:
                with suppress(ProcessLookupError):  # it may have ended by itself just before
                    os.kill(pid, signal.SIGCONT)
                berth.frozen = False

    def _watch(self, berth: Berth, pid: int) -> None:
        task = asyncio.create_task(self._time_takeover(berth, pid))
        self._watches.add(task)
        task.add_done_callback(self._watches.discard)

    async def _time_takeover(self, berth: Berth, pid: int) -> None:
        """Note how long the work of a dead worker stayed its own."""
        died, calamities = time.monotonic(), self._calamities
        heirs = self.fleet.heirs(berth)
        names: list[tuple[Inlet, bytes]] = []
        held = False
        while True:
            with suppress(RedisError):
                names = names or await self._consumers(berth, pid)
                if not await self._owns(names):
                    break
                held = True
            await asyncio.sleep(0.02)
        if held:
            seconds = time.monotonic() - died
            undisturbed = calamities == self._calamities and heirs & self.fleet.heirs(berth)
            self.chronicle.takeover.append(seconds)
            if undisturbed:
                self.chronicle.takeover_undisturbed.append(seconds)

    async def _consumers(self, berth: Berth, pid: int) -> list[tuple[Inlet, bytes]]:
        mine = f"{socket.gethostname()}-{pid}-".encode()
        found = []
        for inlet in inlets(berth.stage, 1):
            rows: Any = await self.redis.xinfo_consumers(inlet.stream, inlet.stage.group)
            found += [(inlet, row["name"]) for row in rows if row["name"].startswith(mine)]
        return found

    async def _owns(self, names: Sequence[tuple[Inlet, bytes]]) -> bool:
        for inlet, name in names:
            if await self.redis.xpending_range(
                inlet.stream, inlet.stage.group, "-", "+", 1, consumername=name
            ):
                return True
        return False

    # ── servers ──────────────────────────────────────────────────────────────────────────────

    async def kill_broker(self) -> None:
        """Kill the broker with -9; start it again after a while."""
        dice = random.Random(f"{self.seed} broker")
        while True:
            await asyncio.sleep(dice.uniform(0.5, 1.5) * self.climate.broker)
            self._calamities += 1
            await asyncio.to_thread(self.broker.kill)
            self.chronicle.strokes["kill -9 broker"] += 1
            await asyncio.sleep(dice.uniform(*self.climate.broker_down))
            await asyncio.to_thread(self.broker.start)
            self._calamities += 1
            await self._time_consuming()

    async def _time_consuming(self) -> None:
        answered = time.monotonic()
        async with asyncio.timeout(30):
            await self._called("xreadgroup")
            self.chronicle.reading.append(time.monotonic() - answered)
            await self._called("xack")
            if self.database is None or self.database.running:  # else there is nothing to commit
                self.chronicle.committing.append(time.monotonic() - answered)

    async def _called(self, command: str) -> None:
        """Wait until a command has succeeded since the broker's start, in a script or without."""
        while True:
            stats: Any = await self.redis.info("commandstats")
            counts = stats.get(f"cmdstat_{command}", {})
            if counts.get("calls", 0) > counts.get("failed_calls", 0):
                return
            await asyncio.sleep(0.005)

    async def stop_database(self, database: Postgres) -> None:
        """Crash PostgreSQL; start it again, every third time only after a long absence."""
        dice = random.Random(f"{self.seed} database")
        times = 0
        while True:
            await asyncio.sleep(dice.uniform(0.5, 1.5) * self.climate.database)
            times += 1
            self._calamities += 1
            await asyncio.to_thread(database.stop)
            if times % 3 == 0:
                self.chronicle.strokes[f"PostgreSQL away {self.climate.absence:g} s"] += 1
                await asyncio.sleep(self.climate.absence)
            else:
                self.chronicle.strokes["PostgreSQL crashed and restarted"] += 1
            await asyncio.to_thread(database.start)
            self._calamities += 1

    async def drop_replies(self) -> None:
        """Let the proxy swallow a reply now and then."""
        dice = random.Random(f"{self.seed} replies")
        while True:
            await asyncio.sleep(dice.uniform(0.5, 1.5) * self.climate.reply)
            self.proxy.due = 1
