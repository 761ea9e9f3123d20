"""Words and sentences of a text, with their offsets in code points."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from steppewire.language.sentences import sentences as spans_of_sentences

MAX_TOKEN = 60
"""Longer "words" are addresses, keys or damage: they are cut, so that no feature grows long."""
MAX_SENTENCE = 120
"""Longer sentences (tables, lists without stops) are cut into pieces of this many tokens."""

_APOSTROPHE = "'’ʻʼ‘`´"
# runs of letters and figures are taken at once and never given back: that is the speed
_REST = rf"""[^\W_]*+(?:(?:[\u0300-\u036f\u064b-\u0652\u0670]|[{_APOSTROPHE}](?=[^\W\d_])
    |-(?=[^\W_]))[^\W_]*+)*"""
_TOKEN = re.compile(
    rf"""
      [а-яёәғқңөұүһіўҳ]{_REST}                                    # nearly every word of Cyrillic
    | [A-Za-z][A-Za-z0-9-]*(?:\.(?:[a-z]{{2,6}}|[A-Z]{{2,4}}))+(?!\w)  # zakon.kz, NUR.KZ
    | (?<![^\W\d_])(?:[SC]h|[^\W\d_a-zа-яёәғқңөұүһіўҳ])\.(?!\.)  # initials: А. Sh.
    | \d+(?:[.,:]\d+)*(?:-[^\W\d_]+)?                             # 4,1  2018  16:30  55-ші
    | [^\W\d_]{_REST}                                            # words with inner ' and -
    | \S
    """,
    re.VERBOSE,
)


class Token(NamedTuple):
    """A word, number or sign, and where it stands."""

    text: str
    start: int
    end: int


_token = tuple.__new__
"""Makes a named tuple in half the time: there is one for every word of every article."""


def tokenise(text: str, offset: int = 0) -> Iterator[Token]:
    """Return the tokens of `text`, counted from `offset`."""
    for match in _TOKEN.finditer(text):
        start, end = match.span()
        if end - start <= MAX_TOKEN:
            yield _token(Token, (match[0], offset + start, offset + end))
            continue
        for cut in range(start, end, MAX_TOKEN):
            stop = min(cut + MAX_TOKEN, end)
            yield Token(text[cut:stop], offset + cut, offset + stop)


def sentences(tokens: list[Token]) -> list[list[Token]]:
    """Group tokens into sentences as the shared splitter finds them; endless ones are cut."""
    offset = tokens[0].start if tokens else 0
    ends = {offset + end for _, end in spans_of_sentences(_written(tokens))}
    out: list[list[Token]] = []
    begin = 0
    for index, token in enumerate(tokens):
        if token.end in ends or index - begin >= MAX_SENTENCE:
            out.append(tokens[begin : index + 1])
            begin = index + 1
    return [*out, tokens[begin:]] if begin < len(tokens) else out


def _written(tokens: list[Token]) -> str:
    """Return the text of tokens; nothing but space is between them."""
    pieces: list[str] = []
    at = tokens[0].start if tokens else 0
    for token in tokens:
        pieces += (" " * (token.start - at), token.text)
        at = token.end
    return "".join(pieces)
