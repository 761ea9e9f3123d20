"""The recipe of discovery: look once at everything that lists a source's articles."""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo
from functools import partial
from typing import Protocol

from steppewire.errors import Retry, Skip, Verdict
from steppewire.events import ArticleDiscovered, Via
from steppewire.identity import link_id
from steppewire.plugins import Api, Discovery, Feed, Listing, Sitemap, Source
from steppewire_fetcher import moments, sitemaps
from steppewire_fetcher.answers import NONE, Answer
from steppewire_fetcher.apart import Read, in_thread
from steppewire_fetcher.freshness import feed_hints, fresh_for
from steppewire_fetcher.judge import judge_status
from steppewire_fetcher.links import (
    Link,
    Reading,
    belongs,
    merged,
    newest,
    without_empty_marks,
)
from steppewire_fetcher.listings import looks_like_article
from steppewire_fetcher.memory import Document, Subject, latest
from steppewire_fetcher.outlook import next_wait
from steppewire_fetcher.reading import addresses, read_document
from steppewire_fetcher.survey import Surveyor
from steppewire_fetcher.visit import Manners, Visitor

PATIENCE = 60.0
"""Seconds to wait for a host's turn: looking for news goes before fetching what waits already."""
_DEPTH = 2
"""An index of indexes is opened; nothing deeper is known to exist."""


@dataclass(frozen=True)
class Poll:
    """What one look at a source gave."""

    seen: int = 0
    new: int = 0
    points: int = 0
    failed: int = 0
    """Discovery points that could not be read at all."""
    warnings: Counter[str] = field(default_factory=Counter)
    error: str = ""
    """The last failure, in words."""
    after: float = 0.0
    """Seconds for which a failing site asked to be left alone."""
    wait: float = 0.0
    """Seconds until the first of its documents is worth another look; 0: nothing is known."""

    @property
    def succeeded(self) -> bool:
        """One readable point is enough."""
        return self.failed < self.points or not self.points


@dataclass
class _Notes:
    """What is noted while looking."""

    warnings: Counter[str] = field(default_factory=Counter)
    learnt: list[tuple[Subject, Document]] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    failed: int = 0
    error: str = ""
    after: float = 0.0

    def warn(self, slugs: Sequence[str]) -> None:
        self.warnings.update(slugs)

    def fail(self, url: str, verdict: Verdict) -> bool:
        """Note a document that could not be read; False when it only has not changed."""
        if verdict.reason == "unchanged":
            return False
        self.warnings[verdict.reason] += 1
        self.error = f"{url}: {verdict}"
        if isinstance(verdict, Retry) and verdict.after:
            self.after = max(self.after, verdict.after)
        return True


class Remembering(Protocol):
    """Remembers documents; see `memory`."""

    async def recall_document(self, subject: Subject) -> Document:
        """Return what is known of a document."""

    async def remember_document(self, subject: Subject, document: Document) -> None:
        """Remember a document until the next look at it."""


class LettingIn(Protocol):
    """Lets links into the newswire; see `door`."""

    async def let_in(self, links: Sequence[tuple[ArticleDiscovered, str]]) -> int:
        """Offer events with their marks; return how many were new or changed."""


class Hubs(Protocol):
    """Subscribes to feeds that offer it; see `websub`."""

    async def offer(self, source: Source, feed: Feed, reading: Reading) -> None:
        """Subscribe, unless that is done."""


