"""Looking at an unknown site, politely: what lists its articles, and a few of them."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser

from steppewire.errors import NotFound, Verdict
from steppewire.health.remedies import remedy
from steppewire.plugins import Discovery, Feed, Listing, Sitemap
from steppewire_fetcher import sitemaps
from steppewire_fetcher.answers import Answer
from steppewire_fetcher.drafting.shapes import edition_of, same_site
from steppewire_fetcher.judge import judge_page, judge_status
from steppewire_fetcher.links import Link, absolute, newest
from steppewire_fetcher.listings import feeds_of, looks_like_article
from steppewire_fetcher.reading import read_document
from steppewire_fetcher.sniff import announces_feed, decode, kind_of
from steppewire_fetcher.survey import MAX_FEEDS, choose_sitemaps
from steppewire_fetcher.visit import Manners, Visitor

MAX_EDITIONS = 4
FEW = 3
"""Articles without which feeds and sitemaps say too little, and the front page is read, too."""
MAX_LINKS = 500
PAGES = 5
"""Articles read, and two more for each further edition: enough to see what repeats."""
_FEED_PLACES = ("rss", "rss/", "feed/", "rss.xml", "news/rss", "news.rss", "feed.xml", "atom.xml")
_COMMON = 3
_SITEMAP_PLACES = ("/sitemap.xml", "/sitemap_index.xml", "/sitemap-index.xml")
_EDITION = re.compile(r"/(?:[a-z]{2}|kaz|rus|eng|uzb|qaz)/?")


@dataclass(frozen=True)
class Listed:
    """One discovery point with what it answered."""

    point: Discovery
    url: str
    """Of the document: an index's child lists the articles, not the index."""
    body: bytes
    links: tuple[Link, ...]


@dataclass(frozen=True)
class Findings:
    """What a site showed."""

    home: Answer
    listed: tuple[Listed, ...]
    pages: tuple[Answer, ...]
    """What looks like articles, the newest of each edition."""

    @property
    def links(self) -> tuple[Link, ...]:
        """All that is listed."""
        return tuple(link for one in self.listed for link in one.links)


class Scout:
    """Looks at one site. Everything that is asked goes through the visitor, at the host's pace."""

    def __init__(self, visitor: Visitor, manners: Manners, now: Callable[[], datetime]) -> None:
        self._visitor, self._manners, self._now = visitor, manners, now

    async def look(self, url: str) -> Findings:
        """Look at home page, feeds, sitemaps and a few articles.

        Raises NotFound when the address leads to no page, or to one that lists no articles.
        """
        home = await self._home(url)
        mapped = await self._sitemaps(home)
        places = front_pages(home, mapped)
        others = [await self._tried(one) for one in places]
        fronts = [home, *(one for one in others if one and one.url != home.url)]
        listed = [*await self._feeds(home, fronts, places), *mapped]
        if len(sample(home.url, listed)) < FEW:
            listed += [one for front in fronts if (one := _listing(front, home))]
        if not listed:
            raise NotFound(f"{url} is no news site, as far as can be told: it has no feed, no "
                           "sitemap, and its front page links to nothing that looks like an "
                           "article; give the page that lists the news, or a feed")  # fmt: skip
        return Findings(home, tuple(listed), tuple(await self._pages(home, listed)))

    async def _home(self, url: str) -> Answer:
        home = await self._page(url)
        kind = "feed" if announces_feed(home.body) else kind_of(home.body, home.content_type)
        if kind == "feed":
            home = await self._page(urljoin(home.url, "/"))
        elif kind != "html":
            raise NotFound(f"{url} is no news site: it answers {kind}, not a page; "
                           "give the address of its front page")  # fmt: skip
        return home

    async def _page(self, url: str) -> Answer:
        try:
            answer = await self._visitor.visit(url, self._manners)
            verdict = judge_status(answer, now=self._now(), challenge_wait=0)
        except Verdict as error:
            verdict = error
        if verdict:
            what_to_do = remedy(verdict.reason) or "is it right, and open to readers?"
            raise NotFound(f"{url} cannot be read: {verdict}; {what_to_do}")
        return answer

    async def _tried(self, url: str) -> Answer | None:
        try:
            answer = await self._visitor.visit(url, self._manners)
        except Verdict:
            return None
        wrong = judge_status(answer, now=self._now(), challenge_wait=0)
        return None if wrong else answer

    async def _feeds(
        self, home: Answer, fronts: Sequence[Answer], places: Sequence[str]
    ) -> list[Listed]:
        """Read the feeds that the front pages name; else look where feeds usually are."""
        named = dict.fromkeys(url for front in fronts for url in feed_links(front))
        for url in list(named)[:MAX_FEEDS]:
            for twin in _twins(url, home, places):
                named.setdefault(twin)
        found = [await self._read(Feed(url=url), home) for url in named]
        if not any(found):
            found = await self._guessed(home, [home.url, *places])
        unique = {one.url: one for one in found if one}
        return list(unique.values())

    async def _guessed(self, home: Answer, places: Sequence[str]) -> list[Listed | None]:
        """Look where feeds usually are; all editions have theirs alike."""
        for number, ending in enumerate(_FEED_PLACES):
            # the rarer places are looked for at the front page alone: every guess is a request
            for at, place in enumerate(places if number < _COMMON else places[:1]):
                if found := await self._read(Feed(url=urljoin(place, ending)), home):
                    rest = [Feed(url=urljoin(one, ending)) for one in places[at + 1 :]]
                    return [found, *[await self._read(one, home) for one in rest]]
        return []

    async def _sitemaps(self, home: Answer) -> list[Listed]:
        try:
            named = (await self._visitor.robots(home.url, self._manners)).sitemaps
        except Verdict:
            named = ()
        found = [await self._read(Sitemap(url=url), home) for url in choose_sitemaps(named)]
        for place in _SITEMAP_PLACES:
            if not any(found):
                found.append(await self._read(Sitemap(url=urljoin(home.url, place)), home))
        return [one for one in found if one]

    async def _read(self, point: Feed | Sitemap, home: Answer) -> Listed | None:
        """Read one point; None when it lists nothing of this site."""
        answer = await self._tried(point.url)
        if answer is None:
            return None
        reading = read_document(point, answer.body, answer.url, UTC, answer.content_type)
        links = [link for link in reading.links if same_site(link.url, home.url)]
        if links:
            moved = answer.url if same_site(answer.url, home.url) else point.url
            point = point.model_copy(update={"url": moved})
            return Listed(point, answer.url, answer.body, tuple(newest(links, MAX_LINKS)))
        children = sitemaps.pick(reading.children, point) if isinstance(point, Sitemap) else []
        inner = [await self._read(Sitemap(url=child.url), home) for child in children]
        found = [one for one in inner if one]
        if not found:
            return None
        every = tuple(link for one in found for link in one.links)
        return replace(found[0], point=point, links=every)

    async def _pages(self, home: Answer, listed: Sequence[Listed]) -> list[Answer]:
        pages: Counter[str] = Counter()
        found: list[Answer] = []
        for url in sample(home.url, listed):
            edition = edition_of(url, home.url)
            if pages[edition] >= _each(home.url, listed):
                continue
            answer = await self._tried(url)
            if answer and not judge_page(answer, asked=url, now=self._now(), challenge_wait=0):
                pages[edition] += 1
                found.append(answer)
        return found


