"""What the name tagger sees of a word, as strings.

Nearly all of it depends on the word alone, so that the tagger keeps what a word adds up to and
pays for each word once. `View` says which language's knowledge is asked.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Literal

from steppewire_enricher.folding import FEW, REMEMBERED, fold, roman
from steppewire_enricher.gazetteer import Match, cue_of
from steppewire_enricher.turkic import kk_stems

View = Literal["kk", "ru", "en"]

_RUNS = re.compile(r"(.)\1+")
_CASES = tuple(
    (name, re.compile(pattern))
    for name, pattern in (
        ("rel", r"[dt][ae]g[i]$"), ("gen", r"[ndt]ing$"), ("abl", r"[dtn][ae]n$"),
        ("loc", r"[dt][ae]$"), ("dat", r"(g|k|q|n)[ae]$"), ("acc", r"[ndt]i$"),
        ("ins", r"[mbp]en$"), ("adj", r"l[iu](k|q)?$"), ("pos", r"(si|i|u)$"),
    )
)  # fmt: skip
_LONGEST_END = 4
_PLURAL = re.compile(r"lar|ler|dar|der|tar|ter")
"""Inside a word; a case ending behind it says more, a possessive less."""
OPENING, CLOSING = "«“„", "»”"
_OPENS, _CLOSES = frozenset(OPENING), frozenset(CLOSING)


@lru_cache(maxsize=FEW)
def shape(word: str) -> str:
    """Return capitals as X, small letters as x, digits as d, each run once: `Xx-Xx`."""
    if word.isalpha() and (word[1:].islower() or len(word) == 1):
        # nearly every word: Xx, xx
        first = "X" if word[0].isupper() else "x"
        return f"{first}1" if len(word) == 1 else "Xx" if first == "X" else "x"
    kinds = "".join(
        "X" if c.isupper() else "x" if c.isalpha() else "d" if c.isdigit() else c for c in word[:24]
    )
    return _RUNS.sub(r"\1", kinds)[:8] + ("1" if len(word) == 1 else "")


def case_of(word: str) -> str:
    """Return the Turkic case that a word's ending looks like."""
    latin = roman(word)
    case = _case_by_end(latin[-_LONGEST_END:])
    plural = case in ("", "pos") and _PLURAL.search(latin)
    return "plu" if plural else case


@lru_cache(maxsize=REMEMBERED)
def _case_by_end(end: str) -> str:
    return next((name for name, pattern in _CASES if pattern.search(end)), "")


_KIND = re.compile(r"(?P<RU>[а-яё])|(?P<EN>[a-z])|(?P<NUM>[+-]?\d)", re.IGNORECASE)


def outline(word: str) -> str:
    """Return the class of a word's letters, as the Russian network was first trained on it."""
    kind = _KIND.match(word)
    if kind is None:
        return f"PUNCT_{word}" if len(word) == 1 and not word.isalnum() else "PUNCT_OTHER"
    if kind.lastgroup == "NUM":
        return "NUM"
    return f"{kind.lastgroup}_{_capitals(word)}"


def _capitals(word: str) -> str:
    if word.isupper():
        return "X" if len(word) == 1 else "XX"
    if word.islower():
        return "x" if len(word) == 1 else "xx"
    if _is_title(word):
        return "Xx"
    left, dash, right = word.partition("-")
    return "Xx-Xx" if dash and _is_title(left) and _is_title(right) else "OTHER"


def _is_title(word: str) -> bool:
    return len(word) > 1 and word[0].isupper() and word[1:].islower()


_AFFIX = 6
"""Letters of the longest beginning and end that count."""


def word_features(word: str, language: str, view: View) -> tuple[str, ...]:
    """Return the features of a word of a text in `language`, compared in `view`."""
    letters = fold(word)[:40]
    lengths = range(1, min(_AFFIX + 1, len(letters)))
    ends = [f"s{n}:{letters[-n:]}" for n in lengths]
    begins = [f"p{n}:{letters[:n]}" for n in lengths]
    plain = (f"w:{letters}", f"sh:{shape(word)}", f"len:{min(len(word), 8)}")
    return (*plain, *ends, *begins, *_meaning(word, language, view))


