"""Selectors of site rules: what lexbor reads, what only BeautifulSoup reads, what nobody can."""

from __future__ import annotations

import pytest

from steppewire_parser.selectors import Selection

PAGE = """<!DOCTYPE html><html lang="kk"><head><meta property="og:x" content=" да "></head><body>
<div id="box" class="Box">
<p class="lead" itemprop="name headline">Бір <a href="/x@y">сілтеме</a></p>
<p>Екі<script>жоқ()</script></p><div class="Box inner"><p lang="ru">Три</p></div></div>
<ul><li>а</li><li class="q">б</li><li>в</li></ul></body></html>"""


@pytest.fixture
def selection(document):
    return Selection(document(PAGE).root)


@pytest.fixture
def inner(document):
    return Selection(document(PAGE).select("#box")[0])


@pytest.mark.parametrize(
    ("selector", "values"),
    [
        ("p.lead", ["Бір сілтеме"]),
        ("p.lead a@href", ["/x@y"]),
        ('a[href*="@"]', ["сілтеме"]),
        ('meta[property="og:x"]', ["да"]),
        ('meta[property="og:x"]@content', ["да"]),
        ("[itemprop~=headline]", ["Бір сілтеме"]),
        ("div:has(> p.lead) > p", ["Бір сілтеме", "Екі"]),
        ("li:not(.q):nth-child(odd)", ["а", "в"]),
        ("p:is(.lead, [lang])", ["Бір сілтеме", "Три"]),
        ('[class="box" i] > p.lead', ["Бір сілтеме"]),
    ],
)
def test_a_selector_reads_texts_or_attributes(selection, selector, values):
    assert selection.values((selector,)) == values
    assert selection.facts == []


def test_an_element_that_two_parts_of_a_selector_match_comes_once(selection):
    assert selection.values(("p, .lead, [lang=ru]",)) == ["Бір сілтеме", "Екі", "Три"]


def test_a_part_of_a_page_does_not_hold_itself(inner):
    assert [tag.attributes["class"] for tag in inner.tags((".Box",))] == ["Box inner"]


def test_of_nested_matches_the_outermost_counts(selection):
    assert [tag.attributes["class"] for tag in selection.tags((".Box",))] == ["Box"]


@pytest.mark.parametrize(
    ("selector", "values"),
    [
        ('p:-soup-contains("Екі")', ["Екі"]),
        ("p:lang(ru)", ["Три"]),
        ("li[class!=q]", ["а", "в"]),
        ('p:-soup-contains("Бір") a@href', ["/x@y"]),
    ],
)
def test_a_selector_that_only_beautifulsoup_knows_works_and_is_told(selection, selector, values):
    assert selection.values((selector,)) == values
    assert selection.facts == ["rule-slow"]


def test_scope_is_the_part_that_is_asked(inner):
    assert [tag.tag for tag in inner.tags((":scope > p",))] == ["p", "p"]
    assert inner.facts == ["rule-slow"]


@pytest.mark.parametrize("selector", ["h1[", "p:::x", "", "> p", "p,,a", "p:nonsense", "@media"])
def test_a_selector_that_nobody_can_read_is_a_fact(selection, selector):
    assert selection.values((selector,)) == []
    assert selection.facts == ["rule-invalid"]
