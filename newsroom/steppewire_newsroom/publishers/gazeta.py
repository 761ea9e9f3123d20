"""www.gazeta.uz: Russian, and Uzbek in two scripts (/oz/ Latin, /uz/ Cyrillic), a feed for each.

Markup after docs/reference/sources.md: lead in an `h4` inside `.js-mediator-article`, hreflang only
for the versions that exist, a feed that holds summaries, other stories' texts in the column
"Популярное", Erid lines.
"""

from __future__ import annotations

from steppewire_newsroom import feeds
from steppewire_newsroom.dates import clock, long_date
from steppewire_newsroom.markup import (
    alternates,
    blocks,
    document,
    meta,
    running,
    summary,
    text,
)
from steppewire_newsroom.publishers.site import RSS, XML, Page, Pages, Site
from steppewire_newsroom.stories import Story

_CODE = {"ru-Cyrl": "ru", "uz-Latn": "oz", "uz-Cyrl": "uz"}
_POPULAR = {"ru-Cyrl": "Популярное", "uz-Latn": "Ommabop", "uz-Cyrl": "Оммабоп"}


def path(story: Story) -> str:
    """Return `/{lang}/YYYY/MM/DD/slug/`."""
    return f"/{_CODE[story.language]}/{story.published:%Y/%m/%d}/{story.slug}/"


def article(site: Site, story: Story, edition: tuple[Story, ...]) -> Page:
    """Return a story's page."""
    when = f"{long_date(story.published, story.language)}, {clock(story.published)}"
    head = (
        '<meta charset="utf-8">',
        f"<title>{text(story.title)} – Газета.uz</title>",
        f'<link rel="canonical" href="{site.url(story)}">',
        alternates(site.translations(story)),
        meta("og:title", story.title),
        meta("og:description", summary(story)),
        meta("article:published_time", story.published.isoformat()),
        meta("article:modified_time", story.modified.isoformat()) if story.modified else "",
    )
    body = (
        f'<div class="leftContainer" itemscope itemtype="http://schema.org/NewsArticle">'
        f'<h1 itemprop="headline name" id="article_title">{running(story.title)}</h1>',
        f'<div class="articleDateTime">{when}</div>',
        f'<div itemprop="author">{", ".join(story.authors)}</div>' if story.authors else "",
        '<div class="js-mediator-article article-text" itemprop="articleBody">',
        f"<h4>{running(story.lead)}</h4>" if story.lead else "",
        f'<div class="articlePicture"><img data-src="/media/{story.number}.jpg" alt="">'
        f"<em>{text(story.photo)}</em></div>" if story.photo else "",
        blocks(story),
        '<p><a href="/reklama">Реклама на Gazeta.uz</a></p><p>Erid: 2Vtzqw9demo</p></div>',
        f'<div class="articleTags">{"".join(f"<a>{t}</a> " for t in story.tags)}</div></div>',
        _popular(site, story, edition),
    )  # fmt: skip
    html = document(_CODE[story.language], head, body)
    return Page(html.encode(), modified=story.changed)


def _popular(site: Site, story: Story, edition: tuple[Story, ...]) -> str:
    """Other stories on the same page, with a good part of their text."""
    same = [s for s in edition if s.language == story.language and s.number != story.number]
    cards = "".join(
        f'<div class="nblock"><h3><a href="{path(s)}">{text(s.title)}</a></h3>'
        f"<p>{text(s.article[0].raw)}</p></div>"
        for s in same[:2]
    )
    return f'<div class="rightContainer"><h2>{_POPULAR[story.language]}</h2>{cards}</div>'


def indexes(site: Site, stories: tuple[Story, ...]) -> Pages:
    """Return feed, news sitemap and listing of each language."""
    pages: Pages = {}
    for tag, code in _CODE.items():
        part = [story for story in stories if story.language == tag]
        pages[f"/{code}/rss/"] = _feed(site, code, part)
        pages[f"/sitemap/google-news-{code}.xml"] = _news(site, part)
        pages[f"/{code}/list/news"] = _listing(part, code)
    return pages | {"/": pages["/oz/list/news"], "/sitemap.xml": _sitemaps(site, stories)}


def _feed(site: Site, code: str, stories: list[Story]) -> Page:
    items = [feeds.item(site.url(story), story, summary(story)) for story in stories]
    return Page(feeds.rss("Gazeta.uz", f"{site.base}/{code}/", items).encode(), RSS)


def _news(site: Site, stories: list[Story]) -> Page:
    linked = [(site.url(story), story) for story in stories]
    return Page(feeds.news_sitemap(linked, "Gazeta.uz", _CODE).encode(), XML)


def _sitemaps(site: Site, stories: tuple[Story, ...]) -> Page:
    children = [
        (f"{site.base}/sitemap/google-news-{c}.xml", stories[0].changed) for c in _CODE.values()
    ]
    return Page(feeds.sitemap_index(children).encode(), XML)


def _listing(stories: list[Story], code: str) -> Page:
    cards = "\n".join(
        f'<div class="nblock"><h3><a href="{path(s)}">{text(s.title)}</a></h3><div class="ndt">'
        f"{long_date(s.published, s.language)}, {clock(s.published)}<span>12</span></div></div>"
        for s in stories
    )
    head = ('<meta charset="utf-8">', "<title>Газета.uz</title>")
    return Page(document(code, head, ("<h1>Gazeta.uz</h1>", cards)).encode())


SITE = Site(
    key="gazeta",
    source="gazeta.uz",
    host="www.gazeta.uz",
    title="Gazeta.uz",
    languages=("ru-Cyrl", "uz-Latn", "uz-Cyrl"),
    discovery=tuple(f"https://www.gazeta.uz/{code}/rss/" for code in _CODE.values()),
    path=path,
    article=article,
    indexes=indexes,
    robots="User-agent: *\nDisallow: /*/search\nSitemap: https://www.gazeta.uz/sitemap.xml\n",
    aliases=("gazeta.uz",),
)
