"""Which address an article has."""

from __future__ import annotations

import pytest

from steppewire_parser.address import (
    absolute,
    canonical_url,
    completed,
    is_home,
    same_site,
    translations,
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
        ("http://127.0.0.1:8000/a", "http://127.0.0.1:8000/b", True),
        ("http://127.0.0.1:8000/a", "http://127.0.0.1:9000/b", False),
    ],
)
def test_sites_are_told_apart_by_their_registrable_domain(one, other, same):
    assert same == same_site(one, other)


@pytest.mark.parametrize("url", ["data:image/png;base64,xx", "ftp://x/y", "https://x/\ud800", ""])
def test_an_address_that_nobody_can_open_is_none(url):
    assert absolute(url, "mailto:a@b") is None


def test_invalid_codes_of_languages_mean_what_the_source_says(document):
    page = document(
        '<link rel="alternate" hreflang="oz" href="https://www.gazeta.uz/oz/1/">'
        '<link rel="alternate" hreflang="KA" href="https://www.gazeta.uz/ka/1/">'
    )

    found = translations(page, FINAL, PLAIN, {"oz": "uz-Latn", "ka": "kaa"})

    assert set(found) == {"uz-Latn", "kaa"}


def test_editions_that_only_the_sitemap_knows_are_added():
    declared = {"kk": "https://kaz.zakon.kz/2.html"}
    hinted = {"kk": "https://kaz.zakon.kz/2.html", "en": "https://en.zakon.kz/3", "ru": PLAIN}

    assert completed(declared, hinted, PLAIN) == {**declared, "en": "https://en.zakon.kz/3"}


def test_the_article_itself_is_none_of_its_translations(document):
    page = document(
        f'<link rel="alternate" hreflang="ru" href="{PLAIN}">'
        '<link rel="alternate" hreflang="kk" href="https://kaz.zakon.kz/2.html">'
        '<link rel="alternate" hreflang="not a code" href="https://kaz.zakon.kz/3.html">'
    )

    assert translations(page, FINAL, PLAIN, {}) == {"kk": "https://kaz.zakon.kz/2.html"}
