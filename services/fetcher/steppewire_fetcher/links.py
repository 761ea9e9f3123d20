"""Links to articles as feeds, sitemaps and listings give them; cleaning, joining, choosing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from urllib.parse import urldefrag, urljoin, urlsplit

from steppewire.identity import link_id
from steppewire.plugins import Source
from steppewire_fetcher import moments

MAX_URL = 2048
"""Characters; longer addresses are left out."""
MAX_TITLE = 500
_EARLY = datetime.min.replace(tzinfo=UTC)
_SPACES = re.compile(r"[\x00-\x20\x7f]+")
_GLUED = re.compile(r"^https?://[^/?#]*?(https?://.+)$", re.IGNORECASE)
_SAME_MARKS = 10
"""So many links with one and the same mark of change: it is the list's own, and says nothing."""


@dataclass(frozen=True)
class Link:
    """One address with what was said about it."""

    url: str
    title: str | None = None
    published: datetime | None = None
    modified: str | None = None
    """Date of the last change, verbatim."""
    language: str | None = None
    alternates: Mapping[str, str] = field(default_factory=dict, hash=False)
    """hreflang -> address of the other editions, as written."""


@dataclass(frozen=True)
class Child:
    """A sitemap that a sitemap index names."""

    url: str
    modified: str | None = None


@dataclass(frozen=True)
class Reading:
    """What could be read out of one document, and short slugs for what could not."""

    links: tuple[Link, ...] = ()
    children: tuple[Child, ...] = ()
    warnings: tuple[str, ...] = ()
    hub: str | None = None
    """Where this document can be subscribed to (WebSub)."""
    topic: str | None = None
    """What a subscription asks for: the document's own address, as it says."""


def absolute(base: str, href: str) -> str | None:
    """Return the http(s) address that `href` on `base` means, without fragment; None for others."""
    href = _SPACES.sub("", href)
    # tengrinews.kz has had <loc>https://tengrinews.kzhttps://tengrisport.kz/…</loc>
    glued = _GLUED.match(href)
    try:
        url = urldefrag(urljoin(base, glued[1] if glued else href)).url
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
        plain = parts.username is None and len(url) <= MAX_URL
    except ValueError:
        return None
    return url if usable and plain else None


def belongs(source: Source, url: str) -> bool:
    """Tell whether `url` is an article of `source`; an address that cannot be read is none."""
    try:
        return source.owns(url)
    except ValueError:
        return False


def merged(links: Iterable[Link]) -> list[Link]:
    """Return one link for each address, in order; what one mention lacks another supplies."""
    known: dict[str, Link] = {}
    for link in links:
        try:
            identity = link_id(link.url)
        except ValueError:
            continue
        known[identity] = _both(known[identity], link) if identity in known else link
    return list(known.values())


def newest(links: Sequence[Link], limit: int) -> list[Link]:
    """Return at most `limit` links: the newest by their dates, else the first ones."""
    if len(links) <= limit:
        return list(links)
    return sorted(links, key=_age, reverse=True)[:limit]


def _age(link: Link) -> datetime:
    return link.published or moments.read(link.modified, UTC) or _EARLY


def without_empty_marks(links: Sequence[Link]) -> list[Link]:
    """Drop change dates that say nothing: all of many links changed at the same second.

    adyrna.kz's sitemap gives the current day as lastmod of everything.
    """
    marks = Counter(link.modified for link in links if link.modified)
    if len(marks) != 1 or marks.total() < _SAME_MARKS:
        return list(links)
    return [replace(link, modified=None) for link in links]


def _both(first: Link, second: Link) -> Link:
    titles = [title for title in (first.title, second.title) if title]
    return Link(
        url=first.url,
        title=max(titles, key=len, default=None),
        published=first.published or second.published,
        modified=max((first.modified, second.modified), key=_when),
        language=first.language or second.language,
        alternates={**second.alternates, **first.alternates},
    )


def _when(modified: str | None) -> tuple[bool, datetime]:
    return modified is not None, moments.read(modified, UTC) or _EARLY
