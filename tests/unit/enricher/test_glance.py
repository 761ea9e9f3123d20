"""The language of a whole article, told by a few of its lines."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from steppewire_enricher.glance import LOOK, LOOKS, WORTH, at_a_glance, read_language
from steppewire_enricher.langid import table
from steppewire_enricher.languages import UNKNOWN, read_languages

SENTENCES = tomllib.loads((Path(__file__).parent / "sentences.toml").read_text("utf-8"))
FOREIGN = SENTENCES.pop("foreign")


def long(text: str) -> list[str]:
    """Return paragraphs of a text that are as long as an article."""
    return [text] * (1 + WORTH // len(text))


@pytest.mark.parametrize("tag", SENTENCES)
def test_a_glance_says_what_reading_all_of_it_says(parsed, tag):
    article = parsed("", *long(SENTENCES[tag])).article

    assert read_language(article) == read_languages(article).article.tag == tag


@pytest.mark.parametrize("tag", ["kk-Cyrl", "ru-Cyrl", "uz-Latn", "en-Latn"])
def test_lines_that_agree_are_enough(tag):
    assert at_a_glance(table(), long(SENTENCES[tag])) == tag


@pytest.mark.parametrize("text", FOREIGN.values() if isinstance(FOREIGN, dict) else FOREIGN)
def test_a_language_that_is_none_of_ours_is_never_taken_for_one(text):
    assert at_a_glance(table(), long(text)) in (None, UNKNOWN)


def test_where_lines_disagree_nothing_is_told():
    kazakh, russian = long(SENTENCES["kk-Cyrl"]), long(SENTENCES["ru-Cyrl"])

    assert at_a_glance(table(), [*kazakh, *russian]) is None


def test_a_short_text_is_read_as_a_whole(parsed):
    text = SENTENCES["ru-Cyrl"][: LOOKS * LOOK]

    assert at_a_glance(table(), [text]) is None
    assert read_language(parsed("", text).article) == "ru-Cyrl"


def test_an_article_without_text_has_no_language(parsed):
    assert read_language(parsed("").article) == UNKNOWN
