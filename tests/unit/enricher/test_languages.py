"""Languages of articles, titles and paragraphs."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from steppewire_enricher.languages import read_languages

SENTENCES = tomllib.loads((Path(__file__).parent / "sentences.toml").read_text("utf-8"))
FOREIGN = SENTENCES.pop("foreign")


@pytest.mark.parametrize("tag", SENTENCES)
def test_a_sentence_of_news_is_told_with_its_script(parsed, tag):
    languages = read_languages(parsed("Жаңалық", SENTENCES[tag]).article)

    assert tag == languages.paragraphs[0].tag
    assert tag == languages.article.tag


@pytest.mark.parametrize("apostrophe", "'’ʻʼ‘`´")
def test_every_apostrophe_is_an_uzbek_apostrophe(parsed, apostrophe):
    text = SENTENCES["uz-Latn"].replace("‘", apostrophe)

    assert read_languages(parsed("", text).article).article.tag == "uz-Latn"


def test_kazakh_typed_without_its_letters_is_kazakh(parsed):
    text = "Казакстан Президенти Астанада откен жиында халыктын ал-аукатын арттыру туралы айтты."

    assert read_languages(parsed("", text).article).article.tag == "kk-Cyrl"


@pytest.mark.parametrize("tag", ["kk-Cyrl", "ru-Cyrl", "uz-Latn", "en-Latn"])
def test_capitals_change_nothing(parsed, tag):
    assert read_languages(parsed("", SENTENCES[tag].upper()).article).article.tag == tag


def test_a_bilingual_article_is_in_the_language_of_most_of_its_letters(parsed):
    kazakh, russian = SENTENCES["kk-Cyrl"], SENTENCES["ru-Cyrl"]

    languages = read_languages(parsed("", kazakh, russian, kazakh).article)

    assert languages.article.tag == "kk-Cyrl"
    assert [p.tag for p in languages.paragraphs] == ["kk-Cyrl", "ru-Cyrl", "kk-Cyrl"]
    assert list(languages.shares) == ["kk-Cyrl", "ru-Cyrl"]
    assert sum(languages.shares.values()) == pytest.approx(1)


def test_a_headline_of_names_leans_on_its_article(parsed):
    article = parsed("Tokayev – Mirziyoyev: Astana", SENTENCES["en-Latn"]).article

    assert read_languages(article).title.tag == "en-Latn"


def test_foreign_names_do_not_make_a_sentence_foreign(parsed):
    text = (
        "Kassym-Jomart Tokayev met Shavkat Mirziyoyev in Samarkand on Friday to talk about trade."
    )

    assert read_languages(parsed("", text).article).article.tag == "en-Latn"


def test_what_a_source_says_about_its_language_helps_where_the_text_says_little(parsed):
    assert read_languages(parsed("Спорт").article, "kk").title.tag == "kk-Cyrl"
    assert read_languages(parsed("Спорт").article, "ru-RU").title.tag == "ru-Cyrl"


def test_a_source_that_lies_about_its_language_is_not_believed(parsed):
    article = parsed("", SENTENCES["ru-Cyrl"], SENTENCES["ru-Cyrl"]).article

    assert read_languages(article, "kk").article.tag == "ru-Cyrl"


@pytest.mark.parametrize(
    "text", ["", "2024", "!!!", "😀😀", "北京举行会议", "서울에서 열린", "\u200b"]
)
def test_text_without_our_letters_has_no_language(parsed, text):
    assert read_languages(parsed(text, text).article).article.tag == "und"


@pytest.mark.parametrize("text", FOREIGN.values(), ids=FOREIGN)
def test_other_languages_are_none_of_ours(parsed, text):
    assert read_languages(parsed("", text).article).article.tag == "und"


def test_no_lead_has_no_language_and_an_empty_one_is_unknown(parsed):
    assert read_languages(parsed("a").article).lead is None
    assert read_languages(parsed("a", lead="").article).lead.tag == "und"
