"""A linear-chain CRF whose trained weights are read from a numpy file.

Training is python-crfsuite's (`train/linear.py`). It reads languages that have no training text
of their own: it keeps its level across languages better than a network does.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from steppewire_enricher.gazetteer import Match
from steppewire_enricher.linear_features import REACH, at, context_features, word_features

Floats = npt.NDArray[np.float32]
WORDS_KEPT = 20_000
"""Words whose scores are remembered; with seven labels about 15 MB."""


@dataclass
class Linear:
    """A trained model. Not thread-safe: it remembers words."""

    labels: tuple[str, ...]
    keys: npt.NDArray[np.uint32]
    """CRC-32 of each feature, sorted."""
    weights: npt.NDArray[np.float16]
    """One row of label scores for each feature."""
    steps: Floats
    """Score of going from one label (row) to the next (column)."""
    version: str
    _words: dict[tuple[str, str], Floats] = field(default_factory=dict)
    _contexts: dict[tuple[str, ...], Floats] = field(default_factory=dict)

    def scores(
        self, sentences: Sequence[Sequence[str]], known: Sequence[Sequence[Match]], language: str
    ) -> list[Floats]:
        """Return the score of every label at every word."""
        said = [context_features(words, some) for words, some in zip(sentences, known, strict=True)]
        contexts = [[tuple(row) for row in rows] for rows in said]
        self._learn([(word, language) for words in sentences for word in words],
                    [row for rows in contexts for row in rows])  # fmt: skip
        return [
            self._emissions(words, rows, language)
            for words, rows in zip(sentences, contexts, strict=True)
        ]

    def _emissions(
        self, words: Sequence[str], contexts: Sequence[tuple[str, ...]], language: str
    ) -> Floats:
        said = np.stack([self._words[word, language] for word in words])
        total: Floats = said[:, 0] + np.stack([self._contexts[row] for row in contexts])
        for row, distance in enumerate(REACH, start=1):
            # Features of the word at i + distance count at i.
            if distance < 0:
                total[-distance:] += said[:distance, row]
            else:
                total[:-distance] += said[distance:, row]
        return total

    def _learn(self, words: Sequence[tuple[str, str]], contexts: Sequence[tuple[str, ...]]) -> None:
        """See to it that the scores of all these words and contexts are there.

        A word has a row for itself, and one for each neighbour it counts for.
        """
        if len(self._words) > WORDS_KEPT:
            self._words.clear()
        if len(self._contexts) > WORDS_KEPT:
            self._contexts.clear()
        new = [word for word in dict.fromkeys(words) if word not in self._words]
        if new:
            seen = [word_features(*word) for word in new]
            sums = self._sums([at(d, each) for each in seen for d in (0, *REACH)])
            rows = sums.reshape(len(new), 1 + len(REACH), -1)
            self._words.update(zip(new, rows, strict=True))
        more = [row for row in dict.fromkeys(contexts) if row not in self._contexts]
        if more:
            self._contexts.update(zip(more, self._sums(more), strict=True))

    def _sums(self, groups: Sequence[Sequence[str]]) -> Floats:
        """Return the sum of each group's feature weights: one row a group, one number a label."""
        names = [zlib.crc32(f.encode("utf-8", "replace")) for group in groups for f in group]
        wanted = np.array(names, dtype=np.uint32)
        rows = np.minimum(np.searchsorted(self.keys, wanted), len(self.keys) - 1)
        found = self.weights[rows] * (self.keys[rows] == wanted)[:, None]
        starts = np.cumsum([0, *(len(group) for group in groups)])[:-1]
        total: Floats = np.add.reduceat(found, starts, axis=0, dtype=np.float32)
        return total
