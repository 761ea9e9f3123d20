from __future__ import annotations

import gzip
import subprocess
import sys
from datetime import UTC

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steppewire.plugins import Sitemap
from steppewire_fetcher import sitemaps
from steppewire_fetcher.links import Child, Link
from steppewire_fetcher.moments import zone
from steppewire_fetcher.sitemaps import MAX_BYTES, MAX_PARTS, pick, read_sitemap

ALMATY = zone("Asia/Almaty")
BASE = "https://el.kz/sitemap.xml"
NS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'

URLSET = f"""<?xml version="1.0" encoding="UTF-8"?>
<urlset {NS} xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"
 xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
<url><image:image><image:loc>https://el.kz/p.jpg</image:loc></image:image>
 <loc>https://el.kz/qazaq-tili_400045726/</loc><lastmod>2026-11-22T10:00:00+05:00</lastmod>
 <news:news><news:publication><news:name>El.kz</news:name><news:language>kk</news:language>
 </news:publication><news:publication_date>2026-11-22T09:00:00+05:00</news:publication_date>
 <news:title>Қазақ тілі</news:title></news:news></url>
<url><loc>https://el.kz/ru/yazyk_400045727/</loc></url></urlset>"""

INDEX = f"""<sitemapindex {NS}><sitemap><loc>https://el.kz/sitemap-news.xml</loc>
<lastmod>2026-11-22</lastmod></sitemap><sitemap><loc>/sitemap-old.xml</loc></sitemap></sitemapindex>"""


def read(body: str | bytes) -> tuple[list[str], tuple[str, ...]]:
    reading = read_sitemap(body if isinstance(body, bytes) else body.encode(), BASE, ALMATY)
    return [link.url for link in reading.links], reading.warnings


def test_a_news_sitemap_gives_links_with_all_it_says() -> None:
    link = read_sitemap(URLSET.encode(), BASE, ALMATY).links[0]

    assert link.url == "https://el.kz/qazaq-tili_400045726/"
    assert (link.title, link.language) == ("Қазақ тілі", "kk")
    assert link.modified == "2026-11-22T10:00:00+05:00"
    assert link.published is not None
    assert link.published.isoformat() == "2026-11-22T09:00:00+05:00"


def test_an_index_gives_child_sitemaps() -> None:
    children = read_sitemap(INDEX.encode(), BASE, ALMATY).children

    assert children == (
        Child("https://el.kz/sitemap-news.xml", "2026-11-22"),
        Child("https://el.kz/sitemap-old.xml"),
    )


def test_a_gzipped_sitemap_is_read_whatever_its_header_said() -> None:
    assert len(read(gzip.compress(URLSET.encode()))[0]) == 2


def test_a_sitemap_without_its_namespace_is_read() -> None:
    assert len(read(URLSET.replace(NS, ""))[0]) == 2


def test_a_list_of_plain_addresses_is_a_sitemap_too() -> None:
    assert read("https://el.kz/a_1/\nhttps://el.kz/b_2/\n")[0] == [
        "https://el.kz/a_1/",
        "https://el.kz/b_2/",
    ]


def test_a_broken_sitemap_gives_what_can_be_read_and_one_warning() -> None:
    urls, warnings = read(URLSET.replace("Қазақ тілі", "Tom & Jerry < <b>Co"))

    assert "https://el.kz/ru/yazyk_400045727/" in urls
    assert warnings == ("sitemap-malformed",)


def test_a_sitemap_that_is_cut_off_gives_its_beginning() -> None:
    urls, warnings = read(URLSET[: URLSET.index("<url><loc>https://el.kz/ru")])

    assert urls == ["https://el.kz/qazaq-tili_400045726/"]
    assert warnings == ("sitemap-malformed",)


def test_a_page_at_a_sitemaps_address_is_a_warning() -> None:
    assert read("<!doctype html><html>404</html>") == ([], ("sitemap-is-html",))


def test_an_address_that_cannot_be_read_does_not_lose_the_others() -> None:
    urls, warnings = read(
        f"<urlset {NS}><url><loc>ftp://x</loc></url><url><loc>/a_1/</loc></url></urlset>"
    )

    assert (urls, warnings) == (["https://el.kz/a_1/"], ("sitemap-bad-loc",))


def test_entities_are_not_expanded_and_no_file_is_read() -> None:
    doctype = f'<!DOCTYPE urlset [<!ENTITY x SYSTEM "file://{__file__}"><!ENTITY y "evil">]>'
    urls, _ = read(f"{doctype}<urlset><url><loc>https://el.kz/&y;&x;</loc></url></urlset>")

    assert not any("evil" in url or "import" in url for url in urls)


