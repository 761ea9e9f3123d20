"""What the linear tagger sees of a word and of its neighbours, in Latin letters.

One model reads Uzbek in both scripts and its kin, so all of them are compared as romanised.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

from steppewire_enricher.features import CLOSING, OPENING, case_of, crc, shape
from steppewire_enricher.folding import fold_uz, roman
from steppewire_enricher.gazetteer import Match, cue_of
from steppewire_enricher.places import PLACES

REACH = (-2, -1, 1, 2)
"""Neighbours that count."""
ALIKE = {"PERSON": "person", "ORGANISATION": "organisation", **dict.fromkeys(PLACES, "place")}
"""What the model is told of listed names: all places are one kind to it."""


@dataclass(frozen=True)
class Seen:
    """A word's features: its own, and what it says about neighbours one and two words away."""

    own: tuple[str, ...]
    near: tuple[str, ...]
    far: tuple[str, ...]


def word_features(word: str, language: str) -> Seen:
    """Return the features of a word of a text in `language`."""
    letters = roman(fold_uz(word))[:40]
    form, cue = shape(word), cue_of(word, language)
    ends = tuple(f"s{n}:{letters[-n:]}" for n in range(1, 6) if len(letters) > n)
    begins = tuple(f"p{n}:{letters[:n]}" for n in range(2, 7) if len(letters) > n)
    told = (f"cue:{cue}",) if cue else ()
    extra = (*told, f"c:{case_of(word)}")
    itself = (f"w:{letters}", f"sh:{form}")
    return Seen(
        own=(*itself, f"len:{min(len(word), 8)}", *ends, *begins, *extra),
        near=(*itself, f"s3:{letters[-3:]}", *extra),
        far=(*itself, *told),
    )


def at(distance: int, seen: Seen) -> tuple[str, ...]:
    """Return the features a word contributes to the one `distance` before or behind it."""
    if distance == 0:
        return seen.own
    said = seen.near if abs(distance) == 1 else seen.far
    return tuple(f"{distance}|{each}" for each in said)


_SEEDS = {distance: zlib.crc32(f"{distance}|".encode()) for distance in REACH}


def word_keys(word: str, language: str) -> list[list[int]]:
    """Return the keys (CRC-32) of what a word says of itself, and of each neighbour in REACH."""
    seen, crc32 = word_features(word, language), zlib.crc32
    near = [said.encode("utf-8", "replace") for said in seen.near]
    far = [said.encode("utf-8", "replace") for said in seen.far]
    of_neighbours = (
        [crc32(said, _SEEDS[distance]) for said in (near if abs(distance) == 1 else far)]
        for distance in REACH
    )
    return [[*map(crc, seen.own)], *of_neighbours]


def context_features(words: Sequence[str], known: Sequence[Match]) -> list[list[str]]:
    """Return what depends on the sentence: listed names, quotation, neighbours' shapes."""
    listed = _listed(len(words), known)
    shapes = ["^", *(shape(word) for word in words), "$"]
    loud = ["loud"] if sum(map(str.isupper, words)) * 2 > len(words) else []
    out: list[list[str]] = []
    quoted = False
    for i, word in enumerate(words):
        before, own, after = shapes[i : i + 3]
        names = [f"g{d}:{listed[i + d]}" for d in (-1, 0, 1) if listed.get(i + d)]
        out.append([f"<{before}|{own}", f">{own}|{after}", f"q:{quoted}", *names, *loud])
        quoted = (quoted or word in OPENING) and word not in CLOSING
    return out


def _listed(length: int, known: Sequence[Match]) -> dict[int, str]:
    """Return position -> begin or inside of a listed name, and its kind."""
    return {
        i: f"{'B' if i == match.start else 'I'}{ALIKE[match.entry.type]}"
        for match in known
        if match.entry.type in ALIKE
        for i in range(match.start, min(match.end, length))
    }


def sentence_features(
    words: Sequence[str], known: Sequence[Match], language: str
) -> list[list[str]]:
    """Return all features of every word: what training reads; the tagger adds up the same."""
    seen = [word_features(word, language) for word in words]
    rows = context_features(words, known)
    for i, row in enumerate(rows):
        row.extend(seen[i].own)
        for distance in REACH:
            if 0 <= i + distance < len(words):
                row.extend(at(distance, seen[i + distance]))
    return rows
