"""www.inform.kz (Kazinform; Kazakh and Russian): sitemaps by language, dates only as text.

Markup after docs/reference/sources.md: `.article__description` + `.article__body-text`,
`div.article__time` = "12:18, 15 Ноябрь 2026 | GMT +5", `meta[name="article:published_time"]`
(name, not property), no-break spaces after prepositions.
"""

from __future__ import annotations

from datetime import datetime

from steppewire_newsroom import feeds
from steppewire_newsroom.dates import KK_CAPITAL, RU_NOMINATIVE, clock
from steppewire_newsroom.markup import blocks, document, links, meta, running, summary, text
from steppewire_newsroom.publishers.site import XML, Page, Pages, Site
from steppewire_newsroom.stories import Story

_CODE = {"kk-Cyrl": "kz", "ru-Cyrl": "ru"}
_MONTHS = {"kk-Cyrl": KK_CAPITAL, "ru-Cyrl": RU_NOMINATIVE}
_ALSO = {"kk-Cyrl": "Тағы оқыңыз", "ru-Cyrl": "Материалы по теме"}


def path(story: Story) -> str:
    """Return `/{ru|kz}/{slug}-{6 hex}`."""
    return f"/{_CODE[story.language]}/{story.slug}-{story.number}"


def _when(moment: datetime, language: str) -> str:
    month = _MONTHS[language][moment.month - 1]
    return f"{clock(moment)}, {moment.day} {month} {moment.year}"


def article(site: Site, story: Story, edition: tuple[Story, ...]) -> Page:
    """Return a story's page."""
    head = (
        '<meta charset="utf-8">',
        f"<title>{text(story.title)} - Kazinform</title>",
        f'<link rel="canonical" href="{site.url(story)}">',
        meta("og:title", story.title),
        meta("og:description", summary(story)),
        meta("article:published_time", story.published.isoformat(), by="name"),
    )
    same = [s for s in edition if s.language == story.language and s.number != story.number]
    body = (
        '<header><a href="/">Kazinform</a></header><main class="article">',
        f'<h1 class="article__title">{running(story.title)}</h1>',
        f'<div class="article__time">{_when(story.published, story.language)} | GMT +5</div>',
        f'<div class="article__description"><p>{running(story.lead or "")}</p></div>',
        f'<div class="article__picture"><img src="/media/{story.number}.jpg" alt="">'
        f'<div class="article__picture-caption">{text(story.photo)}</div></div>'
        if story.photo else "",
        f'<div class="article__body-text">{blocks(story)}</div>',
        f'<div class="article__author">{", ".join(story.authors)}</div>' if story.authors else "",
        f'<div class="article__tags">{"".join(f"<a>{t}</a>" for t in story.tags)}</div>',
        f'<div class="article__more"><p>{_ALSO[story.language]}</p>'
        f"<ul>{links((site.url(s), s.title) for s in same[:2])}</ul></div></main>",
    )  # fmt: skip
    return Page(document(_CODE[story.language], head, body).encode(), modified=story.changed)


def indexes(site: Site, stories: tuple[Story, ...]) -> Pages:
    """Return the listing and the sitemaps of each language."""
    lists = {code: [s for s in stories if s.language == tag] for tag, code in _CODE.items()}
    return {
        "/": _lenta(site, stories),
        "/lenta/": _lenta(site, stories),
        **{f"/sitemaps/google-news_{code}.xml": _news(site, part) for code, part in lists.items()},
        **{f"/sitemaps/sitemap_index_{code}.xml": _index(site, code, part)
           for code, part in lists.items()},
        **{f"/sitemaps/sitemap-last-news-300_{code}.xml": _last(site, part)
           for code, part in lists.items()},
    }  # fmt: skip


def _news(site: Site, stories: list[Story]) -> Page:
    linked = [(site.url(story), story) for story in stories]
    return Page(feeds.news_sitemap(linked, "Kazinform", _CODE).encode(), XML)


def _last(site: Site, stories: list[Story]) -> Page:
    return Page(feeds.sitemap((site.url(story), story) for story in stories).encode(), XML)


def _index(site: Site, code: str, stories: list[Story]) -> Page:
    child = f"{site.base}/sitemaps/sitemap-last-news-300_{code}.xml"
    return Page(feeds.sitemap_index([(child, stories[0].changed)]).encode(), XML)


def _lenta(site: Site, stories: tuple[Story, ...]) -> Page:
    cards = "\n".join(
        f'<div class="allNewsCard"><a href="{path(s)}"><div class="allNewsCard_title">'
        f'{text(s.title)}</div><div class="allNewsCard_time">{_when(s.published, s.language)}</div>'
        "</a></div>"
        for s in stories
    )
    head = ('<meta charset="utf-8">', "<title>Лента - Kazinform</title>")
    return Page(document("ru", head, ("<h1>Лента новостей</h1>", cards)).encode())


SITE = Site(
    key="inform",
    source="inform.kz",
    host="www.inform.kz",
    title="Kazinform",
    languages=("kk-Cyrl", "ru-Cyrl"),
    discovery=(
        "https://www.inform.kz/sitemaps/google-news_kz.xml",
        "https://www.inform.kz/sitemaps/google-news_ru.xml",
    ),
    path=path,
    article=article,
    indexes=indexes,
    aliases=("inform.kz",),
)
