"""Alphabets and keys across them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steppewire_enricher.folding import (
    fold,
    fold_all,
    fold_uz,
    folded_each,
    roman,
    roman_all,
    small_all,
    sound,
)
from steppewire_enricher.scripts import one_apostrophe, uz_to_cyrillic, uz_to_latin

PAIRS = [
    ("O‘zbekiston", "Ўзбекистон"),
    ("Toshkent", "Тошкент"),
    ("Farg‘ona", "Фарғона"),
    ("Eron", "Эрон"),
    ("Yevropa", "Европа"),
    ("Mirziyoyev", "Мирзиёев"),
    ("Qo‘chqorov", "Қўчқоров"),
    ("Jizzax", "Жиззах"),
]


@pytest.mark.parametrize(("latin", "cyrillic"), PAIRS)
def test_uzbek_is_written_in_either_alphabet(latin, cyrillic):
    assert cyrillic == uz_to_cyrillic(latin)
    assert latin == uz_to_latin(cyrillic)
    assert fold_uz(latin) == fold_uz(cyrillic)


@given(st.text(max_size=50))
def test_apostrophes_become_one_and_lengths_stay(text):
    assert len(text) == len(one_apostrophe(text))


@pytest.mark.parametrize(
    "spellings",
    [
        ("Тоқаев", "Токаев", "Tokayev", "To‘qayev"),
        ("Мирзиёев", "Мирзиеев", "Mirziyoyev"),
        ("Жарасов", "Джарасов", "Zharasov", "Jarasov"),
        ("Бектенов", "Bektenov"),
    ],
)
def test_spellings_of_a_name_sound_alike(spellings):
    assert len({sound(name) for name in spellings}) == 1


@given(st.lists(st.one_of(st.text(max_size=12), st.text("аёқғүМиІО‘'ßİş-", max_size=8))))
def test_words_that_are_written_anew_together_are_as_each_by_itself(words):
    assert fold_all(words) == [*map(fold, words)]
    assert roman_all(words) == [*map(roman, words)]
    assert small_all(words) == [*map(str.casefold, words)]
    assert folded_each([words, [], words]) == [[*map(fold, words)], [], [*map(fold, words)]]
