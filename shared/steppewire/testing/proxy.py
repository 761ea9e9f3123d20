"""A proxy in front of a broker that holds or drops one chosen request or reply.

With it a test chooses the very point at which a worker dies or a network breaks: the request was
not sent yet, or it did execute and nobody heard.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Literal

_CHUNK = 1 << 20


def script_mark(name: str) -> bytes:
    """Return what every call of one of delivery's scripts contains: its SHA-1."""
    source = files("steppewire.delivery").joinpath("lua", f"{name}.lua").read_bytes()
    return hashlib.sha1(source, usedforsecurity=False).hexdigest().encode()


@dataclass
class Snare:
    """What to wait for, and what to do then."""

    mark: bytes
    """A request is meant when it contains this."""
    part: Literal["request", "reply"]
    act: Literal["hold", "drop"]
    """Keep it for ever with its connection open, or break the connection."""
    wanted: Callable[[bytes], bool] = lambda reply: not reply.startswith(b"-")
    """Which replies are meant; by default all that are no errors."""
    times: int = 1
    """How often it springs."""
    sprung: int = 0
    caught: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when it has sprung."""

    def springs(self) -> bool:
        """Count one catch; False when it has sprung often enough."""
        if self.sprung >= self.times:
            return False
        self.sprung += 1
        self.caught.set()
        return True


@asynccontextmanager
async def proxied(server: str, directory: Path, snare: Snare) -> AsyncIterator[str]:
    """Run a proxy in front of a server on a unix socket; yield the proxy's URL."""
    path = directory / "proxy.sock"
    proxy = _Proxy(server.removeprefix("unix://"), snare)
    listener = await asyncio.start_unix_server(proxy.accept, path=str(path))
    try:
        yield f"unix://{path}"
    finally:
        listener.close()
        await proxy.close()


class _Proxy:
    def __init__(self, server: str, snare: Snare) -> None:
        self.server, self.snare = server, snare
        self._connections: set[asyncio.Task[None]] = set()

    async def accept(self, client: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        try:
            with suppress(OSError, asyncio.CancelledError):
                answers, ahead = await asyncio.open_unix_connection(self.server)
                await self._relay(_Link(self.snare), client, ahead, answers, back)
        finally:
            self._connections.discard(task)
            back.close()

    async def _relay(
        self,
        link: _Link,
        client: asyncio.StreamReader,
        ahead: asyncio.StreamWriter,
        answers: asyncio.StreamReader,
        back: asyncio.StreamWriter,
    ) -> None:
        ways = [
            asyncio.create_task(_pump(client, ahead, link.request)),
            asyncio.create_task(_pump(answers, back, link.reply)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            ahead.close()

    async def close(self) -> None:
        for task in list(self._connections):
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)


class _Link:
    """One connection: requests and replies take turns."""

    def __init__(self, snare: Snare) -> None:
        self.snare = snare
        self.meant = False

    async def request(self, chunk: bytes) -> bool:
        self.meant = self.snare.mark in chunk
        return await self._pass("request")

    async def reply(self, chunk: bytes) -> bool:
        return not self.snare.wanted(chunk) or await self._pass("reply")

    async def _pass(self, part: str) -> bool:
        """Tell whether the connection lives on; never return while something is held."""
        if not self.meant or part != self.snare.part or not self.snare.springs():
            return True
        if self.snare.act == "hold":
            await asyncio.Event().wait()
        return False


async def _pump(
    source: asyncio.StreamReader,
    target: asyncio.StreamWriter,
    passes: Callable[[bytes], Awaitable[bool]],
) -> None:
    while chunk := await source.read(_CHUNK):
        if not await passes(chunk):
            return
        target.write(chunk)
        await target.drain()
