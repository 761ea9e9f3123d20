"""The weather: what is killed, stopped and taken away, when, and how long the newswire needs."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import socket
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import psutil
from fleet import Berth, Fleet
from proxy import Proxy
from redis.asyncio import Redis
from redis.exceptions import RedisError

from steppewire.delivery.gate import Inlet, inlets
from steppewire.streams import Stage
from steppewire.testing.clock import Clock
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
    child: float = 3.0
    """A child process in which the parser or the enricher computes."""
    broker: float = 9.0
    broker_down: tuple[float, float] = (0.1, 2.5)
    reply: float = 0.5
    clock: float = 8.0
    clock_ahead: int = 3600
    """Farthest (s) that the broker's clock is from the right time, before or behind."""
    database: float = 9.0
    absence: float = 60.0
    """How long PostgreSQL stays away at its first stroke, and again now and then."""
    absence_every: float = 240.0
    """Seconds between the end of a long absence and the next one, at least."""


@dataclass
class Chronicle:
    """What happened."""

    strokes: Counter[str] = field(default_factory=Counter)
    takeover: list[float] = field(default_factory=list)
    """Seconds from each worker's death until the last of its work was somebody else's or done."""
    takeover_undisturbed: list[float] = field(default_factory=list)
    """Those during which nothing else was struck: neither server, nor clock, nor the last replica
    of the same stage."""
    takeover_through: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    """The others, by what struck; one may be in several."""
    reading: list[float] = field(default_factory=list)
    """Seconds from the broker's first answer until something was read."""
    committing: list[float] = field(default_factory=list)
    """Seconds from the broker's first answer until something was committed."""
    stopped: set[int] = field(default_factory=set)
    """Process ids of workers that were stopped past their lease with work in hand."""
    stopped_with: int = 0
    """Entries that they held when they were stopped."""


