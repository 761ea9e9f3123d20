"""What a service does between its start and its end: its stages, its upkeep, its health."""

from __future__ import annotations

import asyncio
import os
import secrets
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import Any, Generic, TypeVar

from redis.exceptions import RedisError, ResponseError
from starlette.routing import Route

from steppewire import logs
from steppewire.broker.greeting import explained, greet
from steppewire.broker.reader import REFUSED, Reader
from steppewire.delivery import lease, upkeep
from steppewire.delivery.entrance import Entrance
from steppewire.delivery.gate import Gate
from steppewire.delivery.health import Condition, HealthServer
from steppewire.delivery.partitions import agree
from steppewire.delivery.policy import Limits
from steppewire.delivery.tracing import open_tracing
from steppewire.delivery.upkeep import GroupLost
from steppewire.delivery.work import Batch, Cpu, Each, Result, Work
from steppewire.delivery.worker import Worker
from steppewire.errors import SettingError
from steppewire.servers import connect, shown
from steppewire.settings import Settings
from steppewire.streams import Stage
from steppewire.tasks import end, unless

log = logs.get(__name__)
S = TypeVar("S", bound=Settings)

_HAND_BACK = 3.0
"""Seconds given to handing back at stop."""
LOST = "start it again: all work waits, and goes on by itself"
_TURN = 1.0
"""Seconds between two turns of upkeep."""


