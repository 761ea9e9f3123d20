"""One address visited politely: robots.txt, the host's turn, one request, each redirect alike."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol
from urllib.parse import urlsplit

from steppewire.errors import Reject, Retry, Skip
from steppewire.targets import target_of
from steppewire_fetcher.answers import NONE, Answer, Validators
from steppewire_fetcher.judge import REDIRECTS, rest_wanted
from steppewire_fetcher.links import absolute
from steppewire_fetcher.pace import Health, Turn
from steppewire_fetcher.robots import Robots
from steppewire_fetcher.rulebook import UNKNOWN_FOR, Getter

MAX_HOPS = 10
PATIENCE = 60.0
"""Seconds that a redirect's next hop waits for its turn: it has queued once already, and if it were
sent back, its first hop would take a turn again, for ever."""
LONGEST_REST = 600.0
"""Seconds for which one rate-limited answer keeps every other request from its host."""
HOST_FAILED = frozenset({"timeout", "unreachable", "bad-certificate"})
"""Reasons of the network that speak against the host and not against the page."""


@dataclass(frozen=True)
class Manners:
    """How to behave on a site."""

    agent: str
    pace: float
    """Seconds between two requests to the same host."""
    timeout: float
    """Seconds for one whole request."""
    limit: int
    """Bytes of a decoded body."""
    concurrency: int = 2
    """Requests to the same host at the same time."""
    patience: float = 0.0
    """Longest wait (seconds) for the host's turn; 0 leaves it to the pace."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Further request headers, as an API asks for them; no other host gets them by a redirect."""


class Rules(Protocol):
    """Knows what robots.txt says."""

    async def rules(self, url: str, agent: str) -> Robots:
        """Return the rules that apply to `url`."""


class Turns(Protocol):
    """Knows whose turn it is at a host."""

    async def turn(
        self, host: str, interval: float, *, patience: float, concurrency: int, lasts: float
    ) -> Turn:
        """Wait for the next turn, or raise Retry("pace") or Retry("host-down")."""

    async def done(self, turn: Turn, health: Health) -> None:
        """Give the turn back."""

    async def rest(self, host: str, seconds: float) -> None:
        """Leave the host alone for a while."""


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme.lower(), parts.netloc.lower()


@dataclass
class _Outcome:
    """How a request went, for its host."""

    health: Health = "unknown"


def health_told_by(answer: Answer) -> Health:
    """Tell whether a host works: 5xx says no, unless it asks for a pause like a host that does."""
    overloaded = answer.status == 503 and "retry-after" in answer.headers
    return "failed" if answer.status >= 500 and not overloaded else "ok"


class Visitor:
    """Visits addresses. Every hop of a redirect keeps the same rules as the first."""

    def __init__(
        self, web: Getter, rules: Rules, turns: Turns, *, now: Callable[[], datetime]
    ) -> None:
        self._web, self._rules, self._turns, self._now = web, rules, turns, now

    async def visit(self, url: str, manners: Manners, known: Validators = NONE) -> Answer:
        """Return the answer at the end of the redirects; its `url` is the one that answered.

        Raises Skip("robots"), Retry("robots-unknown"), Retry("pace"), Retry("host-down"),
        Reject("redirect-loop"), and whatever the network raises.
        """
        seen: list[str] = []
        while True:
            answer = await self._hop(url, manners, known, redirected=bool(seen))
            seen.append(url)
            target = absolute(url, answer.headers.get("location", ""))
            if answer.status not in REDIRECTS or not answer.headers.get("location") or not target:
                return answer
            if target in seen or len(seen) > MAX_HOPS:
                raise Reject("redirect-loop", f"{len(seen)} hops, then {target}")
            if _origin(target) != _origin(url):
                manners = replace(manners, headers={})  # an API's key is for nobody else
            url = target

    async def robots(self, url: str, manners: Manners) -> Robots:
        """Return the robots.txt rules of the host of `url`."""
        return await self._rules.rules(url, manners.agent)

    async def _hop(
        self, url: str, manners: Manners, known: Validators, *, redirected: bool
    ) -> Answer:
        host = target_of(url).host  # tricks end here, before anybody is asked for anything
        delay = await self._permitted(url, manners)
        patience = max(manners.patience, PATIENCE) if redirected else manners.patience
        headers = {**manners.headers, "User-Agent": manners.agent, **known.headers()}
        async with self._turn(host, max(manners.pace, delay), patience, manners) as outcome:
            answer = await self._web.get(url, headers, limit=manners.limit, timeout=manners.timeout)
            outcome.health = health_told_by(answer)
        wait = rest_wanted(answer, self._now())
        if wait:
            await self._turns.rest(host, min(wait, LONGEST_REST))
        return answer

    @asynccontextmanager
    async def _turn(
        self, host: str, interval: float, patience: float, manners: Manners
    ) -> AsyncIterator[_Outcome]:
        """Hold one of the host's places for as long as the block runs, and tell how it went."""
        turn = await self._turns.turn(
            host,
            interval,
            patience=patience,
            concurrency=manners.concurrency,
            lasts=manners.timeout,
        )
        outcome = _Outcome()
        try:
            yield outcome
        except Retry as verdict:
            outcome.health = "failed" if verdict.reason in HOST_FAILED else "ok"
            raise
        except Reject as verdict:
            outcome.health = "ok" if verdict.reason == "too-large" else "unknown"
            raise
        finally:
            await asyncio.shield(self._turns.done(turn, outcome.health))

    async def _permitted(self, url: str, manners: Manners) -> float:
        """Return the host's Crawl-delay (seconds); raise when robots.txt does not let us in."""
        rules = await self._rules.rules(url, manners.agent)
        if rules.unknown:
            why = f"the host is left alone until its robots.txt can be read: {rules.why}"
            raise Retry("robots-unknown", why, after=UNKNOWN_FOR)
        if not rules.allows(url, manners.agent):
            raise Skip("robots", f"robots.txt bars {url}")
        return rules.delay(manners.agent)
