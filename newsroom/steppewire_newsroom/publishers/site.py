"""What the publishers have in common: a site is a table of paths and the pages found there."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import cached_property

from steppewire_newsroom.stories import Story, first_edition, second_edition

HTML = "text/html; charset=utf-8"
XML = "application/xml; charset=utf-8"
RSS = "application/rss+xml; charset=utf-8"
TEXT = "text/plain; charset=utf-8"
GZIP = "application/x-gzip"
STARTED = datetime(2026, 11, 1, tzinfo=UTC)
"""Last change of pages that belong to no article."""

Pages = dict[str, "Page"]


@dataclass(frozen=True)
class Page:
    """An answer that is the same for everybody who asks."""

    body: bytes
    content_type: str = HTML
    modified: datetime = STARTED
    status: int = 200
    location: str | None = None

    @cached_property
    def etag(self) -> str:
        """A strong validator: equal bytes, equal tag."""
        return f'"{hashlib.sha256(self.body).hexdigest()[:20]}"'

    @property
    def last_modified(self) -> str:
        """The HTTP date of the last change."""
        return format_datetime(self.modified.astimezone(UTC), usegmt=True)

    @cached_property
    def zipped(self) -> bytes:
        """The body as it travels to a client that accepts gzip."""
        return gzip.compress(self.body, 6, mtime=0)


@dataclass(frozen=True)
class Site:
    """One publication that the newsroom plays."""

    key: str
    """Name of its file in `sites/`."""
    source: str
    """Name of the source that reads it."""
    host: str
    title: str
    languages: tuple[str, ...]
    discovery: tuple[str, ...]
    """Addresses at which a fetcher finds its articles."""
    path: Callable[[Story], str]
    article: Callable[[Site, Story, tuple[Story, ...]], Page]
    """The page of one story; the third argument is the whole edition, for "read also"."""
    indexes: Callable[[Site, tuple[Story, ...]], Pages]
    """Home page, listings, feeds, sitemaps."""
    robots: str = "User-agent: *\nAllow: /\n"
    aliases: tuple[str, ...] = ()
    """Hosts that redirect to `host`."""
    strays: tuple[str, ...] = ()
    """Paths that its sitemap still lists although there is nothing to be had: see `trouble`."""
    full_agent: bool = False
    """Refuses user agents that say too little about themselves (timesca.com does)."""

    @property
    def base(self) -> str:
        """The address of the site without a slash at the end."""
        return f"https://{self.host}"

    def url(self, story: Story) -> str:
        """The canonical URL of a story."""
        return self.base + self.path(story)

    def paths(self, story: Story) -> tuple[str, ...]:
        """Every path that leads to a story, the canonical one first."""
        return (self.path(story), *story.also, *story.moved_from)

    def stories(self, edited: bool) -> tuple[Story, ...]:
        """The edition of the day, or the one after the desk has edited it."""
        return second_edition(self.key) if edited else first_edition(self.key)

    def translations(self, story: Story) -> tuple[tuple[str, str], ...]:
        """(hreflang, URL) of the versions of a story in other languages, itself included."""
        family = [s for s in self.stories(edited=False) if story.story and s.story == story.story]
        return tuple((s.language, self.url(s)) for s in family) if len(family) > 1 else ()

    def pages(self, edited: bool) -> Mapping[str, Page]:
        """Everything that the site serves, by path (with the query, where it has one)."""
        edition = self.stories(edited)
        pages = self.indexes(self, edition)
        pages["/robots.txt"] = Page(self.robots.encode(), TEXT)
        for story in edition:
            pages.update(self._story_pages(story, edition))
        return pages

    def _story_pages(self, story: Story, edition: tuple[Story, ...]) -> Pages:
        page = self.article(self, story, edition)
        found = dict.fromkeys((self.path(story), *story.also), page)
        moved = Page(b"", status=301, location=self.url(story))
        return found | dict.fromkeys(story.moved_from, moved)
