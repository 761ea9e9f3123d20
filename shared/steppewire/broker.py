"""A service at work: FastStream reads and keeps the life cycle, our delivery layer does the rest.

The only file that knows FastStream. A service's author writes a function and one line of wiring
(`service.cpu(PARSE, parse)`), and never acknowledges anything.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import secrets
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from functools import partial
from typing import Any, Generic, TypeVar

from faststream import AckPolicy, FastStream
from faststream.redis import RedisBroker, StreamSub
from faststream.redis.configs.state import ConnectionState
from faststream.redis.message import FAKE_CONSUMER, RedisBatchStreamMessage
from redis.exceptions import MovedError, RedisError, ResponseError
from starlette.routing import Route

from steppewire import logs
from steppewire.delivery import lease, upkeep
from steppewire.delivery.entrance import Entrance
from steppewire.delivery.gate import Gate, Inlet
from steppewire.delivery.health import Condition, HealthServer
from steppewire.delivery.partitions import agree
from steppewire.delivery.policy import Limits
from steppewire.delivery.tracing import open_tracing
from steppewire.delivery.upkeep import GroupLost
from steppewire.delivery.work import Batch, Cpu, Each, Result, Work
from steppewire.delivery.worker import RawEntry, Worker
from steppewire.errors import BrokerUnreachable, SettingError, SteppewireError
from steppewire.servers import connect as connect  # services take theirs from here
from steppewire.servers import shown
from steppewire.settings import Settings, explain, load
from steppewire.streams import Stage
from steppewire.tasks import end, end_others

log = logs.get(__name__)
S = TypeVar("S", bound=Settings)

_POLL_MS = 200
"""How long one read blocks; it returns at once when something arrives."""
_HAND_BACK = 3.0
"""Seconds given to handing back at stop."""
_TURN = 1.0
"""Seconds between two turns of upkeep."""


class Service(Generic[S]):
    """One service: its stages, its connection, its health."""

    def __init__(self, name: str, settings: S) -> None:
        self.name, self.settings = name, settings
        # unique for each process: two workers never share a consumer name
        self.consumer = f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(3)}"
        self.redis = connect(settings.redis_url.get_secret_value())
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
        """Run an async function of one event on the event loop: for work that waits."""
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
        """Run an async function of many events: for work that is cheaper together."""
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
        """Run a plain, picklable function of one event in child processes: work that computes."""
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
        reader = Reader(self.settings.redis_url.get_secret_value(), self.workers)
        if not await self._unless_stopped(self._start(reader)):
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
        await self._greet()
        try:
            await agree(self.redis, self.settings.partitions)
            await self._make_groups()
            await reader.start()
        except MovedError:
            raise SettingError(
                f"the server at {_address(self.settings)} is a node of a cluster: set "
                "STEPPEWIRE_REDIS_URL to redis-cluster://host:port,… with some of its nodes"
            ) from None
        except ResponseError as error:
            raise BrokerUnreachable(
                f"cannot prepare the streams at {_address(self.settings)}: {error}; "
                "does another program use its keys news:*, or does it lack streams (Redis >= 7)?"
            ) from None
        except TimeoutError:
            raise BrokerUnreachable(
                f"the broker at {_address(self.settings)} stopped answering while we started; "
                "look at its log, then start this service again"
            ) from None
        self.condition.reading = lambda: reader.reading

    async def _make_groups(self) -> None:
        own = [worker.stage for worker in self.workers]
        await upkeep.bootstrap(self.gate, self.settings.partitions, own)

    async def _unless_stopped(self, work: Coroutine[Any, Any, None]) -> bool:
        """Do some work, but give it up when told to stop; tell whether it was done."""
        task, stop = asyncio.create_task(work), asyncio.create_task(self._stop.wait())
        await asyncio.wait({task, stop}, return_when=asyncio.FIRST_COMPLETED)
        stop.cancel()
        if not task.done():
            await end([task])
            return False
        task.result()
        return True

    async def _greet(self) -> None:
        """Wait a little for the broker, then say clearly what is wrong with it."""
        patient = connect(self.settings.redis_url.get_secret_value(), reconnects=3)
        deadline = time.monotonic() + self.settings.broker_wait
        try:
            while True:
                try:
                    await patient.ping()
                    return
                except RedisError as error:
                    if time.monotonic() > deadline or isinstance(error, ResponseError):
                        raise BrokerUnreachable(
                            f"no Redis-compatible server at {_address(self.settings)}: {error}; "
                            "start one (`make run` brings its own), or set STEPPEWIRE_REDIS_URL"
                        ) from None
                    log.info("waiting_for_broker", address=_address(self.settings))
                await asyncio.sleep(1.0)
        finally:
            await patient.aclose()

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
                    address=_address(self.settings),
                    remedy="start it again: all work waits, and goes on by itself",
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
        condition.turned_at = time.monotonic()

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


class Reader:
    """FastStream's part: it reads each inlet in batches and hands the raw entries to the worker."""

    def __init__(self, url: str, workers: Sequence[Worker]) -> None:
        self.url, self.workers = url, workers
        self._app: FastStream | None = None
        self._subscribers: list[Any] = []
        self._one_at_a_time = asyncio.Lock()
        self._closed = False

    @property
    def reading(self) -> bool:
        """False once FastStream has given up a subscriber: it does so when a group is gone."""
        return all(subscriber.running for subscriber in self._subscribers)

    async def start(self) -> None:
        """Begin to read."""
        async with self._one_at_a_time:
            await self._start()

    async def restart(self) -> None:
        """Begin again, after FastStream has given up; once closed, never."""
        async with self._one_at_a_time:
            if not self._closed:
                await self._stop()
                await self._start()

    async def close(self) -> None:
        """Read nothing ever more, and wait until what was read has been taken.

        Upkeep goes on meanwhile. It sees that nobody reads, and would start a reader that reads on
        after everything was handed back: what that one reads, nobody would run.
        """
        self._closed = True
        async with self._one_at_a_time:
            await self._stop()

    async def _start(self) -> None:
        broker = _Broker(
            self.url,
            apply_types=False,
            logger=logging.getLogger("faststream"),
            log_level=logging.DEBUG,
            graceful_timeout=None,
        )
        self._subscribers = [
            _subscribe(broker, worker, inlet) for worker in self.workers for inlet in worker.inlets
        ]
        # Groups are made by us, at their floor. FastStream's own attempt could make one that was
        # lost a moment ago at another place, and is refused while the memory is full.
        client: Any = await broker.connect()
        client.xgroup_create = _leave_groups_alone
        self._app = FastStream(broker, logger=None)
        await self._app.start()

    async def _stop(self) -> None:
        tasks = [task for subscriber in self._subscribers for task in subscriber.tasks]
        for subscriber in self._subscribers:
            subscriber.running = False
        if self._app is not None:
            await self._app.stop()
        # FastStream cancels its tasks, but once, and does not wait for them: one that swallowed it
        # (see `end`) finds its connection closed, connects again, and reads on
        await end(tasks)
        self._app, self._subscribers = None, []


