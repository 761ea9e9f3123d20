"""tengrinews.kz (Russian): a feed, and a sitemap index with a broken <loc> among its articles.

Markup after docs/reference/sources.md: `div.content_main_text p` up to
`div.content_main_text_tags`; "Наши новости теперь в WhatsApp" and Instagram blocks inside the text.
"""

from __future__ import annotations

from steppewire_newsroom import feeds
from steppewire_newsroom.dates import clock, long_date
from steppewire_newsroom.markup import blocks, document, links, meta, running, summary, text
from steppewire_newsroom.publishers.site import RSS, XML, Page, Pages, Site
from steppewire_newsroom.stories import Story


def path(story: Story) -> str:
    """Return `/{section}/{slug}-{id}/`."""
    return f"/{story.section}/{story.slug}-{story.number}/"


def article(site: Site, story: Story, edition: tuple[Story, ...]) -> Page:
    """Return a story's page."""
    head = (
        '<meta charset="utf-8">',
        f"<title>{text(story.title)}: {long_date(story.published, story.language)}, "
        f"{clock(story.published)} - новости на Tengrinews.kz</title>",
        f'<link rel="canonical" href="{site.url(story)}">',
        meta("og:title", story.title),
        meta("og:description", summary(story)),
        meta("article:published_time", story.published.isoformat()),
        meta("article:modified_time", story.changed.isoformat()),
    )
    others = [(site.url(s), s.title) for s in edition if s.number != story.number][:2]
    body = (
        '<header><a href="/">Tengrinews.kz</a><a href="/news/">Новости</a></header>',
        f'<main class="content_main"><h1>{running(story.title)}</h1>',
        f'<div class="content_main_desc"><p>{running(story.lead or "")}</p></div>',
        f'<div class="content_main_thumb"><img src="/userdata/{story.number}.jpg" alt="">'
        f'<p class="content_main_thumb_alt">{text(story.photo)}</p></div>' if story.photo else "",
        f'<div class="content_main_text">{blocks(story, "/topic/")}',
        '<blockquote class="instagram-media"><p>Посмотреть эту публикацию в Instagram</p>'
        "<p>Публикация от Tengrinews (@tengrinewskz)</p></blockquote>"
        if "instagram" in story.quirks else "",
        "<p>Наши новости теперь в WhatsApp. Подписывайтесь на канал!</p>",
        f'<div class="content_main_text_tags">{"".join(f"<a>{t}</a> " for t in story.tags)}</div>',
        f'</div><div class="read-more"><p>Читайте также:</p><ul>{links(others)}</ul></div>',
        '<div id="comm"><p>Комментариев пока нет</p></div></main>',
    )  # fmt: skip
    return Page(document("ru", head, body).encode(), modified=story.changed)


def indexes(site: Site, stories: tuple[Story, ...]) -> Pages:
    """Return the feed, the sitemaps and the listing."""
    linked = [(site.url(story), story) for story in stories]
    items = [feeds.item(site.base + p, s, summary(s)) for s in stories for p in site.paths(s)]
    return {
        "/": _home(),
        "/kazakhstan_news/": _listing(site, stories),
        "/news.rss": Page(feeds.rss("Tengrinews.kz", site.base + "/", items).encode(), RSS),
        "/sitemap-index.xml": Page(_index(site, stories).encode(), XML),
        "/sitemap-news-425.xml": Page(_with_broken_loc(feeds.sitemap(linked)).encode(), XML),
    }


def _index(site: Site, stories: tuple[Story, ...]) -> str:
    return feeds.sitemap_index([(site.base + "/sitemap-news-425.xml", stories[0].changed)])


def _with_broken_loc(sitemap: str) -> str:
    """Seen on the real site: the host of the sister site is glued to ours."""
    broken = "<url><loc>https://tengrinews.kzhttps://tengrisport.kz/football/test-1/</loc></url>"
    return sitemap.replace("</urlset>", broken + "\n</urlset>")


def _home() -> Page:
    """The real home page is drawn by JavaScript: no link in it."""
    head = ('<meta charset="utf-8">', "<title>Tengrinews.kz</title>")
    return Page(document("ru", head, ('<div id="app"></div>',)).encode())


def _listing(site: Site, stories: tuple[Story, ...]) -> Page:
    cards = "\n".join(
        f'<div class="content_main_item"><span class="content_main_item_title">'
        f'<a href="{path(s)}">{text(s.title)}</a></span><div class="content_main_item_meta">'
        f"<span>{long_date(s.published, s.language)}</span></div></div>"
        for s in stories
    )
    head = ('<meta charset="utf-8">', "<title>Новости Казахстана</title>")
    return Page(document("ru", head, ("<h1>Новости Казахстана</h1>", cards)).encode())


SITE = Site(
    key="tengrinews",
    source="tengrinews.kz",
    host="tengrinews.kz",
    title="Tengrinews.kz",
    languages=("ru-Cyrl",),
    discovery=("https://tengrinews.kz/news.rss", "https://tengrinews.kz/sitemap-index.xml"),
    path=path,
    article=article,
    indexes=indexes,
    robots="User-agent: *\nDisallow: /search/\n",
)
