"""A small web site for tests that can misbehave in every way: a real server, plain asyncio."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace

HTML = {"Content-Type": "text/html; charset=utf-8"}
PAGE = b"<!doctype html><html><title>T</title><h1>Title</h1><p>Body of the article.</p></html>"


@dataclass(frozen=True)
class Request:
    """What the site was asked."""

    host: str
    path: str
    headers: dict[str, str]
    body: bytes = b""


Reply = Callable[[Request, asyncio.StreamWriter], Awaitable[None]]


def reply(body: bytes = PAGE, status: int = 200, **headers: str) -> Reply:
    """Return a reply with a length, as decent servers give."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}

    async def write(_: Request, writer: asyncio.StreamWriter) -> None:
        lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}"]
        lines += [f"{name}: {value}" for name, value in (HTML | named).items()]
        writer.write("\r\n".join([*lines, "", ""]).encode() + body)

    return write


def conditional(body: bytes, etag: str) -> Reply:
    """Return a reply that says 304 to those who know the entity tag."""

    async def write(request: Request, writer: asyncio.StreamWriter) -> None:
        known = request.headers.get("if-none-match") == etag
        await (reply(b"", 304) if known else reply(body, ETag=etag))(request, writer)

    return write


def raw(data: bytes) -> Reply:
    """Return exactly these bytes, then close."""

    async def write(_: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(data)
        await writer.drain()
        writer.close()

    return write


def encoded(name: str, data: bytes) -> Reply:
    """Return a reply that says it is encoded so, whether or not it is."""
    return reply(data, Content_Encoding=name)


def headed(*lines: str, body: bytes = b"") -> Reply:
    """Return a reply of exactly these header lines."""
    return raw("\r\n".join(["HTTP/1.1 200 OK", *lines, "", ""]).encode("latin-1") + body)


def endless(start: bytes, piece: bytes, pause: float = 0.0) -> Reply:
    """Return a reply that never ends."""

    async def write(_: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(start)
        while True:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(pause)

    return write


async def silent(_: Request, writer: asyncio.StreamWriter) -> None:
    """Accept, and say nothing for ever."""
    await asyncio.Event().wait()


async def reset(_: Request, writer: asyncio.StreamWriter) -> None:
    """Break the connection."""
    writer.transport.abort()


@dataclass
class Site:
    """Answers by path, or by host and path; 404 for the rest."""

    port: int = 0
    replies: dict[str, Reply] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    def paths(self) -> list[str]:
        """Return what was asked for, robots.txt left out."""
        return [one.path for one in self.requests if one.path != "/robots.txt"]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one connection."""
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            while True:
                request = _parsed(await reader.readuntil(b"\r\n\r\n"))
                length = int(request.headers.get("content-length", 0))
                request = replace(request, body=await reader.readexactly(length))
                self.requests.append(request)
                exact = self.replies.get(request.host + request.path)
                answer = exact or self.replies.get(request.path) or reply(b"", 404)
                await answer(request, writer)
                await writer.drain()
        writer.close()


def _parsed(head: bytes) -> Request:
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {k.strip().lower(): v.strip() for k, _, v in (x.partition(":") for x in lines)}
    return Request(headers.get("host", ""), first.split(" ")[1], headers)


@asynccontextmanager
async def running_site() -> AsyncIterator[Site]:
    """Run a site on a free port until the block ends."""
    site, busy = Site(), set[asyncio.Task[None]]()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(site.serve(reader, writer))
        busy.add(task)
        task.add_done_callback(busy.discard)

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    site.port = server.sockets[0].getsockname()[1]
    yield site
    server.close()
    for task in busy:
        task.cancel()
    await asyncio.gather(*busy, return_exceptions=True)