class _Connection(ConnectionState[Any]):
    """Gives FastStream a client of ours: of one server or of a cluster, with our patience."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = url

    async def connect(self) -> Any:
        """Return the client."""
        self._client, self._connected = connect(self._url), True
        return self._client


class _Broker(RedisBroker):
    def __init__(self, url: str, **options: Any) -> None:
        self._address = url
        super().__init__(**options)

    def _make_connection_state(self, *_: Any) -> ConnectionState[Any]:
        return _Connection(self._address)


def _subscribe(broker: RedisBroker, worker: Worker, inlet: Inlet) -> Any:
    subscriber = broker.subscriber(
        stream=StreamSub(
            inlet.stream,
            group=inlet.stage.group,
            consumer=worker.consumer,
            batch=True,
            max_records=worker.room,
            polling_interval=_POLL_MS,
        ),
        parser=_parse_batch,
        decoder=_entries,
        ack_policy=AckPolicy.MANUAL,
        title=f"{inlet.stage.group}: {inlet.name} [{inlet.partition}]",
    )

    async def handle(entries: list[RawEntry]) -> None:
        await worker.take(inlet, entries)

    subscriber(handle)
    return subscriber


async def _leave_groups_alone(*_: Any, **__: Any) -> bool:
    """Stand in for XGROUP CREATE; a group that is missing shows when it is read, and is healed."""
    return True


async def _parse_batch(message: Any) -> RedisBatchStreamMessage:
    """Keep the entries as they came: our wire is not FastStream's envelope."""
    return RedisBatchStreamMessage(
        raw_message=message,
        body=b"",
        message_id="",
        correlation_id="",
        headers={},
        consumer=FAKE_CONSUMER,
        group=None,
    )


async def _entries(message: RedisBatchStreamMessage) -> list[RawEntry]:
    raw: Any = message.raw_message
    return list(zip(raw["message_ids"], raw["data"], strict=True))


def run(
    name: str, model: type[S], wire: Callable[[Service[S]], AbstractAsyncContextManager[None]]
) -> None:
    """Run a service until SIGTERM or SIGINT. The whole `main` of a service.

    What is wrong with settings or broker is told in one line; the exit status is the error's.
    """
    if {"-h", "--help"} & set(sys.argv[1:]):
        print(f"usage: python -m steppewire_{name}\n\nSettings, from the environment:\n")
        print(explain(model))
        return
    try:
        settings = load(model)
        logs.configure(name, level=settings.log_level, style=settings.log_format)
        asyncio.run(_run(name, settings, wire))
    except SteppewireError as error:
        print(f"steppewire-{name}: {error}", file=sys.stderr)
        sys.exit(error.exit_code)


async def _run(
    name: str, settings: S, wire: Callable[[Service[S]], AbstractAsyncContextManager[None]]
) -> None:
    service = Service(name, settings)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, service.stop)
    try:
        async with wire(service):
            spare_the_collector()
            await service.serve()
    finally:
        await service.close()
        if left := await end_others():
            log.debug("left_over", tasks=left)


def spare_the_collector() -> None:
    """Let the garbage collector look less often, and never at what is there for good.

    Events are trees without cycles: they go when nobody holds them. By default a batch of a hundred
    sets the collector off many times, which cost a quarter of a worker's time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


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


def _address(settings: Settings) -> str:
    """Return the broker's address without its password."""
    return shown(settings.redis_url.get_secret_value())
