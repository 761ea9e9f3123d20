from __future__ import annotations

import gzip
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from redis.asyncio import Redis

from steppewire.events import ArticleDiscovered
from steppewire.plugins import Source
from steppewire.streams import DISCOVERED, key
from steppewire.testing.site import Site, conditional, reply
from steppewire.wire import decode
from steppewire_fetcher.apart import Apart
from steppewire_fetcher.discover import Discoverer
from steppewire_fetcher.visit import Manners

HOME = "https://news.example.kz"
Sources = Callable[..., Source]


def rss(*paths: str) -> bytes:
    items = "".join(f"<item><title>{p}</title><link>{HOME}{p}</link></item>" for p in paths)
    return f"<rss version='2.0'><channel>{items}</channel></rss>".encode()


def urlset(**lastmods: str) -> bytes:
    urls = "".join(
        f"<url><loc>{HOME}/{n}.html</loc><lastmod>{m}</lastmod></url>" for n, m in lastmods.items()
    )
    return f"<urlset>{urls}</urlset>".encode()


def index(*names: str) -> bytes:
    entries = "".join(f"<sitemap><loc>{HOME}/{name}</loc></sitemap>" for name in names)
    return f"<sitemapindex>{entries}</sitemapindex>".encode()


def feed(path: str = "/rss") -> dict[str, Any]:
    return {"kind": "feed", "url": HOME + path}


def sitemap(path: str = "/sitemap.xml", **more: Any) -> dict[str, Any]:
    return {"kind": "sitemap", "url": HOME + path, **more}


def listing(path: str = "/news/", **more: Any) -> dict[str, Any]:
    return {"kind": "listing", "url": HOME + path, **more}


async def entered(redis: Redis) -> list[ArticleDiscovered]:
    entries: Any = await redis.xrange(key(DISCOVERED.name))
    return [decode(fields, ArticleDiscovered) for _, fields in entries]


async def paths(redis: Redis) -> list[str]:
    return [event.url.removeprefix(HOME) for event in await entered(redis)]


async def test_the_links_of_a_feed_enter_once(
    site: Site, discoverer: Discoverer, source: Sources, redis: Redis
) -> None:
    site.replies["/rss"] = reply(rss("/1.html", "/2.html"))
    news = source(discover=[feed()])

    polls = [await discoverer.poll(news) for _ in range(2)]

    assert [(poll.seen, poll.new) for poll in polls] == [(2, 2), (2, 0)]
    assert await paths(redis) == ["/1.html", "/2.html"]


async def test_an_unchanged_feed_is_not_sent_again(
    site: Site, discoverer: Discoverer, source: Sources
) -> None:
    site.replies["/rss"] = conditional(rss("/1.html"), '"v1"')
    news = source(discover=[feed()])

    polls = [await discoverer.poll(news) for _ in range(2)]

    assert [(poll.seen, poll.new, poll.succeeded) for poll in polls] == [
        (1, 1, True),
        (0, 0, True),
    ]


async def test_a_source_whose_patterns_changed_reads_its_feed_anew(
    site: Site, discoverer: Discoverer, source: Sources
) -> None:
    site.replies["/rss"] = conditional(rss("/1.html"), '"v1"')
    await discoverer.poll(source(discover=[feed()], article=["/only-old/"]))

    assert (await discoverer.poll(source(discover=[feed()]))).new == 1


async def test_a_changed_lastmod_lets_the_article_in_again(
    site: Site, discoverer: Discoverer, source: Sources, redis: Redis
) -> None:
    news = source(discover=[sitemap()])
    for lastmod in ("2026-11-20T08:00:00Z", "2026-11-20T08:00:00Z", "2026-11-21T09:30:00Z"):
        site.replies["/sitemap.xml"] = reply(urlset(a=lastmod))
        await discoverer.poll(news)

    marks = [event.modified_hint for event in await entered(redis)]

    assert marks == ["2026-11-20T08:00:00Z", "2026-11-21T09:30:00Z"]


