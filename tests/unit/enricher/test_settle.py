"""What happens where tagger and list disagree."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from steppewire_enricher.gazetteer import Entry, Match
from steppewire_enricher.settle import settle
from steppewire_enricher.spans import Span

ASTANA = Entry("place/astana", "GPE", {"kk": ("Астана",)})


def test_the_longer_name_wins():
    words = ["Астана", "халықаралық", "қаржы", "орталығы"]

    kept = settle([Span(0, 4, "ORGANISATION")], [Match(0, 1, ASTANA)], words)

    assert [Span(0, 4, "ORGANISATION")] == kept


def test_a_listed_name_that_the_tagger_missed_is_kept():
    assert [Span(1, 2, "GPE")] == settle([], [Match(1, 2, ASTANA)], ["ол", "Астанада"])


def test_a_person_ends_where_a_known_place_begins():
    words = ["Жұмағалиев", "Астанадағы"]

    kept = settle([Span(0, 2, "PERSON")], [Match(1, 2, ASTANA)], words)

    assert [Span(0, 1, "PERSON"), Span(1, 2, "GPE")] == kept


def test_a_title_before_one_last_name_may_be_a_given_name():
    words = ["Muqimov", "va", "Olim", "Karimov", "g‘olib", "bo‘ldi"]

    assert [Span(2, 4, "PERSON")] == settle([Span(2, 4, "PERSON")], [], words, "uz")


def test_a_title_before_a_whole_name_is_no_part_of_it():
    words = ["Olim", "Anvar", "Karimov", "keldi"]

    assert [Span(1, 3, "PERSON")] == settle([Span(0, 3, "PERSON")], [], words, "uz")


def test_initials_belong_to_a_person():
    words = ["деді", "Қ.", "-", "Ж.", "Тоқаев"]

    assert [Span(1, 5, "PERSON")] == settle([Span(4, 5, "PERSON")], [], words)


def test_a_title_in_quotes_hides_the_names_in_it():
    words = ["«", "Астана", "таңы", "»"]

    assert settle([], [Match(1, 2, ASTANA)], words) == []


def test_a_month_is_no_name():
    assert settle([Span(1, 2, "GPE")], [], ["in", "April"]) == []


def test_an_uzbek_place_takes_its_word_of_kind():
    assert [Span(0, 2, "GPE")] == settle([Span(0, 1, "GPE")], [], ["Pekin", "shahrida"], "uz")


SPANS = st.builds(
    lambda start, size, type_: Span(start, min(start + size, 12), type_),
    st.integers(0, 11),
    st.integers(1, 5),
    st.sampled_from(["PERSON", "GPE", "ORGANISATION"]),
)
WORDS = st.lists(
    st.sampled_from(["А.", "-", "«", "»", "ТОО", "Астана", "мен", "shahrida", "April"]),
    min_size=12,
    max_size=12,
)


@given(
    st.lists(SPANS, max_size=5), st.lists(SPANS, max_size=5), WORDS, st.sampled_from(["uz", "kk"])
)
def test_nothing_overlaps_in_the_end(spans, listed, words, language):
    matches = [Match(s.start, s.end, ASTANA) for s in listed]

    kept = settle(spans, matches, words, language)

    assert all(a.end <= b.start for a, b in pairwise(kept))
    assert all(0 <= s.start < s.end <= 12 for s in kept)
