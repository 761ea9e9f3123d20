from __future__ import annotations

import pytest
from bs4 import BeautifulSoup

from steppewire_newsroom import truth
from steppewire_newsroom.publishers import SITES
from steppewire_newsroom.publishers.site import Page, Site
from steppewire_newsroom.stories import clean
from steppewire_newsroom.truth import Truth

PAGES = {edited: {site.host: site.pages(edited) for site in SITES} for edited in (False, True)}


def page_of(url: str, edited: bool = False) -> Page:
    host, _, path = url.removeprefix("https://").partition("/")
    return PAGES[edited][host][f"/{path}"]


def soup_of(item: Truth) -> BeautifulSoup:
    return BeautifulSoup(page_of(item.url, item.version == 2).body, "lxml")


def everything(item: Truth) -> str:
    return clean(soup_of(item).get_text("\n")).strip()


EVERY = pytest.mark.parametrize("item", truth(edited=True), ids=lambda i: f"{i.version}-{i.url}")


@EVERY
def test_the_page_says_what_the_truth_says(item: Truth) -> None:
    # names may be links: joined without a separator, the words of a block come out whole
    shown = clean(soup_of(item).get_text(""))

    assert [t for t in (item.title, item.lead or "", *item.paragraphs) if t not in shown] == []


@EVERY
def test_the_page_names_its_canonical_address(item: Truth) -> None:
    link = soup_of(item).select_one('link[rel="canonical"]')

    assert link is not None
    assert item.url == link["href"]


@EVERY
def test_every_address_leads_to_the_article(item: Truth) -> None:
    for url in item.urls:
        page = page_of(url, item.version == 2)
        assert page.location == item.url or item.url.encode() in page.body


def test_an_article_in_windows_1251_is_not_utf_8() -> None:
    old = next(item for item in truth() if "old-layout" in item.quirks)
    page = page_of(old.url)

    with pytest.raises(UnicodeDecodeError):
        page.body.decode("utf-8")
    assert page.content_type == "text/html"
    assert old.title in page.body.decode("windows-1251")


def test_a_repeated_lead_stands_twice_in_what_the_reader_sees() -> None:
    for item in truth():
        if "repeated-lead" in item.quirks:
            body = soup_of(item).body
            assert body is not None
            assert clean(body.get_text("")).count(item.lead or "?") == 2


def test_glued_blocks_have_nothing_between_them() -> None:
    for item in truth():
        if "glued" in item.quirks:
            assert b"</p><" in page_of(item.url).body
            assert b"</span><br><span>" in page_of(item.url).body


def test_soft_hyphens_and_no_break_spaces_reach_the_page() -> None:
    snow = next(item for item in truth() if "6501150" in item.url)
    html = page_of(snow.url).body.decode()

    assert "\u00ad" in html
    assert "\u00a0" in html


def test_the_zakon_structured_data_holds_only_the_lead() -> None:
    item = next(item for item in truth() if "6501212" in item.url)
    script = soup_of(item).select_one('script[type="application/ld+json"]')

    assert script is not None
    assert item.lead is not None
    assert item.lead in script.text
    assert item.paragraphs[0] not in script.text


def test_hreflang_names_only_versions_that_exist() -> None:
    item = next(item for item in truth() if item.url.endswith("/oz/2026/11/19/sirdaryo/"))
    links = soup_of(item).select('link[rel="alternate"][hreflang]')

    assert item.translations == tuple((link["hreflang"], link["href"]) for link in links)
    assert {tag for tag, _ in item.translations} == {"ru-Cyrl", "uz-Latn", "uz-Cyrl"}


def test_noise_is_on_the_page_but_not_in_the_truth() -> None:
    item = next(item for item in truth() if "6501120" in item.url)

    assert "Источник: Zakon.kz" in everything(item)
    assert "Источник" not in item.text


@pytest.mark.parametrize("site", SITES, ids=lambda site: site.host)
def test_every_site_has_robots_a_home_and_its_discovery_points(site: Site) -> None:
    pages = PAGES[False][site.host]

    assert b"User-agent: *" in pages["/robots.txt"].body
    assert "/" in pages
    assert [url for url in site.discovery if url.removeprefix(site.base) not in pages] == []
