"""A linear-chain CRF whose trained weights are read from a numpy file.

Training is python-crfsuite's (`train/linear.py`). It reads languages that have no training text
of their own: it keeps its level across languages better than a network does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import chain

import numpy as np
import numpy.typing as npt

from steppewire_enricher.features import crc
from steppewire_enricher.gazetteer import Match
from steppewire_enricher.kept import Floats, Kept
from steppewire_enricher.linear_features import REACH, context_features, word_keys

WORDS_KEPT = 10_000
"""Words of a language whose scores are remembered; with seven labels 1.4 MB."""
CONTEXTS_KEPT = 10_000
_ROWS = 1 + len(REACH)
"""A word has scores for itself, and for each neighbour that it counts for."""


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
    _words: dict[str, Kept[str]] = field(default_factory=dict)
    """Language -> what is kept of its words."""

    def __post_init__(self) -> None:
        nothing = np.zeros((1, len(self.labels)), dtype=np.float32)
        self._weights: Floats = np.vstack([nothing, self.weights])
        self._contexts = Kept[tuple[str, ...]](
            CONTEXTS_KEPT, len(self.labels), self._of_contexts, nothing=()
        )

    def scores(
        self, sentences: Sequence[Sequence[str]], known: Sequence[Sequence[Match]], language: str
    ) -> list[Floats]:
        """Return the score of every label at every word."""
        said = [context_features(words, some) for words, some in zip(sentences, known, strict=True)]
        contexts = self._contexts.at([tuple(row) for rows in said for row in rows])
        words = self._kept(language).at([*chain.from_iterable(sentences)])
        of_contexts = self._contexts.rows(contexts)
        of_words = self._kept(language).rows(words).reshape(len(words), _ROWS, -1)
        ends = np.cumsum([len(words) for words in sentences]).tolist()
        return [
            _emissions(of_words[end - len(words) : end], of_contexts[end - len(words) : end])
            for words, end in zip(sentences, ends, strict=True)
        ]

    def _kept(self, language: str) -> Kept[str]:
        kept = self._words.get(language)
        if kept is None:
            computed = partial(self._of_words, language)
            kept = Kept(WORDS_KEPT, _ROWS * len(self.labels), computed, nothing="")
            self._words[language] = kept
        return kept

    def _of_words(self, language: str, words: Sequence[str]) -> Floats:
        keys = [keys for word in words for keys in word_keys(word, language)]
        return self._sums(keys).reshape(len(words), -1)

    def _of_contexts(self, contexts: Sequence[tuple[str, ...]]) -> Floats:
        return self._sums([[*map(crc, row)] for row in contexts])

    def _sums(self, groups: Sequence[Sequence[int]]) -> Floats:
        """Return the sum of each group's feature weights: one row a group, one number a label."""
        sizes = np.array([len(group) for group in groups])
        wanted = np.fromiter(chain.from_iterable(groups), dtype=np.uint32, count=sizes.sum())
        found = np.minimum(np.searchsorted(self.keys, wanted), len(self.keys) - 1)
        rows = np.zeros((len(groups), sizes.max()), dtype=np.int64)
        inside = np.arange(sizes.max()) < sizes[:, None]
        rows[inside] = np.where(self.keys[found] == wanted, found + 1, 0)
        total: Floats = self._weights.take(rows.T, axis=0).sum(axis=0)
        return total


def _emissions(said: Floats, contexts: Floats) -> Floats:
    """Add up what words say of themselves and their neighbours: words, REACH, labels."""
    total: Floats = said[:, 0] + contexts
    for row, distance in enumerate(REACH, start=1):
        # Features of the word at i + distance count at i.
        if distance < 0:
            total[-distance:] += said[:distance, row]
        else:
            total[:-distance] += said[distance:, row]
    return total
