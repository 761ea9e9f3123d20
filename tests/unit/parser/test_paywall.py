"""Whether readers must pay, as far as the page says."""

from __future__ import annotations

import json

import pytest

from steppewire_parser.structured import read_structured


@pytest.fixture
def paywalled(document):
    def paywalled(head: str, **node: object) -> bool | None:
        article = json.dumps({"@type": "NewsArticle", "headline": "Мост открыт", **node})
        script = f'<script type="application/ld+json">{article}</script>'
        page = document(f"<html><head>{head}{script}</head><p>Текст.</p></html>")
        return read_structured(page, "https://example.kz/a").paywalled

    return paywalled


@pytest.mark.parametrize(
    ("value", "paid"),
    [
        (False, True),
        ("False", True),
        ("false", True),
        ("http://schema.org/False", True),
        (True, False),
        ("True", False),
        ("maybe", None),
        (None, None),
    ],
)
def test_json_ld_tells_it_in_many_spellings(paywalled, value, paid):
    assert paywalled("", isAccessibleForFree=value) is paid


@pytest.mark.parametrize("many", [True, False])
def test_a_part_that_is_not_free_is_enough(paywalled, many):
    part = {"@type": "WebPageElement", "isAccessibleForFree": False, "cssSelector": ".paywall"}

    assert paywalled("", hasPart=[part] if many else part) is True


@pytest.mark.parametrize(
    ("name", "content", "paid"),
    [
        ("article:content_tier", "locked", True),
        ("article:content_tier", "metered", True),
        ("article:content_tier", "free", False),
        ("article:content_tier", "archive", None),
        ("isAccessibleForFree", "false", True),
        ("article:premium", "yes", True),
        ("isPremium", "0", False),
        ("premium-partner", "yes", None),
    ],
)
def test_meta_tags_tell_it_too(paywalled, name, content, paid):
    assert paywalled(f'<meta property="{name}" content="{content}">') is paid


def test_what_the_article_says_counts_before_the_meta_tags(paywalled):
    head = '<meta property="article:content_tier" content="free">'

    assert paywalled(head, isAccessibleForFree=False) is True


def test_a_class_says_nothing_because_free_articles_carry_the_overlay_hidden(paywalled):
    assert paywalled('</head><body><div class="paywall" hidden>Подпишитесь</div>') is None


def test_the_article_carries_it(parse, words):
    tier = '<meta property="article:content_tier" content="locked">'
    kind = '<meta property="og:type" content="article">'
    page = f"<html><head>{tier}{kind}</head><article><h1>Мост</h1><p>{words()}</p></article></html>"

    assert parse(page).article.paywalled is True
