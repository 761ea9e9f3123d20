"""What robots.txt lets us do (RFC 9309), as a value made from a server's answer."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from protego import Protego

PRODUCT = "steppewire"
"""The product token by which robots.txt may address us."""
MAX_BYTES = 500 * 1024
"""RFC 9309, 2.5: at least this much must be read; we read no more."""
LONGEST_DELAY = 86_400.0
"""Seconds; a host that asks for more than a day is asked once a day."""
MAX_HOPS = 5
"""RFC 9309, 2.3.1.2: redirects to follow for robots.txt itself."""


@dataclass(frozen=True)
class Robots:
    """The rules of one host. `unknown`: the server failed to tell; nothing is allowed for now."""

    text: str = ""
    unknown: bool = False
    why: str = ""
    """Why it is unknown, in words."""

    def allows(self, url: str, agent: str = "") -> bool:
        """Tell whether `url` may be fetched, by us and by the agent that we say we are."""
        return all(self._rules.can_fetch(url, token) for token in tokens(agent))

    def delay(self, agent: str = "") -> float:
        """Return the Crawl-delay (seconds) that applies to us, a day at most; 0 for none."""
        delays = (self._rules.crawl_delay(token) for token in tokens(agent))
        longest = max((delay for delay in delays if delay and delay > 0), default=0.0)
        return min(longest, LONGEST_DELAY)

    @property
    def sitemaps(self) -> tuple[str, ...]:
        """The sitemaps that it names."""
        return tuple(self._rules.sitemaps)

    @cached_property
    def _rules(self) -> Protego:
        return Protego.parse(self.text)


def read_robots(status: int, body: bytes) -> Robots:
    """Return the rules in an answer: 4xx allows all, 5xx (and 429) nothing for now."""
    if 200 <= status < 300:
        return Robots(body[:MAX_BYTES].decode("utf-8", "replace").lstrip("\ufeff"))
    if status >= 500 or status == 429:
        return Robots(unknown=True, why=f"the server answers {status}")
    return Robots()


def tokens(agent: str) -> tuple[str, ...]:
    """Return the names under which rules apply to us: our own, and that of a borrowed agent."""
    product = agent.partition("/")[0].strip().lower()
    return (PRODUCT,) if product in ("", PRODUCT) else (PRODUCT, product)
