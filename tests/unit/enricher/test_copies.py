"""Near copies: what is one, what is none, and what the index promises."""

from __future__ import annotations

import numpy as np
import pytest

from steppewire.copies import BANDS, VALUES, Copies, Match, Sketch, decoded
from steppewire_enricher.copies import sketch
from steppewire_enricher.scripts import uz_to_cyrillic


def words(seed: int, number: int = 200) -> list[str]:
    rng = np.random.default_rng(seed)
    return ["".join(rng.choice(list("абвгдежзик"), 6)) for _ in range(number)]


def told(*texts: list[str]) -> Match | None:
    """Enter texts one after the other; return what is said of the last."""
    index = Copies(64)
    found = [index.add(one) for text in texts if (one := sketch(text))]
    return found[-1]


TEXT = words(1)


@pytest.mark.parametrize(
    "copy",
    [
        TEXT,
        [*words(2, 30), *TEXT],
        [*TEXT[:60], *TEXT[120:]],
        [word if i % 25 else "басқа" for i, word in enumerate(TEXT)],
    ],
    ids=["whole", "another lead", "a third left out", "words edited"],
)
def test_an_edited_copy_is_told_with_its_original(copy: list[str]) -> None:
    found = told(words(7), TEXT, words(8), copy)

    assert found is not None
    assert found.number == 1


def test_a_copy_in_the_other_alphabet_is_told() -> None:
    said = "Toshkentda bugun yangi ko‘prik ochildi va ikki tuman uchun yo‘l qisqardi"
    latin = said.split()
    cyrillic = [uz_to_cyrillic(word) for word in latin]
    index = Copies(4)
    one, other = sketch(latin * 3, "uz-Latn"), sketch(cyrillic * 3, "uz-Cyrl")
    assert one
    assert other
    index.add(one)

    assert index.add(other) is not None


def test_a_report_by_the_same_template_is_none() -> None:
    template = (
        "ночью {} градусов днём {} ветер {} метров в секунду давление {} влажность {} видимость {}"
    )
    reports = [(template.format(*range(n, n + 6)) + f" завтра {n}").split() * 1 for n in (10, 40)]

    assert told(*reports) is None


def test_a_follow_up_that_repeats_a_fifth_is_none() -> None:
    assert told(TEXT, [*words(3, 160), *TEXT[:40]]) is None


@pytest.mark.parametrize(
    "text", [[], ["сөз"], ["қысқа", "мәтін"] * 3], ids=["empty", "word", "six"]
)
def test_a_text_that_is_too_short_has_no_sketch(text: list[str]) -> None:
    assert sketch(text) is None


def test_the_sketch_travels_on_the_event(enriched) -> None:
    event = enriched("", " ".join(TEXT))
    found, own = decoded(event.enrichment.sketch), sketch(TEXT)
    assert found
    assert own

    assert found == own


@pytest.mark.parametrize("text", ["", "!", "AAAA", "ә"])
def test_what_is_no_sketch_is_none(text: str) -> None:
    assert decoded(text) is None


def test_the_oldest_articles_give_way_and_memory_stays() -> None:
    index, rng = Copies(16), np.random.default_rng(1)
    strangers = [
        Sketch(
            rng.integers(0, 256, VALUES, np.uint8).tobytes(),
            tuple(rng.integers(0, 1 << 32, BANDS).tolist()),
        )
        for _ in range(100)
    ]
    for one in strangers:
        index.add(one)

    assert index.add(strangers[0]) is None
    again = index.add(strangers[99])
    assert again is not None
    assert again.number == 99
