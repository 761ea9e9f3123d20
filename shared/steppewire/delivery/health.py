"""Health from progress, not from a ping: live, ready, and metrics for Prometheus."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from steppewire.delivery.metrics import families
from steppewire.delivery.upkeep import Load
from steppewire.delivery.worker import Worker
from steppewire.errors import SettingError
from steppewire.metrics import exposition

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
    service: str = ""
    refused: str = ""
    """Why the last turn of upkeep failed; empty when it did not, or when nothing answers at all."""
    lost_at: float | None = None
    """Monotonic time of the last turn before contact with the broker was lost; None: it is there.
    """

    def not_ready(self, now: float) -> str | None:
        """Return why the service is not ready, or None when it is."""
        if self.stopping:
            return "stopping"
        if self.turned_at is None:
            return "starting"
        if now - self.turned_at > STALE:
            why = f": it refuses: {self.refused}" if self.refused else ""
            return f"no contact with the broker for {now - self.turned_at:.0f} s{why}"
        return None if self.reading() else "a reader has stopped"

    def contact(self, now: float) -> float | None:
        """Return what is news about the broker: for how many seconds it has been silent, told once
        when it is lost, and the same below zero when it is back. None: nothing is news.
        """
        if self.turned_at is None or self.stopping:
            return None
        if self.lost_at is None and now - self.turned_at > STALE:
            self.lost_at = self.turned_at
            return now - self.lost_at
        if self.lost_at is not None and self.turned_at > self.lost_at:
            lost, self.lost_at = self.lost_at, None
            return lost - self.turned_at
        return None

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

    async def live(_: Request) -> Response:
        return _answer(condition.not_alive(time.monotonic()))

    async def ready(_: Request) -> Response:
        return _answer(condition.not_ready(time.monotonic()))

    async def metrics(request: Request) -> Response:
        now = time.monotonic()
        told = families(
            condition.service,
            condition.workers,
            ready=condition.not_ready(now) is None,
            alive=condition.not_alive(now) is None,
        )
        text, kind = exposition(told, request.headers.get("accept", ""))
        return Response(text, headers={"Content-Type": kind})

    return [
        Route("/health/live", live),
        Route("/health/ready", ready),
        Route("/metrics", metrics),
    ]


def _answer(problem: str | None) -> Response:
    if problem is None:
        return JSONResponse({"status": "ok"})
    return JSONResponse({"status": "unavailable", "reason": problem}, status_code=503)


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
