"""www.zakon.kz (Russian) and kaz.zakon.kz (Kazakh): no feed, sitemaps, cards, two layouts.

Markup after docs/reference/sources.md: `div.article__block > .description + div.content`, a JSON-LD
`articleBody` that holds only the lead, authors in `a[href*="/authors/"]`, the noise of
`.willShare`, `.google-news-follow` and `.tags.newsTags`. Stories with the quirk `old-layout` have
the markup of 2022 and the address of 2018, and are sent as windows-1251.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from steppewire_newsroom import feeds
from steppewire_newsroom.dates import clock, long_date
from steppewire_newsroom.markup import (
    attribute,
    blocks,
    document,
    ld_json,
    links,
    meta,
    running,
    summary,
    text,
)
from steppewire_newsroom.publishers.site import STARTED, XML, Page, Pages, Site
from steppewire_newsroom.stories import Story, clean, shown

_PER_PAGE = 8


@dataclass(frozen=True)
class _Words:
    """What the page says around an article."""

    lang: str
    share: str
    also: str
    follow: str
    error: str
    news: str


_RU = _Words(
    "ru",
    "Поделитесь новостью",
    "Читайте также",
    "Следите за новостями zakon.kz в:",
    "Нашли ошибку? Выделите её мышкой и нажмите Ctrl+Enter",
    "Новости",
)
_KK = _Words(
    "kk",
    "Жаңалықпен бөлісіңіз",
    "Тағы оқыңыз",
    "Жаңалықтар телефоныңызда: zakon.kz арналарына жазылыңыз",
    "Беттегі қате туралы хабарлаңыз: Ctrl+Enter",
    "Жаңалықтар",
)


def _words(story: Story) -> _Words:
    return _KK if story.language == "kk-Cyrl" else _RU


def path(story: Story) -> str:
    """Return `/{section}/{id}-{slug}.html`, without the section as it was until 2021."""
    section = "" if "old-layout" in story.quirks else f"/{story.section}"
    return f"{section}/{story.number}-{story.slug}.html"


def article(site: Site, story: Story, edition: tuple[Story, ...]) -> Page:
    """Return a story's page."""
    if "old-layout" in story.quirks:
        html, encoding = _old(site, story), "windows-1251"
        # The header names no charset; the page's own <meta> does.
        return Page(html.encode(encoding), "text/html", story.changed)
    return Page(_new(site, story, edition).encode(), modified=story.changed)


def _head(site: Site, story: Story) -> tuple[str, ...]:
    return (
        f"<title>{text(story.title)} - {site.title}</title>",
        f'<link rel="canonical" href="{site.url(story)}">',
        meta("og:title", story.title),
        meta("og:description", summary(story)),
        meta("og:type", "article"),
        meta("og:url", site.url(story)),
        meta("og:image", _picture(site, story)),
        meta("description", summary(story), by="name"),
    )


def _picture(site: Site, story: Story) -> str:
    return f"{site.base}/img/{story.number}.webp"


def _new(site: Site, story: Story, edition: tuple[Story, ...]) -> str:
    words = _words(story)
    head = (
        '<meta charset="utf-8">',
        *_head(site, story),
        meta("article:published_time", story.published.isoformat()),
        meta("article:modified_time", story.modified.isoformat()) if story.modified else "",
        ld_json(_structured(site, story)),
    )
    body = (
        f'<header><a href="{site.base}/">{site.title}</a>'
        f'<nav><a href="/news/">{words.news}</a></nav></header>',
        '<main><div class="article__block">',
        f"<h1>{running(story.title)}</h1>",
        f'<div class="info"><span class="date">{clock(story.published)}, '
        f"{long_date(story.published, story.language)}</span>{_byline(story)}</div>",
        f'<div class="description">{running(story.lead or "")}</div>',
        f'<div class="imgBlock"><img src="{_picture(site, story)}" alt="{attribute(story.title)}">'
        f'<div class="imgDesc">{text(story.photo)}</div></div>' if story.photo else "",
        f'<div class="content">{blocks(story, "/topic/")}{_repeated(story)}',
        f'<div class="willShare"><p>{words.share}</p><a href="https://t.me/share">Telegram</a></div>',
        f'<div class="google-news-follow"><p>{words.follow}</p></div></div>',
        _tags(story),
        f'<div class="readMore"><p>{words.also}:</p><ul>{_others(site, story, edition)}</ul></div>',
        f'<p class="mistake">{words.error}</p>',
        "</div></main>",
    )  # fmt: skip
    return document(words.lang, head, body)


def _repeated(story: Story) -> str:
    """The lead once more, after the text: an old habit of this site's editor."""
    return f"\n<p>{running(story.lead or '')}</p>" if "repeated-lead" in story.quirks else ""


def _byline(story: Story) -> str:
    links = (f'<a href="/authors/{i}/">{name}</a>' for i, name in enumerate(story.authors, 11))
    return f'<div class="author">{", ".join(links)}</div>' if story.authors else ""


def _tags(story: Story) -> str:
    inner = "".join(f'<a href="/tags/{i}/">{tag}</a> ' for i, tag in enumerate(story.tags, 1))
    return f'<div class="tags newsTags">{inner}</div>'


def _others(site: Site, story: Story, edition: tuple[Story, ...]) -> str:
    return links([(site.url(s), s.title) for s in edition if s.number != story.number][:3])


