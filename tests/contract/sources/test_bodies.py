"""How exactly the bodies of golden pages are read: the figure that a release may not fall below."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from steppewire.plugins import Source
from steppewire.rules import SELECTORS
from steppewire.testing.frozen import Frozen, frozen
from steppewire.testing.sources import sources_of

GOLDEN = Path(__file__).parent / "golden"
SOURCES = sources_of("steppewire_fetcher.sources")
LEAST = 0.995
SHINGLE = 4
_WORD = re.compile(r"\w+")
_READ_AS = {"author": "authors", "published": "published_at", "modified": "modified_at"}
_NOT_FIELDS = ("body", "drop")


class Score(NamedTuple):
    """Shingles of a page that were wanted, that were read, and that are both."""

    wanted: int
    read: int
    both: int

    @property
    def f1(self) -> float:
        return 2 * self.both / (self.wanted + self.read) if self.wanted + self.read else 1.0


def shingles(text: str) -> Counter[tuple[str, ...]]:
    """Return each run of four words, or the words of a shorter text, with how often it comes."""
    words = _WORD.findall(unicodedata.normalize("NFKC", text).casefold())
    runs = range(max(1, len(words) - SHINGLE + 1)) if words else ()
    return Counter(tuple(words[start : start + SHINGLE]) for start in runs)


def body(article: dict[str, Any]) -> str:
    """Return lead and paragraphs as the expectation files have them."""
    parts = [article.get("lead", ""), *article["paragraphs"]]
    return "\n".join(p if isinstance(p, str) else next(iter(p.values())) for p in parts)


def scored(wanted: str, read: str) -> Score:
    one, other = shingles(wanted), shingles(read)
    return Score(one.total(), other.total(), (one & other).total())


def pages_of(source: Source) -> list[Frozen]:
    return [one for one in frozen(source, GOLDEN / source.name) if one.kind == "page"]


def report(scores: Sequence[tuple[float, str]]) -> str:
    return "\n".join(f"  {f1:.4f}  {name}" for f1, name in sorted(scores)[:5])


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
def test_the_body_of_a_source_is_read_to_the_word(source: Source) -> None:
    scores = [
        (scored(body(page.expected["article"]), body(page.read()["article"])).f1, page.path.name)
        for page in pages_of(source)
    ]

    print(f"{source.name}, the worst first:\n{report(scores)}")
    assert min(scores)[0] >= LEAST


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
def test_the_fields_that_a_source_declares_are_read_exactly(source: Source) -> None:
    declared = [f for f in SELECTORS if f not in _NOT_FIELDS and getattr(source.rules, f)]
    fields = ["title", *(_READ_AS.get(field, field) for field in declared)]
    for page in pages_of(source):
        wanted, read = page.expected["article"], page.read()["article"]

        assert {f: read.get(f) for f in fields} == {f: wanted.get(f) for f in fields}


def test_the_score_counts_what_is_missing_and_what_is_too_much() -> None:
    text = "Мост через реку открыли в понедельник"

    assert scored(text, text).f1 == 1.0
    assert scored(text, "").f1 == 0.0
    assert scored(text, f"{text} Читайте также").f1 == pytest.approx(2 * 3 / (3 + 5))
    assert scored(text, "Мост через реку").f1 == 0.0
