"""The desk: the newsroom's only state. Which edition is out, who asked for what, and how often."""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass, field

from steppewire_newsroom.publishers import SITES
from steppewire_newsroom.publishers.site import Page, Site

_REMEMBERED = 100_000
"""Requests kept in the log; the oldest are forgotten first."""


@dataclass(frozen=True)
class Asked:
    """One request, as it was answered."""

    at: float
    """Seconds on the server's monotonic clock: only differences mean something."""
    host: str
    path: str
    status: int
    agent: str
    conditional: bool
    """Whether it carried If-None-Match or If-Modified-Since."""


@dataclass
class Desk:
    """Holds the pages of the current edition, and remembers requests."""

    edited: bool = False
    log: deque[Asked] = field(default_factory=lambda: deque(maxlen=_REMEMBERED))
    _asked: Counter[tuple[str, str]] = field(default_factory=Counter)
    _pages: dict[str, Mapping[str, Page]] = field(default_factory=dict)

    def site(self, host: str) -> Site | None:
        """Return the site played at `host` or at one of its aliases."""
        return _BY_HOST.get(host)

    def page(self, site: Site, path: str, query: str) -> Page | None:
        """Return the page at an address; a query that names no page of its own is ignored."""
        pages = self._pages.get(site.key)
        if pages is None:
            pages = self._pages[site.key] = site.pages(self.edited)
        return pages.get(f"{path}?{query}") or pages.get(path)

    def knock(self, host: str, path: str) -> int:
        """Count a request; return how often this page was asked for before."""
        before = self._asked[host, path]
        self._asked[host, path] += 1
        return before

    def note(self, host: str, path: str, status: int, agent: str, conditional: bool) -> None:
        """Write a request into the log."""
        self.log.append(Asked(time.monotonic(), host, path, status, agent, conditional))

    def edit(self) -> None:
        """Bring out the second edition; twice is the same as once."""
        self.edited = True
        self._pages.clear()

    def reset(self) -> None:
        """Back to the first edition, with nothing asked."""
        self.edited = False
        self.log.clear()
        self._asked.clear()
        self._pages.clear()


_BY_HOST: dict[str, Site] = {host: site for site in SITES for host in (site.host, *site.aliases)}


def hosts() -> tuple[str, ...]:
    """Return every host that the newsroom plays, aliases included."""
    return tuple(_BY_HOST)


def reroute(port: int, address: str = "127.0.0.1") -> str:
    """Return the value of STEPPEWIRE_REROUTE that sends all hosts to this server."""
    return ",".join(f"{host}=http://{address}:{port}" for host in hosts())