class Service(Generic[S]):
    """One service: its stages, its connection, its health."""

    def __init__(self, name: str, settings: S) -> None:
        self.name, self.settings = name, settings
        # unique for each process: two workers never share a consumer name
        self.consumer = f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(3)}"
        self._url = settings.redis_url.get_secret_value()
        self.redis = connect(self._url)
        self.gate = Gate(self.redis)
        self.entrance = Entrance(
            self.gate,
            partitions=settings.partitions,
            max_lag=settings.max_lag,
            max_share=settings.max_memory_share,
        )
        self.tracing = open_tracing(
            settings.trace_url, settings.trace_sample, service=name, instance=self.consumer
        )
        self.entrance.tracing = self.tracing
        self.condition = Condition(service=name)
        self.routes: list[Route] = []
        """What the health server answers beside health."""
        self._limits = Limits(
            max_attempts=settings.max_attempts,
            max_deliveries=settings.max_deliveries,
            backoff_base=settings.retry_base,
            outage=settings.outage,
        )
        self._loops: list[tuple[str, Callable[[], Awaitable[None]]]] = []
        self._stop = asyncio.Event()

    @property
    def workers(self) -> list[Worker]:
        """One for each stage of this service."""
        return self.condition.workers

    def each(
        self,
        stage: Stage,
        function: Callable[[Any], Awaitable[Result]],
        *,
        concurrency: int = 16,
        time_limit: float = 120.0,
    ) -> None:
        """Run an async function of one event on the event loop: for work that waits.

        `time_limit`: seconds for one event; then it is ended, and its message tried again.
        """
        self._add(stage, Each(function, concurrency=concurrency, time_limit=time_limit))

    def batch(
        self,
        stage: Stage,
        function: Callable[[Sequence[Any]], Awaitable[Sequence[Result | BaseException]]],
        *,
        size: int = 250,
        concurrency: int = 1,
        time_limit: float = 120.0,
    ) -> None:
        """Run an async function of many events: for work that is cheaper together.

        It answers in their order, an exception for each event that failed. `size`: most events in a
        call; `concurrency`: most calls at a time; `time_limit`: seconds for one call.
        """
        work = Batch(function, size=size, time_limit=time_limit, concurrency=concurrency)
        self._add(stage, work)

    def cpu(
        self,
        stage: Stage,
        function: Callable[[Any], Result],
        *,
        workers: int = 1,
        time_limit: float = 60.0,
    ) -> None:
        """Run a plain, picklable function of one event in child processes: work that computes.

        `workers`: how many processes; `time_limit`: seconds for one event, then its process is
        killed.
        """
        self._add(stage, Cpu(function, workers=workers, time_limit=time_limit))

    def background(self, function: Callable[[], Awaitable[None]]) -> None:
        """Run an endless async function beside the stages; it is restarted if it raises."""
        self._loops.append((getattr(function, "__name__", "background"), function))

    def stop(self) -> None:
        """Ask the service to drain and end."""
        self._stop.set()

    def _add(self, stage: Stage, work: Work) -> None:
        worker = Worker(
            self.gate,
            stage,
            work,
            partitions=self.settings.partitions,
            consumer=self.consumer,
            limits=self._limits,
        )
        worker.tracing = self.tracing
        self.workers.append(worker)

    async def serve(self) -> None:
        """Work until told to stop; then drain, and hand back what is not finished."""
        reader = Reader(self._url, self.workers)
        if not await unless(self._stop, self._start(reader)):
            return
        async with self._tasks(reader):
            log.info("ready", service=self.name, stages=[w.stage.group for w in self.workers])
            await self._stop.wait()
            self.condition.stopping = True
            log.info("draining", service=self.name)
            await self._drain(reader)
        # after the loops: one that takes over could claim again what was just handed back
        await self._hand_back()
        log.info("stopped", service=self.name)

    async def _start(self, reader: Reader) -> None:
        """Find the broker, make every group, begin to read: in this order."""
        await greet(self._url, self.settings.broker_wait)
        with explained(self._url):
            await agree(self.redis, self.settings.partitions)
            await self._make_groups()
            await reader.start()
        self.condition.reading = lambda: reader.reading

    async def _make_groups(self) -> None:
        own = [worker.stage for worker in self.workers]
        await upkeep.bootstrap(self.gate, self.settings.partitions, own)

    @asynccontextmanager
    async def _tasks(self, reader: Reader) -> AsyncIterator[None]:
        lease_seconds = self.settings.lease
        loops: list[tuple[str, Callable[[], Awaitable[None]]]] = [
            *self._loops,
            ("upkeep", partial(self._upkeep, reader)),
            ("contact", self._tell_contact),
        ]
        for worker in self.workers:
            group = worker.stage.group
            loops += [
                (f"{group} heartbeat", partial(lease.keep_alive, worker, lease_seconds)),
                (f"{group} take-over", partial(lease.take_over, worker, lease_seconds)),
                (f"{group} consumers", partial(upkeep.forget_consumers, worker)),
            ]
        if self.settings.health_port is not None:
            server = HealthServer(
                self.condition,
                self.settings.health_host,
                self.settings.health_port,
                self.routes,
            )
            log.info("health", url=f"http://{self.settings.health_host}:{server.port}/health/ready")
            loops.append(("health", server.run_here))
        tasks = [asyncio.create_task(_for_ever(name, loop), name=name) for name, loop in loops]
        try:
            yield
        finally:
            await end(tasks)

    async def _upkeep(self, reader: Reader) -> None:
        while True:
            try:
                await self._turn()
                if not reader.reading:
                    await reader.restart()
            except (GroupLost, ResponseError) as error:
                if not _is_group_loss(error):
                    self.condition.refused = str(error)[:200]
                    raise
                await self._heal(reader, error)
            await asyncio.sleep(_TURN)

    async def _tell_contact(self) -> None:
        """Say in the log when the broker is lost, and when it is back: clients wait in silence."""
        while True:
            news = self.condition.contact(time.monotonic())
            if news is not None and news > 0:
                log.warning(
                    "broker_lost",
                    seconds=round(news),
                    address=shown(self._url),
                    refused=self.condition.refused,
                    remedy=REFUSED if self.condition.refused else LOST,
                )
            elif news is not None:
                log.info("broker_back", seconds=round(-news))
            await asyncio.sleep(_TURN)

    async def _turn(self) -> None:
        settings, condition = self.settings, self.condition
        waiting: dict[str, int] = {}
        retain = upkeep.history(
            settings.retain, condition.load.memory_share, settings.max_memory_share
        )
        for worker in self.workers:
            waiting |= await upkeep.trim_inlets(self.gate, worker, retain=retain)
            await upkeep.trim_outlet(self.gate, worker.stage, settings.partitions, retain=retain)
            await upkeep.regulate(
                worker,
                condition.load,
                partitions=settings.partitions,
                max_lag=settings.max_lag,
                max_share=settings.max_memory_share,
            )
        condition.load.waiting = waiting
        condition.turned_at, condition.refused = time.monotonic(), ""

    async def _heal(self, reader: Reader, error: Exception) -> None:
        log.error("group_lost", error=str(error), remedy="re-created from its floor")
        await agree(self.redis, self.settings.partitions)  # it went with the group, if all did
        await self._make_groups()
        await reader.restart()

    async def _drain(self, reader: Reader) -> None:
        for worker in self.workers:
            worker.close_intake()
        seconds = self.settings.drain
        await asyncio.gather(reader.close(), *(worker.drain(seconds) for worker in self.workers))

    async def _hand_back(self) -> None:
        # a broker that is gone cannot be told; the lease will do it
        with suppress(RedisError, TimeoutError):
            async with asyncio.timeout(_HAND_BACK):
                await self._release()

    async def _release(self) -> None:
        for worker in self.workers:
            for inlet in worker.inlets:
                count = await self.gate.release(inlet, self.consumer, lease=self.settings.lease)
                if count:
                    log.info("handed_back", stream=inlet.stream, entries=count)

    async def close(self) -> None:
        """Release child processes and connections."""
        for worker in self.workers:
            await worker.work.close()
        if self.tracing is not None:
            await asyncio.to_thread(self.tracing.recorder.close)
        await self.redis.aclose()


async def _for_ever(name: str, loop: Callable[[], Awaitable[None]]) -> None:
    """Run an endless loop; when it raises, say so and begin again, ever more slowly."""
    delay = 0.2
    while True:
        started = time.monotonic()
        try:
            await loop()
            return
        except SettingError:
            raise
        except Exception as error:
            delay = 0.2 if time.monotonic() - started > 30 else min(delay * 2, 10.0)
            log.warning("restarting", task=name, error=f"{type(error).__name__}: {error}"[:300])
            await asyncio.sleep(delay)


def _is_group_loss(error: Exception) -> bool:
    return isinstance(error, GroupLost) or "NOGROUP" in str(error)