async def test_a_link_in_a_feed_and_in_a_sitemap_does_not_flip_between_their_dates(
    site: Site, discoverer: Discoverer, source: Sources, redis: Redis
) -> None:
    site.replies["/rss"] = reply(rss("/a.html"))
    site.replies["/sitemap.xml"] = reply(urlset(a="2026-11-20T08:00:00Z"))
    for points in ([feed()], [sitemap()], [feed()], [sitemap()], [feed(), sitemap()]):
        await discoverer.poll(source(discover=points))

    assert await paths(redis) == ["/a.html", "/a.html"]


async def test_the_newest_sitemaps_of_an_index_are_opened(
    site: Site, discoverer: Discoverer, source: Sources, redis: Redis
) -> None:
    site.replies["/sitemap.xml"] = reply(index("authors-99.xml", "1.xml", "2.xml", "10.xml.gz"))
    site.replies["/2.xml"] = reply(urlset(two="2026-11-20"))
    site.replies["/10.xml.gz"] = reply(gzip.compress(urlset(ten="2026-11-21")))

    poll = await discoverer.poll(source(discover=[sitemap(newest=2, skip=["author"])]))

    assert (poll.seen, poll.succeeded) == (2, True)
    assert sorted(await paths(redis)) == ["/ten.html", "/two.html"]


async def test_a_listing_gives_what_its_source_calls_an_article(
    site: Site, discoverer: Discoverer, source: Sources, redis: Redis
) -> None:
    page = (
        "<html><a class=c href='/sport/640001-a.html'>Матч</a><a class=c href='/about/'>О нас</a>"
    )
    site.replies["/news/"] = reply(page.encode())

    await discoverer.poll(source(discover=[listing(links="a.c")], article=[r"/\d+-"]))

    (event,) = await entered(redis)
    assert (event.url, event.via, event.title_hint) == (
        f"{HOME}/sport/640001-a.html",
        "listing",
        "Матч",
    )


async def test_a_page_at_a_feeds_address_is_counted_and_stops_nothing(
    site: Site, discoverer: Discoverer, source: Sources
) -> None:
    site.replies["/rss"] = reply(b"<!doctype html><html>We are an app now</html>")
    site.replies["/sitemap.xml"] = reply(urlset(a="2026-11-20"))

    poll = await discoverer.poll(source(discover=[feed(), sitemap()]))

    assert poll.new == 1
    assert poll.warnings == {"feed-is-html": 1}


async def test_a_point_that_fails_is_told_and_the_others_are_read(
    site: Site, discoverer: Discoverer, source: Sources
) -> None:
    site.replies["/rss"] = reply(b"", 500)
    site.replies["/sitemap.xml"] = reply(urlset(a="2026-11-20"))

    poll = await discoverer.poll(source(discover=[feed(), sitemap()]))

    assert (poll.succeeded, poll.failed, poll.new) == (True, 1, 1)
    assert poll.warnings == {"server-error": 1}
    assert "/rss" in poll.error


async def test_a_source_of_which_nothing_can_be_read_has_failed(
    site: Site, discoverer: Discoverer, source: Sources
) -> None:
    poll = await discoverer.poll(source(discover=[feed(), sitemap()]))

    assert not poll.succeeded
    assert poll.warnings == {"gone": 2}


async def test_a_site_whose_links_no_longer_match_raises_the_alarm(
    site: Site, discoverer: Discoverer, source: Sources
) -> None:
    site.replies["/rss"] = conditional(rss("/new-shape/1"), '"v1"')
    news = source(discover=[feed()], article=[r"\.html$"])

    polls = [await discoverer.poll(news) for _ in range(2)]

    assert [poll.warnings for poll in polls] == [{"no-link-matches": 1}] * 2


async def test_only_the_newest_links_of_a_long_list_are_taken(
    site: Site, discoverer: Discoverer, source: Sources, redis: Redis
) -> None:
    days = {f"d{day:02}": f"2026-10-{day:02}" for day in range(1, 31)}
    site.replies["/sitemap.xml"] = reply(urlset(**days))

    await replace(discoverer, max_links=2).poll(source(discover=[sitemap()]))

    assert await paths(redis) == ["/d30.html", "/d29.html"]


