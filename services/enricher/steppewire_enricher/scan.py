"""Where in a text a pattern may match at all: at its digits, or at words that begin alike.

To ask a pattern only there finds what `finditer` finds, several times as fast.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

_NUMBER = re.compile(r"\d++")
_WORD = re.compile(r"\b[^\W\d_]++(?:['’ʻʼ‘`]++[^\W\d_]*+)*")
_BEFORE_NUMBER = re.compile(r"(?<!\w)[^\W\d_]{3,24}[.,]?\s(?=\d)")
HEAD = 2
"""Letters of a word by which it is looked up."""

Places = Sequence[int]


def digits(text: str) -> list[int]:
    """Return where numbers begin: no pattern of ours begins inside of one."""
    return [match.start() for match in _NUMBER.finditer(text)]


def words_before_numbers(text: str) -> list[int]:
    """Return where words begin that a number follows: `March 3`, `December, 2024`."""
    return [match.start() for match in _BEFORE_NUMBER.finditer(text)]


class Scan(NamedTuple):
    """A text, looked at once for all patterns."""

    text: str
    digits: list[int]
    marked: list[tuple[int, int]]
    """The marks of each word that has any, and where it begins."""

    def where(self, mark: int) -> list[int]:
        """Return where the words begin that have a mark."""
        return [at for marks, at in self.marked if marks & mark]


def scan(text: str, marks_of: Callable[[str], int]) -> Scan:
    """Look a text over; `marks_of`, which should remember words, says what may begin with one."""
    found: list[tuple[int, int]] = []
    for match in _WORD.finditer(text):
        marks = marks_of(match[0])
        if marks:
            found.append((marks, match.start()))
    return Scan(text, digits(text), found)


def heads_of(words: Iterable[str]) -> frozenset[str]:
    """Return how words begin."""
    return frozenset(head_of(word) for word in words)


def head_of(word: str) -> str:
    """Return the first letters of a word, in lower case."""
    return word[:HEAD].lower()


def matches_at(pattern: re.Pattern[str], text: str, places: Places) -> Iterator[re.Match[str]]:
    """Return the matches that begin at one of these places, none overlapping, in order."""
    behind = 0
    for place in places:
        match = pattern.match(text, place) if place >= behind else None
        if match is not None:
            behind = match.end()
            yield match