def _structured(site: Site, story: Story) -> dict[str, object]:
    return {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": clean(shown(story.title)),
        "articleBody": summary(story),
        "datePublished": story.published.isoformat(),
        "dateModified": story.changed.isoformat(),
        "author": [{"@type": "Person", "name": name} for name in story.authors],
        "publisher": {"@type": "Organization", "name": site.title},
        "mainEntityOfPage": site.url(story),
    }


def _old(site: Site, story: Story) -> str:
    """The layout of 2022: no time in <meta>, only what a reader sees."""
    head = ('<meta http-equiv="Content-Type" content="text/html; charset=windows-1251">',)
    body = (
        '<div class="articleBlock">',
        f"<h1>{running(story.title)}</h1>",
        f'<div class="info"><div class="date">{clock(story.published)}, '
        f"{long_date(story.published, story.language)}</div>{_byline(story)}</div>",
        f'<div class="description">{running(story.lead or "")}</div>',
        f'<div class="content">{blocks(story)}</div>',
        '<div class="willShare"><p>Поделитесь новостью</p></div></div>',
    )
    return document("ru", head + _head(site, story), body)


def indexes(site: Site, stories: tuple[Story, ...]) -> Pages:
    """Return the listing in both forms and the sitemaps."""
    listing = Page(_listing(site, stories).encode())
    return {
        "/": listing,
        "/news/": listing,
        **_more(site, stories),
        **(_sitemap_index(site, stories) if site.key == "zakon" else _one_sitemap(site, stories)),
    }


def _listing(site: Site, stories: tuple[Story, ...]) -> str:
    words = _words(stories[0])
    cards = "\n".join(_card(site, story) for story in stories[:_PER_PAGE])
    head = ('<meta charset="utf-8">', f"<title>{words.news} - {site.title}</title>")
    body = (f"<h1>{words.news}</h1>", f'<div class="newsList">{cards}</div>')
    return document(words.lang, head, body)


def _card(site: Site, story: Story) -> str:
    """A card has two links to the same story: picture and title."""
    return (
        f'<div class="news-item"><a class="newscard_link" href="{path(story)}">'
        f'<img src="{_picture(site, story)}" alt="{attribute(story.title)}"></a>'
        f'<a class="newscard_link" href="{path(story)}">'
        f'<span class="newscard__title">{text(story.title)}</span></a>'
        f'<span class="newscard__date">{clock(story.published)}, '
        f"{long_date(story.published, story.language)}</span></div>"
    )


def _more(site: Site, stories: tuple[Story, ...]) -> Pages:
    """The fragments that the button "more news" loads."""
    slices = range(0, len(stories), _PER_PAGE)
    return {
        f"/news/?handler=LoadMoreNews&p={n}&type=list": Page(
            "\n".join(_card(site, story) for story in stories[i : i + _PER_PAGE]).encode()
        )
        for n, i in enumerate(slices, 1)
    }


def _one_sitemap(site: Site, stories: tuple[Story, ...]) -> Pages:
    return {"/sitemap.xml": Page(_urls(site, stories), XML, _newest(stories))}


def _sitemap_index(site: Site, stories: tuple[Story, ...]) -> Pages:
    """An index whose newest numbered children hold the articles; the others are to be skipped."""
    half = len(stories) // 2
    parts = {"/sitemap/58.xml": stories[half:], "/sitemap/59.xml": stories[:half]}
    others = ("/sitemap/authors.xml", "/sitemap/tags.xml", "/sitemap/weather.xml")
    children = [(site.base + name, _newest(part)) for name, part in parts.items()]
    children += [(site.base + name, STARTED) for name in others]
    return {
        "/sitemap/index.xml": Page(feeds.sitemap_index(children).encode(), XML, _newest(stories)),
        **{name: Page(_urls(site, part), XML, _newest(part)) for name, part in parts.items()},
        **{name: Page(feeds.urlset([]).encode(), XML) for name in others},
    }


def _newest(stories: tuple[Story, ...]) -> datetime:
    return max(story.changed for story in stories)


def _urls(site: Site, stories: tuple[Story, ...]) -> bytes:
    """Every address of every story, and what the site forgot to take out."""
    rows = [(site.base + p, s.changed.isoformat()) for s in stories for p in site.paths(s)]
    return feeds.urlset([*rows, *_strays(site)]).encode()


def _strays(site: Site) -> list[tuple[str, str]]:
    return [(site.base + path, "2026-11-02T08:00:00+05:00") for path in site.strays]


RU = Site(
    key="zakon",
    source="zakon.kz",
    host="www.zakon.kz",
    title="Zakon.kz",
    languages=("ru-Cyrl",),
    discovery=("https://www.zakon.kz/sitemap/index.xml", "https://www.zakon.kz/news/"),
    path=path,
    article=article,
    indexes=indexes,
    robots=(
        "User-agent: *\nDisallow: /pbf/\nDisallow: /special/\nDisallow: /obshestvo/6500666-\n"
        "Sitemap: https://www.zakon.kz/sitemap/index.xml\n"
    ),
    aliases=("zakon.kz",),
    strays=(
        "/obshestvo/6500404-udalennaya-statya.html",
        "/obshestvo/6500666-zakrytaya-statya.html",
    ),
)
KK = Site(
    key="kazzakon",
    source="kaz.zakon.kz",
    host="kaz.zakon.kz",
    title="Zakon.kz",
    languages=("kk-Cyrl",),
    discovery=("https://kaz.zakon.kz/sitemap.xml", "https://kaz.zakon.kz/news/"),
    path=path,
    article=article,
    indexes=indexes,
    robots="User-agent: *\nDisallow: /pbf/\nSitemap: https://kaz.zakon.kz/sitemap.xml\n",
)
