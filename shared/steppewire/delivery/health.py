"""Health from progress, not from a ping: live, ready, and metrics for Prometheus."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field

import uvicorn
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from steppewire.delivery.upkeep import Load
from steppewire.delivery.worker import Worker
from steppewire.errors import SettingError

STALE = 15.0
"""Seconds without a turn of the upkeep loop after which a service is not ready."""
STUCK = 300.0
"""Seconds without progress, while work waits, after which a service is not alive."""


@dataclass
class Condition:
    """What a service knows of itself."""

    workers: list[Worker] = field(default_factory=list)
    load: Load = field(default_factory=Load)
    turned_at: float | None = None
    """Monotonic time of the last complete turn of upkeep; None before the first."""
    reading: Callable[[], bool] = lambda: True
    stopping: bool = False

    def not_ready(self, now: float) -> str | None:
        """Return why the service is not ready, or None when it is."""
        if self.stopping:
            return "stopping"
        if self.turned_at is None:
            return "starting"
        if now - self.turned_at > STALE:
            return f"no contact with the broker for {now - self.turned_at:.0f} s"
        return None if self.reading() else "a reader has stopped"

    def not_alive(self, now: float) -> str | None:
        """Return why the service should be restarted, or None."""
        for worker in self.workers:
            waiting = sum(self.load.waiting.get(inlet.stream, 0) for inlet in worker.inlets)
            idle = now - worker.pulse.progressed_at
            patience = max(STUCK, 3 * worker.work.time_limit)
            if waiting and worker.open.is_set() and idle > patience:
                return (
                    f"{waiting} entries wait for {worker.stage.group}, none ended for {idle:.0f} s"
                )
        return None


def routes(condition: Condition) -> list[Route]:
    """Return the HTTP routes of a worker's health."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Metrics(condition))

    async def live(_: Request) -> Response:
        return _answer(condition.not_alive(time.monotonic()))

    async def ready(_: Request) -> Response:
        return _answer(condition.not_ready(time.monotonic()))

    async def metrics(_: Request) -> Response:
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    return [
        Route("/health/live", live),
        Route("/health/ready", ready),
        Route("/metrics", metrics),
    ]


def _answer(problem: str | None) -> Response:
    if problem is None:
        return JSONResponse({"status": "ok"})
    return JSONResponse({"status": "unavailable", "reason": problem}, status_code=503)


class _Metrics(Collector):
    def __init__(self, condition: Condition) -> None:
        self.condition = condition

    def collect(self) -> Iterator[Metric]:
        load = self.condition.load
        waiting = GaugeMetricFamily(
            "steppewire_waiting", "Entries not settled: lag and pending.", labels=["stream"]
        )
        for stream, count in load.waiting.items():
            waiting.add_metric([stream], count)
        yield waiting
        yield GaugeMetricFamily(
            "steppewire_broker_memory_share", "Used share of maxmemory.", value=load.memory_share
        )
        totals = {
            name: CounterMetricFamily(f"steppewire_{name}", text, labels=["stage"])
            for name, text in _COUNTERS.items()
        }
        paused = GaugeMetricFamily("steppewire_paused", "1 under backpressure.", labels=["stage"])
        for worker in self.condition.workers:
            for name, family in totals.items():
                family.add_metric([worker.stage.group], getattr(worker.pulse, name))
            paused.add_metric([worker.stage.group], 0 if worker.open.is_set() else 1)
        yield from totals.values()
        yield paused


_COUNTERS = {
    "settled": "Messages that this worker ended.",
    "overtaken": "Settlements that the gate refused: another worker was first.",
    "claimed": "Entries taken over from dead workers.",
    "retried": "Messages sent back for later.",
    "dead": "Messages sent to the dead letters.",
    "commit_errors": "Commits that failed; their entries stay pending.",
    "busy_seconds": "Seconds spent on entries.",
}


class HealthServer(uvicorn.Server):
    """Serves the health routes inside a service's own event loop, leaving signals alone."""

    def __init__(
        self, condition: Condition, host: str, port: int, more: Sequence[Route] = ()
    ) -> None:
        app = Starlette(routes=[*routes(condition), *more])
        super().__init__(uvicorn.Config(app, log_config=None, access_log=False, lifespan="off"))
        self.listener = _listen(host, port)

    @property
    def port(self) -> int:
        """The port it really listens on."""
        port: int = self.listener.getsockname()[1]
        return port

    async def run_here(self) -> None:
        """Serve until cancelled."""
        await self.serve(sockets=[self.listener])

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to the service."""
        with nullcontext():
            yield


def _listen(host: str, port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise SettingError(
            f"cannot serve health on {host}:{port}: {error.strerror}; "
            "set STEPPEWIRE_HEALTH_PORT to a free port, or leave it unset for none"
        ) from None
    return listener
