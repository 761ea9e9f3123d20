"""Near copies: the sketch of a text, and an index that finds who had nearly the same text before.

A sketch is a MinHash (Broder 1997) of runs of words. Runs are long, so that two weather reports,
which differ in every number, share few, and an article that lost half of its paragraphs many. Words
are folded over alphabets and apostrophes. The index looks at articles that agree in a band of the
sketch (Indyk and Motwani 1998): its memory and its time for an article are bounded, whatever comes.
"""

from __future__ import annotations

import base64
import zlib
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from steppewire_enricher.folding import fold_uz, roman

RUN = 6
"""Words in a run."""
VALUES = 128
"""Values of a sketch, one byte each."""
BANDS = 32
"""Pairs of values by which articles meet in the index."""
ALIKE = 0.3
"""Share of runs in common (Jaccard) from which two texts are copies."""
LEAST_RUNS = 8
"""Texts that have fewer are too short to be told a copy."""
WORDS = 5_000
"""Words that are read."""
SLOTS = 2
"""Articles that meet at one place; the one that came first gives way."""

_SEED = np.random.default_rng(20261126)
_FACTORS = _SEED.integers(1, 1 << 32, VALUES, dtype=np.uint64) | np.uint64(1)
_OFFSETS = _SEED.integers(0, 1 << 32, VALUES, dtype=np.uint64)
_CHANCE = 1 / 256
"""How often two values agree in their byte for no reason."""

Bytes = npt.NDArray[np.uint8]
Places = npt.NDArray[np.uint32]


class Sketch(NamedTuple):
    """What is kept of a text to know its copies."""

    values: Bytes
    places: Places
    """Where it stands in the index, for each band, as 32 bits."""

    def encoded(self) -> str:
        """Return it as an event carries it."""
        return base64.b64encode(
            self.values.tobytes() + self.places.astype("<u4").tobytes()
        ).decode()


def decoded(text: str) -> Sketch | None:
    """Return the sketch that an event carries; None for none, or for one that is damaged."""
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError:
        return None
    if len(data) != VALUES + 4 * BANDS:
        return None
    places = np.frombuffer(data, dtype="<u4", offset=VALUES).astype(np.uint32)
    return Sketch(np.frombuffer(data, dtype=np.uint8, count=VALUES), places)


class Match(NamedTuple):
    """An earlier article with nearly the same text."""

    number: int
    alike: float
    """Share of the runs that both have, of those that either has."""


def sketch(words: Sequence[str], language: str = "") -> Sketch | None:
    """Return the sketch of a text by its folded words; None for one that is too short."""
    key = fold_uz if language.startswith("uz") else roman
    folded = [key(word) for word in words[:WORDS]]
    runs = {" ".join(folded[i : i + RUN]) for i in range(len(folded) - RUN + 1)}
    if len(runs) < LEAST_RUNS:
        return None
    hashes = np.fromiter(
        (zlib.crc32(run.encode("utf-8", "replace")) for run in runs), np.uint64, len(runs)
    )
    mixed = (hashes[:, None] * _FACTORS + _OFFSETS) >> np.uint64(16)
    least = mixed.astype(np.uint32).min(axis=0)
    pairs = least[: 2 * BANDS].reshape(BANDS, 2).astype(np.uint64)
    places = (pairs[:, 0] * np.uint64(0x9E3779B97F4A7C15) + pairs[:, 1]) * np.uint64(_ODD)
    return Sketch(
        # the low bits of a least value say nothing of how small it is
        values=(least & np.uint32(0xFF)).astype(np.uint8),
        places=(places >> np.uint64(32)).astype(np.uint32),
    )


_ODD = 0xD6E8FEB86659FD93


def alike(one: Bytes, others: npt.NDArray[np.uint8]) -> npt.NDArray[np.float64]:
    """Return for each of some sketches the share of runs in common with one, as estimated."""
    agree = (others == one).mean(axis=1)
    return np.asarray((agree - _CHANCE) / (1 - _CHANCE))


class Copies:
    """The sketches of the last articles; of `capacity` at most."""

    def __init__(self, capacity: int = 1_000_000) -> None:
        self.capacity = capacity
        self._bits = max(4, (capacity - 1).bit_length())
        self._sketches = np.zeros((capacity, VALUES), dtype=np.uint8)
        self._numbers = np.full((BANDS, 1 << self._bits, SLOTS), _NOBODY, dtype=np.uint32)
        self._bands = np.arange(BANDS)
        self.count = 0

    def add(self, one: Sketch) -> Match | None:
        """Enter the next article; return the earlier one that is most like it, if one is."""
        at = one.places >> np.uint32(32 - self._bits)
        there = self._numbers[self._bands, at]
        found = self._best(one, np.unique(there[there != _NOBODY]))
        number = self.count % self.capacity
        self._sketches[number] = one.values
        self._numbers[self._bands, at, 1:] = there[:, :-1]
        self._numbers[self._bands, at, 0] = number
        self.count += 1
        return found

    def _best(self, one: Sketch, numbers: Places) -> Match | None:
        if not len(numbers):
            return None
        likeness = alike(one.values, self._sketches[numbers])
        best = int(likeness.argmax())
        if likeness[best] < ALIKE:
            return None
        return Match(self._when(int(numbers[best])), float(likeness[best]))

    def _when(self, place: int) -> int:
        """Return the number of the article that was entered last at a place."""
        rounds, now = divmod(self.count - 1, self.capacity)
        return (rounds - (place > now)) * self.capacity + place


_NOBODY = np.uint32(0xFFFFFFFF)
