"""Where the other language editions of an article are."""

from __future__ import annotations

import pytest

from steppewire_parser.alternates import completed, tag_of, translations

FINAL = "https://www.zakon.kz/obshestvo/1-slug.html?utm_source=x"
PLAIN = "https://www.zakon.kz/obshestvo/1-slug.html"


def alternate(code: str, href: str) -> str:
    return f'<link rel="alternate" hreflang="{code}" href="{href}">'


@pytest.mark.parametrize(
    ("code", "tag"),
    [
        ("kk", "kk"),
        ("KZ", "kk"),
        ("kz-KZ", "kk-KZ"),
        ("ru_RU", "ru-RU"),
        ("en-gb", "en-GB"),
        ("uz_cyrl", "uz-Cyrl"),
        ("uz-latn-uz", "uz-Latn-UZ"),
        ("oz", "uz-Latn"),
        ("tj", "tg"),
        ("ua", "uk"),
        ("es-419", "es-419"),
        ("kg", "kg"),
    ],
)
def test_codes_of_languages_are_written_as_bcp_47_does(code, tag):
    assert tag_of(code) == tag


def test_invalid_codes_of_languages_mean_what_the_source_says(document):
    page = document(
        alternate("oz", "https://www.gazeta.uz/oz/1/")
        + alternate("KA", "https://www.gazeta.uz/ka/1/")
    )

    found = translations(page, FINAL, PLAIN, {"oz": "uz-Latn", "ka": "kaa"})

    assert set(found) == {"uz-Latn", "kaa"}


def test_the_article_itself_is_none_of_its_translations(document):
    page = document(
        alternate("ru", PLAIN)
        + alternate("kk", "https://kaz.zakon.kz/2.html")
        + alternate("not a code", "https://kaz.zakon.kz/3.html")
        + alternate("x-default", "https://en.zakon.kz/4.html")
    )

    assert translations(page, FINAL, PLAIN, {}) == {"kk": "https://kaz.zakon.kz/2.html"}


def test_a_switch_to_the_other_language_of_the_site_is_no_translation(document):
    page = document(alternate("kk", "/kz/") + alternate("en", "https://en.zakon.kz"))

    assert translations(page, FINAL, PLAIN, {}) == {}


def test_relative_addresses_are_completed(document):
    page = document(alternate("kk", "/kk/2.html"))

    assert translations(page, FINAL, PLAIN, {}) == {"kk": "https://www.zakon.kz/kk/2.html"}


def test_one_edition_with_codes_of_several_countries_comes_once(document):
    page = document(alternate("en", "/en/2.html") + alternate("en-us", "/en/2.html"))

    assert set(translations(page, FINAL, PLAIN, {})) == {"en"}


def test_links_in_the_text_are_no_editions(document):
    page = document('<a hreflang="en" href="https://www.zakon.kz/en/source">source</a>')

    assert translations(page, FINAL, PLAIN, {}) == {}


def test_editions_that_only_the_sitemap_knows_are_added():
    declared = {"kk": "https://kaz.zakon.kz/2.html"}
    hinted = {"kk": "https://kaz.zakon.kz/2.html", "en": "https://en.zakon.kz/3", "ru": PLAIN}

    assert completed(declared, hinted, PLAIN) == {**declared, "en": "https://en.zakon.kz/3"}
