"""Patterns are asked only where they may match, and find what they find anywhere."""

from __future__ import annotations

import re

import pytest

from steppewire_enricher.scan import digits, heads_of, matches_at, word_heads, words_before_numbers

TEXT = "Оn 3 March 2024, in March 5 or 12-13 мамыр; Ақпан, 2023 and 1 250,5 млн: бес жүз, Бесінші"


@pytest.mark.parametrize("pattern", [r"(?<![\w.,])\d+(?:[ .,]\d{3})*", r"\d\d?(?!\d)", r"\d+-\d+"])
def test_at_digits_is_found_what_is_found_anywhere(pattern: str):
    compiled = re.compile(pattern)
    anywhere = [m.span() for m in compiled.finditer(TEXT)]
    assert [m.span() for m in matches_at(compiled, TEXT, digits(TEXT))] == anywhere
    assert anywhere


def test_words_that_a_number_follows_are_found_with_their_stops():
    assert [TEXT[at:].split()[0] for at in words_before_numbers(TEXT)] == [
        "March", "March", "Ақпан,", "and",
    ]  # fmt: skip


def test_words_are_looked_up_by_their_first_letters_whatever_their_case():
    heads = heads_of(["бес", "мың"])
    assert [TEXT[at:].split()[0] for head, at in word_heads(TEXT) if head in heads] == [
        "бес", "Бесінші",
    ]  # fmt: skip


def test_a_letter_without_a_small_one_moves_no_word():
    assert word_heads("İİ бес") == [("ii", 0), ("бе", 3)]
