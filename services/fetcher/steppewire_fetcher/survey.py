"""Finding out what lists the articles of a site of which only the address is known."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urljoin

from steppewire.errors import Skip, Verdict
from steppewire.plugins import Discovery, Feed, Listing, Sitemap, Source
from steppewire_fetcher.apart import Read, in_thread
from steppewire_fetcher.listings import feeds_of
from steppewire_fetcher.sniff import announces_feed, kind_of
from steppewire_fetcher.visit import Manners, Visitor

LASTS = 6 * 3600.0
"""Seconds until a site is surveyed again."""
MAX_FEEDS = 4
MAX_SITEMAPS = 4
_NO_NEWS = ("image", "video", "author", "tag", "categor", "static", "page-sitemap")


class Surveyor:
    """Surveys sites and remembers what it found. `clock` gives seconds."""

    def __init__(
        self, visitor: Visitor, clock: Callable[[], float], read: Read = in_thread
    ) -> None:
        self._visitor, self._clock, self._read = visitor, clock, read
        self._found: dict[tuple[str, str], tuple[float, tuple[Discovery, ...]]] = {}

    async def points(self, source: Source, manners: Manners) -> tuple[Discovery, ...]:
        """Return a site's feeds and sitemaps, or its home page as a listing when it has neither."""
        place = (source.name, source.home)  # a file that moves its home is surveyed anew
        until, points = self._found.get(place, (0.0, ()))
        if self._clock() >= until:
            points = await self._survey(source, manners)
            self._found[place] = (self._clock() + LASTS, points)
        return points

    async def _survey(self, source: Source, manners: Manners) -> tuple[Discovery, ...]:
        home = await self._visitor.visit(source.home, manners)
        if announces_feed(home.body):  # somebody gave the address of a feed, which is fine
            return (Feed(url=home.url),)
        sitemaps = choose_sitemaps((await self._visitor.robots(home.url, manners)).sitemaps)
        if not sitemaps:
            guess = urljoin(home.url, "/sitemap.xml")
            sitemaps = (guess,) if await self._is_sitemap(guess, manners) else ()
        feeds = await self._read(feeds_of, home.body, home.url, home.content_type)
        return choose(home.url, feeds, sitemaps)

    async def _is_sitemap(self, url: str, manners: Manners) -> bool:
        try:
            answer = await self._visitor.visit(url, manners)
        except Skip:
            return False
        except Verdict:
            return True  # it may be one when the site is better again
        return answer.status == 200 and kind_of(answer.body) in ("sitemap", "sitemap-index", "gzip")


def choose(home: str, feeds: tuple[str, ...], sitemaps: tuple[str, ...]) -> tuple[Discovery, ...]:
    """Return the discovery points of a site, given the address of its home page and both kinds."""
    found: list[Discovery] = [Feed(url=url) for url in feeds[:MAX_FEEDS]]
    found += [Sitemap(url=url) for url in sitemaps]
    return tuple(found) or (Listing(url=home),)


def choose_sitemaps(urls: tuple[str, ...]) -> tuple[str, ...]:
    """Return the sitemaps that may list articles: news sitemaps if there are any."""
    usable = [u for u in urls if u.startswith(("http://", "https://"))]
    usable = [u for u in usable if not any(word in u.lower() for word in _NO_NEWS)]
    news = [u for u in usable if "news" in u.rpartition("/")[2].lower()]
    return tuple(dict.fromkeys(news or usable))[:MAX_SITEMAPS]
