"""What the name tagger sees of a word and of its neighbours, as strings.

Most of it depends on the word alone, so that the tagger keeps a word's share of every score and
pays for each word once. `View` says in whose letters the words are compared.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from steppewire_enricher.folding import fold, fold_uz, roman
from steppewire_enricher.gazetteer import Match, cues
from steppewire_enricher.words import forms, parses

View = Literal["kk", "ru", "en", "turkic"]
"""`turkic` compares words in Latin letters: one model for Uzbek in both scripts and its kin."""

REACH = (-2, -1, 1, 2)
"""Neighbours that count."""

_RUNS = re.compile(r"(.)\1+")
_NAME_GRAMMEMES = ("Name", "Surn", "Patr", "Geox", "Orgn", "Abbr")
_CASES = tuple(
    (name, re.compile(pattern))
    for name, pattern in (
        ("rel", r"[dt][ae]g[i]$"), ("gen", r"[ndt]ing$"), ("abl", r"[dtn][ae]n$"),
        ("loc", r"[dt][ae]$"), ("dat", r"(g|k|q|n)[ae]$"), ("acc", r"[ndt]i$"),
        ("ins", r"[mbp]en$"), ("adj", r"l[iu](k|q)?$"), ("plu", r"(lar|ler|dar|der|tar|ter)"),
        ("pos", r"(si|i|u)$"),
    )
)  # fmt: skip
FORMER = {"PERSON": "person", "ORGANISATION": "organisation", "GPE": "place", "LOCATION": "place"}
"""How the models that are trained so far call the types of the list."""
_OPENING, _CLOSING = "«“„", "»”"


@dataclass(frozen=True)
class Seen:
    """A word's features: its own, and what it says about neighbours one and two words away."""

    own: tuple[str, ...]
    near: tuple[str, ...]
    far: tuple[str, ...]


@lru_cache(maxsize=20_000)
def shape(word: str) -> str:
    """Return capitals as X, small letters as x, digits as d, each run once: `Xx-Xx`."""
    kinds = "".join(
        "X" if c.isupper() else "x" if c.isalpha() else "d" if c.isdigit() else c for c in word[:24]
    )
    return _RUNS.sub(r"\1", kinds)[:8] + ("1" if len(word) == 1 else "")


def _letters(word: str, view: View) -> str:
    if view == "turkic":
        return roman(fold_uz(word))
    return fold(word)


def _case(word: str) -> str:
    latin = roman(word)
    return next((name for name, pattern in _CASES if pattern.search(latin)), "")


def _cue(word: str, language: str) -> str:
    known = cues(language)
    return next((known[key] for key in forms(word, language) if key in known), "")


def _grammar(word: str) -> tuple[str, ...]:
    """Return what a Russian dictionary knows of the word: names of people and places above all."""
    readings = parses(word)
    if not readings:
        return ()
    tags = {g for parse in readings if parse.score > 0.02 for g in parse.tag.grammemes}
    best = readings[0].tag
    names = tuple(f"n:{name}" for name in _NAME_GRAMMEMES if name in tags)
    return (
        *names,
        f"pos:{best.POS}",
        f"case:{best.POS}{best.case}",
        f"dict:{readings[0].is_known}",
    )


def word_features(word: str, language: str, view: View) -> Seen:
    """Return the features of a word of a text in `language`, compared in `view`."""
    letters = _letters(word, view)[:40]
    form, cue = shape(word), _cue(word, language)
    ends = tuple(f"s{n}:{letters[-n:]}" for n in range(1, 6) if len(letters) > n)
    begins = tuple(f"p{n}:{letters[:n]}" for n in range(2, 7) if len(letters) > n)
    extra: tuple[str, ...] = (f"cue:{cue}",) if cue else ()
    if view != "en":
        extra += (f"c:{_case(word)}",)
    # Of a Kazakh text the Russian dictionary knows the names, and asking it is dear.
    if view == "ru" or (view == "kk" and word[:1].isupper()):
        extra += _grammar(word)
    near = (f"w:{letters}", f"sh:{form}", f"s3:{letters[-3:]}", *extra)
    own = (f"w:{letters}", f"sh:{form}", f"len:{min(len(word), 8)}", *ends, *begins, *extra)
    far = (f"w:{letters}", f"sh:{form}", *((f"cue:{cue}",) if cue else ()))
    return Seen(own, near, far)


def at(distance: int, seen: Seen) -> tuple[str, ...]:
    """Return the features a word contributes to the one `distance` before or behind it."""
    if distance == 0:
        return seen.own
    said = seen.near if abs(distance) == 1 else seen.far
    return tuple(f"{distance}|{each}" for each in said)


def context_features(words: Sequence[str], known: Sequence[Match]) -> list[list[str]]:
    """Return what depends on the sentence: listed names, quotation, neighbours' shapes."""
    listed = ["" for _ in words]
    for match in known:
        for position in range(match.start, match.end):
            listed[position] = (
                f"{'B' if position == match.start else 'I'}{FORMER[match.entry.type]}"
            )
    shapes = [shape(word) for word in words]
    loud = "loud" if sum(map(str.isupper, words)) * 2 > len(words) else ""
    out: list[list[str]] = []
    quoted = False
    for i, word in enumerate(words):
        before = shapes[i - 1] if i else "^"
        after = shapes[i + 1] if i + 1 < len(words) else "$"
        row = [f"<{before}|{shapes[i]}", f">{shapes[i]}|{after}", f"q:{quoted}"]
        for distance in (-1, 0, 1):
            if 0 <= i + distance < len(words) and listed[i + distance]:
                row.append(f"g{distance}:{listed[i + distance]}")
        if loud:
            row.append(loud)
        out.append(row)
        quoted = (quoted or word in _OPENING) and word not in _CLOSING
    return out


def sentence_features(
    words: Sequence[str], known: Sequence[Match], language: str, view: View
) -> list[list[str]]:
    """Return all features of every word: what training reads; the tagger adds up the same."""
    seen = [word_features(word, language, view) for word in words]
    rows = context_features(words, known)
    for i, row in enumerate(rows):
        row.extend(seen[i].own)
        for distance in REACH:
            if 0 <= i + distance < len(words):
                row.extend(at(distance, seen[i + distance]))
    return rows
