"""The language tables: letters, n-grams, scores."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steppewire_enricher.langid import (
    COARSE_MOST,
    LONGEST_WORD,
    MOST,
    load_table,
    table,
    word_weights,
)
from steppewire_enricher.langid_rows import (
    CELLS,
    packed,
    padded,
    pairs,
    places,
    unpacked,
    unpacked_rows,
)
from steppewire_enricher.ngrams import (
    AT_ONCE,
    COARSE_ORDERS,
    NOTHING,
    ORDERS,
    ROWS,
    SCRIPTS,
    grams,
    words_of,
)

TEXTS = st.lists(st.text(max_size=80), max_size=6)


def line(*texts: str) -> str:
    return "".join(map(chr, words_of(texts).letters))


def all_grams(text: str) -> list[int]:
    return [b for b in grams(words_of([text])).ravel().tolist() if b != NOTHING]


def whole_words(text: str) -> list[int]:
    words = words_of([text])
    return grams(words)[0, words.starts].tolist()


def test_words_are_small_letters_with_a_space_before_each_and_one_at_the_end():
    assert line("Сәлем,  ӘЛЕМ 2024!", "", "o‘z") == " сәлем әлем o'z "


def test_each_word_knows_its_text():
    assert words_of(["a b", "", "2024", "c"]).text.tolist() == [0, 0, 3]


def test_grams_do_not_cross_spaces():
    assert set(all_grams("ab cd")) == set(all_grams("ab")) | set(all_grams("cd"))


def test_a_text_of_one_letter_has_the_grams_of_that_letter_and_its_spaces():
    assert len(all_grams("a")) == 4  # "a", " a", "a ", " a "


def test_case_digits_and_signs_do_not_count():
    assert all_grams("Сәлем, ӘЛЕМ 2024!") == all_grams("сәлем әлем")


def test_composed_and_decomposed_letters_are_the_same():
    assert all_grams("й ё ö") == all_grams("и\u0306 е\u0308 o\u0308")


@pytest.mark.parametrize("apostrophe", "'’ʻʼ‘`´")
def test_every_apostrophe_is_the_same_letter(apostrophe):
    assert all_grams(f"o{apostrophe}zbek") == all_grams("o'zbek")


def test_the_same_word_is_the_same_wherever_it_stands():
    (first,) = whole_words("қазақстан")

    assert first == whole_words("бір екі үш тағы да қазақстан")[-1] != NOTHING


def test_a_word_of_three_letters_is_no_more_than_its_own_grams():
    assert whole_words("екі төрт")[0] == NOTHING != whole_words("екі төрт")[1]


@given(TEXTS)
def test_any_text_has_grams_within_the_table(texts):
    buckets = grams(words_of(texts))

    assert len(buckets) == ORDERS
    assert buckets.max(initial=0) <= NOTHING


def cell(row: int, cls: str) -> int:
    """Return the cell of a class in a row of the shipped table."""
    _, place = places(table().classes)[table().classes.index(cls)]
    return int(table().fine[row]) >> 4 * place & MOST


def script_of(text: str) -> str:
    return SCRIPTS[words_of([text]).script[0]]


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("бір екі үш", "Cyrl"),
        ("bir ikki uch", "Latn"),
        ("ئۈچ", "Arab"),
        ("Show һәм The Colbert Report'ка кадәр", "Cyrl"),  # names count little
        ("олардí талқíланадí", "Cyrl"),  # a Latin letter for one that the keyboard lacks
        ("Кеча Toshkentda bo'lib o'tdi", "Latn"),
    ],
)
def test_a_text_is_in_the_script_of_most_of_it(text, script):
    assert script_of(text) == script


def test_scripts_share_no_rows():
    rows = [{*all_grams(text)} for text in ("үш", "uch", "ئۈچ")]

    assert sum(map(len, rows)) == len(set.union(*rows))


def test_texts_of_several_scripts_are_read_alike_together_and_alone():
    texts = ["бір екі үш", "bir ikki uch", "ئۈچ تۆت", "", "2024"]
    together = table().scores(texts).ours

    for text, scores in zip(texts, together, strict=True):
        assert np.allclose(table().scores([text]).ours[0], scores)


def test_a_text_says_nothing_about_languages_of_other_scripts():
    scores = table().scores(["мемлекет басшысы"]).ours[0]
    named = dict(zip(table().classes, scores.tolist(), strict=True))

    assert {name for name, score in named.items() if score} <= {
        name for name in named if name.endswith("-Cyrl")
    }


def test_a_byte_holds_the_cells_of_all_orders():
    assert MOST * ORDERS < 256
    assert table().coarse.max() <= COARSE_MOST
    assert COARSE_MOST * COARSE_ORDERS < 256
    assert not table().fine[NOTHING]


def test_the_last_cell_of_a_row_is_of_no_language():
    assert not (table().fine >> np.uint64(4 * (CELLS - 1))).any()
    with pytest.raises(ValueError, match="room"):
        places([f"x{i}-Latn" for i in range(CELLS)])


@given(TEXTS)
@settings(max_examples=50)
def test_probabilities_add_up_to_one_whatever_the_text(texts):
    scores = table().scores(texts)

    assert np.allclose(table().probabilities(scores).sum(axis=1), 1, atol=1e-4)
    assert len(table().strange(texts, scores)) == len(texts)


def test_a_text_is_scored_alike_alone_and_among_others():
    text = "Сәлем, әлем"
    alone, among = table().scores([text]), table().scores(["Привет", text, "", "b" * AT_ONCE])

    assert np.allclose(alone.ours[0], among.ours[1])
    assert alone.grams[0] == among.grams[1]


def test_names_say_little_where_enough_other_words_are():
    weights, names = word_weights(words_of(["The president met Tokayev"]), 1)

    assert weights[[0, 3]].max() < weights[[1, 2]].min()
    assert not names[0]


def test_capitals_count_in_full_where_there_is_nothing_else():
    weights, names = word_weights(words_of(["TOKAYEV MET MIRZIYOYEV"]), 1)

    assert (weights == 1).all()
    assert not names[0]


def test_a_row_of_names_is_nothing_but_names():
    assert word_weights(words_of(["Tokayev – Mirziyoyev: Astana"]), 1)[1][0]


def test_a_word_counts_twice_as_a_whole_where_there_is_hardly_another():
    scores = table().scores(["мемлекет", "мемлекет мемлекет", "мемлекет мемлекет мемлекет"]).ours
    row = whole_words("мемлекет")[0]
    ours = [i for i, name in enumerate(table().classes) if name.endswith("-Cyrl")]
    whole = np.array([cell(row, table().classes[i]) for i in ours])

    assert whole.any()
    assert np.allclose(scores[0, ours], scores[2, ours] / 3 + whole * table().fine_scale, rtol=1e-4)
    assert np.allclose(scores[1], 2 * scores[0], rtol=1e-4)


def test_what_is_too_long_for_a_word_has_no_say():
    assert not table().scores(["a" * (LONGEST_WORD + 1)]).ours.any()


@pytest.mark.parametrize("text", ["", " ", "2024", "!!!", "😀😀", "\ud800", "北京举行会议", "नमस्ते"])
def test_text_without_our_letters_is_strange(text):
    assert table().strange([text], table().scores([text])).all()


def test_a_language_that_is_written_nearly_like_ours_is_strange():
    text = "Днес министърът съобщи, че правителството ще предложи нов закон за пътищата в страната."

    assert table().strange([text], table().scores([text])).all()


def test_two_bytes_hold_the_cells_of_the_longest_word():
    assert MOST * (ORDERS * (LONGEST_WORD + 1) + 1) < 1 << 16
    assert COARSE_MOST * COARSE_ORDERS * (LONGEST_WORD + 1) < 1 << 16


@pytest.mark.parametrize("columns", [1, 4, 6])
def test_a_table_is_read_as_it_was_packed(columns):
    cells = np.zeros((257, padded(columns)), dtype=np.uint8)
    cells[:-1, :columns] = np.random.default_rng(1).integers(0, COARSE_MOST, (256, columns))
    data, ends = packed(cells[:-1, column] for column in range(columns))

    assert (unpacked(data, ends, 256, columns) == cells).all()


def test_rows_are_read_as_they_were_packed():
    classes = ("kk-Cyrl", "uz-Latn", "ru-Cyrl", "uk-Cyrl", "ug-Arab")
    rows = np.zeros(ROWS + 1, dtype=np.uint64)
    rows[[0, ROWS - 1]] = 0x3  # the first Latin row, the last Arabic one
    rows[ROWS - (1 << 17) - 1] = 0x321  # the last Cyrillic one

    assert (unpacked_rows(*packed(pairs(rows, classes)), classes) == rows).all()


def test_what_is_no_table_is_told():
    with pytest.raises((ValueError, OSError)):
        load_table(BytesIO(b"no table"))
