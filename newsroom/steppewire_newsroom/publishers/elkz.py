"""el.kz: Kazakh at the root, Russian and English below /ru/ and /en/; one sitemap for all.

Markup after docs/reference/sources.md: `h1`, `article p`, meta article:published_time. The
<html lang> is wrong on purpose: the site's engine has said "ru" on Kazakh pages.
"""

from __future__ import annotations

from steppewire_newsroom import feeds
from steppewire_newsroom.markup import (
    blocks,
    document,
    ld_json,
    links,
    meta,
    running,
    summary,
    text,
)
from steppewire_newsroom.publishers.site import XML, Page, Pages, Site
from steppewire_newsroom.stories import Story, clean, shown

_PREFIX = {"kk-Cyrl": "", "ru-Cyrl": "/ru", "en-Latn": "/en"}
_ALSO = {"kk-Cyrl": "Тағы оқыңыз", "ru-Cyrl": "Читайте также", "en-Latn": "Read also"}
_NEWS = {"kk-Cyrl": "Жаңалықтар", "ru-Cyrl": "Новости", "en-Latn": "News"}
_CODE = {"kk-Cyrl": "kk", "ru-Cyrl": "ru", "en-Latn": "en"}


def path(story: Story) -> str:
    """Return `/{slug}_{id}/`, below /ru or /en for these languages."""
    return f"{_PREFIX[story.language]}/{story.slug}_{story.number}/"


def article(site: Site, story: Story, edition: tuple[Story, ...]) -> Page:
    """Return a story's page."""
    head = (
        '<meta charset="utf-8">',
        f"<title>{text(story.title)} | El.kz</title>",
        f'<link rel="canonical" href="{site.url(story)}">',
        meta("og:title", story.title),
        meta("og:description", summary(story)),
        meta("og:type", "article"),
        meta("og:image", _picture(site, story)),
        meta("article:published_time", story.published.isoformat()),
        meta("article:modified_time", story.changed.isoformat()),
        *(meta("author", author, by="name") for author in story.authors),
        ld_json({"@context": "https://schema.org", "@type": "WebSite", "name": "El.kz"}),
    )
    body = (
        f'<header><a href="{_PREFIX[story.language]}/">El.kz</a></header>',
        f"<main><h1>{running(story.title)}</h1><article>",
        _figure(site, story),
        blocks(story, "/topic/"),
        '</article><div class="share"><a href="https://t.me/share">Telegram</a></div>',
        f"<aside><h3>{_ALSO[story.language]}</h3>",
        f"<ul>{_others(site, story, edition)}</ul></aside>",
        "</main>",
    )  # fmt: skip
    return Page(document("ru", head, body).encode(), modified=story.changed)


def _picture(site: Site, story: Story) -> str:
    return f"{site.base}/storage/{story.number}.jpg"


def _figure(site: Site, story: Story) -> str:
    if not story.photo:
        return ""
    return (
        f'<figure><img src="/storage/{story.number}.jpg" alt="">'
        f"<figcaption>{text(story.photo)}</figcaption></figure>"
    )


def _others(site: Site, story: Story, edition: tuple[Story, ...]) -> str:
    same = [s for s in edition if s.language == story.language and s.number != story.number]
    return links((site.url(s), s.title) for s in same[:3])


def indexes(site: Site, stories: tuple[Story, ...]) -> Pages:
    """Return the home page of each language and the sitemaps."""
    children = [(site.base + "/sitemap-news.xml", max(s.changed for s in stories))]
    linked = [(site.base + p, s) for s in stories for p in site.paths(s)]
    news = feeds.news_sitemap(linked, "El.kz", _CODE)
    return {
        **{prefix + "/": _listing(site, stories, tag) for tag, prefix in _PREFIX.items()},
        "/sitemap.xml": Page(feeds.sitemap_index(children).encode(), XML),
        "/sitemap-news.xml": Page(news.encode(), XML),
    }


def _listing(site: Site, stories: tuple[Story, ...], language: str) -> Page:
    cards = "\n".join(_card(site, s) for s in stories if s.language == language)
    head = ('<meta charset="utf-8">', "<title>El.kz</title>", meta("og:type", "article"))
    body = (f"<h1>{_NEWS[language]}</h1>", f'<div class="news-list">{cards}</div>')
    return Page(document("ru", head, body).encode())


def _card(site: Site, story: Story) -> str:
    return (
        f'<div class="news-card"><a href="{site.url(story)}"><img src="{_picture(site, story)}" '
        f'alt=""></a><h4><a href="{site.url(story)}">{text(story.title)}</a></h4>'
        f"<p>{clean(shown(summary(story)))}</p></div>"
    )


SITE = Site(
    key="elkz",
    source="el.kz",
    host="el.kz",
    title="El.kz",
    languages=("kk-Cyrl", "ru-Cyrl", "en-Latn"),
    discovery=("https://el.kz/sitemap.xml", "https://el.kz/", "https://el.kz/ru/"),
    path=path,
    article=article,
    indexes=indexes,
    robots="User-agent: *\nDisallow: /admin/\nSitemap: https://el.kz/sitemap.xml\n",
    aliases=("www.el.kz",),
)
