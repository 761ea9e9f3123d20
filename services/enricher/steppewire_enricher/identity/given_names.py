"""Given names of other lands, whose spellings the ear does not join: John and Джон.

Between English, French or Spanish and our languages a name is written as it is said, not as it is
spelled; costs of sounds that are learned from some hundreds of such pairs cannot know Sean and Шон.
`lists/given_names.toml` holds the common ones.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from steppewire_enricher.folding import fold
from steppewire_enricher.lists import read_list

Lines = dict[str, tuple[tuple[str, ...], ...]]


def spellings(word: str) -> tuple[str, ...]:
    """Return how else a given name is written in Cyrillic: `John` -> `джон`; () if unlisted."""
    lines = _listed("spelled").get(plain(word), ())
    return tuple(w for line in lines for w in line if not w.isascii())


def said_as(word: str) -> str:
    """Return the spelling by which a name has its key: `John`, `Джон` -> `джон`; else the word."""
    return next(iter(spellings(word)), word)


def counterparts(one: str, other: str) -> bool:
    """Return whether two are what different peoples call one: `Joseph`, `Иосиф`."""
    lines = _listed("counterparts")
    return not set(lines.get(plain(one), ())).isdisjoint(lines.get(plain(other), ()))


def also_called(word: str) -> frozenset[str]:
    """Return all words of the lines that a name stands in, itself with them."""
    word = plain(word)
    lines = (*_listed("spelled").get(word, ()), *_listed("counterparts").get(word, ()))
    return frozenset(w for line in lines for w in line)


def plain(word: str) -> str:
    """Return a word as the list has it: small letters, in Latin without marks and apostrophes."""
    folded = fold(word).replace("'", "")
    if folded.isascii() or "а" <= folded[:1] <= "ӿ":
        return folded
    apart = unicodedata.normalize("NFD", folded)
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


@lru_cache(maxsize=2)
def _listed(part: str) -> Lines:
    """Return word -> the lines that it stands in."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for line in read_list("given_names")[part].split("\n"):
        words = tuple(plain(word) for word in line.split())
        for word in words:
            found.setdefault(word, []).append(words)
    return {word: tuple(lines) for word, lines in found.items()}