def test_a_bomb_gives_a_warning_and_no_more_memory_than_the_protocol_allows() -> None:
    head = b"<urlset><url><loc>https://el.kz/a_1/</loc></url>"
    bomb = gzip.compress(head + b" " * (MAX_BYTES + 1), compresslevel=1)

    urls, warnings = read(bomb)

    assert urls == ["https://el.kz/a_1/"]
    assert "sitemap-too-large" in warnings


@given(st.binary(max_size=400))
def test_no_body_can_make_it_fail(body: bytes) -> None:
    read_sitemap(b"<urlset><url><loc>" + body, BASE, ALMATY)


def test_the_newest_children_are_opened_by_date() -> None:
    children = [Child(f"https://z.kz/{day}.xml", f"2026-11-{day:02}") for day in (3, 9, 5)]
    point = Sitemap(url=BASE, newest=2)

    assert [child.url for child in pick(children, point)] == [
        "https://z.kz/9.xml",
        "https://z.kz/5.xml",
    ]


def test_without_dates_the_highest_number_counts_as_newest() -> None:
    children = [Child(f"https://z.kz/sitemap/{n}.xml") for n in (9, 59, 10)]

    assert pick(children, Sitemap(url=BASE, newest=1)) == [Child("https://z.kz/sitemap/59.xml")]


def test_children_that_the_source_skips_are_not_opened() -> None:
    children = [Child("https://z.kz/sitemap/authors.xml"), Child("https://z.kz/sitemap/1.xml")]

    assert pick(children, Sitemap(url=BASE, skip=("author",))) == [children[1]]


def test_links_come_one_for_each_entry() -> None:
    assert read_sitemap(URLSET.encode(), BASE, ALMATY).links[1] == Link(
        "https://el.kz/ru/yazyk_400045727/"
    )


def test_a_sitemap_names_the_other_editions_of_an_article() -> None:
    body = b"""<urlset xmlns:xhtml="http://www.w3.org/1999/xhtml"><url><loc>https://a.uz/oz/1/</loc>
    <xhtml:link rel="alternate" hreflang="oz" href="https://a.uz/oz/1/"/>
    <xhtml:link rel="alternate" hreflang="ru" href="/ru/1/"/>
    <xhtml:link rel="alternate" hreflang="x" href="mailto:a@a.uz"/></url></urlset>"""

    (link,) = read_sitemap(body, "https://a.uz/sitemap.xml", UTC).links

    assert link.alternates == {"oz": "https://a.uz/oz/1/", "ru": "https://a.uz/ru/1/"}


MEMORY = """
import resource, sys
from datetime import UTC
from steppewire_fetcher.sitemaps import read_sitemap

body = b"<urlset>" + sys.argv[1].encode() * 400_000
body += b"<url><loc>https://a.kz/1</loc></url></urlset>"
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(*[link.url for link in read_sitemap(body, "https://a.kz/", UTC).links])
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


@pytest.mark.parametrize("element", ["<a/>", "<a b='c'/>", "<image:x/>"])
def test_elements_that_are_no_entries_are_not_kept(element: str) -> None:
    """Four hundred thousand of them took 50 to 80 MB, fifty megabytes of them 1.7 GB."""
    command = [sys.executable, "-c", MEMORY, element]
    told = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.split()

    assert told[0] == "https://a.kz/1"
    assert int(told[1]) < 20_000


def test_of_an_entry_with_a_million_parts_the_first_are_kept() -> None:
    parts = b"<image/>" * (MAX_PARTS + 100)
    body = b"<urlset><url><loc>https://a.kz/1</loc>%s<lastmod>2026-11-22</lastmod></url>" % parts
    body += b"<url><loc>https://a.kz/2</loc><lastmod>2026-11-21</lastmod></url></urlset>"

    links = read_sitemap(body, "https://a.kz/", UTC).links

    assert [(link.url, link.modified) for link in links] == [
        ("https://a.kz/1", None),
        ("https://a.kz/2", "2026-11-21"),
    ]


def test_a_sitemap_of_more_elements_than_anybody_needs_is_cut(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sitemaps, "MAX_ELEMENTS", 100)
    entry = b"<url><loc>https://a.kz/%d</loc></url>"
    body = b"<urlset>" + b"".join(entry % n for n in range(100)) + b"</urlset>"

    reading = read_sitemap(body, "https://a.kz/", UTC)

    assert "sitemap-too-long" in reading.warnings
    assert 40 < len(reading.links) < 60
