from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steppewire_fetcher.feeds import MAX_ITEMS, read_feed
from steppewire_fetcher.moments import zone

ALMATY = zone("Asia/Almaty")
BASE = "https://tengrinews.kz/news.rss"

RSS = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0"><channel><title>Новости</title>
<item><title>Урожай &amp; погода: &lt;b&gt;итоги&lt;/b&gt;</title>
  <link>https://tengrinews.kz/kazakhstan_news/urojay-pogoda-512345/</link>
  <pubDate>Sun, 22 Nov 2026 10:15:00 +0500</pubDate></item>
<item><title>Без ссылки</title><guid isPermaLink="true">https://tengrinews.kz/x/y-512346/</guid></item>
<item><title>Совсем без адреса</title></item>
</channel></rss>"""

ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>Times</title>
<entry><title>Wheat</title><link rel="alternate" href="/2026/11/wheat/"/>
<published>2026-11-20T08:00:00Z</published><updated>2026-11-21T09:00:00Z</updated></entry></feed>"""

RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<item rdf:about="https://a.kz/1"><title>Bir</title><link>https://a.kz/1</link>
<dc:date>2026-11-20T08:00:00+05:00</dc:date></item></rdf:RDF>"""


def test_rss_gives_links_with_title_and_date() -> None:
    link = read_feed(RSS.encode(), BASE, ALMATY).links[0]

    assert link.url == "https://tengrinews.kz/kazakhstan_news/urojay-pogoda-512345/"
    assert link.title == "Урожай & погода: итоги"
    assert link.published is not None
    assert link.published.utcoffset() == timedelta(hours=5)


def test_an_address_in_the_guid_serves_where_there_is_no_link() -> None:
    urls = [link.url for link in read_feed(RSS.encode(), BASE, ALMATY).links]

    assert urls[1:] == ["https://tengrinews.kz/x/y-512346/"]


def test_atom_tells_publication_and_change_apart() -> None:
    (link,) = read_feed(ATOM.encode(), "https://timesca.com/feed/", ALMATY).links

    assert link.url == "https://timesca.com/2026/11/wheat/"
    assert link.published is not None
    assert link.published.isoformat() == "2026-11-20T08:00:00+00:00"
    assert link.modified == "2026-11-21T09:00:00Z"


def test_the_one_date_of_rdf_is_the_day_of_publication() -> None:
    (link,) = read_feed(RDF.encode(), "https://a.kz/rdf", ALMATY).links

    assert link.published is not None
    assert link.published.isoformat() == "2026-11-20T08:00:00+05:00"


def test_a_feed_in_windows_1251_is_read() -> None:
    body = RSS.replace("utf-8", "windows-1251").encode("cp1251")

    assert read_feed(body, BASE, ALMATY).links[0].title == "Урожай & погода: итоги"


def test_a_page_at_a_feeds_address_is_a_warning() -> None:
    reading = read_feed(b"<!doctype html><html><body>SPA</body></html>", BASE, ALMATY)

    assert reading.warnings == ("feed-is-html",)
    assert reading.links == ()


def test_a_broken_feed_gives_what_can_be_read_and_one_warning() -> None:
    broken = RSS.replace("<item><title>Без ссылки", "<item><title>5 < 6 & </b> Без ссылки")
    reading = read_feed(broken.encode(), BASE, ALMATY)

    assert reading.links[0].url == "https://tengrinews.kz/kazakhstan_news/urojay-pogoda-512345/"
    assert reading.warnings == ("feed-malformed",)


def test_a_feed_that_is_cut_off_gives_its_beginning() -> None:
    reading = read_feed(RSS.encode()[:420], BASE, ALMATY)

    assert len(reading.links) == 1
    assert "feed-malformed" in reading.warnings


def test_a_feed_without_items_is_a_warning() -> None:
    body = b"<rss version='2.0'><channel><title>x</title></channel></rss>"

    assert read_feed(body, BASE, ALMATY).warnings == ("feed-empty",)


def test_the_laughing_billion_is_not_expanded() -> None:
    layers = "".join(f'<!ENTITY a{n + 1} "{f"&a{n};" * 10}">' for n in range(12))
    doctype = f'<!DOCTYPE rss [<!ENTITY a0 "ha">{layers}]>'
    body = f"{doctype}<rss version='2.0'><channel><item><title>&a12;</title></item></channel></rss>"

    assert read_feed(body.encode(), BASE, ALMATY).links == ()


def test_a_body_that_spells_a_files_name_opens_no_file() -> None:
    assert read_feed(__file__.encode(), BASE, ALMATY).warnings == ("feed-is-text",)


@given(st.binary(max_size=400))
def test_no_body_can_make_it_fail(body: bytes) -> None:
    read_feed(b"<rss version='2.0'><channel><item>" + body, BASE, ALMATY)


RSS_090 = """<?xml version="1.0"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns="http://my.netscape.com/rdf/simple/0.9/"><channel><title>Qala</title></channel>
<item><title>One</title><link>https://a.kz/1</link></item></rdf:RDF>"""
RSS_091 = """<?xml version="1.0"?>
<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN"
 "http://my.netscape.com/publish/formats/rss-0.91.dtd">
<rss version="0.91"><channel><title>Qala</title>
<item><title>One</title><link>https://a.kz/1</link></item></channel></rss>"""
RSS_092 = RSS_091[RSS_091.index("<rss") :].replace("0.91", "0.92")
JSON = '{"version": "https://jsonfeed.org/version/1", "items": [{"id": "https://a.kz/1"}]}'


