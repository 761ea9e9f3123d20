"""One key for the spellings of a word: how names are compared across alphabets."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate, chain

from steppewire_enricher.scripts import APOSTROPHES, one_apostrophe, uz_to_latin

_ROMAN = {
    "а": "a", "ә": "a", "б": "b", "в": "v", "г": "g", "ғ": "g", "д": "d", "е": "e", "ё": "yo",
    "ж": "j", "з": "z", "и": "i", "і": "i", "й": "y", "к": "k", "қ": "q", "л": "l", "м": "m",
    "н": "n", "ң": "ng", "о": "o", "ө": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u",
    "ұ": "u", "ү": "u", "ф": "f", "х": "x", "һ": "h", "ҳ": "h", "ц": "ts", "ч": "ch", "ш": "sh",
    "щ": "sh", "ъ": "", "ы": "i", "ь": "", "э": "e", "ю": "yu", "я": "ya", "ў": "o", "ї": "i",
    "є": "e", "ґ": "g", "ҷ": "j", "ӣ": "i", "ӯ": "u", "ҙ": "z", "ҫ": "s", "ҡ": "q", "җ": "j",
    "ı": "i", "ə": "a", "ñ": "ng", "ş": "sh", "ç": "ch", "ğ": "g", "ń": "ng",
}  # fmt: skip
_TO_ROMAN = str.maketrans({**_ROMAN, **dict.fromkeys(APOSTROPHES, "")})
_TO_NOTHING = str.maketrans("", "", "'")
_APOSTROPHE = re.compile(f"[{APOSTROPHES}]")


REMEMBERED = 5_000
"""Words that each of our small answers about words is kept for: some 200 bytes each, in dozens of
caches."""
FEW = 2_000
"""Words that answers are kept for which are asked for again in the same article, and seldom in the
next."""


@lru_cache(maxsize=REMEMBERED)
def fold(word: str) -> str:
    """Return a word without case and with one kind of apostrophe; ё counts as е."""
    # to look for an apostrophe is several times as fast as to write each letter anew
    plain = one_apostrophe(word) if _APOSTROPHE.search(word) else word
    return plain.casefold().replace("ё", "е")


def fold_all(words: Sequence[str]) -> list[str]:
    """Return `fold` of some words: of all at once, for it is about letters and not about words."""
    written = _BETWEEN.join(words)
    plain = one_apostrophe(written) if _APOSTROPHE.search(written) else written
    folded = plain.casefold().replace("ё", "е").split(_BETWEEN)
    return folded if len(folded) == len(words) else [*map(fold, words)]


def folded_each(sentences: Sequence[Sequence[str]]) -> list[list[str]]:
    """Return the words of some sentences folded: all at once."""
    folded = fold_all([*chain.from_iterable(sentences)])
    ends = [*accumulate(map(len, sentences))]
    return [folded[end - len(words) : end] for words, end in zip(sentences, ends, strict=True)]


def small_all(words: Sequence[str]) -> list[str]:
    """Return some words in small letters (`str.casefold`): all at once."""
    small = _BETWEEN.join(words).casefold().split(_BETWEEN)
    return small if len(small) == len(words) else [*map(str.casefold, words)]


_BETWEEN = "\n"
"""Stands between words that are written anew together; no word of a text has it."""


@lru_cache(maxsize=REMEMBERED)
def fold_uz(word: str) -> str:
    """Return one key for both Uzbek alphabets: Latin, lower case, without apostrophes.

    The apostrophes go because half of what is typed has none.
    """
    if word.isalpha() and word.isascii():  # nearly every word of Latin text
        return word.casefold()
    return one_apostrophe(uz_to_latin(word)).casefold().translate(_TO_NOTHING)


def roman(word: str) -> str:
    """Return Latin letters for a word in any of our Cyrillic or Latin alphabets.

    Kazakh, Uzbek and Russian spellings of a name come near each other: Тоқаев -> toqaev.
    """
    return _without_marks(word.casefold().translate(_TO_ROMAN))


def roman_all(words: Sequence[str]) -> list[str]:
    """Return `roman` of some words: of all at once."""
    written = _BETWEEN.join(words).casefold().translate(_TO_ROMAN).split(_BETWEEN)
    return [*map(_without_marks, written if len(written) == len(words) else map(roman, words))]


def _without_marks(letters: str) -> str:
    if letters.isascii():
        return letters
    plain = unicodedata.normalize("NFD", letters)
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


_SOUNDS = (
    (re.compile(r"dj|dzh|zh"), "j"),
    (re.compile(r"kh"), "x"),
    (re.compile(r"ck|q"), "k"),
    (re.compile(r"(?<=[aeiou])y(?=[aeiou])|(?<=[aeiou])y\b|iy\b"), "i"),
    (re.compile(r"yo|io"), "e"),
    (re.compile(r"ye|ie|ia(?=\b)"), "e"),
    (re.compile(r"w"), "v"),
    (re.compile(r"h"), "x"),
    (re.compile(r"[iy]"), "i"),
    (re.compile(r"(.)\1+"), r"\1"),
)


@lru_cache(maxsize=REMEMBERED)
def sound(name: str) -> str:
    """Return a rough key of how a name sounds: Тоқаев, Токаев, Tokayev share one."""
    key = roman(name)
    for pattern, plain in _SOUNDS:
        key = pattern.sub(plain, key)
    return key
