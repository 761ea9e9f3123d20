"""The one adapter for the network: a single request, with limits on time, size and address.

Every request passes one of two doors. Hosts that the operator rerouted (for tests, demos and
mirrors) go to the given address. All others go through a connector that resolves a name itself,
refuses addresses that are not public, and looks once more at the very address that a socket is
opened for, so that a name which changes its answer between check and use gains nothing.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterable, Mapping

import aiohttp
from yarl import URL

from steppewire.addresses import is_literal, network
from steppewire.errors import Reject, Retry
from steppewire.guard import Guard, Resolve, resolve, ssl_context
from steppewire.targets import Target, target_of
from steppewire_fetcher.answers import Answer
from steppewire_fetcher.inflate import ACCEPT_ENCODING, BadEncoding, Inflater, TooLarge

ANY_HOST = "*"

MAX_HEADERS = 128
MAX_HEADER = 16_384
"""Bytes of one header, or of the status line; some sites send policies of 10 KB."""
SLOW_AFTER = 10.0
"""Seconds that an answer may take at any speed."""
LEAST_RATE = 500.0
"""Bytes a second that it must bring after that: less is a server that holds us (slow loris)."""
_CONNECT_TIMEOUT = 10.0
"""Seconds until a server must have taken the connection."""
_KEEP_ALIVE = 15.0
"""Seconds that a connection with nothing to do is kept."""
_ACCEPT = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"

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
        allowed: Iterable[str] = (),
        trust: ssl.SSLContext | None = None,
    ) -> None:
        """`allowed`: networks that count as public; `trust`: authorities instead of the usual."""
        self._routes = Routes(reroute or {})
        self._guard = Guard(resolver, tuple(network(one) for one in allowed))
        self._trust, self._connections = trust, connections
        self._doors: dict[bool, aiohttp.ClientSession] = {}

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
        `bad-certificate`, `bad-body`) and Reject (`too-large`, `forbidden-address`, `bad-url`).
        """
        try:
            target = target_of(url)
            async with asyncio.timeout(timeout):
                return await self._ask(url, target, headers, limit, cut)
        except aiohttp.InvalidURL as error:
            raise Reject("bad-url", f"{url[:200]}: {error}") from None
        except TooLarge:
            raise Reject("too-large", f"more than {limit} bytes: {url}") from None
        except TimeoutError as error:
            why = str(error) or f"no complete answer in {timeout:g} s"
            raise Retry("timeout", f"{why}: {url}") from None
        except aiohttp.ClientConnectorCertificateError as error:
            raise Retry("bad-certificate", f"{url}: {_certificate_fault(error)}") from None
        except (aiohttp.ClientError, OSError) as error:
            raise Retry("unreachable", f"{url}: {_told(error)}") from None
        except ValueError as error:  # a header of ours with a line break in it
            raise Reject("bad-url", f"{url[:200]}: {error}") from None
        except BadEncoding as error:
            raise Retry("bad-body", f"{url}: {error}") from None

    async def post(
        self, url: str, form: Mapping[str, str], headers: Mapping[str, str], *, timeout: float
    ) -> Answer:
        """Send a form; raise Retry("unreachable"), or Reject as `get` does."""
        try:
            async with asyncio.timeout(timeout):
                return await self._ask(url, target_of(url), headers, _MAX_REPLY, True, form)
        except (TimeoutError, aiohttp.ClientError, OSError, ValueError, BadEncoding) as error:
            raise Retry("unreachable", f"{url}: {error or type(error).__name__}") from None

    async def _ask(
        self,
        url: str,
        target: Target,
        headers: Mapping[str, str],
        limit: int,
        cut: bool,
        form: Mapping[str, str] | None = None,
    ) -> Answer:
        route = self._routes.of(target)
        if route is None:
            self._guard.literal(target.host)
        request = self._door(rerouted=route is not None).request(
            "GET" if form is None else "POST",
            target.url if route is None else route,
            data=form,
            headers=[
                ("Host", target.authority),
                ("Accept", _ACCEPT),
                ("Accept-Encoding", ACCEPT_ENCODING),
                *headers.items(),
            ],
            allow_redirects=False,
        )
        async with request as response:
            body, packed = await _body(response, limit, cut)
            return Answer(url, response.status, _headers(response), body, packed)

    def _door(self, *, rerouted: bool) -> aiohttp.ClientSession:
        # made at the first request: a connector belongs to the running event loop
        if rerouted not in self._doors:
            guard = {} if rerouted else self._guard.arguments()
            connector = aiohttp.TCPConnector(
                limit=self._connections,
                keepalive_timeout=_KEEP_ALIVE,
                use_dns_cache=False,
                ssl=self._trust or ssl_context(),
                **guard,
            )
            self._doors[rerouted] = _session(connector)
        return self._doors[rerouted]

    async def aclose(self) -> None:
        """Close all connections."""
        for session in self._doors.values():
            await session.close()
        self._doors.clear()


def _session(connector: aiohttp.TCPConnector) -> aiohttp.ClientSession:
    """Return a session without a memory: no cookies, no proxies from the environment."""
    return aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        trust_env=False,
        auto_decompress=False,
        skip_auto_headers=("User-Agent",),
        timeout=aiohttp.ClientTimeout(total=None, sock_connect=_CONNECT_TIMEOUT),
        max_line_size=MAX_HEADER,
        max_field_size=MAX_HEADER,
        max_headers=MAX_HEADERS,
    )


async def _body(
    response: aiohttp.ClientResponse, limit: int, cut: bool
) -> tuple[bytes, bytes | None]:
    inflater = Inflater(response.headers.get("content-encoding", ""), limit)
    clock = asyncio.get_running_loop().time
    begun, received = clock(), 0
    try:
        async for chunk in response.content.iter_any():
            received += len(chunk)
            if (spent := clock() - begun) > SLOW_AFTER and received < LEAST_RATE * spent:
                raise TimeoutError(f"only {received} bytes in {spent:.0f} s")
            inflater.feed(chunk)
    except TooLarge as bomb:
        if not cut:
            raise
        return bomb.kept, None
    return inflater.body(), inflater.packed()


def _headers(response: aiohttp.ClientResponse) -> dict[str, str]:
    headers: dict[str, str] = {}
    for given, sent in response.headers.items():
        name, value = given.lower(), _readable(sent)
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


def _readable(value: str) -> str:
    """Return a header's text; bytes that are no UTF-8 are read as Latin-1, as HTTP once had it."""
    if value.isascii():
        return value
    data = value.encode("utf-8", "surrogateescape")
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _certificate_fault(error: aiohttp.ClientConnectorCertificateError) -> str:
    fault = error.certificate_error
    return str(getattr(fault, "verify_message", "") or fault)


def _told(error: Exception) -> str:
    return (str(error) or type(error).__name__)[:300]


class Routes:
    """Where the requests for some hosts go instead; URL and Host header stay as they are.

    `*` stands for every host name that is not listed, but never for a numeric address.
    """

    def __init__(self, routes: Mapping[str, str]) -> None:
        self._routes = {host.lower(): URL(target) for host, target in routes.items()}

    def of(self, target: Target) -> URL | None:
        """Return where to send a request, or None for the place that its host names."""
        route = self._routes.get(target.host)
        if route is None and not is_literal(target.host):
            route = self._routes.get(ANY_HOST)
        if route is None:
            return None
        return URL(f"{route.origin()}{target.path}", encoded=True)
