from __future__ import annotations

import gzip
import tomllib
from collections.abc import Mapping
from importlib.resources import files

import pytest
from bs4 import BeautifulSoup
from lxml import etree

from steppewire.plugins import Source
from steppewire_newsroom import bad_pages, truth
from steppewire_newsroom.publishers import SITES
from steppewire_newsroom.publishers.site import Page, Site

SOURCES = {
    source.name: source
    for path in files("steppewire_newsroom").joinpath("sources").iterdir()
    if path.name.endswith(".toml")
    for source in [Source.model_validate(tomllib.loads(path.read_text("utf-8")))]
}
PLUGINS = {"zakon.kz", "kaz.zakon.kz", "el.kz"}
"""Sources that the fetcher's own pack reads."""


def links_of(pages: Mapping[str, Page], base: str, url: str) -> set[str]:
    """Every address that a discovery point leads to, indexes followed."""
    page = pages[url.removeprefix(base)]
    if page.content_type.startswith("text/html"):
        anchors = BeautifulSoup(page.body, "lxml").select("a[href]")
        return {base + str(a["href"]).removeprefix(base) for a in anchors}
    body = gzip.decompress(page.body) if page.body.startswith(b"\x1f\x8b") else page.body
    tree = etree.fromstring(body, etree.XMLParser(recover=True))
    found = {str(node.text) for node in tree.iter("{*}loc", "link") if node.text}
    if tree.tag.endswith("sitemapindex"):
        return set().union(*(links_of(pages, base, child) for child in found))
    return found


def discovered(site: Site, edited: bool = False) -> set[str]:
    pages = site.pages(edited)
    return set().union(*(links_of(pages, site.base, url) for url in site.discovery))


@pytest.mark.parametrize("site", SITES, ids=lambda site: site.host)
def test_every_article_can_be_discovered_at_every_address(site: Site) -> None:
    wanted = {url for item in truth() if item.source == site.source for url in item.urls}

    assert wanted - discovered(site) == set()


@pytest.mark.parametrize("site", SITES, ids=lambda site: site.host)
def test_every_bad_page_is_listed(site: Site) -> None:
    wanted = {page.url for page in bad_pages() if page.source == site.source}

    assert wanted - discovered(site) == set()


def test_every_site_has_a_source_that_reads_it() -> None:
    assert {site.source for site in SITES} == set(SOURCES) | PLUGINS


@pytest.mark.parametrize("name", sorted(SOURCES))
def test_a_source_knows_its_articles_and_bad_pages_by_their_addresses(name: str) -> None:
    urls = {url for item in truth() if item.source == name for url in item.urls}
    urls |= {page.url for page in bad_pages() if page.source == name}

    assert {url for url in urls if not SOURCES[name].owns(url)} == set()


@pytest.mark.parametrize("site", [s for s in SITES if s.source in SOURCES], ids=lambda s: s.host)
def test_a_source_asks_where_its_site_answers(site: Site) -> None:
    asked = {point.url for point in SOURCES[site.source].discover}

    assert set(site.discovery) == asked


@pytest.mark.parametrize("name", sorted(n for n, source in SOURCES.items() if source.rules.body))
def test_the_rules_of_a_source_fit_the_markup(name: str) -> None:
    site = next(site for site in SITES if site.source == name)
    rules = SOURCES[name].rules
    pages = [BeautifulSoup(site.article(site, story, ()).body, "lxml")
             for story in site.stories(edited=False)]  # fmt: skip

    for selectors in filter(None, (rules.title, rules.lead, rules.body, rules.published)):
        assert any(page.select(selectors[0].split("@")[0]) for page in pages), selectors[0]


def test_an_edit_changes_what_the_sitemap_and_the_feed_say() -> None:
    for site in (site for site in SITES if site.source in ("zakon.kz", "gazeta.uz")):
        edited = next(story for story in site.stories(edited=True) if story.version == 2)
        stamp = edited.changed.isoformat().encode()
        before = b"".join(page.body for page in site.pages(edited=False).values())
        after = b"".join(page.body for page in site.pages(edited=True).values())

        assert stamp not in before
        assert stamp in after
