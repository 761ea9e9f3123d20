"""The keys of how words begin and end, for all new words of an article at once.

The checksum of some bytes is that of as many zeros from the same start, with what each letter adds
exclusive-ored in: that depends on the letter and on how many bytes follow it, and is in a table
(a CRC is linear: Peterson and Brown 1961).
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

Keys = npt.NDArray[np.uint32]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

LONGEST = 6
"""Letters of the longest beginning and end that count."""
LETTERS = 0x800
"""Letters that UTF-8 writes in one byte or two: Latin, Cyrillic, Arabic and more."""
_BYTES = 2 * LONGEST


def affix_keys(words: Sequence[str]) -> tuple[Keys, Flags]:
    """Return the CRC-32 of `p1:` to `p6:` and `s1:` to `s6:` with the beginnings and ends of words.

    A row for each word, with 0 where a word is too short: nothing is counted as its own affix.
    Beside it whether the table has all letters of a word; without that its row is of zeros.
    """
    lengths = np.array([*map(len, words)], dtype=np.int64)
    written = "".join([*words, "\0"])  # never nothing
    text = np.frombuffer(written.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    ends = lengths.cumsum()
    places = np.arange(LONGEST)
    begin = np.minimum((ends - lengths)[:, None] + places, len(text) - 1)
    end = np.maximum(ends[:, None] - 1 - places, 0)
    known = _fits(text, ends)
    letters = np.minimum(text, LETTERS - 1).astype(np.int64)
    keys = np.hstack([_beginnings(letters[begin]), _ends(letters[end])])
    shorter = (places + 1 < lengths[:, None]) & known[:, None]
    keys[~np.hstack([shorter, shorter])] = 0
    return keys, known


def _fits(text: Keys, ends: Ints) -> Flags:
    """Say of each word whether the table has all its letters."""
    others = np.zeros(len(text) + 1, dtype=np.int64)
    np.cumsum(text >= LETTERS, out=others[1:])
    return np.asarray(np.diff(others[ends], prepend=0) == 0)


# beginnings of 1 to 6 letters, one behind the other: which letter, and of how many in all
_WHICH = np.array([i for n in range(1, LONGEST + 1) for i in range(n)])
_OF = np.array([n for n in range(1, LONGEST + 1) for _ in range(n)])
_FIRSTS = np.flatnonzero(_WHICH == 0)


def _beginnings(letters: Ints) -> Keys:
    added, begins = _tables()
    read = _bytes_before(letters)
    of_letters = added[letters[:, _WHICH], read[:, _OF] - read[:, _WHICH + 1]]
    keys = np.bitwise_xor.reduceat(of_letters, _FIRSTS, axis=1)
    return np.asarray(keys ^ begins[0, np.arange(LONGEST), read[:, 1:]])


def _ends(letters: Ints) -> Keys:
    """Return the keys of ends; their letters are given from the last one on."""
    added, begins = _tables()
    behind = _bytes_before(letters)
    keys = np.bitwise_xor.accumulate(added[letters, behind[:, :-1]], axis=1)
    return np.asarray(keys ^ begins[1, np.arange(LONGEST), behind[:, 1:]])


def _bytes_before(letters: Ints) -> Ints:
    """Return how many bytes stand before each letter of a row, and in all."""
    out = np.zeros((len(letters), LONGEST + 1), dtype=np.int64)
    np.cumsum(1 + (letters >= 0x80), axis=1, out=out[:, 1:])
    return out


@lru_cache(maxsize=1)
def _tables() -> tuple[Keys, Keys]:
    """Return what letters add, by how many bytes follow; and keys of zeros, by sort and length."""
    added = np.zeros((LETTERS, _BYTES), dtype=np.uint32)
    coded = [chr(letter).encode() for letter in range(LETTERS)]
    added[:, 0] = [zlib.crc32(each) ^ zlib.crc32(bytes(len(each))) for each in coded]
    one_more = np.array([zlib.crc32(bytes([n])) ^ zlib.crc32(b"\0") for n in range(256)], np.uint32)
    for after in range(1, _BYTES):
        before = added[:, after - 1]
        added[:, after] = (before >> np.uint32(8)) ^ one_more[before & np.uint32(0xFF)]
    begins = [
        [
            [
                zlib.crc32(bytes(size), zlib.crc32(f"{sort}{n}:".encode()))
                for size in range(_BYTES + 1)
            ]
            for n in range(1, LONGEST + 1)
        ]
        for sort in "ps"
    ]
    return added, np.array(begins, dtype=np.uint32)
