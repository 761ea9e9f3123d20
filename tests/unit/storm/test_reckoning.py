"""The storm sees what it looks for: what is missing, what is there twice, what nobody sent."""

from __future__ import annotations

import pytest

pytest.importorskip("steppewire_store")

import stages
from figures import total
from ledger import Book, Reckoning, compare
from light import Numbers

from steppewire.identity import article_id


def url(number: int) -> str:
    return stages.discovered(number).url


def roll(*ranges: range) -> Numbers:
    numbers = Numbers()
    for some in ranges:
        numbers.add(some)
    return numbers


def book(numbers: Numbers, entered: list[int]) -> Book:
    kept = Book(numbers)
    for number in entered:
        kept.enter(article_id(url(number)), url(number))
    return kept


def test_a_message_that_is_missing_from_one_book_is_lost():
    sent = roll(range(2), range(10, 12))
    books = {"stream": book(sent, [0, 1, 10, 11]), "database": book(sent, [0, 1, 10])}

    found = compare(4, books)

    assert (found.lost, found.repeated, found.places) == (1, 0, [3])
    assert not found.clean


def test_a_message_that_is_twice_in_one_book_is_repeated():
    sent = roll(range(3))
    books = {"stream": book(sent, [0, 1, 1, 1, 2]), "database": book(sent, [0, 1, 2])}

    found = compare(3, books)

    assert (found.lost, found.repeated, found.places) == (0, 2, [1])
    assert not found.clean


def test_what_nobody_sent_is_a_stranger_even_under_a_number_that_was_sent():
    sent = roll(range(3), range(5, 6))
    kept = book(sent, [0, 1, 2, 5, 4])
    kept.enter("0" * 16, url(1))
    kept.enter(article_id("https://elsewhere.test/"), "https://elsewhere.test/")

    found = compare(4, {"stream": kept})

    assert (found.lost, found.repeated, found.strangers) == (0, 0, 3)
    assert not found.clean


def test_all_there_once_is_clean_unless_a_stage_counts_otherwise_or_an_article_is_untrue():
    sent = roll(range(3))
    found = compare(3, {"stream": book(sent, [2, 0, 1])})

    assert found.clean
    found.miscounted["store"] = -1
    assert not found.clean
    assert not Reckoning(0, untrue=["https://news.test/1"]).clean


def test_figures_of_several_storms_are_sums_and_percentiles_over_all():
    def told(lost: int, takeover: list[float], clean: bool) -> dict:
        counts = dict.fromkeys(("messages", "repeated", "strangers", "dead_letters"), 1)
        named = ("strokes", "found", "miscounted", "other_endings", "refused_by_the_gate",
                 "workers_that_ended_by_themselves")  # fmt: skip
        return {
            **counts,
            **{name: {"x": 2} for name in named},
            "lost": lost,
            "untrue": [],
            "clock": "jumps",
            "clean": clean,
            "samples": {"takeover": takeover},
        }

    result = total([told(0, [1.0, 1.2], True), told(3, [1.1], False)])

    assert (result["lost"], result["messages"], result["clean"]) == (3, 2, False)
    assert result["strokes"] == {"x": 4}
    assert result["seconds_s"]["takeover"]["p50"] == 1.1
    assert result["seconds_s"]["takeover"]["count"] == 3
