"""Where in a text a pattern may match at all: at its digits, or at words that begin alike.

To ask a pattern only there finds what `finditer` finds, several times as fast.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

_DIGIT = re.compile(r"\d")
_WORD = re.compile(r"(?<!\w)[^\W\d_]")
_BEFORE_NUMBER = re.compile(r"(?<!\w)[^\W\d_]{3,24}[.,]?\s(?=\d)")
HEAD = 2
"""Letters of a word by which it is looked up."""

Places = Sequence[int]


def digits(text: str) -> list[int]:
    """Return where digits stand."""
    return [match.start() for match in _DIGIT.finditer(text)]


def words_before_numbers(text: str) -> list[int]:
    """Return where words begin that a number follows: `March 3`, `December, 2024`."""
    return [match.start() for match in _BEFORE_NUMBER.finditer(text)]


def word_heads(text: str) -> list[tuple[str, int]]:
    """Return how each word begins, in lower case, and where."""
    lower = text.lower()
    if len(lower) != len(text):  # a letter that has no small one of its own
        lower = "".join(letter.lower()[:1] for letter in text)
    return [(lower[at : at + HEAD], at) for at in (m.start() for m in _WORD.finditer(text))]


def heads_of(words: Iterable[str]) -> frozenset[str]:
    """Return how words begin."""
    return frozenset(word[:HEAD].lower() for word in words)


def matches_at(pattern: re.Pattern[str], text: str, places: Places) -> Iterator[re.Match[str]]:
    """Return the matches that begin at one of these places, none overlapping, in order."""
    behind = 0
    for place in places:
        match = pattern.match(text, place) if place >= behind else None
        if match is not None:
            behind = match.end()
            yield match