async def test_a_feed_that_said_429_is_left_alone_until_then(
    site: Site, discoverer: Discoverer, source: Sources
) -> None:
    site.replies["/rss"] = reply(b"", 429, Retry_After="1000")

    poll = await discoverer.poll(source(discover=[feed()]))

    assert (poll.succeeded, poll.after) == (False, 1000)


@pytest.mark.parametrize(
    ("replies", "via"),
    [
        (
            {
                "/": reply(b"<html><link rel=alternate type='application/rss+xml' href='/rss'>"),
                "/rss": reply(rss("/1.html")),
            },
            "feed",
        ),
        (
            {
                "/": reply(b"<html>An app</html>"),
                "/robots.txt": reply(f"Sitemap: {HOME}/map.xml\n".encode()),
                "/map.xml": reply(urlset(a="2026-11-20")),
            },
            "sitemap",
        ),
        (
            {
                "/": reply(b"<html>An app</html>"),
                "/sitemap.xml": reply(urlset(a="2026-11-20")),
            },
            "sitemap",
        ),
        ({"/": reply(b"<html><a href='/news/what-has-happened-now/'>News</a>")}, "listing"),
        ({"/": reply(rss("/1.html"))}, "feed"),
    ],
)
async def test_any_site_is_read_by_what_it_offers(
    site: Site, discoverer: Discoverer, source: Sources, redis: Redis, replies: Any, via: str
) -> None:
    site.replies |= replies

    await discoverer.poll(source())

    assert [event.via for event in await entered(redis)] == [via]


async def test_a_document_that_is_fresh_is_not_asked_for(
    site: Site, discoverer: Discoverer, source: Sources
) -> None:
    site.replies["/rss"] = reply(rss("/1.html"), Cache_Control="max-age=900", Age="100")
    news = source(discover=[feed()])
    patient = replace(discoverer, slowest=3600)

    polls = [await patient.poll(news) for _ in range(2)]

    assert [(poll.seen, poll.succeeded) for poll in polls] == [(1, True), (0, True)]
    assert all(790 < poll.wait <= 800 for poll in polls)
    assert site.paths() == ["/rss"]


async def test_an_unchanged_document_keeps_what_is_known_of_it(
    site: Site, discoverer: Discoverer, source: Sources
) -> None:
    slow = rss("/1.html").replace(b"<channel>", b"<channel><ttl>15</ttl>")
    site.replies["/rss"] = conditional(slow, '"v1"')
    news = source(discover=[feed()])

    # slowest is below the poll: both looks do ask, and the second one is told 304
    waits = [(await discoverer.poll(news)).wait for _ in range(2)]
    patient = await replace(discoverer, slowest=3600).poll(news)

    assert waits == [300, 300]
    assert patient.wait == 900
    assert site.paths() == ["/rss"] * 3


async def test_the_slowest_poll_bounds_what_a_header_can_ask(
    site: Site, discoverer: Discoverer, source: Sources
) -> None:
    site.replies["/rss"] = reply(rss("/1.html"), Cache_Control="max-age=31536000")

    poll = await replace(discoverer, slowest=1800).poll(source(discover=[feed()]))

    assert poll.wait == 1800


async def test_the_first_document_worth_a_look_decides(
    site: Site, discoverer: Discoverer, source: Sources
) -> None:
    site.replies["/rss"] = reply(rss("/1.html"), Cache_Control="max-age=900")
    site.replies["/sitemap.xml"] = reply(urlset(a="2026-11-20"))
    news = source(discover=[feed(), sitemap()])
    patient = replace(discoverer, slowest=3600)

    for _ in range(2):
        assert (await patient.poll(news)).wait == 300
    assert site.paths() == ["/rss", "/sitemap.xml", "/sitemap.xml"]


async def test_a_listing_is_read_page_by_page_until_nothing_is_new(
    discoverer: Discoverer, source: Callable[..., Source], site: Site, redis: Redis
) -> None:
    for number, names in enumerate(["ab", "bc", "c", "d"], 1):
        cards = "".join(f"<a href='/{name}.html'>{name}</a>" for name in names)
        site.replies[f"/news/{number}"] = reply(f"<html><body>{cards}".encode())
    news = source(article=[r"\.html$"], discover=[listing("/news/{page}", pages=9)])

    await discoverer.poll(news)

    assert sorted(await paths(redis)) == ["/a.html", "/b.html", "/c.html"]
    assert site.paths() == ["/news/1", "/news/2", "/news/3"]


