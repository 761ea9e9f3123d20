"""The words that an index keeps, and the stems that it need not keep with each text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steppewire.archive import lexicon as module
from steppewire.archive.folding import MOST_LETTERS, OFTEN, TITLE, index_terms, sought, wanted
from steppewire.archive.lexicon import Lexicon, stems

SAMPLE = (
    "Тоқаевтың тоқаев Көпір көпірдің көпірге депутатов deputies fishermen басшылығы китоби "
    "o‘zbekistonda Ўзбекистонда shaharlarida қала қалада қаласында ел … 2026 a'b 東京"
)
WORDS = st.sampled_from(SAMPLE.split(" "))
TEXTS = st.lists(WORDS, max_size=40).map(" ".join)


def found_under(terms: set[str], words: list[tuple[str, str]]) -> set[str]:
    """Return what kept terms are found under, with the stems that were noted."""
    marked = {(mark + stem, mark + word) for mark in ("", TITLE) for stem, word in words}
    return terms | {stem for stem, word in marked if word in terms}


@given(TEXTS, TEXTS)
def test_words_and_noted_stems_find_what_all_terms_find(text: str, title: str) -> None:
    lexicon = Lexicon()

    kept = lexicon.terms([title, text], title).split()

    assert len(kept) == len(set(kept))
    expected = set(index_terms([title, text], title).split())
    assert found_under(set(kept), stems(lexicon.unsure())) == expected


@given(TEXTS)
def test_what_begins_so_begins_a_kept_word(text: str) -> None:
    lexicon = Lexicon()
    kept = lexicon.terms([text]).split()

    for term in index_terms([text]).split():
        assert any(word.startswith(term[:4]) for word in kept)


def test_half_of_the_terms_are_left_out() -> None:
    kept = Lexicon().terms(["көпірлеріміздің қалаларымызда"]).split()

    assert kept == ["kopirlerimizdin", "kalalarymyzda"]
    assert len(index_terms(["көпірлеріміздің қалаларымызда"]).split()) > 8


def test_the_words_of_a_query_bring_their_family() -> None:
    [word] = wanted("көпір")

    found = sought(word, {"kopir": ["kopirdin"], "other": ["word"]})

    assert {"kopir", "kopirdin"} <= found.anywhere.terms
    assert {TITLE + "kopir", TITLE + "kopirdin"} <= found.in_title.terms
    assert OFTEN + "kopir" in found.often.terms
    assert OFTEN + "kopirdin" not in found.often.terms
    assert found.as_typed.terms == {"kopir", "kopirdin"}
    assert "word" not in found.anywhere.terms


def test_stems_are_unsure_until_they_are_noted_whoever_fails_before() -> None:
    lexicon = Lexicon()
    lexicon.terms(["көпірдің ел"])
    first = lexicon.unsure()
    lexicon.terms(["көпірдің қаладан"])

    assert first == {"көпірдің"}
    assert lexicon.unsure() == {"көпірдің", "қаладан"}
    lexicon.know(first)
    assert lexicon.unsure() == {"қаладан"}


def test_a_full_lexicon_forgets_words_and_never_what_is_to_be_noted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "MOST", 3)
    lexicon = Lexicon()

    terms = lexicon.terms(["көпірдің қаладан ауылдан таудан елден"])

    assert len(lexicon) <= 3
    assert len(lexicon.unsure()) == 5
    assert terms.split() == ["kopirdin", "kaladan", "auyldan", "taudan", "elden"]


def test_of_an_absurd_text_the_beginning_is_looked_at() -> None:
    """Five megabytes of different words as a title took 17 s, in which no heartbeat is sent."""
    lexicon = Lexicon()
    words = " ".join(f"сөз{number:07}" for number in range(200_000))

    found = lexicon.terms((words, "соңғы"), words)

    looked_at = lexicon.unsure() | set(lexicon)
    assert len(looked_at) <= MOST_LETTERS // len("сөз0000000 ") + 1
    assert "соңғы" not in looked_at
    assert found == lexicon.terms((words[:MOST_LETTERS],), words[:MOST_LETTERS])
    assert index_terms((words, "соңғы"), words) == index_terms((words[:MOST_LETTERS],), words)
