"""trouble.example: a site where everything goes wrong that can; see `steppewire_newsroom.trouble`.

Its healthy feed lists the bad pages. A second feed answers with an HTML page, a third is malformed
in the middle: what stands before the fault can be read.
"""

from __future__ import annotations

from steppewire_newsroom import feeds
from steppewire_newsroom.markup import blocks, document, meta, running, summary, text
from steppewire_newsroom.publishers.site import HTML, RSS, Page, Pages, Site
from steppewire_newsroom.stories import Story
from steppewire_newsroom.trouble import BAD_PAGES

HOST = "trouble.example"


def path(story: Story) -> str:
    """Return `/news/{slug}`."""
    return f"/news/{story.slug}"


def article(site: Site, story: Story, edition: tuple[Story, ...]) -> Page:
    """Return a story's page: the plainest of all."""
    head = (
        '<meta charset="utf-8">',
        f"<title>{text(story.title)}</title>",
        f'<link rel="canonical" href="{site.url(story)}">',
        meta("og:title", story.title),
        meta("article:published_time", story.published.isoformat()),
    )
    body = (f"<article><h1>{running(story.title)}</h1>", blocks(story), "</article>")
    return Page(document("en", head, body).encode(), modified=story.changed)


def indexes(site: Site, stories: tuple[Story, ...]) -> Pages:
    """Return the three feeds and a home page without links."""
    broken = [story for story in stories if "broken-feed" in story.quirks]
    sound = [story for story in stories if "broken-feed" not in story.quirks]
    home = Page(document("en", ("<title>Trouble Daily</title>",), ("<h1>Trouble</h1>",)).encode())
    return {
        "/": home,
        "/feed.xml": Page(_feed(site, sound).encode(), RSS),
        "/rss": Page(home.body, HTML),
        "/broken.xml": Page(_broken(site, broken).encode(), RSS),
    }


def _feed(site: Site, stories: list[Story]) -> str:
    items = [feeds.item(site.url(story), story, summary(story)) for story in stories]
    bad = [page.url for page in BAD_PAGES if page.source == site.source]
    known = {site.url(story) for story in stories}
    items += [
        f"<item><title>{url}</title><link>{url}</link></item>" for url in bad if url not in known
    ]
    return feeds.rss(site.title, site.base + "/", items)


def _broken(site: Site, stories: list[Story]) -> str:
    """Good items first, then an unclosed tag, a bare ampersand and an undefined entity."""
    whole = feeds.rss(site.title, site.base + "/", [feeds.item(site.url(s), s) for s in stories])
    rest = "<item><title>Bread & butter &nosuch; <b>unclosed</title><link>https://trouble.exam"
    return whole.split("\n</channel>")[0] + "\n" + rest


SITE = Site(
    key="trouble",
    source="trouble.example",
    host=HOST,
    title="Trouble Daily",
    languages=("en-Latn",),
    discovery=tuple(f"https://{HOST}/{name}" for name in ("feed.xml", "rss", "broken.xml")),
    path=path,
    article=article,
    indexes=indexes,
    robots="User-agent: *\nDisallow: /news/banned/\n",
)