@dataclass
class Weather:
    """All strokes, each a loop of its own with dice of its own, so that a seed means a plan."""

    fleet: Fleet
    broker: Valkey
    redis: Redis
    proxy: Proxy
    database: Postgres | None
    clock: Clock | None
    """The broker's; None where it cannot be set."""
    climate: Climate
    seed: int
    chronicle: Chronicle = field(default_factory=Chronicle)
    _watches: set[asyncio.Task[None]] = field(default_factory=set)
    _calamities: Counter[str] = field(default_factory=Counter)
    """How often a server went away or came back, or its clock jumped."""

    async def rage(self) -> None:
        """Strike until cancelled; then leave everything running."""
        loops = [
            self.kill_workers(),
            self.freeze_workers(),
            self.kill_broker(),
            self.drop_replies(),
            self.kill_children(),
        ]
        if self.clock is not None:
            loops.append(self.set_clock(self.clock))
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
                self.chronicle.strokes[f"kill -9 {berth.service}"] += 1
                if berth.stage is not None:
                    self._watch(berth, berth.stage, pid)

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
                await self._note_stopped(berth, pid)
                await asyncio.sleep(dice.uniform(*self.climate.frozen))
            finally:
                with suppress(ProcessLookupError):  # it may have ended by itself just before
                    os.kill(pid, signal.SIGCONT)
                berth.frozen = False

    async def _note_stopped(self, berth: Berth, pid: int) -> None:
        """Take down what a worker held when it was stopped."""
        if berth.stage is None:
            return
        with suppress(RedisError, TimeoutError):  # with the broker away, it goes unnoted
            async with asyncio.timeout(0.5):
                held = [row["pending"] for _, row in await self._consumers(berth.stage, pid)]
                if sum(held):
                    self.chronicle.stopped.add(pid)
                    self.chronicle.stopped_with += sum(held)

    async def kill_children(self) -> None:
        """Kill with -9 a process in which a real parser or enricher computes, now and then."""
        dice = random.Random(f"{self.seed} children")
        while True:
            await asyncio.sleep(dice.uniform(0.5, 1.5) * self.climate.child)
            berth = self.fleet.choose(dice)
            children = computing(berth.pid) if berth is not None else []
            if berth is not None and children:
                with suppress(ProcessLookupError):
                    os.kill(dice.choice(children), signal.SIGKILL)
                    self.chronicle.strokes[f"kill -9 a child process of {berth.service}"] += 1

    def _watch(self, berth: Berth, stage: Stage, pid: int) -> None:
        task = asyncio.create_task(self._time_takeover(berth, stage, pid))
        self._watches.add(task)
        task.add_done_callback(self._watches.discard)

    async def _time_takeover(self, berth: Berth, stage: Stage, pid: int) -> None:
        """Note how long the work of a dead worker stayed its own."""
        died, before = time.monotonic(), Counter(self._calamities)
        heirs = self.fleet.heirs(berth)
        names: list[tuple[Inlet, bytes]] = []
        held = False
        while True:
            with suppress(RedisError):
                names = names or [(i, row["name"]) for i, row in await self._consumers(stage, pid)]
                if not await self._owns(names):
                    break
                held = True
            await asyncio.sleep(0.02)
        if held:
            struck = [f"the {name} was struck" for name in self._calamities - before]
            if not heirs & self.fleet.heirs(berth):
                struck.append("no replica lived through it")
            self._note_takeover(time.monotonic() - died, struck)

    def _note_takeover(self, seconds: float, struck: Sequence[str]) -> None:
        self.chronicle.takeover.append(seconds)
        if not struck:
            self.chronicle.takeover_undisturbed.append(seconds)
        for cause in struck:
            self.chronicle.takeover_through[cause].append(seconds)

    async def _consumers(self, stage: Stage, pid: int) -> list[tuple[Inlet, Any]]:
        mine = f"{socket.gethostname()}-{pid}-".encode()
        found = []
        for inlet in inlets(stage, 1):
            rows: Any = await self.redis.xinfo_consumers(inlet.stream, stage.group)
            found += [(inlet, row) for row in rows if row["name"].startswith(mine)]
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
            self._calamities["broker"] += 1
            await asyncio.to_thread(self.broker.kill)
            self.chronicle.strokes["kill -9 broker"] += 1
            await asyncio.sleep(dice.uniform(*self.climate.broker_down))
            await asyncio.to_thread(self.broker.start)
            self._calamities["broker"] += 1
            await self._time_consuming()

    async def _time_consuming(self) -> None:
        answered = time.monotonic()
        # a figure that does not come is missing from the count; it is no verdict
        with suppress(TimeoutError):
            async with asyncio.timeout(30):
                await self._note_consuming(answered)

    async def _note_consuming(self, answered: float) -> None:
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
        """Crash PostgreSQL; start it again, the first time and now and then only after long."""
        dice = random.Random(f"{self.seed} database")
        absent_at = -self.climate.absence_every
        while True:
            await asyncio.sleep(dice.uniform(0.5, 1.5) * self.climate.database)
            long = time.monotonic() - absent_at >= self.climate.absence_every
            self._calamities["database"] += 1
            await asyncio.to_thread(database.stop)
            if long:
                await asyncio.sleep(self.climate.absence)
                absent_at = time.monotonic()
            await asyncio.to_thread(database.start)
            self._calamities["database"] += 1
            how = f"away {self.climate.absence:g} s" if long else "crashed and restarted"
            self.chronicle.strokes[f"PostgreSQL {how}"] += 1

    async def set_clock(self, clock: Clock) -> None:
        """Let the broker's clock jump, ahead or back, by up to an hour, while it runs."""
        dice = random.Random(f"{self.seed} clock")
        while True:
            await asyncio.sleep(dice.uniform(0.5, 1.5) * self.climate.clock)
            before, farthest = clock.offset, self.climate.clock_ahead
            clock.set(dice.randint(-farthest, farthest))
            self._calamities["clock"] += 1
            way = "ahead" if clock.offset > before else "back"
            self.chronicle.strokes[f"broker's clock jumps {way}"] += 1

    async def drop_replies(self) -> None:
        """Let the proxy swallow a reply now and then."""
        dice = random.Random(f"{self.seed} replies")
        while True:
            await asyncio.sleep(dice.uniform(0.5, 1.5) * self.climate.reply)
            self.proxy.due = 1


def computing(pid: int) -> list[int]:
    """Return the child processes in which a worker computes."""
    with suppress(psutil.Error):
        children = psutil.Process(pid).children()
        return [child.pid for child in children if "spawn_main" in " ".join(child.cmdline())]
    return []
