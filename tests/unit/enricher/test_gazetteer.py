"""The lists of names, and how they are found."""

from __future__ import annotations

from collections import Counter

import pytest

from steppewire_enricher.gazetteer import LANGUAGES, gazetteer, written
from steppewire_enricher.tokens import tokenise


def found(language: str, text: str) -> dict[str, str]:
    words = [token.text for token in tokenise(text)]
    names = gazetteer(language)
    assert names is not None
    return {" ".join(words[m.start : m.end]): m.entry.id for m in names.match(words)}


@pytest.mark.parametrize(
    ("language", "text", "surface", "id_"),
    [
        ("kk", "Үргенішке барды", "Үргенішке", "place/urganch"),
        ("kk", "жиын АҚШ-тың", "АҚШ-тың", "place/united-states"),
        ("kk", "ол Өзбекстан Республикасында", "Өзбекстан Республикасында", "place/uzbekistan"),
        ("kk", "ол Самарада болды", "Самарада", "place/samara"),
        ("kk", "және Балқаш көлінде", "Балқаш", "place/lake-balkhash"),
        ("ru", "в Алматинской области", "Алматинской области", "place/almaty-oblysy"),
        ("ru", "у Касым-Жомарта Токаева", "Касым-Жомарта Токаева", "person/toqaev-qasym-jomart"),
        ("ru", "в Чолпон-Ате", "Чолпон-Ате", "place/cholpon-ata"),
        ("ru", "с ЕАЭС", "ЕАЭС", "organisation/eaeu"),
        ("uz", "Toshkentdagi", "Toshkentdagi", "place/tashkent"),
        ("uz", "Самарқандга", "Самарқандга", "place/samarkand"),
        ("uz", "Ozbekistonda", "Ozbekistonda", "place/uzbekistan"),
        ("en", "Kazakhstan's", "Kazakhstan's", "place/kazakhstan"),
        ("en", "the U.S. said", "U. S.", "place/united-states"),
        ("kk", "деді әл-Фараби", "әл-Фараби", "person/al-farabi"),
    ],
)
def test_a_name_is_known_in_its_case_forms(language, text, surface, id_):
    assert {surface: id_} == found(language, text)


@pytest.mark.parametrize(
    ("language", "text"),
    [("ru", "он ес мало"), ("kk", "ол мал бақты"), ("en", "they met us"), ("ru", "Того")],
)
def test_common_words_are_no_names(language, text):
    assert found(language, text) == {}


def test_the_longest_name_wins():
    assert found("kk", "Алматы облысында") == {"Алматы облысында": "place/almaty-oblysy"}


def test_ids_are_unique_and_say_what_they_are():
    ids = Counter(entry.id for entry in written())

    assert [id_ for id_, times in ids.items() if times > 1] == []
    assert {(entry.id.partition("/")[0], entry.type) for entry in written()} == {
        ("person", "PERSON"),
        ("organisation", "ORGANISATION"),
        ("place", "GPE"),
        ("place", "LOCATION"),
    }


def test_every_entry_has_a_name_in_every_language():
    assert [(e.id, lang) for e in written() for lang in LANGUAGES if not e.names.get(lang)] == []


def test_the_lists_use_no_letters_of_another_alphabet():
    """A Latin `e` in a Cyrillic word is invisible and never found."""
    mixed = [
        (entry.id, word)
        for entry in written()
        for names in entry.names.values()
        for name in names
        for word in name.split()
        if any("a" <= c.lower() <= "z" for c in word) and any("а" <= c.lower() <= "я" for c in word)
    ]

    assert mixed == []


def test_a_language_that_we_do_not_know_has_no_list():
    assert gazetteer("xx") is None
