"""Pages that try to hurt: each ends as an article or as a verdict, never as a crash."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from steppewire.errors import Skip, Verdict
from steppewire.rules import SiteRules

URL = "https://example.kz/news/1.html"


def page(body: str, head: str = "") -> str:
    mark = '<meta property="og:type" content="article">'
    return f"<html><head><title>Мост открыт</title>{mark}{head}</head><body>{body}</body></html>"


def test_ten_thousand_nested_tags_lose_the_innermost_only(parse, words):
    deep = "<div>" * 10_000 + "глубина"

    parsed = parse(page(f"<article><p>{words()}</p></article>{deep}"), URL)

    assert "nesting-cut" in parsed.extraction.facts
    assert "Предложение номер 7" in parsed.article.text


def test_moderate_nesting_is_kept_whole(parse, words):
    deep = "<div>" * 500 + f"<article><p>{words()}</p></article>" + "</div>" * 500

    parsed = parse(page(deep), URL, rules=SiteRules(body=("article",)))

    assert "nesting-cut" not in parsed.extraction.facts
    assert "Предложение номер 7" in parsed.article.text


def test_the_text_inside_what_is_nested_too_deep_stays(document):
    found = document("<div>" * 5_000 + "<p>глубина</p>" + "</div>" * 5_000 + "<p>после</p>")

    assert [text for text in found.strings() if text.strip()] == ["глубина", "после"]
    assert "nesting-cut" in found.facts


def test_tags_that_are_only_left_open_are_no_nesting(document):
    found = document("<svg>" + "<path d='m0 0'/>" * 2_000 + "</svg>" + "<p><i>раз</p>" * 100)

    assert "nesting-cut" not in found.facts
    assert len(found.named("path")) == 2_000


@pytest.mark.parametrize("inner", ["<object></b></object>", ""])
def test_formatting_that_every_paragraph_opens_again_makes_no_million_elements(document, inner):
    bold = "".join(f"<b a={n}>{inner}" for n in range(1_500))

    found = document(f"<p>{bold}</p>" + "<p>раз" * 1_500)

    assert len(found.tags) < 20_000
    assert "tag-slimmed" in found.facts


def test_an_endless_list_of_options_is_read_at_once(document):
    found = document("<select>" + "<option>x" * 15_000)

    assert len(found.named("option")) == 15_000


def test_ten_megabytes_of_text_are_cut_to_a_record(parse, words):
    parsed = parse(page(f"<article><p>{words(250_000)}</p></article>"), URL)

    assert {"page-truncated", "text-truncated"} <= set(parsed.extraction.facts)
    assert len(parsed.article.text) <= 400_000


def test_a_tag_with_a_million_attributes_keeps_a_few(parse, words):
    attributes = " ".join(f"a{n}='>'" for n in range(200_000))

    parsed = parse(page(f"<p {attributes}>x</p><article><p>{words()}</p></article>"), URL)

    assert "tag-slimmed" in parsed.extraction.facts
    assert "Предложение номер 7" in parsed.article.text


@pytest.mark.parametrize("before", ["", '2="'])
@pytest.mark.parametrize(
    "first", ["'0='>'", "a='>'", 'a=">"', '\'=">"', "a= '>' b", 'a="<" b=">"', "a='<b>'"]
)
def test_what_hides_the_end_of_a_tag_hides_no_attributes(document, before, first):
    attributes = " ".join(f"'{n}='>'" for n in range(20_000))

    found = document(f"{before}<time {first} {attributes}>x</time><p>раз</p>")

    assert "tag-slimmed" in found.facts
    assert all(len(tag.attributes) <= 64 for tag in found.tags)


def test_many_tags_with_thousands_of_attributes_lose_them(parse, words):
    tag = "<p " + " ".join(f"a{n}" for n in range(9000)) + ">x</p>"

    parsed = parse(page(tag * 40 + f"<article><p>{words()}</p></article>"), URL)

    assert "tag-slimmed" in parsed.extraction.facts


def test_a_picture_written_into_its_tag_keeps_its_other_attributes(document):
    html = f'<img class="a" src="data:image/png;base64,{"A" * 70_000}" alt="b">'

    (image,) = document(html).named("img")

    assert image.attributes == {"class": "a", "alt": "b"}


def test_a_quote_that_never_ends_swallows_no_article(parse, words):
    parsed = parse(page(f'<article><p>{words()}</p></article><p title="никогда'), URL)

    assert "Предложение номер 7" in parsed.article.text


def test_null_bytes_vanish(parse, words):
    parsed = parse(page(f"<article><p>\0{words()}\0</p></article>").encode(), URL)

    assert "\0" not in parsed.article.text


def test_broken_utf8_is_replaced_and_said(parse, words):
    data = page(f"<article><p>{words(40)}</p></article>").encode().replace(b"7", b"\xff", 1)

    assert "charset-damaged" in parse(data, URL).extraction.facts


@pytest.mark.parametrize(
    "script",
    [
        "[" * 500_000,
        '{"a":' * 100_000,
        '{"headline": "' + "а" * 1_500_000,
        "[" + "{}," * 300_000 + "{}]",
        '{"n": 1' + "0" * 100_000 + "}",
        '"' + " " * 900_000 + ";",
    ],
    ids=["lists", "objects", "endless string", "many nodes", "long number", "spaces"],
)
def test_monstrous_json_ld_does_not_cost_the_article(parse, words, script):
    head = f'<script type="application/ld+json">{script}</script>'

    assert parse(page(f"<article><p>{words()}</p></article>", head), URL).article.paragraphs


def test_entities_are_decoded_once_and_cannot_smuggle_anything(parse, words):
    tricks = "&amp;lt;script&amp;gt; &#0; &#xD800; &#x110000; &#8203; &nbsp;конец"

    text = parse(page(f"<article><p>{words()} {tricks}</p></article>"), URL).article.text

    assert "&lt;script&gt;" in text
    assert text.encode("utf-8")
    assert "\x00" not in text


def test_markup_in_a_title_stays_text(parse, words):
    head = '<meta property="og:title" content="&lt;script&gt;alert(1)&lt;/script&gt; Мост">'

    parsed = parse(page(f"<article><p>{words()}</p></article>", head), URL)

    assert parsed.article.title == "<script>alert(1)</script> Мост"


def test_rules_that_nobody_can_read_are_facts(parse, words):
    rules = SiteRules(title=("h1[",), body=("p:::x", "article"), timezone="Mars/Olympus")

    parsed = parse(page(f"<h1>Мост</h1><article><p>{words()}</p></article>"), URL, rules=rules)

    assert {"rule-invalid", "zone-unknown"} <= set(parsed.extraction.facts)
    assert parsed.extraction.method == "rules"


@pytest.mark.parametrize("data", [b"", b"%PDF-1.4", b"\x00" * 5000, b'{"a": 1}', b"<rss></rss>"])
def test_a_body_that_is_no_html_is_skipped(parse, data):
    with pytest.raises(Skip) as caught:
        parse(data, URL)

    assert caught.value.reason == "not-html"


FRAGMENTS = st.sampled_from(
    ["<p>", "</p>", "<div", " class='", '"', ">", "<!--", "-->", "<script>", "</script>",
     "<article>", "<table><tr>", "<h1>", "</h1>", "&#x", "&nbsp;", "<![CDATA[", "<?xml", "\x00",
     "\ud800", "слово ", "<meta charset=utf-16>", '<link rel=canonical href="//[">', "<br><br>",
     "<base href='http://['>", '<script type="application/ld+json">', "<time datetime='",
     '{"@type":"NewsArticle","headline":', "<svg>", "<template>", "<select>", "<textarea>",
     "<title>", "2024-13-45", "12 мая 2024", "<a href='"]
)  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(parts=st.lists(FRAGMENTS, max_size=60), ruled=st.booleans())
def test_any_soup_of_tags_is_an_article_or_a_verdict(parse, parts, ruled):
    rules = SiteRules(body=("article", "div"), drop=("p",), author=("a",)) if ruled else SiteRules()
    data = "".join(["<html>", *parts]).encode("utf-8", "surrogatepass")

    try:
        parsed = parse(data, URL, rules=rules)
    except Verdict:
        return
    assert parsed.model_dump_json()


def test_closing_tags_that_close_nothing_are_counted_as_the_elements_that_they_make(document):
    found = document("<p>" + "</p>" * 300_000)

    assert "page-truncated" in found.facts
    assert len(found.tags) < 25_000


def test_a_deep_page_of_a_site_with_odd_selectors_is_read_at_once(parse, words):
    rules = SiteRules(title=("h1:has(b)",), body=("p:is(:not(b)) ~ p",))
    deep = "<article class=card></html></a>" * 9_000

    parsed = parse(page(f"<p>{words()}</p>{deep}"), URL, rules=rules)

    assert "nesting-cut" in parsed.extraction.facts
