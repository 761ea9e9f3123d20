"""The language table."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from steppewire_enricher.langid import BITS, PREFIX, grams, plain_and_names, table


def test_grams_do_not_cross_spaces():
    both = set(grams("ab cd").tolist())

    assert both == set(grams("ab").tolist()) | set(grams("cd").tolist())


def test_case_digits_and_signs_do_not_count():
    assert grams("Сәлем, ӘЛЕМ 2024!").tolist() == grams("сәлем әлем").tolist()


def test_composed_and_decomposed_letters_are_the_same():
    assert grams("й ё ö").tolist() == grams("и\u0306 е\u0308 o\u0308").tolist()


@given(st.text(max_size=300))
def test_any_text_has_grams_within_the_table(text):
    found = grams(text)

    assert ((found >= 0) & (found < 1 << BITS)).all()


@given(st.lists(st.text(max_size=80), max_size=5))
def test_probabilities_add_up_to_one_whatever_the_text(texts):
    likely = table().probabilities(*table().scores(texts))

    assert np.allclose(likely.sum(axis=1), 1, atol=1e-4)


def test_a_text_is_scored_alike_alone_and_among_others():
    alone, _ = table().scores(["Сәлем, әлем"])
    among, _ = table().scores(["Привет", "Сәлем, әлем", ""])

    assert np.allclose(alone[0], among[1])


def test_names_are_set_apart_where_enough_other_words_are():
    assert plain_and_names("The president met Tokayev") == ("president met", "The Tokayev")


def test_capitals_count_in_full_where_there_is_nothing_else():
    assert plain_and_names("TOKAYEV MET MIRZIYOYEV") == ("TOKAYEV MET MIRZIYOYEV", "")


def test_only_the_beginning_of_a_long_text_is_read():
    word = "қазақ "

    assert (table().scores([word * 10_000])[1] <= 5 * PREFIX).all()
