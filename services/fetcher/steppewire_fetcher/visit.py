"""One address visited politely: robots.txt, the host's turn, one request, each redirect alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from urllib.parse import urlsplit

from steppewire.errors import Reject, Retry, Skip
from steppewire_fetcher.answers import NONE, Answer, Validators
from steppewire_fetcher.judge import REDIRECTS, rest_wanted
from steppewire_fetcher.links import absolute
from steppewire_fetcher.robots import Robots
from steppewire_fetcher.rulebook import UNKNOWN_FOR, Getter

MAX_HOPS = 10
PATIENCE = 60.0
"""Seconds that a redirect's next hop waits for its turn: it has queued once already, and if it were
sent back, its first hop would take a turn again, for ever."""
LONGEST_REST = 600.0
"""Seconds for which one rate-limited answer keeps every other request from its host."""


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
    patience: float = 0.0
    """Longest wait (seconds) for the host's turn; 0 leaves it to the pace."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Further request headers, as an API asks for them."""


class Rules(Protocol):
    """Knows what robots.txt says."""

    async def rules(self, url: str, agent: str) -> Robots:
        """Return the rules that apply to `url`."""


class Turns(Protocol):
    """Knows whose turn it is at a host."""

    async def turn(self, host: str, interval: float, *, patience: float = 0.0) -> None:
        """Wait for the next turn, or raise Retry("pace")."""

    async def rest(self, host: str, seconds: float) -> None:
        """Leave the host alone for a while."""


class Visitor:
    """Visits addresses. Every hop of a redirect keeps the same rules as the first."""

    def __init__(
        self, web: Getter, rules: Rules, turns: Turns, *, now: Callable[[], datetime]
    ) -> None:
        self._web, self._rules, self._turns, self._now = web, rules, turns, now

    async def visit(self, url: str, manners: Manners, known: Validators = NONE) -> Answer:
        """Return the answer at the end of the redirects; its `url` is the one that answered.

        Raises Skip("robots"), Retry("robots-unknown"), Retry("pace"), Reject("redirect-loop"),
        and whatever the network raises.
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
            url = target

    async def robots(self, url: str, manners: Manners) -> Robots:
        """Return the robots.txt rules of the host of `url`."""
        return await self._rules.rules(url, manners.agent)

    async def _hop(
        self, url: str, manners: Manners, known: Validators, *, redirected: bool
    ) -> Answer:
        delay = await self._permitted(url, manners)
        host = urlsplit(url).hostname or ""
        patience = max(manners.patience, PATIENCE) if redirected else manners.patience
        await self._turns.turn(host, max(manners.pace, delay), patience=patience)
        headers = {**manners.headers, "User-Agent": manners.agent, **known.headers()}
        answer = await self._web.get(url, headers, limit=manners.limit, timeout=manners.timeout)
        wait = rest_wanted(answer, self._now())
        if wait:
            await self._turns.rest(host, min(wait, LONGEST_REST))
        return answer

    async def _permitted(self, url: str, manners: Manners) -> float:
        """Return the host's Crawl-delay (seconds); raise when robots.txt does not let us in."""
        rules = await self._rules.rules(url, manners.agent)
        if rules.unknown:
            why = f"the host is left alone until its robots.txt can be read: {rules.why}"
            raise Retry("robots-unknown", why, after=UNKNOWN_FOR)
        if not rules.allows(url, manners.agent):
            raise Skip("robots", f"robots.txt bars {url}")
        return rules.delay(manners.agent)