async def test_a_day_without_news_does_not_hide_the_day_before(
    discoverer: Discoverer, source: Callable[..., Source], site: Site, redis: Redis
) -> None:
    just_past_midnight_in_bishkek = datetime(2026, 11, 21, 18, 5, tzinfo=UTC)
    discoverer = replace(discoverer, now=lambda: just_past_midnight_in_bishkek)
    site.replies["/?date=2026-11-21"] = reply(b"<html><a href='/late.html'>Late</a>")
    news = source(
        country="KG", article=[r"\.html$"], discover=[listing("/?date={day:%Y-%m-%d}", pages=3)]
    )

    poll = await discoverer.poll(news)

    assert await paths(redis) == ["/late.html"]
    assert poll.failed == 0


async def test_an_api_is_asked_with_the_headers_that_it_wants(
    discoverer: Discoverer, source: Callable[..., Source], site: Site, redis: Redis
) -> None:
    site.replies["/api?page=1"] = reply(b'{"content": [{"id": 7, "title": "Mektep"}]}')
    point = {
        "kind": "api",
        "url": HOME + "/api?page=1",
        "items": "content",
        "link": HOME + "/details/{id}.html",
        "title": "{title}",
        "headers": {"Accept-Language": "kk"},
    }

    await discoverer.poll(source(discover=[point]))

    (event,) = await entered(redis)
    assert (event.via, event.title_hint) == ("api", "Mektep")
    assert site.requests[-1].headers["accept-language"] == "kk"


async def test_a_telegram_channel_leads_to_the_articles_of_its_source_only(
    discoverer: Discoverer, source: Callable[..., Source], site: Site, redis: Redis
) -> None:
    site.replies["t.me/s/news"] = reply(
        b"<html><div class='tgme_widget_message' data-post='news/1'>"
        b"<div class='tgme_widget_message_text'>Bog' <a href='https://news.example.kz/a.html'>x</a>"
        b"<a href='https://other.example/b.html'>y</a></div></div>"
    )

    await discoverer.poll(source(discover=["telegram news"]))

    assert [(e.via, e.url) for e in await entered(redis)] == [("telegram", HOME + "/a.html")]


async def test_a_link_carries_its_language_and_its_other_editions(
    discoverer: Discoverer, source: Callable[..., Source], site: Site, redis: Redis
) -> None:
    site.replies["/sitemap.xml"] = reply(
        f"<urlset><url><loc>{HOME}/uz/1.html</loc>"
        f"<link hreflang='uz' href='{HOME}/uz/1.html'/><link hreflang='x-default' href='{HOME}/'/>"
        f"<link hreflang='oz' href='{HOME}/oz/1.html'/><link hreflang='ka' href='{HOME}/q/1.html'/>"
        "</url></urlset>".encode()
    )
    editions = {"/uz/": "uz-Cyrl", "/oz/": "uz-Latn"}

    await discoverer.poll(source(country="UZ", editions=editions, discover=[sitemap()]))

    (event,) = await entered(redis)
    assert event.language_hint == "uz-Cyrl"
    assert event.translations_hint == {
        "uz-Latn": f"{HOME}/oz/1.html",
        "kaa": f"{HOME}/q/1.html",
    }


async def test_a_document_that_cannot_be_read_costs_only_itself(
    site: Site, discoverer: Discoverer, source: Sources, manners: Manners
) -> None:
    """Ten megabytes of `<div>` kept the parser, and with it the whole fetcher, for minutes."""
    site.replies["/news/"] = reply(b"<html>" + b"<div>" * 1_000_000)
    site.replies["/rss"] = reply(rss("/1.html"))
    async with aclosing(Apart(seconds=2.0)) as apart:
        careful = replace(
            discoverer, read=apart, manners=lambda _: replace(manners, limit=10_000_000)
        )
        poll = await careful.poll(source(discover=[listing(), feed()]))

    assert (poll.new, poll.failed, poll.points) == (1, 1, 2)
    assert poll.warnings["too-slow"] == 1
    assert poll.succeeded
