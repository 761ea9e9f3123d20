"""robots.txt of each host, asked for once a day and remembered in Redis for all fetchers."""

from __future__ import annotations

import asyncio
import json
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, Protocol
from urllib.parse import urljoin, urlsplit

from redis.asyncio import Redis

from steppewire.errors import Reject, Retry
from steppewire.streams import key, partition_of
from steppewire_fetcher.answers import Answer
from steppewire_fetcher.judge import REDIRECTS
from steppewire_fetcher.links import absolute
from steppewire_fetcher.robots import MAX_BYTES, MAX_HOPS, Robots, read_robots

DAY = 86_400
"""RFC 9309, 2.4: a copy should not be used for longer."""
UNKNOWN_FOR = 300
"""Seconds until a server that failed to tell its rules is asked again."""
KEEP_LAST = 30 * DAY
"""RFC 9309, 2.3.1.4: for so long the last rules of a server that fails to tell them may serve."""
_MEMORY_FOR = 600.0
"""Seconds that this process trusts what it remembers itself, before it asks Redis again."""
_MEMORY_HOSTS = 2_000
"""Hosts whose rules it remembers."""
_TIMEOUT = 15.0
"""Seconds in which robots.txt must be there."""


class Getter(Protocol):
    """Makes one request."""

    async def get(
        self, url: str, headers: dict[str, str], *, limit: int, timeout: float, cut: bool = False
    ) -> Answer:
        """Return the answer or raise a verdict."""


class Shelf(Protocol):
    """Where answers are kept for all fetchers."""

    async def get(self, site: str) -> bytes | None:
        """Return what is kept of a site, or None."""

    async def put(self, site: str, record: str, seconds: int) -> None:
        """Keep a record for so long."""


class RedisShelf:
    """Keeps answers in Redis, in the partition of their host."""

    def __init__(self, redis: Redis, partitions: int) -> None:
        self._redis, self._partitions = redis, partitions

    async def get(self, site: str) -> bytes | None:
        """Return what is kept of a site, or None."""
        stored: Any = await self._redis.get(self._key(site))
        return None if stored is None else bytes(stored)

    async def put(self, site: str, record: str, seconds: int) -> None:
        """Keep a record for so long."""
        await self._redis.set(self._key(site), record, ex=seconds)

    def _key(self, site: str) -> str:
        host = urlsplit(site).hostname or ""
        return key(f"robots.{site}", partition_of(host, self._partitions))


class Rulebook:
    """Knows the rules of every host. `now` is a clock in seconds."""

    def __init__(self, web: Getter, shelf: Shelf, *, now: Callable[[], float]) -> None:
        self._web, self._shelf, self._now = web, shelf, now
        self._memory: OrderedDict[str, tuple[float, Robots]] = OrderedDict()
        self._asking: dict[str, asyncio.Lock] = {}

    async def rules(self, url: str, agent: str) -> Robots:
        """Return the rules that apply to `url`: from memory, from Redis, or from the host."""
        site = _site(url)
        # one question at a time for each host, so that a first batch of links asks once
        lock = self._asking.setdefault(site, asyncio.Lock())
        try:
            async with lock:
                return self._remembered(site) or await self._learn(site, agent)
        finally:
            if not lock.locked():
                self._asking.pop(site, None)

    def _remembered(self, site: str) -> Robots | None:
        until, rules = self._memory.get(site, (0.0, None))
        return rules if until > self._now() else None

    async def _learn(self, site: str, agent: str) -> Robots:
        stored = await self._shelf.get(site)
        if stored is not None:
            rules = Robots(**json.loads(stored))
        else:
            rules, unknown = await self._ask_or_recall(site, agent)
            await self._shelf.put(site, _record(rules), UNKNOWN_FOR if unknown else DAY)
        self._remember(site, rules)
        return rules

    async def _ask_or_recall(self, site: str, agent: str) -> tuple[Robots, bool]:
        """Return what a host says, or what it said last if it fails to (RFC 9309, 2.4)."""
        rules = await self._ask(site, agent)
        last = f"{site}#last"
        if not rules.unknown:
            await self._shelf.put(last, _record(rules), KEEP_LAST)
            return rules, False
        stored = await self._shelf.get(last)
        return (Robots(**json.loads(stored)) if stored else rules), True

    def _remember(self, site: str, rules: Robots) -> None:
        lasts = min(_MEMORY_FOR, UNKNOWN_FOR) if rules.unknown else _MEMORY_FOR
        self._memory[site] = (self._now() + lasts, rules)
        self._memory.move_to_end(site)
        while len(self._memory) > _MEMORY_HOSTS:
            self._memory.popitem(last=False)

    async def _ask(self, site: str, agent: str) -> Robots:
        url = f"{site}/robots.txt"
        for _ in range(MAX_HOPS + 1):
            try:
                answer = await self._web.get(
                    url, {"User-Agent": agent}, limit=MAX_BYTES, timeout=_TIMEOUT, cut=True
                )
            except Retry as verdict:
                return Robots(unknown=True, why=str(verdict))
            except Reject as verdict:
                if verdict.reason == "forbidden-address":
                    raise
                return Robots()  # unavailable for good, like a 404
            target = absolute(url, answer.headers.get("location", ""))
            if answer.status not in REDIRECTS or target is None:
                return read_robots(answer.status, answer.body)
            url = urljoin(url, target)
        return Robots()  # RFC 9309: after five redirects it may be treated as unavailable


def _record(rules: Robots) -> str:
    return json.dumps({"text": rules.text, "unknown": rules.unknown, "why": rules.why})


def _site(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.lower()}"
