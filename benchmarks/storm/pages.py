"""The pages of the storm: five small sites, and what a perfect reader would make of each page.

The words are the newsroom's, in Kazakh, Russian, Uzbek and English; each page has a number of its
own in its title, so that any number of articles can be had, no two of them the same.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from html import escape

from steppewire.identity import article_id
from steppewire.testing import samples
from steppewire.testing.site import Reply, conditional, reply
from steppewire_newsroom.truth import truth

HOSTS = tuple(f"news{number}.test" for number in range(5))


@dataclass(frozen=True)
class Truth:
    """One article, as it must arrive."""

    url: str
    host: str
    title: str
    paragraphs: tuple[str, ...]
    language: str
    published_at: datetime

    @property
    def article_id(self) -> str:
        """The identity that follows from the address."""
        return article_id(self.url)


@cache
def _stories() -> Sequence[tuple[str, tuple[str, ...], str]]:
    """Return title, paragraphs and language of the newsroom's plain stories.

    Without those that have lists, quotations or a note at the end: how a site marks these is the
    newsroom's matter, here every paragraph is one.
    """
    plain = [t for t in truth() if set(t.kinds) == {"text"} and not t.copy_of]
    return [(t.title, t.paragraphs, t.language) for t in plain]


def page(number: int) -> Truth:
    """Return article number `number`, always the same."""
    title, paragraphs, language = _stories()[number % len(_stories())]
    host = HOSTS[number % len(HOSTS)]
    return Truth(
        url=f"https://{host}/news/{100_000 + number}-article.html",
        host=host,
        title=f"{title} № {number}",
        paragraphs=paragraphs,
        language=language,
        published_at=samples.NOON + timedelta(minutes=number),
    )


def html(one: Truth) -> bytes:
    """Return the page of an article."""
    about = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": one.title,
        "datePublished": one.published_at.isoformat(),
    }
    body = "".join(f"<p>{escape(text)}</p>\n" for text in one.paragraphs)
    return (
        f'<!doctype html><html lang="{one.language[:2]}"><head><meta charset="utf-8">'
        f"<title>{escape(one.title)}</title>"
        f'<link rel="canonical" href="{one.url}">'
        f'<script type="application/ld+json">{json.dumps(about, ensure_ascii=False)}</script>'
        f"</head><body><article><h1>{escape(one.title)}</h1>\n{body}</article></body></html>"
    ).encode()


def replies(pages: Sequence[Truth]) -> Mapping[str, Reply]:
    """Return what the sites answer: robots.txt, home, a sitemap of all pages, the pages.

    Pages know their entity tag: a fetcher that asked for an unchanged page without need would get
    nothing, and lose it.
    """
    answers = {f"{one.host}{_path(one.url)}": _page(one) for one in pages}
    for host in HOSTS:
        urls = [one.url for one in pages if one.host == host]
        robots = f"User-agent: *\nSitemap: https://{host}/sitemap.xml\n".encode()
        answers[f"{host}/robots.txt"] = reply(robots, Content_Type="text/plain")
        answers[f"{host}/"] = reply(b"<!doctype html><title>News</title><p>News.</p>")
        answers[f"{host}/sitemap.xml"] = reply(_sitemap(urls), Content_Type="application/xml")
    return answers


def _page(one: Truth) -> Reply:
    body = html(one)
    return conditional(body, f'"{hashlib.sha256(body).hexdigest()[:16]}"')


def _path(url: str) -> str:
    return "/" + url.split("/", 3)[3]


def _sitemap(urls: Sequence[str]) -> bytes:
    rows = "".join(f"<url><loc>{escape(url)}</loc></url>" for url in urls)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</urlset>'
    ).encode()
