"""kun.uz (Uzbek, Latin script): a feed, and dates that only a reader sees.

Markup after docs/reference/sources.md: `.news-inner__content-*`, "Kategoriya | 20:15 / 05.11.2026",
author in `p[style*=text-align:right]`, a "Manba:" footer, a sidebar of links with only HH:MM.
"""

from __future__ import annotations

from steppewire_newsroom import feeds
from steppewire_newsroom.dates import clock
from steppewire_newsroom.markup import blocks, document, meta, running, summary, text
from steppewire_newsroom.publishers.site import RSS, XML, Page, Pages, Site
from steppewire_newsroom.stories import Story


def path(story: Story) -> str:
    """Return `/news/YYYY/MM/DD/slug`."""
    return f"/news/{story.published:%Y/%m/%d}/{story.slug}"


def article(site: Site, story: Story, edition: tuple[Story, ...]) -> Page:
    """Return a story's page."""
    head = (
        '<meta charset="utf-8">',
        f"<title>{text(story.title)}</title>",
        f'<link rel="canonical" href="{site.url(story)}">',
        meta("og:title", story.title),
        meta("og:description", summary(story)),
        meta("og:site_name", "Kun.uz"),
    )
    body = (
        f'<div class="news-lenta-block">{_lenta(story, edition)}</div>',
        '<div class="news-inner__content">',
        f'<h1 class="news-inner__content-title">{running(story.title)}</h1>',
        f'<div class="news-inner__content-stats"><span>{story.section} | '
        f"{clock(story.published)} / {story.published:%d.%m.%Y}</span><span>1532</span></div>",
        f'<p class="news-inner__content-desc">{running(story.lead or "")}</p>',
        '<div class="news-inner__content-page">',
        f"<figure><img src=\"/assets/{story.number}.jpg\"><figcaption>{text(story.photo)}"
        "</figcaption></figure>" if story.photo else "",
        blocks(story),
        *(f'<p style="text-align:right"><strong>{a}</strong></p>' for a in story.authors),
        "</div>",
        f'<div class="news-inner__tags">{_tags(story)}</div>',
        '<div class="subscribe"><p>Telegram kanalimizga obuna bo‘ling!</p></div></div>',
    )  # fmt: skip
    return Page(document("uz", head, body).encode(), modified=story.changed)


def _tags(story: Story) -> str:
    return "".join(f'<a class="news-inner__tag">{tag}</a>' for tag in story.tags)


def _lenta(story: Story, edition: tuple[Story, ...]) -> str:
    others = [s for s in edition if s.number != story.number]
    return "".join(
        f'<a class="news-lenta" href="{path(s)}"><span>{clock(s.published)}</span> '
        f"{text(s.title)}</a>"
        for s in others
    )


def indexes(site: Site, stories: tuple[Story, ...]) -> Pages:
    """Return the feed, the listing and the sitemap of the newest day."""
    items = [feeds.item(site.url(story), story, summary(story)) for story in stories]
    linked = [(site.url(story), story) for story in stories]
    return {
        "/": _listing(stories),
        "/news/list": _listing(stories),
        "/news/rss": Page(feeds.rss("Kun.uz", site.base + "/", items).encode(), RSS),
        "/sitemap/sitemap-news_article_2026_11.xml": Page(feeds.sitemap(linked).encode(), XML),
    }


def _listing(stories: tuple[Story, ...]) -> Page:
    cards = "\n".join(
        f'<a class="news-page__item l-item" href="{path(s)}"><div class="gray-date"><p>'
        f"{clock(s.published)} / {s.published:%d.%m.%Y}</p></div>"
        f'<h3 class="news-page__item-title">{text(s.title)}</h3></a>'
        for s in stories
    )
    head = ('<meta charset="utf-8">', "<title>Kun.uz</title>")
    return Page(document("uz", head, ("<h1>Yangiliklar</h1>", cards)).encode())


SITE = Site(
    key="kun",
    source="kun.uz",
    host="kun.uz",
    title="Kun.uz",
    languages=("uz-Latn",),
    discovery=("https://kun.uz/news/rss",),
    path=path,
    article=article,
    indexes=indexes,
    robots="User-agent: *\nDisallow: /search\n",
    aliases=("www.kun.uz",),
)
