"""Counts kinds of characters in many texts at once, alike for every script."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

KINDS = (
    "other", "lower", "upper", "digit", "space", "comma", "stop", "quote", "symbol", "wide",
    "colon",
)  # fmt: skip
"""Each character is of one kind. Wide are the letters of scripts that set no spaces."""

# Up to here scripts set spaces between words; Chinese, Japanese and Korean letters come after.
_CODES = 0x3000
_BY_CHAR = {
    "comma": ",;،、，؛",
    "stop": ".!?…।؟",
    "quote": "\"'«»“”„‘’`",
    "colon": ":",
}
_BY_CATEGORY = {"Lu": "upper", "Lt": "upper", "L": "lower", "M": "lower", "N": "digit"}
# Punctuation of the wide scripts; it stands in the same table as their first letters.
_WIDE = {"comma": "、", "stop": "。", "quote": "「」『』", "space": "\u3000"}
# Its full width forms stand far behind, and are read as if they were narrow.
_FULL_WIDTH = 0xFEE0
_ASCII_END = 0x7F


@dataclass(frozen=True)
class Chars:
    """The characters of some texts: how many of each kind, and what they begin and end with."""

    counts: dict[str, NDArray[np.float32]]
    begins: NDArray[np.int64]
    ends: NDArray[np.int64]
    """Numbers of kinds: places in KINDS."""
    size: NDArray[np.float32]


def chars_of(texts: Sequence[str]) -> Chars:
    """Return what the characters of texts, none of them empty, are."""
    lengths = np.fromiter(map(len, texts), np.int64, len(texts))
    raw = "".join(texts).encode("utf-32-le", "surrogatepass")
    codes = np.frombuffer(raw, "<u4")
    if codes.max() >= _CODES:
        # unsigned: what stands before the full width forms wraps around, and is not narrowed
        narrow = codes - np.uint32(_FULL_WIDTH)
        codes = np.minimum(np.where(narrow < _ASCII_END, narrow, codes), _CODES + 0xFF)
    rows = np.repeat(np.arange(len(texts)) * len(KINDS), lengths)
    kinds = _table()[codes]
    counts = np.bincount(rows + kinds, minlength=len(texts) * len(KINDS))
    columns = counts.reshape(len(texts), len(KINDS)).T.astype(np.float32)
    after = np.cumsum(lengths)
    return Chars(
        dict(zip(KINDS, columns, strict=True)),
        kinds[after - lengths],
        kinds[after - 1],
        lengths.astype(np.float32),
    )


@cache
def _table() -> NDArray[np.int64]:
    single = {char: kind for kind, chars in _BY_CHAR.items() for char in chars}
    table = [KINDS.index(single.get(chr(code)) or _kind(chr(code))) for code in range(_CODES)]
    wide = [KINDS.index("wide")] * 0x100
    for kind, chars in _WIDE.items():
        for char in chars:
            wide[ord(char) - _CODES] = KINDS.index(kind)
    return np.array(table + wide, np.int64)


def _kind(char: str) -> str:
    if char.isspace():
        return "space"
    category = unicodedata.category(char)
    if category[0] in "SP":
        return "symbol"
    return _BY_CATEGORY.get(category) or _BY_CATEGORY.get(category[0], "other")
