"""What a page says about itself, even when it says it badly."""

from __future__ import annotations

import pytest

from steppewire_parser.declared import Signature
from steppewire_parser.jsonld import loads
from steppewire_parser.structured import read_structured

URL = "https://example.kz/a"


@pytest.fixture
def said(document):
    return lambda html: read_structured(document(f"<html><head>{html}</head></html>"), URL)


def ld(text: str) -> str:
    return f'<script type="application/ld+json">{text}</script>'


def test_an_article_is_found_in_a_graph_and_its_author_by_reference(said):
    found = said(
        ld(
            '{"@graph":[{"@type":"WebSite","name":"Сайт"},'
            '{"@id":"#p","@type":"Person","name":"А. Б."},'
            '{"@type":["NewsArticle"],"headline":"Да","author":{"@id":"#p"}}]}'
        )
    )

    assert found.titles == ("Да",)
    assert found.signatures == (Signature("ld", "А. Б."),)
    assert found.publishers == ("Сайт",)


def test_among_several_articles_the_one_of_this_page_wins(said):
    found = said(
        ld(
            '[{"@type":"Article","headline":"Тизер","url":"https://example.kz/b"},'
            '{"@type":"Article","headline":"Наша","url":"http://www.example.kz/a/"}]'
        )
    )

    assert found.titles == ("Наша",)


@pytest.mark.parametrize(
    "text",
    [
        '<!-- {"a": 1} -->',
        '//<![CDATA[\n{"a": 1}\n//]]>',
        '{"a": 1,}',
        '{"a": 1};',
    ],
)
def test_json_is_read_as_sites_write_it(text):
    assert loads(text) == {"a": 1}


def test_line_breaks_inside_strings_are_forgiven():
    assert loads('{"a": "б\nв"}') == {"a": "б\nв"}


def test_fields_are_saved_from_broken_json(said):
    broken = (
        '{"@type":"NewsArticle","headline":"Мост","text":"он сказал "да"","datePublished":"2025"}'
    )

    found = said(ld(broken))

    assert found.titles == ("Мост",)
    assert found.published == ("2025",)
    assert found.facts == ("jsonld-broken",)


@pytest.mark.parametrize("how", ["property", "name", "itemprop"])
def test_meta_tags_count_by_property_name_or_itemprop(said, how):
    found = said(f'<meta {how}="article:published_time" content="2025-01-01">')

    assert found.published == ("2025-01-01",)


def test_an_organisation_that_signs_is_told_from_a_person(said):
    found = said(
        ld('{"@type":"Article","headline":"Да","author":{"@type":"Organization","name":"Орг"}}')
    )

    assert found.signatures == (Signature("ld", "Орг", is_organisation=True),)


def test_long_keyword_lists_are_for_search_engines(said):
    words = ",".join(f"слово{n}" for n in range(40))

    assert said(f'<meta name="keywords" content="{words}">').tags == ()


def test_titles_that_are_escaped_twice_are_unescaped(said):
    found = said('<meta property="og:title" content="&amp;laquo;Мост&amp;raquo; открыт">')

    assert found.titles == ("«Мост» открыт",)


@pytest.mark.parametrize(
    "text",
    ["null", "[]", '"x"', "{", "[" * 100_000, '{"@type": 5}', '{"@type":"Article","author":[[1]]}',
     '{"@type":"Article","headline":{"@value":[]},"image":[{"url":3}],"keywords":{}}'],
)  # fmt: skip
def test_strange_json_does_no_harm(said, text):
    assert isinstance(said(ld(text)).titles, tuple)
