"""Hostile web sites, and what they are after: real servers, names that lie, bad certificates.

The bad sites live at 127.0.0.2. At 127.0.0.1 is the treasure, a server inside, which nothing that
a bad site says may ever lead to.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import trustme

from steppewire.testing.site import Site, reply

BAD = "127.0.0.2"
TREASURE = "127.0.0.1"
OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"

Ending = Callable[..., Awaitable[str]]
"""What becomes of an address that is asked for: the answer's status, or the reason why not."""


def names() -> Callable[[str, int], Awaitable[list[str]]]:
    """Return a resolver of made-up names; whatever it does not know is asked of the system."""
    turns: dict[str, int] = {}

    async def resolve(host: str, port: int) -> list[str]:
        host = host.rstrip(".")
        turns[host] = turns.get(host, 0) + 1
        if host == "rebinding.test":
            return [BAD] if turns[host] == 1 else [TREASURE]
        known = {
            "inside.test": [TREASURE],
            "metadata.test": ["169.254.169.254"],
            "mapped.test": ["::ffff:127.0.0.1"],
            "mixed.test": [TREASURE, "10.0.0.1", BAD],
            "thousand.test": [f"10.0.{n // 250}.{n % 250 + 1}" for n in range(1000)],
            "nowhere.test": [],
        }
        if host in known or host.endswith(".test"):
            return known.get(host, [BAD])
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=1)
        return [str(one[4][0]) for one in found]

    return resolve


@dataclass
class Hostile:
    """The bad sites, and the treasure that they are after."""

    authority: trustme.CA
    site: Site = field(default_factory=Site)
    treasure: Site = field(default_factory=Site)
    touched: list[str] = field(default_factory=list)
    """Connections to the treasure, whether or not they said anything."""
    secure: dict[str, int] = field(default_factory=dict)
    """Ports of the servers with TLS, by their fault."""

    def url(self, text: str) -> str:
        """Fill in the ports: `{bad}`, `{treasure}`, `{expired}`, …"""
        ports = {"bad": self.site.port, "treasure": self.treasure.port, **self.secure}
        for name, port in ports.items():
            text = text.replace("{" + name + "}", str(port))
        return text

    def trust(self) -> ssl.SSLContext:
        """Return a context that trusts this web's authority, and verifies as ever."""
        context = ssl.create_default_context()
        self.authority.configure_trust(context)
        return context


@asynccontextmanager
async def hostile_web(
    authority: trustme.CA, contexts: dict[str, ssl.SSLContext]
) -> AsyncIterator[Hostile]:
    """Run all servers on free ports until the block ends."""
    web = Hostile(authority)
    servers = [await _start(web.site, BAD), await _start(web.treasure, TREASURE, web.touched)]
    for fault, context in contexts.items():
        one = Site(replies={"/": reply()})
        servers.append(await _start(one, BAD, context=context))
        web.secure[fault] = one.port
    servers.append(await asyncio.start_server(_no_tls, BAD, 0))
    web.secure["plain"] = servers[-1].sockets[0].getsockname()[1]
    try:
        yield web
    finally:
        for server in servers:
            server.close()


async def _no_tls(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 400 You speak TLS to a plain server\r\n\r\n")
    writer.close()


async def _start(
    site: Site, host: str, touched: list[str] | None = None, context: ssl.SSLContext | None = None
) -> asyncio.Server:
    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if touched is not None:
            touched.append(str(writer.get_extra_info("peername")))
        try:
            await site.serve(reader, writer)
        except (ConnectionError, asyncio.CancelledError, asyncio.LimitOverrunError):
            writer.close()

    server = await asyncio.start_server(accept, host, 0, ssl=context)
    site.port = server.sockets[0].getsockname()[1]
    return server


def certificates(authority: trustme.CA) -> dict[str, ssl.SSLContext]:
    """Return what servers show at `news.test`, by what is wrong with it."""
    now, day = datetime.now(UTC), timedelta(days=1)
    between = authority.create_child_ca()
    leaf = between.issue_cert("news.test")
    return {
        "secure": _serving(authority.issue_cert("news.test")),
        "chained": _serving(leaf),
        "incomplete": _serving(leaf, chain=False),
        "self-signed": _serving(trustme.CA().issue_cert("news.test")),
        "wrong-name": _serving(authority.issue_cert("other.test")),
        "expired": _serving(
            authority.issue_cert("news.test", not_before=now - 9 * day, not_after=now - day)
        ),
        "future": _serving(
            authority.issue_cert("news.test", not_before=now + day, not_after=now + 9 * day)
        ),
        "wildcard": _serving(authority.issue_cert("*.other.test")),
    }


def _serving(certificate: trustme.LeafCert, *, chain: bool = True) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if chain:
        certificate.configure_cert(context)
        return context
    pem = certificate.private_key_pem.bytes() + certificate.cert_chain_pems[0].bytes()
    with trustme.Blob(pem).tempfile() as path:
        context.load_cert_chain(path)
    return context
