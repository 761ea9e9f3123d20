"""24.kg (Russian, Bishkek time): microdata whose date is in `content` and whose time only in text.

Markup after docs/reference/sources.md: `h1.newsTitle`, `div.cont[itemprop=articleBody]`, the block
`.poTeme` inside the body, the date twice on the page, the author's surname in capitals. The sitemap
is gzipped.
"""

from __future__ import annotations

import gzip

from steppewire_newsroom import feeds
from steppewire_newsroom.dates import clock, long_date
from steppewire_newsroom.markup import blocks, document, links, meta, running, summary, text
from steppewire_newsroom.publishers.site import GZIP, RSS, XML, Page, Pages, Site
from steppewire_newsroom.stories import Story


def path(story: Story) -> str:
    """Return `/{section}/{id}_{slug}/`."""
    return f"/{story.section}/{story.number}_{story.slug}/"


def article(site: Site, story: Story, edition: tuple[Story, ...]) -> Page:
    """Return a story's page."""
    head = (
        '<meta charset="utf-8">',
        f"<title>{text(story.title)} » 24.kg</title>",
        f'<link rel="canonical" href="{site.url(story)}">',
        meta("og:title", story.title),
        meta("og:description", summary(story)),
    )
    others = [(site.url(s), s.title) for s in edition if s.number != story.number][:2]
    body = (
        f'<div itemscope itemtype="http://schema.org/NewsArticle" itemid="{site.url(story)}">',
        f'<h1 class="newsTitle" itemprop="headline">{running(story.title)}</h1>',
        f'<div class="hidden-xs">{_date(story)}</div><div class="visible-xs">{_date(story)}</div>',
        *(f'<span itemprop="author">{author}</span>' for author in story.authors),
        f'<div class="cont" itemprop="articleBody">{blocks(story)}',
        f'<div class="poTeme"><p>Читайте по теме</p><ul>{links(others)}</ul></div></div>',
        f'<div class="share">Ссылка: {site.base}/{story.section}/{story.number}/ просмотров: 412'
        "</div><p>Материалы по теме</p></div>",
    )
    return Page(document("ru", head, body).encode(), modified=story.changed)


def _date(story: Story) -> str:
    when = f"{clock(story.published)}, {long_date(story.published, story.language)}"
    return f'<span itemprop="datePublished" content="{story.published:%Y-%m-%d}">{when}</span>'


def indexes(site: Site, stories: tuple[Story, ...]) -> Pages:
    """Return the feed, the gzipped sitemap and its index, and the home page."""
    linked = [(site.url(story), story) for story in stories]
    items = [feeds.item(url, story, summary(story)) for url, story in linked]
    index = feeds.sitemap_index([(site.base + "/sitemap_russian_7.xml.gz", stories[0].changed)])
    zipped = gzip.compress(feeds.sitemap(linked).encode(), mtime=0)
    rows = "".join(
        f'<div class="one"><div><a href="{path(s)}">{text(s.title)}</a></div>'
        f'<div class="time">{clock(s.published)}</div></div>'
        for s in stories
    )
    head = ('<meta charset="utf-8">', "<title>24.kg</title>")
    return {
        "/": Page(document("ru", head, (rows,)).encode()),
        "/rss/": Page(feeds.rss("24.kg", site.base + "/", items[:1]).encode(), RSS),
        "/sitemap.xml": Page(index.encode(), XML),
        "/sitemap_russian_7.xml.gz": Page(zipped, GZIP),
    }


SITE = Site(
    key="kg24",
    source="24.kg",
    host="24.kg",
    title="24.kg",
    languages=("ru-Cyrl",),
    discovery=("https://24.kg/rss/", "https://24.kg/sitemap.xml"),
    path=path,
    article=article,
    indexes=indexes,
    aliases=("www.24.kg",),
)
