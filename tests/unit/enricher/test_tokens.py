"""Words and sentences."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steppewire_enricher.tokens import MAX_TOKEN, sentences, tokenise


def words(text: str) -> list[str]:
    return [token.text for token in tokenise(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Қ.-Ж. Тоқаев", ["Қ.", "-", "Ж.", "Тоқаев"]),
        ("Sh.Mirziyoyev", ["Sh.", "Mirziyoyev"]),
        ("O‘zbekiston’da", ["O‘zbekiston’da"]),
        ("АҚШ-тың 55-ші", ["АҚШ-тың", "55-ші"]),
        ("«zakon.kz» сайты", ["«", "zakon.kz", "»", "сайты"]),
        ("4,1 млрд. 16:30", ["4,1", "млрд", ".", "16:30"]),
    ],
)
def test_words_are_what_a_reader_calls_words(text, expected):
    assert expected == words(text)


@given(st.text(max_size=200))
def test_tokens_stand_where_they_say_and_leave_out_only_spaces(text):
    tokens = list(tokenise(text))

    assert all(text[t.start : t.end] == t.text for t in tokens)
    assert "".join(text.split()) == "".join(t.text for t in tokens)


def test_a_word_without_end_is_cut():
    assert max(len(t.text) for t in tokenise("а" * 100_000)) == MAX_TOKEN


def test_initials_and_abbreviations_end_no_sentence():
    text = "Бұл туралы А. Мамин айтты. Ол 4 млрд. Доллар алды. Содан соң «Солай!» — деді ол."

    cut = [" ".join(t.text for t in s) for s in sentences(list(tokenise(text)))]

    assert len(cut) == 3
    assert cut[0] == "Бұл туралы А. Мамин айтты ."


@given(st.lists(st.sampled_from(["А.", "сөз", ".", "»", "!", "Сөз", "(", "…"]), max_size=400))
def test_sentences_keep_every_token_in_order(pieces):
    tokens = list(tokenise(" ".join(pieces)))

    assert tokens == [token for sentence in sentences(tokens) for token in sentence]