def _meaning(word: str, language: str, view: View) -> Iterator[str]:
    """Yield what lists, case endings and the dictionary know of a word."""
    yield from _told(word, language, view)
    if view == "kk":
        yield from (f"st:{fold(stem)}" for stem in kk_stems(word)[:2])


def _told(word: str, language: str, view: View) -> list[str]:
    """Return what is known of a word, of which there are few answers."""
    cue = cue_of(word, language)
    told = [f"cue:{cue}"] if cue else []
    if view != "en":
        told.append(f"c:{case_of(word)}")
    if view == "ru":
        told.append(f"o:{outline(word)}")
    return told


_WHOLE, _STEM = zlib.crc32(b"w:"), zlib.crc32(b"st:")
_SEEDS = {
    width: [
        (n * width, zlib.crc32(f"p{n}:".encode()), -n * width, zlib.crc32(f"s{n}:".encode()))
        for n in range(1, _AFFIX + 1)
    ]
    for width in (1, 2)
}
"""Bytes of a letter -> where beginnings end and their checksums start from; the same of ends."""
_TWO_BYTES = re.compile(r"[\u0080-\u07ff]+")
"""Cyrillic, as UTF-8 has it; ASCII takes one byte a letter."""


def word_keys(word: str, language: str, view: View) -> list[int]:
    """Return the keys (CRC-32) of `word_features`, without writing the features down."""
    crc32, folded = zlib.crc32, fold(word)
    letters = folded[:40]
    width = 1 if letters.isascii() else 2
    if len(folded) != len(word) or (width == 2 and not _TWO_BYTES.fullmatch(letters)):
        return [crc(feature) for feature in word_features(word, language, view)]
    coded = letters.encode()
    keys = [crc32(coded, _WHOLE), _key(f"sh:{shape(word)}"), _key(f"len:{min(len(word), 8)}")]
    for end, of_beginning, begin, of_end in _SEEDS[width][: len(letters) - 1]:
        keys += crc32(coded[:end], of_beginning), crc32(coded[begin:], of_end)
    if view == "kk":
        # a stem is how its word begins, and so is what it is folded to
        stems = kk_stems(word)[:2]
        keys += [
            crc32(coded[: len(stem) * width], _STEM)
            if len(stem) <= len(letters)
            else crc(f"st:{fold(stem)}")
            for stem in stems
        ]
    keys += map(_key, _told(word, language, view))
    return keys


def crc(feature: str) -> int:
    """Return the key under which a feature is stored."""
    return zlib.crc32(feature.encode("utf-8", "replace"))


_key = lru_cache(maxsize=2_000)(crc)
"""Keys of features of which there are few."""


def context_features(words: Sequence[str], known: Sequence[Match]) -> list[tuple[str, ...]]:
    """Return what depends on the sentence: listed names, quotation, loudness."""
    loud = ("loud",) if sum(map(str.isupper, words)) * 2 > len(words) else ()
    if not known and not loud and _OPENS.isdisjoint(words):
        return [()] * len(words)
    listed = ["" for _ in words]
    for match in known:
        for position in range(match.start, match.end):
            prefix = "B" if position == match.start else "I"
            listed[position] = f"{prefix}{match.entry.type}"
    out: list[tuple[str, ...]] = []
    quoted = False
    for word, name in zip(words, listed, strict=True):
        out.append((*(("q",) if quoted else ()), *((f"g:{name}",) if name else ()), *loud))
        quoted = (quoted or word in _OPENS) and word not in _CLOSES
    return out


def sentence_features(
    words: Sequence[str], known: Sequence[Match], language: str, view: View
) -> list[tuple[str, ...]]:
    """Return all features of every word, as a model is trained on them."""
    context = context_features(words, known)
    return [
        (*word_features(word, language, view), *more)
        for word, more in zip(words, context, strict=True)
    ]
