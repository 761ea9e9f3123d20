"""Languages of articles, titles and paragraphs."""

from __future__ import annotations

import random
import tomllib
from pathlib import Path

import pytest

from steppewire.events import Paragraph
from steppewire_enricher import scripts
from steppewire_enricher.languages import (
    MOST_CHARACTERS,
    PIECES,
    Written,
    _pieces,
    read_languages,
    read_many,
)

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


def test_addresses_are_in_no_language(parsed):
    address = "https://gov.example.kz/uploads/2026/11/26/very-long-document-name-{}.pdf"
    texts = [f"Құжаттар қайта қаралды. {address.format(at)} мекенжайында мәтін бар."
             for at in range(4)]  # fmt: skip

    languages = read_languages(parsed("Депутаттардың ұсыныстары жарияланды", *texts).article)

    assert languages.article.tag == "kk-Cyrl"
    assert languages.shares == {"kk-Cyrl": 1.0}


def test_lines_that_all_begin_with_a_name_are_read_further(parsed):
    line = "Президент Қасым-Жомарт Тоқаев Астанада сөйледі."

    assert read_languages(parsed("", *[line] * 500).article).article.tag == "kk-Cyrl"


def test_a_headline_of_names_leans_on_its_article(parsed):
    article = parsed("Tokayev – Mirziyoyev: Astana", SENTENCES["en-Latn"]).article

    assert read_languages(article).title.tag == "en-Latn"


def test_foreign_names_do_not_make_a_sentence_foreign(parsed):
    text = (
        "Kassym-Jomart Tokayev met Shavkat Mirziyoyev in Samarkand on Friday to talk about trade."
    )

    assert read_languages(parsed("", text).article).article.tag == "en-Latn"


def test_a_sentence_that_foreign_names_make_look_foreign_does_not_change_its_article(parsed):
    said = (
        "Ursula von der Leyen met Emmanuel Macron and Olaf Scholz in Brussels. "
        "Vladimir Putin and Xi Jinping talked with Kassym-Jomart Tokayev in Astana. "
        "Shavkat Mirziyoyev received Recep Tayyip Erdogan at Samarkand Airport. "
        "Giorgia Meloni, Pedro Sanchez and Donald Tusk joined Antonio Costa there."
    )
    languages = read_languages(parsed("Leaders meet", said).article)

    assert (languages.title.tag, languages.article.tag) == ("en-Latn", "en-Latn")
    assert languages.paragraphs[0].tag == "en-Latn"
    assert languages.article.confidence > 0.98


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


def test_one_paragraph_may_be_in_two_languages(parsed):
    kazakh, russian = SENTENCES["kk-Cyrl"], SENTENCES["ru-Cyrl"]

    languages = read_languages(parsed("", f"{kazakh} {kazakh} {russian}").article)

    share = len(russian) / (2 * len(kazakh) + len(russian))
    assert languages.paragraphs[0].tag == "kk-Cyrl"
    assert languages.shares["ru-Cyrl"] == pytest.approx(share, abs=0.02)


def test_a_quotation_in_another_language_is_counted_as_what_it_is(parsed):
    said = "Мы построим новую дорогу между двумя городами уже в этом году"
    text = f"{SENTENCES['kk-Cyrl']} Министр «{said}», – деп атап өтті жиында сөйлеген сөзінде."

    shares = read_languages(parsed("", text).article).shares

    assert shares["ru-Cyrl"] == pytest.approx(len(said) / len(text), abs=0.05)


def test_a_name_in_quotes_is_in_the_language_of_its_sentence(parsed):
    text = f"{SENTENCES['kk-Cyrl']} Бұл туралы «Вечерний Алматы» газеті бүгін таңертең жазды."

    assert list(read_languages(parsed("", text).article).shares) == ["kk-Cyrl"]


def test_an_article_in_none_of_our_languages_stays_unknown_whatever_few_words_look_like(parsed):
    languages = read_languages(parsed("", *FOREIGN.values()).article)

    assert languages.article.tag == "und"


@pytest.mark.parametrize("alphabet", scripts.KAZAKH_LATIN)
def test_kazakh_in_any_latin_alphabet_is_kazakh(parsed, alphabet):
    text = scripts.kk_to_latin(SENTENCES["kk-Cyrl"], alphabet)

    assert read_languages(parsed("", text).article).article.tag == "kk-Latn"


def test_kazakh_in_anybodys_own_latin_spelling_is_kazakh(parsed):
    dice = random.Random(1)
    texts = [scripts.kk_to_latin_freely(SENTENCES["kk-Cyrl"], dice) for _ in range(20)]

    assert {read_languages(parsed("", text).article).article.tag for text in texts} == {"kk-Latn"}


HOSTILE = {
    "nothing": "",
    "one letter": "ә",
    "emoji": "😀🇰🇿👩‍👩‍👧" * 50,
    "lone surrogates": "\ud83d Қазақстан \udc00" * 20,
    "five megabytes": "Қазақстан Республикасының Президенті жиын өткізді. " * 100_000,
    "one line of a megabyte": "қазақ" * 200_000,
    "a line of quotes": "«" * 100_000 + "»" * 100_000,
    "stops only": ".!? " * 100_000,
    "two scripts in a word": "Kаzаkhstаn рrеsіdеnt Тоkаyеv mеt Рutіn оn Frіdаy " * 10,
    "right to left": "\u202eقازاقستان رەسپۋبليكاسى\u202c " * 20,
    "marks without letters": "\u0301" * 10_000,
    "zero": "\0" * 1_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_gets_an_answer(parsed, text):
    article = parsed("").article.model_copy(
        update={"title": text, "lead": text, "paragraphs": (Paragraph.model_construct(text=text),)}
    )

    languages = read_languages(article)

    assert len(languages.paragraphs) == 1
    assert not languages.shares or sum(languages.shares.values()) == pytest.approx(1)


def test_what_is_read_of_a_long_text_is_bounded():
    pieces, _ = _pieces(["а " * 3_000_000, "б. " * 3_000_000])

    assert sum(map(len, pieces)) <= 2 * MOST_CHARACTERS


def test_a_table_of_many_rows_is_read_in_part_and_told_as_a_whole(parsed):
    languages = read_languages(parsed("", *([SENTENCES["kk-Cyrl"]] * (PIECES + 100))).article)

    assert {p.tag for p in languages.paragraphs} == {"kk-Cyrl"}


def test_articles_that_are_read_together_are_told_as_each_alone():
    chance = random.Random(7)
    texts = [*SENTENCES.values(), *FOREIGN.values(), "", "Ω", "NATO", "12", "Алматы. Тошкент"]
    articles = [
        Written(
            title=chance.choice(texts),
            lead=chance.choice([None, *texts]),
            paragraphs=chance.choices(texts, k=chance.choice((0, 1, 3, 12))),
            hint=chance.choice((None, "kk", "uz-Cyrl")),
        )
        for _ in range(200)
    ]

    assert [read_many([article])[0] for article in articles] == read_many(articles)
