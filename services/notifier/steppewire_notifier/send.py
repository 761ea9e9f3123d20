"""The one adapter for the network: a message goes out past the guard, and little comes back."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import aiohttp
from yarl import URL

from steppewire.addresses import network
from steppewire.errors import Reject
from steppewire.guard import Guard, Resolve, resolve, ssl_context
from steppewire.targets import target_of
from steppewire_notifier.verdicts import Answer

MOST_REDIRECTS = 3
MOST_READ = 65_536
"""Bytes of an answer that are read, so that the connection can be used again; nobody looks."""
_CONNECT_TIMEOUT = 5.0
"""Seconds until a receiver must have taken the connection."""


class Sender:
    """Sends messages to addresses that are public, or allowed."""

    def __init__(
        self,
        *,
        timeout: float,
        agent: str,
        allowed: Iterable[str] = (),
        resolver: Resolve = resolve,
    ) -> None:
        self._timeout, self._agent = timeout, agent
        self._guard = Guard(resolver, tuple(network(one) for one in allowed))
        self._session: aiohttp.ClientSession | None = None

    async def send(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Send a message; every way to fail is an answer with status 0 and a reason."""
        try:
            async with asyncio.timeout(self._timeout):
                return await self._send(url, body, headers)
        except TimeoutError:
            return Answer(0, f"no answer in {self._timeout:g} s")
        except Reject as error:
            return Answer(0, str(error))
        except (aiohttp.ClientError, OSError, ValueError) as error:
            return Answer(0, f"unreachable: {error or type(error).__name__}")

    async def _send(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        for _ in range(MOST_REDIRECTS + 1):
            answer, location = await self._post(url, body, headers)
            if location is None:
                return answer
            # 307 and 308 alone say: the same message, there; each place passes the guard anew
            url = str(URL(url).join(URL(location)))
        return Answer(0, f"more than {MOST_REDIRECTS} redirects")

    async def _post(
        self, url: str, body: bytes, headers: Mapping[str, str]
    ) -> tuple[Answer, str | None]:
        target = target_of(url)
        self._guard.literal(target.host)
        request = self._door().post(
            target.url,
            data=body,
            headers={"Host": target.authority, "User-Agent": self._agent, **headers},
            allow_redirects=False,
        )
        async with request as response:
            location = response.headers.get("location")
            await response.content.read(MOST_READ)
            after = retry_after(response.headers.get("retry-after"), datetime.now(UTC))
            answer = Answer(response.status, retry_after=after)
            return answer, location if response.status in (307, 308) else None

    def _door(self) -> aiohttp.ClientSession:
        # made at the first message: a connector belongs to the running event loop
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    limit=64, use_dns_cache=False, ssl=ssl_context(), **self._guard.arguments()
                ),
                cookie_jar=aiohttp.DummyCookieJar(),
                trust_env=False,
                auto_decompress=False,  # what comes back is thrown away: no bombs are unpacked
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=_CONNECT_TIMEOUT),
            )
        return self._session

    async def aclose(self) -> None:
        """Close all connections."""
        if self._session is not None:
            await self._session.close()


def retry_after(text: str | None, now: datetime) -> float | None:
    """Read Retry-After: seconds or a date; None for what is neither."""
    if text is None:
        return None
    if text.strip().isdecimal():
        return float(text.strip()[:10])
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return None
    return max(0.0, (at - (now if at.tzinfo else now.replace(tzinfo=None))).total_seconds())
