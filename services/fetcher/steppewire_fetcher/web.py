"""The one adapter for the network: a single request, with limits on time, size and address.

Every request passes one of two doors. Hosts that the operator rerouted (for tests, demos and
mirrors) go to the given address. All others go through a connection pool that resolves a name
itself, refuses addresses that are not public, and connects to the very address it has checked, so
that a name which changes its answer between check and use gains nothing.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import httpcore
import httpx

from steppewire.errors import Reject, Retry
from steppewire_fetcher.addresses import is_literal, is_public
from steppewire_fetcher.answers import Answer
from steppewire_fetcher.inflate import ACCEPT_ENCODING, BadEncoding, Inflater, TooLarge

Resolve = Callable[[str, int], Awaitable[list[str]]]
ANY_HOST = "*"

_CONNECT_TIMEOUT = 10.0
_KEEP_ALIVE = 15.0
_ACCEPT = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


_RESOLVERS = ThreadPoolExecutor(16, thread_name_prefix="resolve")
"""Threads of its own: names that hang must not keep pages from being written to the blob store."""


async def resolve(host: str, port: int) -> list[str]:
    """Return the numeric addresses of a host, as the system resolver orders them."""
    ask = partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
    found = await asyncio.get_running_loop().run_in_executor(_RESOLVERS, ask)
    return list(dict.fromkeys(str(info[4][0]) for info in found))


_MAX_REPLY = 65_536
"""Bytes of the answer to a form; nobody reads them."""


class Web:
    """Makes requests; follows nothing, decides nothing about what comes back."""

    def __init__(
        self,
        *,
        reroute: Mapping[str, str] | None = None,
        resolver: Resolve = resolve,
        connections: int = 64,
    ) -> None:
        guarded = GuardedTransport(resolver, connections)
        self._transport: httpx.AsyncBaseTransport = (
            Reroute(reroute, guarded, connections) if reroute else guarded
        )

    async def get(
        self,
        url: str,
        headers: Mapping[str, str],
        *,
        limit: int,
        timeout: float,
        cut: bool = False,
    ) -> Answer:
        """Return the answer to one GET.

        `timeout` (seconds) is for the whole request, `limit` (bytes) for the decoded body; a body
        that is longer is cut with `cut`, else rejected. Raises Retry (`timeout`, `unreachable`,
        `bad-body`) and Reject (`too-large`, `forbidden-address`, `bad-url`).
        """
        try:
            async with asyncio.timeout(timeout):
                return await self._get(url, headers, limit, timeout, cut)
        except (TimeoutError, httpx.TimeoutException):
            raise Retry("timeout", f"no complete answer in {timeout:g} s: {url}") from None
        except (httpx.InvalidURL, httpx.UnsupportedProtocol, httpx.LocalProtocolError) as error:
            raise Reject("bad-url", f"{url}: {error}") from None
        except (httpx.TransportError, OSError) as error:
            raise Retry("unreachable", f"{url}: {error or type(error).__name__}") from None
        except BadEncoding as error:
            raise Retry("bad-body", f"{url}: {error}") from None

    async def post(
        self, url: str, form: Mapping[str, str], headers: Mapping[str, str], *, timeout: float
    ) -> Answer:
        """Send a form; raise Retry("unreachable"), or Reject as `get` does."""
        try:
            async with asyncio.timeout(timeout):
                return await self._get(url, headers, _MAX_REPLY, timeout, True, form)
        except (TimeoutError, httpx.HTTPError, httpx.InvalidURL, OSError, BadEncoding) as error:
            raise Retry("unreachable", f"{url}: {error or type(error).__name__}") from None

    async def _get(
        self,
        url: str,
        headers: Mapping[str, str],
        limit: int,
        timeout: float,
        cut: bool,
        form: Mapping[str, str] | None = None,
    ) -> Answer:
        request = httpx.Request(
            "GET" if form is None else "POST",
            url,
            data=form,
            headers={"Accept": _ACCEPT, "Accept-Encoding": ACCEPT_ENCODING, **headers},
            extensions={"timeout": _timeouts(timeout)},
        )
        if request.url.scheme not in ("http", "https") or not request.url.host:
            raise Reject("bad-url", f"not an http(s) address: {url}")
        # without a client: no cookies, no redirects, no proxies from the environment
        response = await self._transport.handle_async_request(request)
        try:
            body = await _body(response, limit, cut)
        except TooLarge:
            raise Reject("too-large", f"more than {limit} bytes: {url}") from None
        finally:
            await response.aclose()
        return Answer(url, response.status_code, _headers(response), body)

    async def aclose(self) -> None:
        """Close all connections."""
        await self._transport.aclose()


async def _body(response: httpx.Response, limit: int, cut: bool) -> bytes:
    inflater = Inflater(response.headers.get("content-encoding", ""), limit)
    try:
        async for chunk in response.aiter_raw():
            inflater.feed(chunk)
    except TooLarge as bomb:
        if not cut:
            raise
        return bomb.kept
    return inflater.body()


def _headers(response: httpx.Response) -> dict[str, str]:
    return {name.lower(): value for name, value in response.headers.items()}


def _timeouts(timeout: float) -> dict[str, float | None]:
    return httpx.Timeout(timeout, connect=min(timeout, _CONNECT_TIMEOUT)).as_dict()


class GuardedTransport(httpx.AsyncHTTPTransport):
    """httpx's transport over a pool that connects to public addresses only."""

    def __init__(self, resolver: Resolve, connections: int) -> None:
        super().__init__(trust_env=False)
        # httpx has no argument for httpcore's (public) network backend, so the pool is replaced
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=ssl_context(),
            max_connections=connections,
            max_keepalive_connections=connections // 2,
            keepalive_expiry=_KEEP_ALIVE,
            network_backend=PublicOnly(resolver),
        )


