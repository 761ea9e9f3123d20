"""Which address an article has."""

from __future__ import annotations

from importlib.resources import files

import pytest

from steppewire_parser.address import (
    SOLD_BELOW,
    absolute,
    canonical_url,
    is_home,
    same_site,
)

FINAL = "https://www.zakon.kz/obshestvo/1-slug.html?utm_source=x"
PLAIN = "https://www.zakon.kz/obshestvo/1-slug.html"


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        ("https://zakon.kz/sport/2-other.html", "https://zakon.kz/sport/2-other.html"),
        ("/sport/2-other.html", "https://www.zakon.kz/sport/2-other.html"),
        ("https://kaz.zakon.kz/2.html#top", "https://kaz.zakon.kz/2.html"),
        ("https://evil.example/1-slug.html", PLAIN),
        ("https://www.zakon.kz/", PLAIN),
        ("https://www.zakon.kz/ru/", PLAIN),
        ("https://zakon.com.kz/1.html", PLAIN),
        ("javascript:alert(1)", PLAIN),
        ("https://[::1/broken", PLAIN),
        ("", PLAIN),
    ],
)
def test_a_page_speaks_only_for_its_own_site(document, claim, expected):
    page = document(f'<html><head><link rel="canonical" href="{claim}"></head></html>')

    assert expected == canonical_url(page, (), FINAL)[0]


def test_og_url_counts_where_there_is_no_canonical_link(document):
    page = document("<html><p>x</p></html>")

    assert canonical_url(page, ["https://zakon.kz/3.html"], FINAL)[0] == "https://zakon.kz/3.html"


def test_a_claim_that_is_not_believed_is_a_fact(document):
    page = document('<link rel="canonical" href="https://evil.example/x">')

    assert canonical_url(page, (), FINAL) == (PLAIN, ("canonical-ignored",))


@pytest.mark.parametrize(
    ("url", "home"),
    [
        ("https://el.kz/", True),
        ("https://el.kz/ru/", True),
        ("https://el.kz", True),
        ("https://nova24.uz/?p=5031", False),
        ("https://abai.kz/post/1", False),
    ],
)
def test_a_front_page_is_told_from_an_article(url, home):
    assert is_home(url) == home


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://kaz.nur.kz/a", "https://www.nur.kz/b", True),
        ("https://a.com.kz/a", "https://b.com.kz/b", False),
        ("https://a.kz/a", "https://b.kz/b", False),
        ("https://a.kz:8443/a", "https://m.a.kz./b", True),
        ("https://www.gov.kz/a", "https://gov.kz/b", True),
        ("http://127.0.0.1:8000/a", "http://127.0.0.1:8000/b", True),
        ("http://127.0.0.1:8000/a", "http://127.0.0.1:9000/b", False),
        ("https://news.example.com/a", "https://feeds.example.com:8443/b", True),
        ("https://a.co.uk/a", "https://b.co.uk/b", False),
        ("https://com/a", "https://.com/b", False),
    ],
)
def test_sites_are_told_apart_by_their_registrable_domain(one, other, same):
    assert same == same_site(one, other)


def test_domains_are_registered_right_below_the_endings_that_need_no_list():
    listed = (files("tld") / "res" / "effective_tld_names.dat.txt").read_text("utf-8")
    lines = listed.partition("===END ICANN DOMAINS===")[0].splitlines()
    rules = {line for line in lines if not line.startswith("//")}

    assert rules >= SOLD_BELOW
    assert {rule for rule in rules if rule.rpartition(".")[2] in SOLD_BELOW} == SOLD_BELOW


@pytest.mark.parametrize("url", ["data:image/png;base64,xx", "ftp://x/y", "https://x/\ud800", ""])
def test_an_address_that_nobody_can_open_is_none(url):
    assert absolute(url, "mailto:a@b") is None


@pytest.mark.parametrize(
    ("claim", "final", "believed"),
    [
        ("/obshestvo/", "/obshestvo/1-slug.html", False),
        ("/news", "/news/politics/most-otkryt-123/", False),
        ("/news", "/news/1234567", False),
        ("/news/most-otkryt-1", "/news/most-otkryt-1/amp", True),
        ("/news/most-otkryt-1", "/news/most-otkryt-1/2/", True),
        ("/news/most-otkryt-", "/news/most-otkryt-/", True),
        ("/obshestvo/?id=7", "/obshestvo/1-slug.html", True),
    ],
)
def test_the_list_that_an_article_is_in_is_not_its_address(document, claim, final, believed):
    page = document(f'<link rel="canonical" href="{claim}">')
    url = canonical_url(page, (), f"https://zakon.kz{final}")[0]

    assert (url == f"https://zakon.kz{claim}") is believed


def test_json_ld_counts_where_neither_link_nor_og_url_is_believed(document):
    page = document('<link rel="canonical" href="https://www.zakon.kz/">')
    described = ["https://www.zakon.kz/", "https://zakon.kz/obshestvo/1-slug.html#article"]

    found = canonical_url(page, (), FINAL, described)

    assert found == ("https://zakon.kz/obshestvo/1-slug.html", ())


def test_json_ld_that_is_not_believed_is_no_fact(document):
    assert canonical_url(document("<p>x</p>"), (), FINAL, ["https://zakon.kz/"]) == (PLAIN, ())
