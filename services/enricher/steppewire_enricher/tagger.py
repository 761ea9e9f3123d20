"""The name tagger: a linear-chain CRF whose trained weights are read from a numpy file.

Training is python-crfsuite's (`train/ner.py`). Here a word's share of every score is computed once
and kept, all sentences of a text are decoded together, and no compiled tagger is needed.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from io import BytesIO
from typing import cast

import numpy as np
import numpy.typing as npt

from steppewire.events import FORMER_TYPES, EntityType
from steppewire_enricher.features import REACH, View, at, context_features, word_features
from steppewire_enricher.gazetteer import Gazetteer, Match

Floats = npt.NDArray[np.float32]
WORDS_KEPT = 20_000
"""Words whose scores are remembered; with seven labels about 15 MB."""


@dataclass(frozen=True)
class Span:
    """A name at `words[start:end]`."""

    start: int
    end: int
    type: EntityType


@dataclass
class Tagger:
    """A trained model. Not thread-safe: it remembers words."""

    labels: tuple[str, ...]
    keys: npt.NDArray[np.uint32]
    """CRC-32 of each feature, sorted."""
    weights: npt.NDArray[np.float16]
    """One row of label scores for each feature."""
    steps: Floats
    """Score of going from one label (row) to the next (column)."""
    view: View
    version: str
    _words: dict[tuple[str, str], Floats] = field(default_factory=dict)
    _contexts: dict[tuple[str, ...], Floats] = field(default_factory=dict)

    def score(self, groups: Sequence[Sequence[str]]) -> Floats:
        """Return the sum of each group's feature weights: one row a group, one number a label."""
        names = [zlib.crc32(f.encode("utf-8", "replace")) for group in groups for f in group]
        wanted = np.array(names, dtype=np.uint32)
        rows = np.searchsorted(self.keys, wanted)
        rows[rows == len(self.keys)] = 0
        found = self.weights[rows] * (self.keys[rows] == wanted)[:, None]
        starts = np.cumsum([0, *(len(group) for group in groups)])[:-1]
        total: Floats = np.add.reduceat(found, starts, axis=0, dtype=np.float32)
        return total

    def _word(self, word: str, language: str) -> Floats:
        """Return a word's scores for itself and for its neighbours: row d for the word d behind."""
        kept = self._words.get((word, language))
        if kept is None:
            if len(self._words) >= WORDS_KEPT:
                self._words.clear()
            seen = word_features(word, language, self.view)
            kept = self.score([at(d, seen) for d in (0, *REACH)])
            self._words[word, language] = kept
        return kept

    def _context(self, features: tuple[str, ...]) -> Floats:
        kept = self._contexts.get(features)
        if kept is None:
            if len(self._contexts) >= WORDS_KEPT:
                self._contexts.clear()
            kept = self._contexts[features] = self.score([features])[0]
        return kept

    def emissions(self, words: Sequence[str], known: Sequence[Match], language: str) -> Floats:
        """Return the score of every label at every word."""
        said = np.stack([self._word(word, language) for word in words])
        total = said[:, 0].copy()
        for row, distance in enumerate(REACH, start=1):
            # Features of the word at i + distance count at i.
            if distance < 0:
                total[-distance:] += said[:distance, row]
            else:
                total[:-distance] += said[distance:, row]
        context = context_features(words, known)
        return total + np.stack([self._context(tuple(features)) for features in context])

    def tag(
        self, sentences: Sequence[Sequence[str]], known: Sequence[Sequence[Match]], language: str
    ) -> list[list[Span]]:
        """Return the names in each sentence."""
        scores = [
            self.emissions(words, matches, language)
            for words, matches in zip(sentences, known, strict=True)
        ]
        return [spans([self.labels[i] for i in path]) for path in viterbi(scores, self.steps)]


def viterbi(scores: Sequence[Floats], steps: Floats) -> list[list[int]]:
    """Return the best label path of each sentence (Viterbi 1967), all sentences at once."""
    if not scores:
        return []
    lengths = np.array([len(s) for s in scores])
    width, count = int(lengths.max()), len(scores)
    padded = np.zeros((count, width, steps.shape[0]), dtype=np.float32)
    for row, sentence in zip(padded, scores, strict=True):
        row[: len(sentence)] = sentence
    best = padded[:, 0]
    came = np.zeros(padded.shape, dtype=np.int8)
    for position in range(1, width):
        ways = best[:, :, None] + steps[None]
        came[:, position] = ways.argmax(axis=1)
        moved = ways.max(axis=1) + padded[:, position]
        best = np.where((position < lengths)[:, None], moved, best)
    return [_walk_back(came[i], int(best[i].argmax()), int(lengths[i])) for i in range(count)]


def _walk_back(came: npt.NDArray[np.int8], last: int, length: int) -> list[int]:
    path = [last]
    for position in range(length - 1, 0, -1):
        path.append(int(came[position, path[-1]]))
    return path[::-1]


def spans(labels: Sequence[str]) -> list[Span]:
    """Read spans out of B-, I-, O labels; an I- without its B- begins a span."""
    out: list[Span] = []
    for i, label in enumerate(labels):
        prefix, _, name = label.partition("-")
        type_ = cast("EntityType", name)
        if prefix == "I" and out and out[-1].end == i and out[-1].type == type_:
            out[-1] = Span(out[-1].start, i + 1, type_)
        elif prefix in ("B", "I"):
            out.append(Span(i, i + 1, type_))
    return out


def known_names(
    gazetteer: Gazetteer | None, sentences: Sequence[Sequence[str]]
) -> list[list[Match]]:
    """Return the listed names of each sentence."""
    return [gazetteer.match(words) if gazetteer else [] for words in sentences]


def load_tagger(data: bytes) -> Tagger:
    """Read a model from the bytes of its file."""
    with np.load(BytesIO(data), allow_pickle=False) as stored:
        return Tagger(
            labels=tuple(_renamed(str(label)) for label in stored["labels"]),
            keys=stored["keys"],
            weights=stored["weights"],
            steps=stored["steps"].astype(np.float32),
            view=str(stored["view"]),  # type: ignore[arg-type]  # written by train/ner.py
            version=str(stored["version"]),
        )


def _renamed(label: str) -> str:
    """Let the labels of models that tell three types apart be ours; a place is a GPE at first."""
    prefix, _, type_ = label.partition("-")
    return f"{prefix}-{FORMER_TYPES.get(type_, type_)}" if type_ else label


@lru_cache(maxsize=8)
def tagger(name: str) -> Tagger:
    """Return the shipped model `name` (`kk`, `ru`, `en`, `turkic`), loaded once per process."""
    return load_tagger((files("steppewire_enricher") / "models" / f"ner-{name}.npz").read_bytes())
