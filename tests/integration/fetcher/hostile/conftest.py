"""What a hostile site, name or certificate tries, against the fetcher's own stack.

Each case runs from robots.txt to the socket, against real servers. The bad sites live at 127.0.0.2,
which these tests allow. At 127.0.0.1 is the treasure, a server inside: after each case it must not
even have been connected to.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import trustme
from redis.asyncio import Redis

from steppewire.errors import Verdict
from steppewire.testing.hostile import BAD, Ending, Hostile, certificates, hostile_web, names
from steppewire.testing.site import reply
from steppewire_fetcher.pace import Breaker, Pace
from steppewire_fetcher.rulebook import RedisShelf, Rulebook
from steppewire_fetcher.visit import Manners, Visitor
from steppewire_fetcher.web import Web

NO_BREAKER = Breaker(failures=10_000, pause=0.0)
"""The suite asks one bad host again and again; what a breaker does has its own tests."""


@pytest.fixture
def manners() -> Manners:
    return Manners(agent="steppewire/test", pace=0.0, timeout=8.0, limit=100_000, patience=60.0)


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="session")
def contexts(authority: trustme.CA) -> dict[str, ssl.SSLContext]:
    return certificates(authority)


@pytest.fixture
async def hostile(
    authority: trustme.CA, contexts: dict[str, ssl.SSLContext]
) -> AsyncIterator[Hostile]:
    async with hostile_web(authority, contexts) as running:
        yield running


@pytest.fixture
async def visitor(hostile: Hostile, redis: Redis) -> AsyncIterator[Visitor]:
    """The real stack; of the inside, only the address of the bad sites is allowed."""
    hostile.site.replies |= {"/robots.txt": reply(b"", 404), "/ok": reply()}
    web = Web(resolver=names(), allowed=[f"{BAD}/32"], trust=hostile.trust())
    rulebook = Rulebook(web, RedisShelf(redis, 1), now=time.monotonic)
    yield Visitor(web, rulebook, Pace(redis, 1, NO_BREAKER), now=lambda: datetime.now(UTC))
    await web.aclose()
    assert hostile.touched == [], "somebody connected to what is inside"


@pytest.fixture
def ending(hostile: Hostile, visitor: Visitor, manners: Manners) -> Ending:
    """Visits an address, and returns the status of the answer or the reason of a verdict."""

    async def visit(url: str, timeout: float = manners.timeout) -> str:
        try:
            found = await visitor.visit(hostile.url(url), replace(manners, timeout=timeout))
            return str(found.status)
        except Verdict as verdict:
            return verdict.reason

    return visit