@dataclass(frozen=True)
class Discoverer:
    """Polls sources. Everything that talks comes in as an argument."""

    visitor: Visitor
    surveyor: Surveyor
    memory: Remembering
    door: LettingIn
    now: Callable[[], datetime]
    manners: Callable[[Source], Manners]
    max_links: int = 500
    """Links taken from one document, the newest: a first look is no crawl of a site's past."""
    slowest: float = 0.0
    """Longest wait (seconds) that hints or rhythm can make of a source's poll; 0: they cannot."""
    hubs: Hubs | None = None
    """None: feeds are only polled."""
    read: Read = in_thread
    """How documents are read: within bounds, or just in a thread."""

    async def poll(self, source: Source) -> Poll:
        """Look at a source once.

        1. what lists its articles, declared or found
        2. every document of it that has changed
        3. the links that are articles of this source, each once
        4. into the newswire, if new or changed
        5. remember the documents, now that nothing can be lost
        """
        notes = _Notes()
        points = source.discover or await self.surveyor.points(source, self.manners(source))
        links = await self._look(source, points, notes)
        new = await self.door.let_in(self._announcements(source, links))
        for subject, document in notes.learnt:
            await self.memory.remember_document(subject, document)
        return Poll(
            seen=len(links),
            new=new,
            points=len(points),
            failed=notes.failed,
            warnings=notes.warnings,
            error=notes.error,
            after=notes.after,
            wait=min(notes.waits, default=0.0),
        )

    async def receive(self, source: Source, feed: Feed, body: bytes, content_type: str) -> int:
        """Take in what a feed's hub brought; return how many links were new or changed."""
        zone = moments.zone(source.rules.timezone)
        reading = await self.read(partial(read_document, feed), body, feed.url, zone, content_type)
        declared = next((point for point in source.discover if point.url == feed.url), feed)
        ours = merged(chosen(source, declared, reading.links, self.max_links))
        return await self.door.let_in(self._announcements(source, [(one, "feed") for one in ours]))

    async def _look(
        self, source: Source, points: Sequence[Discovery], notes: _Notes
    ) -> list[tuple[Link, Via]]:
        via: dict[str, Via] = {}
        links: list[Link] = []
        for point in points:
            try:
                fresh = await self._read_point(source, point, notes)
            except Verdict as verdict:
                notes.failed += notes.fail(point.url, verdict)
                continue
            links += fresh
            via = {link.url: point.kind for link in fresh} | via
        return [(link, via[link.url]) for link in merged(links)]

    async def _read_point(self, source: Source, point: Discovery, notes: _Notes) -> list[Link]:
        learnt = len(notes.learnt)
        ours: dict[str, Link] = {}
        listed = False
        async for links in self._pages(source, point, notes):
            # fifty thousand addresses against a source's patterns take their time
            found = await asyncio.to_thread(chosen, source, point, links, self.max_links)
            nothing_new = all(link.url in ours for link in found)
            ours, listed = {link.url: link for link in found} | ours, listed or bool(links)
            if nothing_new and "{page}" in point.url:  # a day without news is not the end
                break
        if listed and not ours:
            # the alarm for a changed site: its pages list links, and none of them is an article
            notes.warn(["no-link-matches"])
            del notes.learnt[learnt:]
        return list(ours.values())

    async def _pages(
        self, source: Source, point: Discovery, notes: _Notes
    ) -> AsyncIterator[list[Link]]:
        """Yield what each page of a point lists; raise only when none of them can be read."""
        today = self.now().astimezone(moments.zone(source.rules.timezone))
        refused: list[tuple[str, Verdict]] = []
        read = 0
        for url in addresses(point, today):
            try:
                links = await self._read_page(source, point, url, notes)
            except Verdict as verdict:
                refused.append((url, verdict))
                if "{page}" in point.url:
                    break
            else:
                read += 1
                yield links
        if refused and not read:
            raise refused[-1][1]
        for url, why in refused:
            notes.fail(url, why)

    async def _read_page(
        self, source: Source, point: Discovery, url: str, notes: _Notes
    ) -> list[Link]:
        reading = await self._open(source, point, url, notes)
        links = list(reading.links)
        if isinstance(point, Sitemap) and reading.children:
            links += await self._open_children(source, point, reading, notes, _DEPTH)
        return links

    async def _open_children(
        self, source: Source, point: Sitemap, index: Reading, notes: _Notes, depth: int
    ) -> list[Link]:
        links: list[Link] = []
        for child in sitemaps.pick(index.children, point):
            try:
                reading = await self._open(source, point, child.url, notes)
            except Verdict as verdict:
                notes.fail(child.url, verdict)
                continue
            links += reading.links
            if reading.children and depth > 1:
                links += await self._open_children(source, point, reading, notes, depth - 1)
        return links

    async def _open(self, source: Source, point: Discovery, url: str, notes: _Notes) -> Reading:
        subject = Subject(f"{_digest(source)}.{_short(url)}", url)
        known = await self.memory.recall_document(subject)
        self._leave_fresh(source, known, notes)
        answer = await self.visitor.visit(url, self._manners(source, point), known.validators)
        verdict = judge_status(answer, now=self.now(), challenge_wait=source.poll)
        if verdict:
            if verdict.reason == "unchanged":
                notes.learnt.append((subject, self._kept(source, known, answer, notes)))
            raise verdict
        zone = moments.zone(source.rules.timezone)
        # parsing a large document would keep the heartbeats of this process waiting
        read = partial(read_document, point)
        reading = await self.read(read, answer.body, answer.url, zone, answer.content_type)
        notes.warn(reading.warnings)
        if self.hubs and isinstance(point, Feed):
            await self.hubs.offer(source, point, reading)
        # an index may stay the same while its children change; a document with a mistake in it
        # keeps its warning until it is mended: both are read in full every time
        in_full = reading.children or reading.warnings
        known = Document(
            validators=NONE if in_full else answer.validators,
            hints=feed_hints(answer.body),
            times=latest([*known.times, *await asyncio.to_thread(_times, reading, zone)]),
        )
        notes.learnt.append((subject, self._kept(source, known, answer, notes)))
        return reading

    def _leave_fresh(self, source: Source, known: Document, notes: _Notes) -> None:
        """Spare a document that cannot have changed, or that has little to tell yet."""
        left = known.fresh_until - self.now().timestamp()
        if 0 < left <= max(self.slowest, source.poll):
            notes.waits.append(left)
            raise Skip("unchanged", "it is fresh")

    def _kept(self, source: Source, known: Document, answer: Answer, notes: _Notes) -> Document:
        """Return a document with the time until which it is fresh."""
        now = self.now()
        fresh = fresh_for(answer.headers, now)
        wait = next_wait(known, fresh=fresh, poll=source.poll, slowest=self.slowest, now=now)
        notes.waits.append(wait)
        # a document that keeps to its source's poll is asked whenever that is looked at
        until = now.timestamp() + wait if wait > source.poll else 0.0
        return replace(known, fresh_until=until)

    def _manners(self, source: Source, point: Discovery) -> Manners:
        manners = replace(self.manners(source), patience=PATIENCE)
        if isinstance(point, Api):
            manners = replace(manners, headers=point.headers)
        return replace(manners, limit=sitemaps.MAX_BYTES) if point.kind == "sitemap" else manners

    def _announcements(
        self, source: Source, links: Sequence[tuple[Link, Via]]
    ) -> list[tuple[ArticleDiscovered, str]]:
        now, zone = self.now(), moments.zone(source.rules.timezone)
        return [
            (announcement(source, link, via, now), moments.mark(link.modified, zone, now))
            for link, via in links
        ]


