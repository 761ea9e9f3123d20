"""Patterns are asked only where they may match, and find what they find anywhere."""

from __future__ import annotations

import re

import pytest

from steppewire_enricher.scan import (
    digits,
    head_of,
    heads_of,
    matches_at,
    scan,
    words_before_numbers,
)

TEXT = "Оn 3 March 2024, in March 5 or 12-13 мамыр; Ақпан, 2023 and 1 250,5 млн: бес жүз, Бесінші"


@pytest.mark.parametrize(
    "pattern", [r"(?<![\w.,])\d+(?:[ .,]\d{3})*", r"(?<!\d)\d\d?(?!\d)", r"\d+-\d+"]
)
def test_at_digits_is_found_what_is_found_anywhere(pattern: str):
    compiled = re.compile(pattern)
    anywhere = [m.span() for m in compiled.finditer(TEXT)]
    assert [m.span() for m in matches_at(compiled, TEXT, digits(TEXT))] == anywhere
    assert anywhere


def test_words_that_a_number_follows_are_found_with_their_stops():
    assert [TEXT[at:].split()[0] for at in words_before_numbers(TEXT)] == [
        "March", "March", "Ақпан,", "and",
    ]  # fmt: skip


def test_words_are_marked_by_their_first_letters_whatever_their_case():
    heads = heads_of(["бес", "мың"])
    seen = scan(TEXT, lambda word: 2 * (head_of(word) in heads))

    assert [TEXT[at:].split()[0] for at in seen.where(2)] == ["бес", "Бесінші"]
    assert seen.where(1) == []


def test_an_apostrophe_inside_a_word_parts_nothing():
    words: list[str] = []
    scan("100 so‘m, Qo'qon 5ta o'n", lambda word: words.append(word) or 0)

    assert words == ["so‘m", "Qo'qon", "o'n"]


def test_a_letter_without_a_small_one_moves_no_word():
    assert scan("İİ бес", lambda word: word == "бес").marked == [(True, 3)]
