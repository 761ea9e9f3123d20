"""Texts as words, and words as hashed n-grams of their letters: what the language table is asked.

All texts of an article are read in one pass of a few numpy operations. Each script has rows of its
own, because languages in one never have n-grams of another.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from steppewire_enricher.scripts import APOSTROPHES

Ints = npt.NDArray[np.int64]
Hashes = npt.NDArray[np.uint32]
Flags = npt.NDArray[np.bool_]

SCRIPTS = ("Latn", "Cyrl", "Arab")
BITS = (19, 20, 17)
"""Each script has two to the power of this many rows in the fine table."""
ROWS = sum(1 << bits for bits in BITS)
NOTHING = ROWS
"""The row of what is no n-gram: its cells are zero."""
ORDERS = 5
"""The fine table has n-grams of 1 to so many letters, and whole words."""
COARSE_BITS = 15
"""The coarse table has two to the power of this many rows."""
COARSE_ORDERS = 4
"""N-grams of the coarse table have 1 to so many letters."""
LEAST_WHOLE_WORD = 4
"""Letters: a shorter word is one of its own n-grams already."""
AT_ONCE = 60_000
"""Characters that are read in one pass; bounds the memory that a long text takes."""
NAMES_WEIGH = 0.2
"""Weight of capitalised words: names travel between languages ("Tokayev meets Mirziyoyev")."""

_SPACE = 32
_CYRILLIC, _ARABIC = 0x400, 0x600
_LAST = 0xFFFF
_TABLE_END = 0x3000
_LETTER = np.uint32(0xFFFF)
_CAPITAL, _FOREIGN, _COMPOSES, _INSIDE = (1 << bit for bit in (16, 17, 18, 22))
_SCRIPT = 19
"""What a code point is, above its small letter: the highest bit says that it is in a word, those
before which of `SCRIPTS` it is in."""
_PRIME = np.uint32(0x01000193)
_GOLDEN = np.uint32(0x9E3779B1)
_MIX = np.uint32(0x2C1B3C6D)
_SALTS = (np.arange(1, ORDERS + 1) * 0x85EBCA6B).astype(np.uint32)[:, None]
_WORD_SALT = np.uint32(0xC2B2AE35)
_ORDERS = np.arange(1, ORDERS + 1, dtype=np.int32)[:, None]
_SHIFTS = np.array([32 - bits for bits in BITS], dtype=np.uint32)
BASES = np.array([0, 1 << BITS[0], (1 << BITS[0]) + (1 << BITS[1])], dtype=np.uint32)
"""The first row of each script."""
_OUR_SCRIPTS = ("LATIN", "CYRILLIC", "ARABIC", "COMBINING", "MODIFIER")


def _letters() -> Hashes:
    """Return for each code point of 16 bits: its small letter or a space, and what it is."""
    of = np.full(_LAST + 1, _SPACE | _FOREIGN, dtype=np.uint32)  # ideographs, most of them
    of[:_TABLE_END] = [_info(chr(code)) for code in range(_TABLE_END)]
    of[_LAST] = _SPACE  # emoji and what else is beyond
    for apostrophe in APOSTROPHES:
        of[ord(apostrophe)] = ord("'") | _INSIDE
    return of


def _info(letter: str) -> int:
    category = unicodedata.category(letter)
    if category[0] not in "LM":
        return _SPACE
    composes = _COMPOSES if category[0] == "M" else 0
    if category in {"Mc", "Me"}:
        return _SPACE | composes
    if unicodedata.name(letter, "").split(" ")[0] not in _OUR_SCRIPTS:
        return _SPACE | _FOREIGN | composes
    small = letter.lower()
    capital = _CAPITAL if letter != small else 0
    script = 1 << _SCRIPT + _script_of(ord(small[0])) if category[0] == "L" else 0
    return ord(small[0]) | _INSIDE | script | capital | composes


def _script_of(letter: int) -> int:
    return int(letter >= _CYRILLIC) + int(letter >= _ARABIC)


_INFO = _letters()
_POWERS = np.cumprod(
    np.concatenate(([1], np.full(AT_ONCE * 2, _PRIME))).astype(np.uint32), dtype=np.uint32
)
_INVERSES = np.cumprod(
    np.concatenate(([1], np.full(AT_ONCE * 2, pow(int(_PRIME), -1, 1 << 32)))).astype(np.uint32),
    dtype=np.uint32,
)


@dataclass(frozen=True)
class Words:
    """The words of some texts as one array of letters, a space before each and one at the end."""

    letters: Hashes
    starts: Ints
    """Where the space before each word is."""
    lengths: Ints
    """How many letters each word has."""
    text: Ints
    """Which text each word is in."""
    capital: Flags
    loud: Flags
    """Is it all capitals?"""
    foreign: Ints
    """For each text, how many letters of other scripts it has."""
    script: Ints
    """For each text, which of `SCRIPTS` most of its words are in."""
    only_script: int | None
    """The script of all texts, if they are in one."""


_ONLY = {0: 0} | {1 << script: script for script in range(len(SCRIPTS))}


def _points(texts: Sequence[str]) -> tuple[Hashes, Ints]:
    """Return what the code points of the texts are, one break before all and one behind each.

    And where these breaks are.
    """
    joined = "\n".join(("", *texts, ""))
    raw = np.frombuffer(joined.encode("utf-32-le", "replace"), dtype=np.uint32)
    return _INFO.take(np.minimum(raw, _LAST)), np.array([len(t) + 1 for t in texts]).cumsum()


def words_of(texts: Sequence[str]) -> Words:
    """Cut texts into words: runs of small letters and apostrophes."""
    info, ends = _points(texts)
    seen = np.bitwise_or.reduce(info)
    if seen & _COMPOSES:
        info, ends = _points([unicodedata.normalize("NFC", text) for text in texts])
    inside = info >= _INSIDE
    kept = inside.copy()
    kept[:-1] |= inside[1:]  # the space before a word
    kept[-1] = True
    at = kept.nonzero()[0]
    line = info.take(at)
    spaces = (line < _INSIDE).nonzero()[0]
    starts = spaces[:-1]
    capitals = (line & _CAPITAL).astype(bool)
    lengths = spaces[1:] - starts - 1
    per_word = np.add.reduceat(capitals, starts, dtype=np.int64) if len(starts) else starts
    letters = _spaced(line & _LETTER, spaces)
    text = ends.searchsorted(at.take(starts) + 1)
    capital = capitals.take(starts + 1)
    only = _ONLY.get(int(seen) >> _SCRIPT & 7)
    if only is None:
        # a name in Latin letters may have a Cyrillic ending, and a Cyrillic word a Latin one
        either = np.maximum(letters.take(starts + 1), letters.take(starts + lengths))
        script = _scripts(either, lengths, text, capital, len(texts))
        only = int(script[0]) if script.min() == script.max() else None
    else:
        script = np.full(len(texts), only)
    return Words(
        letters=letters,
        starts=starts,
        lengths=lengths,
        text=text,
        capital=capital,
        loud=per_word == lengths,
        foreign=_foreign(info, ends) if seen & _FOREIGN else np.zeros(len(texts), dtype=np.int64),
        script=script,
        only_script=only,
    )


def _scripts(letter: Hashes, lengths: Ints, text: Ints, capital: Flags, texts: int) -> Ints:
    """Return which script most letters of each text are in, by one of each word.

    Names count little: "Show һәм The Colbert Report" is Cyrillic.
    """
    kinds = len(SCRIPTS)
    where = text * kinds + (letter >= _CYRILLIC) + (letter >= _ARABIC)
    weights = lengths * np.where(capital, NAMES_WEIGH, 1)
    counts = np.bincount(where, weights, minlength=texts * kinds)
    return np.asarray(counts.reshape(texts, kinds).argmax(axis=1))


def _spaced(line: Hashes, spaces: Ints) -> Hashes:
    line[spaces] = _SPACE
    return line


def _foreign(info: Hashes, ends: Ints) -> Ints:
    where = (info & _FOREIGN).nonzero()[0]
    return np.bincount(ends.searchsorted(where), minlength=len(ends))


def grams(words: Words) -> Hashes:
    """Return the rows of the n-grams that start at each letter: one for each order.

    An n-gram may start or end with the space beside its word, and never crosses one. Where a
    space stands, the first order has the row of the whole word behind it.
    """
    hashes, none = _hashed(words)
    script: int | Ints | None = words.only_script
    if script is None:
        script = np.zeros(len(words.letters), dtype=np.int64)
        script[:-1] = words.script.take(words.text).repeat(words.lengths + 1)
    hashes >>= _SHIFTS[script]
    hashes += BASES[script]
    np.putmask(hashes, none, NOTHING)
    return hashes


COARSE_NOTHING = 1 << COARSE_BITS


def coarse_grams(words: Words) -> Hashes:
    """Return the buckets of the coarse table: fewer of them, and whole words have none."""
    hashes, none = _hashed(words)
    buckets, none = hashes[:COARSE_ORDERS], none[:COARSE_ORDERS]
    buckets >>= np.uint32(32 - COARSE_BITS)
    none[0, words.starts] = True
    np.putmask(buckets, none, COARSE_NOTHING)
    return buckets


def _hashed(words: Words) -> tuple[Hashes, Flags]:
    """Return the hashes of what may start at each letter, and which of them are no n-gram."""
    line, starts, lengths = words.letters, words.starts, words.lengths
    n = len(line)
    rolled = np.empty((ORDERS, n), dtype=np.uint32)
    rolled[0] = line
    for order in range(1, ORDERS):
        np.multiply(rolled[order - 1], _PRIME, out=rolled[order])
        rolled[order, : max(0, n - order)] += line[order:]
    rolled *= _GOLDEN
    rolled += _SALTS
    rolled[0, starts] = _whole_words(words) * _GOLDEN + _WORD_SALT
    rolled ^= rolled >> np.uint32(15)
    rolled *= _MIX
    left = np.zeros(n, dtype=np.int32)  # the space behind the last word starts none
    np.subtract(np.repeat(starts + lengths + 2, lengths + 1), np.arange(n - 1), out=left[:-1])
    none = left < _ORDERS
    none[0, starts] = lengths < LEAST_WHOLE_WORD
    return rolled, none


def _whole_words(words: Words) -> Hashes:
    line, first = words.letters, words.starts + 1
    sums = np.zeros(len(line) + 1, dtype=np.uint32)
    np.cumsum(line * _POWERS[: len(line)], out=sums[1:], dtype=np.uint32)
    of_word = sums.take(first + words.lengths) - sums.take(first)
    return np.asarray(of_word * _INVERSES.take(first))
