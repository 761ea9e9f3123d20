"""Site rules come first; the generic reading takes over only where they find too little."""

from __future__ import annotations

import json

import pytest

from steppewire.rules import SiteRules
from steppewire_parser import body
from steppewire_parser.blocks import Block
from steppewire_parser.generic import Generic

URL = "https://example.kz/n/1"
RULES = SiteRules(title=("h1.title",), body=(".story",))


@pytest.fixture
def generic_reads(monkeypatch):
    """Let the generic extractor find a text, and count how often it is asked."""

    def install(*texts: str) -> list[object]:
        asked: list[object] = []

        def read(page: object) -> Generic:
            asked.append(page)
            return Generic(tuple(Block(text) for text in texts))

        monkeypatch.setattr(body, "read_generic", read)
        return asked

    return install


def page(story: str, around: str = "", head: str = "") -> str:
    menu = "<a href=x>Раздел</a>" * 40
    return (
        f"<html><head><title>Мост</title>{head}</head><body><nav>{menu}</nav>"
        f"<h1 class=title>Мост открыли</h1><div class=story>{story}</div>{around}</body></html>"
    )


def told(text: str) -> str:
    node = {"@type": "NewsArticle", "headline": "Мост открыли", "articleBody": text}
    return f'<script type="application/ld+json">{json.dumps(node)}</script>'


def test_rules_that_find_the_text_cost_no_second_reading(parse, words, generic_reads):
    asked = generic_reads("не спрошен")

    parsed = parse(page(f"<p>{words(20)}</p>"), URL, rules=RULES)

    assert parsed.extraction.method == "rules"
    assert asked == []


def test_menus_and_links_to_other_stories_are_no_reason_to_compare(parse, words, generic_reads):
    asked = generic_reads("не спрошен")
    teasers = "".join(f"<p><a href=/{n}>{words(2)}</a></p>" for n in range(60))

    parsed = parse(page(f"<p>{words(5)}</p>", teasers), URL, rules=RULES)

    assert parsed.extraction.method == "rules"
    assert asked == []


def test_rules_that_find_nothing_give_way(parse, words, generic_reads):
    generic_reads(words(30))

    parsed = parse(page("", f"<main><p>{words(30)}</p></main>"), URL, rules=RULES)

    assert parsed.extraction.method == "generic"
    assert parsed.article.text == words(30)
    assert {"rules-empty", "layout-changed"} <= set(parsed.extraction.facts)


def test_rules_that_find_far_less_give_way(parse, words, generic_reads):
    generic_reads(words(40))

    parsed = parse(page(f"<p>{words(4)}</p>", f"<main>{words(36)}</main>"), URL, rules=RULES)

    assert parsed.extraction.method == "generic"
    assert "layout-changed" in parsed.extraction.facts
    assert "rules-empty" not in parsed.extraction.facts


def test_rules_that_find_about_as_much_stand(parse, words, generic_reads):
    asked = generic_reads(words(20))

    comments = "".join(f"<li>{words(6)}</li>" for _ in range(20))
    parsed = parse(page(f"<p>{words(16)}</p>", f"<ul>{comments}</ul>"), URL, rules=RULES)

    assert len(asked) == 1
    assert parsed.extraction.method == "rules"
    assert "layout-changed" not in parsed.extraction.facts


def test_a_text_as_long_as_the_page_says_stands_whatever_a_generic_reading_takes(
    parse, words, generic_reads
):
    asked = generic_reads(*[words(40)] * 10)
    next_story = f"<div class=next><p>{words(300)}</p></div>"

    parsed = parse(page(f"<p>{words(30)}</p>", next_story, told(words(30))), URL, rules=RULES)

    assert asked == []
    assert parsed.extraction.method == "rules"


def test_a_lead_in_json_ld_does_not_vouch_for_rules_that_find_only_the_lead(
    parse, words, generic_reads
):
    generic_reads(words(60))
    rest = f"<main><p>{words(56)}</p></main>"

    parsed = parse(page(f"<p>{words(4)}</p>", rest, told(words(4))), URL, rules=RULES)

    assert parsed.extraction.method == "generic"
    assert "layout-changed" in parsed.extraction.facts


def test_a_container_that_the_site_itself_calls_the_body_stands(parse, words, generic_reads):
    asked = generic_reads(*[words(40)] * 10)
    story = f"<div class=story itemprop=articleBody><p>{words(6)}</p></div>"

    parsed = parse(page("", f"{story}<div>{words(300)}</div>"), URL, rules=RULES)

    assert asked == []
    assert parsed.article.text == words(6)