def _times(reading: Reading, zone: tzinfo) -> list[datetime]:
    dates = (link.published or moments.read(link.modified, zone) for link in reading.links)
    return [date for date in dates if date]


def announcement(source: Source, link: Link, via: Via, now: datetime) -> ArticleDiscovered:
    """Return the event that says: this source links to what looks like an article."""
    return ArticleDiscovered(
        link_id=link_id(link.url),
        url=link.url,
        source=source.name,
        via=via,
        discovered_at=now,
        title_hint=link.title,
        published_hint=link.published,
        modified_hint=link.modified,
        language_hint=link.language,
        translations_hint=dict(link.alternates),
    )


def chosen(source: Source, point: Discovery, links: Sequence[Link], limit: int) -> list[Link]:
    """Return the newest links that are articles of the source, with what the point says of them."""
    ours = without_empty_marks([link for link in links if _is_article(source, point, link.url)])
    return [told(source, point, link) for link in newest(ours, limit)]


def told(source: Source, point: Discovery, link: Link) -> Link:
    """Return a link with its language as the source knows it, and the other editions' too."""
    codes = source.rules.hreflang
    said = point.language or codes.get(link.language or "", link.language)
    others = {
        source.language_of(url) or codes.get(code.lower(), code): url
        for code, url in link.alternates.items()
        if code.lower() != "x-default" and url != link.url
    }
    return replace(link, language=source.language_of(link.url) or said, alternates=others)


def _is_article(source: Source, point: Discovery, url: str) -> bool:
    if not belongs(source, url):
        return False
    # a page of an unknown site links to sections and services, too; a feed does not
    guess = isinstance(point, Listing) and not source.article
    return not guess or looks_like_article(url)


def _digest(source: Source) -> str:
    """Return a hash of the declaration: changed patterns must not meet a 304."""
    return _short(source.model_dump_json())


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