def _each(home: str, listed: Sequence[Listed]) -> int:
    """Return how many articles of each edition to look at."""
    editions = {edition_of(url, home) for url in sample(home, listed)}
    return PAGES if len(editions) < 2 else max(2, PAGES // len(editions))


def sample(home: str, listed: Sequence[Listed]) -> list[str]:
    """Return the articles to choose from: some of each edition, the first listed first."""
    by_edition: defaultdict[str, list[str]] = defaultdict(list)
    for one in listed:
        for link in one.links:
            news = bool(link.title) and one.point.kind == "sitemap"
            trusted = one.point.kind == "feed" or news or promising(link.url)
            known = by_edition[edition_of(link.url, home)]
            if trusted and link.url not in known:
                known.append(link.url)
    editions = [urls for urls in by_edition.values() if urls]
    return [url for urls in editions[: MAX_EDITIONS + 1] for url in urls[: 2 * PAGES]]


def promising(url: str) -> bool:
    """Tell whether an address may be an article's: by its slug, its number or its day."""
    return looks_like_article(url) or bool(re.search(r"/\d{4}/\d\d?/\d\d?/[^/]+", url))


def feed_links(front: Answer) -> list[str]:
    """Return the feeds that a page names for machines, or links to for people."""
    named = list(feeds_of(front.body, front.url, front.content_type))
    page = LexborHTMLParser(decode(front.body, front.content_type))
    hrefs = (a.attributes.get("href") or "" for a in page.css("a[href*=rss], a[href*=feed]"))
    linked = [url for href in hrefs if (url := absolute(front.url, href))]
    ours = [url for url in linked if same_site(url, front.url) and "comment" not in url]
    return list(dict.fromkeys([*named, *ours]))[:MAX_FEEDS]


def _twins(url: str, home: Answer, places: Sequence[str]) -> Iterator[str]:
    """Yield where the other editions would have their feed, if one is at `/ru/rss/`."""
    mine = edition_of(url, home.url)
    for front in places:
        place = edition_of(urljoin(front, "x/y"), home.url)
        if mine != place and mine.startswith("/") and place.startswith("/") and len(mine) > 1:
            yield url.replace(mine, place, 1)


def front_pages(home: Answer, mapped: Sequence[Listed]) -> list[str]:
    """Return where other editions begin: hreflang, links such as /ru/, addresses of articles."""
    page = LexborHTMLParser(decode(home.body, home.content_type))
    nodes = page.css("link[rel=alternate][hreflang][href], a[href]")
    urls = (absolute(home.url, node.attributes.get("href") or "") for node in nodes)
    ours = [url for url in urls if url and same_site(url, home.url)]
    fronts = [url for url in ours if _is_front(url, home.url)]
    # a front page may show its articles and not link to the editions that they are of
    ours += [link.url for one in mapped for link in one.links]
    places = (edition_of(url, home.url) for url in ours if promising(url))
    fronts += [urljoin(home.url, place) for place in places if place.startswith("/")]
    plain = (f"{url.rstrip('/')}/" for url in fronts)
    return list(dict.fromkeys(url for url in plain if url != home.url))[:MAX_EDITIONS]


def _is_front(url: str, home: str) -> bool:
    parts = urlsplit(url)
    other = edition_of(url, home) != "/" and edition_of(url, home)[0] != "/"
    return bool(_EDITION.fullmatch(parts.path)) or (other and parts.path in ("", "/"))


def _listing(front: Answer, home: Answer) -> Listed | None:
    point = Listing(url=front.url)
    reading: Any = read_document(point, front.body, front.url, UTC, front.content_type)
    links = tuple(_articles(reading.links, home.url))
    return Listed(point, front.url, front.body, links) if len(links) > 2 else None


def _articles(links: Iterable[Link], home: str) -> Iterator[Link]:
    return (one for one in links if same_site(one.url, home) and promising(one.url))
