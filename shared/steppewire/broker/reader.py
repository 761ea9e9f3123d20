"""FastStream's part, and the only file that knows it: reading the streams.

Why its own delivery is not used, and what is turned off here: docs/decisions/0004.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from faststream import AckPolicy, FastStream
from faststream.redis import RedisBroker, StreamSub
from faststream.redis.configs.state import ConnectionState
from faststream.redis.message import FAKE_CONSUMER, RedisBatchStreamMessage
from redis.exceptions import ResponseError

from steppewire import logs
from steppewire.delivery.gate import Inlet
from steppewire.delivery.worker import RawEntry, Worker
from steppewire.servers import connect
from steppewire.tasks import end

log = logs.get(__name__)

_POLL_MS = 200
"""Milliseconds that one read blocks; it returns at once when something arrives."""
_WAIT = 1.0
"""Seconds between two reads of a server that refuses."""
REFUSED = "see its log, its disk and its memory: all work waits, and goes on by itself"


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
        client.xreadgroup = patient(client.xreadgroup)
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


def patient(read: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    """Return a reading that waits while the server refuses: its disk is full, a replica is missing.

    FastStream would begin its task anew at once, for ever, and keep each one that failed: a busy
    loop that takes megabytes a second. What it knows, a group that is gone, it is told.
    """
    refused = False

    async def wait_where_refused(*args: Any, **options: Any) -> Any:
        nonlocal refused
        try:
            found = await read(*args, **options)
        except ResponseError as error:
            if "NOGROUP" in str(error):
                raise
            if not refused:
                log.warning("broker_refuses", error=str(error)[:300], remedy=REFUSED)
            refused = True
            await asyncio.sleep(_WAIT)
            return ()
        if refused:
            log.info("broker_takes_again")
        refused = False
        return found

    return wait_where_refused


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