def ssl_context() -> ssl.SSLContext:
    """Return httpx's default: certificates are verified, always."""
    return httpx.create_ssl_context(trust_env=True)


class PublicOnly(httpcore.AsyncNetworkBackend):
    """Resolves, checks, and connects to what was checked."""

    def __init__(
        self, resolver: Resolve, backend: httpcore.AsyncNetworkBackend | None = None
    ) -> None:
        self._resolve = resolver
        self._backend = backend or httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the first public address of `host` that answers."""
        failure: Exception = httpcore.ConnectError(f"{host} has no address")
        for address in await self._public(host, port):
            try:
                return await self._backend.connect_tcp(
                    address, port, timeout, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure

    async def _public(self, host: str, port: int) -> list[str]:
        try:
            addresses = await self._resolve(host, port)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(f"{host} does not resolve: {error}") from None
        public = [address for address in addresses if is_public(address)]
        if addresses and not public:
            leads = "" if host == addresses[0] else f" leads to {addresses[0]}, which"
            raise Reject("forbidden-address", f"{host}{leads} is not a public address")
        return public

    async def sleep(self, seconds: float) -> None:
        """Sleep (httpcore's own retries; unused)."""
        await asyncio.sleep(seconds)


class Reroute(httpx.AsyncBaseTransport):
    """Sends requests for some hosts to another address; URL and Host header stay as they are.

    `*` stands for every host name that is not listed, but never for a numeric address.
    """

    def __init__(
        self, routes: Mapping[str, str], otherwise: httpx.AsyncBaseTransport, connections: int
    ) -> None:
        self._routes = {host.lower(): httpx.URL(target) for host, target in routes.items()}
        self._otherwise = otherwise
        limits = httpx.Limits(max_connections=connections, keepalive_expiry=_KEEP_ALIVE)
        self._direct = httpx.AsyncHTTPTransport(limits=limits, trust_env=False)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request through the door that its host is meant for."""
        target = self._target(request.url.host)
        if target is None:
            return await self._otherwise.handle_async_request(request)
        rerouted = httpx.Request(
            request.method,
            target.copy_with(raw_path=request.url.raw_path),
            headers=request.headers,
            stream=request.stream,
            extensions=request.extensions,
        )
        return await self._direct.handle_async_request(rerouted)

    def _target(self, host: str) -> httpx.URL | None:
        found = self._routes.get(host.lower())
        return found or (None if is_literal(host) else self._routes.get(ANY_HOST))

    async def aclose(self) -> None:
        """Close both doors."""
        await self._direct.aclose()
        await self._otherwise.aclose()
