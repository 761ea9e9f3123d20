from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steppewire_fetcher.links import Link
from steppewire_fetcher.listings import (
    feeds_of,
    looks_like_article,
    read_listing,
    selector_fault,
)

BASE = "https://www.zakon.kz/news/"
PAGE = """<!doctype html><html><head>
<link rel="alternate" type="application/rss+xml" href="/rss.xml">
<link rel="alternate" type="application/rss+xml" href="/comments/feed/">
<link rel="alternate" hreflang="kk" href="https://kaz.zakon.kz/"></head><body>
<div class="news-item"><a class="newscard_link" href="/sport/6400001-a.html"><img alt="Фото"></a>
<a class="newscard_link" href="/sport/6400001-a.html"><span class="newscard__title">Победа в
 Алматы</span><span class="newscard__date">13:51, сегодня</span></a></div>
<div class="news-item"><a class="newscard_link" href="6400002-b.html"><h3>Погода</h3></a></div>
<a href="/about/">О нас</a></body></html>"""


def test_each_address_of_a_listing_comes_once_with_its_best_title() -> None:
    reading = read_listing(PAGE.encode(), BASE, "a.newscard_link")

    assert reading.links == (
        Link("https://www.zakon.kz/sport/6400001-a.html", "Победа в Алматы"),
        Link("https://www.zakon.kz/news/6400002-b.html", "Погода"),
    )


def test_the_time_on_a_card_is_no_part_of_the_title() -> None:
    card = b"<html><a href='/a'><time>09:12</time> <span>Wood</span></a></html>"

    assert read_listing(card, BASE).links == (Link("https://www.zakon.kz/a", "Wood"),)


def test_the_base_of_a_page_is_obeyed() -> None:
    page = b"<html><base href='https://el.kz/ru/'><a href='a_1/'>A</a></html>"

    assert [link.url for link in read_listing(page, BASE).links] == ["https://el.kz/ru/a_1/"]


def test_a_listing_without_links_is_a_warning() -> None:
    assert read_listing(b"<html><div id=app></div></html>", BASE).warnings == ("listing-empty",)


def test_a_feed_at_a_listings_address_is_a_warning() -> None:
    assert read_listing(b"<rss version='2.0'/>", BASE).warnings == ("listing-is-feed",)


def test_a_home_page_names_its_feeds_and_comment_feeds_do_not_count() -> None:
    assert feeds_of(PAGE.encode(), BASE) == ("https://www.zakon.kz/rss.xml",)


@pytest.mark.parametrize(
    "url",
    [
        "https://a.kz/news/kazakhstan-wheat-harvest/",
        "https://a.kz/obshestvo/4909264-v-kazahstane.html",
        "https://a.kz/doc/512345_title.html",
        "https://a.uz/2026/11/22/paxta-yigim-terimi/",
        "https://a.kz/post/98765",
    ],
)
def test_addresses_that_look_like_articles(url: str) -> None:
    assert looks_like_article(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://a.kz/",
        "https://a.kz/news/",
        "https://a.kz/tag/gold-and-silver-prices/",
        "https://a.kz/wp-content/uploads/2026/11/photo-of-the-day.jpg",
        "https://a.kz/search/what-is-new/",
        "https://a.kz/privacy",
    ],
)
def test_addresses_that_look_like_sections_and_services(url: str) -> None:
    assert not looks_like_article(url)


def test_a_selector_with_a_mistake_is_told() -> None:
    assert selector_fault("a[[") == "not a CSS selector: 'a[['"
    assert selector_fault("div.news > a[href]") is None


@given(st.binary(max_size=300))
def test_no_page_can_make_it_fail(body: bytes) -> None:
    read_listing(b"<html><a href='" + body, BASE)
    feeds_of(b"<html><link rel=alternate type='application/rss+xml' href='" + body, BASE)


def test_links_in_one_another_are_links_without_a_title() -> None:
    """A thousand in one another had the text of all inside each: minutes of work."""
    nested = b"<a href=/1>x<object><a href=/2>y</a></object></a>"

    reading = read_listing(b"<html>" + nested + b"<p><a href=/3>Title</a>", "https://a.kz/")

    assert [(link.url, link.title) for link in reading.links] == [
        ("https://a.kz/1", None),
        ("https://a.kz/2", None),
        ("https://a.kz/3", "Title"),
    ]


@pytest.mark.parametrize("base", ["http://[", "javascript:x", "data:,x", "http://u:p@b.kz/", ""])
def test_a_base_that_is_no_address_is_none(base: str) -> None:
    page = f"<html><base href='{base}'><a href=/news-1>Title</a>".encode()

    assert [link.url for link in read_listing(page, "https://a.kz/").links] == [
        "https://a.kz/news-1"
    ]
