"""RSS 2.0, sitemaps (sitemaps.org 0.9) and news sitemaps, as text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from email.utils import format_datetime
from html import escape

from steppewire_newsroom.stories import Story, clean, shown

_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SITEMAP = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
_NEWS = 'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
_RSS = (
    'xmlns:atom="http://www.w3.org/2005/Atom" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:content="http://purl.org/rss/1.0/modules/content/"'
)

Linked = tuple[str, Story]
"""An address and the story behind it."""


def rss(title: str, home: str, items: Iterable[str]) -> str:
    """Return an RSS 2.0 feed of ready items."""
    return (
        f'{_DECLARATION}<rss version="2.0" {_RSS}>\n<channel>\n<title>{escape(title)}</title>\n'
        f"<link>{escape(home)}</link>\n<description>{escape(title)}</description>\n"
        + "\n".join(items)
        + "\n</channel>\n</rss>\n"
    )


def item(url: str, story: Story, description: str = "", content: str = "") -> str:
    """Return one <item>; an edited story also says when it was updated."""
    parts = [
        f"<title>{escape(clean(shown(story.title)))}</title>",
        f"<link>{escape(url)}</link>",
        f'<guid isPermaLink="true">{escape(url)}</guid>',
        f"<pubDate>{format_datetime(story.published)}</pubDate>",
        *(f"<dc:creator>{escape(author)}</dc:creator>" for author in story.authors),
        *(f"<category>{escape(tag)}</category>" for tag in story.tags),
        f"<description>{_cdata(description)}</description>" if description else "",
        f"<content:encoded>{_cdata(content)}</content:encoded>" if content else "",
        f"<atom:updated>{story.modified.isoformat()}</atom:updated>" if story.modified else "",
    ]
    return "<item>" + "".join(parts) + "</item>"


def _cdata(text: str) -> str:
    return "<![CDATA[" + text.replace("]]>", "]]]]><![CDATA[>") + "]]>"


def sitemap(linked: Iterable[Linked]) -> str:
    """Return a sitemap with the last change of every story."""
    return urlset((url, story.changed.isoformat()) for url, story in linked)


def urlset(entries: Iterable[tuple[str, str]]) -> str:
    """Return a sitemap of (address, lastmod)."""
    rows = "\n".join(
        f"<url><loc>{escape(url)}</loc><lastmod>{changed}</lastmod></url>"
        for url, changed in entries
    )
    return f"{_DECLARATION}<urlset {_SITEMAP}>\n{rows}\n</urlset>\n"


def news_sitemap(linked: Iterable[Linked], publication: str, languages: Mapping[str, str]) -> str:
    """Return a Google news sitemap; `languages` maps our tags to the site's codes."""
    rows = "\n".join(_news_url(url, s, publication, languages[s.language]) for url, s in linked)
    return f"{_DECLARATION}<urlset {_SITEMAP} {_NEWS}>\n{rows}\n</urlset>\n"


def _news_url(url: str, story: Story, publication: str, language: str) -> str:
    return (
        f"<url><loc>{escape(url)}</loc><lastmod>{story.changed.isoformat()}</lastmod><news:news>"
        f"<news:publication><news:name>{escape(publication)}</news:name>"
        f"<news:language>{language}</news:language></news:publication>"
        f"<news:publication_date>{story.published.isoformat()}</news:publication_date>"
        f"<news:title>{escape(clean(shown(story.title)))}</news:title></news:news></url>"
    )


def sitemap_index(children: Iterable[tuple[str, datetime]]) -> str:
    """Return a sitemap index of (address, last change)."""
    rows = "\n".join(
        f"<sitemap><loc>{escape(url)}</loc><lastmod>{changed.isoformat()}</lastmod></sitemap>"
        for url, changed in children
    )
    return f"{_DECLARATION}<sitemapindex {_SITEMAP}>\n{rows}\n</sitemapindex>\n"
