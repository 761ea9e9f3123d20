"""Wiring: settings, archive, broker, server."""

from __future__ import annotations

import asyncio
import signal
import socket
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing, asynccontextmanager, contextmanager
from pathlib import Path
from zoneinfo import ZoneInfo

import uvicorn
from fastapi import FastAPI
from redis.asyncio import Redis

from steppewire import logs
from steppewire.archive import Record, open_archive
from steppewire.archive.hooks import Book
from steppewire.delivery.gate import Gate
from steppewire.errors import SettingError, SteppewireError
from steppewire.quarantine import Quarantine
from steppewire.servers import connect
from steppewire.settings import helped, load
from steppewire.tasks import end
from steppewire_api.access import Rules
from steppewire_api.doorstep import MOST_HEAD, Protocol
from steppewire_api.edition import Edition
from steppewire_api.gauges import Gauges
from steppewire_api.keyring import KeyRing
from steppewire_api.lending import Lender
from steppewire_api.live import Live
from steppewire_api.pages.desk import Desk
from steppewire_api.rates import Limiter, Rate
from steppewire_api.settings import ApiSettings
from steppewire_api.views import card
from steppewire_api.web import build

log = logs.get(__name__)
LAST_WORD = 1
"""Seconds that running requests are given at the end; listeners are let go before that."""
UNREAD_MS = 60_000
"""Milliseconds that sent data may wait at the door of a client before its connection is cut."""


@asynccontextmanager
async def wired(settings: ApiSettings) -> AsyncIterator[tuple[FastAPI, Live]]:
    """Open what the API reads from, and close it on the way out."""
    access_rules(settings)  # what is wrong with the keys is told before anything is opened
    url = settings.database.get_secret_value()
    async with (
        open_archive(url, patience=settings.api_wait) as archive,
        aclosing(Book.at(url)) as book,
    ):
        # Few reconnects: a reader waits for the answer, and "the broker is away" is one.
        redis = connect(settings.redis_url.get_secret_value(), reconnects=1)
        rules = access_rules(settings, redis)
        live = Live(archive, redis, described, partitions=settings.partitions)
        gauges = Gauges(redis, settings.partitions)
        quarantine = Quarantine(Gate(redis), settings.partitions)
        desk = Desk(archive, gauges, quarantine, book, ZoneInfo(settings.api_zone))
        reading = asyncio.create_task(live.run(), name="live")
        edition = Edition(archive)
        looking = asyncio.create_task(edition.run(), name="edition")
        pacing = asyncio.create_task(desk.pace.run(), name="pace")
        try:
            app = build(
                archive,
                gauges,
                live,
                quarantine,
                book,
                broker=settings.broker,
                cors=settings.origins,
                rules=rules,
                desk=desk,
                edition=edition,
            )
            yield app, live
        finally:
            live.close()
            await end([reading, pacing, looking])
            await redis.aclose()


def access_rules(settings: ApiSettings, redis: Redis | None = None) -> Rules:
    """Return who may do what, and how often. Raises SettingError for a bad file of keys."""
    rate = Rate(settings.api_rate, settings.api_burst) if settings.api_rate else None
    limiter = Limiter(rate) if redis is None else Lender(rate, redis)
    return Rules(KeyRing(Path(settings.api_keys)), settings.openings, limiter)


def described(record: Record) -> str:
    """Return what listeners get of a record."""
    return card(record).model_dump_json()


class Server(uvicorn.Server):
    """A server that lets its listeners go first: an open stream would hold up the end."""

    def __init__(self, config: uvicorn.Config, live: Live) -> None:
        super().__init__(config)
        self._live = live

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Close the streams, then everything else."""
        self._live.close()
        await super().shutdown(sockets)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to `serve`: uvicorn would raise them again and end with a failure."""
        yield


async def serve(settings: ApiSettings) -> None:
    """Serve until SIGTERM or SIGINT."""
    door = listen(settings.api_host, settings.api_port)
    async with wired(settings) as (app, live):
        server = Server(
            uvicorn.Config(
                app,
                http=Protocol,
                ws="none",
                h11_max_incomplete_event_size=MOST_HEAD,
                # whoever connects could say that it is somebody else
                proxy_headers=bool(settings.proxies),
                forwarded_allow_ips=settings.proxies,
                log_config=None,
                access_log=False,
                server_header=False,
                timeout_graceful_shutdown=LAST_WORD,
            ),
            live,
        )
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, server.handle_exit, number, None)
        log.info("ready", url=address(door))
        await server.serve(sockets=[door])
    log.info("stopped")


def listen(host: str, port: int) -> socket.socket:
    """Take the port before anything else is opened. Raises SettingError."""
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        door = socket.create_server((host, port), family=family, backlog=1024)
    except OSError as error:
        raise SettingError(
            f"cannot listen on {host}:{port} ({error.strerror or error}): free the port, or set "
            "STEPPEWIRE_API_HOST and STEPPEWIRE_API_PORT"
        ) from None
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        # inherited by every connection: the kernel drops a listener who takes nothing
        door.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNREAD_MS)
    return door


def address(door: socket.socket) -> str:
    """Return the address of the page."""
    host, port = door.getsockname()[:2]
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def main() -> None:
    """Run the API; what is wrong is told in one line, and the exit status is the error's."""
    try:
        if helped("api", ApiSettings, sys.argv[1:]):
            return
        settings = load(ApiSettings)
        logs.configure("api", level=settings.log_level, style=settings.log_format)
        asyncio.run(serve(settings))
    except SteppewireError as error:
        print(f"steppewire-api: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
