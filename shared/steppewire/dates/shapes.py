"""A text as a shape: one letter for each of its tokens, so that forms of dates are short patterns.

"2024-yil 29-mart, 10:15" is `y-Y d-M, d:d`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from steppewire.dates.words import Word, ending_of_number, meaning

# One, two digits are a day, a month, an hour; four a year; others are never part of a date.
DAY, YEAR, NUMBER, LONG_NUMBER, STRANGE = "d", "y", "n", "N", "#"
FIRST_YEAR, LAST_YEAR = 1000, 2999

_TOKEN = re.compile(
    r"(?P<number>\d+)"
    r"|(?P<half>[ap]\.\s?m\b\.?)"
    r"|(?P<suffix>(?:(?<=\d)|(?<=\d-))[^\W\d_]{1,3}(?!['`´‘’ʻʼ]?[^\W\d_]))"
    # in the Kazakh alphabet of 2017 a letter may end in an apostrophe: "jyldyn' 16 qarashasy"
    r"|(?P<word>[^\W\d_]+(?:['`´‘’ʻʼ][^\W\d_]+)*(?:(?<=[acginosuy])['’](?=[\s,.\-]|$))?)"
    r"|(?P<space>[\s\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff]+)"
    r"|.",
    re.IGNORECASE | re.DOTALL,
)
_PLAIN = {"–": "-", "—": "-", "‑": "-", "−": "-", "،": ",", "·": "|", "•": "|", "⁄": "/"}
_PLAIN |= dict.fromkeys("«»“”„", '"')
_KEPT = frozenset('.,:/-|+()[]"')
_APOSTROPHES = "'’"


class Token(NamedTuple):
    """A piece of the text and what it means."""

    start: int
    end: int
    text: str
    word: Word


@dataclass(frozen=True)
class Shape:
    """A text's tokens, and their signs as one string: position by position the same."""

    tokens: list[Token]
    signs: str

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return where these tokens stand in the text."""
        return self.tokens[start].start, self.tokens[end - 1].end


def shape_of(text: str) -> Shape:
    """Return the shape of a text, in one pass."""
    tokens = [_token(match) for match in _TOKEN.finditer(text)]
    return Shape(tokens, "".join(token.word.sign for token in tokens))


def _token(match: re.Match[str]) -> Token:
    text = match[0]
    # one at the end may also be a quotation mark: it is no part of a date's place
    end = match.start() + len(text.rstrip(_APOSTROPHES)) if len(text) > 1 else match.end()
    return Token(match.start(), end, text, _READERS[match.lastgroup or ""](text))


def _number(text: str) -> Word:
    if len(text) <= 2:
        return Word(DAY, int(text))
    if len(text) == 4 and FIRST_YEAR <= int(text) <= LAST_YEAR:
        return Word(YEAR, int(text))
    return Word(NUMBER if len(text) <= 4 else LONG_NUMBER)


def _half(text: str) -> Word:
    return meaning(text[0] + "m")


def _space(_: str) -> Word:
    return Word(" ")


def _mark(text: str) -> Word:
    plain = _PLAIN.get(text, text)
    return Word(plain if plain in _KEPT else STRANGE)


_READERS: dict[str, Callable[[str], Word]] = {
    "number": _number,
    "half": _half,
    "word": meaning,
    "suffix": ending_of_number,
    "space": _space,
    "": _mark,
}
