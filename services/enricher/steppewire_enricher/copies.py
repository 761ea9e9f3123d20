"""The sketch of a text, by which its near copies are found; see `steppewire.copies`.

Runs of words are long, so that two weather reports, which differ in every number, share few, and
an article that lost half of its paragraphs many. Words are folded over alphabets and apostrophes.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np

from steppewire.copies import BANDS, LISTED, VALUES, Sketch
from steppewire_enricher.folding import fold_uz, roman_all

RUN = 6
"""Words in a run."""
LEAST_RUNS = 8
"""Texts that have fewer are too short to be told a copy."""
WORDS = 5_000
"""Words that are read."""

_SEED = np.random.default_rng(20261126)
_FACTORS = _SEED.integers(1, 1 << 32, VALUES, dtype=np.uint64) | np.uint64(1)
_OFFSETS = _SEED.integers(0, 1 << 32, VALUES, dtype=np.uint64)


def sketch(words: Sequence[str], language: str = "") -> Sketch | None:
    """Return the sketch of a text by its folded words; None for one that is too short."""
    read = words[:WORDS]
    plain = [*map(fold_uz, read)] if language.startswith("uz") else roman_all(read)
    folded = [word.encode("utf-8", "replace") for word in plain]
    runs = set(map(b" ".join, zip(*(folded[i:] for i in range(RUN)), strict=False)))
    if len(runs) < LEAST_RUNS:
        return None
    hashes = np.fromiter(map(zlib.crc32, runs), np.uint64, len(runs))
    mixed = (hashes[:, None] * _FACTORS + _OFFSETS) >> np.uint64(16)
    least = mixed.astype(np.uint32).min(axis=0)
    pairs = least[: 2 * BANDS].reshape(BANDS, 2).astype(np.uint64)
    places = (pairs[:, 0] * np.uint64(0x9E3779B97F4A7C15) + pairs[:, 1]) * np.uint64(_ODD)
    listed = hashes & np.uint64(0xFFFF)
    return Sketch(
        # the low bits of a least value say nothing of how small it is
        values=(least & np.uint32(0xFF)).astype(np.uint8).tobytes(),
        places=tuple((places >> np.uint64(32)).tolist()),
        length=len(runs),
        runs=frozenset(listed.tolist()) if len(runs) <= LISTED else frozenset(),
    )


_ODD = 0xD6E8FEB86659FD93
"""Any odd number with scattered bits does: what is multiplied by it is mixed."""
