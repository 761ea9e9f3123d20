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

import numpy as np

from steppewire_enricher import affixes
from steppewire_enricher.folding import REMEMBERED, fold, fold_all, roman, roman_all
from steppewire_enricher.gazetteer import Match, cue_of, cues_of
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
    return _case(roman(word))


def _case(latin: str) -> str:
    case = _case_by_end(latin[-_LONGEST_END:])
    plural = case in ("", "pos") and _PLURAL.search(latin)
    return "plu" if plural else case


@lru_cache(maxsize=REMEMBERED)
def _case_by_end(end: str) -> str:
    return next((name for name, pattern in _CASES if pattern.search(end)), "")


_KIND = re.compile(r"(?P<RU>[а-яё])|(?P<EN>[a-z])|(?P<NUM>[+-]?\d)", re.IGNORECASE)


def outline(word: str) -> str:
    """Return the class of a word's letters, as the Russian network was first trained on it."""
    if "а" <= word[:1] <= "я" and word[1:].islower():
        return "RU_xx"  # nearly every word
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


_LONGEST = 40
"""Letters of a word that count."""


def word_features(word: str, language: str, view: View) -> tuple[str, ...]:
    """Return the features of a word of a text in `language`, compared in `view`."""
    letters = fold(word)[:_LONGEST]
    plain = (f"w:{letters}", *_form(shape(word), _length(word)))
    told = _told(
        cue_of(word, language),
        None if view == "en" else case_of(word),
        outline(word) if view == "ru" else None,
    )
    stems = kk_stems(word)[:2] if view == "kk" else ()
    return (*plain, *_affixes(letters), *told, *(f"st:{fold(stem)}" for stem in stems))


def _affixes(letters: str) -> Iterator[str]:
    """Yield how a word ends and begins."""
    for n in range(1, min(affixes.LONGEST + 1, len(letters))):
        yield f"s{n}:{letters[-n:]}"
        yield f"p{n}:{letters[:n]}"


def _form(shape: str, length: int) -> tuple[str, str]:
    return f"sh:{shape}", f"len:{length}"


def _length(word: str) -> int:
    return min(len(word), 8)


def _told(cue: str, case: str | None, outline: str | None) -> tuple[str, ...]:
    """Return what lists and endings know of a word, as far as a view asks for it."""
    cues = (f"cue:{cue}",) if cue else ()
    cases = () if case is None else (f"c:{case}",)
    return (*cues, *cases, *(() if outline is None else (f"o:{outline}",)))


_WHOLE, _STEM = zlib.crc32(b"w:"), zlib.crc32(b"st:")


def word_keys(
    words: Sequence[str], language: str, view: View
) -> tuple[affixes.Keys, list[list[int]]]:
    """Return the keys (CRC-32) of the `word_features` of words, without writing most of those.

    Those of beginnings and ends, 0 where a word is too short for them; and those of all else.
    """
    whole = fold_all(words)
    folded = [each[:_LONGEST] for each in whole]
    keys, known = affixes.affix_keys(folded)
    cases = [None] * len(words) if view == "en" else map(_case, roman_all(words))
    outlines = map(outline, words) if view == "ru" else [None] * len(words)
    told = map(_told_keys, cues_of(words, whole, language), cases, outlines)
    forms = map(_form_keys, map(shape, words), map(_length, words))
    wholes = [zlib.crc32(each.encode("utf-8", "replace"), _WHOLE) for each in folded]
    others = [[whole, *form, *more] for whole, form, more in zip(wholes, forms, told, strict=True)]
    if view == "kk":
        for at, (word, letters) in enumerate(zip(words, folded, strict=True)):
            others[at] += _stem_keys(word, letters)
    for at in np.flatnonzero(~known).tolist():
        others[at] += map(crc, _affixes(folded[at]))
    return keys, others


def _stem_keys(word: str, letters: str) -> Iterator[int]:
    for stem in kk_stems(word)[:2]:
        # a stem is how its word begins, and so is what it is folded to
        if len(stem) <= len(letters) and len(letters) == len(word):
            yield zlib.crc32(letters[: len(stem)].encode("utf-8", "replace"), _STEM)
        else:
            yield crc(f"st:{fold(stem)}")


@lru_cache(maxsize=1_000)
def _form_keys(shape: str, length: int) -> tuple[int, ...]:
    return tuple(map(crc, _form(shape, length)))


@lru_cache(maxsize=1_000)
def _told_keys(cue: str, case: str | None, outline: str | None) -> tuple[int, ...]:
    return tuple(map(crc, _told(cue, case, outline)))


def crc(feature: str) -> int:
    """Return the key under which a feature is stored."""
    return zlib.crc32(feature.encode("utf-8", "replace"))


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
