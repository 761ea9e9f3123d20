"""One stage at work: entries in, settlements out. It never loses an entry and never acknowledges
one outside the gate."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from steppewire import logs
from steppewire.delivery.gate import Gate, Inlet, inlets
from steppewire.delivery.metrics import Pulse
from steppewire.delivery.policy import Entry, Limits, Outcome, Settlement, bury_crashed, decide
from steppewire.delivery.tracing import Tracing
from steppewire.delivery.work import Work
from steppewire.errors import WireError
from steppewire.streams import Stage
from steppewire.tasks import end
from steppewire.wire import decode

log = logs.get(__name__)
_REST = 0.5
"""Seconds of rest after a commit that failed."""
RawEntry = tuple[bytes, Mapping[bytes, bytes]]


class Worker:
    """Runs one stage in all partitions under one consumer name."""

    def __init__(
        self,
        gate: Gate,
        stage: Stage,
        work: Work,
        *,
        partitions: int,
        consumer: str,
        limits: Limits,
    ) -> None:
        self.gate, self.stage, self.work = gate, stage, work
        self.consumer, self.limits = consumer, limits
        self.inlets = inlets(stage, partitions)
        self.open = asyncio.Event()
        """Cleared while the next stage, or the broker's memory, is too full."""
        self.open.set()
        self.closing = False
        self.pulse = Pulse()
        self.tracing: Tracing | None = None
        self.held: dict[Inlet, set[bytes]] = {inlet: set() for inlet in self.inlets}
        self._slots = asyncio.Semaphore(work.concurrency)
        self._alone = asyncio.Lock()
        self._running: set[asyncio.Task[None]] = set()

    @property
    def room(self) -> int:
        """How many entries to read at a time: enough to keep every slot busy, no more."""
        return self.work.size * self.work.concurrency

    async def take(self, inlet: Inlet, raw: Sequence[RawEntry]) -> None:
        """Accept freshly read entries; returns once all of them are running and there is room."""
        await self._start_all(inlet, [Entry(id_, fields) for id_, fields in raw])
        await self.open.wait()

    async def take_over(self, inlet: Inlet, lease: float) -> int:
        """Claim what a dead worker left and run it; return how many entries were claimed."""
        entries = await self.gate.claim(inlet, self.consumer, lease=lease, most=self.room)
        if not entries:
            return 0
        self.pulse.claimed += len(entries)
        log.info("took_over", stage=self.stage.group, stream=inlet.stream, entries=len(entries))
        crashed = [e for e in entries if e.deliveries > self.limits.max_deliveries]
        if crashed:
            now = datetime.now(UTC)
            settlements = [bury_crashed(entry, now=now) for entry in crashed]
            self._trace(inlet, crashed, settlements, await self._commit(inlet, settlements))
        rest = [e for e in entries if e.deliveries <= self.limits.max_deliveries]
        if len(rest) == 1 and rest[0].deliveries > 2:
            await self._run_suspect(inlet, rest[0])
        else:
            await self._start_all(inlet, rest)
        return len(entries)

    async def drain(self, seconds: float) -> None:
        """Give running work some time, then cancel it; what was cancelled stays pending."""
        if self._running:
            await asyncio.wait(self._running, timeout=seconds)
        await end(self._running)

    def close_intake(self) -> None:
        """Start nothing new, and let nothing wait for room."""
        self.closing = True
        self.open.set()

    async def _start_all(self, inlet: Inlet, entries: Sequence[Entry]) -> None:
        # held from the start, so that heartbeats cover entries that wait for a slot
        self.held[inlet].update(entry.id for entry in entries)
        size = self.work.size
        for start in range(0, len(entries), size):
            await self._slots.acquire()
            self._spawn(inlet, entries[start : start + size], self._slots.release)

    def _spawn(self, inlet: Inlet, entries: Sequence[Entry], done: Callable[[], None]) -> None:
        task = asyncio.create_task(self._settle(inlet, entries))
        self._running.add(task)

        def finished(task: asyncio.Task[None]) -> None:
            self._running.discard(task)
            done()

        task.add_done_callback(finished)

    async def _run_suspect(self, inlet: Inlet, entry: Entry) -> None:
        """Run an entry that has gone down with its worker before, with nothing beside it."""
        async with self._alone:
            self.held[inlet].add(entry.id)
            for _ in range(self.work.concurrency):
                await self._slots.acquire()
            try:
                await self._settle(inlet, [entry])
            finally:
                for _ in range(self.work.concurrency):
                    self._slots.release()

    async def _settle(self, inlet: Inlet, entries: Sequence[Entry]) -> None:
        """Decode, run, decide, commit: the life of a batch."""
        started = time.monotonic()
        try:
            if self.closing:
                return  # still pending: it is handed back
            self.pulse.began([entry.id for entry in entries])
            settlements = await self._judge(entries)
            results = await self._commit(inlet, settlements)
            self._trace(inlet, entries, settlements, results, time.monotonic() - started)
        except asyncio.CancelledError:
            raise
        except Exception as error:  # a broker that is gone: the entries stay pending
            self.pulse.commit_errors += 1
            log.warning("commit_failed", stage=self.stage.group, error=str(error))
            # the slot stays taken meanwhile, so that a broker that refuses everything is not made
            # to hand out its whole backlog
            await asyncio.sleep(_REST)
        finally:
            self.held[inlet].difference_update(entry.id for entry in entries)
            self.pulse.busy_seconds += time.monotonic() - started

    async def _judge(self, entries: Sequence[Entry]) -> list[Settlement]:
        events = [self._decode(entry) for entry in entries]
        good = [event for event in events if not isinstance(event, WireError)]
        started = time.monotonic()
        outcomes = iter(await self.work.run(good) if good else [])
        self.pulse.run.observe(time.monotonic() - started)
        now = datetime.now(UTC)
        return [
            self._decide(
                entry, event, event if isinstance(event, WireError) else next(outcomes), now
            )
            for entry, event in zip(entries, events, strict=True)
        ]

    def _decode(self, entry: Entry) -> Any:
        try:
            return decode(entry.fields, self.stage.reads.event)
        except WireError as error:
            return error

    def _decide(self, entry: Entry, event: Any, outcome: Outcome, now: datetime) -> Settlement:
        origin = "?" if isinstance(event, WireError) else event.origin
        settlement = decide(
            entry,
            outcome,
            origin=origin,
            now=now,
            limits=self.limits,
            jitter=random.random(),  # noqa: S311 (spreading, not secrecy)
        )
        if settlement.action != "done":
            _report(self.stage.group, settlement, outcome)
        return settlement

    def _trace(
        self,
        inlet: Inlet,
        entries: Sequence[Entry],
        settlements: Sequence[Settlement],
        results: Sequence[int],
        seconds: float = 0.0,
    ) -> None:
        if self.tracing is not None:
            ended = list(zip(entries, settlements, results, strict=True))
            began = time.time_ns() - int(seconds * 1e9)
            self.tracing.settled(inlet, self.consumer, ended, began)

    async def _commit(self, inlet: Inlet, settlements: Sequence[Settlement]) -> list[int]:
        started = time.monotonic()
        results = await self.gate.commit(inlet, self.consumer, settlements)
        done = Counter(
            settlement.action
            for settlement, result in zip(settlements, results, strict=True)
            if result == 1
        )
        self.pulse.settled += done.total()
        self.pulse.retried += done["retry"]
        self.pulse.dead += done["dead"]
        self.pulse.overtaken += len(results) - done.total()
        if refused := results.count(0):
            # another worker has them, or an answer was lost and the gate had heard us before
            log.warning("overtaken", stage=self.stage.group, entries=refused)
        self.pulse.progressed_at = time.monotonic()
        self.pulse.commit.observe(self.pulse.progressed_at - started)
        return results


def _report(stage: str, settlement: Settlement, outcome: Outcome) -> None:
    if settlement.action == "dead":
        log.warning("dead_letter", stage=stage, tally=settlement.tally, error=_line(outcome))
    elif settlement.action == "retry":
        log.info(
            "retry",
            stage=stage,
            tally=settlement.tally,
            after=round(settlement.delay, 2),
            error=_line(outcome),
        )


def _line(outcome: Outcome) -> str:
    if not isinstance(outcome, BaseException):
        return ""
    return f"{type(outcome).__name__}: {outcome}"[:300]
