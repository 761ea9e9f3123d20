"""timesca.com (English): WordPress with full texts in its feed; refuses vague user agents.

Its source has no rules at all, so the generic extractor reads it. Structured data is a Yoast
`@graph`; the sharing plugin and "You may also like" stand inside the post.
"""

from __future__ import annotations

from steppewire_newsroom import feeds
from steppewire_newsroom.dates import long_date
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
from steppewire_newsroom.publishers.site import RSS, XML, Page, Pages, Site
from steppewire_newsroom.stories import Story, clean, shown


def path(story: Story) -> str:
    """Return `/{slug}/`."""
    return f"/{story.slug}/"


def article(site: Site, story: Story, edition: tuple[Story, ...]) -> Page:
    """Return a story's page."""
    head = (
        '<meta charset="UTF-8">',
        f"<title>{text(story.title)} - The Times Of Central Asia</title>",
        f'<link rel="canonical" href="{site.url(story)}">',
        '<link rel="alternate" type="application/rss+xml" title="Feed" href="/feed/">',
        meta("og:type", "article"),
        meta("og:title", story.title),
        meta("og:description", summary(story)),
        meta("og:site_name", site.title),
        meta("article:published_time", story.published.isoformat()),
        meta("article:modified_time", story.changed.isoformat()),
        meta("author", ", ".join(story.authors), by="name"),
        ld_json({"@context": "https://schema.org", "@graph": _graph(site, story)}),
    )
    others = [(site.url(s), s.title) for s in edition if s.number != story.number][:3]
    body = (
        '<header class="site-header"><nav><ul><li><a href="/">Home</a></li>'
        '<li><a href="/category/news/">News</a></li></ul></nav></header>',
        f'<main><article id="post-{story.number}" class="post type-post">',
        f'<header class="entry-header"><h1 class="entry-title">{running(story.title)}</h1>'
        f'<div class="entry-meta"><span class="byline">By <a rel="author" href="/author/desk/">'
        f'{", ".join(story.authors)}</a></span> <time class="entry-date published" '
        f'datetime="{story.published.isoformat()}">{long_date(story.published, "en-Latn")}</time>'
        "</div></header>",
        f'<div class="entry-content">{blocks(story, "/topic/")}',
        '<div class="sharedaddy"><h3>Share this:</h3><ul><li><a href="#">Telegram</a></li>'
        f'<li><a href="#">X</a></li></ul></div><div class="jp-relatedposts"><h3>You may also like'
        f"</h3><ul>{links(others)}</ul></div></div></article></main>",
        '<aside class="widget-area"><h2>Newsletter</h2><p>Subscribe to our weekly newsletter.</p>'
        "</aside>",
    )  # fmt: skip
    return Page(document("en-US", head, body).encode(), modified=story.changed)


def _graph(site: Site, story: Story) -> list[dict[str, object]]:
    return [
        {
            "@type": "Article",
            "headline": clean(shown(story.title)),
            "datePublished": story.published.isoformat(),
            "dateModified": story.changed.isoformat(),
            "author": {"name": ", ".join(story.authors)},
            "keywords": list(story.tags),
        },
        {"@type": "WebPage", "@id": site.url(story), "name": clean(shown(story.title))},
        {"@type": "Organization", "name": site.title, "url": site.base + "/"},
    ]


def indexes(site: Site, stories: tuple[Story, ...]) -> Pages:
    """Return the feed, the sitemap and the home page."""
    linked = [(site.url(story), story) for story in stories]
    items = [feeds.item(url, s, summary(s), blocks(s)) for url, s in linked]
    head = ('<meta charset="UTF-8">', f"<title>{site.title}</title>")
    home = document("en-US", head, (f"<ul>{links((u, s.title) for u, s in linked)}</ul>",))
    return {
        "/": Page(home.encode()),
        "/feed/": Page(feeds.rss(site.title, site.base + "/", items).encode(), RSS),
        "/post-sitemap.xml": Page(feeds.sitemap(linked).encode(), XML),
    }


SITE = Site(
    key="timesca",
    source="timesca.com",
    host="timesca.com",
    title="The Times Of Central Asia",
    languages=("en-Latn",),
    discovery=("https://timesca.com/feed/",),
    path=path,
    article=article,
    indexes=indexes,
    robots="User-agent: *\nDisallow: /wp-admin/\nAllow: /wp-admin/admin-ajax.php\n",
    full_agent=True,
)