@pytest.mark.parametrize(
    "body", [RSS_090, RSS_091, RSS_092, JSON], ids=["0.90", "0.91", "0.92", "json"]
)
def test_old_and_new_forms_of_feeds_are_read(body: str) -> None:
    reading = read_feed(body.encode(), "https://a.kz/rss", ALMATY, "text/html")

    assert [link.url for link in reading.links] == ["https://a.kz/1"]
    assert reading.warnings == ()


SUBSCRIBABLE = """<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel>
<atom:link rel="hub" href="https://hub.example/"/><atom:link rel="self" href="/news.rss"/>
<item><link>/1</link></item></channel></rss>"""


def test_a_feed_names_the_hub_at_which_it_can_be_had() -> None:
    reading = read_feed(SUBSCRIBABLE.encode(), BASE, ALMATY)

    assert reading.hub == "https://hub.example/"
    assert reading.topic == BASE


LETTERS = {
    "&#55357;&#56832; Emoji": "\U0001f600 Emoji",
    "&#xD83D;&#xde00;": "\U0001f600",
    "a&#xD800;b": "a\ufffdb",
    "&#56832;&#55357;&#55357;&#56832;": "\ufffd\ufffd\U0001f600",
    "&#0;x": "\ufffdx",
    "&#x110000;x": "\ufffdx",
    "&#99999999999999999999;x": "\ufffdx",
    "&#1178;&#1072;&#1079;": "Қаз",
    "&#00000000000001178;аз": "Қаз",
    "&# 1; &#; &#x;": "&# 1; &#; &#x;",
}
"""Numeric references as they come, and what a reader of the feed should see."""


@pytest.mark.parametrize("written", LETTERS)
@pytest.mark.parametrize("where", ["<title>{}</title>", "<title><![CDATA[{}]]></title>"])
def test_references_to_no_letter_cost_no_feed(written: str, where: str) -> None:
    item = f"<item>{where.format(written)}<link>https://a.kz/1</link></item>"
    other = f"<item><title>Next</title><link>https://a.kz/2?{written}</link></item>"
    feed = f"<rss version='2.0'><channel>{item}{other}</channel></rss>"

    reading = read_feed(feed.encode(), BASE, ALMATY)

    assert [link.title for link in reading.links] == [LETTERS[written], "Next"]


def test_of_an_endless_feed_the_first_entries_are_read() -> None:
    item = "<item><title>T</title><link>https://a.kz/{}</link></item>"
    items = "".join(item.format(n) for n in range(MAX_ITEMS + 10))

    reading = read_feed(f"<rss><channel>{items}</channel></rss>".encode(), BASE, ALMATY)

    assert len(reading.links) == MAX_ITEMS
    assert reading.links[0].url == "https://a.kz/0"
