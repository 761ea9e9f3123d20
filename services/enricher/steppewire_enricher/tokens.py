"""Words and sentences of a text, with their offsets in code points."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from steppewire_enricher.lists import words_of

MAX_TOKEN = 60
"""Longer "words" are addresses, keys or damage: they are cut, so that no feature grows long."""
MAX_SENTENCE = 120
"""Longer sentences (tables, lists without stops) are cut into pieces of this many tokens."""

_APOSTROPHE = "'’ʻʼ‘`´"
_TOKEN = re.compile(
    rf"""
      [A-Za-z][A-Za-z0-9-]*(?:\.(?:[a-z]{{2,6}}|[A-Z]{{2,4}}))+(?!\w)  # zakon.kz, NUR.KZ
    | (?<![^\W\d_])(?:[SC]h|[^\W\d_a-zа-яёәғқңөұүһіўҳ])\.(?!\.)  # initials: А. Sh.
    | \d+(?:[.,:]\d+)*(?:-[^\W\d_]+)?                             # 4,1  2018  16:30  55-ші
    | [^\W\d_](?:[^\W_]|[\u0300-\u036f\u064b-\u0652\u0670]|[{_APOSTROPHE}](?=[^\W\d_])
        |-(?=[^\W_]))*                                            # words with inner ' and -
    | \S
    """,
    re.VERBOSE,
)
_STOP = frozenset(".!?…")
_ABBREVIATED = words_of("abbreviations")
_CLOSERS = frozenset('»”"’)]')


@dataclass(frozen=True, slots=True)
class Token:
    """A word, number or sign, and where it stands."""

    text: str
    start: int
    end: int


def tokenise(text: str, offset: int = 0) -> Iterator[Token]:
    """Return the tokens of `text`, counted from `offset`."""
    for match in _TOKEN.finditer(text):
        start, end = match.span()
        for cut in range(start, end, MAX_TOKEN):
            stop = min(cut + MAX_TOKEN, end)
            yield Token(text[cut:stop], offset + cut, offset + stop)


def sentences(tokens: list[Token]) -> list[list[Token]]:
    """Group tokens into sentences; abbreviations and initials end none."""
    out: list[list[Token]] = []
    begin = 0
    for index in range(len(tokens)):
        if _ends(tokens, index) or index - begin >= MAX_SENTENCE:
            out.append(tokens[begin : index + 1])
            begin = index + 1
    if begin < len(tokens):
        out.append(tokens[begin:])
    return out


def _ends(tokens: list[Token], index: int) -> bool:
    """Say whether the sentence ends after this token."""
    last = index
    while last > 0 and tokens[last].text in _CLOSERS:
        last -= 1
    if tokens[last].text not in _STOP:
        return False
    if index + 1 == len(tokens):
        return True
    following = tokens[index + 1]
    if following.text in _CLOSERS or following.start == tokens[index].end:
        return False
    before = tokens[last - 1].text.lower() if last else ""
    if tokens[last].text == "." and before in _ABBREVIATED:
        return False
    return not following.text[:1].islower()
