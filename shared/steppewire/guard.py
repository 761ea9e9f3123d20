"""The guard at the way out: a connection only to addresses that we may speak to.

A name is resolved here, addresses that are not public are refused, and the very address that a
socket is opened for is looked at once more, so that a name which changes its answer between check
and use gains nothing (server-side request forgery). Needs aiohttp: the extra `web`.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import certifi
from aiohttp.abc import AbstractResolver, ResolveResult

from steppewire.addresses import Network, is_literal, is_public
from steppewire.errors import Reject

Resolve = Callable[[str, int], Awaitable[list[str]]]
MAX_ADDRESSES = 8
"""Addresses of a host that are tried; a name with a thousand of them is no site."""

_RESOLVERS = ThreadPoolExecutor(16, thread_name_prefix="resolve")
"""Threads of its own: names that hang must not keep pages from being written to the blob store."""


async def resolve(host: str, port: int) -> list[str]:
    """Return the numeric addresses of a host, as the system resolver orders them."""
    ask = partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
    found = await asyncio.get_running_loop().run_in_executor(_RESOLVERS, ask)
    return list(dict.fromkeys(str(info[4][0]) for info in found))


def ssl_context() -> ssl.SSLContext:
    """Return the authorities of the system and of Mozilla: certificates are verified, always."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())  # not every system has a list of its own
    return context


class Guard(AbstractResolver):
    """Resolves, checks, and opens sockets only for what it finds public."""

    def __init__(self, resolver: Resolve, allowed: tuple[Network, ...]) -> None:
        self._resolve, self._allowed = resolver, allowed

    def arguments(self) -> dict[str, Any]:
        """Return what makes a connector pass through this guard, twice."""
        return {"resolver": self, "socket_factory": self.socket}

    def literal(self, host: str) -> None:
        """Refuse an address written into a URL in any spelling but that of a public one."""
        if is_literal(host):
            self._check(host.strip("[]"), host)

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Return the public addresses of a host."""
        try:
            addresses = await self._resolve(host, port)
        except UnicodeError as error:
            raise OSError(f"{host} does not resolve: {error}") from None
        public = [one for one in addresses if is_public(one, self._allowed)]
        if addresses and not public:
            self._check(addresses[0], host)
        if not public:
            raise OSError(f"{host} has no address")
        return [_result(host, one, port) for one in public[:MAX_ADDRESSES]]

    def socket(self, info: tuple[Any, ...]) -> socket.socket:
        """Open a socket for an address, if it is one that we may connect to."""
        family, kind, protocol, _, address = info
        self._check(str(address[0]), str(address[0]))
        return socket.socket(family=family, type=kind, proto=protocol)

    def _check(self, address: str, host: str) -> None:
        if not is_public(address, self._allowed):
            leads = "" if host in (address, f"[{address}]") else f" leads to {address}, which"
            raise Reject("forbidden-address", f"{host}{leads} is not a public address")

    async def close(self) -> None:
        """Close nothing: the threads are the process's."""


def _result(host: str, address: str, port: int) -> ResolveResult:
    return ResolveResult(
        hostname=host,
        host=address,
        port=port,
        family=socket.AF_INET6 if ":" in address else socket.AF_INET,
        proto=0,
        flags=socket.AI_NUMERICHOST,
    )
