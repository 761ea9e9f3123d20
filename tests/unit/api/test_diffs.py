"""What has changed between two texts: readable, true, and never slow."""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steppewire_api.diffs import Part, parts, rows


def marked(found: tuple[Part, ...]) -> str:
    """Write a diff as people do: [-gone-]{+new+}."""
    shown = {"same": "{}", "removed": "[-{}-]", "added": "{{+{}+}}"}
    return "".join(shown[part.op].format(part.text) for part in found)


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (
            "Президент Алматыға келді, сапар екі күнге жалғасады.",
            "Президент Астанаға келді, сапар үш күнге жалғасады.",
            "Президент [-Алматыға-]{+Астанаға+} келді, сапар [-екі-]{+үш+} күнге жалғасады.",
        ),
        ("O‘zbekiston yutdi.", "Oʻzbekiston yutdi.", "[-O‘zbekiston-]{+Oʻzbekiston+} yutdi."),
        ("Он приехал.", "Он уже приехал.", "Он {+уже +}приехал."),
        ("Он уже приехал.", "Он приехал.", "Он [-уже -]приехал."),
        ("same", "same", "same"),
        ("", "new", "{+new+}"),
        ("old", "", "[-old-]"),
        ("", "", ""),
        # the blank between two new words says nothing
        ("one two", "три четыре", "[-one two-]{+три четыре+}"),
    ],
)
def test_words_that_changed_are_marked(before: str, after: str, told: str) -> None:
    assert marked(parts(before, after)) == told


WORDS = st.lists(st.sampled_from(["а", "бб", ",", "\n", "Тоқаев", "o‘z", " "]), max_size=30)


@given(WORDS, WORDS)
def test_both_texts_can_be_read_off_a_diff(before: list[str], after: list[str]) -> None:
    one, other = "".join(before), "".join(after)
    found = parts(one, other)

    assert "".join(part.text for part in found if part.op != "added") == one
    assert "".join(part.text for part in found if part.op != "removed") == other


PARAGRAPHS = st.lists(st.sampled_from(["a b c d", "a b c e", "x y", "z", "a b c d f"]), max_size=8)


@given(PARAGRAPHS, PARAGRAPHS)
def test_both_versions_can_be_read_off_the_rows(before: list[str], after: list[str]) -> None:
    found = rows(before, after)

    def side(other: str) -> list[str]:
        texts = ["".join(p.text for p in row.parts if p.op != other) for row in found]
        return [text for text in texts if text]

    assert side("added") == before
    assert side("removed") == after


def test_a_paragraph_put_in_leaves_the_others_as_they_are() -> None:
    found = rows(["first one", "second one"], ["first one", "put in between", "second one"])

    assert [row.change for row in found] == ["same", "added", "same"]


def test_a_paragraph_that_was_edited_is_one_row() -> None:
    found = rows(
        ["Бірінші абзац.", "Үкімет отырысы ертең өтеді деп хабарлады."],
        ["Үкімет отырысы бүгін өтеді деп хабарлады.", "Соңғы абзац."],
    )

    assert [row.change for row in found] == ["removed", "changed", "added"]
    assert marked(found[1].parts) == "Үкімет отырысы [-ертең-]{+бүгін+} өтеді деп хабарлады."


def hostile() -> dict[str, tuple[list[str], list[str]]]:
    rng = random.Random(7)

    def words(count: int, of: str = "abcde") -> str:
        return " ".join(rng.choices(of, k=count))

    return {
        "one paragraph": ([words(400_000)], [words(400_000)]),
        "a paragraph each word": (words(60_000).split(), words(60_000).split()),
        "no blanks": (["." * 1_000_000], ["!" * 999_999 + "."]),
        "paragraphs that are all alike": (
            [words(400) for _ in range(1000)],
            [words(400) for _ in range(1000)],
        ),
        "changed between what stayed": (
            [text for n in range(200) for text in (f"stays {n}", words(2400))],
            [text for n in range(200) for text in (f"stays {n}", words(2400))],
        ),
    }


@pytest.mark.parametrize("name", hostile())
def test_a_megabyte_made_to_be_slow_is_compared_in_seconds(name: str) -> None:
    before, after = hostile()[name]
    began = time.process_time()
    found = rows(before, after)
    took = time.process_time() - began

    assert sum(len(p.text) for row in found for p in row.parts if p.op != "added") > 0
    # computing, not waiting: a quadratic way would take hours
    assert took < 20


def test_a_long_edited_article_is_still_compared_word_by_word() -> None:
    rng = random.Random(3)
    text = [" ".join(str(rng.randrange(5000)) for _ in range(200)) for _ in range(100)]
    edited = [f"{t} edited" if n % 10 == 0 else t for n, t in enumerate(text)]
    found = rows(text, edited)

    assert [row.change for row in found].count("changed") == 10
    assert {p.text for row in found for p in row.parts if p.op == "added"} == {" edited"}
