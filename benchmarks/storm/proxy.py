"""A proxy before the broker that swallows the reply of a commit that did execute."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

_COMMIT = files("steppewire.delivery").joinpath("lua", "commit.lua").read_bytes()
_MARK = hashlib.sha1(_COMMIT).hexdigest().encode()
"""By this name EVALSHA calls the commit gate."""
_CHUNK = 1 << 16


@dataclass
class _Pair:
    swallow: bool = False
    """The next bytes from the server are the reply of a commit: they end here."""


class Proxy:
    """Passes bytes between workers and broker; each `drops` that is due costs one commit's reply,
    and the connection, as a broken network would."""

    def __init__(self, path: Path, broker: Path) -> None:
        self.path, self.broker = path, broker
        self.due = 0
        self.dropped = 0
        self._server: asyncio.Server | None = None

    @property
    def url(self) -> str:
        """Address for workers."""
        return f"unix://{self.path}"

    async def __aenter__(self) -> Proxy:
        self._server = await asyncio.start_unix_server(self._serve, self.path)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            broker = await asyncio.open_unix_connection(self.broker)
        except OSError:
            writer.close()
            return
        pair = _Pair()
        asked = asyncio.create_task(self._ask(pair, reader, broker[1]))
        answered = asyncio.create_task(self._answer(pair, broker[0], writer))
        await asyncio.wait({asked, answered}, return_when=asyncio.FIRST_COMPLETED)
        for task in (asked, answered):
            task.cancel()
        await asyncio.gather(asked, answered, return_exceptions=True)
        writer.close()
        broker[1].close()

    async def _ask(
        self, pair: _Pair, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        while chunk := await reader.read(_CHUNK):
            # a client sends one command and waits for its reply: the name is in the first bytes
            if self.due and not pair.swallow and _MARK in chunk[:200]:
                self.due -= 1
                pair.swallow = True
            writer.write(chunk)
            await writer.drain()

    async def _answer(
        self, pair: _Pair, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        while chunk := await reader.read(_CHUNK):
            if pair.swallow:
                # an error, such as NOSCRIPT, means that nothing was committed
                self.dropped += chunk[:1] == b"*"
                return
            writer.write(chunk)
            await writer.drain()
