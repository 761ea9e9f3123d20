"""Running the newsroom: inside a test, or as a program."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import uvicorn
from starlette.types import ASGIApp

from steppewire_newsroom.app import build
from steppewire_newsroom.desk import Desk


class _Embedded(uvicorn.Server):
    """A server that leaves the signals to the program it runs in, and says when it is up."""

    def __init__(self, settings: uvicorn.Config) -> None:
        super().__init__(settings)
        self.up = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then say so."""
        await super().startup(sockets)
        self.up.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Touch nothing."""
        yield


def config(app: ASGIApp) -> uvicorn.Config:
    """Return the settings of the server; endless answers are cut one second after the end."""
    return uvicorn.Config(
        app, log_level="warning", access_log=False, lifespan="off", timeout_graceful_shutdown=1
    )


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket; port 0 takes a free one."""
    return socket.create_server((host, port), backlog=256)


@asynccontextmanager
async def serve(
    port: int = 0, host: str = "127.0.0.1", delay: float = 0.0, desk: Desk | None = None
) -> AsyncIterator[int]:
    """Run the newsroom inside this event loop; yields its port. `delay` in seconds."""
    sock = listen(host, port)
    server = _Embedded(config(build(desk or Desk(), delay)))
    task = asyncio.create_task(server.serve(sockets=[sock]))
    try:
        await server.up.wait()
        yield int(sock.getsockname()[1])
    finally:
        server.should_exit = True
        await task
        sock.close()
